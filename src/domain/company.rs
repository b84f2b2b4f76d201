//! What a company demands of its people, and how that is changed.
//!
//! To add a rule: a field here with its bounds, a column of `companies`, and the place that obeys it.

use std::{ops::RangeInclusive, time::Duration};

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::{code::FieldError, names};

/// The rules of one company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Policy {
    /// Whether everybody needs a second factor. Who has none is led into setting one up and gets nothing else.
    pub mfa_required: bool,
    /// The fewest characters of a new password; never less than the installation asks.
    pub password_min_length: u32,
    /// Whether a new password of any length needs upper and lower case letters, digits and signs.
    pub password_all_kinds: bool,
    /// How many of their latest passwords nobody may use again, the present one among them; 0: any but the present one.
    pub password_history: u32,
    /// How long a session lives that nobody uses.
    pub session_idle_seconds: u32,
    /// How long a session lives, however busy.
    pub session_absolute_seconds: u32,
    /// How many sessions a person has at once; one more ends the oldest.
    pub max_sessions_per_user: u32,
    /// Whether people get a mail about a sign-in on a device not seen before.
    pub notify_new_device: bool,
    /// Whether Admins get a mail about attacks on the company.
    pub notify_admins: bool,
    /// How long the audit log is kept; `null`: for ever.
    pub audit_retention_days: Option<u32>,
}

/// What is to be different; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UpdateCompanyInput)]
pub struct Change {
    /// The company's name.
    pub name: Option<String>,
    /// Whether everybody needs a second factor.
    pub mfa_required: Option<bool>,
    /// 8 to 64.
    pub password_min_length: Option<u32>,
    /// Whether a new password of any length needs upper and lower case letters, digits and signs.
    pub password_all_kinds: Option<bool>,
    /// 0 to 5.
    pub password_history: Option<u32>,
    /// 300 (five minutes) to 604800 (seven days).
    pub session_idle_seconds: Option<u32>,
    /// 3600 (an hour) to 2592000 (thirty days).
    pub session_absolute_seconds: Option<u32>,
    /// 1 to 100.
    pub max_sessions_per_user: Option<u32>,
    /// Whether people get a mail about a sign-in on a device not seen before.
    pub notify_new_device: Option<bool>,
    /// Whether Admins get a mail about attacks on the company.
    pub notify_admins: Option<bool>,
    /// 30 to 3650, or `null` to keep the audit log for ever.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<u32>)]
    pub audit_retention_days: Option<Option<u32>>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            mfa_required: false,
            password_min_length: 8,
            password_all_kinds: false,
            password_history: 0,
            session_idle_seconds: 7 * 24 * 3600,
            session_absolute_seconds: 30 * 24 * 3600,
            max_sessions_per_user: 100,
            notify_new_device: true,
            notify_admins: true,
            audit_retention_days: Some(365),
        }
    }
}

impl Policy {
    /// Life of a session nobody uses.
    pub fn idle(&self) -> Duration {
        Duration::from_secs(self.session_idle_seconds.into())
    }

    /// Life of a session, however busy.
    pub fn absolute(&self) -> Duration {
        Duration::from_secs(self.session_absolute_seconds.into())
    }

    /// The fewest characters of a new password where the installation asks for `floor`.
    pub fn min_length(&self, floor: usize) -> usize {
        floor.max(self.password_min_length as usize)
    }
}

impl Change {
    /// The name and rules after this change.
    ///
    /// # Errors
    /// Every field that is out of its bounds.
    pub fn applied(&self, name: &str, policy: Policy) -> Result<(String, Policy), Vec<FieldError>> {
        let mut wrong = Vec::new();
        let mut new_name = name.to_owned();
        if let Some(wanted) = &self.name {
            match names::company_name(wanted) {
                Ok(good) => new_name = good,
                Err(field) => wrong.push(FieldError { pointer: "/name".into(), ..field }),
            }
        }
        let mut number = |pointer: &str, wanted: Option<u32>, present: u32, range: RangeInclusive<u32>| match wanted {
            Some(wanted) if !range.contains(&wanted) => {
                let message = format!("Choose a number from {} to {}.", range.start(), range.end());
                wrong.push(FieldError::new(pointer, "out_of_range", message));
                present
            }
            wanted => wanted.unwrap_or(present),
        };
        let day = 24 * 3600;
        let policy = Policy {
            mfa_required: self.mfa_required.unwrap_or(policy.mfa_required),
            password_min_length: {
                number("/password_min_length", self.password_min_length, policy.password_min_length, 8..=64)
            },
            password_all_kinds: self.password_all_kinds.unwrap_or(policy.password_all_kinds),
            password_history: number("/password_history", self.password_history, policy.password_history, 0..=5),
            session_idle_seconds: {
                number("/session_idle_seconds", self.session_idle_seconds, policy.session_idle_seconds, 300..=7 * day)
            },
            session_absolute_seconds: {
                let (wanted, present) = (self.session_absolute_seconds, policy.session_absolute_seconds);
                number("/session_absolute_seconds", wanted, present, 3600..=30 * day)
            },
            max_sessions_per_user: {
                number("/max_sessions_per_user", self.max_sessions_per_user, policy.max_sessions_per_user, 1..=100)
            },
            notify_new_device: self.notify_new_device.unwrap_or(policy.notify_new_device),
            notify_admins: self.notify_admins.unwrap_or(policy.notify_admins),
            audit_retention_days: match self.audit_retention_days {
                Some(Some(days)) => Some(number("/audit_retention_days", Some(days), days, 30..=3650)),
                Some(None) => None,
                None => policy.audit_retention_days,
            },
        };
        if wrong.is_empty() { Ok((new_name, policy)) } else { Err(wrong) }
    }
}

/// Tells a field that is `null` from one that is left out.
fn named<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_passes_is_within_its_bounds_and_what_was_left_out_stays(
            length in proptest::option::of(0..200u32), idle in proptest::option::of(0..1_000_000u32),
            sessions in proptest::option::of(0..200u32),
            days in proptest::option::of(proptest::option::of(0..5000u32)),
        ) {
            let change = Change {
                password_min_length: length, session_idle_seconds: idle, max_sessions_per_user: sessions,
                audit_retention_days: days, ..Change::default()
            };
            let good = length.is_none_or(|n| (8..=64).contains(&n)) && idle.is_none_or(|n| (300..=604_800).contains(&n))
                && sessions.is_none_or(|n| (1..=100).contains(&n)) && days.flatten().is_none_or(|n| (30..=3650).contains(&n));
            let before = Policy::default();
            let applied = change.applied("Acme", before);
            prop_assert_eq!(applied.is_ok(), good);
            if let Ok((name, after)) = applied {
                let expected = Policy {
                    password_min_length: length.unwrap_or(before.password_min_length),
                    session_idle_seconds: idle.unwrap_or(before.session_idle_seconds),
                    max_sessions_per_user: sessions.unwrap_or(before.max_sessions_per_user),
                    audit_retention_days: days.unwrap_or(before.audit_retention_days),
                    ..before
                };
                prop_assert_eq!((name.as_str(), after), ("Acme", expected));
            }
        }
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let change = Change { name: Some(" ".into()), max_sessions_per_user: Some(0), ..Change::default() };
        let wrong = change.applied("Acme", Policy::default()).unwrap_err();
        let pointers: Vec<_> = wrong.iter().map(|field| field.pointer.as_str()).collect();
        assert_eq!(pointers, ["/name", "/max_sessions_per_user"]);
    }
}
