//! `voxgate service-credential …`: the keys of services, by the operator's hand. The same flows, rules and audit rows as over
//! HTTP; keys of the whole installation are made here alone, and their rows stand in the platform's own log.

use std::{fmt::Write, path::PathBuf};

use secrecy::ExposeSecret;

use super::{
    StartError,
    audit::named_company,
    commands::say,
    operator::{refused, with_node},
};
use crate::{
    cli::{CreateServiceCredential as Create, ServiceCredentialCommand, Whose},
    domain::{
        code::Refusal,
        ids::{CompanyId, ServiceCredentialId},
        page::Page,
        principal::Origin,
        service::{Reach, Scope, Wish, overlap},
    },
    tenant::{
        Tenants,
        flows::{
            CreateServiceCredential, IssuedCredential, Keeper, RevokeServiceCredential, RotateServiceCredential,
            ServiceCredentialView,
        },
    },
};

/// More than a company can have alive; ended ones beyond it are not shown.
const SHOWN: u64 = 200;

pub(super) fn run(config: Option<PathBuf>, command: ServiceCredentialCommand) -> Result<(), StartError> {
    let said = with_node(config, async move |tenants| match command {
        ServiceCredentialCommand::Create(args) => create(&tenants, args).await,
        ServiceCredentialCommand::List { whose } => list(&tenants, &whose).await,
        ServiceCredentialCommand::Rotate { whose, id, overlap_seconds } => {
            rotate(&tenants, &whose, id.into(), overlap_seconds).await
        }
        ServiceCredentialCommand::Revoke { whose, id } => revoke(&tenants, &whose, id.into()).await,
    })?;
    say(&said);
    Ok(())
}

async fn create(tenants: &Tenants, args: Create) -> Result<String, StartError> {
    let what = || format!("the key of {} was not made", args.name);
    let by = Keeper::Operator(reach(tenants, &args.whose).await?);
    let scopes = args.scopes.iter().map(|name| Scope::parse(name)).collect::<Option<Vec<_>>>();
    let scopes = scopes.ok_or(StartError::Choose("give --scope introspect, --scope revocations:read, or both"))?;
    let wish = Wish::check(&args.name, &scopes, args.expires_in_days).map_err(Refusal::fields);
    let wish = wish.map_err(|refusal| refused(what(), refusal))?;
    let origin = Origin::of_command("voxgate service-credential create");
    let issued = tenants.run(CreateServiceCredential { by, wish, origin, once: None }).await;
    Ok(shown("Made", &issued.map_err(|refusal| refused(what(), refusal))?))
}

async fn rotate(
    tenants: &Tenants,
    whose: &Whose,
    credential: ServiceCredentialId,
    seconds: Option<u64>,
) -> Result<String, StartError> {
    let what = || format!("the key {credential} was not replaced");
    let by = Keeper::Operator(reach(tenants, whose).await?);
    let overlap = overlap(seconds).map_err(|field| refused(what(), field.into()))?;
    let origin = Origin::of_command("voxgate service-credential rotate");
    let issued = tenants.run(RotateServiceCredential { by, credential, overlap, origin }).await;
    Ok(shown("Replaced", &issued.map_err(|refusal| refused(what(), refusal))?))
}

async fn revoke(tenants: &Tenants, whose: &Whose, credential: ServiceCredentialId) -> Result<String, StartError> {
    let by = Keeper::Operator(reach(tenants, whose).await?);
    let origin = Origin::of_command("voxgate service-credential revoke");
    let revoked = tenants.run(RevokeServiceCredential { by, credential, origin }).await;
    revoked.map_err(|refusal| refused(format!("the key {credential} was not revoked"), refusal))?;
    Ok(format!("Revoked {credential}. Every node refuses it from its next request on."))
}

async fn list(tenants: &Tenants, whose: &Whose) -> Result<String, StartError> {
    let reach = reach(tenants, whose).await?;
    let page = Page { limit: SHOWN, cursor: None };
    let read = tenants.store().in_tenant(reach.holder(), move |tx| Box::pin(tx.list_service_credentials(page)));
    let items = read.await?.into_inner().items;
    let mut said = format!("{} keys.", items.len());
    for item in items {
        let item = ServiceCredentialView::from(item);
        // Writing to text does not fail.
        let _ = write!(said, "\n{}", line(&item));
    }
    Ok(said)
}

/// Whose keys. A company that is named by an id that nobody has gets none: the flow looks it up.
async fn reach(tenants: &Tenants, whose: &Whose) -> Result<Reach, StartError> {
    let Some(named) = &whose.company else { return Ok(Reach::Installation) };
    match named_company(tenants.store(), named).await? {
        CompanyId::NOBODY => Err(StartError::NoCompany(named.clone())),
        company => Ok(Reach::Company(company)),
    }
}

fn line(item: &ServiceCredentialView) -> String {
    let scopes: Vec<_> = item.scopes.iter().map(|scope| scope.as_str()).collect();
    let state = match (item.revoked_at, item.expires_at) {
        (Some(at), _) => format!("revoked {at}"),
        (None, Some(at)) => format!("until {at}"),
        (None, None) => "without an end".to_owned(),
    };
    let used = item.last_used_at.map_or("never used".to_owned(), |at| format!("used {at}"));
    format!("{}  {}  {}  {state}  {used}", item.id, item.name, scopes.join(" "))
}

/// What was done, and the key alone on the last line, for scripts.
fn shown(done: &str, issued: &IssuedCredential) -> String {
    let secret = issued.secret.expose_secret();
    format!("{done} the key. It is shown this once:\n{}\n{secret}", line(&issued.credential))
}
