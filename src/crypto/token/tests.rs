//! Attacks on access tokens, each signed with the right key where it can be: only what is checked refuses them.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as B64};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::domain::{
    one_time::{OneTimeToken, Purpose},
    policy::amr,
    principal::Principal,
    sample::{self, NOON},
};

const LIFETIME: Duration = Duration::minutes(30);

fn keys() -> KeyFile {
    KeyFile::generate(&sample::world())
}

fn tokens(keys: &KeyFile) -> AccessTokens {
    AccessTokens::new(keys, "https://voxgate.example", "voxgate", LIFETIME).unwrap()
}

fn grant() -> Grant {
    let id = |n: u128| Uuid::from_u128(n);
    Grant {
        user: id(1).into(),
        company: id(2).into(),
        session: id(3).into(),
        role: Role::Manager,
        amr: amr::after(true),
        auth_time: NOON - Duration::minutes(1),
        epoch: 4,
        company_epoch: 5,
        session_expires_at: NOON + Duration::days(30),
        token_id: id(6),
    }
}

/// Signs any header and claims with a key of ours, without asking whether they make sense.
fn forge(key: &SigningKey, header: &Value, claims: &Value) -> String {
    let message = format!("{}.{}", B64.encode(header.to_string()), B64.encode(claims.to_string()));
    let signer = EncodingKey::from_ed_der(key.pkcs8.expose());
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &signer, Algorithm::EdDSA).unwrap();
    format!("{message}.{signature}")
}

/// Header and claims of a good token, to be spoilt.
fn good(keys: &KeyFile) -> (Value, Value) {
    let token = tokens(keys).issue(&grant(), NOON).unwrap().token;
    let part = |n: usize| serde_json::from_slice(&B64.decode(token.split('.').nth(n).unwrap()).unwrap()).unwrap();
    (part(0), part(1))
}

#[test]
fn an_issued_token_is_verified_until_its_last_second() {
    let tokens = tokens(&keys());
    let issued = tokens.issue(&grant(), NOON).unwrap();
    assert_eq!(issued.expires_at, NOON + LIFETIME);
    let grant = grant();
    let expected = Principal {
        user: grant.user,
        company: grant.company,
        session: grant.session,
        role: grant.role,
        amr: grant.amr,
        auth_time: grant.auth_time,
        expires_at: issued.expires_at,
        epoch: grant.epoch,
        company_epoch: grant.company_epoch,
    };
    assert_eq!(tokens.verify(&issued.token, NOON), Ok(expected.clone()));
    assert_eq!(tokens.verify(&issued.token, NOON + LIFETIME - Duration::SECOND), Ok(expected));
    assert_eq!(tokens.verify(&issued.token, NOON + LIFETIME), Err(TokenError::Expired));
    assert_eq!(tokens.verify(&issued.token, NOON - Duration::minutes(2)), Err(TokenError::NotYet));
    assert!(!format!("{issued:?}").contains(&issued.token));
}

#[test]
fn a_remembered_signature_excuses_nothing() {
    let world = sample::world();
    let (keys, other_keys) = (KeyFile::generate(&world), KeyFile::generate(&world));
    let tokens = tokens(&keys);
    let token = tokens.issue(&grant(), NOON).unwrap().token;
    let first = tokens.verify(&token, NOON).unwrap();
    assert_eq!(tokens.ring().seen.len(), 1);
    assert_eq!(tokens.verify(&token, NOON), Ok(first));
    assert_eq!(tokens.verify(&token, NOON + LIFETIME), Err(TokenError::Expired));
    assert_eq!(tokens.verify(&token, NOON - Duration::minutes(2)), Err(TokenError::NotYet));
    let (message, _) = token.rsplit_once('.').unwrap();
    assert_eq!(tokens.verify(&format!("{message}.{}", B64.encode([0; 64])), NOON), Err(TokenError::Signature));
    assert_eq!(tokens.ring().seen.len(), 1, "what was refused is not remembered");
    tokens.replace(&other_keys).unwrap();
    assert_eq!(tokens.verify(&token, NOON), Err(TokenError::UnknownKey), "a removed key takes its tokens along");
}

#[test]
fn a_server_says_by_whom_for_whom_and_how_long() {
    let (keys, house) = (keys(), tokens(&keys()));
    assert_eq!((house.issuer(), house.audience(), house.lifetime()), ("https://voxgate.example", "voxgate", LIFETIME));
    assert_eq!(tokens(&keys).key_names(), [keys.signing[0].kid.as_str()]);
}

#[test]
fn a_token_does_not_outlive_its_session() {
    let grant = Grant { session_expires_at: NOON + Duration::minutes(3), ..grant() };
    assert_eq!(tokens(&keys()).issue(&grant, NOON).unwrap().expires_at, NOON + Duration::minutes(3));
}

#[test]
fn the_claims_are_those_of_the_contract() {
    let (header, claims) = good(&keys());
    let names: Vec<&str> = claims.as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected: Vec<_> =
        "iss aud sub sid company role amr auth_time iat exp jti epoch company_epoch".split(' ').collect();
    expected.sort_unstable();
    assert_eq!(names, expected);
    assert_eq!((&header["alg"], &header["typ"]), (&json!("EdDSA"), &json!("at+jwt")));
    assert_eq!((&claims["role"], &claims["amr"]), (&json!("manager"), &json!(["pwd", "otp", "mfa"])));
}

#[test]
fn the_signature_of_rfc_8037_is_verified_by_our_key_ring() {
    super::use_one_backend();
    let key = DecodingKey::from_ed_components("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").unwrap();
    let message = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    assert!(jsonwebtoken::crypto::verify(signature, message, &key, Algorithm::EdDSA).unwrap());
    assert!(!jsonwebtoken::crypto::verify(signature, &message[1..], &key, Algorithm::EdDSA).unwrap());
}

#[test]
fn case_55_no_algorithm_and_hmac_with_the_public_key_are_refused() {
    let keys = keys();
    let (header, claims) = good(&keys);
    let mut none = header.clone();
    none["alg"] = json!("none");
    let unsigned = format!("{}.{}.", B64.encode(none.to_string()), B64.encode(claims.to_string()));
    assert_eq!(tokens(&keys).verify(&unsigned, NOON), Err(TokenError::Header));
    assert_eq!(tokens(&keys).verify(&forge(&keys.signing[0], &none, &claims), NOON), Err(TokenError::Header));

    let mut hmac = header;
    hmac["alg"] = json!("HS256");
    let public = tokens(&keys).jwks()["keys"][0]["x"].as_str().unwrap().to_owned();
    for secret in [public.as_bytes().to_vec(), B64.decode(&public).unwrap()] {
        let message = format!("{}.{}", B64.encode(hmac.to_string()), B64.encode(claims.to_string()));
        let signer = EncodingKey::from_secret(&secret);
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &signer, Algorithm::HS256).unwrap();
        assert_eq!(tokens(&keys).verify(&format!("{message}.{signature}"), NOON), Err(TokenError::Header));
        let eddsa = good(&keys).0;
        let message = format!("{}.{}", B64.encode(eddsa.to_string()), B64.encode(claims.to_string()));
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &signer, Algorithm::HS256).unwrap();
        assert_eq!(tokens(&keys).verify(&format!("{message}.{signature}"), NOON), Err(TokenError::Signature));
    }
}

#[test]
fn case_56_every_claim_is_required_and_times_are_integers() {
    let keys = keys();
    let (header, claims) = good(&keys);
    let tokens = tokens(&keys);
    assert!(tokens.verify(&forge(&keys.signing[0], &header, &claims), NOON).is_ok());
    for name in claims.as_object().unwrap().keys() {
        for spoilt in [None, Some(Value::Null), Some(json!({})), Some(json!([1]))] {
            let mut bad = claims.clone();
            match &spoilt {
                None => drop(bad.as_object_mut().unwrap().remove(name)),
                Some(value) => bad[name] = value.clone(),
            }
            assert_eq!(
                tokens.verify(&forge(&keys.signing[0], &header, &bad), NOON),
                Err(TokenError::Claims),
                "{name} {spoilt:?}"
            );
        }
    }
    for (name, value) in [
        ("exp", json!("9999999999")),
        ("exp", json!(9999999999.5)),
        ("exp", json!(1e300)),
        ("exp", json!(-1)),
        ("iat", json!("0")),
        ("nbf", json!("0")),
        ("auth_time", json!(i64::MAX)),
        ("epoch", json!("4")),
        ("role", json!("owner")),
        ("iss", json!("https://voxgate.example/")),
        ("iss", json!(["https://voxgate.example"])),
        ("aud", json!("other")),
        ("aud", json!(["voxgate"])),
        ("sub", json!("1")),
    ] {
        let mut bad = claims.clone();
        bad[name] = value.clone();
        assert_eq!(
            tokens.verify(&forge(&keys.signing[0], &header, &bad), NOON),
            Err(TokenError::Claims),
            "{name} {value}"
        );
    }
    let mut later = claims;
    later["nbf"] = json!(NOON.unix_timestamp() + 600);
    assert_eq!(tokens.verify(&forge(&keys.signing[0], &header, &later), NOON), Err(TokenError::NotYet));
}

#[test]
fn case_57_keys_come_from_the_ring_by_their_exact_name_only() {
    let keys = keys();
    let (header, claims) = good(&keys);
    let tokens = tokens(&keys);
    let thief = SigningKey::generate(&crate::crypto::entropy::system_world());
    let kid = keys.signing[0].kid.as_str();
    for bad in ["", "../../dev/null", "' OR 1=1 --", &kid.to_uppercase(), &format!("{kid} "), &thief.kid] {
        let mut header = header.clone();
        header["kid"] = json!(bad);
        for key in [&keys.signing[0], &thief] {
            assert_eq!(tokens.verify(&forge(key, &header, &claims), NOON), Err(TokenError::UnknownKey), "{bad}");
        }
    }
    assert_eq!(tokens.verify(&forge(&thief, &header, &claims), NOON), Err(TokenError::Signature));
    let jwk = serde_json::to_value(thief.jwk().unwrap()).unwrap();
    for (name, value) in [
        ("jku", json!("https://evil.example/jwks.json")),
        ("jwk", jwk),
        ("x5u", json!("https://evil.example/x.pem")),
        ("x5c", json!(["MA=="])),
        ("crit", json!(["exp"])),
        ("zip", json!("DEF")),
        ("cty", json!("JWT")),
    ] {
        let mut header = header.clone();
        header[name] = value;
        for key in [&keys.signing[0], &thief] {
            assert_eq!(tokens.verify(&forge(key, &header, &claims), NOON), Err(TokenError::Header), "{name}");
        }
    }
}

#[test]
fn case_58_other_kinds_of_token_are_no_access_tokens() {
    let keys = keys();
    let (header, claims) = good(&keys);
    for typ in [json!("JWT"), json!("refresh+jwt"), json!("AT+JWT"), json!("application/at+jwt"), Value::Null] {
        let mut header = header.clone();
        header["typ"] = typ.clone();
        assert_eq!(
            tokens(&keys).verify(&forge(&keys.signing[0], &header, &claims), NOON),
            Err(TokenError::Header),
            "{typ}"
        );
    }
    for purpose in Purpose::ALL {
        let opaque = OneTimeToken::new(&sample::world(), purpose, CompanyId::NOBODY, Uuid::nil()).expose();
        assert_eq!(tokens(&keys).verify(&opaque, NOON), Err(TokenError::Malformed));
    }
}

#[test]
fn rotation_verifies_old_tokens_until_their_key_leaves_the_ring() {
    let world = sample::world();
    let mut keys = KeyFile::generate(&world);
    let old = tokens(&keys).issue(&grant(), NOON).unwrap().token;
    keys.signing.insert(0, SigningKey::generate(&world));
    assert!(tokens(&keys).verify(&old, NOON).is_ok());
    assert_eq!(tokens(&keys).jwks()["keys"].as_array().unwrap().len(), 2);
    keys.signing.truncate(1);
    assert_eq!(tokens(&keys).verify(&old, NOON), Err(TokenError::UnknownKey));
    keys.signing.clear();
    assert!(AccessTokens::new(&keys, "i", "a", LIFETIME).is_err());
}

#[test]
fn the_published_keys_hold_no_private_part() {
    let keys = keys();
    let published = tokens(&keys).jwks();
    assert_eq!(published["keys"][0].get("d"), None);
    assert_eq!(published["keys"][0]["kid"], json!(keys.signing[0].kid));
}

proptest! {
    #[test]
    fn any_other_text_is_refused_without_a_panic(text in "\\PC{0,80}|[A-Za-z0-9_.-]{0,200}") {
        prop_assert!(tokens(&keys()).verify(&text, NOON).is_err());
    }

    #[test]
    fn one_changed_character_is_one_refused_token(at: prop::sample::Index, with in "[A-Za-z0-9_-]") {
        let tokens = tokens(&keys());
        let token = tokens.issue(&grant(), NOON).unwrap().token;
        let at = at.index(token.len());
        let mut changed = token.clone();
        changed.replace_range(at..=at, &with);
        prop_assume!(changed != token);
        prop_assert!(tokens.verify(&changed, NOON).is_err());
    }
}
