//! The audit log's rows and the chain that binds them: each row's hash covers the row before it, its number and its
//! canonical text, so a row that is changed, taken out or put in breaks every hash after it. Whoever could write to the
//! database could hash all of it anew: signed [`Checkpoint`]s catch that. What is personal in a row is covered by its
//! [`Commitment`], so that it can be erased and the chain goes on.

mod checkpoint;
mod personal;
mod walk;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};
use uuid::Uuid;

pub use checkpoint::{Checkpoint, SignedCheckpoint};
pub use personal::{Commitment, PERSONAL, SALT_BYTES};
pub use walk::{Fault, Flaw, Walk, Witness};

use super::{
    event::{Actor, Kind, Severity, Subject},
    ids::{CompanyId, SessionId},
    principal::{Origin, Role},
};

/// The hash before the first row of a company.
pub const GENESIS: [u8; 32] = [0; 32];

/// One numbered, chained event.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditRow {
    /// The company.
    pub company: CompanyId,
    /// Its number in the company: from 1, without gaps.
    pub seq: i64,
    /// Its id.
    pub id: Uuid,
    /// When it happened, to the microsecond.
    pub at: OffsetDateTime,
    /// What happened.
    pub kind: Kind,
    /// How much it should worry.
    pub severity: Severity,
    /// Who did it.
    pub actor: Actor,
    /// The role they had then; none where nobody signed in acted, and in rows from before this was kept.
    pub actor_role: Option<Role>,
    /// To what.
    pub subject: Option<Subject>,
    /// In or to which session.
    pub session: Option<SessionId>,
    /// From where.
    pub origin: Origin,
    /// Details.
    pub data: Value,
    /// What binds the personal part of the row to its hash.
    pub personal: Commitment,
    /// Hash of the row before; [`GENESIS`] for the first.
    pub prev_hash: [u8; 32],
    /// [`link`] of `prev_hash`, `seq` and [`canonical`].
    pub hash: [u8; 32],
}

/// What the hash of a row covers besides its number and predecessor: JSON with sorted keys and no spaces. The personal
/// part stands in it as the digest of its commitment. The actor's role stands in it only where there is one: rows from
/// before it was kept have the text they always had.
/// Changing this form breaks the verification of every row written before.
pub fn canonical(row: &AuditRow) -> Vec<u8> {
    let at = utc(row.at);
    let mut whole = json!({
        "company": row.company, "id": row.id, "at": at, "kind": row.kind, "severity": row.severity,
        "actor": row.actor, "subject": row.subject, "session": row.session,
        "request_id": row.origin.request_id, "data": personal::without(&row.data), "personal": hex(&row.personal.digest),
    });
    if let Some(role) = row.actor_role {
        whole["actor_role"] = json!(role);
    }
    sorted(&whole).into_bytes()
}

/// `SHA-256(prev ‖ seq as big-endian 64 bit ‖ canonical)`.
pub fn link(prev: &[u8; 32], seq: i64, canonical: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(prev).chain_update(seq.to_be_bytes()).chain_update(canonical).finalize().into()
}

/// Serialises with the keys of every object sorted, whatever order this build's JSON maps keep.
fn sorted(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| key.as_str());
            let text: Vec<_> = entries
                .into_iter()
                .map(|(key, value)| format!("{}:{}", Value::from(key.as_str()), sorted(value)))
                .collect();
            format!("{{{}}}", text.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(sorted).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        text.push_str(&format!("{byte:02x}"));
        text
    })
}

fn utc(at: OffsetDateTime) -> String {
    at.to_offset(UtcOffset::UTC).format(&Rfc3339).unwrap_or_default()
}

#[cfg(test)]
pub(super) fn sample_row() -> AuditRow {
    AuditRow {
        company: CompanyId::NOBODY,
        seq: 1,
        id: Uuid::nil(),
        at: OffsetDateTime::UNIX_EPOCH,
        kind: Kind::LoginFailed,
        severity: Severity::Notice,
        actor: Actor::Anonymous,
        actor_role: None,
        subject: None,
        session: None,
        origin: Origin::default(),
        data: json!({"b": 1, "a": [true, null]}),
        personal: Commitment::ERASED,
        prev_hash: GENESIS,
        hash: GENESIS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_canonical_text_is_fixed() {
        let text = String::from_utf8(canonical(&sample_row())).unwrap();
        assert_eq!(
            text,
            r#"{"actor":{"type":"anonymous"},"at":"1970-01-01T00:00:00Z","company":"00000000-0000-0000-0000-000000000000","data":{"a":[true,null],"b":1},"id":"00000000-0000-0000-0000-000000000000","kind":"login.failed","personal":"0000000000000000000000000000000000000000000000000000000000000000","request_id":null,"session":null,"severity":"notice","subject":null}"#
        );
    }

    #[test]
    fn the_role_of_the_actor_is_covered_where_there_is_one() {
        let texts = [None, Some(Role::User), Some(Role::Admin)]
            .map(|actor_role| String::from_utf8(canonical(&AuditRow { actor_role, ..sample_row() })).unwrap());
        assert!(!texts[0].contains("actor_role"), "{}", texts[0]);
        assert!(texts[2].starts_with(r#"{"actor":{"type":"anonymous"},"actor_role":"admin","at""#), "{}", texts[2]);
        assert_ne!(texts[1], texts[2]);
    }

    #[test]
    fn a_link_covers_predecessor_number_and_text() {
        let base = link(&GENESIS, 1, b"text");
        assert_ne!(base, link(&[1; 32], 1, b"text"));
        assert_ne!(base, link(&GENESIS, 2, b"text"));
        assert_ne!(base, link(&GENESIS, 1, b"texT"));
    }
}
