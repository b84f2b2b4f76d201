//! Common passwords: `blocklist.txt`, our own list, one per line in lower case, compiled in.
//!
//! Besides the password itself, what is left of it without the digits and signs at its end is looked up, and both once
//! more with the usual digits and signs read as letters. To add entries: append lines; a test keeps the form.

use std::{collections::HashSet, sync::LazyLock};

use zeroize::Zeroizing;

static LIST: LazyLock<HashSet<&'static str>> = LazyLock::new(|| include_str!("blocklist.txt").lines().collect());

/// Whether a password in lower case is on the list, or is an entry dressed up.
pub(super) fn contains(lower: &str) -> bool {
    let plain = Zeroizing::new(undress(lower));
    [lower, stem(lower), &plain, stem(&plain), &Zeroizing::new(undress(stem(lower)))]
        .into_iter()
        .any(|form| !form.is_empty() && LIST.contains(form))
}

/// Without the digits and signs at its end.
fn stem(text: &str) -> &str {
    text.trim_end_matches(|c: char| !c.is_alphabetic())
}

/// With the digits and signs that usually stand for letters read as letters.
fn undress(text: &str) -> String {
    let letter = |c| match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    };
    text.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_some_thousand_tidy_lines() {
        let lines: Vec<&str> = include_str!("blocklist.txt").lines().collect();
        assert!((2000..=4000).contains(&lines.len()), "{}", lines.len());
        assert_eq!(LIST.len(), lines.len(), "an entry stands twice");
        for line in lines {
            assert!(line.len() >= 4 && line == line.to_lowercase() && line == line.trim(), "{line:?}");
        }
    }

    #[test]
    fn every_entry_is_found_as_it_is_and_dressed_up() {
        for entry in LIST.iter() {
            assert!(contains(entry), "{entry}");
        }
        for dressed in ["password1!", "p@ssw0rd", "p4$$w0rd99!!", "welcome2026", "m0nkey#1", "admin"] {
            assert!(contains(dressed), "{dressed}");
        }
        for other in ["securepass123!", "pfv9#kq2-lmw", "", "...", "correct horse battery staple"] {
            assert!(!contains(other), "{other}");
        }
    }
}
