//! The state machines that live in the database, walked at random beside a model in memory: after every step of every walk both
//! must say the same. Time passes by moving the stored times back; every step of it stays clear of the borders it is held
//! against, because the real clock goes on meanwhile. A walk that fails is made shorter before it is shown.

mod attempts;
mod factors;
mod invitations;
mod mails;
mod one_time;
mod sessions;

use std::fmt::Debug;

use proptest::{
    collection::vec,
    strategy::Strategy,
    test_runner::{Config, TestCaseError, TestRunner},
};
use tokio::{runtime::Handle, task::block_in_place};
use voxgate::{
    domain::{
        ids::{CompanyId, UserId},
        principal::Role,
    },
    store::{Bump, Store},
};

use super::nodes::in_company;
use crate::support::db::{TestDb, company_with, fresh_id, person};

/// Walks of each machine, and steps of a walk.
const WALKS: u32 = 40;
const STEPS: usize = 24;

/// A database with one company, whose people come and go with the walks.
struct House {
    db: TestDb,
    store: Store,
    company: CompanyId,
    admin: UserId,
}

impl House {
    async fn new() -> Self {
        let db = TestDb::fresh().await;
        let store = db.store().await;
        let (company, admin) = company_with(&store, "acme", Role::Admin).await;
        Self { db, store, company, admin }
    }

    /// Somebody new.
    async fn person(&self) -> UserId {
        let id = UserId(uuid::Uuid::from_u128(fresh_id()));
        in_company(&self.store, self.company, move |tx| {
            let new = person(id, &format!("{}@acme.example", id.0.simple()), Role::User);
            Box::pin(async move { tx.insert_user(&new).await })
        })
        .await;
        id
    }

    /// Makes sign-ins under way outdated.
    async fn change_credentials(&self, user: UserId) {
        let bump = Bump { tokens: false, credentials: true };
        in_company(&self.store, self.company, move |tx| Box::pin(tx.bump_user(user, bump))).await;
    }

    async fn set_active(&self, user: UserId, active: bool) {
        in_company(&self.store, self.company, move |tx| Box::pin(tx.set_active(user, active))).await;
    }

    /// Changes what is stored behind the server's back.
    async fn change(&self, sql: &str) {
        self.db.execute(sql).await;
    }
}

/// Takes walks of any steps. Needs a runtime with several threads.
fn walks<S, W, F>(step: S, walk: W)
where
    S: Strategy,
    S::Value: Debug,
    W: Fn(Vec<S::Value>) -> F,
    F: Future<Output = ()>,
{
    let config = Config { cases: WALKS, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    let taken = TestRunner::new(config).run(&vec(step, 1..STEPS), |steps| {
        block_in_place(|| Handle::current().block_on(walk(steps)));
        Ok::<_, TestCaseError>(())
    });
    taken.unwrap_or_else(|failed| panic!("{failed}"));
}

fn hash() -> [u8; 32] {
    let mut hash = [0; 32];
    hash[..16].copy_from_slice(&fresh_id().to_be_bytes());
    hash
}
