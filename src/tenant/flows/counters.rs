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

/// Guesses at the password of an address, whatever company they name.
pub(super) fn password(services: &Services, email: &NormalEmail) -> [u8; 32] {
    services.pepper.digest(Bucket::Password.as_str(), &[email.as_str().as_bytes()])
}

/// Guesses at a second factor of an account.
pub(super) fn account(services: &Services, bucket: Bucket, company: CompanyId, user: UserId) -> [u8; 32] {
    services.pepper.digest(bucket.as_str(), &[company.0.as_bytes(), user.0.as_bytes()])
}

/// The lane of an address before anybody knows whose it is: the same for known and unknown ones.
pub(super) fn lane(services: &Services, email: &NormalEmail) -> LaneKey {
    let digest = services.pepper.digest("lane.email", &[email.as_str().as_bytes()]);
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    LaneKey(Uuid::from_bytes(id))
}
