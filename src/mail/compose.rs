//! From a message to a finished letter. What people typed cannot become a header, a second recipient, markup or a link.

use lettre::Address;

use super::{letter::Letter, message::Message, template};

/// What every letter of this installation shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stationery {
    /// Where people reach the server, without a slash at the end. The only base of links: never the request's host.
    pub base_url: String,
}

/// Why a letter was not written.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// The recipient is no plain address.
    #[error("the recipient is not one plain e-mail address")]
    Recipient,
    /// A fact holds a line break or another control character.
    #[error("the {0} of a mail holds a control character")]
    Control(&'static str),
    /// The template asks for a fact that does not exist. A mistake in this program.
    #[error("a mail template asks for {0:?}, which it is not given")]
    Template(String),
}

/// Writes the letter.
///
/// # Errors
/// The recipient is not one plain address, or a fact holds a control character.
pub fn compose(stationery: &Stationery, to: &str, message: &Message) -> Result<Letter, ComposeError> {
    if !is_plain(to) {
        return Err(ComposeError::Recipient);
    }
    let facts = message.facts(&stationery.base_url);
    if let Some(fact) = facts.iter().find(|fact| fact.1.chars().any(breaks_lines)) {
        return Err(ComposeError::Control(fact.0));
    }
    let kind = message.kind();
    let parts = template::render(kind.template(), &facts).map_err(|broken| ComposeError::Template(broken.0))?;
    Ok(Letter { kind, to: to.into(), subject: parts.subject, text: parts.text, html: parts.html })
}

/// One address without quotes, comments, lists or anything outside ASCII.
pub(super) fn is_plain(address: &str) -> bool {
    address.is_ascii()
        && !address.contains(|c: char| c.is_ascii_control() || " \"(),:;<>[\\]".contains(c))
        && address.parse::<Address>().is_ok()
}

fn breaks_lines(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
pub(super) mod tests {
    use time::macros::datetime;

    use super::{
        super::message::{Guesses, Intervention, Kind, Link, Security, Watch},
        *,
    };

    pub(in crate::mail) fn stationery() -> Stationery {
        Stationery { base_url: "https://auth.example.com".into() }
    }

    pub(in crate::mail) fn invitation(company: &str) -> Message {
        Message::Invitation {
            company: company.into(),
            inviter: "Ada Admin".into(),
            role: "Manager".into(),
            token: "vgi_secret".into(),
            expires_at: datetime!(2026-03-08 09:05 UTC),
        }
    }

    fn every_message() -> Vec<Message> {
        let security = || Security {
            company: "TechCorp".into(),
            full_name: "Uma User".into(),
            at: datetime!(2026-03-01 12:00 UTC),
            ip: "192.0.2.7".into(),
            device: "Firefox on Linux".into(),
        };
        let intervention = || Intervention {
            company: "TechCorp".into(),
            full_name: "Uma User".into(),
            admin: "Ada Admin".into(),
            at: datetime!(2026-03-01 12:00 UTC),
        };
        let watch = || Watch {
            company: "TechCorp".into(),
            full_name: "Ada Admin".into(),
            person: "Uma User".into(),
            at: datetime!(2026-03-01 12:00 UTC),
        };
        let guesses = Guesses { what: "password", failures: 7 };
        let link = || Link { token: "vgp_secret".into(), expires_at: datetime!(2026-03-01 12:30 UTC) };
        vec![
            invitation("TechCorp"),
            Message::Welcome { company: "TechCorp".into(), full_name: "Uma User".into() },
            Message::ForcedLogout {
                company: "TechCorp".into(),
                full_name: "Uma User".into(),
                admin: "Ada Admin".into(),
                at: datetime!(2026-03-01 12:00 UTC),
            },
            Message::MfaEnabled(security()),
            Message::MfaDisabled(security()),
            Message::BackupCodeUsed { security: security(), remaining: 3 },
            Message::RefreshReused(security()),
            Message::ConfirmAddress { company: "TechCorp".into(), full_name: "Uma User".into(), link: link() },
            Message::PasswordReset { security: security(), link: link() },
            Message::NewPasswordDemanded { intervention: intervention(), link: link() },
            Message::PasswordChanged(security()),
            Message::NewDevice(security()),
            Message::MfaReset(intervention()),
            Message::Deactivated(intervention()),
            Message::Erased(intervention()),
            Message::AddressChange {
                company: "TechCorp".into(),
                full_name: "Uma User".into(),
                address: "uma@new.example".into(),
                link: link(),
            },
            Message::AddressChangeAsked { security: security(), address: "uma@new.example".into() },
            Message::AddressChanged { security: security(), address: "uma@new.example".into() },
            Message::Spraying {
                company: "TechCorp".into(),
                full_name: "Ada Admin".into(),
                at: datetime!(2026-03-01 12:00 UTC),
                ip: "192.0.2.7".into(),
            },
            Message::AfterFailures { security: security(), guesses },
            Message::AccountGuessed { watch: watch(), guesses, ip: "192.0.2.7".into() },
            Message::MadeAdmin(intervention()),
            Message::NewAdmin { watch: watch(), admin: "Ada Admin".into() },
        ]
    }

    #[test]
    fn every_mail_has_both_parts_and_a_link_to_this_installation() {
        let letters: Vec<_> = every_message()
            .iter()
            .map(|message| compose(&stationery(), "uma@techcorp.com", message).unwrap())
            .collect();
        assert_eq!(letters.iter().map(|letter| letter.kind).collect::<Vec<_>>(), Kind::ALL);
        for letter in letters {
            for part in [&letter.text, &letter.html] {
                assert!(part.contains("https://auth.example.com"), "{part}");
                assert!(part.contains("TechCorp"), "{part}");
                assert!(!part.contains("{{"), "{part}");
            }
            assert!(!letter.subject.is_empty());
        }
    }

    #[test]
    fn an_invitation_carries_its_token_in_the_fragment() {
        let letter = compose(&stationery(), "mara@techcorp.com", &invitation("TechCorp")).unwrap();
        assert!(letter.text.contains("https://auth.example.com/invite#token=vgi_secret\n"), "{}", letter.text);
        assert!(letter.text.contains("8 March 2026, 09:05 UTC"), "{}", letter.text);
        assert!(!format!("{letter:?}").contains("vgi_secret"));
    }

    #[test]
    fn links_carry_their_token_in_the_fragment_and_debug_shows_none() {
        for message in every_message() {
            let letter = compose(&stationery(), "uma@techcorp.com", &message).unwrap();
            for (at, _) in letter.text.match_indices("_secret") {
                let line = letter.text[..at].rsplit('\n').next().unwrap();
                assert!(line.starts_with("https://auth.example.com/") && line.contains("#token="), "{line}");
            }
            assert!(!format!("{message:?}").contains("_secret"));
        }
    }

    #[test]
    fn names_cannot_become_markup() {
        let letter = compose(&stationery(), "mara@techcorp.com", &invitation("<img src=x onerror=1>\"")).unwrap();
        assert!(!letter.html.contains("<img"), "{}", letter.html);
        assert!(letter.text.contains("<img src=x onerror=1>"), "the text part shows it as it is");
    }

    #[test]
    fn case_90_names_cannot_become_headers() {
        for company in ["Evil\r\nBcc: victim@example.com", "Evil\nX", "Evil\u{85}X", "Evil\u{2028}X", "Evil\0"] {
            let refused = compose(&stationery(), "mara@techcorp.com", &invitation(company));
            assert_eq!(refused, Err(ComposeError::Control("company")), "{company:?}");
        }
    }

    #[test]
    fn a_recipient_is_exactly_one_plain_address() {
        let hostile = [
            "a@b.example, c@d.example",
            "\"a b\"@c.example",
            "a@b.example\r\nRCPT TO:<c@d.example>",
            "A <a@b.example>",
            "a@b.example>",
            "a＠b.example",
            "a",
            "",
        ];
        for to in hostile {
            assert_eq!(compose(&stationery(), to, &invitation("X")), Err(ComposeError::Recipient), "{to:?}");
        }
        assert!(is_plain("first.last+tag@sub.example.com"));
    }

    proptest::proptest! {
        #[test]
        fn every_address_people_may_have_can_be_written_to(
            local in "[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,12}(\\.[a-z0-9+_-]{1,6}){0,2}",
            domain in "([a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?\\.){1,3}[a-z0-9]{1,8}|xn--[a-z0-9]{1,8}\\.[a-z]{2,4}|[a-z]{2,4}\\.xn--[a-z0-9]{1,8}",
        ) {
            let address = format!("{local}@{domain}");
            if crate::domain::email::NormalEmail::parse(&address).is_ok() {
                proptest::prop_assert!(is_plain(&address), "{}", address);
            }
        }
    }

    #[test]
    fn a_letter_survives_its_sealed_form_and_keeps_its_fingerprint() {
        let letter = compose(&stationery(), "mara@techcorp.com", &invitation("TechCorp")).unwrap();
        let again = Letter::from_bytes(&letter.to_bytes()).unwrap();
        assert_eq!(again, letter);
        assert_eq!(again.fingerprint(), letter.fingerprint());
        assert_ne!(
            compose(&stationery(), "m@techcorp.com", &invitation("TechCorp")).unwrap().fingerprint(),
            letter.fingerprint()
        );
        assert!(Letter::from_bytes(b"{}").is_err());
    }

    proptest::proptest! {
        #[test]
        fn whatever_a_company_is_called_the_letter_keeps_its_shape(company in proptest::prelude::any::<String>()) {
            let tags = |html: &str| html.matches('<').count();
            let plain = compose(&stationery(), "mara@techcorp.com", &invitation("TechCorp")).unwrap();
            match compose(&stationery(), "mara@techcorp.com", &invitation(&company)) {
                Ok(letter) => {
                    proptest::prop_assert_eq!(tags(&letter.html), tags(&plain.html));
                    proptest::prop_assert!(!letter.subject.contains(breaks_lines));
                    proptest::prop_assert!(letter.text.contains(&company));
                }
                Err(error) => {
                    proptest::prop_assert_eq!(error, ComposeError::Control("company"));
                    proptest::prop_assert!(company.contains(breaks_lines));
                }
            }
        }

        #[test]
        fn no_plain_address_can_say_more_than_itself(address in "[a-z.+\"<>(),:; @\r\n\t\\\\]{0,12}@[a-z.>,;\r\n @-]{0,12}") {
            if is_plain(&address) {
                proptest::prop_assert_eq!(address.matches('@').count(), 1);
                proptest::prop_assert!(!address.contains(['\r', '\n', ' ', ',', '<', '>', '"', ';']));
            }
        }
    }
}
