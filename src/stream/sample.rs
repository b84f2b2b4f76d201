//! Rows, people and revocations for the tests of the stream, the hub and the sockets.

use uuid::Uuid;

use crate::{
    domain::{
        audit::{AuditRow, Commitment},
        event::{Actor, Kind},
        ids::{CompanyId, RevocationId, SessionId, UserId},
        principal::{Origin, Principal, Role},
        revocation::Scope,
        session::Departure,
    },
    store::RevocationRow,
};

pub(crate) use crate::domain::sample::NOON;

/// The company of the tests.
pub(crate) const COMPANY: CompanyId = CompanyId(Uuid::from_u128(0xc0));
/// Another one.
pub(crate) const OTHER_COMPANY: CompanyId = CompanyId(Uuid::from_u128(0xc1));

/// An audit row of `company`, done by the system.
pub(crate) fn row(company: CompanyId, seq: i64, kind: Kind) -> AuditRow {
    AuditRow {
        company,
        seq,
        id: Uuid::from_u128(seq.unsigned_abs().into()),
        at: NOON,
        kind,
        severity: kind.severity(),
        actor: Actor::System,
        actor_role: None,
        subject: None,
        session: None,
        origin: Origin::default(),
        data: serde_json::json!({}),
        personal: Commitment::ERASED,
        prev_hash: [0; 32],
        hash: [0; 32],
    }
}

/// The signed-in person of a role: one account and one session per role, in [`COMPANY`], epochs 1.
pub(crate) fn principal(role: Role) -> Principal {
    let number = 1 + role as u128;
    Principal {
        user: UserId(Uuid::from_u128(0xa0 + number)),
        company: COMPANY,
        session: SessionId(Uuid::from_u128(0x50 + number)),
        role,
        amr: vec!["pwd".into()],
        auth_time: NOON,
        expires_at: NOON + time::Duration::minutes(30),
        epoch: 1,
        company_epoch: 1,
    }
}

/// A socket of the session of [`principal`] that has closed.
pub(crate) fn departure(role: Role, answered: bool, remaining: u64) -> Departure {
    let Principal { company, user, session, .. } = principal(role);
    Departure { company, user, session, answered, remaining }
}

/// A revocation in [`COMPANY`], always the same act for the same scope, that expires with the tokens of [`principal`].
pub(crate) fn revocation(scope: Scope) -> RevocationRow {
    let number = match scope {
        Scope::Session(session) => session.0.as_u128(),
        Scope::User { id, min_epoch } => id.0.as_u128() << 8 | u128::from(min_epoch.unsigned_abs()),
        Scope::Assurance { id, min_epoch } => id.0.as_u128() << 16 | u128::from(min_epoch.unsigned_abs()),
        Scope::Rights { id, min_epoch } => id.0.as_u128() << 24 | u128::from(min_epoch.unsigned_abs()),
        Scope::Others { spared, min_epoch } => spared.0.as_u128() << 32 | u128::from(min_epoch.unsigned_abs()),
        Scope::Company { min_epoch } => 0xff00 | u128::from(min_epoch.unsigned_abs()),
    };
    RevocationRow {
        id: RevocationId(Uuid::from_u128(number)),
        company: COMPANY,
        scope,
        created_at: NOON,
        expires_at: NOON + time::Duration::minutes(30),
    }
}
