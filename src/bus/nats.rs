//! A bus over NATS core. Nothing is stored there: a message that nobody hears is gone, which is all a hint needs.

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::Duration,
};

use async_nats::{Client, ConnectOptions, Event, ServerAddr, connection::State};
use futures_util::{StreamExt, future::BoxFuture};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{Ears, Heard, Transport};

/// A server that does not answer for two of these is given up.
const PING: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(3);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Where the servers are and how to show who one is.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `nats://` or `tls://` addresses separated by commas; the first may hold `user:password@` or `token@`.
    pub url: SecretString,
    /// A credentials file of NATS (`.creds`).
    pub credentials: Option<PathBuf>,
}

/// The transport.
pub(super) struct Nats {
    settings: Settings,
    subject: String,
    client: OnceLock<Client>,
}

impl Nats {
    /// Messages under `subject`.
    pub(super) fn new(settings: Settings, subject: String) -> Self {
        Self { settings, subject, client: OnceLock::new() }
    }

    fn options(&self, login: Login, ears: &Ears) -> Result<ConnectOptions, String> {
        let ears = ears.clone();
        let options = match (&self.settings.credentials, login) {
            (Some(file), _) => {
                let text = std::fs::read_to_string(file);
                let text = text.map_err(|error| format!("the NATS credentials cannot be read: {error}"))?;
                ConnectOptions::with_credentials(&text).map_err(|_| "the NATS credentials are not sound".to_owned())?
            }
            (None, Login::Nobody) => ConnectOptions::new(),
            (None, Login::Token(token)) => ConnectOptions::with_token(token),
            (None, Login::User(user, password)) => ConnectOptions::with_user_and_password(user, password),
        };
        let options = options.name("voxgate").ping_interval(PING).connection_timeout(PATIENCE);
        let options = options.retry_on_initial_connect().reconnect_delay_callback(pause);
        Ok(options.event_callback(move |event| {
            let ears = ears.clone();
            async move { noted(&ears, &event) }
        }))
    }

    /// Listens for as long as the client lives. Why it could not, or did not any more.
    async fn hear(&self, ears: &Ears) -> Result<(), String> {
        let client = match self.client.get() {
            Some(client) => client.clone(),
            None => {
                let (servers, login) = addresses(&self.settings.url)?;
                let client = async_nats::connect_with_options(servers, self.options(login, ears)?);
                let client = client.await.map_err(|error| format!("NATS: {}", error.kind()))?;
                self.client.get_or_init(|| client).clone()
            }
        };
        let messages = client.subscribe(self.subject.clone()).await;
        let mut messages = messages.map_err(|error| format!("NATS: {error}"))?;
        // What was said between the connection and the subscription was missed.
        ears.put(Heard::Missed);
        while let Some(message) = messages.next().await {
            ears.text(&message.payload);
        }
        Err("NATS: the subscription ended".to_owned())
    }
}

/// How one shows who one is, as the addresses say.
#[derive(PartialEq, Eq)]
enum Login {
    Nobody,
    Token(String),
    User(String, String),
}

/// The servers without what is secret in them (the client would not use it, and might log it), and the first login they
/// hold. An error names no address.
fn addresses(urls: &SecretString) -> Result<(Vec<ServerAddr>, Login), String> {
    let wrong = || "bus.nats_url is no address of a NATS server".to_owned();
    let (mut servers, mut login) = (Vec::new(), Login::Nobody);
    for url in urls.expose_secret().split(',') {
        let mut url: Url = url.trim().parse().map_err(|_| wrong())?;
        if login == Login::Nobody {
            login = match (url.username(), url.password()) {
                ("", _) => Login::Nobody,
                (token, None) => Login::Token(decoded(token)),
                (user, Some(password)) => Login::User(decoded(user), decoded(password)),
            };
        }
        url.set_username("").and_then(|()| url.set_password(None)).map_err(|()| wrong())?;
        servers.push(ServerAddr::from_url(url).map_err(|_| wrong())?);
    }
    Ok((servers, login))
}

/// What `%40` and the like in an address stand for.
fn decoded(part: &str) -> String {
    let query = format!("part={}", part.replace('+', "%2B"));
    url::form_urlencoded::parse(query.as_bytes()).next().map(|(_, part)| part.into_owned()).unwrap_or_default()
}

/// Attempts after a loss: at once, then ever more slowly.
fn pause(attempts: usize) -> Duration {
    let doubled = Duration::from_millis(25).saturating_mul(1 << attempts.min(10));
    doubled.min(LONGEST_PAUSE)
}

/// The client reconnects and subscribes again by itself; what matters here is that something was missed.
fn noted(ears: &Ears, event: &Event) {
    match event {
        Event::Connected => ears.connected(),
        Event::Disconnected => ears.lost("NATS: the connection was lost"),
        Event::Closed => ears.lost("NATS: the connection was closed"),
        Event::ClientError(error) => ears.lost(format!("NATS: {error}")),
        Event::ServerError(error) => ears.lost(format!("NATS: {error}")),
        Event::SlowConsumer(_) => ears.connected(),
        Event::LameDuckMode | Event::Draining => {}
    }
}

impl Transport for Nats {
    fn publish(&self, text: String) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async move {
            // A client without a connection would keep the message for later, when nobody needs it any more.
            let client = self.client.get().filter(|client| client.connection_state() == State::Connected);
            let client = client.ok_or_else(|| "NATS: not connected".to_owned())?;
            client.publish(self.subject.clone(), text.into()).await.map_err(|error| format!("NATS: {error}"))
        })
    }

    fn listen(self: Arc<Self>, ears: Ears) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            loop {
                if let Err(why) = self.hear(&ears).await {
                    ears.lost(why);
                }
                tokio::time::sleep(LONGEST_PAUSE).await;
            }
        })
    }

    fn flush(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            if let Some(client) = self.client.get().filter(|client| client.connection_state() == State::Connected) {
                // Whoever closes waits only so long, and what is lost here was a hint.
                let _ = client.flush().await;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(urls: &str) -> (String, Login) {
        let (servers, login) = addresses(&urls.into()).unwrap_or_else(|why| panic!("{why}"));
        (format!("{servers:?}"), login)
    }

    #[test]
    fn what_is_secret_in_the_addresses_is_taken_out_of_them_and_used() {
        let (servers, login) = read("nats://voxgate:a%40b+c@one:4222, tls://two:4333");
        assert!(login == Login::User("voxgate".into(), "a@b+c".into()));
        assert!(servers.contains("one") && servers.contains("two") && !servers.contains("a%40b"), "{servers}");
        assert!(read("nats://s3cr3t@one").1 == Login::Token("s3cr3t".into()));
        assert!(read("nats://one").1 == Login::Nobody);
        assert!(!addresses(&"nats://u:hunter2@:x".into()).err().unwrap().contains("hunter2"));
    }
}
