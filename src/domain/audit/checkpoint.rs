//! Signed checkpoints: where a company's log stood on a day, signed with a key that is not in the database. Whoever can
//! write to the database can hash the whole chain anew, but cannot sign.

use time::{Date, OffsetDateTime};

use super::{hex, utc};
use crate::domain::ids::CompanyId;

/// Where a company's log stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The company.
    pub company: CompanyId,
    /// The day (UTC) it stands for; a company has one a day.
    pub day: Date,
    /// The number of the last row.
    pub seq: i64,
    /// Its hash, which covers every row before it.
    pub hash: [u8; 32],
    /// How many rows came since the checkpoint before.
    pub rows: i64,
    /// When it was made.
    pub at: OffsetDateTime,
}

/// A checkpoint and the signature over its [`text`](Checkpoint::text).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// What was signed.
    pub checkpoint: Checkpoint,
    /// The name of the key.
    pub key_id: String,
    /// Ed25519, in base64url.
    pub signature: String,
}

impl Checkpoint {
    /// What is signed. Its first line is no beginning of a token, so a signature is never good for the other purpose.
    pub fn text(&self) -> String {
        format!(
            "voxgate audit checkpoint 1\ncompany {}\nday {}\nseq {}\nhash {}\nrows {}\nat {}\n",
            self.company,
            self.day,
            self.seq,
            hex(&self.hash),
            self.rows,
            utc(self.at),
        )
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::domain::sample::NOON;

    #[test]
    fn the_signed_text_is_fixed() {
        let company = CompanyId::NOBODY;
        let checkpoint = Checkpoint { company, day: date!(2026 - 03 - 02), seq: 7, hash: [255; 32], rows: 3, at: NOON };
        let text = format!(
            "voxgate audit checkpoint 1\ncompany {}\nday 2026-03-02\nseq 7\nhash {}\nrows 3\nat 2026-03-02T12:00:00Z\n",
            "00000000-0000-0000-0000-000000000000",
            "ff".repeat(32)
        );
        assert_eq!(checkpoint.text(), text);
    }
}
