//! The server's own rules, as this model asks them.

use voxgate::domain::{
    lockout::Debit,
    login::{Account, Counted, Outcome},
    refresh::{self, Child, Decision, Parent},
};

use super::User;
use crate::NOON;

/// The server's rule for the first step of a sign-in with the right password.
pub(super) fn passes(user: User) -> bool {
    let (mfa_enabled, mfa_required) = (false, false);
    let account = Account { active: user.active, company_active: true, has_password: true, mfa_enabled, mfa_required };
    let counted = Counted::new(Debit::Granted { tries: 1, consecutive: 1 });
    counted.verified(Some(account), true) == Outcome::Authenticated
}

/// The server's rule for a refresh token that was never used.
pub(super) fn renews(family_alive: bool) -> bool {
    let end = NOON + time::Duration::days(7);
    let parent = Parent { used_at: None, expires_at: end, family_alive, family_expires_at: end };
    refresh::decide(&parent, &Child::Absent, NOON) == Decision::Rotate
}
