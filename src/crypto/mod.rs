//! Keys and the arithmetic over them: passwords, sealing, access tokens, one-time codes, digests.
//!
//! Knows `domain` and nothing else of the house. Everything that holds a secret has a Debug that cannot show it.

pub mod digest;
pub mod entropy;
pub mod keys;
pub mod password;
pub mod qr;
pub mod seal;
pub mod token;
pub mod totp;

#[cfg(test)]
mod vectors;
