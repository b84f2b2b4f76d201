//! The first step of setting a second factor up: a fresh secret that waits for its first code. An enrolled factor stays
//! until the new one is confirmed.

use secrecy::SecretString;

use super::{second_factor::TOTP_SECRET, views::EnrollmentView};
use crate::{
    crypto::{
        qr,
        seal::{Aad, Sealed},
        totp::TotpSecret,
    },
    domain::{
        code::{Code, Refusal},
        enroll,
        ids::FactorId,
        principal::{Enroller, Origin},
    },
    store::NewFactor,
    tenant::{Command, Place, Services, Tenants},
};

/// Begin to set a second factor up.
#[derive(Debug)]
pub struct BeginEnrollment {
    /// Who.
    pub by: Enroller,
    /// From where.
    pub origin: Origin,
}

impl Command for BeginEnrollment {
    type Output = EnrollmentView;
    const NAME: &'static str = "begin_enrollment";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(Place::account(self.by.company(), self.by.user()))
    }

    async fn perform(self, _: Place, tenants: Tenants) -> Result<EnrollmentView, Refusal> {
        let services = tenants.services();
        let (company, user) = (self.by.company(), self.by.user());
        let secret = TotpSecret::generate(&services.world);
        let aad = Aad { company, holder: user.0, purpose: TOTP_SECRET };
        let sealed = services.sealer.seal(&services.world, &aad, secret.expose());
        let id: FactorId = services.world.id();
        let pending = services.store.in_tenant(company, move |tx| {
            Box::pin(async move {
                let user = tx.user(user).await?.ok_or(Code::SessionRevoked)?;
                let Sealed { key_id, bytes: sealed } = sealed;
                let factor =
                    NewFactor { id, user: user.id, sealed, key_id, expires_in: enroll::LIFETIME.unsigned_abs() };
                tx.replace_pending_factor(&factor).await?;
                Ok::<_, Refusal>(user.email)
            })
        });
        let account = pending.await?.into_inner();
        let uri = secret.uri(&services.settings.issuer_name, &account);
        // Drawing takes milliseconds: not on the threads that everybody's work runs on.
        let drawn = services.hasher.aside(move || (qr::svg(&uri), qr::png_data_uri(&uri), uri));
        let (svg, png, uri) = drawn.await?;
        Ok(EnrollmentView {
            secret: SecretString::from(secret.base32()),
            qr_svg: SecretString::from(svg.map_err(undrawable)?),
            qr_png_data_uri: SecretString::from(png.map_err(undrawable)?),
            otpauth_uri: SecretString::from(uri),
            expires_in_seconds: enroll::LIFETIME.unsigned_abs().as_secs(),
        })
    }
}

fn undrawable(error: qr::QrError) -> Refusal {
    tracing::error!(%error, "a QR code could not be drawn");
    Code::Internal.into()
}
