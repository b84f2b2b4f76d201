//! What a client may say on the live channel, and the codes a connection ends with. The frames the server sends are in
//! [`stream::frame`](crate::stream::frame), beside the hub that shares them.
//!
//! ```json
//! {"kind":"ping"}
//! {"kind":"renew","access_token":"…"}
//! ```
//!
//! Both are answered with a `head` frame. Anything else ends the connection with 1008.

use std::borrow::Cow;

use secrecy::SecretString;
use serde::{Deserialize, Deserializer};

/// The sub-protocol of this channel.
pub const PROTOCOL: &str = "voxgate.v1";
/// The largest frame a client may send, in bytes.
pub const MAX_BYTES: usize = 8 * 1024;

/// A frame from the client.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Said {
    /// A sign of life for clients that cannot send WebSocket pings.
    Ping {},
    /// A newer access token of the same session: the connection lives on with it.
    Renew {
        /// The token.
        #[serde(deserialize_with = "secret")]
        access_token: SecretString,
    },
}

impl Said {
    /// Reads a text frame; `None` when it is not exactly one of the documented frames.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<SecretString, D::Error> {
    String::deserialize(from).map(SecretString::from)
}

/// Why the server ends a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The client was silent for too long.
    Silent,
    /// The client sent what it must not, for this reason.
    Policy(&'static str),
    /// A message was larger than [`MAX_BYTES`].
    TooBig,
    /// The server, or a part it depends on, is not available; come again with `since`.
    Restart(&'static str),
    /// The server stops; come again with `since`, to this address, after so long. Each client is told another moment.
    Moved {
        /// In milliseconds.
        come_again_in_ms: u16,
    },
    /// The session was revoked.
    Revoked,
    /// The person's rights changed: renew the token and connect anew.
    RightsChanged,
    /// The access token ended without renewal.
    Expired,
    /// The client reads too slowly: connect anew and read the lists again.
    TooSlow,
}

impl Ending {
    /// The WebSocket close code.
    pub fn code(self) -> u16 {
        match self {
            Self::Silent => 1001,
            Self::Policy(_) => 1008,
            Self::TooBig => 1009,
            Self::Restart(_) | Self::Moved { .. } => 1012,
            Self::Revoked => 4401,
            Self::RightsChanged => 4403,
            Self::Expired => 4408,
            Self::TooSlow => 4429,
        }
    }

    /// The reason in the close frame.
    pub fn reason(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Moved { come_again_in_ms } => {
                return Cow::Owned(format!("the server restarts; come again in {come_again_in_ms} ms"));
            }
            Self::Silent => "no sign of life from the client",
            Self::Policy(reason) | Self::Restart(reason) => reason,
            Self::TooBig => "a message is larger than 8192 bytes",
            Self::Revoked => "session revoked",
            Self::RightsChanged => "rights changed",
            Self::Expired => "access token expired",
            Self::TooSlow => "too slow",
        })
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn the_two_client_frames_are_read() {
        assert!(matches!(Said::parse(r#"{"kind":"ping"}"#), Some(Said::Ping {})));
        let Some(Said::Renew { access_token }) = Said::parse(r#"{"kind":"renew","access_token":"abc"}"#) else {
            panic!("a renewal")
        };
        assert_eq!(access_token.expose_secret(), "abc");
        assert!(!format!("{access_token:?}").contains("abc"));
    }

    #[test]
    fn everything_else_is_refused() {
        let refused = [
            "",
            "ping",
            "[]",
            "null",
            r#"{"kind":"subscribe"}"#,
            r#"{"kind":"ping","x":1}"#,
            r#"{"kind":"renew"}"#,
            r#"{"kind":"renew","access_token":7}"#,
            r#"{"kind":"renew","access_token":"a","company":"b"}"#,
            r#"{"kind":"ping"}{"kind":"ping"}"#,
        ];
        for text in refused {
            assert!(Said::parse(text).is_none(), "{text}");
        }
    }
}
