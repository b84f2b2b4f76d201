//! Background work: numbering without gaps, the revocation feed, mails and sweeping.

use futures_util::future::join_all;
use voxgate::{
    domain::{
        audit::{GENESIS, canonical, link},
        event::{Event, Kind},
        ids::CompanyId,
        page::{Page, Toward},
        principal::{Origin, Role},
        revocation::Scope,
    },
    store::{AuditFilter, NewMail, NewRevocation, Store, StoreError},
};

use crate::support::db::{TestDb, company_with, fresh_id, run};

async fn record(store: &Store, company: CompanyId, kind: Kind) {
    let event = Event::new(kind, &Origin { ip: Some("192.0.2.1".into()), ..Origin::default() });
    let event = event.with(serde_json::json!({"z": 1.5, "a": ["ü", null]}));
    let recorded =
        store.in_tenant::<_, StoreError, _>(company, move |tx| Box::pin(async move { tx.record(event).await }));
    recorded.await.unwrap();
}

async fn move_once(store: &Store, limit: u64) -> usize {
    let moved = store.in_system::<_, StoreError, _>("story", move |tx| Box::pin(tx.move_outbox(limit)));
    moved.await.unwrap().iter().map(|(_, rows)| rows.len()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_many_companies_get_gapless_chained_numbers() {
    let db = TestDb::fresh().await;
    let nodes = [db.store().await, db.store().await];
    let (acme, _) = company_with(&nodes[0], "acme", Role::User).await;
    let (bolt, _) = company_with(&nodes[0], "bolt", Role::User).await;
    for kind in [Kind::LoginSucceeded, Kind::LoginFailed, Kind::SessionRevoked] {
        for company in [acme, bolt, CompanyId::NOBODY] {
            record(&nodes[0], company, kind).await;
        }
    }
    let mut moved = 0;
    while moved < 9 {
        moved += join_all(nodes.iter().map(|node| move_once(node, 2))).await.into_iter().sum::<usize>();
    }
    assert_eq!(moved, 9);
    for company in [acme, bolt, CompanyId::NOBODY] {
        let read = nodes[0].in_tenant::<_, StoreError, _>(company, |tx| {
            Box::pin(async move { Ok((tx.audit_since(0, 100).await?, tx.audit_head().await?)) })
        });
        let (rows, head) = read.await.unwrap().into_inner();
        assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(head, 3);
        let mut prev = GENESIS;
        for row in rows {
            assert_eq!((row.company, row.prev_hash), (company, prev));
            prev = link(&prev, row.seq, &canonical(&row));
            assert_eq!(row.hash, prev, "a row read back verifies");
        }
    }
    let heads = nodes[0].in_system::<_, StoreError, _>("story", move |tx| {
        Box::pin(async move { tx.audit_heads(&[acme, CompanyId(uuid::Uuid::max())]).await })
    });
    assert_eq!(heads.await.unwrap().into_inner(), [(acme, 3)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_is_paged_and_filtered() {
    let db = TestDb::fresh().await;
    let store = db.store().await;
    let (acme, _) = company_with(&store, "acme", Role::User).await;
    for kind in [Kind::LoginSucceeded, Kind::LoginFailed, Kind::LoginSucceeded] {
        record(&store, acme, kind).await;
    }
    assert_eq!(move_once(&store, 100).await, 3);
    let list = |filter: AuditFilter, cursor: Option<String>| {
        let store = store.clone();
        async move {
            let page = store.in_tenant::<_, StoreError, _>(acme, move |tx| {
                Box::pin(async move { tx.list_audit(&filter, Toward::Older, Page { limit: 2, cursor }).await })
            });
            page.await.unwrap().into_inner()
        }
    };
    let first = list(AuditFilter::default(), None).await;
    assert_eq!(first.items.iter().map(|row| row.seq).collect::<Vec<_>>(), [3, 2]);
    let second = list(AuditFilter::default(), first.next_cursor).await;
    assert_eq!(second.items.iter().map(|row| row.seq).collect::<Vec<_>>(), [1]);
    assert_eq!(second.next_cursor, None);
    let failed = AuditFilter { kinds: vec![Kind::LoginFailed], ip: Some("192.0.2.1".into()), ..AuditFilter::default() };
    assert_eq!(list(failed, None).await.items.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_that_commits_late_is_not_skipped() {
    let db = TestDb::fresh().await;
    let store = db.store().await;
    let (acme, user) = company_with(&store, "acme", Role::User).await;
    let read = |cursor: Option<u64>| {
        let store = store.clone();
        async move {
            let feed = store.in_system::<_, StoreError, _>("story", move |tx| Box::pin(tx.revocations_since(cursor)));
            feed.await.unwrap().into_inner()
        }
    };
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (go, may_go) = tokio::sync::oneshot::channel::<()>();
    let unit = store.clone();
    let late = tokio::spawn(async move {
        let written = unit.in_tenant::<_, StoreError, _>(acme, move |tx| {
            Box::pin(async move {
                let scope = Scope::User { id: user, min_epoch: 2 };
                let id =
                    tx.insert_revocation(&NewRevocation { scope, lives: std::time::Duration::from_secs(1800) }).await?;
                begun.send(()).unwrap();
                may_go.await.unwrap();
                Ok(id)
            })
        });
        written.await.unwrap().into_inner().id
    });
    has_begun.await.unwrap();
    let early = store.in_tenant::<_, StoreError, _>(acme, move |tx| {
        let new = NewRevocation { scope: Scope::Company { min_epoch: 5 }, lives: std::time::Duration::from_secs(1800) };
        Box::pin(async move { tx.insert_revocation(&new).await })
    });
    let early = early.await.unwrap().into_inner().id;
    let (rows, cursor) = read(None).await;
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [early]);
    go.send(()).unwrap();
    let late = late.await.unwrap();
    let (rows, _) = read(Some(cursor)).await;
    let seen = rows.iter().find(|row| row.id == late).expect("the late one comes with the next poll");
    assert_eq!((seen.company, seen.scope), (acme, Scope::User { id: user, min_epoch: 2 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_held_by_one_worker_and_wiped_when_it_is_sent() {
    let db = TestDb::fresh().await;
    let store = db.store().await;
    let (acme, _) = company_with(&store, "acme", Role::User).await;
    let queued = store.in_tenant::<_, StoreError, _>(acme, move |tx| {
        let mail = NewMail {
            id: uuid::Uuid::from_u128(fresh_id()),
            kind: "invitation",
            recipient: "a@b.example".into(),
            sealed: vec![1, 2, 3],
            key_id: "k".into(),
            expires_in: None,
        };
        Box::pin(async move { tx.queue_mail(&mail).await })
    });
    queued.await.unwrap();
    let claim = || async {
        let claimed = store.in_system::<_, StoreError, _>("story", |tx| Box::pin(tx.claim_mail(10)));
        claimed.await.unwrap().into_inner()
    };
    let claims = join_all((0..10).map(|_| claim())).await.concat();
    assert_eq!(claims.len(), 1);
    let key = claims[0].key;
    let sent = store.in_system::<_, StoreError, _>("story", move |tx| Box::pin(tx.mail_sent(key)));
    sent.await.unwrap();
    let mut all = db.connect("postgres").await;
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM mail_outbox WHERE sealed <> '' OR sent_at IS NULL")
        .fetch_one(&mut all)
        .await
        .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_takes_what_is_over_and_leaves_the_rest() {
    let db = TestDb::fresh().await;
    let store = db.store().await;
    let (acme, user) = company_with(&store, "acme", Role::User).await;
    let mut all = db.connect("postgres").await;
    run(
        &mut all,
        &format!(
            "INSERT INTO sessions (company_id, id, user_id, amr, auth_time, client, expires_at)
               SELECT '{acme}', uuid_v7(), '{user}', '{{pwd}}', now(), 'web', now() + days * interval '1 day'
               FROM unnest(ARRAY[-40, -2, 2]) AS days;
             INSERT INTO revocations (company_id, scope, target, expires_at)
               SELECT '{acme}', 'session', uuid_v7(), now() + hours * interval '1 hour' FROM unnest(ARRAY[-1, 1]) AS hours;
             INSERT INTO attempts VALUES ('a', 3, now() - interval '2 days', 3), ('b', 3, now() - interval '2 days', 200),
               ('c', 1, now(), 1);
             INSERT INTO kept_answers (key, fingerprint, expires_at)
               SELECT key::bytea, 'f', now() + hours * interval '1 hour' FROM (VALUES ('a', -1), ('b', 1)) v (key, hours)"
        ),
    )
    .await;
    let swept = store.in_system::<_, StoreError, _>("story", |tx| Box::pin(tx.sweep_expired())).await.unwrap();
    assert_eq!((swept.sessions, swept.revocations, swept.attempts, swept.kept_answers), (1, 1, 1, 1));
    assert!(!swept.is_full());
}
