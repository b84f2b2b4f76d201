//! Counters of attempts: the statement in the database against the rule in `domain::lockout`.

use std::time::Duration;

use proptest::prelude::*;
use time::macros::datetime;
use voxgate::domain::lockout::{Counter, Debit, Limit};

use super::{House, hash, walks};

const LIMIT: Limit = Limit { tries: 3, window: Duration::from_secs(60), hard_stop: Some(7) };

#[derive(Clone, Copy, Debug)]
enum Step {
    Debit,
    Refund,
    Pass,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![6 => Just(Step::Debit), 1 => Just(Step::Refund), 3 => Just(Step::Pass)]
}

async fn walk(house: &House, steps: Vec<Step>) {
    let (key, mut now) = (hash(), datetime!(2026-03-02 12:00 UTC));
    // A stored counter begins with its first debit, also after a refund.
    let mut model = None;
    for step in steps {
        match step {
            Step::Debit => match (
                house.store.debit(key, LIMIT).await.unwrap(),
                model.get_or_insert(Counter::new(now)).debit(LIMIT, now),
            ) {
                (Debit::Exhausted { retry_after }, Debit::Exhausted { .. }) => {
                    assert!(retry_after >= Duration::from_secs(1) && retry_after <= LIMIT.window);
                }
                (said, expected) => assert_eq!(said, expected),
            },
            Step::Refund => {
                let consecutive = model.take().map_or(0, |counter: Counter| counter.consecutive);
                assert_eq!(house.store.refund(key).await.unwrap(), consecutive);
            }
            Step::Pass => {
                let mine = data_encoding::HEXLOWER.encode(&key);
                house
                    .change(&format!(
                        "UPDATE attempts SET window_started_at = window_started_at - interval '25 s'
                         WHERE key = decode('{mine}', 'hex')"
                    ))
                    .await;
                now += time::Duration::seconds(25);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_counter_grants_what_the_pure_one_grants_after_any_steps() {
    let house = House::new().await;
    walks(step(), |steps| walk(&house, steps));
}
