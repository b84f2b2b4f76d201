//! Whoever follows the feed from outside this process, by way of a door above: services that verify tokens themselves.
//!
//! A follower subscribes first and loads second, so that what is committed in between comes twice rather than never. The
//! load has the feed's own cursor. After it every row this node takes in is told on, new to the node or not, before the
//! pull that proves it is: [`Word::Pulled`] says that everything committed before its question was sent has been told.

use std::time::Instant;

use tokio::sync::broadcast::Receiver;

use super::Feed;
use crate::{
    domain::service::Reach,
    store::{RevocationRow, Store, StoreError},
};

/// Words a follower may be behind before it has to load again.
pub(super) const WORDS: usize = 4096;

/// What a follower hears.
#[derive(Clone, Copy, Debug)]
pub enum Word {
    /// This is revoked. May come more than once.
    Revoked(RevocationRow),
    /// Everything committed before `sent` has been told.
    Pulled {
        /// When the question was sent whose answer is complete.
        sent: Instant,
        /// The cursor for going on after it.
        next: u64,
    },
    /// The node stops: follow another one.
    Stopping,
}

/// What a follower begins with.
#[derive(Debug)]
pub struct Load {
    /// The revocations since its cursor, or all that still matter.
    pub rows: Vec<RevocationRow>,
    /// The cursor for going on after them.
    pub next: u64,
    /// When the question was sent.
    pub sent: Instant,
    /// Whether these are all that matter, whatever the cursor was.
    pub full: bool,
}

impl Feed {
    /// Everything this node hears from now on. A receiver that lags has to load again.
    pub fn follow(&self) -> Receiver<Word> {
        self.0.followers.subscribe()
    }

    /// Tells every follower to go elsewhere.
    pub fn dismiss(&self) {
        self.say(Word::Stopping);
    }

    /// The revocations in reach since `cursor`; all that still matter without one, or when the database has begun to
    /// count anew. Those of one company are read behind its own wall.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn load_for(&self, reach: Reach, cursor: Option<u64>) -> Result<Load, StoreError> {
        let sent = Instant::now();
        let (rows, next) = since(&self.0.store, reach, cursor).await?;
        if cursor.is_some_and(|cursor| next < cursor) {
            let (rows, next) = since(&self.0.store, reach, None).await?;
            return Ok(Load { rows, next, sent, full: true });
        }
        Ok(Load { rows, next, sent, full: cursor.is_none() })
    }

    /// Nobody following is no error.
    pub(super) fn say(&self, word: Word) {
        let _ = self.0.followers.send(word);
    }
}

async fn since(store: &Store, reach: Reach, cursor: Option<u64>) -> Result<(Vec<RevocationRow>, u64), StoreError> {
    let read = match reach {
        Reach::Company(company) => {
            store.in_tenant(company, move |tx| Box::pin(async move { tx.revocations_since(cursor).await })).await
        }
        Reach::Installation => {
            let reason = "load revocations for a service of the installation";
            store.in_system(reason, move |tx| Box::pin(async move { tx.revocations_since(cursor).await })).await
        }
    };
    Ok(read?.into_inner())
}
