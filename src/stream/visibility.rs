//! Which events a signed-in person may see on the live channel. One rule for the hub's pushes and the socket's replay.

use crate::domain::{
    audit::AuditRow,
    event::{Actor, Event},
    principal::Principal,
};

/// Whether `row` may be shown to `viewer`.
///
/// Admins and Managers see the whole stream of their company. Everybody else sees what they did themselves, and what
/// nobody else of the company did to their account or session: an admin's act about a User carries the admin's address
/// and device, which are not the User's to see. Another company's row is visible to nobody.
pub fn may_see(viewer: &Principal, row: &AuditRow) -> bool {
    if row.company != viewer.company {
        return false;
    }
    if Event::stream_is_open_to(viewer.role) {
        return true;
    }
    match row.actor {
        Actor::User { id } => id == viewer.user,
        Actor::Anonymous | Actor::System => concerns(viewer, row),
    }
}

fn concerns(viewer: &Principal, row: &AuditRow) -> bool {
    row.session == Some(viewer.session)
        || row.subject.as_ref().is_some_and(|subject| match subject.kind.as_str() {
            "user" => subject.id == viewer.user.0,
            "session" => subject.id == viewer.session.0,
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            event::{Kind, Subject},
            principal::Role,
        },
        stream::sample,
    };

    #[test]
    fn admins_and_managers_see_their_company_and_no_other() {
        let row = sample::row(sample::COMPANY, 1, Kind::LoginFailed);
        assert!(may_see(&sample::principal(Role::Admin), &row));
        assert!(may_see(&sample::principal(Role::Manager), &row));
        let foreign = sample::row(sample::OTHER_COMPANY, 1, Kind::LoginFailed);
        assert!(!may_see(&sample::principal(Role::Admin), &foreign));
    }

    #[test]
    fn a_user_sees_their_own_acts_and_attempts_on_their_account_but_not_the_admins_address() {
        let user = sample::principal(Role::User);
        let mut row = sample::row(sample::COMPANY, 1, Kind::LoginFailed);
        assert!(!may_see(&user, &row), "nothing to do with them");
        row.actor = Actor::Anonymous;
        row.subject = Some(Subject::user(user.user));
        assert!(may_see(&user, &row), "somebody tried their password");
        row.actor = Actor::User { id: sample::principal(Role::Admin).user };
        assert!(!may_see(&user, &row), "an admin's row shows where the admin is");
        row.actor = Actor::User { id: user.user };
        row.subject = None;
        assert!(may_see(&user, &row), "their own doing");
    }
}
