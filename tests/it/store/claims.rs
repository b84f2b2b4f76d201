//! A hundred callers on two nodes ask for the same thing at once. Each story ends with its naive twin, which fails.

use std::time::Duration;

use futures_util::future::join_all;
use voxgate::{
    domain::{
        ids::{CompanyId, FactorId, UserId},
        lockout::{Debit, Limit},
        one_time::Purpose,
        principal::Role,
        revocation::Scope,
    },
    store::{Bump, CountedStep, NewBackupCode, NewFactor, NewOneTime, NewRevocation, SecondStep, Store, StoreError},
};

use super::{
    naive,
    nodes::{CALLERS, in_company, race, two_nodes},
};
use crate::support::db::{TestDb, company_with, fresh_id, new_session, person, run};

const LIMIT: Limit = Limit { tries: 5, window: Duration::from_secs(60), hard_stop: None };

async fn active_factor(store: &Store, company: CompanyId, user: UserId) -> FactorId {
    let id = FactorId(uuid::Uuid::from_u128(fresh_id()));
    pending_factor(store, company, user, id).await;
    let activated = store.in_tenant::<_, StoreError, _>(company, move |tx| Box::pin(tx.activate_factor(id, 100)));
    assert!(activated.await.unwrap().into_inner());
    id
}

async fn pending_factor(store: &Store, company: CompanyId, user: UserId, id: FactorId) {
    let expires_in = Duration::from_secs(600);
    let waits = store.in_tenant::<_, StoreError, _>(company, move |tx| {
        let new = NewFactor { id, user, sealed: vec![1; 48], key_id: "k".into(), expires_in };
        Box::pin(async move { tx.replace_pending_factor(&new).await })
    });
    waits.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_totp_step_is_granted_once() {
    let db = TestDb::fresh().await;
    let nodes = two_nodes(&db).await;
    let (company, user) = company_with(&nodes[0], "acme", Role::User).await;
    let factor = active_factor(&nodes[0], company, user).await;
    for step in [100, 99] {
        assert!(
            !in_company(&nodes[0], company, move |tx| Box::pin(tx.claim_step(factor, step))).await,
            "spent: {step}"
        );
    }
    assert_eq!(race(&nodes, company, move |tx| Box::pin(tx.claim_step(factor, 101))).await, 1);

    let may = format!("SELECT last_step < 102 FROM factors WHERE id = '{factor}'");
    let take = format!("UPDATE factors SET last_step = 102 WHERE id = '{factor}'");
    assert!(naive::grants(&db, company, &may, &take).await > 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_code_is_granted_once() {
    let db = TestDb::fresh().await;
    let nodes = two_nodes(&db).await;
    let (company, user) = company_with(&nodes[0], "acme", Role::User).await;
    in_company(&nodes[0], company, move |tx| {
        let code = |n: u8| NewBackupCode {
            id: uuid::Uuid::from_u128(fresh_id()),
            digest: [n; 32],
            sealed: vec![n; 30],
            key_id: "k".into(),
        };
        Box::pin(async move { tx.replace_backup_codes(user, &[code(1), code(2)]).await })
    })
    .await;
    assert_eq!(race(&nodes, company, move |tx| Box::pin(tx.claim_backup_code(user, &[1; 32]))).await, 1);
    let codes = in_company(&nodes[0], company, move |tx| Box::pin(tx.backup_codes(user))).await;
    assert_eq!(codes.iter().filter(|code| code.used_at.is_some()).count(), 1);

    let code = format!("user_id = '{user}' AND digest = decode('{}', 'hex')", "02".repeat(32));
    let may = format!("SELECT used_at IS NULL FROM backup_codes WHERE {code}");
    let take = format!("UPDATE backup_codes SET used_at = now() WHERE {code}");
    assert!(naive::grants(&db, company, &may, &take).await > 1);
}

async fn count(store: &Store, company: CompanyId, step: SecondStep) -> CountedStep {
    loop {
        match store.count_second_step(company, step).await {
            Ok(outcome) => return outcome,
            Err(StoreError::Unavailable(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_grants_five_tries_and_one_use() {
    let db = TestDb::fresh().await;
    let nodes = two_nodes(&db).await;
    let (company, user) = company_with(&nodes[0], "acme", Role::User).await;
    in_company(&nodes[0], company, move |tx| {
        let challenge = NewOneTime {
            purpose: Purpose::MfaChallenge,
            holder: user.0,
            user: Some(user),
            hash: [7; 32],
            max_tries: 5,
            credential_version: Some(1),
            session: None,
            expires_in: Duration::from_secs(300),
        };
        Box::pin(async move { tx.issue(&challenge).await })
    })
    .await;
    let limit = Limit { tries: 1_000, window: Duration::from_secs(60), hard_stop: None };
    let step = SecondStep { challenge: [7; 32], user, counter: [8; 32], limit };
    let answers = (0..CALLERS).map(|caller| count(&nodes[caller % 2], company, step));
    let compared = join_all(answers).await.into_iter().filter(|outcome| matches!(outcome, CountedStep::Granted { .. }));
    assert_eq!(compared.count(), 5);
    assert!(matches!(count(&nodes[0], company, step).await, CountedStep::Exhausted(None)));
    let unknown = SecondStep { challenge: [9; 32], ..step };
    assert!(matches!(count(&nodes[0], company, unknown).await, CountedStep::Gone));
    let used = race(&nodes, company, |tx| {
        Box::pin(async move { Ok(tx.claim_use(&[7; 32], Purpose::MfaChallenge).await?.is_some()) })
    });
    assert_eq!(used.await, 1);

    let again = "UPDATE one_time_tokens SET tries = 0, used_at = NULL";
    let mut all = db.connect("postgres").await;
    run(&mut all, again).await;
    let may = "SELECT tries < 5 FROM one_time_tokens";
    let take = "UPDATE one_time_tokens SET tries = tries + 1";
    assert!(naive::grants(&db, company, may, take).await > 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_counter_grants_its_limit_and_a_refund_starts_it_anew() {
    let db = TestDb::fresh().await;
    let nodes = two_nodes(&db).await;
    let (company, _) = company_with(&nodes[0], "acme", Role::User).await;
    let debit = |store: Store| async move {
        loop {
            match store.debit([9; 32], LIMIT).await {
                Ok(debit) => return debit,
                Err(StoreError::Unavailable(_)) => {}
                Err(error) => panic!("{error}"),
            }
        }
    };
    let outcomes = join_all((0..CALLERS).map(|caller| debit(nodes[caller % 2].clone()))).await;
    let granted = |debit: &Debit| if let Debit::Granted { tries, .. } = debit { Some(*tries) } else { None };
    let mut tries: Vec<_> = outcomes.iter().filter_map(granted).collect();
    tries.sort_unstable();
    assert_eq!(tries, [1, 2, 3, 4, 5]);
    for debit in outcomes {
        if let Debit::Exhausted { retry_after } = debit {
            assert!(retry_after <= LIMIT.window && retry_after >= Duration::from_secs(1), "{retry_after:?}");
        }
    }
    in_company(&nodes[0], company, |tx| Box::pin(tx.refund([9; 32]))).await;
    assert_eq!(nodes[1].debit([9; 32], LIMIT).await.unwrap(), Debit::Granted { tries: 1, consecutive: 1 });
    assert!(matches!(nodes[1].debit([8; 32], Limit { tries: 0, ..LIMIT }).await.unwrap(), Debit::Exhausted { .. }));

    let key = format!("key = decode('{}', 'hex')", "09".repeat(32));
    let may = format!("SELECT tries < 5 FROM attempts WHERE {key}");
    let take = format!("UPDATE attempts SET tries = tries + 1 WHERE {key}");
    assert!(naive::grants(&db, company, &may, &take).await > 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_confirmations_activates_a_factor_and_the_old_one_holds_until_then() {
    let db = TestDb::fresh().await;
    let nodes = two_nodes(&db).await;
    let (company, user) = company_with(&nodes[0], "acme", Role::User).await;
    let old = active_factor(&nodes[0], company, user).await;
    let new = FactorId(uuid::Uuid::from_u128(fresh_id()));
    pending_factor(&nodes[0], company, user, new).await;
    let still = in_company(&nodes[0], company, move |tx| Box::pin(tx.active_factor(user))).await;
    assert_eq!(still.unwrap().id, old);
    assert_eq!(race(&nodes, company, move |tx| Box::pin(tx.activate_factor(new, 500))).await, 1);
    let now = in_company(&nodes[0], company, move |tx| Box::pin(tx.active_factor(user))).await.unwrap();
    assert_eq!((now.id, now.last_step), (new, 500));
    assert!(!in_company(&nodes[0], company, move |tx| Box::pin(tx.claim_step(new, 500))).await, "its code is spent");
    assert!(!in_company(&nodes[0], company, move |tx| Box::pin(tx.claim_step(old, 501))).await, "the old one is gone");
    assert!(in_company(&nodes[0], company, move |tx| Box::pin(tx.user(user))).await.unwrap().mfa_enabled);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_sign_in_survives_logging_out_everywhere() {
    let db = TestDb::fresh().await;
    let nodes = two_nodes(&db).await;
    for round in 0..5 {
        let (company, user) = company_with(&nodes[0], &format!("acme-{round}"), Role::User).await;
        let start = |node: &Store| {
            let node = node.clone();
            async move {
                in_company(&node, company, move |tx| {
                    Box::pin(async move { Ok(tx.start_session(&new_session(user)).await?.is_some()) })
                })
                .await
            }
        };
        let everywhere = async {
            in_company(&nodes[1], company, move |tx| {
                Box::pin(async move {
                    let bumped = tx.bump_user(user, Bump { tokens: true, credentials: true }).await?.unwrap();
                    let scope = Scope::User { id: user, min_epoch: bumped.auth_epoch };
                    tx.insert_revocation(&NewRevocation { scope, lives: std::time::Duration::from_secs(1800) }).await?;
                    tx.revoke_user_sessions(user, None, "logout").await
                })
            })
            .await
        };
        let starts = join_all((0..CALLERS / 2).map(|caller| start(&nodes[caller % 2])));
        let (started, ended) = tokio::join!(starts, everywhere);
        let live = in_company(&nodes[0], company, move |tx| Box::pin(tx.live_sessions(user))).await;
        assert_eq!(live, [], "round {round}");
        assert_eq!(started.into_iter().filter(|started| *started).count(), ended.len());
        assert!(!start(&nodes[0]).await, "the sign-in that saw the old version is over");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_naive_sign_in_survives_logging_out_everywhere() {
    let db = TestDb::fresh().await;
    let store = db.store().await;
    let (company, user) = company_with(&store, "acme", Role::User).await;
    let mut naive = db.connect("voxgate_app").await;
    run(&mut naive, &format!("SET app.company_id = '{company}'")).await;
    let seen: i64 = sqlx::query_scalar("SELECT credential_version FROM users").fetch_one(&mut naive).await.unwrap();
    assert_eq!(seen, 1, "the account is what the sign-in saw");
    in_company(&store, company, move |tx| {
        Box::pin(async move {
            tx.bump_user(user, Bump { tokens: true, credentials: true }).await?;
            tx.revoke_user_sessions(user, None, "logout").await
        })
    })
    .await;
    let insert = "INSERT INTO sessions (company_id, id, user_id, amr, auth_time, client, expires_at)
        SELECT company_id, uuid_v7(), id, '{pwd}', now(), 'api', now() + interval '1 hour' FROM users";
    run(&mut naive, insert).await;
    let live = in_company(&store, company, move |tx| Box::pin(tx.live_sessions(user))).await;
    assert_eq!(live.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_keeps_an_admin_however_many_step_down() {
    let db = TestDb::fresh().await;
    let nodes = two_nodes(&db).await;
    let (company, first) = company_with(&nodes[0], "acme", Role::Admin).await;
    let mut admins = vec![first];
    for n in 1..CALLERS {
        let id = UserId(uuid::Uuid::from_u128(fresh_id()));
        let name = format!("admin{n}@acme.example");
        let joined = nodes[0].in_tenant::<_, StoreError, _>(company, move |tx| {
            Box::pin(async move { tx.insert_user(&person(id, &name, Role::Admin)).await })
        });
        joined.await.unwrap();
        admins.push(id);
    }
    let steps_down = |(n, id): (usize, UserId)| {
        in_company(&nodes[n % 2], company, move |tx| {
            Box::pin(async move {
                tx.lock_company().await?;
                Ok(tx.count_active_admins().await? > 1 && tx.set_role(id, Role::User).await?)
            })
        })
    };
    let stepped = join_all(admins.iter().copied().enumerate().map(steps_down)).await;
    assert_eq!(stepped.into_iter().filter(|stepped| *stepped).count(), CALLERS - 1);
    assert_eq!(in_company(&nodes[0], company, |tx| Box::pin(tx.count_active_admins())).await, 1);

    let mut all = db.connect("postgres").await;
    let twenty = "UPDATE users SET role = CASE WHEN id IN (SELECT id FROM users ORDER BY id LIMIT 20) THEN 'admin'
        ELSE 'user' END";
    run(&mut all, twenty).await;
    let may = "SELECT count(*) > 1 FROM users WHERE role = 'admin'";
    let take = "UPDATE users SET role = 'user' WHERE id =
        (SELECT id FROM users WHERE role = 'admin' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)";
    naive::grants(&db, company, may, take).await;
    let left = in_company(&nodes[0], company, |tx| Box::pin(tx.count_active_admins())).await;
    assert_eq!(left, 0, "twenty who counted before anybody wrote leave no Admin");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_sign_in_with_the_old_password_does_not_bring_it_back() {
    let db = TestDb::fresh().await;
    let store = db.store().await;
    let (company, user) = company_with(&store, "acme", Role::User).await;
    let hash = |text: &'static str| secrecy::SecretString::from(text);
    let seen = in_company(&store, company, move |tx| Box::pin(tx.user(user))).await.unwrap().credential_version;
    let renew = async |text: &'static str, seen: i64| {
        in_company(&store, company, move |tx| {
            Box::pin(async move { tx.renew_password_hash(user, seen, &hash(text)).await })
        })
        .await
    };
    assert!(renew("old, with new parameters", seen).await);
    let changed = in_company(&store, company, move |tx| {
        let bump = Bump { tokens: false, credentials: true };
        Box::pin(async move { tx.claim_password(user, seen, &hash("new"), bump).await })
    });
    assert!(changed.await.is_some());
    assert!(!renew("old, with newer parameters", seen).await);
    let stored = in_company(&store, company, move |tx| Box::pin(tx.user(user))).await.unwrap().password_hash.unwrap();
    assert_eq!(secrecy::ExposeSecret::expose_secret(&stored), "new");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_was_alive_counts_as_ended() {
    let db = TestDb::fresh().await;
    let store = db.store().await;
    let (company, user) = company_with(&store, "acme", Role::User).await;
    for _ in 0..2 {
        in_company(&store, company, move |tx| Box::pin(async move { tx.start_session(&new_session(user)).await }))
            .await
            .expect("a session");
    }
    let over = "UPDATE sessions SET expires_at = now() WHERE id = (SELECT id FROM sessions LIMIT 1)";
    run(&mut db.connect("postgres").await, over).await;
    let ended =
        in_company(&store, company, move |tx| Box::pin(tx.revoke_user_sessions(user, None, "force_logout"))).await;
    assert_eq!(ended.len(), 1);
}
