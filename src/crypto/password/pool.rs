//! The hashing threads and the bounded way to them.
//!
//! A job holds its place in the queue until it is done or dropped, so that a caller who vanished frees it in every case:
//! a job nobody waits for is skipped when its turn comes. Threads end when the last sender is gone.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver, Sender},
    },
    thread,
    time::{Duration, Instant},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::{HashError, Kernel};
use crate::signals::meter;

/// How much less important hashing is than everything else, on the scale of `nice`.
const NICENESS: i32 = 10;

/// The threads, seen from those who need a hash.
#[derive(Clone)]
pub(super) struct Pool {
    jobs: Sender<Job>,
    places: Arc<Semaphore>,
    capacity: usize,
    deadline: Duration,
}

struct Job {
    work: Box<dyn Work>,
    since: Instant,
    /// The place in the queue; given back when the job is dropped, done or not.
    _place: OwnedSemaphorePermit,
}

/// A job without the type of its answer.
trait Work: Send {
    fn is_awaited(&self) -> bool;
    fn run(self: Box<Self>, kernel: &mut dyn Kernel);
}

struct Task<T, F> {
    work: F,
    reply: oneshot::Sender<T>,
}

impl<T: Send, F: FnOnce(&mut dyn Kernel) -> T + Send> Work for Task<T, F> {
    fn is_awaited(&self) -> bool {
        !self.reply.is_closed()
    }

    fn run(self: Box<Self>, kernel: &mut dyn Kernel) {
        let answer = (self.work)(kernel);
        // The caller may have gone meanwhile; nobody else wants the answer.
        let _ = self.reply.send(answer);
    }
}

impl Pool {
    pub(super) fn start(
        threads: usize,
        queue: usize,
        deadline: Duration,
        mut kernel: impl FnMut() -> Box<dyn Kernel>,
    ) -> io::Result<Self> {
        let (jobs, waiting) = mpsc::channel();
        let waiting = Arc::new(Mutex::new(waiting));
        for number in 0..threads {
            let (waiting, kernel) = (Arc::clone(&waiting), kernel());
            thread::Builder::new().name(format!("argon2-{number}")).spawn(move || labour(&waiting, kernel))?;
        }
        let capacity = threads.saturating_add(queue).min(Semaphore::MAX_PERMITS);
        Ok(Self { jobs, places: Arc::new(Semaphore::new(capacity)), capacity, deadline })
    }

    /// Runs a job on one of the threads, within the deadline.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Kernel) -> T + Send + 'static,
    ) -> Result<T, HashError> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| HashError::Busy).inspect_err(|_| meter::hash_rejected("queue_full"))?;
        let (reply, answer) = oneshot::channel();
        let job = Job { work: Box::new(Task { work, reply }), since: Instant::now(), _place: place };
        self.jobs.send(job).map_err(|_| HashError::Broken)?;
        match tokio::time::timeout(self.deadline, answer).await {
            Ok(Ok(answer)) => Ok(answer),
            // The job panicked; its thread goes on.
            Ok(Err(_)) => Err(HashError::Broken),
            Err(_) => {
                meter::hash_rejected("too_late");
                Err(HashError::TooLate)
            }
        }
    }

    /// Places taken, by jobs that wait or run.
    pub(super) fn in_flight(&self) -> usize {
        self.capacity - self.places.available_permits()
    }
}

fn labour(waiting: &Mutex<Receiver<Job>>, mut kernel: Box<dyn Kernel>) {
    // On Linux this concerns the calling thread alone.
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::warn!(%error, "password hashing runs at ordinary priority");
    }
    loop {
        // Whoever holds the lock waits for the next job, the others wait for the lock.
        let job = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { work, since, _place }) = job else { return };
        meter::hash_waited(since.elapsed());
        if work.is_awaited() && catch_unwind(AssertUnwindSafe(|| work.run(kernel.as_mut()))).is_err() {
            tracing::error!("a password job panicked");
        }
    }
}
