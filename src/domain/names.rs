//! Names of people and companies: any script, one line, nothing that changes how the text around it is read.

use unicode_normalization::UnicodeNormalization;

use super::code::FieldError;

/// The most code points a name may have, after normalisation.
pub const MAX_LENGTH: usize = 100;

/// Checks a person's name and returns it trimmed and in NFC. The error points at `/full_name`.
pub fn person_name(text: &str) -> Result<String, FieldError> {
    name("/full_name", text)
}

/// Checks a company's name and returns it trimmed and in NFC. The error points at `/company_name`.
pub fn company_name(text: &str) -> Result<String, FieldError> {
    name("/company_name", text)
}

/// Checks the name of a service and returns it trimmed and in NFC. The error points at `/name`.
pub fn service_name(text: &str) -> Result<String, FieldError> {
    name("/name", text)
}

fn name(pointer: &str, text: &str) -> Result<String, FieldError> {
    let refuse = |code, message| Err(FieldError::new(pointer, code, message));
    // No text this long can become short enough; do not spend normalisation on it.
    if text.len() > 16 * MAX_LENGTH {
        return refuse("too_long", "A name has at most 100 characters.");
    }
    let name: String = text.trim().nfc().collect();
    if name.chars().any(is_forbidden) {
        return refuse("forbidden_character", "A name has no control or direction characters.");
    }
    if name.chars().count() > MAX_LENGTH {
        return refuse("too_long", "A name has at most 100 characters.");
    }
    if !name.chars().any(char::is_alphanumeric) {
        return refuse("required", "A name has at least one letter or digit.");
    }
    Ok(name)
}

/// Controls, line and paragraph separators, and the characters that reorder what is shown after them.
fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_passes_is_one_trimmed_line_and_passes_again(text in "\\PC{0,120}|[ -~\\r\\n\\t]{0,20}") {
            if let Ok(name) = person_name(&text) {
                prop_assert_eq!(person_name(&name), Ok(name.clone()));
                prop_assert_eq!(name.trim(), &name);
                prop_assert!((1..=MAX_LENGTH).contains(&name.chars().count()));
                prop_assert!(!name.contains(['\r', '\n', '\0']));
            }
        }
    }

    #[test]
    fn names_of_many_scripts_pass() {
        for good in ["Ann O'Hara", "José Ñandú", "李小龍", "محمد", "X", "  Zoë  "] {
            assert!(person_name(good).is_ok(), "{good}");
        }
        assert_eq!(person_name("  Zoe\u{308} ").unwrap(), "Zoë");
    }

    #[test]
    fn empty_long_and_treacherous_names_are_refused() {
        for (bad, code) in [
            ("", "required"),
            (" \u{200d} ", "required"),
            ("a\r\nBcc: b", "forbidden_character"),
            ("admin\u{202e}nimda", "forbidden_character"),
            ("a\0", "forbidden_character"),
        ] {
            assert_eq!(company_name(bad).unwrap_err().code, code, "{bad:?}");
        }
        assert!(company_name(&"é".repeat(100)).is_ok());
        assert_eq!(company_name(&"é".repeat(101)).unwrap_err().code, "too_long");
        assert_eq!(company_name(&"a".repeat(1 << 20)).unwrap_err().pointer, "/company_name");
    }
}
