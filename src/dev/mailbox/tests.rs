use std::sync::Arc;

use time::macros::datetime;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::*;
use crate::domain::world::{Clock, Entropy};

struct Noon;

impl Clock for Noon {
    fn now(&self) -> OffsetDateTime {
        datetime!(2026-03-01 12:00 UTC)
    }
}

impl Entropy for Noon {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

fn world() -> World {
    World::new(Arc::new(Noon), Arc::new(Noon))
}

/// Sends all of it at once, as a pipelining client, and returns everything the server said.
async fn talk(address: SocketAddr, lines: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(lines.replace('\n', "\r\n").as_bytes()).await.unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    said
}

const ENVELOPE: &str = "EHLO me\nMAIL FROM:<no-reply@voxgate.example>\nRCPT TO:<Uma@TechCorp.com>\nDATA\n";

#[tokio::test]
async fn a_mail_is_kept_decoded_and_found_by_its_recipient() {
    let mailbox = Mailbox::start(world()).unwrap();
    let address = mailbox.address();
    let mail = "Subject: =?utf-8?B?R3LDvMOfZQ==?=\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=x\n\n\
        --x\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nl=C3=B6ng=\n line\n..dot\n\
        --x\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\nPGI+aGk8L2I+\n--x--\n.\nQUIT\n";
    let said = talk(address, &format!("{ENVELOPE}{mail}")).await;
    assert!(said.ends_with("250 kept\r\n221 bye\r\n"), "{said}");
    let mails = mailbox.items(Some("uma@techcorp.com"));
    assert_eq!(mails.len(), 1);
    assert_eq!((mails[0].subject.as_str(), mails[0].html.as_str()), ("Grüße", "<b>hi</b>"));
    assert_eq!(mails[0].text.trim_end(), "löng line\n.dot");
    assert_eq!(mails[0].at, datetime!(2026-03-01 12:00 UTC));
    assert!(mailbox.items(Some("other@techcorp.com")).is_empty());
}

#[tokio::test]
async fn commands_out_of_order_and_unknown_ones_are_refused_and_change_nothing() {
    let mailbox = Mailbox::start(world()).unwrap();
    let address = mailbox.address();
    let said = talk(
        address,
        "RCPT TO:<a@b>\nDATA\nVRFY a\nMAIL FROM:<a@b>\nMAIL FROM:<a@b>\nRSET\nRCPT TO:<a@b>\nNOOP\nQUIT\n",
    )
    .await;
    let codes: Vec<_> = said.lines().map(|line| &line[..3]).collect();
    assert_eq!(codes, ["220", "503", "503", "502", "250", "503", "250", "503", "250", "221"]);
    assert!(mailbox.items(None).is_empty());
}

#[tokio::test]
async fn a_mail_beyond_the_limit_is_refused_by_announcement_and_by_count() {
    let mailbox = Mailbox::start(world()).unwrap();
    let address = mailbox.address();
    let said = talk(address, "EHLO me\nMAIL FROM:<a@b> SIZE=99999999\nQUIT\n").await;
    assert!(said.contains("552 too large"), "{said}");
    let line = format!("{}\n", "x".repeat(1000));
    let said = talk(address, &format!("{ENVELOPE}{}.\nQUIT\n", line.repeat(1049))).await;
    assert!(said.ends_with("552 too large\r\n221 bye\r\n"), "{said}");
    assert!(mailbox.items(None).is_empty());
}

#[tokio::test]
async fn only_the_newest_are_kept() {
    let mailbox = Mailbox::start(world()).unwrap();
    let address = mailbox.address();
    let one = |n: usize| format!("MAIL FROM:<a@b>\nRCPT TO:<c@d>\nDATA\nSubject: {n}\n\nhi\n.\n");
    let all: String = (0..KEPT + 3).map(one).collect();
    talk(address, &format!("{all}QUIT\n")).await;
    let mails = mailbox.items(None);
    assert_eq!((mails.len(), mails[0].subject.as_str()), (KEPT, "3"));
    assert_eq!(*mailbox.arrivals().borrow(), KEPT as u64 + 3);
}

#[tokio::test]
async fn who_waits_for_a_mail_wakes_when_it_comes() {
    let mailbox = Mailbox::start(world()).unwrap();
    let address = mailbox.address();
    let lines = format!("{ENVELOPE}Subject: x\n\nhi\n.\nQUIT\n");
    let (mails, _) = tokio::join!(mailbox.wait_for("uma@techcorp.com", 1), talk(address, &lines));
    assert_eq!(mails[0].subject, "x");
}

#[test]
fn the_page_shows_hostile_mail_as_text() {
    let mail = Mail {
        to: "a@b".into(),
        subject: "<script>alert(1)</script>".into(),
        text: "see https://x/?a=\"onclick=1&b=<i>\nand javascript:alert(1)".into(),
        html: "<script>2</script>".into(),
        at: datetime!(2026-03-01 12:00 UTC),
    };
    let page = render_html(&[mail]);
    assert!(!page.contains("<script"), "{page}");
    assert!(page.contains("href=\"https://x/?a=&quot;onclick=1&amp;b=&lt;i&gt;\""), "{page}");
    assert!(page.contains("2026-03-01 12:00:00 UTC"));
    assert!(render_html(&[]).contains("No mail yet"));
}

proptest::proptest! {
    #[test]
    fn whatever_comes_over_the_wire_is_kept_and_shown_without_markup(raw in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
        let mail = parse::mail("a@b", &raw, datetime!(2026-03-01 12:00 UTC));
        let page = render_html(&[mail]);
        proptest::prop_assert_eq!(page.matches("<script").count(), 0);
        proptest::prop_assert_eq!(page.matches("<article").count(), 1);
    }
}
