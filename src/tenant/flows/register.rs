//! A company registers: the company, its first Admin, and their first session.

use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    counters, email_check, letters,
    once::{self, Once},
    opening::{Opening, open_session},
    password_rule::{self, Chooser},
    views::{Client, CompanyView, SignedIn},
};
use crate::{
    domain::{
        code::{Code, FieldError, Refusal},
        company::Policy,
        email::NormalEmail,
        event::{Event, Kind, Subject},
        ids::{CompanyId, UserId},
        lockout::{Debit, Limit},
        names,
        principal::{Origin, Role},
        slug::{Slug, slug},
    },
    store::{NewCompany, NewUser, TenantTx},
    tenant::{Command, Place, Services, Tenants},
};

/// Companies one address may found: nobody can flood a stranger's mailbox with welcomes.
const FOUNDINGS: Limit = Limit { tries: 10, window: Duration::from_secs(3600), hard_stop: None };

/// Short names tried after the obvious one is taken.
const SLUGS_TRIED: u32 = 8;

/// Found a company.
#[derive(Debug)]
pub struct Register {
    /// Its name.
    pub company_name: String,
    /// Its short name at sign-in; made from the name if absent.
    pub company_slug: Option<String>,
    /// The first Admin's name.
    pub full_name: String,
    /// Their address.
    pub email: String,
    /// Their password.
    pub password: SecretString,
    /// How the tokens are taken.
    pub client: Client,
    /// From where.
    pub origin: Origin,
    /// What makes it the same request when it is sent again.
    pub once: Option<Once>,
}

/// A founded company.
#[derive(Debug, Serialize, Deserialize)]
pub struct Registered {
    /// The company.
    pub company: CompanyView,
    /// Its Admin, signed in.
    pub signed_in: SignedIn,
}

/// Everything checked, nothing written.
#[derive(Clone)]
struct Application {
    company: NewCompany,
    slug_was_chosen: bool,
    email: NormalEmail,
    typed_email: String,
    full_name: String,
}

impl Command for Register {
    type Output = Registered;
    const NAME: &'static str = "register";

    async fn place(&self, services: &Services) -> Result<Place, Refusal> {
        // The company is not there yet; the lane only keeps one address from founding in parallel.
        match NormalEmail::parse(&self.email) {
            Ok(email) => Ok(Place { company: CompanyId::NOBODY, lane: counters::lane(services, &email) }),
            Err(fault) => Err(self.check(services).await.err().unwrap_or_else(|| fault.into())),
        }
    }

    async fn perform(self, _: Place, tenants: Tenants) -> Result<Registered, Refusal> {
        let services = tenants.services();
        if let Some(answer) = once::answered(services, self.once.as_ref()).await? {
            return Ok(answer);
        }
        let mut application = self.check(services).await?;
        let hash = SecretString::from(services.hasher.hash(self.password.clone()).await?);
        let mut others = SLUGS_TRIED;
        loop {
            match found(&tenants, application.clone(), hash.clone(), &self).await {
                Err(refusal) if refusal.code == Code::Conflict && application.slug_was_chosen => {
                    let message = "Another company has this short name. Choose a different one.";
                    return Err(Refusal {
                        fields: vec![FieldError::new("/company_slug", "taken", message)],
                        ..Code::Conflict.into()
                    });
                }
                Err(refusal) if refusal.code == Code::Conflict && others > 0 => {
                    others -= 1;
                    application.vary_slug(services);
                }
                outcome => return outcome,
            }
        }
    }
}

impl Register {
    /// Checks every field before any work, and names all that are wrong.
    async fn check(&self, services: &Services) -> Result<Application, Refusal> {
        let mut wrong = Vec::new();
        let name = names::company_name(&self.company_name).map_err(|field| wrong.push(field)).unwrap_or_default();
        let full_name = names::person_name(&self.full_name).map_err(|field| wrong.push(field)).unwrap_or_default();
        let short = match &self.company_slug {
            Some(chosen) => Slug::parse(chosen).map_err(|field| wrong.push(field)).ok(),
            None => Some(slug(&name)),
        };
        let email = NormalEmail::parse(&self.email).map_err(|field| wrong.push(field)).ok();
        let chooser = Chooser {
            email: &self.email,
            company: &self.company_name,
            full_name: &self.full_name,
            policy: Policy::default(),
        };
        wrong.extend(password_rule::faults(services, &self.password, chooser).await?);
        match (short, email) {
            (Some(short), Some(email)) if wrong.is_empty() => Ok(Application {
                company: NewCompany { id: services.world.id(), slug: short.as_str().to_owned(), name },
                slug_was_chosen: self.company_slug.is_some(),
                email,
                typed_email: self.email.trim().to_owned(),
                full_name,
            }),
            _ => Err(Refusal::fields(wrong)),
        }
    }
}

impl Application {
    /// Another slug of the same name, when the obvious one is taken.
    fn vary_slug(&mut self, services: &Services) {
        let number = u32::from(u16::from_be_bytes(services.world.bytes()));
        self.company.slug = slug(&self.company.name).numbered(number).as_str().to_owned();
        self.company.id = services.world.id();
    }
}

/// Company, Admin, session and events: one transaction in the new company's own context.
async fn found(
    tenants: &Tenants,
    application: Application,
    hash: SecretString,
    asked: &Register,
) -> Result<Registered, Refusal> {
    let services = tenants.services().clone();
    let store = services.store.clone();
    let (client, origin, once) = (asked.client, asked.origin.clone(), asked.once.clone());
    let founded = store.in_tenant(application.company.id, move |tx| {
        Box::pin(async move {
            once::claim(&services, tx, once.as_ref()).await?;
            tx.insert_company(&application.company).await?;
            if let Debit::Exhausted { retry_after } =
                tx.debit(counters::foundings(&services, &application.email), FOUNDINGS).await?
            {
                return Err(Refusal::from(Code::TooManyAttempts).after(retry_after));
            }
            let id: UserId = services.world.id();
            insert_admin(tx, id, &application, &hash).await?;
            let user = tx.user(id).await?.ok_or(Code::Internal)?;
            let opening = Opening { user: &user, second_factor: false, client, origin: &origin };
            let opened = open_session(&services, tx, opening).await?.ok_or(Code::Internal)?;
            let event = Event::new(Kind::CompanyRegistered, &origin).by(id).in_session(opened.session);
            let event = event.about(Subject::company(application.company.id));
            tx.record(event.with(json!({ "name": application.company.name }))).await?;
            letters::welcome(&services, tx, &user).await?;
            email_check::ask(&services, tx, &user).await?;
            let company = tx.company().await?.ok_or(Code::Internal)?;
            let registered = Registered { company: company.into(), signed_in: opened.signed_in };
            once::keep(&services, tx, once.as_ref(), &registered).await?;
            Ok::<_, Refusal>(registered)
        })
    });
    Ok(founded.await?.into_inner())
}

async fn insert_admin(
    tx: &TenantTx,
    id: UserId,
    application: &Application,
    hash: &SecretString,
) -> Result<(), Refusal> {
    tx.insert_user(&NewUser {
        id,
        email: application.typed_email.clone(),
        email_norm: application.email.as_str().to_owned(),
        full_name: application.full_name.clone(),
        password_hash: Some(hash.clone()),
        role: Role::Admin,
        email_verified_at: None,
    })
    .await?;
    Ok(())
}
