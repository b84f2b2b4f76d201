//! `GET /api/audit-logs/verify`: walks the chain of the caller's company and names the first row that does not hold.

use actix_web::web::{Data, Json};
use serde::Serialize;
use utoipa::ToSchema;

use super::hex;
use crate::{
    domain::{audit::Fault, code::Refusal},
    http::{extract::Caller, problem::Problem},
    store::{Reader, Verification},
    tenant::Tenants,
};

/// What the walk found.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct VerifyAnswer {
    /// Whether every row holds and none is missing.
    intact: bool,
    /// Rows that hold.
    verified_rows: i64,
    /// The first row that was looked at; 0 in an empty log.
    from_seq: i64,
    /// The last row that holds.
    to_seq: i64,
    /// Hash of that row, in hexadecimal: note it elsewhere, and nobody can exchange the log unseen.
    head_hash: String,
    /// Where the chain does not hold; `null` when it does.
    first_fault: Option<Fault>,
}

impl From<Verification> for VerifyAnswer {
    fn from(found: Verification) -> Self {
        let Verification { walk, fault, .. } = found;
        Self {
            intact: fault.is_none(),
            verified_rows: walk.rows(),
            from_seq: (walk.seq() - walk.rows() + 1).min(walk.seq()),
            to_seq: walk.seq(),
            head_hash: hex(&walk.hash()),
            first_fault: fault,
        }
    }
}

/// Verifies.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
) -> Result<Json<VerifyAnswer>, Problem> {
    let found = tenants.store().verify_audit(principal.company, Reader::Company).await.map_err(Refusal::from)?;
    if let Some(fault) = found.fault {
        tracing::error!(company = %principal.company, seq = fault.seq, flaw = ?fault.flaw, "the audit log does not hold");
    }
    Ok(Json(found.into()))
}
