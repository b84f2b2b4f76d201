//! Guessing limits as data, and the counter they run on.
//!
//! A try is debited before the secret is compared and refunded only by success, so that parallel guesses cannot outrun
//! the counter. The database holds the counters (one upsert per try); [`Counter`] is the same rule in the pure, and the
//! model its tests compare with. Keys are digests of normalised addresses or account ids, so that unknown accounts
//! count as known ones do.

use std::time::Duration;

use time::OffsetDateTime;

/// What is being guessed; each has counters of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bucket {
    /// Passwords of one address, at sign-in and wherever a password is asked again.
    Password,
    /// Authenticator codes of one account: sign-in, set-up, step-up and removal share it.
    Totp,
    /// Backup codes of one account. Apart from the authenticator's, so that guessing one does not shut the other.
    BackupCode,
}

/// How many tries in how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Tries that are compared within one window.
    pub tries: u32,
    /// Length of the window, from its first try.
    pub window: Duration,
    /// Failures in a row, over all windows, after which nothing is compared until somebody resets the counter.
    pub hard_stop: Option<u32>,
}

/// Tries that one MFA challenge allows, whatever the account's counter says.
pub const CHALLENGE_TRIES: u32 = 5;

/// How long an MFA challenge waits for its answer.
pub const CHALLENGE_LIFETIME: Duration = Duration::from_secs(5 * 60);

/// Mails to one address that anybody may cause: more is a bombardment. Each kind of mail counts apart.
pub const MAILS: Limit = Limit { tries: 3, window: QUARTER, hard_stop: None };

/// New passwords of one account that are compared with its former ones.
pub const FORMER_PASSWORDS: Limit = Limit { tries: 10, window: QUARTER, hard_stop: None };

/// How many accounts one source, or one password, may fail on within [`SPRAY_WINDOW`] before it is called spraying.
pub const SPRAY_ACCOUNTS: u32 = 20;

/// The window of [`SPRAY_ACCOUNTS`]; one alarm a window.
pub const SPRAY_WINDOW: Duration = QUARTER;

/// Failures before a success that make the success suspicious.
pub const SUSPICIOUS_FAILURES: u32 = 5;

const QUARTER: Duration = Duration::from_secs(15 * 60);

impl Bucket {
    /// The usual limit.
    pub const fn limit(self) -> Limit {
        match self {
            // No hard stop: strangers know the address and could shut its owner out for good.
            Self::Password => Limit { tries: 10, window: QUARTER, hard_stop: None },
            // Whoever gets here knows the password. A hundred failures in a row are no typing errors (NIST SP 800-63B).
            Self::Totp | Self::BackupCode => Limit { tries: 10, window: QUARTER, hard_stop: Some(100) },
        }
    }

    /// The name under which keys of this bucket are digested.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "attempts.password",
            Self::Totp => "attempts.totp",
            Self::BackupCode => "attempts.backup_code",
        }
    }
}

impl Limit {
    /// What the failure of this try leads to.
    pub fn after_failure(self, attempt: Debit) -> Stop {
        match attempt {
            Debit::Granted { consecutive, .. } if self.hard_stop == Some(consecutive) => Stop::ForGood,
            Debit::Granted { tries, .. } if tries == self.tries => Stop::ForTheWindow,
            _ => Stop::No,
        }
    }
}

/// Whether a failure was the last for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// More may be tried.
    No,
    /// Not before the window ends.
    ForTheWindow,
    /// Not before somebody resets the counter.
    ForGood,
}

/// The answer to one debit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Debit {
    /// The secret may be compared.
    Granted {
        /// Which try of the window this is, from 1.
        tries: u32,
        /// Which one since the last success.
        consecutive: u32,
    },
    /// It may not.
    Exhausted {
        /// How long until the window ends.
        retry_after: Duration,
    },
}

impl Debit {
    /// Stands where a try was counted before, with another question.
    pub const UNCOUNTED: Self = Self::Granted { tries: 0, consecutive: 0 };
}

/// One counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counter {
    /// Tries within the window.
    pub tries: u32,
    /// When the window began.
    pub window_started_at: OffsetDateTime,
    /// Compared tries since the last success, over all windows.
    pub consecutive: u32,
}

impl Counter {
    /// A counter nobody has used.
    pub fn new(now: OffsetDateTime) -> Self {
        Self { tries: 0, window_started_at: now, consecutive: 0 }
    }

    /// Debits one try.
    pub fn debit(&mut self, limit: Limit, now: OffsetDateTime) -> Debit {
        // A clock that stepped back keeps the window: the difference is negative and the counter does not fall.
        if now - self.window_started_at >= limit.window {
            (self.tries, self.window_started_at) = (0, now);
        }
        if self.tries >= limit.tries || limit.hard_stop.is_some_and(|stop| self.consecutive >= stop) {
            let left = self.window_started_at + limit.window - now;
            return Debit::Exhausted { retry_after: left.try_into().unwrap_or(limit.window) };
        }
        self.tries += 1;
        self.consecutive = self.consecutive.saturating_add(1);
        Debit::Granted { tries: self.tries, consecutive: self.consecutive }
    }

    /// Success: the counter starts anew.
    pub fn refund(&mut self, now: OffsetDateTime) {
        *self = Self::new(now);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::sample::NOON;

    const LIMIT: Limit = Limit { tries: 5, window: Duration::from_secs(60), hard_stop: Some(100) };

    proptest! {
        #[test]
        fn no_window_compares_more_than_the_limit(gaps in prop::collection::vec(0..40i64, 0..60)) {
            let mut counter = Counter::new(NOON);
            let mut granted = std::collections::HashMap::<OffsetDateTime, u32>::new();
            let mut now = NOON;
            for gap in gaps {
                now += time::Duration::seconds(gap);
                match counter.debit(LIMIT, now) {
                    Debit::Granted { .. } => *granted.entry(counter.window_started_at).or_default() += 1,
                    Debit::Exhausted { retry_after } => prop_assert!(retry_after <= LIMIT.window),
                }
            }
            prop_assert!(granted.values().all(|count| *count <= LIMIT.tries));
        }

        #[test]
        fn a_counter_never_falls_without_success_or_a_new_window(gaps in prop::collection::vec(-40..40i64, 0..60)) {
            let mut counter = Counter::new(NOON);
            let mut now = NOON;
            for gap in gaps {
                now += time::Duration::seconds(gap);
                let before = counter;
                counter.debit(LIMIT, now);
                prop_assert!(counter.consecutive >= before.consecutive);
                prop_assert!(counter.tries >= before.tries || counter.window_started_at > before.window_started_at);
            }
        }
    }

    proptest! {
        #[test]
        fn exactly_the_last_try_of_a_window_and_of_all_patience_stops(gaps in prop::collection::vec(0..40i64, 0..200)) {
            let (mut counter, mut now) = (Counter::new(NOON), NOON);
            for gap in gaps {
                now += time::Duration::seconds(gap);
                let debit = counter.debit(LIMIT, now);
                let expected = match debit {
                    Debit::Exhausted { .. } => Stop::No,
                    Debit::Granted { .. } if counter.consecutive == 100 => Stop::ForGood,
                    Debit::Granted { .. } if counter.tries == LIMIT.tries => Stop::ForTheWindow,
                    Debit::Granted { .. } => Stop::No,
                };
                prop_assert_eq!(LIMIT.after_failure(debit), expected);
                // What was said to be the last is the last: the next one in this moment is not compared.
                if expected != Stop::No {
                    let next = counter.debit(LIMIT, now);
                    prop_assert!(matches!(next, Debit::Exhausted { .. }), "{:?}", next);
                }
            }
        }

        #[test]
        fn a_success_gives_everything_back_and_nothing_else_does(
            tries in prop::collection::vec((any::<bool>(), 0..90i64), 0..120)
        ) {
            let (mut counter, mut now, mut failures) = (Counter::new(NOON), NOON, 0);
            for (succeeds, gap) in tries {
                now += time::Duration::seconds(gap);
                if matches!(counter.debit(LIMIT, now), Debit::Granted { .. }) {
                    failures += 1;
                    if succeeds {
                        counter.refund(now);
                        failures = 0;
                    }
                }
                prop_assert_eq!(counter.consecutive, failures);
            }
        }
    }

    #[test]
    fn each_bucket_is_digested_under_a_name_of_its_own() {
        let names = [Bucket::Password, Bucket::Totp, Bucket::BackupCode].map(Bucket::as_str);
        assert_eq!(names, ["attempts.password", "attempts.totp", "attempts.backup_code"]);
    }

    #[test]
    fn success_starts_anew_and_patience_has_an_end() {
        let mut counter = Counter::new(NOON);
        for tries in 1..=5 {
            assert_eq!(counter.debit(LIMIT, NOON), Debit::Granted { tries, consecutive: tries });
        }
        assert_eq!(counter.debit(LIMIT, NOON), Debit::Exhausted { retry_after: LIMIT.window });
        counter.refund(NOON);
        assert_eq!(counter.debit(LIMIT, NOON), Debit::Granted { tries: 1, consecutive: 1 });
        let patient = |limit| {
            let mut counter = Counter::new(NOON);
            let mut tick = |n: u32| counter.debit(limit, NOON + LIMIT.window * n);
            (0..1000).filter(|n| matches!(tick(*n), Debit::Granted { .. })).count()
        };
        assert_eq!(patient(LIMIT), 100);
        assert_eq!(patient(Limit { hard_stop: None, ..LIMIT }), 1000);
        assert_eq!(Bucket::Password.limit().hard_stop, None);
    }
}
