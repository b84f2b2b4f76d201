//! The verifier: judges tokens, and keeps its knowledge fresh in the background.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use reqwest::Client;
use tokio::{sync::watch, task::JoinHandle};

use crate::{
    introspection::Introspection,
    keys::Keys,
    known::{Known, Verdict},
    refusal::Refusal,
    settings::Settings,
    stream,
    token::{Caller, Token},
    watch::Watch,
};

/// Takes in between two sweeps of what has expired.
const SWEEP_EVERY: u64 = 60;

/// Verifies tokens. Cloning shares it; the last clone ends the background work.
#[derive(Clone)]
pub struct Verifier(Arc<Inner>);

struct Inner {
    settings: Settings,
    keys: Keys,
    introspection: Introspection,
    shared: Arc<Shared>,
    following: JoinHandle<()>,
}

/// The knowledge, and the bell that rings when it changes.
pub(crate) struct Shared {
    known: RwLock<Known>,
    /// Counts changes of what is revoked.
    changes: watch::Sender<u64>,
    /// Counts heartbeats.
    beats: watch::Sender<u64>,
}

impl Shared {
    fn new() -> Self {
        Self { known: RwLock::default(), changes: watch::Sender::new(0), beats: watch::Sender::new(0) }
    }

    // A writer that panicked left nothing half-done that could open a door, so a poisoned lock is used as it is.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Known) -> T) -> T {
        look(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes something in and tells whoever watches.
    pub(crate) fn learn(&self, change: impl FnOnce(&mut Known)) {
        change(&mut self.known.write().unwrap_or_else(PoisonError::into_inner));
        self.changes.send_modify(|count| *count += 1);
    }

    /// Everything before this moment is known.
    pub(crate) fn stamp(&self, moment: Instant) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.stamp(moment);
        self.beats.send_modify(|count| *count += 1);
        if self.beats.borrow().is_multiple_of(SWEEP_EVERY) {
            known.expire(seconds());
        }
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}

/// The wall clock, in seconds since 1970.
#[expect(clippy::disallowed_methods, reason = "the one place of this crate where the clock is read")]
pub(crate) fn seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

impl Verifier {
    /// Begins to follow the revocations. Tokens can be verified at once: before the first heartbeat each is asked about.
    /// Call it inside a tokio runtime.
    ///
    /// # Errors
    /// The HTTP client cannot be made, for want of certificates for example.
    pub fn start(settings: Settings) -> Result<Self, reqwest::Error> {
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        let shared = Arc::new(Shared::new());
        let address = settings.address("/api/revocations/stream");
        let following = stream::follow(http.clone(), address, settings.key.clone(), Arc::clone(&shared));
        let introspection = Introspection::at(http.clone(), settings.address("/api/introspect"), settings.key.clone());
        let keys = Keys::at(http, settings.address("/.well-known/jwks.json"));
        let following = tokio::spawn(following);
        Ok(Self(Arc::new(Inner { settings, keys, introspection, shared, following })))
    }

    /// Waits until the first heartbeat: from then on tokens are judged without asking.
    pub async fn ready(&self) {
        let mut beats = self.0.shared.beats.subscribe();
        // The sender lives as long as `self`.
        let _ = beats.wait_for(|count| *count > 0).await;
    }

    /// Who calls with this token, if they may.
    ///
    /// # Errors
    /// [`Refusal`]: invalid, revoked, or nobody can say.
    pub async fn verify(&self, token: &str) -> Result<Caller, Refusal> {
        let Inner { settings, keys, .. } = &*self.0;
        let read = Token::read(token)?;
        let key = keys.named(read.kid()).await?;
        let mut caller = read.verify(&key, &settings.issuer, &settings.audience, seconds())?;
        if let Some(amr) = self.recheck(&caller, token).await? {
            caller.amr = amr;
        }
        Ok(caller)
    }

    /// Whether an admitted caller may stay; the methods of their sign-in where they count differently now.
    pub(crate) async fn recheck(&self, caller: &Caller, token: &str) -> Result<Option<Vec<String>>, Refusal> {
        match self.verdict(caller) {
            Verdict::Open => Ok(self.lowered(caller)),
            Verdict::Revoked => Err(Refusal::Revoked),
            Verdict::RightsChanged => Err(Refusal::RightsChanged),
            Verdict::Invalid(fault) => Err(fault.into()),
            Verdict::Stale => {
                let told = self.0.introspection.ask(token).await?;
                if told.active { Ok(Some(told.amr)) } else { Err(Refusal::Revoked) }
            }
        }
    }

    /// What is known of a caller, without waiting for anything.
    pub(crate) fn verdict(&self, caller: &Caller) -> Verdict {
        self.0.shared.look(|known| known.judge(caller, seconds(), Instant::now()))
    }

    fn lowered(&self, caller: &Caller) -> Option<Vec<String>> {
        self.0.shared.look(|known| known.lowers(caller)).then(|| vec!["pwd".to_owned()])
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.0.shared
    }

    /// Watches an admitted caller for as long as their call runs. `token` is the one they were admitted with.
    pub fn watch(&self, caller: &Caller, token: &str) -> Watch {
        Watch::new(self.clone(), caller.clone(), token.to_owned())
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.following.abort();
    }
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verifier").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}
