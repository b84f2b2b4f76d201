//! `voxgate doctor`: looks at everything serving depends on, in the order it is needed, and says what to do about what is
//! wrong. It changes nothing.

mod fleet;

use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, ToSocketAddrs},
    path::PathBuf,
    time::Duration,
};

use secrecy::ExposeSecret;
use time::OffsetDateTime;

use super::{StartError, commands::say, node::store_settings, serve::work_runtime};
use crate::{
    config::{Needs, Settings, Sources},
    crypto::{entropy::system_world, keys::KeyFile},
    store::Store,
    tenant::flows::stale_values,
};

/// Clocks of host and database may differ by this much.
const SKEW: time::Duration = time::Duration::seconds(2);
/// The mail server gets this long to pick up.
const PATIENCE: Duration = Duration::from_secs(3);
/// Sockets, database connections and files of a busy node.
const FILES: u64 = 4096;

/// What was looked at, and what is wrong with it.
type Finding = (&'static str, Result<String, String>);

pub(super) fn run(config: Option<PathBuf>) -> Result<(), StartError> {
    let sources = Sources::of_process(config);
    let (settings, first) = match Settings::load(&sources, Needs::Serving) {
        Ok(settings) => (Some(settings), Ok("all there".to_owned())),
        // What is missing is reported; what is there can still be looked at.
        Err(faults) => (Settings::load(&sources, Needs::Sound).ok(), Err(faults.to_string())),
    };
    let mut findings = vec![("settings", first)];
    if let Some(settings) = &settings {
        findings.push(("addresses", addresses(settings)));
        findings.push(("keys", keys(settings)));
        findings.extend(database(settings)?);
        findings.push(("mail server", mail(settings)));
        findings.push(("port", port(settings)));
    }
    findings.push(("open files", files()));
    let wrong = findings.iter().filter(|(_, found)| found.is_err()).count();
    findings.iter().for_each(tell);
    if wrong == 0 { Ok(()) } else { Err(StartError::Unwell(wrong)) }
}

fn tell((what, found): &Finding) {
    match found {
        Ok(fine) => say(&format!("ok     {what}: {fine}")),
        Err(wrong) => say(&format!("WRONG  {what}: {wrong}")),
    }
}

/// Whether links, tokens and browsers will agree about where the server is.
fn addresses(settings: &Settings) -> Result<String, String> {
    let base = &settings.server.base_url;
    let url = url::Url::parse(base).map_err(|error| format!("server.base_url is no address: {error}"))?;
    let host = url.host_str().unwrap_or_default();
    let local = host == "localhost" || host.trim_matches(['[', ']']).parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    if local && !settings.server.listen.ip().is_loopback() {
        let listen = settings.server.listen;
        return Err(format!(
            "links in mails lead to {base}, which is this machine only, while {listen} listens for others: set \
             server.base_url to the address people use"
        ));
    }
    let issuer = settings.issuer();
    match issuer.parse::<url::Url>() {
        Ok(named) if named.origin() != url.origin() => Err(format!(
            "tokens say {issuer} issued them, but keys are published at {base}/.well-known/jwks.json: whoever looks them up \
             by the issuer finds none. Clear tokens.issuer, or serve that address too"
        )),
        _ => Ok(format!("links lead to {base}, tokens name {issuer}")),
    }
}

fn keys(settings: &Settings) -> Result<String, String> {
    let file = settings.keys.file.as_deref().ok_or("keys.file is not set: run `voxgate keys generate --out FILE`")?;
    let keys = KeyFile::load(file).map_err(|error| error.to_string())?;
    Ok(format!("{} for signing, {} for sealing, readable by their owner only", keys.signing.len(), keys.sealing.len()))
}

fn database(settings: &Settings) -> Result<Vec<Finding>, StartError> {
    if settings.database.app_url.is_none() || settings.database.sequencer_url.is_none() {
        return Ok(Vec::new()); // named among the settings
    }
    let runtime = work_runtime()?;
    let handle = runtime.handle().clone();
    runtime.block_on(async {
        let store = Store::connect(store_settings(settings), handle).await?;
        let mut findings = vec![("database", reach(&store).await)];
        if findings[0].1.is_ok() {
            findings.push(("walls", walls(&store).await));
            findings.push(("clock", clock(&store).await));
        }
        if findings.get(1).is_some_and(|(_, walls)| walls.is_ok()) {
            findings.push(("sealed values", sealed(settings, &store).await));
            findings.push(("nodes", fleet::nodes(settings, &store).await));
            findings.push(("bus", fleet::bus(settings).await));
        }
        Ok(findings)
    })
}

async fn reach(store: &Store) -> Result<String, String> {
    let hint = "Check the addresses in [database] and that PostgreSQL runs";
    store.clock().await.map_err(|error| format!("voxgate_app: {error}. {hint}"))?;
    store.system_clock().await.map_err(|error| format!("voxgate_sequencer: {error}. {hint}"))?;
    Ok("both roles can connect".to_owned())
}

/// Also tells a database that was never migrated.
async fn walls(store: &Store) -> Result<String, String> {
    let faults = store.check_walls().await.map_err(|error| error.to_string())?;
    let named: Vec<_> = faults.iter().map(ToString::to_string).collect();
    if named.is_empty() { Ok("migrated, and companies are walled off".to_owned()) } else { Err(named.join("; ")) }
}

/// Whether the key file holds every key that stored secrets need.
async fn sealed(settings: &Settings, store: &Store) -> Result<String, String> {
    let file = settings.keys.file.as_deref().ok_or("cannot be judged without keys.file")?;
    let keys = KeyFile::load(file).map_err(|_| "cannot be judged without a good key file".to_owned())?;
    let known: Vec<String> = keys.sealing.iter().map(|key| key.id.clone()).collect();
    match stale_values(store, &known).await {
        Ok(0) => Ok("the key file opens all of them".to_owned()),
        Ok(lost) => Err(format!(
            "{lost} were sealed with a key that is not in {}: put the old key file back, then `voxgate keys reseal`",
            file.display()
        )),
        Err(error) => Err(error.to_string()),
    }
}

async fn clock(store: &Store) -> Result<String, String> {
    let world = system_world();
    let before: OffsetDateTime = world.now();
    let there: OffsetDateTime = store.clock().await.map_err(|error| error.to_string())?;
    let middle: OffsetDateTime = before + (world.now() - before) / 2;
    let skew: time::Duration = (there - middle).abs();
    match skew > SKEW {
        true => Err(format!(
            "the database is {:.1} s away from this host: let both follow a time server (chrony, systemd-timesyncd)",
            skew.as_seconds_f64()
        )),
        false => Ok(format!("{} ms away from the database", skew.whole_milliseconds())),
    }
}

fn mail(settings: &Settings) -> Result<String, String> {
    let Some(address) = &settings.mail.smtp_url else {
        return Err("mail.smtp_url is not set: mails wait in the outbox and nobody can be invited".to_owned());
    };
    // The address may hold a password: only host and port are shown.
    let url = url::Url::parse(address.expose_secret()).map_err(|_| "mail.smtp_url is no address".to_owned())?;
    let host = url.host_str().ok_or("mail.smtp_url names no host")?;
    let port = url.port().unwrap_or(if url.scheme() == "smtps" { 465 } else { 25 });
    let shown = format!("{host}:{port}");
    let host = host.trim_matches(['[', ']']);
    let found = (host, port).to_socket_addrs().map_err(|error| format!("{shown} is not found: {error}"))?;
    let mut last = format!("{shown} has no address");
    for address in found {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(_) => return Ok(format!("{shown} answers")),
            Err(error) => last = format!("{shown} does not answer: {error}. Check mail.smtp_url and the firewall"),
        }
    }
    Err(last)
}

fn port(settings: &Settings) -> Result<String, String> {
    let address = settings.server.listen;
    match TcpListener::bind(address) {
        Ok(_) => Ok(format!("{address} is free")),
        Err(error) => served(address).unwrap_or_else(|| {
            Err(format!(
                "{address} cannot be listened on: {error}. Stop what listens there (`ss -ltnp`) or set server.listen"
            ))
        }),
    }
}

/// What a Voxgate that listens there already says about its readiness; nothing where something else listens.
fn served(mut address: SocketAddr) -> Option<Result<String, String>> {
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() });
    }
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    write!(stream, "GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.take(16 * 1024).read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    match head.split(' ').nth(1)? {
        "200" if body.contains("ready") => Some(Ok(format!("a Voxgate listens on {address} already and is ready"))),
        "503" => Some(Err(format!("a Voxgate listens on {address} already and is not ready: {}", body.trim()))),
        _ => None,
    }
}

fn files() -> Result<String, String> {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    match limit {
        Some(limit) if limit < FILES => {
            Err(format!("only {limit} allowed: raise it to {FILES} or more (`ulimit -n`, LimitNOFILE= in systemd)"))
        }
        Some(limit) => Ok(format!("{limit} allowed")),
        None => Ok("no limit".to_owned()),
    }
}
