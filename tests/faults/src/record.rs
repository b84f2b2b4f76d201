//! What the people of a run were told: the other half of every comparison with the database.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// A write that was answered with 2xx. Ids and addresses as the server gave them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub enum Acknowledged {
    /// A company and its first Admin.
    Registered { email: String },
    /// An invitation.
    Invited { id: String, email: String },
    /// Somebody took an invitation.
    Joined { email: String },
    /// A second factor counts.
    Enrolled { user: String },
    /// A session began.
    SignedIn { session: String },
    /// Somebody was thrown out.
    ThrownOut { user: String, revocation: String, email: String },
}

/// Names one account was given: the last acknowledged, and those whose answer was lost after it.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Acknowledged last, if any.
    pub told: Option<String>,
    /// May have been written or not.
    pub open: Vec<String>,
}

/// What one desk saw of its company's log.
#[derive(Clone, Debug, Default)]
pub struct Watched {
    /// The numbers of the rows, in the order in which they came.
    pub rows: Vec<i64>,
    /// How often it was told to read everything again.
    pub resyncs: u32,
    /// When a new name was acknowledged.
    pub told: BTreeMap<String, Instant>,
    /// When a new name was first shown.
    pub shown: BTreeMap<String, Instant>,
}

impl Watched {
    /// The longest time from an acknowledgement until it was shown.
    pub fn behind(&self) -> Option<Duration> {
        let shown = |(name, told): (&String, &Instant)| Some(self.shown.get(name)?.saturating_duration_since(*told));
        self.told.iter().filter_map(shown).max()
    }
}

/// Everything of one run.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// In the order of the answers.
    pub acknowledged: Vec<Acknowledged>,
    /// What works once (a code, a token), and the different things it was honoured with.
    pub spent: BTreeMap<String, BTreeSet<String>>,
    /// By user id.
    pub names: BTreeMap<String, Names>,
    /// Promises broken while it ran, as `I4: …`.
    pub breaches: Vec<String>,
    /// What desks saw, by the address of their Admin.
    pub desks: BTreeMap<String, Watched>,
    /// Requests answered below 500.
    pub answered: u64,
    /// Requests answered with 5xx.
    pub refused: u64,
    /// Requests without an answer.
    pub unanswered: u64,
    /// Answers of 500: the server was at a loss.
    pub lost: u64,
}

impl Seen {
    /// A desk's part.
    pub fn desk(&mut self, email: &str) -> &mut Watched {
        self.desks.entry(email.to_owned()).or_default()
    }

    /// How far a desk was behind at the worst; `None` where nothing was shown.
    pub fn behind(&self) -> Option<Duration> {
        self.desks.values().filter_map(Watched::behind).max()
    }
}

/// The record of one run.
#[derive(Debug, Default)]
pub struct Record(Mutex<Seen>);

impl Record {
    /// Notes something.
    pub fn note<T>(&self, note: impl FnOnce(&mut Seen) -> T) -> T {
        note(&mut self.lock())
    }

    /// A write was acknowledged.
    pub fn acknowledged(&self, what: Acknowledged) {
        self.note(|seen| seen.acknowledged.push(what));
    }

    /// Something that works once was honoured, with this outcome.
    pub fn honoured(&self, what: String, with: &str) {
        self.note(|seen| seen.spent.entry(what).or_default().insert(with.to_owned()));
    }

    /// A promise was broken.
    pub fn breach(&self, what: String) {
        self.note(|seen| seen.breaches.push(what));
    }

    /// Everything so far.
    pub fn seen(&self) -> Seen {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
