//! `POST /api/auth/verify-mfa`: the second factor of a sign-in.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use serde::Deserialize;
use utoipa::ToSchema;

use super::tokens::SignedInBody;
use crate::{
    domain::code::{FieldError, Refusal},
    http::{
        extract::{ClientOrigin, Json, Secret, Visit},
        problem::Problem,
    },
    signals::meter,
    tenant::{
        Tenants,
        flows::{Answer, AnswerFactor},
    },
};

/// Exactly one of `code` and `backup_code`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct VerifyMfaInput {
    /// From the first step.
    mfa_token: Secret,
    /// What the authenticator shows now.
    code: Option<Secret>,
    /// An unused backup code.
    backup_code: Option<Secret>,
}

impl VerifyMfaInput {
    fn into_answer(self) -> Result<(Secret, Answer), Refusal> {
        match (self.code, self.backup_code) {
            (Some(code), None) => Ok((self.mfa_token, Answer::Totp(code.0))),
            (None, Some(code)) => Ok((self.mfa_token, Answer::BackupCode(code.0))),
            _ => Err(FieldError::new("/code", "exactly_one", "Send either `code` or `backup_code`.").into()),
        }
    }
}

/// Finishes a sign-in.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    visit: Visit,
    origin: ClientOrigin,
    Json(input): Json<VerifyMfaInput>,
) -> Result<HttpResponse, Problem> {
    let (mfa_token, answer) = input.into_answer()?;
    let verify = AnswerFactor { mfa_token: mfa_token.0, answer, client: visit.client, origin: origin.0 };
    let signed_in = tenants.run(verify).await;
    meter::sign_in(
        "second_factor",
        signed_in.as_ref().map_or_else(|refusal| refusal.code.as_str(), |_| "authenticated"),
    );
    let signed_in = signed_in?;
    visit.signed_in(StatusCode::OK, &signed_in, SignedInBody::new(visit.client, &signed_in))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(body: &str) -> Result<&'static str, String> {
        let input: VerifyMfaInput = serde_json::from_str(body).unwrap();
        match input.into_answer() {
            Ok((_, Answer::Totp(_))) => Ok("totp"),
            Ok((_, Answer::BackupCode(_))) => Ok("backup_code"),
            Err(refusal) => Err(refusal.fields[0].code.into()),
        }
    }

    #[test]
    fn exactly_one_answer_is_taken() {
        assert_eq!(answered(r#"{"mfa_token":"t","code":"123456"}"#), Ok("totp"));
        assert_eq!(answered(r#"{"mfa_token":"t","backup_code":"abcde-fghjk"}"#), Ok("backup_code"));
        for body in [r#"{"mfa_token":"t"}"#, r#"{"mfa_token":"t","code":"1","backup_code":"2"}"#] {
            assert_eq!(answered(body), Err("exactly_one".into()), "{body}");
        }
    }
}
