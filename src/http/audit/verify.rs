//! `GET /api/audit-logs/verify`: walks the chain of the caller's company and names the first row that does not hold.

use actix_web::web::{Data, Json};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::{
    domain::{
        audit::{Fault, SignedCheckpoint, hex},
        code::Refusal,
    },
    http::{extract::Caller, problem::Problem},
    store::{Reader, Verification},
    tenant::{Tenants, flows::verify_audit},
};

/// What the walk found.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct VerifyAnswer {
    /// Whether every row holds and none is missing.
    intact: bool,
    /// Rows that hold.
    verified_rows: i64,
    /// The first row that is there; later than 1 where rows were let go up to a checkpoint, 0 in an empty log.
    from_seq: i64,
    /// The last row that holds.
    to_seq: i64,
    /// Hash of that row, in hexadecimal: note it elsewhere, and nobody can exchange the log unseen.
    head_hash: String,
    /// Where the chain does not hold; `null` when it does.
    first_fault: Option<Fault>,
    /// Signed checkpoints that say the same as the rows.
    checkpoints: usize,
    /// The newest checkpoint; `null` before the first.
    last_checkpoint: Option<CheckpointView>,
}

/// Where the log stood on a day, signed. Keep copies elsewhere: against them nobody can exchange the log unseen.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct CheckpointView {
    /// The day, in UTC.
    #[schema(format = Date)]
    day: String,
    /// The last row.
    seq: i64,
    /// Its hash, in hexadecimal.
    hash: String,
    /// Rows since the checkpoint before.
    rows: i64,
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    /// The name of the key.
    key_id: String,
    /// What was signed.
    text: String,
    /// Ed25519 over `text`, in base64url.
    signature: String,
}

impl From<SignedCheckpoint> for CheckpointView {
    fn from(signed: SignedCheckpoint) -> Self {
        let (text, SignedCheckpoint { checkpoint, key_id, signature }) = (signed.checkpoint.text(), signed);
        let (day, hash) = (checkpoint.day.to_string(), hex(&checkpoint.hash));
        Self { day, seq: checkpoint.seq, hash, rows: checkpoint.rows, at: checkpoint.at, key_id, text, signature }
    }
}

impl From<Verification> for VerifyAnswer {
    fn from(found: Verification) -> Self {
        let Verification { walk, fault, last_checkpoint, .. } = found;
        Self {
            intact: fault.is_none(),
            verified_rows: walk.rows(),
            from_seq: (walk.seq() - walk.rows() + 1).min(walk.seq()),
            to_seq: walk.seq(),
            head_hash: hex(&walk.hash()),
            first_fault: fault,
            checkpoints: walk.checkpoints(),
            last_checkpoint: last_checkpoint.map(Into::into),
        }
    }
}

/// Verifies.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
) -> Result<Json<VerifyAnswer>, Problem> {
    let (store, keys) = (tenants.store(), &tenants.services().access);
    let found = verify_audit(store, keys, principal.company, Reader::Company).await.map_err(Refusal::from)?;
    if let Some(fault) = found.fault {
        tracing::error!(company = %principal.company, seq = fault.seq, flaw = ?fault.flaw, "the audit log does not hold");
    }
    Ok(Json(found.into()))
}
