//! What is wrong with the settings.

use std::fmt;

/// One thing that is wrong. Never holds the value of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// `section.key`, the variable or the file.
    pub key: String,
    /// What is wrong and what to do.
    pub what: String,
}

impl Fault {
    /// A fault of `key`.
    pub fn new(key: impl Into<String>, what: impl Into<String>) -> Self {
        Self { key: key.into(), what: what.into() }
    }
}

/// Everything that is wrong, in the order of the sections.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "The settings cannot be used:")?;
        self.0.iter().try_for_each(|fault| writeln!(f, "  {} {}", fault.key, fault.what))
    }
}
