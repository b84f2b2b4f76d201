//! Enrollment of an authenticator: a secret waits ten minutes for its first code and replaces the old factor only then.
//!
//! ```text
//! (none | active) ── begin ──► pending beside it ── right code in time ──► active; old factor, other sessions end
//!                                       └── a new begin replaces it; ten minutes end it
//! ```

use time::{Duration, OffsetDateTime};

use super::{
    code::Code,
    factor::totp::{Verdict, Watermark},
};

/// How long a set-up waits for its code.
pub const LIFETIME: Duration = Duration::minutes(10);

/// A set-up that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// When it ends.
    pub expires_at: OffsetDateTime,
}

/// A set-up that was proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// The factor's first watermark: the code of the set-up is spent and signs nobody in (hanko#2723).
    pub watermark: Watermark,
}

/// Decides a code for the waiting set-up. `matched` is the step the code belongs to, if any.
pub fn confirm(pending: Option<&Pending>, matched: Option<i64>, now: OffsetDateTime) -> Result<Confirmed, Code> {
    let waiting = pending.is_some_and(|pending| now < pending.expires_at);
    if !waiting {
        return Err(Code::EnrollmentNotStarted);
    }
    match Watermark::default().judge(matched) {
        Verdict::Fresh { step } => Ok(Confirmed { watermark: Watermark(step) }),
        Verdict::Replayed | Verdict::Wrong => Err(Code::InvalidCode),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::sample::NOON;

    proptest! {
        #[test]
        fn only_a_right_code_in_time_confirms_and_is_spent_by_it(
            ends in proptest::option::of(-60..60i64), matched in proptest::option::of(1..99i64)
        ) {
            let pending = ends.map(|ends| Pending { expires_at: NOON + Duration::seconds(ends) });
            match confirm(pending.as_ref(), matched, NOON) {
                Ok(confirmed) => {
                    prop_assert!(ends.unwrap() > 0);
                    prop_assert_eq!(confirmed.watermark.judge(matched), Verdict::Replayed);
                }
                Err(Code::InvalidCode) => prop_assert!(ends.unwrap() > 0 && matched.is_none()),
                Err(code) => {
                    prop_assert_eq!(code, Code::EnrollmentNotStarted);
                    prop_assert!(ends.is_none_or(|ends| ends <= 0));
                }
            }
        }
    }
}
