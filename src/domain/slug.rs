//! Slugs: the short name by which a person tells at sign-in which company they mean.

use std::fmt;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::code::FieldError;

const MIN_LENGTH: usize = 2;
const MAX_LENGTH: usize = 40;

/// A company's slug: 2 to 40 of `a-z`, `0-9` and single hyphens inside.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Slug(String);

impl Slug {
    /// Reads a slug as it was typed; upper case is brought to lower case. The error points at `/company_slug`.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let text = text.to_ascii_lowercase();
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if (MIN_LENGTH..=MAX_LENGTH).contains(&text.len()) && text.split('-').all(plain) {
            return Ok(Self(text));
        }
        let rule = "A slug has 2 to 40 letters a-z, digits and single hyphens between them.";
        Err(FieldError::new("/company_slug", "invalid_slug", rule))
    }

    /// The slug as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The `number`-th variant of this slug, for when it is taken: `acme` → `acme-2`.
    pub fn numbered(&self, number: u32) -> Self {
        let tail = format!("-{number}");
        let head = &self.0[..self.0.len().min(MAX_LENGTH - tail.len())];
        Self(format!("{}{tail}", head.trim_end_matches('-')))
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A slug made from a company's name: accents dropped, everything else that is no letter or digit a hyphen.
/// A name without any usable letter becomes `company`.
pub fn slug(name: &str) -> Slug {
    let mut slug = String::new();
    for c in name.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => slug.push(c),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
        if slug.len() == MAX_LENGTH {
            break;
        }
    }
    Slug::parse(slug.trim_end_matches('-')).unwrap_or_else(|_| Slug("company".into()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_name_gives_a_slug_that_reads_back(name in "\\PC{0,80}", number: u32) {
            let slug = slug(&name);
            prop_assert_eq!(Slug::parse(slug.as_str()).unwrap(), slug.clone());
            let variant = slug.numbered(number);
            prop_assert_eq!(Slug::parse(variant.as_str()).unwrap(), variant.clone());
            prop_assert_ne!(variant, slug.numbered(number.wrapping_add(1)));
        }
    }

    #[test]
    fn slugs_look_as_people_expect() {
        for (name, expected) in [
            ("TechCorp", "techcorp"),
            ("Müller & Söhne GmbH", "muller-sohne-gmbh"),
            ("  --A  B--  ", "a-b"),
            ("李小龍", "company"),
            ("X", "company"),
        ] {
            assert_eq!(slug(name).as_str(), expected);
        }
        assert_eq!(slug("acme").numbered(2).as_str(), "acme-2");
    }

    #[test]
    fn other_texts_are_no_slugs() {
        for bad in ["", "a", "-ab", "ab-", "a--b", "a b", "a_b", "é1", "a/../b", &"a".repeat(41)] {
            assert!(Slug::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(Slug::parse("TechCorp").unwrap().as_str(), "techcorp");
    }
}
