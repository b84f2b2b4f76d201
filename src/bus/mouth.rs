//! The task that speaks for a node: gathers hints that wait, sends them, beats, and says last words.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{Notify, mpsc},
    time::MissedTickBehavior,
};
use tokio_util::sync::CancellationToken;

use super::{Hint, Transport, batch::Batch, monitor::Monitor, wire};
use crate::domain::ids::NodeId;

/// A node says that it is there this often.
const BEAT: Duration = Duration::from_secs(2);
/// Sending one message may take so long; then it is given up, and the connection with it.
const PATIENCE: Duration = Duration::from_secs(2);

/// Nothing is said before there is a connection, for so long: it would be lost.
const BREATH: Duration = Duration::from_secs(3);

/// Who speaks.
pub(super) struct Mouth {
    pub(super) me: NodeId,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) words: mpsc::Receiver<Hint>,
    pub(super) monitor: Arc<Monitor>,
    pub(super) closed: Arc<Notify>,
}

impl Mouth {
    /// Speaks until `stop` is cancelled.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        tokio::select! {
            () = stop.cancelled() => {}
            _ = tokio::time::timeout(BREATH, self.monitor.is_connected()) => {}
        }
        let mut beat = tokio::time::interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let mut batch = Batch::default();
            tokio::select! {
                () = stop.cancelled() => break,
                _ = beat.tick() => {
                    self.monitor.listen_for_itself();
                    batch.add(Hint::Beat);
                }
                word = self.words.recv() => match word {
                    Some(word) => batch.add(word),
                    None => break,
                },
            }
            self.speak(batch).await;
        }
        self.words.close();
        self.speak(Batch::default()).await;
        self.transport.flush().await;
        self.closed.notify_one();
    }

    /// Sends the batch, and whatever waits besides.
    async fn speak(&mut self, mut batch: Batch) {
        while let Ok(word) = self.words.try_recv() {
            batch.add(word);
        }
        for hint in batch.into_hints() {
            let sent = tokio::time::timeout(PATIENCE, self.transport.publish(wire::write(self.me, hint))).await;
            let trouble = match sent {
                Ok(Ok(())) => continue,
                Ok(Err(why)) => why,
                Err(_) => "sending takes too long".to_owned(),
            };
            // The rest would fare no better; the pull loops bring what it hints at.
            return self.monitor.degraded(&trouble);
        }
    }
}
