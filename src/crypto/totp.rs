//! Authenticator secrets and the codes they make (RFC 6238: SHA-1, 6 digits, 30 seconds, what every app understands).
//!
//! Whether a right code was used already is decided by [`crate::domain::factor::totp::Watermark`], not here.

use std::fmt;

use subtle::{ConditionallySelectable, ConstantTimeEq};
use totp_rs::{Algorithm, Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::domain::{
    factor::totp::{DIGITS, PERIOD_SECONDS, WINDOW, step_at},
    world::World,
};

/// Bytes of a secret: the length of the hash, as RFC 4226 section 4 recommends.
pub const SECRET_LENGTH: usize = 20;

/// Code points of the issuer that go into the QR code; more would not fit beside a long address.
const MAX_ISSUER: usize = 40;

/// The secret an authenticator app holds.
#[derive(Clone)]
pub struct TotpSecret(Zeroizing<[u8; SECRET_LENGTH]>);

impl TotpSecret {
    /// A fresh secret.
    pub fn generate(world: &World) -> Self {
        Self(Zeroizing::new(world.bytes()))
    }

    /// A secret as it was sealed; `None` unless it has 20 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// The bytes, to be sealed.
    pub fn expose(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// The secret for typing it in: base 32 without padding (RFC 4648).
    pub fn base32(&self) -> String {
        Secret::from(*self.0).to_base32()
    }

    /// The `otpauth://` address that a QR code carries. `issuer` is shown beside `account` in the app.
    pub fn uri(&self, issuer: &str, account: &str) -> String {
        // A colon separates issuer and account in the label, also when it is escaped.
        let issuer: String = issuer.chars().filter(|c| *c != ':').take(MAX_ISSUER).collect();
        let (issuer, account, secret) = (escape(issuer.trim()), escape(account), self.base32());
        format!(
            "otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={PERIOD_SECONDS}"
        )
    }

    /// The step of the window (the present one, one before, one after) whose code this is. Anything but six ASCII
    /// digits is none. Takes the same time for every code.
    pub fn matching_step(&self, code: &str, unix_seconds: i64) -> Option<i64> {
        let present = step_at(unix_seconds)?;
        let totp = self.totp();
        let mut matched = -1;
        for step in WINDOW.map(|offset| present.saturating_add(offset)).filter(|step| *step >= 0) {
            let right = generate(&totp, step).as_bytes().ct_eq(code.as_bytes());
            // A later step wins: it spends the earlier ones too.
            matched = i64::conditional_select(&matched, &step, right);
        }
        (matched >= 0).then_some(matched)
    }

    fn totp(&self) -> Totp {
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(DIGITS as u8)
            .with_step_duration(PERIOD_SECONDS as u64)
            .with_secret(Secret::from(*self.0))
            .build_noncompliant()
    }
}

fn generate(totp: &Totp, step: i64) -> Zeroizing<String> {
    let seconds = step.saturating_mul(PERIOD_SECONDS);
    Zeroizing::new(totp.generate(seconds.unsigned_abs()).to_string())
}

/// Percent-encodes everything but the unreserved characters of RFC 3986.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => escaped.push(byte.into()),
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::sample;

    fn rfc() -> TotpSecret {
        TotpSecret::from_bytes(b"12345678901234567890").unwrap()
    }

    /// Appendix B of RFC 6238, SHA-1; the last six of its eight digits.
    const VECTORS: [(i64, &str); 6] = [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ];

    #[test]
    fn the_ten_codes_of_rfc_4226_match_their_counters_and_no_other_second() {
        const CODES: &str = "755224 287082 359152 969429 338314 254676 287922 162583 399871 520489";
        for (counter, code) in (0i64..).zip(CODES.split(' ')) {
            for second in [counter * 30, counter * 30 + 29] {
                assert_eq!(rfc().matching_step(code, second), Some(counter), "{code}");
            }
            // One step early and one late are forgiven, two are not.
            assert_eq!(rfc().matching_step(code, counter * 30 + 59), Some(counter), "{code}");
            assert_eq!(rfc().matching_step(code, counter * 30 + 60), None, "{code}");
        }
    }

    #[test]
    fn the_codes_of_rfc_6238_match_their_steps() {
        for (second, code) in VECTORS {
            assert_eq!(rfc().matching_step(code, second), Some(second / 30), "{second}");
        }
    }

    #[test]
    fn the_window_is_one_step_either_way_and_no_more() {
        for (second, code) in VECTORS {
            let step = second / 30;
            for (offset, accepted) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
                let clock = (step + offset) * 30;
                assert_eq!(rfc().matching_step(code, clock), accepted.then_some(step), "{second} {offset}");
            }
        }
    }

    #[test]
    fn only_six_ascii_digits_are_a_code() {
        for bad in
            ["", "28708", "2870820", " 287082", "287 082", "287082\0", "+87082", "２８７０８２", "null", "000000"]
        {
            assert_eq!(rfc().matching_step(bad, 59), None, "{bad:?}");
        }
        assert_eq!(rfc().matching_step("287082", -1), None);
        assert_eq!(rfc().matching_step("287082", i64::MAX), None);
    }

    #[test]
    fn the_address_is_what_apps_expect() {
        let uri = rfc().uri("Acme: Söhne", "ann@acme.example");
        assert_eq!(
            uri,
            "otpauth://totp/Acme%20S%C3%B6hne:ann%40acme.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Acme%20S%C3%B6hne&algorithm=SHA1&digits=6&period=30"
        );
        let read = Totp::from_url(&uri).unwrap();
        assert_eq!(read.generate(59).to_string(), "287082");
        assert_eq!((read.issuer(), read.account_name()), (Some("Acme Söhne"), "ann@acme.example"));
    }

    #[test]
    fn secrets_have_twenty_bytes_and_stay_out_of_debug() {
        assert!(TotpSecret::from_bytes(&[0; 19]).is_none() && TotpSecret::from_bytes(&[0; 21]).is_none());
        assert_eq!(format!("{:?}", rfc()), "TotpSecret(…)");
    }

    proptest! {
        #[test]
        fn two_secrets_rarely_share_a_code_and_never_a_base32(now in 0..4_000_000_000i64) {
            let world = sample::world();
            let (a, b) = (TotpSecret::generate(&world), TotpSecret::generate(&world));
            prop_assert_ne!(a.base32(), b.base32());
            let code = generate(&a.totp(), now / 30);
            let matched = a.matching_step(&code, now).unwrap();
            prop_assert!((now / 30 - 1..=now / 30 + 1).contains(&matched));
        }
    }
}
