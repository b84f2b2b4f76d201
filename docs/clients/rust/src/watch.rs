//! Watching a caller while their call runs.

use std::time::{Duration, Instant};

use tokio::time::timeout;

use crate::{
    refusal::Refusal,
    token::Caller,
    verifier::{Verifier, seconds},
};

/// While the knowledge is stale a running call is asked about this often.
const ASK_EVERY: Duration = Duration::from_secs(1);

/// Why a running call has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The session was ended: the person is out.
    Revoked,
    /// The session goes on with other rights: the client renews its token and calls again.
    RightsChanged,
    /// The token has ended, or its key was removed.
    Expired,
    /// Nobody can say any more whether the caller may stay.
    Unavailable,
}

impl From<Refusal> for Ended {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Revoked => Self::Revoked,
            Refusal::RightsChanged => Self::RightsChanged,
            Refusal::Invalid(_) => Self::Expired,
            Refusal::Unavailable => Self::Unavailable,
        }
    }
}

/// A caller under watch.
#[derive(Debug)]
pub struct Watch {
    verifier: Verifier,
    caller: Caller,
    token: String,
}

impl Watch {
    pub(crate) fn new(verifier: Verifier, caller: Caller, token: String) -> Self {
        Self { verifier, caller, token }
    }

    /// Waits until the caller has to go, and says why. Wakes on every revocation, at the end of the token, and when the
    /// lease runs out: then Voxgate is asked, once a second, for as long as it lasts.
    pub async fn ended(self) -> Ended {
        let mut changes = self.verifier.shared().changes();
        loop {
            changes.mark_unchanged();
            if let Err(refusal) = self.verifier.recheck(&self.caller, &self.token).await {
                return refusal.into();
            }
            let wait = self.quiet_for();
            // Either way it is looked at again.
            let _ = timeout(wait, changes.changed()).await;
        }
    }

    /// How long nothing can change but by a revocation.
    fn quiet_for(&self) -> Duration {
        let left = u64::try_from(self.caller.expires_at - seconds()).unwrap_or(0);
        let fresh = self.verifier.shared().look(|known| known.fresh_until());
        let fresh = fresh.map(|until| until.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero());
        // A little more than to the end itself, so that waking finds it over.
        fresh.unwrap_or(ASK_EVERY).min(Duration::from_secs(left)) + Duration::from_millis(1)
    }
}
