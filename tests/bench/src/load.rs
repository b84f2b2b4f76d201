//! Closed-loop load: so many clients, each asking again as soon as it has its answer.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

use crate::{failure::Failure, wire::Wire};

/// What one client does over and over.
pub trait Work: Send + 'static {
    /// One request and its answer. `false`: this client has nothing more to do.
    fn once(&mut self, wire: &mut Wire) -> impl Future<Output = Result<bool, Failure>> + Send;
}

/// What a load amounted to.
#[derive(Clone, Debug)]
pub struct Measured {
    latencies: Vec<Duration>,
    took: Duration,
}

impl Measured {
    /// Answers per second.
    pub fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.took.as_secs_f64()
    }

    /// The latency that `share` of the requests did not exceed, in milliseconds.
    pub fn quantile(&self, share: f64) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        let at = (last as f64 * share).round() as usize;
        self.latencies.get(at).map_or(f64::NAN, |latency| latency.as_secs_f64() * 1e3)
    }
}

/// A load that runs until it is ended.
#[derive(Debug)]
pub struct Running {
    stop: Arc<AtomicBool>,
    clients: JoinSet<Result<Vec<Duration>, Failure>>,
    began: Instant,
}

impl Running {
    /// Starts one client for each work.
    pub async fn start<W: Work>(address: SocketAddr, works: Vec<W>) -> Result<Self, Failure> {
        let stop = Arc::new(AtomicBool::new(false));
        let mut ready = Vec::with_capacity(works.len());
        for work in works {
            ready.push((work, Wire::open(address).await?));
        }
        let mut clients = JoinSet::new();
        let began = Instant::now();
        for (work, wire) in ready {
            clients.spawn(client(work, wire, stop.clone()));
        }
        Ok(Self { stop, clients, began })
    }

    /// Waits for every client to run out of work.
    pub async fn finish(mut self) -> Result<Measured, Failure> {
        let mut latencies = Vec::new();
        while let Some(ended) = self.clients.join_next().await {
            latencies.extend(ended.map_err(|error| Failure::Other(error.to_string()))??);
        }
        let took = self.began.elapsed();
        latencies.sort_unstable();
        Ok(Measured { latencies, took })
    }

    /// Lets the clients finish what they are at, and no more.
    pub async fn end(self) -> Result<Measured, Failure> {
        self.stop.store(true, Ordering::Relaxed);
        self.finish().await
    }
}

/// Runs a load for `length`, or until nobody has anything more to do.
pub async fn run<W: Work>(address: SocketAddr, works: Vec<W>, length: Duration) -> Result<Measured, Failure> {
    let running = Running::start(address, works).await?;
    let stop = running.stop.clone();
    let clock = tokio::spawn(async move {
        tokio::time::sleep(length).await;
        stop.store(true, Ordering::Relaxed);
    });
    let measured = running.finish().await;
    clock.abort();
    measured
}

async fn client<W: Work>(mut work: W, mut wire: Wire, stop: Arc<AtomicBool>) -> Result<Vec<Duration>, Failure> {
    let mut latencies = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let asked = Instant::now();
        if !work.once(&mut wire).await? {
            break;
        }
        latencies.push(asked.elapsed());
    }
    Ok(latencies)
}
