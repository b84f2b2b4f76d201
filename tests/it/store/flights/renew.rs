//! A renewal in one flight, held against the rule in `domain::refresh` state by state.

use std::time::Duration;

use futures_util::future::join_all;
use sqlx::PgConnection;
use voxgate::{
    domain::{
        event::{Event, Kind},
        ids::{CompanyId, SessionId, UserId},
        principal::{Origin, Role},
        refresh::{Decision, decide},
    },
    store::{NewSession, RefreshFamily, Store, StoreError},
};

use super::super::nodes::{CALLERS, in_company, two_nodes};
use crate::support::{
    db::{TestDb, company_with, fresh_id, new_session, run},
    eventually::eventually,
};

const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);
const PARENT: [u8; 32] = [1; 32];
const CHILD: [u8; 32] = [2; 32];

/// Every state the rule tells apart, as what is to be written into the rows.
fn states() -> Vec<[&'static str; 8]> {
    let choices: [&[&'static str]; 8] = [
        &["used_at = NULL", "used_at = now() - interval '5 s'", "used_at = now() - interval '20 s'"],
        &["expires_at = now() + interval '1 h'", "expires_at = now() - interval '1 s'"],
        &["revoked_at = NULL", "revoked_at = now()"],
        &["expires_at = now() + interval '1 d'", "expires_at = now() - interval '1 s'"],
        &["last_seen_at = now()", "last_seen_at = now() - interval '2 h'"],
        &["status = 'active'", "status = 'deactivated'"],
        &["status = 'active', mfa_required = false", "status = 'active', mfa_required = true", "status = 'suspended'"],
        &["amr = '{pwd}'", "amr = '{pwd,otp,mfa}'"],
    ];
    choices.iter().fold(vec![[""; 8]], |states, choice| {
        let place = states[0].iter().filter(|set| !set.is_empty()).count();
        let with = |state: &[&'static str; 8], one: &'static str| {
            let mut state = *state;
            state[place] = one;
            state
        };
        states.iter().flat_map(|state| choice.iter().map(move |one| with(state, one))).collect()
    })
}

async fn bring_about(all: &mut PgConnection, [used, ends, revoked, over, seen, person, firm, amr]: [&str; 8]) {
    let sql = format!(
        "BEGIN; DELETE FROM refresh_tokens WHERE parent_id IS NOT NULL; DELETE FROM outbox;
         UPDATE refresh_tokens SET {used}, {ends}; UPDATE sessions SET {revoked}, {over}, {seen}, {amr};
         UPDATE users SET {person}; UPDATE companies SET session_idle_seconds = 3600, {firm}; COMMIT"
    );
    run(all, &sql).await;
}

async fn session_with_token(store: &Store, company: CompanyId, user: UserId) -> SessionId {
    let id = SessionId(uuid::Uuid::from_u128(fresh_id()));
    in_company(store, company, move |tx| {
        let new = NewSession { id, client: "web", expires_in: WEEK, ..new_session(user) };
        Box::pin(async move {
            tx.start_session(&new).await?.expect("the account is unchanged");
            tx.insert_refresh(id, &PARENT, None, WEEK).await
        })
    })
    .await;
    id
}

fn told() -> Event {
    let origin = Origin { ip: Some("192.0.2.7".into()), user_agent: Some("story".into()), ..Origin::default() };
    Event::new(Kind::SessionRefreshed, &origin)
}

async fn renew(store: &Store, company: CompanyId) -> Option<RefreshFamily> {
    loop {
        match store.renew_session(company, (&PARENT, &CHILD), WEEK, &told()).await {
            Ok(family) => return family,
            Err(StoreError::Unavailable(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// What the rule says about the rows as they are, asked the long way.
async fn rule(store: &Store, company: CompanyId) -> bool {
    in_company(store, company, |tx| {
        Box::pin(async move {
            let family = tx.lock_refresh(&PARENT).await?.expect("the token is known");
            let decision = decide(&family.parent(), &family.child(), family.now);
            Ok(decision == Decision::Rotate && !family.lacks_second_factor())
        })
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_short_way_rotates_exactly_where_the_rule_rotates_and_elsewhere_changes_nothing() {
    let db = TestDb::fresh().await;
    let store = db.store().await;
    let (company, user) = company_with(&store, "acme", Role::User).await;
    session_with_token(&store, company, user).await;
    let mut all = db.connect("postgres").await;
    let (mut rotated, mut left) = (0, 0);
    for state in states() {
        bring_about(&mut all, state).await;
        let (expected, before) = (rule(&store, company).await, db_picture(&mut all).await);
        let renewed = renew(&store, company).await.is_some();
        assert_eq!(renewed, expected, "{state:?}");
        assert_eq!(db_picture(&mut all).await == before, !renewed, "{state:?}");
        if renewed { rotated += 1 } else { left += 1 }
    }
    // Unused, unexpired, alive: one state for each session that is strong enough for its company.
    assert_eq!((rotated, left), (3, 3 * 2 * 2 * 2 * 2 * 2 * 3 * 2 - 3));
}

async fn db_picture(all: &mut PgConnection) -> (i64, i64, String) {
    let sql = "SELECT (SELECT count(*) FROM refresh_tokens), (SELECT count(*) FROM outbox),
        (SELECT concat(max(used_at), max(last_seen_at)) FROM refresh_tokens, sessions WHERE parent_id IS NULL)";
    sqlx::query_as(sql).fetch_one(all).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_writes_is_what_the_long_way_writes() {
    let db = TestDb::fresh().await;
    let store = db.store().await;
    let (company, user) = company_with(&store, "acme", Role::User).await;
    let session = session_with_token(&store, company, user).await;
    db.execute("UPDATE companies SET session_idle_seconds = 3600").await;
    let family = renew(&store, company).await.expect("a plain rotation");
    assert_eq!((family.user.id, family.session.id, family.company.id), (user, session, company));
    let written = "SELECT p.used_at = k.created_at AND s.last_seen_at = k.created_at AND k.used_at IS NULL
          AND k.hash = decode(repeat('02', 32), 'hex') AND k.expires_at = k.created_at + interval '1 h'
        FROM refresh_tokens p JOIN refresh_tokens k ON k.parent_id = p.id JOIN sessions s ON s.id = k.session_id";
    assert!(db.value::<bool>(written).await);
    let recorded = format!(
        "SELECT count(*) FROM outbox WHERE company_id = '{company}' AND kind = 'session.refreshed' AND severity = 'info'
         AND actor_type = 'user' AND actor_id = '{user}' AND subject_type = 'session' AND subject_id = '{session}'
         AND session_id = '{session}' AND ip = '192.0.2.7' AND user_agent = 'story' AND data = '{{}}'"
    );
    assert_eq!(db.value::<i64>(&recorded).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_at_once_on_two_nodes_one_rotates() {
    let db = TestDb::fresh().await;
    let nodes = two_nodes(&db).await;
    let (company, user) = company_with(&nodes[0], "acme", Role::User).await;
    session_with_token(&nodes[0], company, user).await;
    let renewals = join_all((0..CALLERS).map(|caller| renew(&nodes[caller % 2], company))).await;
    assert_eq!(renewals.into_iter().flatten().count(), 1);
    assert_eq!((db.count("refresh_tokens").await, db.count("outbox").await), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_found_in_its_own_company_only() {
    let db = TestDb::fresh().await;
    let store = db.store().await;
    let (acme, user) = company_with(&store, "acme", Role::User).await;
    let (other, _) = company_with(&store, "other", Role::User).await;
    session_with_token(&store, acme, user).await;
    assert!(renew(&store, other).await.is_none());
    assert!(renew(&store, acme).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_made_while_a_table_was_small_does_not_read_it_from_end_to_end() {
    let db = TestDb::fresh().await;
    let store = db.store().await;
    let (company, user) = company_with(&store, "acme", Role::User).await;
    session_with_token(&store, company, user).await;
    // Now PostgreSQL knows that everything is in one page.
    db.execute("ANALYZE").await;
    let scans = "SELECT sum(seq_scan)::bigint FROM pg_stat_user_tables
        WHERE relname IN ('refresh_tokens', 'sessions', 'users', 'companies', 'outbox')";
    let before: i64 = db.value(scans).await;
    renew(&store, company).await.expect("a plain rotation");
    store.close().await;
    // A connection has told what it counted when it is gone.
    let gone = "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE usename LIKE 'voxgate%'
        AND datname = current_database())";
    let look = || async { db.value::<bool>(gone).await.then_some(()) };
    eventually("the end of the connections", Duration::from_secs(10), look).await;
    assert_eq!(db.value::<i64>(scans).await, before);
}
