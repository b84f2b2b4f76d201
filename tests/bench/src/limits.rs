//! What the machine itself can do: the lines the server is held against.

use std::{
    thread,
    time::{Duration, Instant},
};

use rustix::time::{ClockId, clock_gettime};
use sqlx::{PgPool, postgres::PgPoolOptions};
use voxgate::crypto::{
    entropy::system_world,
    password::{Kernel, Reference, Settings},
};

use crate::failure::Failure;

/// Argon2id per second with one thread for each core and nothing else going on: the kernel and costs of the server.
pub(crate) fn hashes_per_second(length: Duration) -> Result<f64, Failure> {
    let began = Instant::now();
    let hash = || {
        let (mut kernel, mut count) = (usual_kernel().map_err(|_| ())?, 0);
        while began.elapsed() < length {
            hash_once(kernel.as_mut()).map_err(|_| ())?;
            count += 1;
        }
        Ok::<usize, ()>(count)
    };
    let done: usize = thread::scope(|scope| {
        let threads: Vec<_> = (0..cores()).map(|_| scope.spawn(hash)).collect();
        threads.into_iter().map(|thread| thread.join().ok().and_then(Result::ok).unwrap_or_default()).sum()
    });
    match done {
        0 => Err(Failure::Other("no hash was made".into())),
        done => Ok(done as f64 / began.elapsed().as_secs_f64()),
    }
}

/// CPU time of one hash in milliseconds: of the server's kernel, and of the crate `argon2`. Both by turns, the least of many
/// counts: whatever else runs on the machine only adds.
pub(crate) fn cost_of_a_hash() -> Result<(f64, f64), Failure> {
    let (mut usual, mut reference) = (usual_kernel()?, Reference::default());
    let mut least = (f64::MAX, f64::MAX);
    for _ in 0..ROUNDS {
        least.0 = least.0.min(cpu_of(usual.as_mut())?);
        least.1 = least.1.min(cpu_of(&mut reference)?);
    }
    Ok(least)
}

const ROUNDS: usize = 25;

fn cpu_of(kernel: &mut dyn Kernel) -> Result<f64, Failure> {
    let now = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
    };
    let before = now();
    hash_once(kernel)?;
    Ok(now() - before)
}

fn usual_kernel() -> Result<Box<dyn Kernel>, Failure> {
    Settings::default().kernel(&system_world()).map_err(|error| Failure::Other(error.to_string()))
}

fn hash_once(kernel: &mut dyn Kernel) -> Result<(), Failure> {
    let hash = kernel.derive(Settings::default().cost(), b"Winter-Garden-72-Lamps", b"sixteen bytes of");
    hash.map(|_| ()).map_err(|error| Failure::Other(error.to_string()))
}

/// Cores of this machine.
pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// `UPDATE … WHERE id = …` with its commit, each client on a row and a connection of its own, as `pgbench` would.
pub(crate) async fn commits_per_second(url: &str, clients: u32, length: Duration) -> Result<f64, Failure> {
    let pool = PgPoolOptions::new().max_connections(clients).connect(url).await?;
    sqlx::query("CREATE TABLE IF NOT EXISTS bench_rows (id int PRIMARY KEY, n bigint NOT NULL)").execute(&pool).await?;
    let rows = "INSERT INTO bench_rows SELECT id, 0 FROM generate_series(0, 1000) id ON CONFLICT DO NOTHING";
    sqlx::query(rows).execute(&pool).await?;
    let (began, mut running) = (Instant::now(), tokio::task::JoinSet::new());
    for client in 0..clients {
        running.spawn(updates(pool.clone(), client, began + length));
    }
    let mut done = 0;
    while let Some(ended) = running.join_next().await {
        done += ended.map_err(|error| Failure::Other(error.to_string()))??;
    }
    let rate = f64::from(done) / began.elapsed().as_secs_f64();
    pool.close().await;
    Ok(rate)
}

async fn updates(pool: PgPool, client: u32, until: Instant) -> Result<u32, Failure> {
    let mut connection = pool.acquire().await?;
    let mut done = 0;
    while Instant::now() < until {
        let row = i32::try_from(client).unwrap_or_default();
        sqlx::query("UPDATE bench_rows SET n = n + 1 WHERE id = $1").bind(row).execute(&mut *connection).await?;
        done += 1;
    }
    Ok(done)
}
