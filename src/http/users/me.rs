//! `GET /api/users/me`: one's own account.

use actix_web::web::{Data, Json};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        code::{Code, Refusal},
        principal::Principal,
    },
    http::{extract::Caller, problem::Problem},
    tenant::{Tenants, flows::UserView},
};

/// One's own account, with what only its owner is told.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct MeView {
    #[serde(flatten)]
    user: UserView,
    /// Backup codes that are not spent; `null` without a second factor.
    backup_codes_left: Option<i64>,
}

/// Shows the caller's account.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
) -> Result<Json<MeView>, Problem> {
    view(&tenants, &principal).await.map(Json)
}

/// The caller's account as it is now.
pub(super) async fn view(tenants: &Tenants, caller: &Principal) -> Result<MeView, Problem> {
    let me = caller.user;
    let read = tenants.store().in_tenant(caller.company, move |tx| {
        Box::pin(async move {
            let user = tx.user(me).await?.ok_or_else(|| Refusal::from(Code::NotFound))?;
            let left = if user.mfa_enabled { Some(tx.backup_codes_left(me).await?) } else { None };
            Ok::<_, Refusal>((user, left))
        })
    });
    let (user, backup_codes_left) = read.await?.into_inner();
    Ok(MeView { user: user.into(), backup_codes_left })
}
