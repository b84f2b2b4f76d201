//! The keys of the attempt counters. Password, TOTP and backup codes count apart; every route that compares one of
//! them uses the same key. Keys are HMACs, so that the table says nothing about who tried, and unknown addresses count
//! like known ones.

use uuid::Uuid;

use crate::{
    domain::{
        email::NormalEmail,
        ids::{CompanyId, UserId},
        lockout::Bucket,
    },
    tenant::{LaneKey, Services},
};

/// Guesses at the password of an address in a company. The company is part of the key: anybody can register one of their
/// own with a stranger's address, and a success there must not give back the tries made at the stranger's account.
/// Addresses nobody has count for the company nobody is in. Guesses from a device the account has signed in on before
/// count apart, so that strangers who guess elsewhere do not lock its owner out.
pub(super) fn password(
    services: &Services,
    company: CompanyId,
    email: &NormalEmail,
    known_device: Option<[u8; 32]>,
) -> [u8; 32] {
    let (company, email) = (company.0.as_bytes(), email.as_str().as_bytes());
    match &known_device {
        None => services.pepper.digest(Bucket::Password.as_str(), &[company, email]),
        Some(device) => services.pepper.digest(Bucket::Password.as_str(), &[company, email, device]),
    }
}

/// Guesses at a second factor of an account.
pub(super) fn account(services: &Services, bucket: Bucket, company: CompanyId, user: UserId) -> [u8; 32] {
    services.pepper.digest(bucket.as_str(), &[company.0.as_bytes(), user.0.as_bytes()])
}

/// Comparisons of a new password with the account's former ones.
pub(super) fn former_passwords(services: &Services, company: CompanyId, user: UserId) -> [u8; 32] {
    services.pepper.digest("attempts.former_passwords", &[company.0.as_bytes(), user.0.as_bytes()])
}

/// Companies founded with an address, which nobody has confirmed yet and which is welcomed by mail each time.
pub(super) fn foundings(services: &Services, email: &NormalEmail) -> [u8; 32] {
    services.pepper.digest("attempts.foundings", &[email.as_str().as_bytes()])
}

/// Invitations mailed by a company to an address, whichever invitation they carry.
pub(super) fn invitation_mails(services: &Services, company: CompanyId, email_norm: &str) -> [u8; 32] {
    services.pepper.digest("attempts.invitation_mails", &[company.0.as_bytes(), email_norm.as_bytes()])
}

/// Mails with a link to set a new password, by recipient: the same for known and unknown addresses.
pub(super) fn reset_mails(services: &Services, email: &NormalEmail) -> [u8; 32] {
    services.pepper.digest("mails.password_reset", &[email.as_str().as_bytes()])
}

/// Mails with a link to confirm an address, by recipient.
pub(super) fn check_mails(services: &Services, email: &NormalEmail) -> [u8; 32] {
    services.pepper.digest("mails.email_check", &[email.as_str().as_bytes()])
}

/// The lane of an address before anybody knows whose it is: the same for known and unknown ones.
pub(super) fn lane(services: &Services, email: &NormalEmail) -> LaneKey {
    let digest = services.pepper.digest("lane.email", &[email.as_str().as_bytes()]);
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    LaneKey(Uuid::from_bytes(id))
}
