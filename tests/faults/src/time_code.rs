//! An authenticator of our own (RFC 6238, SHA-1, six digits): it shares no code with the server.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// The secret in an `otpauth://` address.
pub(crate) fn secret_of(uri: &str) -> Option<Vec<u8>> {
    let secret = uri.split(['?', '&']).find_map(|pair| pair.strip_prefix("secret="))?;
    BASE32_NOPAD.decode(secret.as_bytes()).ok()
}

/// The code of one 30-second step.
pub(crate) fn code(secret: &[u8], step: u64) -> Option<String> {
    let mac = Hmac::<Sha1>::new_from_slice(secret).ok()?;
    let tag = mac.chain_update(step.to_be_bytes()).finalize().into_bytes();
    let offset = usize::from(tag[19] & 0x0f);
    let word = tag[offset..offset + 4].iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte)) & 0x7fff_ffff;
    Some(format!("{:06}", word % 1_000_000))
}

/// The step of the present moment.
pub(crate) fn now_step() -> u64 {
    std::time::UNIX_EPOCH.elapsed().unwrap_or_default().as_secs() / 30
}
