//! Sign-in, second step: what an answer to an MFA challenge means. Begins where [`super::login`] said `MfaRequired`.
//!
//! ```text
//! challenge's try and account's try counted ──► code compared ──► Wrong | Replayed | Claim ── one claim ──► signed in
//!        └── gone, used up or locked: nothing is compared
//! ```
//! Account and company are looked at again: what was switched off between the steps stays out.

use std::time::Duration;

use super::{code::Code, factor::totp::Verdict, lockout::Debit};

/// What counting the try on the challenge gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Try {
    /// It may be compared.
    Granted,
    /// All tries of this challenge are used up.
    Exhausted,
    /// No such challenge: finished, expired, cancelled by a change of password or factor, or never there.
    Gone,
}

/// The answer, compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A code of the authenticator, judged against its watermark.
    Totp(Verdict),
    /// A backup code; `unused` says whether an unused one of this account has its digest.
    BackupCode {
        /// Whether there is one to claim.
        unused: bool,
    },
}

/// What may be claimed. The claim decides; losing it is [`Refused::Wrong`] for a backup code and
/// [`Refused::Replayed`] for a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The step of the authenticator.
    Step(i64),
    /// The backup code.
    BackupCode,
}

/// Why an answer opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The challenge is over, or the account was switched off meanwhile.
    Over,
    /// Too many tries, of this challenge or of the account.
    Locked {
        /// When trying again makes sense; `None` when a new sign-in is needed.
        retry_after: Option<Duration>,
    },
    /// The code is wrong.
    Wrong,
    /// The code was right once and is spent: a warning for the audit log, a wrong code for the wire.
    Replayed,
}

impl Refused {
    /// What the wire hears.
    pub fn code(self) -> Code {
        match self {
            Self::Over => Code::ChallengeExpired,
            Self::Locked { .. } => Code::TooManyAttempts,
            Self::Wrong | Self::Replayed => Code::InvalidCode,
        }
    }
}

/// Whether an answer may be compared at all, from both counters and the account's present state.
pub fn may_compare(challenge: Try, account: Debit, account_active: bool) -> Result<(), Refused> {
    match (challenge, account) {
        (Try::Gone, _) => Err(Refused::Over),
        (Try::Exhausted, _) => Err(Refused::Locked { retry_after: None }),
        (_, Debit::Exhausted { retry_after }) => Err(Refused::Locked { retry_after: Some(retry_after) }),
        _ if !account_active => Err(Refused::Over),
        _ => Ok(()),
    }
}

/// What a compared answer entitles to.
pub fn decide(proof: Proof) -> Result<Claim, Refused> {
    match proof {
        Proof::Totp(Verdict::Fresh { step }) => Ok(Claim::Step(step)),
        Proof::Totp(Verdict::Replayed) => Err(Refused::Replayed),
        Proof::BackupCode { unused: true } => Ok(Claim::BackupCode),
        Proof::Totp(Verdict::Wrong) | Proof::BackupCode { unused: false } => Err(Refused::Wrong),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LOCKED: Debit = Debit::Exhausted { retry_after: Duration::from_secs(9) };

    proptest! {
        #[test]
        fn nothing_is_compared_without_both_tries_and_an_active_account(
            challenge in proptest::sample::select([Try::Granted, Try::Exhausted, Try::Gone].as_slice()),
            locked: bool, active: bool,
        ) {
            let debit = if locked { LOCKED } else { Debit::Granted { tries: 1 } };
            let open = challenge == Try::Granted && !locked && active;
            prop_assert_eq!(may_compare(challenge, debit, active).is_ok(), open);
        }
    }

    #[test]
    fn only_fresh_steps_and_unused_codes_entitle() {
        assert_eq!(decide(Proof::Totp(Verdict::Fresh { step: 7 })), Ok(Claim::Step(7)));
        assert_eq!(decide(Proof::BackupCode { unused: true }), Ok(Claim::BackupCode));
        assert_eq!(decide(Proof::Totp(Verdict::Replayed)), Err(Refused::Replayed));
        assert_eq!(decide(Proof::Totp(Verdict::Wrong)), Err(Refused::Wrong));
        assert_eq!(decide(Proof::BackupCode { unused: false }), Err(Refused::Wrong));
    }

    #[test]
    fn a_spent_code_looks_like_a_wrong_one_from_outside() {
        assert_eq!(Refused::Replayed.code(), Refused::Wrong.code());
        assert_eq!(may_compare(Try::Gone, LOCKED, true).unwrap_err().code(), Code::ChallengeExpired);
        assert_eq!(may_compare(Try::Granted, LOCKED, true).unwrap_err().code(), Code::TooManyAttempts);
    }
}
