//! Rules over who acts: recent proof of identity (step-up), methods of authentication, and who may invite whom.

use time::{Duration, OffsetDateTime};

use super::{
    code::Code,
    principal::{Principal, Role},
};

/// Names of authentication methods in `amr` (RFC 8176).
pub mod amr {
    /// A password.
    pub const PASSWORD: &str = "pwd";
    /// A one-time code: from an authenticator, or a backup code.
    pub const ONE_TIME: &str = "otp";
    /// More than one factor.
    pub const MULTIPLE: &str = "mfa";

    /// The methods of a session begun with the password, and the second factor where it was given.
    pub fn after(second_factor: bool) -> Vec<String> {
        let all: &[&str] = if second_factor { &[PASSWORD, ONE_TIME, MULTIPLE] } else { &[PASSWORD] };
        all.iter().map(ToString::to_string).collect()
    }

    /// Whether the methods include a second factor.
    pub fn is_multi(amr: &[String]) -> bool {
        amr.iter().any(|method| method == MULTIPLE)
    }
}

/// How old a proof of identity may be for a sensitive action.
pub const PROOF_LIFETIME: Duration = Duration::minutes(5);

/// How far the clocks of database and node may differ before a proof "from the future" is refused.
pub const CLOCK_SKEW: Duration = Duration::seconds(30);

/// The step-up rule: the last proof of identity is at most five minutes old, and included the second factor where the
/// account has one. `account_has_factor` comes from the database, not from the token.
pub fn step_up(principal: &Principal, account_has_factor: bool, now: OffsetDateTime) -> Result<(), Code> {
    let age = now - principal.auth_time;
    let recent = age <= PROOF_LIFETIME && age >= -CLOCK_SKEW;
    let strong = !account_has_factor || amr::is_multi(&principal.amr);
    if recent && strong { Ok(()) } else { Err(Code::ReauthenticationRequired) }
}

/// Whether `actor` may invite people as `invited`: Admins anybody, Managers Users.
pub fn may_invite(actor: Role, invited: Role) -> bool {
    match actor {
        Role::Admin => true,
        Role::Manager => invited == Role::User,
        Role::User => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::sample::NOON;

    fn principal(age: i64, second_factor: bool) -> Principal {
        let id = Uuid::nil();
        Principal {
            user: id.into(),
            company: id.into(),
            session: id.into(),
            role: Role::Admin,
            amr: amr::after(second_factor),
            auth_time: NOON - Duration::seconds(age),
            expires_at: NOON + Duration::minutes(30),
            epoch: 1,
            company_epoch: 1,
        }
    }

    proptest! {
        #[test]
        fn step_up_needs_a_recent_and_sufficient_proof(age in -600..600i64, second: bool, has_factor: bool) {
            let allowed = (-30..=300).contains(&age) && (second || !has_factor);
            prop_assert_eq!(step_up(&principal(age, second), has_factor, NOON).is_ok(), allowed);
        }
    }

    #[test]
    fn nobody_hands_out_more_than_they_have() {
        for actor in [Role::User, Role::Manager, Role::Admin] {
            for other in [Role::User, Role::Manager, Role::Admin] {
                assert!(!may_invite(actor, other) || actor >= other);
            }
        }
        assert!(may_invite(Role::Manager, Role::User) && !may_invite(Role::Manager, Role::Manager));
    }
}
