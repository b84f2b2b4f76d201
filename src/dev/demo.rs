//! The demo companies: who they are. Creating them is the composition root's business, through the same flows as everybody's.

pub mod cast;
pub mod script;

use crate::domain::principal::Role;

/// The password of every demo account. Public: never create these accounts where strangers can reach them.
pub const PASSWORD: &str = "SecurePass123!";

/// One demo company.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Company {
    /// Its name.
    pub name: &'static str,
    /// Its slug.
    pub slug: &'static str,
    /// Its people, the Admin who registers it first.
    pub people: &'static [Person],
}

/// One demo account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// The e-mail to sign in with.
    pub email: &'static str,
    /// The full name.
    pub full_name: &'static str,
    /// The role.
    pub role: Role,
}

/// Every demo company, in the order to create them.
pub const COMPANIES: &[Company] = &[
    Company {
        name: "TechCorp",
        slug: "techcorp",
        people: &[
            Person { email: "admin@techcorp.com", full_name: "Ada Admin", role: Role::Admin },
            Person { email: "manager@techcorp.com", full_name: "Mara Manager", role: Role::Manager },
            Person { email: "user@techcorp.com", full_name: "Uma User", role: Role::User },
        ],
    },
    Company {
        name: "StartupXYZ",
        slug: "startupxyz",
        people: &[Person { email: "admin@startupxyz.com", full_name: "Sam Starter", role: Role::Admin }],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_company_begins_with_an_admin_and_no_address_comes_twice() {
        assert!(COMPANIES.iter().all(|company| company.people[0].role == Role::Admin));
        let mut emails: Vec<_> = COMPANIES.iter().flat_map(|c| c.people).map(|person| person.email).collect();
        emails.sort_unstable();
        emails.dedup();
        assert_eq!(emails.len(), 4);
    }
}
