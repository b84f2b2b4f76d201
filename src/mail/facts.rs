//! What the names in each mail's template stand for.

use secrecy::ExposeSecret;
use time::{OffsetDateTime, macros::format_description};

use super::message::{Guesses, Intervention, Link, Message, Security, Watch};

impl Message {
    /// What the template's names stand for.
    pub(super) fn facts(&self, base_url: &str) -> Vec<(&'static str, String)> {
        match self {
            Self::Invitation { company, inviter, role, token, expires_at } => vec![
                ("company", company.clone()),
                ("inviter", inviter.clone()),
                ("role", role.clone()),
                ("expires_at", moment(*expires_at)),
                ("link", format!("{base_url}/invite#token={}", token.expose_secret())),
            ],
            Self::Welcome { company, full_name } => {
                vec![("company", company.clone()), ("full_name", full_name.clone()), ("link", base_url.into())]
            }
            Self::ForcedLogout { company, full_name, admin, at } => {
                let (company, full_name, admin) = (company.clone(), full_name.clone(), admin.clone());
                Intervention { company, full_name, admin, at: *at }.facts(base_url)
            }
            Self::Spraying { company, full_name, at, ip } => vec![
                ("company", company.clone()),
                ("full_name", full_name.clone()),
                ("at", moment(*at)),
                ("ip", ip.clone()),
                ("link", format!("{base_url}/app/security")),
            ],
            Self::AfterFailures { security, guesses } => {
                security.facts(base_url).into_iter().chain(guesses.facts()).collect()
            }
            Self::AccountGuessed { watch, guesses, ip } => {
                let facts = watch.facts(base_url, "security").into_iter().chain(guesses.facts());
                facts.chain([("ip", ip.clone())]).collect()
            }
            Self::NewAdmin { watch, admin } => {
                watch.facts(base_url, "people").into_iter().chain([("admin", admin.clone())]).collect()
            }
            Self::MfaReset(intervention)
            | Self::Deactivated(intervention)
            | Self::Erased(intervention)
            | Self::MadeAdmin(intervention) => intervention.facts(base_url),
            Self::MfaEnabled(security)
            | Self::MfaDisabled(security)
            | Self::RefreshReused(security)
            | Self::PasswordChanged(security)
            | Self::NewDevice(security) => security.facts(base_url),
            Self::ConfirmAddress { company, full_name, link } => {
                let facts = [("company", company.clone()), ("full_name", full_name.clone())];
                facts.into_iter().chain(link.facts(base_url, "confirm")).collect()
            }
            Self::PasswordReset { security, link } => {
                let facts = security.facts(base_url).into_iter().filter(|fact| fact.0 != "link");
                facts.chain(link.facts(base_url, "reset")).collect()
            }
            Self::NewPasswordDemanded { intervention, link } => {
                let facts = intervention.facts(base_url).into_iter().filter(|fact| fact.0 != "link");
                facts.chain(link.facts(base_url, "reset")).collect()
            }
            Self::AddressChange { company, full_name, address, link } => {
                let (company, full_name) = (("company", company.clone()), ("full_name", full_name.clone()));
                let facts = [company, full_name, ("address", address.clone())];
                facts.into_iter().chain(link.facts(base_url, "confirm")).collect()
            }
            Self::AddressChangeAsked { security, address } | Self::AddressChanged { security, address } => {
                let mut facts = security.facts(base_url);
                facts.push(("address", address.clone()));
                facts
            }
            Self::BackupCodeUsed { security, remaining } => {
                let mut facts = security.facts(base_url);
                facts.push(("remaining", remaining.to_string()));
                facts
            }
        }
    }
}

impl Security {
    fn facts(&self, base_url: &str) -> Vec<(&'static str, String)> {
        vec![
            ("company", self.company.clone()),
            ("full_name", self.full_name.clone()),
            ("at", moment(self.at)),
            ("ip", self.ip.clone()),
            ("device", self.device.clone()),
            ("link", format!("{base_url}/security")),
        ]
    }
}

impl Guesses {
    fn facts(self) -> [(&'static str, String); 2] {
        [("what", self.what.to_owned()), ("failures", self.failures.to_string())]
    }
}

impl Watch {
    fn facts(&self, base_url: &str, page: &str) -> [(&'static str, String); 5] {
        [
            ("company", self.company.clone()),
            ("full_name", self.full_name.clone()),
            ("person", self.person.clone()),
            ("at", moment(self.at)),
            ("link", format!("{base_url}/app/{page}")),
        ]
    }
}

impl Link {
    fn facts(&self, base_url: &str, page: &str) -> [(&'static str, String); 2] {
        let link = format!("{base_url}/{page}#token={}", self.token.expose_secret());
        [("link", link), ("expires_at", moment(self.expires_at))]
    }
}

impl Intervention {
    fn facts(&self, base_url: &str) -> Vec<(&'static str, String)> {
        vec![
            ("company", self.company.clone()),
            ("full_name", self.full_name.clone()),
            ("admin", self.admin.clone()),
            ("at", moment(self.at)),
            ("link", format!("{base_url}/login")),
        ]
    }
}

fn moment(at: OffsetDateTime) -> String {
    let form = format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute] UTC");
    at.to_offset(time::UtcOffset::UTC).format(form).unwrap_or_default()
}
