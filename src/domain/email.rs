//! E-mail addresses: one normaliser for every door, so that case twins and look-alikes cannot become two accounts.
//!
//! Accepted is what mail servers deliver everywhere: ASCII dot-atoms (RFC 5322 section 3.2.3) at a domain name of two
//! labels or more. Quoted local parts, address literals, white space, control characters and everything outside ASCII
//! (homoglyphs of `@`, dotless i, NFD forms) are refused rather than repaired: what is repaired differently by two
//! programs is how mail reaches a stranger. The address as typed is stored beside it for display; equality, uniqueness
//! and lookups use the normal form.

use std::fmt;

use super::code::FieldError;

/// The longest address that fits an SMTP path (RFC 5321 section 4.5.3.1.3).
pub const MAX_LENGTH: usize = 254;

/// A checked address in lower case.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct NormalEmail(String);

impl NormalEmail {
    /// Checks `text` and brings it to lower case. The error points at `/email`.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let refuse = |message| FieldError::new("/email", "invalid_email", message);
        if text.len() > MAX_LENGTH {
            return Err(refuse("An e-mail address has at most 254 characters."));
        }
        if !text.is_ascii() {
            return Err(refuse("Only e-mail addresses in plain ASCII are accepted."));
        }
        let (local, domain) =
            text.split_once('@').ok_or_else(|| refuse("An e-mail address has the form name@domain."))?;
        if !is_local_part(local) {
            return Err(refuse("The part before the @ is not acceptable."));
        }
        if !is_domain(domain) {
            return Err(refuse("The part after the @ is not a domain name."));
        }
        Ok(Self(text.to_ascii_lowercase()))
    }

    /// The normal form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the `@`.
    pub fn local_part(&self) -> &str {
        self.0.split_once('@').map_or("", |(local, _)| local)
    }

    /// The part after the `@`.
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }
}

fn is_local_part(local: &str) -> bool {
    let atom = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    local.len() <= 64 && local.split('.').all(|part| !part.is_empty() && part.bytes().all(atom))
}

fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let Some((_, top)) = domain.rsplit_once('.') else { return false };
    domain.len() <= 253 && domain.split('.').all(label) && !top.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Display for NormalEmail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Addresses stay out of logs: Debug shows only the domain.
impl fmt::Debug for NormalEmail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NormalEmail(…@{})", self.domain())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ADDRESS: &str =
        "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}(\\.[A-Za-z0-9_+-]{1,10}){0,2}@[A-Za-z0-9]{1,20}\\.[A-Za-z]{2,10}";

    proptest! {
        #[test]
        fn an_ordinary_address_passes_and_normalising_twice_changes_nothing(text in ADDRESS) {
            let once = NormalEmail::parse(&text).unwrap();
            prop_assert_eq!(&NormalEmail::parse(once.as_str()).unwrap(), &once);
            prop_assert_eq!(format!("{}@{}", once.local_part(), once.domain()), once.as_str());
        }

        #[test]
        fn case_twins_are_one_address(text in ADDRESS) {
            let forms = [text.to_ascii_lowercase(), text.to_ascii_uppercase(), text];
            let [a, b, c] = forms.map(|form| NormalEmail::parse(&form).unwrap());
            prop_assert!(a == b && b == c);
        }

        #[test]
        fn what_passes_is_safe_in_a_mail_header(text in "\\PC{0,12}[@\\r\\n\\t ,;<>\"]{0,3}\\PC{0,12}") {
            if let Ok(email) = NormalEmail::parse(&text) {
                prop_assert!(email.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
                prop_assert!(!email.as_str().contains(['<', '>', ',', ';', ':', '"', '(', ')', '\\', '[', ']']));
                prop_assert_eq!(email.as_str().matches('@').count(), 1);
            }
        }
    }

    #[test]
    fn look_alikes_and_injections_are_refused() {
        for bad in [
            "",
            "@",
            "a@",
            "@b.example",
            "a@b",
            "a b@c.example",
            " a@b.example",
            "a@b.example ",
            "a@@b.example",
            "a\u{ff20}b.example",
            "adm\u{131}n@b.example",
            "stra\u{df}e@b.example",
            "cu\u{308}re@b.example",
            "a@b\u{3002}example",
            "a@b.example\r\nBcc: v@b.example",
            "a@b.example\n",
            "\"a\"@b.example",
            ".a@b.example",
            "a.@b.example",
            "a..b@c.example",
            "a@-b.example",
            "a@b-.example",
            "a@b..example",
            "a@b.example.",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "a@b.example,v@b.example",
            "<a@b.example>",
            "a\0@b.example",
        ] {
            assert!(NormalEmail::parse(bad).is_err(), "{bad:?}");
        }
        assert!(NormalEmail::parse("a\u{ff20}b.example").unwrap_err().message.contains("ASCII"));
        assert!(NormalEmail::parse(&format!("{}@b.example", "a".repeat(65))).is_err());
        assert!(NormalEmail::parse(&format!("a@{}.example", "b.".repeat(130))).is_err());
    }

    #[test]
    fn debug_keeps_the_person_out() {
        assert_eq!(format!("{:?}", NormalEmail::parse("Ann@B.Example").unwrap()), "NormalEmail(…@b.example)");
    }
}
