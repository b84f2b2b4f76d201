//! Passwords at rest: Argon2id (RFC 9106) behind a small trait, on threads of its own.
//!
//! A hash costs 19 MiB and some milliseconds, a hundred at once would starve everything else. So a few threads of low
//! priority hash with memory they keep, a bounded queue stands before them, and whoever finds it full or waits too long is
//! told to come back later. To use another implementation: a [`Kernel`], checked against [`Reference`] by `choice`.

mod choice;
mod fast;
mod kernel;
mod phc;
mod pool;

use std::{sync::Arc, time::Duration};

use secrecy::{ExposeSecret, SecretString};

pub use choice::Choice;
pub use fast::Fast;
pub use kernel::{Cost, Kernel, KernelError, Reference};

use crate::domain::{
    code::{Code, Refusal},
    password::normalise,
    world::World,
};
use pool::Pool;

/// How passwords are hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Memory of one hash in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
    /// Lanes.
    pub parallelism: u32,
    /// Hashing threads; as many as there are cores at most makes sense.
    pub threads: usize,
    /// Jobs that may wait beside those that run.
    pub queue: usize,
    /// How long one job may take, waiting included.
    pub deadline: Duration,
    /// Which implementation hashes.
    pub kernel: Choice,
}

impl Default for Settings {
    /// What OWASP asks for at least: 19 MiB, two passes, one lane; two threads, a short queue, two seconds.
    fn default() -> Self {
        Self {
            memory_kib: 19_456,
            iterations: 2,
            parallelism: 1,
            threads: 2,
            queue: 32,
            deadline: Duration::from_secs(2),
            kernel: Choice::Auto,
        }
    }
}

impl Settings {
    /// The costs of one hash.
    pub fn cost(&self) -> Cost {
        Cost { memory_kib: self.memory_kib, iterations: self.iterations, parallelism: self.parallelism }
    }

    /// The kernel of a server with these settings, for measurements beside it.
    pub fn kernel(&self, world: &World) -> Result<Box<dyn Kernel>, StartError> {
        Ok(self.chosen(world)?.make())
    }

    fn chosen(&self, world: &World) -> Result<choice::Chosen, StartError> {
        let cost = self.cost();
        if cost.is_valid() { self.kernel.decide(cost, world) } else { Err(StartError::Settings) }
    }
}

/// Why the hasher could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The settings are outside of what Argon2 allows, or ask for no thread.
    #[error("password hashing: memory, iterations, parallelism or threads are out of range")]
    Settings,
    /// The fast kernel is demanded and does not say what the reference says.
    #[error("password hashing: the fast kernel fails its test on this machine; set password.kernel to \"reference\"")]
    Kernel,
    /// The system gives no thread.
    #[error("password hashing: no thread could be started")]
    Thread(#[from] std::io::Error),
}

/// Why a job was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// The queue is full.
    #[error("the password queue is full")]
    Busy,
    /// The deadline passed.
    #[error("the password job came too late")]
    TooLate,
    /// The stored hash is unreadable, or hashing failed.
    #[error("the password could not be hashed or compared")]
    Broken,
}

impl From<HashError> for Refusal {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy | HashError::TooLate => Refusal::from(Code::Busy).after(Duration::from_secs(2)),
            HashError::Broken => Code::Internal.into(),
        }
    }
}

/// The answer to a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the password is right.
    pub matches: bool,
    /// Whether the stored hash was made with other costs than the present ones: hash anew while the password is here.
    pub outdated: bool,
}

/// The way to the hashing threads. Cheap to clone; the threads end when the last clone is gone.
#[derive(Clone)]
pub struct Hasher {
    pool: Pool,
    cost: Cost,
    world: World,
    dummy: Arc<SecretString>,
}

impl Hasher {
    /// Starts the threads with the kernel the settings choose, once it has been tested.
    pub fn start(settings: Settings, world: World) -> Result<Self, StartError> {
        let chosen = settings.chosen(&world)?;
        Self::start_with(settings, world, || chosen.make())
    }

    /// Starts the threads, each with a kernel of its own.
    pub fn start_with(
        settings: Settings,
        world: World,
        kernel: impl FnMut() -> Box<dyn Kernel>,
    ) -> Result<Self, StartError> {
        let (Settings { threads, queue, deadline, .. }, cost) = (settings, settings.cost());
        if threads == 0 || !cost.is_valid() {
            return Err(StartError::Settings);
        }
        // A hash nobody knows the password of; its salt and output are chance, so it is made without hashing.
        let dummy = phc::write(cost, &world.bytes::<16>(), &world.bytes::<32>()).ok_or(StartError::Settings)?;
        let pool = Pool::start(threads, queue, deadline, kernel)?;
        Ok(Self { pool, cost, world, dummy: Arc::new(dummy.into()) })
    }

    /// Hashes a password with a fresh salt into a PHC string.
    pub async fn hash(&self, password: SecretString) -> Result<String, HashError> {
        let (cost, salt) = (self.cost, self.world.bytes::<16>());
        let job = move |kernel: &mut dyn Kernel| {
            let output = kernel.derive(cost, normalise(password.expose_secret()).as_bytes(), &salt).ok()?;
            phc::write(cost, &salt, output.as_slice())
        };
        self.pool.run(job).await?.ok_or(HashError::Broken)
    }

    /// Compares a password with a stored PHC string. Without one the same work is done and the answer is no.
    pub async fn verify(&self, password: SecretString, stored: Option<SecretString>) -> Result<Verdict, HashError> {
        let (present, dummy) = (self.cost, Arc::clone(&self.dummy));
        let job = move |kernel: &mut dyn Kernel| {
            let known = stored.is_some();
            let stored = phc::read(stored.as_ref().unwrap_or(&dummy).expose_secret())?;
            let output =
                kernel.derive(stored.cost, normalise(password.expose_secret()).as_bytes(), &stored.salt).ok()?;
            let matches = stored.is(&output) && known;
            Some(Verdict { matches, outdated: known && stored.cost != present })
        };
        self.pool.run(job).await?.ok_or(HashError::Broken)
    }

    /// Does other work about a password that takes milliseconds (the rule for new ones) on the same threads, behind the
    /// same queue: it must not stand in the way of anything else either.
    pub async fn aside<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, HashError> {
        self.pool.run(move |_| work()).await
    }

    /// Jobs that wait or run, for the metrics.
    pub fn in_flight(&self) -> usize {
        self.pool.in_flight()
    }
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hasher").field("cost", &self.cost).field("in_flight", &self.in_flight()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
