//! Backup codes: eight codes of 50 bits, written `xxxxx-xxxxx` in Crockford's base 32, each good for one sign-in.
//!
//! Typing is forgiven (case, spaces, hyphens, o for 0, i and l for 1), guessing is not: the same counter as for the
//! authenticator's codes stands before them. Stored are a keyed digest for the claim and a sealed copy for showing them
//! again after step-up.

use std::fmt;

use zeroize::Zeroizing;

use crate::domain::world::World;

/// How many codes a person gets.
pub const COUNT: usize = 8;

const LENGTH: usize = 10;
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// One backup code in its normal form, `xxxxx-xxxxx`.
#[derive(Clone, PartialEq, Eq)]
pub struct BackupCode(Zeroizing<String>);

impl BackupCode {
    /// A fresh code.
    pub fn generate(world: &World) -> Self {
        let bytes: Zeroizing<[u8; LENGTH]> = Zeroizing::new(world.bytes());
        // 256 is a multiple of 32: the low five bits of a byte are evenly spread.
        Self::format(bytes.iter().map(|byte| ALPHABET[usize::from(byte & 31)]))
    }

    /// A fresh set of [`COUNT`] different codes.
    pub fn generate_set(world: &World) -> Vec<Self> {
        let mut set: Vec<Self> = Vec::with_capacity(COUNT);
        while set.len() < COUNT {
            let code = Self::generate(world);
            if !set.contains(&code) {
                set.push(code);
            }
        }
        set
    }

    /// Reads a code as a person typed it. `None` unless it has ten characters of the alphabet.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 4 * LENGTH {
            return None;
        }
        let typed = text.bytes().filter(|byte| !matches!(byte, b'-' | b' '));
        let symbols: Option<Zeroizing<Vec<u8>>> = typed.map(symbol).collect::<Option<Vec<u8>>>().map(Zeroizing::new);
        let symbols = symbols.filter(|symbols| symbols.len() == LENGTH)?;
        Some(Self::format(symbols.iter().copied()))
    }

    fn format(symbols: impl Iterator<Item = u8>) -> Self {
        let mut text = Zeroizing::new(String::with_capacity(LENGTH + 1));
        for (index, symbol) in symbols.enumerate() {
            if index == LENGTH / 2 {
                text.push('-');
            }
            text.push(symbol.into());
        }
        Self(text)
    }

    /// The normal form, to be shown to its owner, digested or sealed.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

fn symbol(byte: u8) -> Option<u8> {
    let symbol = match byte.to_ascii_lowercase() {
        b'o' => b'0',
        b'i' | b'l' => b'1',
        other => other,
    };
    ALPHABET.contains(&symbol).then_some(symbol)
}

impl fmt::Debug for BackupCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BackupCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::sample;

    proptest! {
        #[test]
        fn what_people_type_is_read_as_the_code_shown(
            code in "[0-9a-hjkmnp-tv-z]{5}-[0-9a-hjkmnp-tv-z]{5}", upper: bool, hyphen in "[ -]{0,3}"
        ) {
            let typed = code.replace('-', &hyphen).replace('0', "o").replace('1', if upper { "I" } else { "l" });
            let typed = if upper { typed.to_uppercase() } else { typed };
            let read = BackupCode::parse(&typed).unwrap();
            prop_assert_eq!(read.expose(), code);
        }

        #[test]
        fn what_is_read_is_in_normal_form(text in "\\PC{0,14}|[0-9a-zA-Z -]{8,14}") {
            if let Some(code) = BackupCode::parse(&text) {
                prop_assert_eq!(BackupCode::parse(code.expose()), Some(code.clone()));
                prop_assert_eq!(code.expose().len(), 11);
            }
        }
    }

    #[test]
    fn a_set_has_eight_different_codes_that_read_back() {
        let set = BackupCode::generate_set(&sample::world());
        assert_eq!(set.len(), COUNT);
        for (index, code) in set.iter().enumerate() {
            assert_eq!(BackupCode::parse(code.expose()).as_ref(), Some(code));
            assert!(!set[..index].contains(code));
        }
    }

    #[test]
    fn blank_short_and_foreign_texts_are_no_codes() {
        for bad in [
            "",
            "-",
            "000000",
            "null",
            "abcde-fghj",
            "abcde-fghju",
            "abcde-fghjkm",
            "ábcde-fghjk",
            &"0".repeat(1 << 16),
        ] {
            assert_eq!(BackupCode::parse(bad), None, "{bad:.20}");
        }
        assert_eq!(format!("{:?}", BackupCode::generate(&sample::world())), "BackupCode(…)");
    }
}
