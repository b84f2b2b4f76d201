//! From the bytes of a mail to what a person reads.

use mail_parser::{MessageParser, PartType};
use time::OffsetDateTime;

use super::Mail;

/// What cannot be parsed is kept whole as text: a mailbox for development hides nothing.
pub(super) fn mail(to: &str, raw: &[u8], at: OffsetDateTime) -> Mail {
    let Some(message) = MessageParser::default().parse(raw) else {
        let text = String::from_utf8_lossy(raw).into_owned();
        return Mail { to: to.into(), subject: String::new(), text, html: String::new(), at };
    };
    // Not `body_text`: the parser makes text from HTML where a mail has none, which would hide that it is missing.
    let part = |wanted: fn(&PartType<'_>) -> Option<String>| {
        message.parts.iter().find_map(|part| wanted(&part.body)).unwrap_or_default()
    };
    let text = part(|body| if let PartType::Text(text) = body { Some(text.replace("\r\n", "\n")) } else { None });
    let html = part(|body| if let PartType::Html(html) = body { Some(html.replace("\r\n", "\n")) } else { None });
    Mail { to: to.into(), subject: message.subject().unwrap_or_default().into(), text, html, at }
}
