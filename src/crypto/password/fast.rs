//! The fast kernel: the crate `argon2-rust`, whose inner loop uses AVX-512, AVX2 or NEON where the processor has them.
//!
//! Nobody independent has audited that crate. It is used only behind [`super::choice`], which holds it against the
//! reference before the first password is hashed (decision 0021).

use argon2_rust::{
    Algorithm, Argon2, Hasher, Params, Version,
    params::{Memory, TagLen},
};
use zeroize::Zeroizing;

use super::{
    Cost, Kernel, KernelError,
    kernel::{OUTPUT_LENGTH, SHORTEST_SALT},
};

/// The kernel of the `argon2-rust` crate. Its memory is kept between hashes and wiped after each of them.
#[derive(Default)]
pub struct Fast {
    hasher: Option<Hasher>,
}

impl Fast {
    /// What the processor lets it use: `Avx512`, `Avx2`, `Neon`, … For logs and benchmarks.
    pub fn instructions() -> String {
        format!("{:?}", argon2_rust::detected_backend())
    }
}

impl Kernel for Fast {
    fn derive(
        &mut self,
        cost: Cost,
        password: &[u8],
        salt: &[u8],
    ) -> Result<Zeroizing<[u8; OUTPUT_LENGTH]>, KernelError> {
        // What the reference would refuse is refused here too, whatever this crate thinks of it.
        cost.params().filter(|_| salt.len() >= SHORTEST_SALT).ok_or(KernelError)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params(cost)?);
        let mut output = Zeroizing::new([0; OUTPUT_LENGTH]);
        let hasher = self.hasher.get_or_insert_with(|| argon2.hasher());
        hasher.set_argon2(argon2);
        hasher.hash_into(password, salt, output.as_mut_slice()).map_err(|_| KernelError)?;
        Ok(output)
    }
}

/// The same costs as this crate wants them. Lanes are computed one after the other, on the calling thread.
fn params(cost: Cost) -> Result<Params, KernelError> {
    let params = Params::builder()
        .memory(Memory::kib(cost.memory_kib.into()))
        .passes(cost.iterations)
        .lanes(cost.parallelism)
        .threads(1)
        .tag_len(TagLen::bytes(OUTPUT_LENGTH as u64));
    params.build().map_err(|_| KernelError)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::crypto::password::Reference;

    fn cost() -> impl Strategy<Value = Cost> {
        (1..=4u32, 1..=3u32, 0..200u32).prop_map(|(parallelism, iterations, more)| Cost {
            memory_kib: 8 * parallelism + more,
            iterations,
            parallelism,
        })
    }

    proptest! {
        #[test]
        fn whatever_comes_both_kernels_say_the_same_also_from_memory_used_before(
            hashes in proptest::collection::vec(
                (
                    cost(),
                    proptest::collection::vec(any::<u8>(), 0..300),
                    proptest::collection::vec(any::<u8>(), 0..70),
                ),
                1..4,
            )
        ) {
            let (mut fast, mut reference) = (Fast::default(), Reference::default());
            for (cost, password, salt) in hashes {
                let expected = reference.derive(cost, &password, &salt);
                prop_assert_eq!(expected.is_ok(), salt.len() >= SHORTEST_SALT);
                prop_assert_eq!(fast.derive(cost, &password, &salt), expected);
            }
        }
    }

    #[test]
    fn long_and_empty_passwords_come_out_alike() {
        let cost = Cost { memory_kib: 64, iterations: 1, parallelism: 1 };
        for length in [0, 1, 63, 64, 127, 128, 129, 1 << 20] {
            let (password, salt) = (vec![7; length], [9; 16]);
            let expected = Reference::default().derive(cost, &password, &salt).unwrap();
            assert_eq!(Fast::default().derive(cost, &password, &salt).unwrap(), expected, "{length}");
        }
    }

    #[test]
    fn costs_out_of_range_are_refused_like_the_reference_refuses_them() {
        let good = Cost { memory_kib: 8, iterations: 1, parallelism: 1 };
        for bad in [
            Cost { memory_kib: 7, ..good },
            Cost { iterations: 0, ..good },
            Cost { parallelism: 0, ..good },
            Cost { parallelism: 2, ..good },
        ] {
            assert_eq!(Fast::default().derive(bad, b"password", b"somesalt"), Err(KernelError), "{bad:?}");
        }
    }

    #[test]
    fn memory_is_kept_between_hashes() {
        let (mut kernel, cost) = (Fast::default(), Cost { memory_kib: 64, iterations: 1, parallelism: 1 });
        for (memory_kib, kept) in [(64, 64), (32, 64), (128, 128)] {
            kernel.derive(Cost { memory_kib, ..cost }, b"password", b"somesalt").unwrap();
            assert_eq!(kernel.hasher.as_ref().unwrap().reserved_blocks(), kept);
        }
    }
}
