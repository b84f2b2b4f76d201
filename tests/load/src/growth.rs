//! The same questions with few rows and with many.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use sqlx::{Connection, Executor, PgConnection};
use voxgate_bench::{
    failure::Failure,
    installation::{Installation, Server},
    load,
    people::{self, Person},
    report::say,
    wire::{get, post},
    work::{Refreshes, Same},
};

use crate::stage::CHEAP;

const LENGTH: Duration = Duration::from_secs(4);
/// Clients of each question.
const CLIENTS: usize = 4;

/// How much is added.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// Companies.
    pub(crate) companies: u32,
    /// People.
    pub(crate) people: u32,
    /// Rows of the audit log.
    pub(crate) audit: u32,
}

/// Prints the rates with few rows and with many, and their ratios.
pub(crate) async fn measure(installation: &Installation, size: Size) -> Result<(), Failure> {
    let server = installation.serve(CHEAP)?;
    let people = people::register(server.address, "growth", CLIENTS).await?;
    let mut people = people;
    let small = rates(&server, &mut people).await?;
    let began = Instant::now();
    grow(installation, size).await?;
    say(&format!("{size:?} written in {:.0?}", began.elapsed()))?;
    let large = rates(&server, &mut people).await?;
    for ((what, few), (_, many)) in small.iter().zip(&large) {
        say(&format!("{what}: {few:.0}/s with few rows, {many:.0}/s with many, {:.2}", many / few))?;
    }
    Ok(())
}

/// Questions of each kind a second.
async fn rates(server: &Server, people: &mut [Person]) -> Result<Vec<(&'static str, f64)>, Failure> {
    let mut rates = Vec::new();
    let login: Vec<_> =
        people.iter().map(|one| same("a sign-in", post("/api/auth/login", None, &one.login()))).collect();
    rates.push(("sign-ins, hashing made cheap", load::run(server.address, login, LENGTH).await?.rate()));
    for (what, path) in [
        ("session checks", "/api/auth/session"),
        ("lists of people", "/api/users?limit=50"),
        ("pages of the audit log", "/api/audit-logs?limit=50"),
    ] {
        let works = people.iter().map(|one| same(what, get(path, &one.access))).collect();
        rates.push((what, load::run(server.address, works, LENGTH).await?.rate()));
    }
    rates.push(("refreshes", refreshes(server, people).await?));
    Ok(rates)
}

/// The tokens of the last renewal are kept for the next time.
async fn refreshes(server: &Server, people: &mut [Person]) -> Result<f64, Failure> {
    let clients = people.iter_mut().map(|person| async {
        let mut wire = voxgate_bench::wire::Wire::open(server.address).await?;
        let (mut work, began, mut count) = (Refreshes { token: person.refresh.clone() }, Instant::now(), 0u32);
        while began.elapsed() < LENGTH {
            load::Work::once(&mut work, &mut wire).await?;
            count += 1;
        }
        person.refresh = work.token;
        Ok::<_, Failure>(f64::from(count) / began.elapsed().as_secs_f64())
    });
    Ok(futures_util::future::try_join_all(clients).await?.into_iter().sum())
}

fn same(what: &'static str, request: Vec<u8>) -> Same {
    Same { what, request: Arc::from(request) }
}

/// Rows as the server writes them, but for hashes of the chain: nobody asks for them here.
async fn grow(installation: &Installation, Size { companies, people, audit }: Size) -> Result<(), Failure> {
    let mut owner = PgConnection::connect(&installation.owner_url()).await?;
    owner.execute("SET synchronous_commit = off").await?;
    let firms = "CREATE TEMP TABLE firms AS SELECT gen_random_uuid() AS id, n FROM generate_series(1, $1) n";
    sqlx::raw_sql(sqlx::AssertSqlSafe(firms.replace("$1", &companies.to_string()))).execute(&mut owner).await?;
    let each = |all: u32| (all / companies.max(1)).max(1);
    let sql = format!(
        "INSERT INTO companies (id, slug, name) SELECT id, 'grown-' || n, 'Grown ' || n FROM firms;
         INSERT INTO users (company_id, id, email, email_norm, full_name, role)
           SELECT f.id, gen_random_uuid(), format('p%s@grown-%s.example', p, f.n), format('p%s@grown-%s.example', p, f.n),
             'Somebody', 'user' FROM firms f, generate_series(1, {}) p;
         INSERT INTO audit_logs (company_id, seq, id, at, kind, severity, actor_type, data, personal, prev_hash, hash)
           SELECT f.id, s, gen_random_uuid(), now() - make_interval(secs => s), 'login.succeeded', 'info', 'system', '{{}}',
             decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex')
           FROM firms f, generate_series(1, {}) s;
         ANALYZE",
        each(people),
        each(audit)
    );
    owner.execute(sqlx::AssertSqlSafe(sql)).await?;
    Ok(())
}
