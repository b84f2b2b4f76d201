//! Access tokens: only what was issued, letter by letter, is ever accepted.

#![allow(clippy::expect_used, reason = "a promise that is broken must end the run")]

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::{
    crypto::{
        entropy::system_world,
        keys::KeyFile,
        token::{AccessTokens, Grant},
    },
    domain::{principal::Role, world::World},
};

struct House {
    tokens: AccessTokens,
    issued: String,
    now: OffsetDateTime,
}

static HOUSE: LazyLock<House> = LazyLock::new(|| {
    let world: World = system_world();
    let keys = KeyFile::generate(&world);
    let tokens = AccessTokens::new(&keys, "https://voxgate.example", "voxgate", Duration::minutes(30)).expect("keys");
    let now = world.now();
    let issued = tokens.issue(&grant(now), now).expect("a token").token;
    House { tokens, issued, now }
});

fn grant(now: OffsetDateTime) -> Grant {
    Grant {
        user: Uuid::from_u128(1).into(),
        company: Uuid::from_u128(2).into(),
        session: Uuid::from_u128(3).into(),
        role: Role::User,
        amr: vec!["pwd".into()],
        auth_time: now,
        epoch: 1,
        company_epoch: 1,
        session_expires_at: now + Duration::days(1),
        token_id: Uuid::from_u128(4),
    }
}

/// The bytes as a token, and as changes to a good one: bytes put over it, and its three parts replaced.
pub(super) fn token(data: &[u8]) {
    let house = &*HOUSE;
    refuses(house, &String::from_utf8_lossy(data));
    if let Some((at, patch)) = data.split_first() {
        let mut changed = house.issued.clone().into_bytes();
        let at = usize::from(*at) * 3 % changed.len();
        let end = changed.len().min(at + patch.len());
        changed[at..end].copy_from_slice(&patch[..end - at]);
        refuses(house, &String::from_utf8_lossy(&changed));
    }
    for part in 0..3 {
        let mut parts: Vec<String> = house.issued.split('.').map(ToOwned::to_owned).collect();
        parts[part] = URL_SAFE_NO_PAD.encode(data);
        refuses(house, &parts.join("."));
    }
}

fn refuses(house: &House, token: &str) {
    assert!(token == house.issued || house.tokens.verify(token, house.now).is_err(), "accepted: {token}");
}
