//! One finished mail, as it is sealed into the outbox and sent.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::message::Kind;

/// A mail ready to be sent. It may hold a link that signs somebody in: seal it at rest; `Debug` shows its kind only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// Which mail it is.
    pub kind: Kind,
    /// The one recipient.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

/// The bytes are no letter.
#[derive(Debug, thiserror::Error)]
#[error("a queued mail cannot be read")]
pub struct LetterError;

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Letter {
    /// The form that is sealed into the outbox.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        // A struct of texts always has a JSON form.
        Zeroizing::new(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads [`Letter::to_bytes`] back.
    ///
    /// # Errors
    /// The bytes are something else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LetterError> {
        // The parser's words may quote the content.
        serde_json::from_slice(bytes).map_err(|_| LetterError)
    }

    /// The same for every attempt, so that a mailbox can tell a repeat after a crash: hex, 32 characters.
    pub fn fingerprint(&self) -> String {
        let hash = Sha256::digest(self.to_bytes().as_slice());
        hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}
