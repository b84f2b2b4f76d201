//! What differs from run to run, as a placeholder that stays.

use std::collections::HashMap;

use serde_json::{Value, json};

/// Values that are secrets or pictures, by the name of their field.
const SHOWN_AS: &[(&str, &str)] = &[
    ("access_token", "eyJ0eXAiOiJhdCtqd3Qi…"),
    ("refresh_token", "vgr_…"),
    ("mfa_token", "vgm_…"),
    ("ticket", "…"),
    ("token", "…"),
    ("secret", "JBSWY3DPEHPK3PXP…"),
    ("otpauth_uri", "otpauth://totp/…"),
    ("qr_svg", "<svg …"),
    ("qr_png_data_uri", "data:image/png;base64,…"),
    ("code", "123456"),
    ("kid", "…"),
    ("x", "…"),
    ("prev_hash", "…"),
    ("hash", "…"),
    ("head_hash", "…"),
    ("next_cursor", "…"),
    ("jti", "…"),
    ("cursor", "…"),
];

/// Numbers that hang on the second or on what else was recorded meanwhile, by the name of their field.
const COUNTED_AS: &[(&str, u32)] = &[
    ("to_seq", 42),
    ("verified_rows", 42),
    ("seq", 42),
    ("as_of_seq", 42),
    ("asked_ms", 4012),
    ("auth_time", 1_790_000_000),
    ("iat", 1_790_000_000),
    ("exp", 1_790_001_800),
];

/// Numbers each id of one exchange by its first appearance.
#[derive(Default)]
pub(super) struct Normal {
    ids: HashMap<String, usize>,
}

impl Normal {
    /// A JSON value as it is shown.
    pub(super) fn value(&mut self, name: &str, value: &Value) -> Value {
        match value {
            Value::Object(fields) => {
                fields.iter().map(|(name, field)| (name.clone(), self.value(name, field))).collect()
            }
            // The first two of eight, or of a day's quarters of an hour, say it all.
            Value::Array(items) if ["backup_codes", "codes", "buckets"].contains(&name) => {
                items.iter().take(2).map(|item| self.value(name, item)).collect()
            }
            Value::Number(number) => json!(counted(name, number.as_i64())),
            Value::Array(items) => items.iter().map(|item| self.value(name, item)).collect(),
            Value::String(text) => Value::String(self.text(name, text)),
            other => other.clone(),
        }
    }

    fn text(&mut self, name: &str, text: &str) -> String {
        if text.starts_with("vgs_") {
            return "vgs_…".to_owned();
        }
        // A problem's code is no secret.
        let is_secret = |shown: &&(&str, &str)| shown.0 == name && (name != "code" || text.len() < 12);
        if let Some((_, shown)) = SHOWN_AS.iter().find(is_secret) {
            return (*shown).to_owned();
        }
        if name == "backup_codes" || name == "codes" {
            return "7K3QM-9XVTR".to_owned();
        }
        self.line(text)
    }

    /// Ids, times and addresses in a text.
    pub(super) fn line(&mut self, text: &str) -> String {
        let mut shown = String::new();
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            if let Some(id) = rest.get(..36).filter(|id| is_id(id)) {
                let next = self.ids.len() + 1;
                let number = *self.ids.entry(id.to_owned()).or_insert(next);
                shown += &format!("0198f2c0-0000-7000-8000-{number:012}");
                rest = &rest[36..];
            } else if let Some(length) = time_length(rest) {
                shown += "2026-01-15T09:30:00Z";
                rest = &rest[length..];
            } else {
                shown.push(character);
                rest = &rest[character.len_utf8()..];
            }
        }
        shown
    }
}

/// A number as it is shown. A token of 1800 seconds may have lost one of them on its way.
fn counted(name: &str, number: Option<i64>) -> Option<i64> {
    match COUNTED_AS.iter().find(|shown| shown.0 == name) {
        Some((_, shown)) => Some(i64::from(*shown)),
        None if name == "expires_in_seconds" => number.map(|number| (number + 5) / 10 * 10),
        None => number,
    }
}

fn is_id(text: &str) -> bool {
    text.bytes().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    })
}

/// The length of the RFC 3339 time that a text begins with.
fn time_length(text: &str) -> Option<usize> {
    let head = text.get(..19)?;
    let shape = head.bytes().map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
    if !shape.eq("0000-00-00T00:00:00".bytes()) {
        return None;
    }
    let end = text[19..].find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
    text[19 + end..].starts_with('Z').then_some(19 + end + 1)
}
