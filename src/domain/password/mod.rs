//! What makes a password acceptable (OWASP ASVS 6.2, NIST SP 800-63B): length, no common passwords, nothing about the
//! person or the company, and enough left to guess. Long ones may be of any kind; shorter ones need all kinds of characters.
//!
//! A password is taken in NFC, so that it is the same from every keyboard; [`normalise`] is applied by this rule and by
//! the hasher. Nothing is trimmed or cut.

mod blocklist;

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;
use zxcvbn::{Score, zxcvbn};

use super::code::FieldError;

/// The fewest code points, whatever a company says.
pub const MIN_LENGTH: usize = 12;

/// From so many code points on any kind of characters will do, unless the company asks for all kinds.
pub const LONG: usize = 15;

/// The most code points.
pub const MAX_LENGTH: usize = 256;

/// No shorter text could be longer in bytes than this: NFC of at most [`MAX_LENGTH`] code points, written decomposed.
const MAX_BYTES: usize = 16 * MAX_LENGTH;

/// Code points that must be left beside a word everybody could guess.
const LEFT_BESIDE_WORD: usize = 8;

/// Who chooses the password, and where.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Their address.
    pub email: &'a str,
    /// The company's name.
    pub company: &'a str,
    /// Their name.
    pub full_name: &'a str,
    /// The company's own least length; [`MIN_LENGTH`] stays the floor.
    pub min_length: usize,
    /// Whether the company asks long passwords too for all kinds of characters.
    pub all_kinds: bool,
}

/// The form in which a password is checked and hashed: NFC, otherwise untouched.
pub fn normalise(password: &str) -> Zeroizing<String> {
    Zeroizing::new(password.nfc().collect())
}

/// Whether a password is so long that no account can have it: refused before any hash is spent on it.
pub fn is_too_long(password: &str) -> bool {
    password.len() > MAX_BYTES || normalise(password).chars().count() > MAX_LENGTH
}

/// Checks a new password. The errors point at `/password` and never repeat it.
///
/// The estimate takes some milliseconds for a long password: call it where a short computation is welcome.
pub fn check(password: &str, context: &Context<'_>) -> Result<(), Vec<FieldError>> {
    let refuse = |code, message: String| Err(vec![FieldError::new("/password", code, message)]);
    if is_too_long(password) {
        return refuse("too_long", format!("A password has at most {MAX_LENGTH} characters."));
    }
    let password = normalise(password);
    let (length, least) = (password.chars().count(), context.min_length.clamp(MIN_LENGTH, MAX_LENGTH));
    if length < least {
        return refuse("too_short", format!("A password has at least {least} characters."));
    }
    if (length < LONG || context.all_kinds) && !has_all_kinds(&password) {
        return refuse("too_uniform", kinds_wanted(context.all_kinds));
    }
    let lower = Zeroizing::new(password.to_lowercase());
    if blocklist::contains(&lower) {
        return refuse("too_common", "This password is one of those that are tried first.".into());
    }
    let words = context_words(context);
    if words.iter().any(|word| leans_on(&lower, word)) || spells_out(&lower, context) {
        return refuse("too_personal", "Do not build the password on your name, address or company.".into());
    }
    let known: Vec<&str> = words.iter().map(String::as_str).collect();
    if zxcvbn(&password, &known).score() < Score::Three {
        return refuse("too_weak", "This password is too easy to guess. Add unrelated words.".into());
    }
    Ok(())
}

/// Upper and lower case letters, digits and signs.
fn has_all_kinds(password: &str) -> bool {
    let kinds: [fn(char) -> bool; 4] =
        [char::is_uppercase, char::is_lowercase, char::is_numeric, |c| !c.is_alphanumeric()];
    kinds.iter().all(|kind| password.chars().any(kind))
}

fn kinds_wanted(always: bool) -> String {
    let kinds = "upper and lower case letters, digits and signs";
    match always {
        true => format!("A password has {kinds}."),
        false => format!("A password of fewer than {LONG} characters has {kinds}."),
    }
}

/// Words that somebody who knows the person or the company would try: whole names, and their parts of four letters or more.
fn context_words(context: &Context<'_>) -> Vec<String> {
    let mut words = vec!["voxgate".to_owned(), "company".to_owned()];
    for text in [context.email, context.company, context.full_name] {
        let text = normalise(text).to_lowercase();
        let parts = text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned);
        words.extend(parts);
        words.push(text.chars().filter(|c| c.is_alphanumeric()).collect());
    }
    words.retain(|word| word.chars().count() >= 4);
    words.sort();
    words.dedup();
    words
}

/// Whether the password is one of the whole texts, however it is punctuated: an address is no password of its owner.
fn spells_out(password: &str, context: &Context<'_>) -> bool {
    let squeezed = |text: &str| Zeroizing::new(text.chars().filter(|c| c.is_alphanumeric()).collect::<String>());
    let password = squeezed(password);
    [context.email, context.company, context.full_name].iter().any(|text| {
        let text = squeezed(&normalise(text).to_lowercase());
        text.chars().count() >= LEFT_BESIDE_WORD && leans_on(&password, &text)
    })
}

/// Whether so little is left of the password beside `word` that guessing it is guessing the word.
fn leans_on(password: &str, word: &str) -> bool {
    password.contains(word) && password.replace(word, "").chars().count() < LEFT_BESIDE_WORD
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CONTEXT: Context<'_> = Context {
        email: "admin@techcorp.com",
        company: "TechCorp",
        full_name: "Alex Admin",
        min_length: 10,
        all_kinds: false,
    };

    fn code(password: &str) -> Option<&'static str> {
        check(password, &CONTEXT).err().map(|errors| errors[0].code)
    }

    #[test]
    fn the_demo_password_and_honest_ones_pass() {
        let long = "correct horse battery staple ".repeat(8) + "and then some more";
        for good in
            ["SecurePass123!", "correct horse battery staple", "pfV9#kq2-Lmw", "грибной дождь над Волгой", &long]
        {
            assert_eq!(code(good), None, "{good}");
        }
        let other = Context {
            email: "admin@startupxyz.com",
            company: "StartupXYZ",
            full_name: "Sam",
            min_length: 0,
            ..CONTEXT
        };
        assert!(check("SecurePass123!", &other).is_ok());
    }

    #[test]
    fn weak_but_complex_ones_are_refused() {
        for (bad, why) in [
            ("Password1234!", "too_common"),
            ("P@ssw0rd2024!", "too_common"),
            ("Company2026!", "too_common"),
            ("Qwertyuiop12!", "too_common"),
            ("Password1!", "too_short"),
            ("1234567890", "too_short"),
            ("TechCorp#2026", "too_personal"),
            ("Voxgate-1-xyz", "too_personal"),
            ("Admin!Techcorp7", "too_personal"),
            ("admin@techcorp.com", "too_personal"),
            ("Admin.Techcorp_Com!7", "too_personal"),
            ("aaaaaaaaaaaaaaaa", "too_weak"),
            ("short1!", "too_short"),
        ] {
            assert_eq!(code(bad), Some(why), "{bad}");
        }
    }

    #[test]
    fn length_counts_code_points_up_to_256_and_a_megabyte_costs_nothing() {
        let base = "zq8 Lw ümbrella trumpet 41";
        let fill = |n: usize| base.chars().cycle().take(n).collect::<String>();
        assert_eq!(code(&fill(256)), None);
        assert_eq!(code(&fill(257)), Some("too_long"));
        assert_eq!(code(&"é".repeat(1 << 19)), Some("too_long"));
        assert!(!is_too_long(&"e\u{301}".repeat(256)) && is_too_long(&"e\u{301}".repeat(257)));
    }

    #[test]
    fn a_company_may_ask_for_more_but_not_for_less() {
        let strict = Context { min_length: 16, ..CONTEXT };
        assert_eq!(check("SecurePass123!", &strict).unwrap_err()[0].code, "too_short");
        let lax = Context { min_length: 1, ..CONTEXT };
        assert_eq!(check("pfV9#kq2-Lm", &lax).unwrap_err()[0].code, "too_short");
    }

    #[test]
    fn fifteen_characters_of_any_kind_pass_and_fewer_need_all_four() {
        for (password, verdict) in [
            ("lampwinterowls", Some("too_uniform")),
            ("lampwinterowlsx", None),
            ("LampWinter7owl", Some("too_uniform")),
            ("LampWinter7-ow", None),
            ("Lamp-Winter-ow", Some("too_uniform")),
            ("lamp-winter7ow", Some("too_uniform")),
            ("LAMP-WINTER7OW", Some("too_uniform")),
            ("Zq8!mWtr2#p", Some("too_short")),
        ] {
            assert_eq!(code(password), verdict, "{password}");
        }
        let strict = Context { all_kinds: true, ..CONTEXT };
        let judged = |password| check(password, &strict).err().map(|errors| errors[0].code);
        assert_eq!(judged("lampwinterowlsx and more"), Some("too_uniform"));
        assert_eq!((judged("Lamp winter 7 owls"), judged("Лампа-зимой-7-сов")), (None, None));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn composed_and_decomposed_are_one_password(text in "[a-zéüñ ]{8,30}") {
            let decomposed: String = text.nfd().collect();
            prop_assert_eq!(normalise(&decomposed), normalise(&text));
            prop_assert_eq!(code(&decomposed), code(&text));
        }

        #[test]
        fn errors_never_repeat_the_password(text in "[ -~]{4,20}") {
            if let Err(errors) = check(&text, &CONTEXT) {
                prop_assert!(errors.iter().all(|error| error.pointer == "/password" && !error.message.contains(&text)));
            }
        }
    }
}
