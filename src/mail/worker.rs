//! Takes queued letters and sends them, with retries. The queue is a trait: the outbox table is the store's business, and the
//! store and the mail do not know each other.

use std::{fmt::Display, future::Future, time::Duration};

use futures_util::future::join_all;

use super::{
    letter::Letter,
    postman::{CONNECTIONS, DeliveryError, Postman},
};

/// Attempts after which a letter is given up: about two days.
pub const GIVE_UP_AFTER: u32 = 55;
const FIRST_RETRY: Duration = Duration::from_secs(15);
const LONGEST_RETRY: Duration = Duration::from_secs(3600);

/// How long to wait after `attempts` failed ones: 15 s, 30 s, 1 min, … up to an hour.
pub fn retry_after(attempts: u32) -> Duration {
    let doublings = attempts.saturating_sub(1).min(16);
    FIRST_RETRY.saturating_mul(1 << doublings).min(LONGEST_RETRY)
}

/// A letter that this worker alone may send now.
#[derive(Debug)]
pub struct Claimed<T> {
    /// What the queue knows it by.
    pub ticket: T,
    /// The letter.
    pub letter: Letter,
    /// How often sending it failed before.
    pub attempts: u32,
}

/// What to do with a letter that did not leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What happened, without addresses.
    pub reason: String,
    /// When to try again; `None` gives it up.
    pub retry_after: Option<Duration>,
}

impl Failure {
    /// The rule: never again after a permanent refusal or too many attempts, else later and later.
    pub fn of(error: DeliveryError, attempts_before: u32) -> Self {
        let attempts = attempts_before.saturating_add(1);
        let again = !error.permanent && attempts < GIVE_UP_AFTER;
        Self { reason: error.reason, retry_after: again.then(|| retry_after(attempts)) }
    }
}

/// Where letters wait. Claims must lapse on their own, so that a killed worker's letters are sent by the next one; letters whose
/// links have gone stale are never handed out.
pub trait Queue: Send + Sync {
    /// What the queue knows a letter by.
    type Ticket: Send;
    /// Why the queue cannot be used now.
    type Error: Display + Send;

    /// Takes up to `limit` letters that are due.
    fn claim(&self, limit: u32) -> impl Future<Output = Result<Vec<Claimed<Self::Ticket>>, Self::Error>> + Send;
    /// The server has taken it.
    fn sent(&self, ticket: Self::Ticket) -> impl Future<Output = Result<(), Self::Error>> + Send;
    /// It did not leave.
    fn failed(&self, ticket: Self::Ticket, failure: Failure) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// Sends what waits in a queue.
#[derive(Debug)]
pub struct Worker<Q> {
    queue: Q,
    postman: Postman,
}

impl<Q: Queue> Worker<Q> {
    /// Letters taken in one step: as many as there are connections to the mail server.
    pub const BATCH: u32 = CONNECTIONS;

    /// A worker for `queue`.
    pub fn new(queue: Q, postman: Postman) -> Self {
        Self { queue, postman }
    }

    /// Takes one batch and sends it; returns how many letters it took. [`Worker::BATCH`] of them means that more may wait. A crash
    /// between sending and noting it repeats that one letter, with the same Message-ID.
    ///
    /// # Errors
    /// The queue cannot be used now; what was claimed and not noted comes again.
    pub async fn step(&self) -> Result<usize, Q::Error> {
        let claimed = self.queue.claim(Self::BATCH).await?;
        let taken = claimed.len();
        // Side by side, so that all are done within one letter's patience, long before their claims lapse.
        join_all(claimed.into_iter().map(|claimed| self.send(claimed))).await.into_iter().collect::<Result<(), _>>()?;
        Ok(taken)
    }

    async fn send(&self, claimed: Claimed<Q::Ticket>) -> Result<(), Q::Error> {
        let Claimed { ticket, letter, attempts } = claimed;
        match self.postman.deliver(&letter).await {
            Ok(()) => self.queue.sent(ticket).await,
            Err(error) => {
                let failure = Failure::of(error, attempts);
                tracing::warn!(kind = letter.kind.as_str(), attempts, reason = failure.reason, "mail not sent");
                self.queue.failed(ticket, failure).await
            }
        }
    }
}
