//! A bus over the notifications of PostgreSQL: one connection listens, another speaks. No business transaction ever sends
//! a notification: NOTIFY takes a lock of the whole database at commit, which would make writers queue.

use std::{str::FromStr, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use secrecy::{ExposeSecret, SecretString};
use sqlx::{
    ConnectOptions, Connection, PgConnection,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};
use tokio::sync::Mutex;

use super::{Ears, Transport, monitor::DEAF_AFTER};

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Connecting may take so long.
const PATIENCE: Duration = Duration::from_secs(3);

/// The transport.
pub(super) struct Notifications {
    url: SecretString,
    channel: String,
    speaking: Mutex<Option<PgConnection>>,
}

impl Notifications {
    /// Notifications on `channel` of the database behind `url`.
    pub(super) fn new(url: SecretString, channel: String) -> Self {
        Self { url, channel, speaking: Mutex::default() }
    }

    fn options(&self) -> Result<PgConnectOptions, String> {
        let options = PgConnectOptions::from_str(self.url.expose_secret());
        // Its error would quote the URL.
        let options = options.map_err(|_| "the database URL cannot be read".to_owned())?;
        Ok(options.application_name("voxgate bus").disable_statement_logging())
    }

    /// A hint needs no durability: without this each would wait for the disk.
    async fn speaker(&self) -> Result<PgConnection, String> {
        let connecting = async {
            let mut connection = PgConnection::connect_with(&self.options()?).await.map_err(told)?;
            sqlx::query("SET synchronous_commit = off").execute(&mut connection).await.map_err(told)?;
            Ok(connection)
        };
        tokio::time::timeout(PATIENCE, connecting).await.unwrap_or_else(|_| Err("connecting takes too long".to_owned()))
    }

    async fn say(&self, text: String) -> Result<(), String> {
        let mut speaking = self.speaking.lock().await;
        // Taken out: a connection that is given up half-way is not used again.
        let mut connection = match speaking.take() {
            Some(connection) => connection,
            None => self.speaker().await?,
        };
        let said = sqlx::query("SELECT pg_notify($1, $2)").bind(&self.channel).bind(text);
        said.execute(&mut connection).await.map_err(told)?;
        *speaking = Some(connection);
        Ok(())
    }

    /// Listens until the connection ends or nothing comes any more, not even from this node. Why it ended.
    async fn hear(&self, ears: &Ears) -> Result<(), String> {
        let pool = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None);
        let pool = pool.acquire_timeout(PATIENCE).connect_with(self.options()?).await.map_err(told)?;
        let mut listener = PgListener::connect_with(&pool).await.map_err(told)?;
        // A new connection is made here, so that what was missed is looked at.
        listener.eager_reconnect(false);
        listener.listen(&self.channel).await.map_err(told)?;
        ears.connected();
        loop {
            match tokio::time::timeout(DEAF_AFTER, listener.try_recv()).await {
                Ok(Ok(Some(notification))) => ears.text(notification.payload().as_bytes()),
                Ok(Ok(None)) => return Err("the listening connection was lost".to_owned()),
                Ok(Err(error)) => return Err(told(error)),
                Err(_) => return Err("nothing is heard any more".to_owned()),
            }
        }
    }
}

/// What went wrong, without addresses.
fn told(error: sqlx::Error) -> String {
    format!("PostgreSQL: {error}")
}

impl Transport for Notifications {
    fn publish(&self, text: String) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(self.say(text))
    }

    fn listen(self: Arc<Self>, ears: Ears) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            let mut pause = FIRST_PAUSE;
            loop {
                let began = tokio::time::Instant::now();
                if let Err(why) = self.hear(&ears).await {
                    ears.lost(why);
                }
                pause = if began.elapsed() > LONGEST_PAUSE { FIRST_PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
                tokio::time::sleep(pause).await;
            }
        })
    }
}
