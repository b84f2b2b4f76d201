//! Which kernel hashes. The fast one must first say what the reference says, on this processor, in this process.

use zeroize::Zeroizing;

use super::{Cost, Fast, Kernel, Reference, StartError, kernel::OUTPUT_LENGTH};
use crate::domain::world::World;

/// What the operator wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// The fast kernel where it passes its test, else the reference.
    #[default]
    Auto,
    /// The reference, whatever else there is.
    Reference,
    /// The fast kernel, or no start.
    Fast,
}

/// The kernel that hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chosen {
    Reference,
    Fast,
}

impl Chosen {
    /// One kernel for one thread.
    pub(super) fn make(self) -> Box<dyn Kernel> {
        match self {
            Self::Reference => Box::new(Reference::default()),
            Self::Fast => Box::new(Fast::default()),
        }
    }
}

/// Test values of the reference implementation (P-H-C/phc-winner-argon2, `src/test.c`), version 19, Argon2id, two passes,
/// 256 KiB, password `password`, salt `somesalt`: lanes and output.
const KNOWN: [(u32, &str); 2] = [
    (1, "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"),
    (2, "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037"),
];
/// Passwords of chance both kernels are asked for at a start, each with a salt and costs of chance.
const DRAWN: usize = 16;

impl Choice {
    /// Decides, after a test of a few milliseconds; `cost` is what will be asked for every day and is tested too.
    ///
    /// # Errors
    /// The fast kernel is demanded and fails its test.
    pub(super) fn decide(self, cost: Cost, world: &World) -> Result<Chosen, StartError> {
        if self == Self::Reference {
            return Ok(Chosen::Reference);
        }
        match (self, agrees(&mut Fast::default(), cost, world)) {
            (_, true) => {
                tracing::info!(instructions = Fast::instructions(), "passwords are hashed by the fast kernel");
                Ok(Chosen::Fast)
            }
            (Self::Fast, false) => Err(StartError::Kernel),
            (_, false) => {
                tracing::error!("the fast kernel of password hashing fails its test; the reference hashes instead");
                Ok(Chosen::Reference)
            }
        }
    }
}

/// Whether a kernel says what the reference says: for known values, for the present costs, and for chance.
fn agrees(kernel: &mut dyn Kernel, cost: Cost, world: &World) -> bool {
    let known = KNOWN.iter().all(|(parallelism, output)| {
        let cost = Cost { memory_kib: 256, iterations: 2, parallelism: *parallelism };
        kernel.derive(cost, b"password", b"somesalt").is_ok_and(|derived| hex(&derived) == *output)
    });
    known && same(kernel, cost, b"password", b"somesalt") && (0..DRAWN).all(|_| same_by_chance(kernel, world))
}

fn same_by_chance(kernel: &mut dyn Kernel, world: &World) -> bool {
    let (password, salt) = (world.bytes::<64>(), world.bytes::<32>());
    let [lanes, memory, passes, length, salted] = world.bytes::<5>();
    let parallelism = 1 + u32::from(lanes % 4);
    let cost = Cost {
        memory_kib: 8 * parallelism + u32::from(memory % 64),
        iterations: 1 + u32::from(passes % 3),
        parallelism,
    };
    same(kernel, cost, &password[..usize::from(length % 65)], &salt[..8 + usize::from(salted % 25)])
}

fn same(kernel: &mut dyn Kernel, cost: Cost, password: &[u8], salt: &[u8]) -> bool {
    let expected = Reference::default().derive(cost, password, salt);
    expected.is_ok() && kernel.derive(cost, password, salt) == expected
}

fn hex(bytes: &Zeroizing<[u8; OUTPUT_LENGTH]>) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{crypto::password::KernelError, domain::sample};

    const COST: Cost = Cost { memory_kib: 64, iterations: 1, parallelism: 1 };

    /// Says the right thing so many times, then something else.
    struct Flawed {
        inner: Fast,
        right: usize,
    }

    impl Kernel for Flawed {
        fn derive(&mut self, cost: Cost, password: &[u8], salt: &[u8]) -> Result<Zeroizing<[u8; 32]>, KernelError> {
            let mut output = self.inner.derive(cost, password, salt)?;
            match self.right.checked_sub(1) {
                Some(left) => self.right = left,
                None => output[31] ^= 1,
            }
            Ok(output)
        }
    }

    #[test]
    fn the_fast_kernel_passes_here_and_a_flaw_at_any_point_is_found() {
        assert!(agrees(&mut Fast::default(), COST, &sample::world()));
        for right in 0..KNOWN.len() + 1 + DRAWN {
            assert!(!agrees(&mut Flawed { inner: Fast::default(), right }, COST, &sample::world()), "{right}");
        }
    }

    #[test]
    fn the_operator_decides_and_the_test_has_the_last_word() {
        let world = sample::world();
        assert_eq!(Choice::Auto.decide(COST, &world).unwrap(), Chosen::Fast);
        assert_eq!(Choice::Fast.decide(COST, &world).unwrap(), Chosen::Fast);
        assert_eq!(Choice::Reference.decide(COST, &world).unwrap(), Chosen::Reference);
        // Costs no kernel can do stand in for a kernel that fails its test.
        let impossible = Cost { memory_kib: 7, ..COST };
        assert_eq!(Choice::Auto.decide(impossible, &world).unwrap(), Chosen::Reference);
        assert!(matches!(Choice::Fast.decide(impossible, &world), Err(StartError::Kernel)));
    }
}
