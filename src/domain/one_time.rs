//! Opaque tokens that work once: MFA challenges, refresh tokens, invitations, live tickets and their like. The keys of
//! services have the same form, but work until they end.
//!
//! Text form: `<tag>_<base64url without padding of company(16) ‖ holder(16) ‖ secret(32)>`. The tag binds a token to its
//! purpose, so none is accepted in another's place; company and holder let the server open the right tenant before any
//! lookup. Only the SHA-256 of the text is stored. To add a kind: a variant of [`Purpose`] and its two names.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{ids::CompanyId, world::World};

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Between password and second factor; held by the user.
    MfaChallenge,
    /// Between password and a demanded enrollment; held by the user.
    Enrollment,
    /// Renews a session; held by the session.
    Refresh,
    /// Lets an invited person join; held by the invitation.
    Invitation,
    /// Sets a new password; held by the user.
    PasswordReset,
    /// Confirms an e-mail address; held by the user.
    EmailCheck,
    /// Opens one live connection; held by the session.
    LiveTicket,
    /// Opens the routes of services, again and again until it is revoked; held by the service credential.
    ServiceKey,
}

impl Purpose {
    /// Every purpose there is.
    pub const ALL: [Self; 8] = [
        Self::MfaChallenge,
        Self::Enrollment,
        Self::Refresh,
        Self::Invitation,
        Self::PasswordReset,
        Self::EmailCheck,
        Self::LiveTicket,
        Self::ServiceKey,
    ];

    /// The prefix of the text form, so that a leaked token can be recognised by scanners.
    pub fn tag(self) -> &'static str {
        match self {
            Self::MfaChallenge => "vgm",
            Self::Enrollment => "vge",
            Self::Refresh => "vgr",
            Self::Invitation => "vgi",
            Self::PasswordReset => "vgp",
            Self::EmailCheck => "vgv",
            Self::LiveTicket => "vgt",
            Self::ServiceKey => "vgs",
        }
    }

    /// The name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MfaChallenge => "mfa_challenge",
            Self::Enrollment => "enrollment",
            Self::Refresh => "refresh",
            Self::Invitation => "invitation",
            Self::PasswordReset => "password_reset",
            Self::EmailCheck => "email_check",
            Self::LiveTicket => "live_ticket",
            Self::ServiceKey => "service_key",
        }
    }

    /// Reads [`Purpose::as_str`] back.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == name)
    }
}

/// One token in the clear. Lives only between the request and the hash.
#[derive(Clone, PartialEq, Eq)]
pub struct OneTimeToken {
    /// What it is for.
    pub purpose: Purpose,
    /// The company it belongs to.
    pub company: CompanyId,
    /// Who or what it was made for: a user, session or invitation id, as [`Purpose`] says.
    pub holder: Uuid,
    secret: Zeroizing<[u8; 32]>,
}

impl OneTimeToken {
    /// A fresh token with 256 bits of chance.
    pub fn new(world: &World, purpose: Purpose, company: CompanyId, holder: impl Into<Uuid>) -> Self {
        Self::from_secret(purpose, company, holder, world.bytes())
    }

    /// A token around a secret that was derived elsewhere.
    pub fn from_secret(purpose: Purpose, company: CompanyId, holder: impl Into<Uuid>, secret: [u8; 32]) -> Self {
        Self { purpose, company, holder: holder.into(), secret: Zeroizing::new(secret) }
    }

    /// Reads the text form. `None` unless tag, length and base64 are exactly those of a token for `purpose`.
    pub fn parse(text: &str, purpose: Purpose) -> Option<Self> {
        let encoded = text.strip_prefix(purpose.tag())?.strip_prefix('_')?;
        let mut bytes = Zeroizing::new([0; 64]);
        // The engine refuses padding and stray trailing bits: 64 bytes have this one encoding.
        if URL_SAFE_NO_PAD.decode_slice(encoded, bytes.as_mut_slice()).ok()? != 64 {
            return None;
        }
        let (company, rest) = bytes.split_first_chunk::<16>()?;
        let (holder, secret) = rest.split_first_chunk::<16>()?;
        let company = CompanyId(Uuid::from_bytes(*company));
        Some(Self::from_secret(purpose, company, Uuid::from_bytes(*holder), secret.try_into().ok()?))
    }

    /// The text form, to be handed to its owner once and never stored.
    pub fn expose(&self) -> String {
        let mut bytes = Zeroizing::new([0; 64]);
        bytes[..16].copy_from_slice(self.company.0.as_bytes());
        bytes[16..32].copy_from_slice(self.holder.as_bytes());
        bytes[32..].copy_from_slice(self.secret.as_slice());
        format!("{}_{}", self.purpose.tag(), URL_SAFE_NO_PAD.encode(bytes.as_slice()))
    }

    /// The last eight bytes of the secret, for kinds that carry a number there.
    pub fn tail(&self) -> [u8; 8] {
        let mut tail = [0; 8];
        tail.copy_from_slice(&self.secret[24..]);
        tail
    }

    /// SHA-256 of the text form: what is stored and looked up.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(Zeroizing::new(self.expose()).as_bytes()).into()
    }
}

impl fmt::Debug for OneTimeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OneTimeToken").field("purpose", &self.purpose).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::sample;

    fn purpose() -> impl Strategy<Value = Purpose> {
        proptest::sample::select(Purpose::ALL.as_slice())
    }

    proptest! {
        #[test]
        fn a_token_is_read_back_for_its_own_purpose_only(
            purpose in purpose(), company: u128, holder: u128, secret: [u8; 32]
        ) {
            let (company, holder) = (CompanyId(Uuid::from_u128(company)), Uuid::from_u128(holder));
            let token = OneTimeToken::from_secret(purpose, company, holder, secret);
            for other in Purpose::ALL {
                let read = OneTimeToken::parse(&token.expose(), other);
                prop_assert_eq!(read, (other == purpose).then(|| token.clone()));
            }
        }

        #[test]
        fn no_other_text_means_the_same_token(secret: [u8; 32], at in 0..90usize, with in "[ -~]") {
            let token = OneTimeToken::from_secret(Purpose::Refresh, CompanyId::NOBODY, Uuid::nil(), secret);
            let text = token.expose();
            let mut twin = text.clone();
            twin.replace_range(at..=at, &with);
            prop_assume!(twin != text);
            prop_assert_ne!(OneTimeToken::parse(&twin, Purpose::Refresh), Some(token));
        }

        #[test]
        fn garbage_is_refused_without_a_panic(text in "\\PC*") {
            prop_assert_eq!(OneTimeToken::parse(&text, Purpose::Refresh), None);
        }
    }

    #[test]
    fn padding_whitespace_and_other_lengths_are_refused() {
        let text = OneTimeToken::new(&sample::world(), Purpose::Invitation, CompanyId::NOBODY, Uuid::nil()).expose();
        for bad in [format!("{text}="), format!("{text} "), format!(" {text}"), format!("{text}A"), text[..89].into()] {
            assert_eq!(OneTimeToken::parse(&bad, Purpose::Invitation), None, "{bad}");
        }
    }

    #[test]
    fn two_fresh_tokens_differ_and_debug_shows_no_secret() {
        let world = sample::world();
        let [a, b] = [(); 2].map(|()| OneTimeToken::new(&world, Purpose::LiveTicket, CompanyId::NOBODY, Uuid::nil()));
        assert_ne!(a.hash(), b.hash());
        assert_eq!(format!("{a:?}"), "OneTimeToken { purpose: LiveTicket, .. }");
    }

    #[test]
    fn names_are_distinct_and_read_back() {
        for purpose in Purpose::ALL {
            assert_eq!(Purpose::parse(purpose.as_str()), Some(purpose));
            assert_eq!(Purpose::ALL.iter().filter(|other| other.tag() == purpose.tag()).count(), 1);
        }
    }
}
