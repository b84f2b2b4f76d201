//! What the machine itself can do: the lines the server is held against.

use std::{
    thread,
    time::{Duration, Instant},
};

use sqlx::{PgPool, postgres::PgPoolOptions};
use voxgate::crypto::password::{Cost, Kernel, Reference};

use crate::failure::Failure;

/// What the server hashes with when nothing is set.
pub(crate) const COST: Cost = Cost { memory_kib: 19456, iterations: 2, parallelism: 1 };

/// Argon2id per second with one thread for each core and nothing else going on: the kernel and costs of the server.
pub(crate) fn hashes_per_second(length: Duration) -> Result<f64, Failure> {
    let began = Instant::now();
    let hash = || {
        let (mut kernel, mut count) = (Reference::default(), 0);
        while began.elapsed() < length {
            kernel.derive(COST, b"Winter-Garden-72-Lamps", b"sixteen bytes of").map_err(|_| ())?;
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
