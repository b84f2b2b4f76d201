//! The key under which a client may send a creating request again (draft-ietf-httpapi-idempotency-key-header).

/// Fewer characters than this could be guessed by others behind the same address.
const SHORTEST: usize = 16;
const LONGEST: usize = 128;

/// Reads the header: a string in quotes (RFC 9651), as the draft asks, or the same without them, as most clients send it.
pub fn parse_key(header: &str) -> Option<&str> {
    let header = header.trim();
    let bare = header.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(header);
    let fine = bare.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:~+/=".contains(&byte));
    (fine && (SHORTEST..=LONGEST).contains(&bare.len())).then_some(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_with_and_without_quotes() {
        let key = "8e03978e-40d5-43dd-bc93-6894a57f9324";
        assert_eq!(parse_key(&format!("\"{key}\"")), Some(key));
        assert_eq!(parse_key(key), Some(key));
    }

    #[test]
    fn short_long_and_strange_keys_are_refused() {
        for header in ["", "\"\"", "1", "fifteen-letters", "\"half-quoted-key-of-mine", "a key with some blanks in it"]
        {
            assert_eq!(parse_key(header), None, "{header}");
        }
        assert_eq!(parse_key(&"x".repeat(129)), None);
        assert!(parse_key(&"x".repeat(128)).is_some());
    }
}
