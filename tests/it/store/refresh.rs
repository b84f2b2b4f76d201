//! Refresh tokens: a hundred renewals with one parent make one child, and a session that ends takes its family along.

use std::time::Duration;

use voxgate::{
    domain::{
        ids::{CompanyId, SessionId, UserId},
        principal::Role,
    },
    store::{NewSession, Store, StoreError},
};

use super::{
    naive,
    nodes::{in_company, race, two_nodes},
};
use crate::support::db::{TestDb, company_with, fresh_id, new_session, run};

const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);
const PARENT: [u8; 32] = [1; 32];
const CHILD: [u8; 32] = [2; 32];

async fn session_with_token(store: &Store, company: CompanyId, user: UserId) -> SessionId {
    let id = SessionId(uuid::Uuid::from_u128(fresh_id()));
    in_company(store, company, move |tx| {
        let new = NewSession {
            id,
            amr: vec!["pwd".into(), "otp".into()],
            client: "web",
            ip: Some("192.0.2.7".into()),
            ..new_session(user)
        };
        Box::pin(async move {
            tx.start_session(&new).await?.expect("the account is unchanged");
            tx.insert_refresh(id, &PARENT, None, WEEK).await
        })
    })
    .await;
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_has_one_child_however_many_renew_at_once() {
    let db = TestDb::fresh().await;
    let nodes = two_nodes(&db).await;
    let (company, user) = company_with(&nodes[0], "acme", Role::User).await;
    let session = session_with_token(&nodes[0], company, user).await;
    let rotated = race(&nodes, company, move |tx| {
        Box::pin(async move {
            let family = tx.lock_refresh(&PARENT).await?.expect("the token is known");
            assert_eq!((family.user.id, family.session.id, family.company.id), (user, session, company));
            if family.token.used_at.is_some() {
                assert!(family.successor.is_some(), "whoever comes later sees the child");
                return Ok(false);
            }
            assert!(family.successor.is_none() && family.session.revoked_at.is_none());
            tx.insert_refresh(session, &CHILD, Some(family.token.id), WEEK).await?;
            tx.use_refresh(family.token.id).await
        })
    });
    assert_eq!(rotated.await, 1);

    run(&mut db.connect("postgres").await, "UPDATE refresh_tokens SET used_at = NULL").await;
    let may = "SELECT used_at IS NULL FROM refresh_tokens WHERE parent_id IS NULL";
    let take = "UPDATE refresh_tokens SET used_at = now() WHERE parent_id IS NULL";
    assert!(naive::grants(&db, company, may, take).await > 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_behind_the_end_of_its_session_sees_the_end() {
    let db = TestDb::fresh().await;
    let nodes = two_nodes(&db).await;
    let (company, user) = company_with(&nodes[0], "acme", Role::User).await;
    let session = session_with_token(&nodes[0], company, user).await;
    let (ended, has_ended) = tokio::sync::oneshot::channel();
    let (go, may_go) = tokio::sync::oneshot::channel::<()>();
    let node = nodes[0].clone();
    let end = tokio::spawn(async move {
        let end = node.in_tenant::<_, StoreError, _>(company, move |tx| {
            Box::pin(async move {
                assert!(tx.revoke_session(session, "logout").await?.is_some());
                ended.send(()).unwrap();
                may_go.await.unwrap();
                Ok(())
            })
        });
        end.await
    });
    has_ended.await.unwrap();
    // The renewal begins while the end is not committed yet, and must wait for it.
    let node = nodes[1].clone();
    let (locked, has_locked) = tokio::sync::oneshot::channel();
    let renewal = tokio::spawn(async move {
        let renewal = node.in_tenant::<_, StoreError, _>(company, move |tx| {
            Box::pin(async move {
                assert!(tx.session(session).await?.expect("a session").revoked_at.is_none());
                locked.send(()).unwrap();
                Ok(tx.lock_refresh(&PARENT).await?.expect("a family").session.revoked_at)
            })
        });
        renewal.await.unwrap().into_inner()
    });
    has_locked.await.unwrap();
    go.send(()).unwrap();
    end.await.unwrap().unwrap();
    assert!(renewal.await.unwrap().is_some());
    let again = in_company(&nodes[0], company, move |tx| Box::pin(tx.revoke_session(session, "logout"))).await;
    assert_eq!(again, None, "a session ends once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_that_waited_for_the_use_of_its_child_sees_that_use() {
    let db = TestDb::fresh().await;
    let nodes = two_nodes(&db).await;
    let (company, user) = company_with(&nodes[0], "acme", Role::User).await;
    let session = session_with_token(&nodes[0], company, user).await;
    in_company(&nodes[0], company, move |tx| {
        Box::pin(async move {
            let family = tx.lock_refresh(&PARENT).await?.expect("the token is known");
            tx.use_refresh(family.token.id).await?;
            tx.insert_refresh(session, &CHILD, Some(family.token.id), WEEK).await
        })
    })
    .await;
    let (held, is_held) = tokio::sync::oneshot::channel();
    let (go, may_go) = tokio::sync::oneshot::channel::<()>();
    let node = nodes[0].clone();
    let child = tokio::spawn(async move {
        let used = node.in_tenant::<_, StoreError, _>(company, move |tx| {
            Box::pin(async move {
                let family = tx.lock_refresh(&CHILD).await?.expect("the token is known");
                held.send(()).unwrap();
                may_go.await.unwrap();
                tx.use_refresh(family.token.id).await
            })
        });
        assert!(used.await.unwrap().into_inner());
    });
    is_held.await.unwrap();
    // The parent comes again while its child is being used, and waits for the session.
    let node = nodes[1].clone();
    let parent = tokio::spawn(async move {
        in_company(&node, company, move |tx| {
            Box::pin(async move { Ok(tx.lock_refresh(&PARENT).await?.expect("the token is known").successor) })
        })
        .await
    });
    let mut all = db.connect("postgres").await;
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while sqlx::query_scalar::<_, i64>(waits).fetch_one(&mut all).await.unwrap() == 0 {
        tokio::task::yield_now().await;
    }
    go.send(()).unwrap();
    child.await.unwrap();
    assert!(parent.await.unwrap().expect("a child").used_at.is_some(), "superseded, not repeated");
}
