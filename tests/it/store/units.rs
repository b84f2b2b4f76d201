//! Units of work: all or nothing, walled to one company, and finished even when nobody waits.

use voxgate::{
    domain::{
        event::{Event, Kind},
        ids::{CompanyId, UserId},
        principal::{Origin, Role},
    },
    store::{NewCompany, NewSession, Settings, Store, StoreError},
};

use crate::support::db::{TestDb, company_with, fresh_id, new_session, person, run};

async fn name_of(store: &Store, company: CompanyId, user: UserId) -> Option<String> {
    let found = store.in_tenant::<_, StoreError, _>(company, move |tx| Box::pin(tx.user(user)));
    found.await.unwrap().into_inner().map(|user| user.full_name)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_that_fails_or_panics_leaves_nothing() {
    let db = TestDb::fresh().await;
    let store = db.store_as("voxgate_app", 1).await;
    let (company, user) = company_with(&store, "acme", Role::User).await;
    let failed = store.in_tenant::<(), StoreError, _>(company, move |tx| {
        Box::pin(async move {
            assert!(tx.rename_user(user, "Half Done").await?);
            Err(StoreError::BadCursor)
        })
    });
    assert!(matches!(failed.await, Err(StoreError::BadCursor)));
    let panicked = store.in_tenant::<(), StoreError, _>(company, move |tx| {
        Box::pin(async move {
            assert!(tx.rename_user(user, "Half Done").await?);
            panic!("on purpose")
        })
    });
    assert!(matches!(panicked.await, Err(StoreError::Internal(_))));
    assert_eq!(name_of(&store, company, user).await.as_deref(), Some("Some One"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ignored_error_is_never_called_a_commit() {
    let db = TestDb::fresh().await;
    let store = db.store().await;
    let (company, user) = company_with(&store, "acme", Role::User).await;
    let outcome = store.in_tenant::<_, StoreError, _>(company, move |tx| {
        Box::pin(async move {
            tx.rename_user(user, "New Name").await?;
            let twin = person(UserId(uuid::Uuid::from_u128(fresh_id())), "someone@acme.example", Role::User);
            let conflict = tx.insert_user(&twin).await;
            assert!(matches!(conflict, Err(StoreError::Conflict { constraint }) if constraint == "users_email_unique"));
            Ok(())
        })
    });
    assert!(matches!(outcome.await, Err(StoreError::Internal(_))));
    assert_eq!(name_of(&store, company, user).await.as_deref(), Some("Some One"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_vanishes_tears_nothing() {
    let db = TestDb::fresh().await;
    let store = db.store_as("voxgate_app", 1).await;
    let (company, user) = company_with(&store, "acme", Role::User).await;
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (go, may_go) = tokio::sync::oneshot::channel::<()>();
    let unit = store.clone();
    let caller = tokio::spawn(async move {
        let renamed = unit.in_tenant::<_, StoreError, _>(company, move |tx| {
            Box::pin(async move {
                begun.send(()).unwrap();
                may_go.await.unwrap();
                tx.rename_user(user, "New Name").await
            })
        });
        renamed.await
    });
    has_begun.await.unwrap();
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    go.send(()).unwrap();
    // The pool has one connection: this waits for the unit to end.
    assert_eq!(name_of(&store, company, user).await.as_deref(), Some("New Name"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_serves_two_companies_and_never_mixes_them() {
    let db = TestDb::fresh().await;
    let store = db.store_as("voxgate_app", 1).await;
    let (acme, alice) = company_with(&store, "acme", Role::User).await;
    let (bolt, bob) = company_with(&store, "bolt", Role::User).await;
    for round in 0..200 {
        let (own, (mine, theirs)) = if round % 2 == 0 { (acme, (alice, bob)) } else { (bolt, (bob, alice)) };
        let unit = store.in_tenant::<_, StoreError, _>(own, move |tx| {
            Box::pin(async move {
                assert!(tx.user(mine).await?.is_some() && tx.user(theirs).await?.is_none());
                assert!(!tx.rename_user(theirs, "Mine Now").await?);
                if round % 3 == 0 { Err(StoreError::BadCursor) } else { Ok(()) }
            })
        });
        assert_eq!(unit.await.is_err(), round % 3 == 0);
        let stranger = store.find_account("nobody@acme.example", None).await.unwrap();
        assert_eq!(stranger, None);
    }
    for (company, user) in [(acme, alice), (bolt, bob)] {
        assert_eq!(name_of(&store, company, user).await.as_deref(), Some("Some One"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_of_another_company_cannot_be_written() {
    let db = TestDb::fresh().await;
    let store = db.store().await;
    let (acme, alice) = company_with(&store, "acme", Role::User).await;
    let (bolt, _) = company_with(&store, "bolt", Role::User).await;
    let session = store.in_tenant::<_, StoreError, _>(bolt, move |tx| {
        let new = NewSession {
            amr: vec![],
            client: "web",
            expires_in: std::time::Duration::from_secs(60),
            ..new_session(alice)
        };
        Box::pin(async move { tx.start_session(&new).await })
    });
    assert_eq!(session.await.unwrap().into_inner(), None);
    let foreign = store.in_tenant::<_, StoreError, _>(bolt, move |tx| {
        let new = NewCompany { id: acme, slug: "third".into(), name: "Third".into() };
        Box::pin(async move { tx.insert_company(&new).await })
    });
    assert!(foreign.await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_not_there_is_unavailable_and_no_defect() {
    let nowhere = || "postgres://voxgate_app@localhost/none?host=/nonexistent".to_owned().into();
    let settings = Settings {
        app_url: nowhere(),
        sequencer_url: nowhere(),
        app_connections: 1,
        sequencer_connections: 1,
        statement_timeout: std::time::Duration::from_secs(5),
        pooler: voxgate::store::Pooler::None,
    };
    let store = Store::connect(settings, tokio::runtime::Handle::current()).await.unwrap();
    let event = Event::new(Kind::LoginFailed, &Origin::default());
    let recorded = store
        .in_tenant::<_, StoreError, _>(CompanyId::NOBODY, move |tx| Box::pin(async move { tx.record(event).await }));
    assert!(matches!(recorded.await, Err(StoreError::Unavailable(_))));
    assert!(matches!(store.find_account("a@b.example", None).await, Err(StoreError::Unavailable(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_lost_while_idle_are_passed_over() {
    let db = TestDb::fresh().await;
    let store = db.store_as("voxgate_app", 4).await;
    let (company, user) = company_with(&store, "acme", Role::User).await;
    let mut all = db.connect("postgres").await;
    for _ in 0..3 {
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'voxgate_app'
                   AND datname = current_database()";
        run(&mut all, cut).await;
        assert!(name_of(&store, company, user).await.is_some());
    }
}
