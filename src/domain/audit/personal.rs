//! What is personal in a row, and how it can vanish without breaking the chain.
//!
//! The hash of a row does not cover its personal part itself but a digest of a random salt and that part. Erasing takes
//! both away and leaves the digest: the chain still verifies, and nobody can guess what the digest was made of.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{AuditRow, sorted};

/// Details that name or describe a person, at the top of a row's `data` and in its `before` and `after`.
pub const PERSONAL: [&str; 6] = ["address", "device", "email", "filter", "full_name", "note"];

/// The length of a salt: nobody guesses it, so nobody can try addresses against a digest.
pub const SALT_BYTES: usize = 32;

/// The digest that stands for the personal part of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commitment {
    /// `SHA-256(salt ‖ personal part)`.
    pub digest: [u8; 32],
    /// The salt; none once the personal part was erased.
    pub salt: Option<[u8; SALT_BYTES]>,
}

impl Commitment {
    /// That of a row without a personal part and without a salt.
    pub const ERASED: Self = Self { digest: [0; 32], salt: None };

    /// Commits to the personal part of a row.
    pub fn to(row: &AuditRow, salt: [u8; SALT_BYTES]) -> Self {
        Self { digest: digest(&salt, row), salt: Some(salt) }
    }

    /// Whether the row says of a person what it said when it was written; or, once erased, nothing.
    pub fn holds(&self, row: &AuditRow) -> bool {
        match &self.salt {
            Some(salt) => digest(salt, row) == self.digest,
            None => row.origin.ip.is_none() && row.origin.user_agent.is_none() && only(&row.data).is_empty(),
        }
    }
}

fn digest(salt: &[u8; SALT_BYTES], row: &AuditRow) -> [u8; 32] {
    let personal = json!({ "ip": row.origin.ip, "user_agent": row.origin.user_agent, "data": only(&row.data) });
    Sha256::new().chain_update(salt).chain_update(sorted(&personal)).finalize().into()
}

fn is_personal(key: &str) -> bool {
    PERSONAL.contains(&key)
}

/// Whether a detail is itself a set of details.
fn holds_details(key: &str) -> bool {
    matches!(key, "before" | "after")
}

/// The details without those of [`PERSONAL`].
pub(super) fn without(data: &Value) -> Value {
    let Value::Object(all) = data else { return data.clone() };
    let kept = all.iter().filter(|(key, _)| !is_personal(key));
    let kept = kept.map(|(key, value)| (key.clone(), if holds_details(key) { without(value) } else { value.clone() }));
    Value::Object(kept.collect())
}

/// The details of [`PERSONAL`] alone.
fn only(data: &Value) -> Map<String, Value> {
    let Value::Object(all) = data else { return Map::new() };
    let part = |(key, value): (&String, &Value)| {
        let part = match key.as_str() {
            key if is_personal(key) => value.clone(),
            key if holds_details(key) => Value::Object(Some(only(value)).filter(|part| !part.is_empty())?),
            _ => return None,
        };
        Some((key.clone(), part))
    };
    all.iter().filter_map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::{
        super::{canonical, sample_row},
        *,
    };

    fn told() -> AuditRow {
        let mut row = sample_row();
        row.origin.ip = Some("192.0.2.1".into());
        row.data = json!({ "before": { "email": "uma@acme.example", "role": "user" }, "note": "lost", "sessions": 2 });
        row.personal = Commitment::to(&row, [7; SALT_BYTES]);
        row
    }

    fn erased(mut row: AuditRow) -> AuditRow {
        (row.origin.ip, row.origin.user_agent, row.personal.salt) = (None, None, None);
        row.data = without(&row.data);
        row
    }

    #[test]
    fn erasing_leaves_what_the_chain_covers_and_nothing_personal() {
        let (row, erased) = (told(), erased(told()));
        assert!(row.personal.holds(&row) && erased.personal.holds(&erased));
        assert_eq!(canonical(&row), canonical(&erased));
        assert_eq!(erased.data, json!({ "before": { "role": "user" }, "sessions": 2 }));
        let text = String::from_utf8(canonical(&row)).unwrap();
        assert!(!text.contains("uma@") && !text.contains("192.0.2.1") && !text.contains("lost"), "{text}");
    }

    #[test]
    fn a_personal_part_that_was_changed_or_put_back_is_found() {
        for change in [
            |row: &mut AuditRow| row.origin.ip = Some("192.0.2.2".into()),
            |row: &mut AuditRow| row.origin.user_agent = Some("x".into()),
            |row: &mut AuditRow| row.data["note"] = json!("found"),
            |row: &mut AuditRow| row.data["before"]["email"] = json!("eve@acme.example"),
        ] {
            let (mut row, mut erased) = (told(), erased(told()));
            change(&mut row);
            change(&mut erased);
            assert!(!row.personal.holds(&row) && !erased.personal.holds(&erased));
        }
    }
}
