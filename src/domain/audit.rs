//! The audit log's rows and the chain that binds them: each row's hash covers the row before it, its number and its
//! canonical text, so a row that is changed, taken out or put in breaks every hash after it.

use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    event::{Actor, Kind, Severity, Subject},
    ids::{CompanyId, SessionId},
    principal::Origin,
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
    /// To what.
    pub subject: Option<Subject>,
    /// In or to which session.
    pub session: Option<SessionId>,
    /// From where.
    pub origin: Origin,
    /// Details.
    pub data: Value,
    /// Hash of the row before; [`GENESIS`] for the first.
    pub prev_hash: [u8; 32],
    /// [`link`] of `prev_hash`, `seq` and [`canonical`].
    pub hash: [u8; 32],
}

/// What the hash of a row covers besides its number and predecessor: JSON with sorted keys and no spaces.
/// Changing this form breaks the verification of every row written before.
pub fn canonical(row: &AuditRow) -> Vec<u8> {
    let at = row.at.to_offset(UtcOffset::UTC).format(&Rfc3339).unwrap_or_default();
    let whole = json!({
        "company": row.company, "id": row.id, "at": at, "kind": row.kind, "severity": row.severity,
        "actor": row.actor, "subject": row.subject, "session": row.session, "ip": row.origin.ip,
        "user_agent": row.origin.user_agent, "request_id": row.origin.request_id, "data": row.data,
    });
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

/// What is wrong with a place in the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    /// There is no row with this number.
    Missing,
    /// The row does not follow the one before it.
    Unlinked,
    /// The row is not what it was when it was written.
    Changed,
    /// The log ends elsewhere than where it should.
    WrongEnd,
}

impl Flaw {
    /// The end of a sentence that begins with the row.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Missing => "is missing",
            Self::Unlinked => "does not follow the row before it",
            Self::Changed => "was changed",
            Self::WrongEnd => "is not the end that was noted when it was written",
        }
    }
}

/// The first place where the chain does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fault {
    /// The number of the row.
    pub seq: i64,
    /// What is wrong there.
    pub flaw: Flaw,
}

/// A walk along a company's chain, row by row. One walk serves the API and the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walk {
    begun_after: i64,
    seq: i64,
    hash: [u8; 32],
}

impl Walk {
    /// Begins before the first row of a company.
    pub fn from_genesis() -> Self {
        Self::after(0, GENESIS)
    }

    /// Begins after a row whose number and hash are known to be true.
    pub fn after(seq: i64, hash: [u8; 32]) -> Self {
        Self { begun_after: seq, seq, hash }
    }

    /// The number of the last row that held.
    pub fn seq(&self) -> i64 {
        self.seq
    }

    /// The hash of the last row that held.
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// How many rows held.
    pub fn rows(&self) -> i64 {
        self.seq - self.begun_after
    }

    /// Takes the next row: `Ok` holds, `Err(seq)` cannot be read any more, which is a change too.
    ///
    /// # Errors
    /// The row that should have come next, and what is wrong with it. The walk stands where it stood.
    pub fn step(&mut self, row: Result<&AuditRow, i64>) -> Result<(), Fault> {
        let due = self.seq + 1;
        let flaw = match row {
            Ok(row) if row.seq != due => Flaw::Missing,
            Err(seq) if seq != due => Flaw::Missing,
            Err(_) => Flaw::Changed,
            Ok(row) if row.prev_hash != self.hash => Flaw::Unlinked,
            Ok(row) if row.hash != link(&self.hash, due, &canonical(row)) => Flaw::Changed,
            Ok(row) => {
                (self.seq, self.hash) = (due, row.hash);
                return Ok(());
            }
        };
        Err(Fault { seq: due, flaw })
    }

    /// Compares where the walk arrived with the end that was noted beside the log.
    ///
    /// # Errors
    /// Rows at the end are missing, or the end was exchanged.
    pub fn end(&self, seq: i64, hash: &[u8; 32]) -> Result<(), Fault> {
        if self.seq < seq {
            return Err(Fault { seq: self.seq + 1, flaw: Flaw::Missing });
        }
        if self.seq == seq && self.hash != *hash {
            return Err(Fault { seq, flaw: Flaw::WrongEnd });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> AuditRow {
        AuditRow {
            company: CompanyId::NOBODY,
            seq: 1,
            id: Uuid::nil(),
            at: OffsetDateTime::UNIX_EPOCH,
            kind: Kind::LoginFailed,
            severity: Severity::Notice,
            actor: Actor::Anonymous,
            subject: None,
            session: None,
            origin: Origin::default(),
            data: json!({"b": 1, "a": [true, null]}),
            prev_hash: GENESIS,
            hash: GENESIS,
        }
    }

    #[test]
    fn the_canonical_text_is_fixed() {
        let text = String::from_utf8(canonical(&row())).unwrap();
        assert_eq!(
            text,
            r#"{"actor":{"type":"anonymous"},"at":"1970-01-01T00:00:00Z","company":"00000000-0000-0000-0000-000000000000","data":{"a":[true,null],"b":1},"id":"00000000-0000-0000-0000-000000000000","ip":null,"kind":"login.failed","request_id":null,"session":null,"severity":"notice","subject":null,"user_agent":null}"#
        );
    }

    #[test]
    fn a_link_covers_predecessor_number_and_text() {
        let base = link(&GENESIS, 1, b"text");
        assert_ne!(base, link(&[1; 32], 1, b"text"));
        assert_ne!(base, link(&GENESIS, 2, b"text"));
        assert_ne!(base, link(&GENESIS, 1, b"texT"));
    }

    fn chain(rows: i64) -> Vec<AuditRow> {
        let mut walk = Walk::from_genesis();
        (1..=rows)
            .map(|seq| {
                let mut row = AuditRow { seq, prev_hash: walk.hash(), data: json!({ "n": seq }), ..row() };
                row.hash = link(&row.prev_hash, seq, &canonical(&row));
                walk.step(Ok(&row)).unwrap();
                row
            })
            .collect()
    }

    fn walked(rows: &[AuditRow]) -> Result<Walk, Fault> {
        let mut walk = Walk::from_genesis();
        rows.iter().try_for_each(|row| walk.step(Ok(row)))?;
        Ok(walk)
    }

    #[test]
    fn a_whole_chain_holds_to_its_end_and_from_any_row_known_to_be_true() {
        let rows = chain(5);
        let walk = walked(&rows).unwrap();
        assert_eq!((walk.rows(), walk.end(5, &rows[4].hash)), (5, Ok(())));
        let mut later = Walk::after(2, rows[1].hash);
        rows[2..].iter().try_for_each(|row| later.step(Ok(row))).unwrap();
        assert_eq!(later.rows(), 3);
    }

    #[test]
    fn every_row_taken_out_put_in_swapped_or_changed_is_named() {
        let rows = chain(5);
        for at in 0..4 {
            let fault = |rows: &[AuditRow]| walked(rows).unwrap_err();
            let mut less = rows.clone();
            less.remove(at);
            assert_eq!(fault(&less), Fault { seq: at as i64 + 1, flaw: Flaw::Missing });
            let mut changed = rows.clone();
            changed[at].data = json!({});
            assert_eq!(fault(&changed), Fault { seq: at as i64 + 1, flaw: Flaw::Changed });
            // Made anew with a right hash of its own, the row after it tells.
            changed[at].hash = link(&changed[at].prev_hash, changed[at].seq, &canonical(&changed[at]));
            assert_eq!(fault(&changed), Fault { seq: at as i64 + 2, flaw: Flaw::Unlinked });
            let mut swapped = rows.clone();
            swapped.swap(at, at + 1);
            assert_eq!(fault(&swapped), Fault { seq: at as i64 + 1, flaw: Flaw::Missing });
        }
    }

    #[test]
    fn an_end_cut_off_or_exchanged_and_a_row_that_cannot_be_read_are_named() {
        let rows = chain(3);
        let walk = walked(&rows[..2]).unwrap();
        assert_eq!(walk.end(3, &rows[2].hash), Err(Fault { seq: 3, flaw: Flaw::Missing }));
        assert_eq!(walked(&rows).unwrap().end(3, &GENESIS), Err(Fault { seq: 3, flaw: Flaw::WrongEnd }));
        assert_eq!(Walk::from_genesis().step(Err(1)), Err(Fault { seq: 1, flaw: Flaw::Changed }));
    }
}
