//! Spraying: one source, or one password, tried on many accounts. No account's own counter sees that, so failures are
//! counted across accounts and companies, on any number of nodes, in the same table.
//!
//! Nothing is stored from which a password could be guessed: its keyed digest is cut to twelve bits, and what is stored
//! is the keyed digest of those: a drawer that holds one password in 4096 tells nothing about the one, and twenty accounts
//! that fail in a quarter of an hour do not meet in the same drawer by chance.

use std::{net::IpAddr, sync::Arc};

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::alert_letters;
use crate::{
    domain::{
        code::Refusal,
        device::source,
        email::NormalEmail,
        event::{Event, Kind, Subject},
        ids::CompanyId,
        lockout::{Debit, Limit, SPRAY_ACCOUNTS, SPRAY_WINDOW},
        principal::Origin,
    },
    tenant::Services,
};

/// Once in a window.
const ONCE: Limit = Limit { tries: 1, window: SPRAY_WINDOW, hard_stop: None };
/// Counted without end.
const COUNTED: Limit = Limit { tries: u32::MAX, window: SPRAY_WINDOW, hard_stop: None };

/// A refused sign-in, as spraying sees it.
pub(super) struct Failure<'a> {
    pub(super) company: CompanyId,
    pub(super) email: &'a NormalEmail,
    pub(super) password: &'a SecretString,
    pub(super) origin: &'a Origin,
}

impl Failure<'_> {
    /// Counts the failure by source and by password, and raises the alarm where too many accounts are meant.
    pub(super) async fn count(&self, services: &Arc<Services>) -> Result<(), Refusal> {
        if let Some(address) = self.origin.ip.as_deref().and_then(|ip| ip.parse::<IpAddr>().ok()) {
            self.count_by(services, "source", source(address).to_string().as_bytes()).await?;
        }
        let digest = services.pepper.digest("spray.drawer", &[self.password.expose_secret().as_bytes()]);
        let drawer = [digest[0], digest[1] & 0xf0];
        self.count_by(services, "password", &drawer).await
    }

    async fn count_by(&self, services: &Arc<Services>, by: &'static str, what: &[u8]) -> Result<(), Refusal> {
        let key = |name: &str, more: &[u8]| services.pepper.digest(name, &[by.as_bytes(), what, more]);
        let account = key("spray.account", self.email.as_str().as_bytes());
        if !is_granted(services.store.debit(account, ONCE).await?) {
            return Ok(());
        }
        let Debit::Granted { tries, .. } = services.store.debit(key("spray.accounts", &[]), COUNTED).await? else {
            return Ok(());
        };
        if tries < SPRAY_ACCOUNTS {
            return Ok(());
        }
        for company in [CompanyId::NOBODY, self.company] {
            let told = key("spray.told", company.0.as_bytes());
            if is_granted(services.store.debit(told, ONCE).await?) {
                self.alarm(services, company, by).await?;
            }
        }
        Ok(())
    }

    /// To the desk, into the log and to the Admins. The platform's own alarm has no mail.
    async fn alarm(&self, services: &Arc<Services>, company: CompanyId, by: &'static str) -> Result<(), Refusal> {
        let (tools, origin) = (services.clone(), self.origin.clone());
        let told = services.store.in_tenant(company, move |tx| {
            Box::pin(async move {
                let event = Event::new(Kind::LoginSpraying, &origin).by_anonymous().about(Subject::company(company));
                let data = json!({ "by": by, "accounts_at_least": SPRAY_ACCOUNTS });
                tx.record(event.with(data)).await?;
                alert_letters::spraying(&tools, tx, &origin).await
            })
        });
        told.await.map(|_| ())
    }
}

fn is_granted(debit: Debit) -> bool {
    matches!(debit, Debit::Granted { .. })
}
