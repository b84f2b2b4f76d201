//! Who acts: roles, the signed-in principal, and the place a request came from.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::{
    device::DeviceMark,
    ids::{CompanyId, RequestId, SessionId, UserId},
};

/// What a person may do in their company. Ordered: a higher role outranks a lower one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Uses the company's products and their own account.
    User,
    /// Reads people and audit, invites Users.
    Manager,
    /// Runs the company.
    Admin,
}

impl Role {
    /// Every role, the lowest first.
    pub const ALL: [Self; 3] = [Self::User, Self::Manager, Self::Admin];

    /// The role as it stands on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Manager => "manager",
            Self::Admin => "admin",
        }
    }

    /// Reads [`Role::as_str`] back.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// A caller whose access token was verified and is not revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The account.
    pub user: UserId,
    /// Its company; a caller names its company nowhere else.
    pub company: CompanyId,
    /// The session the token belongs to.
    pub session: SessionId,
    /// The role at the time the token was issued; a change of role kills the token.
    pub role: Role,
    /// Authentication methods (RFC 8176): `pwd`, `otp`, `mfa`, …
    pub amr: Vec<String>,
    /// When the person last proved who they are.
    pub auth_time: OffsetDateTime,
    /// When the access token ends.
    pub expires_at: OffsetDateTime,
    /// The account's epoch the token was issued in.
    pub epoch: i64,
    /// The company's epoch the token was issued in.
    pub company_epoch: i64,
}

/// Somebody whose password was right, in a company that demands a second factor they have not set up yet. They may set
/// one up or give up, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrollee {
    /// The account.
    pub user: UserId,
    /// Its company.
    pub company: CompanyId,
    /// The hash of the token that names the waiting sign-in.
    pub token: [u8; 32],
}

/// Who sets a second factor up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Enroller {
    /// Somebody who is signed in.
    SignedIn(Principal),
    /// Somebody whose sign-in waits for it.
    Waiting(Enrollee),
}

impl Enroller {
    /// The account.
    pub fn user(&self) -> UserId {
        match self {
            Self::SignedIn(principal) => principal.user,
            Self::Waiting(enrollee) => enrollee.user,
        }
    }

    /// Its company.
    pub fn company(&self) -> CompanyId {
        match self {
            Self::SignedIn(principal) => principal.company,
            Self::Waiting(enrollee) => enrollee.company,
        }
    }
}

/// Where a request came from, as audit rows and sessions record it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The client's address as the nearest trusted hop saw it, in text.
    pub ip: Option<String>,
    /// The `User-Agent` header, cut to 400 characters, control characters removed.
    pub user_agent: Option<String>,
    /// The request, where there was one.
    pub request_id: Option<RequestId>,
    /// The device, as far as it shows itself. Never written down as it is.
    #[serde(skip)]
    pub device: Option<DeviceMark>,
}

impl Origin {
    /// The command line: what was typed stands in the place of the browser.
    pub fn of_command(command: &str) -> Self {
        Self { user_agent: Some(command.to_owned()), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::sample::NOON;

    #[test]
    fn roles_are_read_by_their_names_and_stand_in_their_order() {
        for (role, name) in [(Role::User, "user"), (Role::Manager, "manager"), (Role::Admin, "admin")] {
            assert_eq!((role.as_str(), Role::parse(name)), (name, Some(role)));
            assert_eq!(serde_json::to_value(role).unwrap(), name);
        }
        assert!(Role::User < Role::Manager && Role::Manager < Role::Admin);
        assert_eq!((Role::parse("owner"), Role::parse("")), (None, None));
    }

    #[test]
    fn whoever_sets_a_factor_up_is_known_either_way() {
        let [user, company, session] = [1, 2, 3].map(Uuid::from_u128);
        let waiting = Enrollee { user: user.into(), company: company.into(), token: [0; 32] };
        let signed_in = Principal {
            user: user.into(),
            company: company.into(),
            session: session.into(),
            role: Role::User,
            amr: Vec::new(),
            auth_time: NOON,
            expires_at: NOON,
            epoch: 1,
            company_epoch: 1,
        };
        for enroller in [Enroller::Waiting(waiting), Enroller::SignedIn(signed_in)] {
            assert_eq!((enroller.user().0, enroller.company().0), (user, company));
        }
    }

    #[test]
    fn a_command_stands_in_the_place_of_the_browser() {
        let origin = Origin::of_command("voxgate users erase");
        let expected = Origin { user_agent: Some("voxgate users erase".into()), ..Origin::default() };
        assert_eq!(origin, expected);
    }
}
