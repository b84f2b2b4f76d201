//! The cursor a follower is given. It is a transaction number of the database, which counts what all companies do; so it is
//! masked, freshly each time, and belongs to the company it was made for.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;

use crate::{domain::service::Reach, tenant::Services};

const SALT: usize = 8;
const NUMBER: usize = 8;
const TAG: usize = 16;

/// A number as text: salt, masked number, tag.
pub(super) fn seal(services: &Services, reach: Reach, number: u64) -> String {
    let salt: [u8; SALT] = services.world.bytes();
    let masked = masked(services, reach, &salt, number.to_be_bytes());
    let tag = tag(services, reach, &salt, &masked);
    URL_SAFE_NO_PAD.encode([salt.as_slice(), &masked, &tag].concat())
}

/// Reads [`seal`] back; `None` for a text that is no cursor of this installation and reach.
pub(super) fn open(services: &Services, reach: Reach, text: &str) -> Option<u64> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == SALT + NUMBER + TAG)?;
    let (salt, rest) = bytes.split_first_chunk::<SALT>()?;
    let (number, shown) = rest.split_first_chunk::<NUMBER>()?;
    let good: bool = tag(services, reach, salt, number).ct_eq(shown).into();
    good.then(|| u64::from_be_bytes(masked(services, reach, salt, *number)))
}

/// Masks and unmasks: an exclusive or with a keyed digest of the salt.
fn masked(services: &Services, reach: Reach, salt: &[u8; SALT], mut number: [u8; NUMBER]) -> [u8; NUMBER] {
    let mask = services.pepper.digest("revocations.cursor.mask", &[reach.holder().0.as_bytes(), salt]);
    number.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    number
}

fn tag(services: &Services, reach: Reach, salt: &[u8; SALT], masked: &[u8; NUMBER]) -> [u8; TAG] {
    let whole = services.pepper.digest("revocations.cursor.tag", &[reach.holder().0.as_bytes(), salt, masked]);
    let mut tag = [0; TAG];
    tag.copy_from_slice(&whole[..TAG]);
    tag
}
