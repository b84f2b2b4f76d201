//! `POST /api/auth/email/verify/resend`: mails the link for one's own address again.

use actix_web::{HttpResponse, web::Data};

use crate::{
    http::{extract::Caller, problem::Problem},
    tenant::{Tenants, flows::ResendEmailCheck},
};

/// Mails it, unless the address is confirmed already.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
) -> Result<HttpResponse, Problem> {
    tenants.run(ResendEmailCheck { principal }).await?;
    Ok(HttpResponse::Accepted().finish())
}
