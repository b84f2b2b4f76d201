//! `POST /api/auth/mfa/setup`: a fresh secret that waits for its first code.

use actix_web::web::{Data, Json};
use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    http::{
        extract::{ClientOrigin, EnrollingCaller},
        problem::Problem,
    },
    tenant::{Tenants, flows::BeginEnrollment},
};

/// What the authenticator needs, in four forms.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct SetupAnswer {
    /// The key to type by hand, base32.
    secret: String,
    /// The address in the QR code.
    otpauth_uri: String,
    /// The QR code as an SVG document.
    qr_svg: String,
    /// The QR code as a PNG `data:` URI.
    qr_png_data_uri: String,
    /// How long the set-up waits for its code.
    expires_in_seconds: u64,
}

/// Begins to set a second factor up.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    EnrollingCaller(by): EnrollingCaller,
    origin: ClientOrigin,
) -> Result<Json<SetupAnswer>, Problem> {
    let waiting = tenants.run(BeginEnrollment { by, origin: origin.0 }).await?;
    Ok(Json(SetupAnswer {
        secret: waiting.secret.expose_secret().to_owned(),
        otpauth_uri: waiting.otpauth_uri.expose_secret().to_owned(),
        qr_svg: waiting.qr_svg.expose_secret().to_owned(),
        qr_png_data_uri: waiting.qr_png_data_uri.expose_secret().to_owned(),
        expires_in_seconds: waiting.expires_in_seconds,
    }))
}
