//! The demo companies, created where they are missing; on request one of them comes to life.

mod stage;
pub(super) mod traffic;

use std::path::PathBuf;

use secrecy::SecretString;
use serde_json::json;

use super::{
    Node, StartError,
    commands::say,
    serve::{load, load_keys, work_runtime},
};
use crate::{
    cli::SeedArgs,
    config::Needs,
    dev::demo::{COMPANIES, Company, PASSWORD},
    domain::{
        code::Refusal,
        email::NormalEmail,
        event::{Event, Kind, Subject},
        ids::{CompanyId, UserId},
        principal::Origin,
    },
    store::{NewCompany, NewUser},
    tenant::Tenants,
};

pub(super) fn run(config: Option<PathBuf>, args: SeedArgs) -> Result<(), StartError> {
    let settings = load(config, Needs::Serving)?;
    if !(settings.server.is_private() || args.with_public_passwords) {
        return Err(StartError::Public(settings.server.base_url));
    }
    let keys = load_keys(&settings)?;
    let runtime = work_runtime()?;
    let handle = runtime.handle().clone();
    actix::System::new().block_on(async move {
        let node = Node::start(&settings, &keys, handle).await?;
        seed(&node.tenants).await
    })?;
    say("The demo companies are there.");
    Ok(())
}

/// Creates what is missing of the demo companies; touches nothing that is there.
pub(super) async fn seed(tenants: &Tenants) -> Result<(), StartError> {
    for company in COMPANIES {
        let seeded = seed_company(tenants, company).await;
        seeded.map_err(|refusal| StartError::Refused { what: format!("seeding {}", company.name), refusal })?;
    }
    Ok(())
}

async fn seed_company(tenants: &Tenants, company: &'static Company) -> Result<(), Refusal> {
    let admin = NormalEmail::parse(company.people[0].email)?;
    if tenants.store().find_account(admin.as_str(), Some(company.slug)).await?.is_some() {
        return Ok(());
    }
    let services = tenants.services().clone();
    let mut people = Vec::new();
    for person in company.people {
        people.push((person, services.hasher.hash(SecretString::from(PASSWORD)).await?));
    }
    let id: CompanyId = services.world.id();
    let store = services.store.clone();
    let founded = store.in_tenant(id, move |tx| {
        Box::pin(async move {
            tx.insert_company(&NewCompany { id, slug: company.slug.into(), name: company.name.into() }).await?;
            let founded = Event::new(Kind::CompanyRegistered, &Origin::default()).about(Subject::company(id));
            tx.record(founded.with(json!({ "name": company.name, "demo": true }))).await?;
            for (person, hash) in people {
                let user: UserId = services.world.id();
                tx.insert_user(&NewUser {
                    id: user,
                    email: person.email.into(),
                    email_norm: NormalEmail::parse(person.email)?.as_str().into(),
                    full_name: person.full_name.into(),
                    password_hash: Some(SecretString::from(hash)),
                    role: person.role,
                    email_verified_at: Some(services.world.now()),
                })
                .await?;
                let joined = Event::new(Kind::UserJoined, &Origin::default()).about(Subject::user(user));
                tx.record(joined.with(json!({ "role": person.role, "demo": true }))).await?;
            }
            Ok::<_, Refusal>(())
        })
    });
    founded.await.map(|_| ())
}
