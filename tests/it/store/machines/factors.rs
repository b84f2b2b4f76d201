//! Enrollment of an authenticator, its codes and its end: see the drawing in `domain::enroll`.

use std::time::Duration;

use proptest::prelude::*;
use voxgate::{
    domain::{
        factor::totp::Watermark,
        ids::{FactorId, UserId},
    },
    store::NewFactor,
};

use super::{House, fresh_id, in_company, walks};

const LIFE: u64 = 600;

#[derive(Clone, Copy, Debug)]
enum Step {
    Begin,
    /// Of the latest set-up, or the one before it.
    Confirm {
        latest: bool,
        step: i64,
    },
    Code(i64),
    Remove,
    Pass,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Begin),
        4 => (prop::bool::weighted(0.8), 1..20i64).prop_map(|(latest, step)| Step::Confirm { latest, step }),
        6 => (0..30i64).prop_map(Step::Code),
        1 => Just(Step::Remove),
        2 => Just(Step::Pass),
    ]
}

/// Set-ups that were begun, in order; which of them waits, how old it is, and which is active with which steps spent.
#[derive(Default)]
struct Model {
    begun: Vec<FactorId>,
    waiting: Option<(FactorId, u64)>,
    active: Option<(FactorId, Watermark)>,
}

impl Model {
    fn waits(&self) -> Option<FactorId> {
        self.waiting.filter(|(_, age)| *age < LIFE).map(|(id, _)| id)
    }

    fn confirms(&mut self, id: FactorId, step: i64) -> bool {
        let waits = self.waits() == Some(id);
        if waits {
            (self.active, self.waiting) = (Some((id, Watermark(step))), None);
        }
        waits
    }
}

async fn begin(house: &House, user: UserId) -> FactorId {
    let id = FactorId(uuid::Uuid::from_u128(fresh_id()));
    in_company(&house.store, house.company, move |tx| {
        let expires_in = Duration::from_secs(LIFE);
        let new = NewFactor { id, user, sealed: vec![1; 48], key_id: "k".into(), expires_in };
        Box::pin(async move { tx.replace_pending_factor(&new).await })
    })
    .await;
    id
}

async fn takes(house: &House, model: &mut Model, user: UserId, step: Step) {
    let (store, company) = (&house.store, house.company);
    match step {
        Step::Begin => {
            let id = begin(house, user).await;
            model.begun.push(id);
            model.waiting = Some((id, 0));
        }
        Step::Confirm { latest, step } => {
            let back = if latest { 1 } else { 2 };
            let Some(id) = model.begun.len().checked_sub(back).map(|at| model.begun[at]) else { return };
            let confirmed = in_company(store, company, move |tx| Box::pin(tx.activate_factor(id, step)));
            assert_eq!(confirmed.await, model.confirms(id, step));
        }
        Step::Code(step) => {
            for id in model.begun.clone() {
                let expected = model.active.as_mut().is_some_and(|(active, mark)| *active == id && mark.claim(step));
                let claimed = in_company(store, company, move |tx| Box::pin(tx.claim_step(id, step)));
                assert_eq!(claimed.await, expected, "{id}");
            }
        }
        Step::Remove => {
            let removed = in_company(store, company, move |tx| Box::pin(tx.remove_factors(user))).await;
            assert_eq!(removed, model.active.is_some());
            (model.active, model.waiting) = (None, None);
        }
        Step::Pass => {
            let mine = format!("user_id = '{user}'");
            house.change(&format!("UPDATE factors SET expires_at = expires_at - interval '250 s' WHERE {mine}")).await;
            model.waiting = model.waiting.map(|(id, age)| (id, age + 250));
        }
    }
}

async fn walk(house: &House, steps: Vec<Step>) {
    let (user, mut model) = (house.person().await, Model::default());
    for step in steps {
        takes(house, &mut model, user, step).await;
        let stored = in_company(&house.store, house.company, move |tx| {
            Box::pin(async move {
                let (active, waiting) = (tx.active_factor(user).await?, tx.pending_factor(user).await?);
                Ok((active, waiting, tx.user(user).await?.expect("the person").mfa_enabled))
            })
        });
        let (active, waiting, enabled) = stored.await;
        let active = active.map(|factor| (factor.id, Watermark(factor.last_step)));
        assert_eq!((active, waiting.map(|factor| factor.id)), (model.active, model.waits()), "after {step:?}");
        assert_eq!(enabled, active.is_some(), "after {step:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authenticator_is_what_its_model_says_after_any_steps() {
    let house = House::new().await;
    walks(step(), |steps| walk(&house, steps));
}
