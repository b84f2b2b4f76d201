//! Stored hashes as PHC strings: `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<output>`.

use argon2::{
    Params,
    password_hash::phc::{Ident, Output, ParamsString, PasswordHash, Salt},
};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::kernel::{Cost, OUTPUT_LENGTH};

const ALGORITHM: &str = "argon2id";
const VERSION: u32 = 19;

/// A stored hash, taken apart.
pub(super) struct Stored {
    /// The costs it was made with.
    pub(super) cost: Cost,
    /// Its salt.
    pub(super) salt: Zeroizing<Vec<u8>>,
    output: Zeroizing<[u8; OUTPUT_LENGTH]>,
}

impl Stored {
    /// Whether this is the output, in the same time for every other one.
    pub(super) fn is(&self, output: &[u8; OUTPUT_LENGTH]) -> bool {
        self.output.ct_eq(output).into()
    }
}

/// Writes a hash; `None` if costs or salt are out of range.
pub(super) fn write(cost: Cost, salt: &[u8], output: &[u8]) -> Option<String> {
    let hash = PasswordHash {
        algorithm: Ident::new(ALGORITHM).ok()?,
        version: Some(VERSION),
        params: ParamsString::try_from(&cost.params()?).ok()?,
        salt: Some(Salt::new(salt).ok()?),
        hash: Some(Output::new(output).ok()?),
    };
    Some(hash.to_string())
}

/// Reads a hash of ours; `None` for every other text, and for costs that no row may ask for.
pub(super) fn read(text: &str) -> Option<Stored> {
    let hash = PasswordHash::new(text).ok()?;
    if hash.algorithm.as_str() != ALGORITHM || hash.version != Some(VERSION) {
        return None;
    }
    let params = Params::try_from(&hash).ok()?;
    let cost = Cost { memory_kib: params.m_cost(), iterations: params.t_cost(), parallelism: params.p_cost() };
    let output = hash.hash?.as_bytes().try_into().ok()?;
    cost.is_valid().then_some(())?;
    Some(Stored { cost, salt: Zeroizing::new(hash.salt?.as_ref().to_vec()), output: Zeroizing::new(output) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_written_hash_reads_back(memory_kib in 8..100_000u32, iterations in 1..10u32, salt: [u8; 16], output: [u8; 32]) {
            let cost = Cost { memory_kib, iterations, parallelism: 1 };
            let stored = read(&write(cost, &salt, &output).unwrap()).unwrap();
            prop_assert_eq!((stored.cost, stored.salt.as_slice()), (cost, salt.as_slice()));
            prop_assert!(stored.is(&output));
            let mut other = output;
            other[31] ^= 1;
            prop_assert!(!stored.is(&other));
        }

        #[test]
        fn other_texts_are_refused_without_a_panic(text in "\\PC{0,60}|\\$argon2id\\$[ -~]{0,80}") {
            prop_assert!(read(&text).is_none());
        }
    }

    #[test]
    fn another_algorithm_version_length_or_an_absurd_cost_is_refused() {
        let cost = Cost { memory_kib: 64, iterations: 1, parallelism: 1 };
        let good = write(cost, &[7; 16], &[9; 32]).unwrap();
        assert!(good.starts_with("$argon2id$v=19$m=64,t=1,p=1$") && read(&good).is_some());
        for bad in [
            good.replace("argon2id", "argon2i"),
            good.replace("v=19", "v=16"),
            good.replace("m=64", "m=4000000000"),
            good.replace("t=1", "t=4000000000"),
            write(cost, &[7; 16], &[9; 16]).unwrap(),
            good[..good.rfind('$').unwrap()].into(),
        ] {
            assert!(read(&bad).is_none(), "{bad}");
        }
    }
}
