//! The measurements of a run, one after the other. Limits are measured before and after what is held against them, and
//! the mean counts, because a machine is not the same for a whole minute.

use std::{sync::Arc, time::Duration};

use tokio::runtime::Builder;
use voxgate::{
    crypto::{
        entropy::system_world,
        token::{AccessTokens, Grant},
    },
    domain::{
        ids::{CompanyId, SessionId, UserId},
        principal::Role,
    },
};

use crate::{
    ISSUER,
    failure::Failure,
    installation::{self, Installation, Server},
    limits::{commits_per_second, cost_of_a_hash, hashes_per_second},
    load::{self, Running},
    machine, people,
    report::{Bound, Row, markdown, say},
    wire::{Wire, get, post},
    work::{FirstSight, Refreshes, Same, SecondSteps},
};

const SHORT: Duration = Duration::from_secs(2);
const LONG: Duration = Duration::from_secs(5);
/// Sign-ins always in flight.
const SIGN_INS: usize = 64;
/// Clients of session checks.
const CHECKERS: usize = 16;
/// The same during a storm of sign-ins.
const STORM_CHECKERS: usize = 4;
/// Clients of refreshes, second steps and commits.
const WRITERS: usize = 8;
/// People with an authenticator; one second step each.
const ENROLLED: usize = 800;
/// Tokens nobody has shown before.
const FRESH_TOKENS: usize = 60_000;
/// Costs of a hash where hashing is not what is measured.
const CHEAP: &[(&str, &str)] = &[("VOXGATE__PASSWORD__MEMORY_KIB", "64"), ("VOXGATE__PASSWORD__ITERATIONS", "1")];

/// What can be measured by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Part {
    /// Hashing and sign-ins.
    SignIns,
    /// Session checks.
    Checks,
    /// Refreshes and second steps.
    Writes,
}

/// Measures everything, or only one part of it, and prints the report.
pub(crate) fn all(part: Option<Part>) -> Result<(), Failure> {
    let wanted = |this| part.is_none_or(|part| part == this);
    let installation = Installation::make()?;
    // One thread: the client must not take more of the machine than it needs.
    let runtime = Builder::new_current_thread().enable_all().build().map_err(Failure::system("a runtime"))?;
    let mut rows = Vec::new();
    runtime.block_on(async {
        installation.migrate().await?;
        if wanted(Part::SignIns) {
            sign_ins(&installation, &mut rows).await?;
        }
        let server = installation.serve(CHEAP)?;
        if wanted(Part::Checks) {
            checks(&installation, &server, &mut rows).await?;
        }
        if wanted(Part::Writes) {
            writes(&installation, &server, &mut rows).await?;
        }
        Ok::<_, Failure>(())
    })?;
    let mut facts = machine::facts();
    facts.push(("PostgreSQL", installation.postgres()?));
    say(&markdown(&facts, &rows))
}

/// Whole sign-ins against bare hashes, and session checks while they rage.
async fn sign_ins(installation: &Installation, rows: &mut Vec<Row>) -> Result<(), Failure> {
    say("Sign-ins ...")?;
    let server = installation.serve(&[])?;
    let people = people::register(server.address, "first", SIGN_INS).await?;
    let works = || -> Vec<Same> {
        people.iter().map(|person| same("a sign-in", &post("/api/auth/login", None, &person.login()))).collect()
    };
    let before = hashes_per_second(SHORT)?;
    let logins = load::run(server.address, works(), LONG).await?;
    let limit = (before + hashes_per_second(SHORT)?) / 2.0;
    let (cpu, reference) = cost_of_a_hash()?;
    rows.push(Row {
        what: "CPU of one hash",
        measured: format!("{cpu:.1} ms"),
        against: format!("{reference:.1} ms by the crate `argon2`"),
        ratio: cpu / reference,
        bound: Bound::Most(1.0, 0.6),
    });
    rows.push(Row {
        what: "password sign-ins/s, 64 in flight",
        measured: format!("{:.0}/s", logins.rate()),
        against: format!("{limit:.0} bare Argon2id/s"),
        ratio: logins.rate() / limit,
        bound: Bound::Least(0.70, 0.85),
    });
    let check = vec![same("a session check", &get("/api/auth/session", &people[0].access)); STORM_CHECKERS];
    let alone = load::run(server.address, check.clone(), SHORT).await?;
    let storm = Running::start(server.address, works()).await?;
    let stormy = load::run(server.address, check, LONG).await?;
    storm.end().await?;
    rows.push(Row {
        what: "session check p99 during 64 sign-ins",
        measured: format!("{:.2} ms", stormy.quantile(0.99)),
        against: format!("{:.2} ms alone", alone.quantile(0.99)),
        ratio: stormy.quantile(0.99) / alone.quantile(0.99),
        bound: Bound::Most(5.0, 2.5),
    });
    rows.push(Row {
        what: "session checks/s during 64 sign-ins",
        measured: format!("{:.0}/s", stormy.rate()),
        against: format!("{:.0}/s alone", alone.rate()),
        ratio: stormy.rate() / alone.rate(),
        bound: Bound::Least(0.60, 0.60),
    });
    Ok(())
}

/// Session checks against a handler that does nothing.
async fn checks(installation: &Installation, server: &Server, rows: &mut Vec<Row>) -> Result<(), Failure> {
    say("Session checks ...")?;
    let person = people::register(server.address, "check", 1).await?.remove(0);
    let request = get("/api/auth/session", &person.access);
    let file = tempfile::NamedTempFile::new().map_err(Failure::system("a file"))?;
    let kept = answer(server, &request).await?;
    std::fs::write(file.path(), kept).map_err(Failure::system("a file"))?;
    let bare = installation::bare(file.path())?;
    let works = vec![same("a session check", &request); CHECKERS];
    let before = load::run(bare.address, works.clone(), SHORT).await?.rate();
    let known = load::run(server.address, works.clone(), LONG).await?.rate();
    let fresh = load::run(server.address, first_sights(installation)?, LONG).await?.rate();
    let limit = (before + load::run(bare.address, works, SHORT).await?.rate()) / 2.0;
    for (what, rate, bound) in [
        ("session checks/s, token seen before", known, Bound::Least(0.60, 0.80)),
        ("session checks/s, token never seen", fresh, Bound::Least(0.20, 0.28)),
    ] {
        let (measured, against) = (format!("{rate:.0}/s"), format!("{limit:.0} bare answers/s"));
        rows.push(Row { what, measured, against, ratio: rate / limit, bound });
    }
    Ok(())
}

/// The answer to a session check as the bare handler shall give it: what actix-web adds by itself is left out.
async fn answer(server: &Server, request: &[u8]) -> Result<String, Failure> {
    let mut wire = Wire::open(server.address).await?;
    let answer = wire.ask(request).await?.expect("a session check", 200)?;
    let own = |line: &&str| !line.starts_with("content-length") && !line.starts_with("date");
    let head: Vec<&str> = answer.head.trim_end().lines().skip(1).filter(own).collect();
    Ok(format!("{}\n\n{}", head.join("\n"), String::from_utf8_lossy(answer.body)))
}

/// Tokens signed with the installation's own key: the door asks for a signature and for revocations.
fn first_sights(installation: &Installation) -> Result<Vec<FirstSight>, Failure> {
    let (world, hour) = (system_world(), time::Duration::HOUR);
    let tokens = AccessTokens::new(installation.keys(), ISSUER, "voxgate", hour);
    let tokens = tokens.map_err(|error| Failure::Other(error.to_string()))?;
    let now = world.now();
    let request = |_| {
        let grant = Grant {
            user: world.id::<UserId>(),
            company: world.id::<CompanyId>(),
            session: world.id::<SessionId>(),
            role: Role::User,
            amr: vec!["pwd".into()],
            auth_time: now,
            epoch: 1,
            company_epoch: 1,
            session_expires_at: now + hour,
            token_id: world.id(),
        };
        let issued = tokens.issue(&grant, now).map_err(|error| Failure::Other(error.to_string()))?;
        Ok::<_, Failure>(get("/api/auth/session", &issued.token))
    };
    let client = |_| {
        Ok(FirstSight {
            requests: (0..FRESH_TOKENS / CHECKERS).map(request).collect::<Result<Vec<_>, _>>()?.into_iter(),
        })
    };
    (0..CHECKERS).map(client).collect()
}

/// Refreshes and second steps against the plainest thing a database can commit.
async fn writes(installation: &Installation, server: &Server, rows: &mut Vec<Row>) -> Result<(), Failure> {
    say("Refreshes and second steps ...")?;
    let (url, writers) = (installation.owner_url(), u32::try_from(WRITERS).unwrap_or(8));
    let before = commits_per_second(&url, writers, SHORT).await?;
    let people = people::register(server.address, "refresh", WRITERS).await?;
    let works = people.into_iter().map(|person| Refreshes { token: person.refresh }).collect();
    let refreshes = load::run(server.address, works, LONG).await?;
    let mut pending: Vec<Vec<_>> = (0..WRITERS).map(|_| Vec::new()).collect();
    for (number, step) in people::pending(server.address, ENROLLED).await?.into_iter().enumerate() {
        pending[number % WRITERS].push(step);
    }
    let works = pending.into_iter().map(|steps| SecondSteps { pending: steps.into_iter() }).collect();
    let steps = load::run(server.address, works, LONG).await?;
    let limit = (before + commits_per_second(&url, writers, SHORT).await?) / 2.0;
    for (what, rate, bound) in [
        ("refreshes/s, 8 clients", refreshes.rate(), Bound::Least(0.30, 0.50)),
        ("second steps/s, 8 clients", steps.rate(), Bound::Least(0.25, 0.45)),
    ] {
        let (measured, against) = (format!("{rate:.0}/s"), format!("{limit:.0} updates with commit/s"));
        rows.push(Row { what, measured, against, ratio: rate / limit, bound });
    }
    Ok(())
}

fn same(what: &'static str, request: &[u8]) -> Same {
    Same { what, request: Arc::from(request) }
}
