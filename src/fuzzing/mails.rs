//! Mails: whatever people are called, one envelope, one recipient, and only our own header lines.

#![allow(clippy::expect_used, reason = "a promise that is broken must end the run")]

use std::sync::LazyLock;

use time::macros::datetime;
use tokio::runtime::{Builder, Runtime};

use crate::mail::{Message, Postman, Settings, Stationery, compose};

/// Every header line a mail of ours has.
const HEADERS: [&str; 7] = ["From", "To", "Subject", "Message-ID", "MIME-Version", "Date", "Content-Type"];

/// Its pool of connections, which nothing here uses, wants a runtime and a life without end.
static POSTMAN: LazyLock<Postman> = LazyLock::new(|| {
    let from = "Voxgate <no-reply@voxgate.example>".into();
    let settings = Settings { smtp_url: "smtp://127.0.0.1:9".into(), from, patience: None };
    RUNTIME.block_on(async { Postman::new(&settings) }).expect("a postman")
});

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().enable_all().build().expect("a runtime"));

/// Three texts with the unit separator between them: company, person, address.
pub(super) fn mail(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut texts = text.splitn(3, '\u{1f}');
    let mut next = || texts.next().unwrap_or_default().to_owned();
    let (company, inviter, to) = (next(), next(), next());
    let message = Message::Invitation {
        company,
        inviter,
        role: "User".into(),
        token: "vgi_token".into(),
        expires_at: datetime!(2026-03-08 09:05 UTC),
    };
    let stationery = Stationery { base_url: "https://auth.example.com".into() };
    for to in [to.as_str(), "uma@techcorp.com"] {
        let Ok(letter) = compose(&stationery, to, &message) else { continue };
        let Ok(wire) = POSTMAN.wire(&letter) else { continue };
        holds_together(&wire, to);
    }
}

fn holds_together(wire: &[u8], to: &str) {
    let wire = std::str::from_utf8(wire).expect("ASCII");
    assert!(wire.is_ascii() && wire.lines().all(|line| line.len() <= 998 && line != "."), "{wire}");
    assert!(!wire.replace("\r\n", "").contains(['\r', '\n']), "{wire}");
    let (head, _) = wire.split_once("\r\n\r\n").expect("a head");
    let lines = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
    let mut names: Vec<&str> = lines.map(|line| line.split(':').next().unwrap_or_default()).collect();
    assert!(names.iter().all(|name| HEADERS.contains(name)), "{head}");
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count, "{head}");
    assert!(
        head.contains(&format!("To: {to}\r\n")) || head.contains(&format!("To: <{to}>\r\n")) || to.len() > 60,
        "{head}"
    );
}
