//! Who may change whose account, and the rule that a company keeps an active Admin.
//!
//! ```text
//! actor no Admin ─────────────────────────────► Forbidden
//! oneself: a higher role, one's own factor ───► Forbidden     (one's own factor goes with a proof, elsewhere)
//! the account is like that already ───────────► Nothing
//! it would take the last active Admin away ───► LastAdmin
//! anything else ──────────────────────────────► Change
//! ```
//!
//! The facts must be read where nobody can change them before the decision is written: under the company's lock. To add
//! an act: a variant of [`Act`] and its line in [`Act::changes`].

use super::{code::Code, principal::Role};

/// Who decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Their role now.
    pub role: Role,
    /// Whether it is their own account.
    pub own: bool,
}

/// The account as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its role.
    pub role: Role,
    /// Not deactivated.
    pub active: bool,
    /// Whether a second factor is enrolled.
    pub factor: bool,
}

/// What is to be done to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Give it another name.
    Rename,
    /// Give it this role.
    SetRole(Role),
    /// Switch it off.
    Deactivate,
    /// Switch it on again.
    Reactivate,
    /// Take its second factor away.
    ResetFactor,
    /// Take the account and everything personal about it away.
    Erase,
}

/// What the rule says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Do it.
    Change,
    /// It is so already.
    Nothing,
}

impl Act {
    /// The account after the act.
    pub fn changes(self, account: Account) -> Account {
        match self {
            Self::Rename => account,
            Self::SetRole(role) => Account { role, ..account },
            Self::Deactivate | Self::Erase => Account { active: false, ..account },
            Self::Reactivate => Account { active: true, ..account },
            Self::ResetFactor => Account { factor: false, ..account },
        }
    }
}

impl Account {
    /// Whether it is one of those the company must not run out of.
    pub fn runs_the_company(self) -> bool {
        self.active && self.role == Role::Admin
    }
}

/// Decides. `active_admins` counts the company's active Admins, this account included where it is one.
///
/// # Errors
/// `forbidden`, `last_admin`; `mfa_not_enrolled` where there is no factor to be taken away.
pub fn decide(actor: Actor, account: Account, act: Act, active_admins: u64) -> Result<Decision, Code> {
    let raises_oneself = actor.own && matches!(act, Act::SetRole(role) if role > account.role);
    let skips_the_proof = actor.own && act == Act::ResetFactor;
    if actor.role != Role::Admin || raises_oneself || skips_the_proof {
        return Err(Code::Forbidden);
    }
    if act == Act::ResetFactor && !account.factor {
        return Err(Code::MfaNotEnrolled);
    }
    let after = act.changes(account);
    if !matches!(act, Act::Rename | Act::Erase) && after == account {
        return Ok(Decision::Nothing);
    }
    let leaves = account.runs_the_company() && !after.runs_the_company();
    if leaves && active_admins <= 1 { Err(Code::LastAdmin) } else { Ok(Decision::Change) }
}

/// Whether the company has an active Admin without this account: what the operator's erasing, too, must leave.
///
/// # Errors
/// `last_admin`.
pub fn keeps_an_admin(role: Role, active: bool, active_admins: u64) -> Result<(), Code> {
    let account = Account { role, active, factor: false };
    if account.runs_the_company() && active_admins <= 1 { Err(Code::LastAdmin) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ROLES: [Role; 3] = [Role::User, Role::Manager, Role::Admin];

    fn role() -> impl Strategy<Value = Role> {
        proptest::sample::select(ROLES.as_slice())
    }

    fn act() -> impl Strategy<Value = Act> {
        prop_oneof![
            Just(Act::Rename),
            role().prop_map(Act::SetRole),
            Just(Act::Deactivate),
            Just(Act::Reactivate),
            Just(Act::ResetFactor),
            Just(Act::Erase),
        ]
    }

    fn account() -> impl Strategy<Value = Account> {
        (role(), any::<bool>(), any::<bool>()).prop_map(|(role, active, factor)| Account { role, active, factor })
    }

    fn admins(company: &[Account]) -> u64 {
        company.iter().filter(|account| account.runs_the_company()).count() as u64
    }

    proptest! {
        #[test]
        fn a_company_with_an_admin_keeps_one_whatever_its_people_do_to_each_other(
            others in prop::collection::vec(account(), 0..6),
            acts in prop::collection::vec((0..7usize, 0..7usize, act()), 0..60),
        ) {
            let mut company = vec![Account { role: Role::Admin, active: true, factor: false }];
            company.extend(others);
            for (who, whom, act) in acts {
                let (who, whom) = (who % company.len(), whom % company.len());
                let before = company[whom];
                // Whoever is switched off has no session to act with.
                if !company[who].active {
                    continue;
                }
                let actor = Actor { role: company[who].role, own: who == whom };
                if decide(actor, before, act, admins(&company)) == Ok(Decision::Change) {
                    company[whom] = act.changes(before);
                    prop_assert_eq!(actor.role, Role::Admin);
                    prop_assert!(who != whom || company[whom].role <= before.role, "nobody raises themselves");
                }
                prop_assert!(admins(&company) >= 1);
            }
        }

        #[test]
        fn nothing_is_said_to_change_that_stays_as_it_is(account in account(), act in act(), own: bool) {
            let actor = Actor { role: Role::Admin, own };
            match decide(actor, account, act, 2) {
                Ok(Decision::Change) => prop_assert!(matches!(act, Act::Rename | Act::Erase) || act.changes(account) != account),
                Ok(Decision::Nothing) => prop_assert_eq!(act.changes(account), account),
                Err(code) => prop_assert!(code == Code::Forbidden || code == Code::MfaNotEnrolled),
            }
        }

        #[test]
        fn who_is_no_admin_changes_nobody(role in role(), own: bool, account in account(), act in act()) {
            prop_assume!(role != Role::Admin);
            prop_assert_eq!(decide(Actor { role, own }, account, act, 5), Err(Code::Forbidden));
        }
    }

    #[test]
    fn an_admin_steps_down_only_while_another_one_stays() {
        let own = Actor { role: Role::Admin, own: true };
        let ada = Account { role: Role::Admin, active: true, factor: true };
        for act in [Act::SetRole(Role::User), Act::Deactivate, Act::Erase] {
            assert_eq!(decide(own, ada, act, 1), Err(Code::LastAdmin));
            assert_eq!(decide(own, ada, act, 2), Ok(Decision::Change));
        }
        assert_eq!(decide(own, ada, Act::ResetFactor, 2), Err(Code::Forbidden));
        assert_eq!(decide(own, ada, Act::SetRole(Role::Admin), 1), Ok(Decision::Nothing));
        let away = Account { active: false, ..ada };
        assert_eq!(decide(Actor { own: false, ..own }, away, Act::SetRole(Role::User), 1), Ok(Decision::Change));
    }
}
