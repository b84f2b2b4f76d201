//! The opening of a session in one flight: everything with it, or nothing.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use voxgate::{
    domain::{
        event::{Event, Kind},
        ids::{CompanyId, FactorId, UserId},
        one_time::Purpose,
        principal::{Origin, Role},
    },
    store::{AtOnce, NewOneTime, NewSession, Store, StoreError},
};

use super::super::nodes::{CALLERS, in_company, two_nodes};
use crate::support::db::{TestDb, company_with, fresh_id, new_session};

const CHALLENGE: [u8; 32] = [7; 32];
const COUNTER: [u8; 32] = [8; 32];
const HOUR: Duration = Duration::from_secs(3600);
const STEP: i64 = 100;

/// Somebody with an authenticator whose first step is done and whose second step was counted.
async fn waiting(db: &TestDb, store: &Store) -> (CompanyId, UserId, FactorId) {
    let (company, user) = company_with(store, "acme", Role::User).await;
    in_company(store, company, move |tx| {
        let challenge = NewOneTime {
            purpose: Purpose::MfaChallenge,
            holder: user.0,
            user: Some(user),
            hash: CHALLENGE,
            max_tries: 5,
            credential_version: Some(1),
            session: None,
            expires_in: HOUR,
        };
        Box::pin(async move { tx.issue(&challenge).await })
    })
    .await;
    let factor = FactorId(uuid::Uuid::from_u128(fresh_id()));
    db.execute(&format!(
        "UPDATE users SET mfa_enabled = true;
         INSERT INTO factors (company_id, id, user_id, kind, status, sealed, key_id, last_step)
           VALUES ('{company}', '{factor}', '{user}', 'totp', 'active', '', 'k', {STEP} - 1);
         INSERT INTO attempts VALUES (decode(repeat('08', 32), 'hex'), 3, now(), 3)"
    ))
    .await;
    (company, user, factor)
}

fn wanted(user: UserId, factor: FactorId) -> AtOnce {
    let session = NewSession {
        amr: vec!["pwd".into(), "otp".into(), "mfa".into()],
        ip: Some("192.0.2.7".into()),
        expires_in: 12 * HOUR,
        mfa_enabled_seen: true,
        ..new_session(user)
    };
    let mut refresh = [0; 32];
    refresh[..16].copy_from_slice(session.id.0.as_bytes());
    let second = Some((CHALLENGE, factor, STEP));
    AtOnce { session, refresh, refresh_lifetime: 24 * HOUR, device: None, network: None, second, counter: COUNTER }
}

async fn open(store: &Store, company: CompanyId, new: AtOnce) -> bool {
    let event = Event::new(Kind::LoginSucceeded, &Origin::default()).with(json!({ "method": "totp" }));
    loop {
        match store.open_session(company, &new, &event).await {
            Ok(started) => return started.is_some(),
            Err(StoreError::Unavailable(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// Sessions, refresh tokens, events, spent challenges, spent steps, counters.
async fn written(db: &TestDb) -> [i64; 6] {
    let spent = format!("factors WHERE last_step = {STEP}");
    let mut counts = [0; 6];
    let tables =
        ["sessions", "refresh_tokens", "outbox", "one_time_tokens WHERE used_at IS NOT NULL", &spent, "attempts"];
    for (count, from) in counts.iter_mut().zip(tables) {
        *count = db.count(from).await;
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_is_finished_with_all_that_belongs_to_it() {
    let db = TestDb::fresh().await;
    let store = db.store().await;
    let (company, user, factor) = waiting(&db, &store).await;
    assert_eq!(written(&db).await, [0, 0, 0, 0, 0, 1]);
    assert!(open(&store, company, wanted(user, factor)).await);
    assert_eq!(written(&db).await, [1, 1, 1, 1, 1, 0]);
    let whole = format!(
        "SELECT s.user_id = '{user}' AND s.amr = '{{pwd,otp,mfa}}' AND s.auth_time = s.created_at AND s.client = 'api'
           AND s.expires_at = s.created_at + interval '12 h' AND r.expires_at = s.created_at + interval '12 h'
           AND u.last_login_at = s.created_at AND o.kind = 'login.succeeded' AND o.actor_id = u.id AND o.subject_type = 'user'
           AND o.subject_id = u.id AND o.session_id = s.id AND o.ip = '192.0.2.7' AND o.data = '{{\"method\": \"totp\"}}'
         FROM sessions s, refresh_tokens r, users u, outbox o WHERE r.session_id = s.id"
    );
    assert!(db.value::<bool>(&whole).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_with_the_same_code_on_two_nodes_one_gets_in() {
    let db = TestDb::fresh().await;
    let nodes = two_nodes(&db).await;
    let (company, user, factor) = waiting(&db, &nodes[0]).await;
    let tries = (0..CALLERS).map(|caller| open(&nodes[caller % 2], company, wanted(user, factor)));
    assert_eq!(join_all(tries).await.into_iter().filter(|opened| *opened).count(), 1);
    assert_eq!(written(&db).await, [1, 1, 1, 1, 1, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_unusual_is_left_for_the_long_way() {
    let db = TestDb::fresh().await;
    let store = db.store().await;
    let (company, user, factor) = waiting(&db, &store).await;
    for (unusual, undo) in [
        ("UPDATE users SET credential_version = 2", "UPDATE users SET credential_version = 1"),
        ("UPDATE users SET mfa_enabled = false", "UPDATE users SET mfa_enabled = true"),
        ("UPDATE users SET status = 'deactivated'", "UPDATE users SET status = 'active'"),
        ("UPDATE companies SET status = 'suspended'", "UPDATE companies SET status = 'active'"),
        ("UPDATE one_time_tokens SET used_at = now()", "UPDATE one_time_tokens SET used_at = NULL"),
        (
            "UPDATE one_time_tokens SET expires_at = now() - interval '1 s'",
            "UPDATE one_time_tokens SET expires_at = now() + interval '1 h'",
        ),
        (
            "UPDATE one_time_tokens SET purpose = 'password_reset'",
            "UPDATE one_time_tokens SET purpose = 'mfa_challenge'",
        ),
        ("UPDATE one_time_tokens SET credential_version = 2", "UPDATE one_time_tokens SET credential_version = 1"),
        ("UPDATE users SET many_sessions = true", "UPDATE users SET many_sessions = false"),
        ("UPDATE attempts SET tries = 6", "UPDATE attempts SET tries = 5"),
        ("UPDATE factors SET last_step = 100", "UPDATE factors SET last_step = 99"),
        ("UPDATE factors SET status = 'pending'", "UPDATE factors SET status = 'active'"),
    ] {
        db.execute(unusual).await;
        let with_it = db.picture().await;
        assert!(!open(&store, company, wanted(user, factor)).await, "{unusual}");
        assert_eq!(db.picture().await, with_it, "{unusual}");
        db.execute(undo).await;
    }
    let new_device = AtOnce { device: Some([3; 32]), ..wanted(user, factor) };
    assert!(!open(&store, company, new_device).await, "a device nobody has seen");
    let new_network = AtOnce { network: Some([4; 32]), ..wanted(user, factor) };
    assert!(!open(&store, company, new_network).await, "a network nobody has seen");
    let mut single = wanted(user, factor);
    single.session.amr = vec!["pwd".into()];
    db.execute("UPDATE companies SET mfa_required = true").await;
    assert!(!open(&store, company, single).await, "no second factor where one is demanded");
    db.execute("UPDATE companies SET mfa_required = false").await;
    assert_eq!(written(&db).await, [0, 0, 0, 0, 0, 1]);
    assert!(open(&store, company, wanted(user, factor)).await, "with everything as it was");

    db.execute(
        "UPDATE companies SET max_sessions_per_user = 1; UPDATE one_time_tokens SET used_at = NULL;
         UPDATE factors SET last_step = 99",
    )
    .await;
    assert!(!open(&store, company, wanted(user, factor)).await, "one session too many");
}
