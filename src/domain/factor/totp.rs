//! Time-based codes (RFC 6238): steps, the window, and the watermark that makes every step work once.
//!
//! The database holds the last step that was accepted and moves it by `… WHERE last_step < $step`; [`Watermark`] is the
//! same rule in the pure. A code of that step or an earlier one never works again, also not in the trailing part of the
//! window (devise-two-factor GHSA-jm35-h8q2-73mp).

/// Length of one step.
pub const PERIOD_SECONDS: i64 = 30;

/// Digits of a code.
pub const DIGITS: usize = 6;

/// Steps around the present one whose codes are accepted.
pub const WINDOW: std::ops::RangeInclusive<i64> = -1..=1;

/// The step a moment lies in; `None` before 1970.
pub fn step_at(unix_seconds: i64) -> Option<i64> {
    (unix_seconds >= 0).then_some(unix_seconds / PERIOD_SECONDS)
}

/// The last step that was accepted. It never falls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Watermark(pub i64);

/// What a presented code means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The code of a step that was not used yet. To be claimed before it counts.
    Fresh {
        /// The step to claim.
        step: i64,
    },
    /// A right code that was used already, or an older one: refused and reported.
    Replayed,
    /// No code of the window.
    Wrong,
}

impl Watermark {
    /// Judges a code by the step it matched, if any.
    pub fn judge(self, matched: Option<i64>) -> Verdict {
        match matched {
            Some(step) if step > self.0 => Verdict::Fresh { step },
            Some(_) => Verdict::Replayed,
            None => Verdict::Wrong,
        }
    }

    /// Claims a step. `false` and unchanged unless it is newer.
    pub fn claim(&mut self, step: i64) -> bool {
        let newer = step > self.0;
        self.0 = self.0.max(step);
        newer
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_watermark_never_falls_and_every_step_is_claimed_once(steps in prop::collection::vec(0..50i64, 0..40)) {
            let mut mark = Watermark::default();
            let mut claimed = Vec::new();
            for step in steps {
                let before = mark;
                let verdict = mark.judge(Some(step));
                if mark.claim(step) {
                    prop_assert_eq!(verdict, Verdict::Fresh { step });
                    claimed.push(step);
                } else {
                    prop_assert_eq!(verdict, Verdict::Replayed);
                    prop_assert_eq!(mark, before);
                }
                prop_assert!(mark >= before);
            }
            prop_assert!(claimed.windows(2).all(|pair| pair[0] < pair[1]));
        }

        #[test]
        fn steps_are_thirty_seconds(second in 0..i64::MAX) {
            let step = step_at(second).unwrap();
            prop_assert!((0..30).contains(&(second - step * 30)));
        }
    }

    #[test]
    fn a_wrong_code_is_wrong_and_time_before_1970_has_no_step() {
        assert_eq!(Watermark(9).judge(None), Verdict::Wrong);
        assert_eq!(step_at(-1), None);
    }
}
