//! A bus that ends at the walls of the process: for one node, and for tests with several in one process.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::sync::broadcast::{self, error::RecvError};

use super::{Ears, Transport};

const WAITING: usize = 1024;

/// Everybody in one room hears everybody. Cloning means the same room.
#[derive(Clone, Debug)]
pub struct Room(broadcast::Sender<Arc<str>>);

impl Default for Room {
    fn default() -> Self {
        Self(broadcast::channel(WAITING).0)
    }
}

impl Transport for Room {
    fn publish(&self, text: String) -> BoxFuture<'_, Result<(), String>> {
        // Nobody in the room yet is no failure.
        let _ = self.0.send(text.into());
        Box::pin(async { Ok(()) })
    }

    fn listen(self: Arc<Self>, ears: Ears) -> BoxFuture<'static, ()> {
        let mut room = self.0.subscribe();
        Box::pin(async move {
            ears.connected();
            loop {
                match room.recv().await {
                    Ok(text) => ears.text(text.as_bytes()),
                    Err(RecvError::Lagged(_)) => ears.connected(),
                    Err(RecvError::Closed) => return,
                }
            }
        })
    }
}
