//! How hints look on the bus: one small JSON text each.
//!
//! ```json
//! {"v":1,"from":"…","revoked":["…"]}   {"v":1,"from":"…","numbered":[["…",41]]}
//! ```
//!
//! A text of another version, or with something else in it, is not read: during an upgrade nodes of both speak.

use serde::{Deserialize, Serialize};

use super::Hint;
use crate::domain::{
    ids::{CompanyId, NodeId, RevocationId, SessionId, UserId},
    session::Departure,
};

const VERSION: u8 = 1;

#[derive(Serialize, Deserialize)]
struct Wire {
    v: u8,
    from: NodeId,
    #[serde(flatten)]
    word: Word,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Beat(()),
    Revoked(Vec<RevocationId>),
    Applied(Vec<(RevocationId, u64)>),
    Numbered(Vec<(CompanyId, i64)>),
    Left(Vec<Left>),
}

/// The text of a hint.
pub(super) fn write(from: NodeId, hint: Hint) -> String {
    let word = match hint {
        Hint::Beat => Word::Beat(()),
        Hint::Revoked { acts } => Word::Revoked(acts),
        Hint::Applied { acts } => Word::Applied(acts),
        Hint::Numbered { heads } => Word::Numbered(heads),
        Hint::Left { sockets } => Word::Left(sockets.into_iter().map(told).collect()),
    };
    // Ids and numbers always serialise; an empty text would be read by nobody.
    serde_json::to_string(&Wire { v: VERSION, from, word }).unwrap_or_default()
}

/// Who said what, if this version can read it.
pub(super) fn read(text: &[u8]) -> Option<(NodeId, Hint)> {
    let wire: Wire = serde_json::from_slice(text).ok()?;
    let hint = match wire.word {
        Word::Beat(()) => Hint::Beat,
        Word::Revoked(acts) => Hint::Revoked { acts },
        Word::Applied(acts) => Hint::Applied { acts },
        Word::Numbered(heads) => Hint::Numbered { heads },
        Word::Left(sockets) => Hint::Left { sockets: sockets.into_iter().map(heard).collect() },
    };
    (wire.v == VERSION).then_some((wire.from, hint))
}

type Left = (CompanyId, UserId, SessionId, bool, u64);

fn told(Departure { company, user, session, answered, remaining }: Departure) -> Left {
    (company, user, session, answered, remaining)
}

fn heard((company, user, session, answered, remaining): Left) -> Departure {
    Departure { company, user, session, answered, remaining }
}
