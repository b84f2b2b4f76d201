//! A background loop that never dies: an error or a panic costs one round, is counted, logged once, and tried again.
//!
//! A dead loop would be silent: events would stay unnumbered, revocations of other nodes unseen. So the only way out
//! of [`Tireless::run`] is the token that stops the process.

use std::{
    future::Future,
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::FutureExt;
use tokio_util::sync::CancellationToken;

use crate::{signals::meter, store::StoreError};

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// How a loop has fared, for metrics and health.
#[derive(Debug, Default)]
pub struct Health {
    failures: AtomicU64,
    panics: AtomicU64,
}

impl Health {
    /// Rounds that ended in an error, since the process started.
    pub fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// Rounds that ended in a panic, since the process started.
    pub fn panics(&self) -> u64 {
        self.panics.load(Ordering::Relaxed)
    }
}

/// One named loop.
#[derive(Clone, Debug)]
pub struct Tireless {
    name: &'static str,
    health: Arc<Health>,
    failing: bool,
    pause: Duration,
}

impl Tireless {
    /// A loop called `name` in the log, with its own counters.
    pub fn new(name: &'static str) -> Self {
        meter::background(name);
        Self { name, health: Arc::default(), failing: false, pause: FIRST_PAUSE }
    }

    /// Its counters.
    pub fn health(&self) -> Arc<Health> {
        Arc::clone(&self.health)
    }

    /// Runs `round` again and again until `stop` is cancelled. A round waits for its own cause (a notice, a timer);
    /// after a failed one there is a pause of 0.1 to 2 seconds, doubling.
    pub async fn run<F, R>(mut self, stop: CancellationToken, mut round: F)
    where
        F: FnMut() -> R,
        R: Future<Output = Result<(), StoreError>>,
    {
        loop {
            // Dropping a round is safe: units of work run in tasks of their own, which nobody cancels.
            let ended = tokio::select! {
                () = stop.cancelled() => return,
                ended = AssertUnwindSafe(async { round().await }).catch_unwind() => ended,
            };
            if let Some(pause) = self.judge(ended) {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(pause) => {}
                }
            }
        }
    }

    fn judge<P>(&mut self, ended: Result<Result<(), StoreError>, P>) -> Option<Duration> {
        match ended {
            Ok(Ok(())) => {
                if std::mem::take(&mut self.failing) {
                    tracing::info!(background = self.name, "background work goes on");
                }
                self.pause = FIRST_PAUSE;
                return None;
            }
            Ok(Err(error)) => {
                self.health.failures.fetch_add(1, Ordering::Relaxed);
                meter::background_failed(self.name, "error");
                if !self.failing {
                    tracing::warn!(background = self.name, %error, "background work failed and is tried again");
                }
            }
            Err(_) => {
                self.health.panics.fetch_add(1, Ordering::Relaxed);
                meter::background_failed(self.name, "panic");
                tracing::error!(background = self.name, "background work panicked and starts again");
            }
        }
        self.failing = true;
        let pause = self.pause;
        self.pause = (pause * 2).min(LONGEST_PAUSE);
        Some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_and_an_error_cost_one_round_each() {
        let tireless = Tireless { pause: Duration::ZERO, ..Tireless::new("test") };
        let health = tireless.health();
        let stop = CancellationToken::new();
        let rounds = Arc::new(AtomicU64::new(0));
        let (count, end) = (Arc::clone(&rounds), stop.clone());
        tireless
            .run(stop, move || {
                let round = count.fetch_add(1, Ordering::Relaxed);
                let end = end.clone();
                async move {
                    match round {
                        0 => panic!("a defect in one round"),
                        1 => Err(StoreError::Timeout("a slow statement".into())),
                        _ => {
                            end.cancel();
                            Ok(())
                        }
                    }
                }
            })
            .await;
        assert_eq!((health.panics(), health.failures()), (1, 1));
        assert!(rounds.load(Ordering::Relaxed) >= 3, "it went on after both");
    }

    #[test]
    fn the_pause_grows_to_its_limit_and_falls_back_after_a_good_round() {
        let mut tireless = Tireless::new("test");
        let fail = |tireless: &mut Tireless| tireless.judge::<()>(Ok(Err(StoreError::Timeout("slow".into()))));
        assert_eq!(fail(&mut tireless), Some(FIRST_PAUSE));
        assert_eq!(fail(&mut tireless), Some(FIRST_PAUSE * 2));
        for _ in 0..10 {
            fail(&mut tireless);
        }
        assert_eq!(fail(&mut tireless), Some(LONGEST_PAUSE));
        assert_eq!(tireless.judge::<()>(Ok(Ok(()))), None);
        assert_eq!(fail(&mut tireless), Some(FIRST_PAUSE));
    }
}
