//! Challenges, links and tickets: alive ── try ─► alive, fewer tries left; ── use, cancel, time, change of the account ─► gone.

use std::time::Duration;

use proptest::prelude::*;
use voxgate::{
    domain::{
        ids::UserId,
        lockout::{Debit, Limit},
        one_time::Purpose,
    },
    store::{CountedStep, NewOneTime, SecondStep},
};

use super::{House, hash, in_company, walks};

const LIFE: u64 = 300;
const TRIES: u32 = 5;

#[derive(Clone, Copy, Debug)]
enum Step {
    Try,
    Use,
    UseAsAnother,
    Cancel,
    CancelOthers,
    ChangeCredentials,
    SetActive(bool),
    Pass,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => Just(Step::Try),
        2 => Just(Step::Use),
        1 => Just(Step::UseAsAnother),
        1 => Just(Step::Cancel),
        1 => Just(Step::CancelOthers),
        1 => Just(Step::ChangeCredentials),
        2 => any::<bool>().prop_map(Step::SetActive),
        1 => Just(Step::Pass),
    ]
}

/// What a try is answered with.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    /// This is the account's try of this number.
    Granted(u32),
    Exhausted,
    Gone,
}

struct Model {
    tries: u32,
    age: u64,
    spent: bool,
    outdated: bool,
    active: bool,
}

impl Model {
    fn alive(&self) -> bool {
        !self.spent && !self.outdated && self.active && self.age < LIFE
    }

    fn tries(&mut self) -> Said {
        match (self.alive(), self.tries < TRIES) {
            (false, _) => Said::Gone,
            (true, false) => Said::Exhausted,
            (true, true) => {
                self.tries += 1;
                Said::Granted(self.tries)
            }
        }
    }
}

async fn issue(house: &House, user: UserId, hash: [u8; 32]) {
    in_company(&house.store, house.company, move |tx| {
        let new = NewOneTime {
            purpose: Purpose::MfaChallenge,
            holder: user.0,
            user: Some(user),
            hash,
            max_tries: TRIES,
            credential_version: Some(1),
            session: None,
            expires_in: Duration::from_secs(LIFE),
        };
        Box::pin(async move { tx.issue(&new).await })
    })
    .await;
}

async fn walk(house: &House, steps: Vec<Step>) {
    let (user, hash) = (house.person().await, hash());
    issue(house, user, hash).await;
    let mut model = Model { tries: 0, age: 0, spent: false, outdated: false, active: true };
    for step in steps {
        takes(house, &mut model, user, hash, step).await;
        let alive = in_company(&house.store, house.company, move |tx| {
            Box::pin(async move { tx.is_alive(&hash, Purpose::MfaChallenge).await })
        });
        assert_eq!(alive.await, model.alive(), "after {step:?}");
    }
}

async fn takes(house: &House, model: &mut Model, user: UserId, hash: [u8; 32], step: Step) {
    let (store, company) = (&house.store, house.company);
    let uses = async |purpose| {
        in_company(store, company, move |tx| Box::pin(async move { tx.claim_use(&hash, purpose).await })).await
    };
    let cancels = async |purpose| {
        in_company(store, company, move |tx| Box::pin(async move { tx.cancel_for_user(user, &[purpose]).await })).await
    };
    match step {
        Step::Try => {
            // The challenge is the only one this account has, so its counter counts the same tries.
            let limit = Limit { tries: 1000, window: Duration::from_secs(3600), hard_stop: None };
            let asked = SecondStep { challenge: hash, user, counter: hash, limit };
            let said = match store.count_second_step(company, asked).await.unwrap() {
                CountedStep::Granted { attempt: Debit::Granted { tries, .. }, .. } => Said::Granted(tries),
                CountedStep::Granted { attempt, .. } => panic!("granted and not: {attempt:?}"),
                CountedStep::Exhausted(_) => Said::Exhausted,
                CountedStep::Gone => Said::Gone,
            };
            assert_eq!(said, model.tries());
        }
        Step::UseAsAnother => assert_eq!(uses(Purpose::PasswordReset).await, None),
        Step::Use => {
            assert_eq!(uses(Purpose::MfaChallenge).await.is_some(), model.alive());
            model.spent |= model.alive();
        }
        Step::Cancel => {
            assert_eq!(cancels(Purpose::MfaChallenge).await, u64::from(!model.spent));
            model.spent = true;
        }
        Step::CancelOthers => assert_eq!(cancels(Purpose::PasswordReset).await, 0),
        Step::ChangeCredentials => {
            house.change_credentials(user).await;
            model.outdated = true;
        }
        Step::SetActive(active) => {
            house.set_active(user, active).await;
            model.active = active;
        }
        Step::Pass => {
            let mine = format!("user_id = '{user}'");
            house
                .change(&format!("UPDATE one_time_tokens SET expires_at = expires_at - interval '70 s' WHERE {mine}"))
                .await;
            model.age += 70;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_is_what_its_model_says_after_any_steps() {
    let house = House::new().await;
    walks(step(), |steps| walk(&house, steps));
}
