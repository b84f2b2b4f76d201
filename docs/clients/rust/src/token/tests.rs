//! Attacks on tokens, each signed with the right key where it can be: only what is checked refuses them.

use aws_lc_rs::{
    hmac,
    signature::{Ed25519KeyPair, KeyPair},
};
use serde_json::{Value, json};

use super::*;

const ISSUER: &str = "https://auth.example.com";
const NOON: i64 = 1_900_000_000;

fn pair() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap()
}

fn public() -> [u8; 32] {
    pair().public_key().as_ref().try_into().unwrap()
}

fn header() -> Value {
    json!({ "alg": "EdDSA", "kid": "k1", "typ": "at+jwt" })
}

fn claims() -> Value {
    let id = |n: u128| Uuid::from_u128(n).to_string();
    json!({
        "iss": ISSUER, "aud": "voxgate", "sub": id(1), "sid": id(3), "company": id(2), "role": "manager",
        "amr": ["pwd", "otp", "mfa"], "auth_time": NOON - 60, "iat": NOON, "exp": NOON + 1800, "jti": id(9), "epoch": 4,
        "company_epoch": 5,
    })
}

fn message(header: &str, claims: &str) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
}

fn signed_text(header: &str, claims: &str) -> String {
    let message = message(header, claims);
    let signature = URL_SAFE_NO_PAD.encode(pair().sign(message.as_bytes()));
    format!("{message}.{signature}")
}

fn signed(header: &Value, claims: &Value) -> String {
    signed_text(&header.to_string(), &claims.to_string())
}

fn judge_at(token: &str, now: i64) -> Result<Caller, Fault> {
    let token = Token::read(token)?;
    if token.kid() != "k1" {
        return Err(Fault::UnknownKey);
    }
    token.verify(&public(), ISSUER, "voxgate", now)
}

fn judge(token: &str) -> Result<Caller, Fault> {
    judge_at(token, NOON + 1)
}

fn with(mut value: Value, field: &str, other: Value) -> Value {
    value[field] = other;
    value
}

fn without(mut value: Value, field: &str) -> Value {
    value.as_object_mut().unwrap().remove(field);
    value
}

#[test]
fn a_good_token_is_taken_until_its_last_second() {
    let token = signed(&header(), &claims());
    let caller = judge(&token).unwrap();
    assert_eq!(
        (caller.user, caller.company, caller.session),
        (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3))
    );
    assert_eq!((caller.role, caller.epoch, caller.company_epoch), (Role::Manager, 4, 5));
    assert!(judge_at(&token, NOON + 1799).is_ok());
    assert_eq!(judge_at(&token, NOON + 1800), Err(Fault::Expired));
    assert!(judge_at(&token, NOON - 30).is_ok(), "clocks differ");
    assert_eq!(judge_at(&token, NOON - 31), Err(Fault::NotYet));
}

#[test]
fn no_algorithm_but_eddsa_is_taken_whoever_signed() {
    let claims = claims().to_string();
    for alg in ["none", "None", "NONE", "", "eddsa", "HS256", "RS256", "ES256", "Ed25519"] {
        let head = with(header(), "alg", json!(alg));
        assert_eq!(judge(&signed_text(&head.to_string(), &claims)), Err(Fault::Header), "{alg}");
        assert_eq!(judge(&format!("{}.", message(&head.to_string(), &claims))), Err(Fault::Header), "{alg} unsigned");
    }
    // The public key as the secret of an HMAC, in each of the forms it is known in.
    let x = URL_SAFE_NO_PAD.encode(public());
    let head = with(header(), "alg", json!("HS256")).to_string();
    for secret in [public().as_slice(), x.as_bytes()] {
        let message = message(&head, &claims);
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message.as_bytes());
        let forged = format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag));
        assert_eq!(judge(&forged), Err(Fault::Header));
    }
    // The right words above a signature that is none, or one of another length.
    for signature in ["", "AA", &"A".repeat(86), &"A".repeat(88)] {
        let outcome = judge(&format!("{}.{signature}", message(&header().to_string(), &claims)));
        assert!(matches!(outcome, Err(Fault::Signature | Fault::Malformed)), "{outcome:?}");
    }
}

#[test]
fn headers_that_point_elsewhere_or_say_something_else_are_refused_and_never_followed() {
    for (field, value) in [
        ("jku", json!("https://evil.example/jwks.json")),
        ("x5u", json!("https://evil.example/cert.pem")),
        ("jwk", json!({ "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(public()) })),
        ("x5c", json!(["AAAA"])),
        ("crit", json!(["exp"])),
        ("b64", json!(false)),
        ("typ", json!("JWT")),
        ("typ", json!("refresh")),
        ("typ", json!("AT+JWT")),
        ("typ", json!(7)),
        ("kid", json!(["k1"])),
    ] {
        assert_eq!(
            judge(&signed(&with(header(), field, value.clone()), &claims())),
            Err(Fault::Header),
            "{field} {value}"
        );
    }
    for field in ["alg", "kid", "typ"] {
        assert_eq!(judge(&signed(&without(header(), field), &claims())), Err(Fault::Header), "without {field}");
    }
    for kid in ["k2", "", "../k1", "k1'--", "K1"] {
        assert_eq!(judge(&signed(&with(header(), "kid", json!(kid)), &claims())), Err(Fault::UnknownKey), "{kid}");
    }
    let twice = r#"{"alg":"none","alg":"EdDSA","kid":"k1","typ":"at+jwt"}"#;
    assert_eq!(judge(&signed_text(twice, &claims().to_string())), Err(Fault::Header));
}

#[test]
fn every_claim_is_required_and_typed() {
    for field in
        ["iss", "aud", "sub", "sid", "company", "role", "amr", "auth_time", "iat", "exp", "epoch", "company_epoch"]
    {
        assert_eq!(judge(&signed(&header(), &without(claims(), field))), Err(Fault::Claims), "without {field}");
        for other in [json!(null), json!({}), json!(true)] {
            let token = signed(&header(), &with(claims(), field, other.clone()));
            assert_eq!(judge(&token), Err(Fault::Claims), "{field} as {other}");
        }
    }
    for field in ["exp", "iat", "nbf", "auth_time", "epoch"] {
        for other in [json!("1900001800"), json!(1_900_001_800.5), json!(1e30), json!([1])] {
            let token = signed(&header(), &with(claims(), field, other.clone()));
            assert_eq!(judge(&token), Err(Fault::Claims), "{field} as {other}");
        }
    }
    let twice = claims().to_string().replacen("{", r#"{"exp":9999999999,"#, 1);
    assert_eq!(judge(&signed_text(&header().to_string(), &twice)), Err(Fault::Claims));
    assert_eq!(judge(&signed(&header(), &with(claims(), "role", json!("root")))).unwrap().role, Role::Unknown);
}

#[test]
fn tokens_for_others_and_of_others_are_refused() {
    for (field, value) in [
        ("iss", json!("https://auth.example.com/")),
        ("iss", json!("https://evil.example")),
        ("iss", json!([ISSUER])),
        ("aud", json!("other")),
        ("aud", json!(["voxgate", "other"])),
        ("exp", json!(NOON)),
        ("sub", json!("1")),
    ] {
        assert_eq!(
            judge(&signed(&header(), &with(claims(), field, value.clone()))),
            Err(Fault::Claims),
            "{field} {value}"
        );
    }
    assert_eq!(judge(&signed(&header(), &with(claims(), "nbf", json!(NOON + 60)))), Err(Fault::NotYet));
}

#[test]
fn touched_cut_and_overlong_tokens_are_refused() {
    let good = signed(&header(), &claims());
    for (at, _) in good.char_indices().step_by(7) {
        let mut touched = good.clone().into_bytes();
        touched[at] = if touched[at] == b'A' { b'B' } else { b'A' };
        let touched = String::from_utf8(touched).unwrap();
        assert!(judge(&touched).is_err(), "at {at}");
    }
    for bad in [
        "",
        ".",
        "..",
        "...",
        "a.b",
        "a.b.c",
        "é.é.é",
        &good[..good.len() - 4],
        &format!("{good}="),
        &format!("{good}.x"),
        &format!(" {good}"),
    ] {
        assert!(judge(bad).is_err(), "{bad}");
    }
    assert_eq!(judge(&"a".repeat(5000)), Err(Fault::Malformed));
}
