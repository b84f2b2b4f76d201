//! Waiting for something that nobody announces: looked at again and again, with a deadline.

use std::{
    future::Future,
    time::{Duration, Instant},
};

/// Looks every 20 ms until there is an answer; panics with `what` after `patience`.
pub(crate) async fn eventually<T, F: Future<Output = Option<T>>>(
    what: &str,
    patience: Duration,
    mut look: impl FnMut() -> F,
) -> T {
    let since = Instant::now();
    let mut beat = tokio::time::interval(Duration::from_millis(20));
    loop {
        beat.tick().await;
        if let Some(found) = look().await {
            return found;
        }
        assert!(since.elapsed() < patience, "not within {patience:?}: {what}");
    }
}
