//! What computes Argon2id, and the reference for it. [`super::fast`] is the other one, [`super::choice`] decides.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::Zeroizing;

/// Bytes of an output.
pub(super) const OUTPUT_LENGTH: usize = 32;
/// Bytes a salt must have at least.
pub(super) const SHORTEST_SALT: usize = argon2::MIN_SALT_LEN;

/// The costs of one hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes.
    pub iterations: u32,
    /// Lanes.
    pub parallelism: u32,
}

impl Cost {
    /// Whether Argon2 allows it and one hash stays within a gibibyte and a minute: no stored row may ask for more.
    pub fn is_valid(self) -> bool {
        self.memory_kib <= 1 << 20 && self.iterations <= 64 && self.parallelism <= 16 && self.params().is_some()
    }

    /// The same for the `argon2` crate.
    pub(super) fn params(self) -> Option<Params> {
        Params::new(self.memory_kib, self.iterations, self.parallelism, Some(OUTPUT_LENGTH)).ok()
    }
}

/// Hashing failed: the costs are not allowed or there is no memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("argon2 failed")]
pub struct KernelError;

/// Computes Argon2id, version 19, 32 bytes. One kernel belongs to one thread and may keep memory between calls.
pub trait Kernel: Send {
    /// The output for a password and a salt of 8 bytes or more.
    fn derive(
        &mut self,
        cost: Cost,
        password: &[u8],
        salt: &[u8],
    ) -> Result<Zeroizing<[u8; OUTPUT_LENGTH]>, KernelError>;
}

/// The kernel of the `argon2` crate, with memory that is allocated once.
#[derive(Default)]
pub struct Reference {
    memory: Vec<Block>,
}

impl Kernel for Reference {
    fn derive(
        &mut self,
        cost: Cost,
        password: &[u8],
        salt: &[u8],
    ) -> Result<Zeroizing<[u8; OUTPUT_LENGTH]>, KernelError> {
        let params = cost.params().ok_or(KernelError)?;
        let blocks = usize::try_from(cost.memory_kib).map_err(|_| KernelError)?;
        if self.memory.len() < blocks {
            self.memory.resize(blocks, Block::new());
        }
        let mut output = Zeroizing::new([0; OUTPUT_LENGTH]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(password, salt, output.as_mut_slice(), &mut self.memory[..blocks])
            .map_err(|_| KernelError)?;
        Ok(output)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Test values of the reference implementation (P-H-C/phc-winner-argon2, `src/test.c`), version 19, Argon2id.
    #[test]
    fn the_reference_implementation_s_values_come_out_also_from_reused_memory() {
        let mut kernel = Reference::default();
        for (memory_kib, parallelism, password, salt, output) in [
            (65536, 1, "password", "somesalt", "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"),
            (256, 1, "password", "somesalt", "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"),
            (256, 2, "password", "somesalt", "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037"),
            (
                65536,
                1,
                "differentpassword",
                "somesalt",
                "0b84d652cf6b0c4beaef0dfe278ba6a80df6696281d7e0d2891b817d8c458fde",
            ),
            (65536, 1, "password", "diffsalt", "bdf32b05ccc42eb15d58fd19b1f856b113da1e9a5874fdcc544308565aa8141c"),
        ] {
            let cost = Cost { memory_kib, iterations: 2, parallelism };
            let derived = kernel.derive(cost, password.as_bytes(), salt.as_bytes()).unwrap();
            assert_eq!(hex(derived.as_slice()), output);
        }
    }

    #[test]
    fn memory_is_kept_between_hashes() {
        let mut kernel = Reference::default();
        let cost = Cost { memory_kib: 64, iterations: 1, parallelism: 1 };
        kernel.derive(cost, b"password", b"somesalt").unwrap();
        let at = kernel.memory.as_ptr();
        for salt in [b"salt of 1", b"salt of 2"] {
            kernel.derive(cost, b"password", salt).unwrap();
        }
        assert_eq!((kernel.memory.as_ptr(), kernel.memory.len()), (at, 64));
    }

    #[test]
    fn costs_out_of_range_are_refused() {
        let good = Cost { memory_kib: 8, iterations: 1, parallelism: 1 };
        assert!(good.is_valid());
        for bad in [
            Cost { memory_kib: 7, ..good },
            Cost { memory_kib: u32::MAX, ..good },
            Cost { iterations: 0, ..good },
            Cost { iterations: 1000, ..good },
            Cost { parallelism: 0, ..good },
            Cost { parallelism: 2, ..good },
        ] {
            assert!(!bad.is_valid(), "{bad:?}");
        }
        assert_eq!(Reference::default().derive(good, b"password", b"short"), Err(KernelError));
    }
}
