//! Sends letters over SMTP, through lettre's connection pool.
//!
//! lettre 0.11.23 has RUSTSEC-2026-0561 (commands smuggled through raw bodies): both parts are sent as base64, whose lines hold no
//! dot and no bare line end, and nothing is sent raw. Its timeout covers connecting only, so the deadline of a letter is kept here.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{ContentTransferEncoding, ContentType},
    },
    transport::smtp::{self, AsyncSmtpTransportBuilder, PoolConfig},
};
use secrecy::{ExposeSecret, SecretString};

use super::{compose, letter::Letter};

const PATIENCE: Duration = Duration::from_secs(60);

type Transport = AsyncSmtpTransport<Tokio1Executor>;
/// Connections to the mail server at once.
pub(super) const CONNECTIONS: u32 = 4;
const TOO_SLOW: &str = "the mail server did not answer in time";

/// Which server, and who writes.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `smtp://…` or `smtps://…`, as lettre reads it.
    pub smtp_url: SecretString,
    /// `Name <address>`.
    pub from: String,
    /// How long the whole handing over of one letter may take; `None` means 60 seconds.
    pub patience: Option<Duration>,
}

/// The way to one mail server. Clones share its connections.
#[derive(Clone)]
pub struct Postman {
    builder: AsyncSmtpTransportBuilder,
    transport: Arc<Mutex<Transport>>,
    patience: Duration,
    from: Mailbox,
}

/// A letter did not leave. Holds no address and nothing of the letter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct DeliveryError {
    /// Trying again cannot help.
    pub permanent: bool,
    /// What happened, in a few words.
    pub reason: String,
}

impl std::fmt::Debug for Postman {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Postman").finish_non_exhaustive()
    }
}

impl Postman {
    /// Prepares the pool; connects when the first letter leaves. Call it inside the runtime that will send.
    ///
    /// # Errors
    /// The address or the sender cannot be read.
    pub fn new(settings: &Settings) -> Result<Self, DeliveryError> {
        let unusable = |reason: &str| DeliveryError { permanent: true, reason: reason.into() };
        let from = settings.from.parse().map_err(|_| unusable("the sender cannot be read"))?;
        let patience = settings.patience.unwrap_or(PATIENCE);
        let builder = Transport::from_url(settings.smtp_url.expose_secret())
            .map_err(|_| unusable("the address of the mail server cannot be read"))?
            .timeout(Some(patience))
            .pool_config(PoolConfig::new().max_size(CONNECTIONS));
        let transport = Arc::new(Mutex::new(builder.clone().build()));
        Ok(Self { builder, transport, patience, from })
    }

    /// Hands the letter to the mail server. `Ok` means that the server has taken it.
    ///
    /// # Errors
    /// The server refused, could not be reached, or the letter cannot be written.
    pub async fn deliver(&self, letter: &Letter) -> Result<(), DeliveryError> {
        let mail = self.write(letter)?;
        let transport = self.transport.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match tokio::time::timeout(self.patience, transport.send(mail)).await {
            Ok(answer) => answer.map(drop).map_err(|error| refusal(&error)),
            Err(_) => {
                self.begin_anew();
                Err(DeliveryError { permanent: false, reason: TOO_SLOW.into() })
            }
        }
    }

    /// A connection left in the middle of a dialogue goes back to lettre's pool, where the late answer would be taken for the
    /// answer to the next letter: give up that pool.
    fn begin_anew(&self) {
        *self.transport.lock().unwrap_or_else(PoisonError::into_inner) = self.builder.clone().build();
    }

    /// The letter as the mail server gets it.
    ///
    /// # Errors
    /// The letter cannot be written.
    #[cfg(any(test, fuzzing))]
    pub fn wire(&self, letter: &Letter) -> Result<Vec<u8>, DeliveryError> {
        Ok(self.write(letter)?.formatted())
    }

    fn write(&self, letter: &Letter) -> Result<Message, DeliveryError> {
        let unusable = || DeliveryError { permanent: true, reason: "the letter cannot be written".into() };
        if !compose::is_plain(&letter.to) || letter.subject.chars().any(char::is_control) {
            return Err(unusable());
        }
        let part = |kind, body: &str| {
            SinglePart::builder().header(kind).header(ContentTransferEncoding::Base64).body(body.to_owned())
        };
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, letter.to.parse().map_err(|_| unusable())?))
            .subject(letter.subject.as_str())
            .message_id(Some(format!("<{}@{}>", letter.fingerprint(), self.from.email.domain())))
            .multipart(
                MultiPart::alternative()
                    .singlepart(part(ContentType::TEXT_PLAIN, &letter.text))
                    .singlepart(part(ContentType::TEXT_HTML, &letter.html)),
            )
            .map_err(|_| unusable())
    }
}

/// The code only: a server's words may hold the address.
fn refusal(error: &smtp::Error) -> DeliveryError {
    let reason = match error.status() {
        Some(code) => format!("the mail server answered {code}"),
        None if error.is_timeout() => TOO_SLOW.into(),
        None if error.is_tls() => "no TLS with the mail server".into(),
        None => "the mail server cannot be reached".into(),
    };
    DeliveryError { permanent: error.is_permanent(), reason }
}
