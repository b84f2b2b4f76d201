//! The people whose doings fill the demo company with life (`--demo-traffic`). They have no password: nobody signs in as
//! one of them.

use super::Person;
use crate::domain::principal::Role;

/// Which demo company comes to life.
pub const SLUG: &str = "techcorp";
/// Who is in charge of it.
pub const ADMIN: &str = "admin@techcorp.com";

const fn person(email: &'static str, full_name: &'static str, role: Role) -> Person {
    Person { email, full_name, role }
}

/// Everybody of it besides those who can sign in.
pub const CAST: &[Person] = &[
    person("amara.okafor@techcorp.com", "Amara Okafor", Role::Manager),
    person("ben.lindqvist@techcorp.com", "Ben Lindqvist", Role::User),
    person("carla.mendes@techcorp.com", "Carla Mendes", Role::User),
    person("daniel.weiss@techcorp.com", "Daniel Weiß", Role::User),
    person("elif.demir@techcorp.com", "Elif Demir", Role::User),
    person("farid.haddad@techcorp.com", "Farid Haddad", Role::User),
    person("grace.mwangi@techcorp.com", "Grace Mwangi", Role::Manager),
    person("hiro.tanaka@techcorp.com", "Hiro Tanaka", Role::User),
    person("ines.garcia@techcorp.com", "Inés García", Role::User),
    person("jonas.berg@techcorp.com", "Jonas Berg", Role::User),
    person("katya.petrova@techcorp.com", "Katya Petrova", Role::User),
    person("liam.murphy@techcorp.com", "Liam Murphy", Role::User),
    person("mei.chen@techcorp.com", "Mei Chen", Role::User),
    person("noor.rahman@techcorp.com", "Noor Rahman", Role::User),
    person("oscar.nilsen@techcorp.com", "Oscar Nilsen", Role::User),
    person("priya.nair@techcorp.com", "Priya Nair", Role::Manager),
    person("quentin.roux@techcorp.com", "Quentin Roux", Role::User),
    person("rosa.ferrari@techcorp.com", "Rosa Ferrari", Role::User),
    person("samir.khan@techcorp.com", "Samir Khan", Role::User),
    person("tuva.holm@techcorp.com", "Tuva Holm", Role::User),
    person("viktor.novak@techcorp.com", "Viktor Novák", Role::User),
    person("wanda.kowalska@techcorp.com", "Wanda Kowalska", Role::User),
    person("yusuf.ali@techcorp.com", "Yusuf Ali", Role::User),
    person("zoe.martin@techcorp.com", "Zoë Martin", Role::User),
];

/// Whether this one of the cast has a second factor: most have.
pub fn has_factor(who: usize) -> bool {
    who % 3 != 2
}

/// Which devices this one of the cast has: an address for documentation (RFC 5737) and what their browser says.
pub fn places(who: usize) -> [(String, &'static str); 2] {
    let desk = DESKS[who % DESKS.len()];
    let phone = PHONES[who % PHONES.len()];
    [(format!("203.0.113.{}", 10 + who), desk), (format!("198.51.100.{}", 20 + who), phone)]
}

const DESKS: [&str; 4] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
];

const PHONES: [&str; 3] = [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
    "VoxgateSync/2.4 (build 311)",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::dev::demo::COMPANIES;

    #[test]
    fn everybody_has_an_address_of_their_own_and_nobody_is_an_admin() {
        let signing_in = COMPANIES.iter().flat_map(|company| company.people);
        let emails: BTreeSet<_> = CAST.iter().chain(signing_in).map(|person| person.email).collect();
        assert_eq!(emails.len(), CAST.len() + 4);
        assert!(CAST.iter().all(|person| person.role != Role::Admin), "a company has one in charge of the demo");
        let ips: BTreeSet<_> = (0..CAST.len()).flat_map(places).map(|(ip, _)| ip).collect();
        assert_eq!(ips.len(), 2 * CAST.len());
    }
}
