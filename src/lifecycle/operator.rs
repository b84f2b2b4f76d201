//! What the operator of an installation does by hand: create a company, throw a person out, take a second factor away. The same flows, rules and
//! audit rows as over HTTP.

use std::{
    io::{BufRead, stdin},
    path::PathBuf,
    time::Duration,
};

use secrecy::{ExposeSecret, SecretString};

use super::{
    Node, StartError,
    commands::say,
    serve::{load, load_keys, work_runtime},
};
use crate::{
    cli::{CompanyCommand, CreateCompany, UserCommand, Who},
    config::Needs,
    domain::{
        code::Refusal,
        email::NormalEmail,
        ids::{CompanyId, UserId},
        principal::{Enroller, Origin},
    },
    tenant::{
        Tenants,
        flows::{Client, EraseUser, Eraser, Logout, LogoutScope, OperatorLogout, OperatorMfaReset, Register},
    },
};

pub(super) fn company(config: Option<PathBuf>, command: CompanyCommand) -> Result<(), StartError> {
    let CompanyCommand::Create(args) = command;
    let password = password()?;
    let said = with_node(config, async move |tenants| {
        let what = format!("the company {} was not created", args.name);
        create(&tenants, args, password).await.map_err(|refusal| refused(what, refusal))
    })?;
    say(&said);
    Ok(())
}

/// Registers, and ends the session that registering opens: nobody holds its tokens.
async fn create(tenants: &Tenants, args: CreateCompany, password: SecretString) -> Result<String, Refusal> {
    let origin = Origin::of_command("voxgate company create");
    let registered = tenants
        .run(Register {
            company_name: args.name,
            company_slug: args.slug,
            full_name: args.admin_name,
            email: args.admin_email,
            password,
            client: Client::Api,
            origin: origin.clone(),
            once: None,
        })
        .await?;
    let principal = tenants.door().admit(registered.signed_in.access.access_token.expose_secret()).await?;
    let by = Enroller::SignedIn(principal);
    tenants.run(Logout { by, scope: LogoutScope::This, origin }).await?;
    let (company, admin) = (registered.company, registered.signed_in.user);
    Ok(format!("Created {} ({}) with its first Admin {}.", company.name, company.slug, admin.email))
}

/// One line of standard input: on the command line a password would be seen by everybody on the machine.
fn password() -> Result<SecretString, StartError> {
    let mut line = String::new();
    let read = stdin().lock().read_line(&mut line);
    read.map_err(|error| StartError::System { what: "the password cannot be read from standard input", error })?;
    let password = line.trim_end_matches(['\r', '\n']);
    match password.is_empty() {
        true => Err(StartError::Choose("give the Admin's password on standard input: … < password.txt")),
        false => Ok(password.to_owned().into()),
    }
}

pub(super) fn user(config: Option<PathBuf>, command: UserCommand) -> Result<(), StartError> {
    let said = with_node(config, async move |tenants| match command {
        UserCommand::ForceLogout(who) => force_logout(&tenants, who).await,
        UserCommand::ResetMfa(who) => reset_mfa(&tenants, who).await,
        UserCommand::Erase { company, email } => erase(&tenants, Who { company, email, reason: None }).await,
    })?;
    say(&said);
    Ok(())
}

async fn force_logout(tenants: &Tenants, who: Who) -> Result<String, StartError> {
    let what = format!("{} was not signed out", who.email);
    let (company, user) = account(tenants, &who, &what).await?;
    let ended = tenants.run(OperatorLogout { company, user, reason: who.reason }).await;
    let ended = ended.map_err(|refusal| refused(what, refusal))?;
    Ok(format!("Signed {} out of {ended} sessions. Every node refuses their tokens within seconds.", who.email))
}

async fn reset_mfa(tenants: &Tenants, who: Who) -> Result<String, StartError> {
    let what = format!("the second factor of {} was not removed", who.email);
    let (company, user) = account(tenants, &who, &what).await?;
    let ended = tenants.run(OperatorMfaReset { company, user, reason: who.reason }).await;
    let ended = ended.map_err(|refusal| refused(what, refusal))?;
    Ok(format!("Removed the second factor of {} and ended {ended} sessions. A new one can be set up.", who.email))
}

async fn erase(tenants: &Tenants, who: Who) -> Result<String, StartError> {
    let what = format!("{} was not erased", who.email);
    let (company, user) = account(tenants, &who, &what).await?;
    let origin = Origin::of_command("voxgate user erase");
    let erased = tenants.run(EraseUser { by: Eraser::Operator(company), user, origin }).await;
    let ended = erased.map_err(|refusal| refused(what, refusal))?;
    Ok(format!(
        "Erased {} and ended {ended} sessions. What is personal in the audit log goes within seconds.",
        who.email
    ))
}

async fn account(tenants: &Tenants, who: &Who, what: &str) -> Result<(CompanyId, UserId), StartError> {
    let normal = NormalEmail::parse(&who.email).map_err(|field| refused(what.to_owned(), field.into()))?;
    let found = tenants.store().find_account(normal.as_str(), Some(&who.company)).await?;
    found.ok_or_else(|| StartError::NoAccount { email: who.email.clone(), company: who.company.clone() })
}

pub(super) fn refused(what: String, refusal: Refusal) -> StartError {
    let fields: Vec<_> = refusal.fields.iter().map(|field| format!("{} {}", field.pointer, field.message)).collect();
    match fields.is_empty() {
        true => StartError::Refused { what, refusal },
        false => StartError::Refused { what: format!("{what}: {}", fields.join(" ")), refusal },
    }
}

/// The other nodes are told at once if the bus is there within this time; else they look within a second.
const BUS_PATIENCE: Duration = Duration::from_millis(500);

/// Does one thing on a node that serves nobody.
pub(super) fn with_node<T>(
    config: Option<PathBuf>,
    work: impl AsyncFnOnce(Tenants) -> Result<T, StartError>,
) -> Result<T, StartError> {
    let settings = load(config, Needs::Serving)?;
    let keys = load_keys(&settings)?;
    let runtime = work_runtime()?;
    let handle = runtime.handle().clone();
    actix::System::new().block_on(async move {
        let node = Node::start(&settings, &keys, handle).await?;
        node.nodes.hears_others(BUS_PATIENCE).await;
        let done = work(node.tenants.clone()).await;
        node.stop().await;
        done
    })
}
