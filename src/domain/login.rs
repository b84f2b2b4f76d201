//! Sign-in, first step, as a state machine. Every sign-in takes the whole way, so that each refusal costs the same.
//!
//! ```text
//! Counted::new(debit) ── password compared, or a dummy in its place ──► Counted::verified(facts)
//!                                                                                      ├─► Refused(why)
//!                                                                                      ├─► MfaRequired
//!                                                                                      ├─► EnrollmentRequired
//!                                                                                      └─► Authenticated
//! ```
//! `why` is for the audit log; the wire hears `invalid_credentials` for all of them.

use super::{code::Code, factor::Method, lockout::Debit};

/// A sign-in whose try was counted and committed. Only such a one can be decided.
#[derive(Debug)]
#[must_use = "a counted sign-in must be verified, also when it is locked: the time it takes must not tell"]
pub struct Counted {
    locked: bool,
}

/// What is known of the account once the password was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// Whether the account is active.
    pub active: bool,
    /// Whether its company is active.
    pub company_active: bool,
    /// Whether the account has a password at all.
    pub has_password: bool,
    /// Whether it has a confirmed second factor.
    pub mfa_enabled: bool,
    /// Whether its company demands one.
    pub mfa_required: bool,
}

/// Why a sign-in was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Too many failures lately.
    Locked,
    /// No such account, or none in the named company.
    UnknownAccount,
    /// The password is wrong or there is none.
    WrongPassword,
    /// The account or its company is switched off.
    Deactivated,
}

impl Why {
    /// The name in the audit log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Locked => "locked",
            Self::UnknownAccount => "unknown_account",
            Self::WrongPassword => "wrong_password",
            Self::Deactivated => "deactivated",
        }
    }

    /// What the wire hears: the same for every reason.
    pub fn code(self) -> Code {
        Code::InvalidCredentials
    }
}

/// What comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// No.
    Refused(Why),
    /// The password is right and the second factor is next. No token but the challenge.
    MfaRequired {
        /// How the challenge can be answered.
        methods: &'static [Method],
    },
    /// The password is right, but the company demands a second factor and there is none. No token but the one to set it up.
    EnrollmentRequired,
    /// Signed in with the password alone.
    Authenticated,
}

impl Counted {
    /// The sign-in whose try was debited with this answer.
    pub fn new(debit: Debit) -> Self {
        Self { locked: matches!(debit, Debit::Exhausted { .. }) }
    }

    /// Decides. `account` is `None` for an unknown one; `matches` is the answer of the hasher, which must have run.
    pub fn verified(self, account: Option<Account>, matches: bool) -> Outcome {
        let Some(account) = account else {
            return Outcome::Refused(if self.locked { Why::Locked } else { Why::UnknownAccount });
        };
        if self.locked {
            return Outcome::Refused(Why::Locked);
        }
        if !(matches && account.has_password) {
            return Outcome::Refused(Why::WrongPassword);
        }
        if !(account.active && account.company_active) {
            return Outcome::Refused(Why::Deactivated);
        }
        if account.mfa_enabled {
            return Outcome::MfaRequired { methods: &[Method::Totp, Method::BackupCode] };
        }
        if account.mfa_required {
            return Outcome::EnrollmentRequired;
        }
        Outcome::Authenticated
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    prop_compose! {
        fn account()(
            active: bool, company_active: bool, has_password: bool, mfa_enabled: bool, mfa_required: bool
        ) -> Account {
            Account { active, company_active, has_password, mfa_enabled, mfa_required }
        }
    }

    fn counted(locked: bool) -> Counted {
        Counted::new(match locked {
            true => Debit::Exhausted { retry_after: Duration::from_secs(9) },
            false => Debit::Granted { tries: 1, consecutive: 1 },
        })
    }

    #[test]
    fn the_log_tells_the_reasons_apart_and_the_wire_does_not() {
        let all = [Why::Locked, Why::UnknownAccount, Why::WrongPassword, Why::Deactivated];
        assert_eq!(all.map(Why::as_str), ["locked", "unknown_account", "wrong_password", "deactivated"]);
        assert!(all.iter().all(|why| why.code() == Code::InvalidCredentials));
    }

    proptest! {
        #[test]
        fn nothing_opens_without_every_condition(account in proptest::option::of(account()), matches: bool, locked: bool) {
            let open = account.is_some_and(|a| a.active && a.company_active && a.has_password) && matches && !locked;
            let outcome = counted(locked).verified(account, matches);
            prop_assert_eq!(matches!(outcome, Outcome::Refused(_)), !open);
            if let Outcome::Refused(why) = outcome {
                prop_assert_eq!(why.code(), Code::InvalidCredentials);
            }
        }

        #[test]
        fn an_account_with_a_factor_never_passes_on_the_password(mut account in account(), matches: bool, locked: bool) {
            account.mfa_enabled = true;
            prop_assert_ne!(counted(locked).verified(Some(account), matches), Outcome::Authenticated);
        }

        #[test]
        fn where_a_factor_is_demanded_nobody_passes_on_the_password(
            mut account in account(), matches: bool, locked: bool
        ) {
            account.mfa_required = true;
            prop_assert_ne!(counted(locked).verified(Some(account), matches), Outcome::Authenticated);
        }
    }
}
