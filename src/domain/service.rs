//! Services that verify tokens: what their keys may open, and how a key is asked for.
//!
//! A key belongs to one company and reaches nothing beyond it, or to the installation and then speaks for all companies:
//! such a key is held by [`CompanyId::NOBODY`] and is made by the operator alone. To add a scope: a variant of [`Scope`]
//! and its name, and the row of the route table that asks for it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    code::FieldError,
    ids::{CompanyId, ServiceCredentialId},
    names,
};

/// Live keys a company may have.
pub const MOST_KEYS: u64 = 50;

/// The longest life a key can be given, in days.
pub const MOST_DAYS: u32 = 3650;

/// How long an old key works on after a rotation unless something else is said.
pub const USUAL_OVERLAP: Duration = Duration::from_secs(3600);

/// The longest an old key can work on after a rotation.
pub const LONGEST_OVERLAP: Duration = Duration::from_secs(7 * 24 * 3600);

/// One thing a key opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub enum Scope {
    /// Ask whether an access token is good.
    #[serde(rename = "introspect")]
    Introspect,
    /// Follow what is revoked.
    #[serde(rename = "revocations:read")]
    ReadRevocations,
}

impl Scope {
    /// Every scope there is.
    pub const ALL: [Self; 2] = [Self::Introspect, Self::ReadRevocations];

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Introspect => "introspect",
            Self::ReadRevocations => "revocations:read",
        }
    }

    /// Reads [`Scope::as_str`] back.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }
}

/// Which companies a key speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Its own.
    Company(CompanyId),
    /// All of the installation.
    Installation,
}

impl Reach {
    /// The reach of keys that this company holds.
    pub fn of_holder(company: CompanyId) -> Self {
        if company == CompanyId::NOBODY { Self::Installation } else { Self::Company(company) }
    }

    /// The company that holds keys of this reach.
    pub fn holder(self) -> CompanyId {
        match self {
            Self::Company(company) => company,
            Self::Installation => CompanyId::NOBODY,
        }
    }

    /// The one company it is limited to.
    pub fn company(self) -> Option<CompanyId> {
        match self {
            Self::Company(company) => Some(company),
            Self::Installation => None,
        }
    }

    /// Whether what belongs to `company` is in it.
    pub fn covers(self, company: CompanyId) -> bool {
        match self {
            Self::Company(own) => own == company,
            Self::Installation => company != CompanyId::NOBODY,
        }
    }
}

/// A service whose key was found good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceCaller {
    /// The credential.
    pub id: ServiceCredentialId,
    /// Which companies it speaks for.
    pub reach: Reach,
    /// What it opens.
    pub scopes: Vec<Scope>,
    /// The hash of the key it showed: one that was rotated out ends before the credential does.
    pub key: [u8; 32],
}

/// A key that is asked for, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// What the service is called.
    pub name: String,
    /// What its key opens: at least one thing, each once.
    pub scopes: Vec<Scope>,
    /// How long the key lives; for ever without.
    pub expires_in: Option<Duration>,
}

impl Wish {
    /// Checks what was asked for.
    ///
    /// # Errors
    /// The fields at fault: `/name`, `/scopes`, `/expires_in_days`.
    pub fn check(name: &str, scopes: &[Scope], days: Option<u32>) -> Result<Self, Vec<FieldError>> {
        let mut faults = Vec::new();
        let name = names::service_name(name).map_err(|fault| faults.push(fault)).unwrap_or_default();
        if scopes.is_empty() {
            faults.push(FieldError::new("/scopes", "required", "A key opens at least one thing."));
        }
        if days.is_some_and(|days| !(1..=MOST_DAYS).contains(&days)) {
            let message = format!("A key lives 1 to {MOST_DAYS} days, or without an end.");
            faults.push(FieldError::new("/expires_in_days", "out_of_range", message));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut scopes = scopes.to_vec();
        scopes.sort_unstable();
        scopes.dedup();
        let expires_in = days.map(|days| Duration::from_secs(u64::from(days) * 24 * 3600));
        Ok(Self { name, scopes, expires_in })
    }
}

/// How long an old key is to work on, in seconds; the usual time when nothing is said.
///
/// # Errors
/// The field at fault: `/overlap_seconds`.
pub fn overlap(seconds: Option<u64>) -> Result<Duration, FieldError> {
    let overlap = seconds.map_or(USUAL_OVERLAP, Duration::from_secs);
    if overlap <= LONGEST_OVERLAP {
        return Ok(overlap);
    }
    let message = format!("An old key works on for at most {} seconds.", LONGEST_OVERLAP.as_secs());
    Err(FieldError::new("/overlap_seconds", "out_of_range", message))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn scopes_have_the_names_they_are_read_by() {
        for scope in Scope::ALL {
            assert_eq!(Scope::parse(scope.as_str()), Some(scope));
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.as_str());
        }
        assert_eq!(Scope::parse("*"), None);
    }

    #[test]
    fn a_key_of_a_company_reaches_that_company_and_one_of_the_installation_every_company() {
        let [acme, beta] = [1, 2].map(|n| CompanyId(Uuid::from_u128(n)));
        let own = Reach::of_holder(acme);
        assert!(own.covers(acme) && !own.covers(beta) && !own.covers(CompanyId::NOBODY));
        let all = Reach::of_holder(CompanyId::NOBODY);
        assert!(all.covers(acme) && all.covers(beta) && !all.covers(CompanyId::NOBODY));
        assert_eq!([own.holder(), all.holder()], [acme, CompanyId::NOBODY]);
    }

    #[test]
    fn a_wish_names_every_field_at_fault_and_each_scope_once() {
        let faults = Wish::check(" ", &[], Some(0)).unwrap_err();
        let pointers: Vec<_> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["/name", "/scopes", "/expires_in_days"]);
        assert!(Wish::check("x", &[Scope::Introspect], Some(MOST_DAYS + 1)).is_err());
        let twice = [Scope::ReadRevocations, Scope::Introspect, Scope::Introspect];
        let wish = Wish::check(" Media edge ", &twice, Some(1)).unwrap();
        assert_eq!((wish.name.as_str(), wish.scopes.as_slice()), ("Media edge", Scope::ALL.as_slice()));
        assert_eq!(wish.expires_in, Some(Duration::from_secs(86_400)));
    }

    #[test]
    fn an_overlap_is_an_hour_unless_said_otherwise_and_a_week_at_most() {
        assert_eq!(overlap(None).unwrap(), USUAL_OVERLAP);
        assert_eq!(overlap(Some(0)).unwrap(), Duration::ZERO);
        assert_eq!(overlap(Some(604_801)).unwrap_err().pointer, "/overlap_seconds");
        assert_eq!(overlap(Some(u64::MAX)).unwrap_err().code, "out_of_range");
    }
}
