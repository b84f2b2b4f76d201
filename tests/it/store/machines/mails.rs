//! Queued mails: due ── claim ─► held for three minutes ── sent, given up ─► done; ── tried again later, or held too long ─► due.

use std::time::Duration;

use proptest::prelude::*;
use time::OffsetDateTime;
use voxgate::store::{MailKey, NewMail, StoreError};

use super::{House, fresh_id, in_company, walks};

/// How long a claimed mail is not offered again, how long a stale one may wait, and when a failed one is due again.
const HELD: i64 = 180;
const LIFE: i64 = 550;
const LATER: i64 = 350;

#[derive(Clone, Copy, Debug)]
enum Step {
    Queue { ends: bool },
    Claim,
    Sent(prop::sample::Index),
    TryLater(prop::sample::Index),
    GiveUp(prop::sample::Index),
    Pass,
}

fn step() -> impl Strategy<Value = Step> {
    let which = any::<prop::sample::Index>;
    prop_oneof![
        3 => any::<bool>().prop_map(|ends| Step::Queue { ends }),
        4 => Just(Step::Claim),
        2 => which().prop_map(Step::Sent),
        2 => which().prop_map(Step::TryLater),
        1 => which().prop_map(Step::GiveUp),
        5 => Just(Step::Pass),
    ]
}

#[derive(Clone, Copy)]
struct Model {
    key: MailKey,
    attempts: u32,
    due_in: i64,
    ends_in: Option<i64>,
    done: bool,
}

impl Model {
    fn due(&self) -> bool {
        !self.done && self.due_in <= 0 && self.ends_in.is_none_or(|left| left > 0)
    }
}

async fn queue(house: &House, ends: bool) -> Model {
    let id = uuid::Uuid::from_u128(fresh_id());
    in_company(&house.store, house.company, move |tx| {
        let new = NewMail {
            id,
            kind: "invitation",
            recipient: "uma@acme.example".into(),
            sealed: vec![1],
            key_id: "k".into(),
            expires_in: ends.then_some(Duration::from_secs(LIFE.unsigned_abs())),
        };
        Box::pin(async move { tx.queue_mail(&new).await })
    })
    .await;
    let key = MailKey { company: house.company, id };
    Model { key, attempts: 0, due_in: 0, ends_in: ends.then_some(LIFE), done: false }
}

async fn claim(house: &House, all: &mut [Model]) {
    let claimed = house.store.in_system::<_, StoreError, _>("story", |tx| Box::pin(tx.claim_mail(100)));
    let claimed = claimed.await.unwrap().into_inner();
    let mut said: Vec<_> = claimed.iter().map(|mail| (mail.key.id, mail.attempts)).collect();
    let mut expected = Vec::new();
    for mail in all {
        mail.done |= mail.ends_in.is_some_and(|left| left <= 0);
        if mail.due() {
            (mail.attempts, mail.due_in) = (mail.attempts + 1, HELD);
            expected.push((mail.key.id, mail.attempts));
        }
    }
    said.sort();
    expected.sort();
    assert_eq!(said, expected);
}

async fn ends(house: &House, mail: &mut Model, step: Step) {
    let key = mail.key;
    let now: OffsetDateTime = house.db.value("SELECT now()").await;
    let later = matches!(step, Step::TryLater(_)).then(|| now + time::Duration::seconds(LATER));
    let done = house.store.in_system::<_, StoreError, _>("story", move |tx| {
        Box::pin(async move {
            match step {
                Step::Sent(_) => tx.mail_sent(key).await,
                _ => tx.mail_failed(key, "the server said no", later).await,
            }
        })
    });
    done.await.unwrap();
    if later.is_some() { mail.due_in = LATER } else { mail.done = true }
}

async fn walk(house: &House, steps: Vec<Step>) {
    house.change("DELETE FROM mail_outbox").await;
    let mut all: Vec<Model> = Vec::new();
    for step in steps {
        match step {
            Step::Queue { ends } => all.push(queue(house, ends).await),
            Step::Claim => claim(house, &mut all).await,
            Step::Sent(which) | Step::TryLater(which) | Step::GiveUp(which) => {
                // Only a worker that holds a mail says what became of it.
                let mut held: Vec<_> = all.iter_mut().filter(|mail| !mail.done && mail.due_in > 0).collect();
                if !held.is_empty() {
                    let at = which.index(held.len());
                    ends(house, held[at], step).await;
                }
            }
            Step::Pass => {
                house
                    .change(
                        "UPDATE mail_outbox SET next_attempt_at = next_attempt_at - interval '100 s',
                         expires_at = expires_at - interval '100 s'",
                    )
                    .await;
                for mail in &mut all {
                    (mail.due_in, mail.ends_in) = (mail.due_in - 100, mail.ends_in.map(|left| left - 100));
                }
            }
        }
        let waiting = house.db.count("mail_outbox WHERE sent_at IS NULL AND failed_at IS NULL").await;
        assert_eq!(waiting, all.iter().filter(|mail| !mail.done).count() as i64, "after {step:?}");
        let readable = house.db.count("mail_outbox WHERE sealed <> ''").await;
        assert_eq!(readable, waiting, "what is done is wiped, after {step:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn queued_mails_are_what_their_model_says_after_any_steps() {
    let house = House::new().await;
    walks(step(), |steps| walk(&house, steps));
}
