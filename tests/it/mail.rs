//! Letters over real SMTP: taken, refused for now, refused for ever, stalled and cut off.

use std::{
    collections::VecDeque,
    convert::Infallible,
    sync::{Arc, Mutex},
    time::Duration,
};

use time::{OffsetDateTime, macros::datetime};
use voxgate::{
    dev::mailbox::{Behaviour, Mailbox},
    domain::world::{Clock, Entropy, World},
    mail::{
        Claimed, Failure, GIVE_UP_AFTER, Letter, Message, Postman, Queue, Settings, Stationery, Worker, compose,
        retry_after,
    },
};

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

fn mailbox_and_postman() -> (Mailbox, Postman) {
    let mailbox = Mailbox::start(World::new(Arc::new(Noon), Arc::new(Noon))).unwrap();
    let settings = Settings {
        smtp_url: format!("smtp://{}", mailbox.address()).into(),
        from: "Voxgate <no-reply@voxgate.example>".into(),
        patience: Some(Duration::from_millis(300)),
    };
    (mailbox, Postman::new(&settings).unwrap())
}

fn invitation(company: &str) -> Letter {
    let message = Message::Invitation {
        company: company.into(),
        inviter: "Ada Admin".into(),
        role: "User".into(),
        token: "vgi_secret".into(),
        expires_at: datetime!(2026-03-08 12:00 UTC),
    };
    let stationery = Stationery { base_url: "https://auth.example.com".into() };
    compose(&stationery, "uma@techcorp.com", &message).unwrap()
}

#[tokio::test]
async fn a_letter_arrives_as_it_was_written() {
    let (mailbox, postman) = mailbox_and_postman();
    let letter = invitation("Grüße & Söhne <GmbH>.\u{1F600}");
    postman.deliver(&letter).await.unwrap();
    let mails = mailbox.items(Some("uma@techcorp.com"));
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].subject, letter.subject);
    assert_eq!(mails[0].text, letter.text);
    assert_eq!(mails[0].html, letter.html);
}

#[tokio::test]
async fn case_90_a_forged_letter_does_not_reach_the_wire() {
    let (mailbox, postman) = mailbox_and_postman();
    let forged = [
        Letter { subject: "Hi\r\nBcc: victim@example.com".into(), ..invitation("X") },
        Letter { to: "a@b.example\r\nRCPT TO:<victim@example.com>".into(), ..invitation("X") },
    ];
    for letter in forged {
        assert!(postman.deliver(&letter).await.unwrap_err().permanent);
    }
    assert!(mailbox.items(None).is_empty());
}

#[tokio::test]
async fn case_90_a_body_that_speaks_smtp_stays_one_mail() {
    let (mailbox, postman) = mailbox_and_postman();
    let text = "x\n.\nMAIL FROM:<a@b>\nRCPT TO:<victim@example.com>\nDATA\nevil\n.\n";
    postman.deliver(&Letter { text: text.into(), ..invitation("X") }).await.unwrap();
    let mails = mailbox.items(None);
    assert_eq!((mails.len(), mails[0].text.as_str()), (1, text));
}

#[tokio::test]
async fn a_server_in_trouble_is_told_apart_from_one_that_says_never() {
    let (mailbox, postman) = mailbox_and_postman();
    let faults = [
        (Behaviour::Refuse(451), false),
        (Behaviour::Refuse(550), true),
        (Behaviour::Stall, false),
        (Behaviour::Drop, false),
    ];
    for (behaviour, permanent) in faults {
        mailbox.behave(behaviour);
        let error = postman.deliver(&invitation("X")).await.unwrap_err();
        assert_eq!(error.permanent, permanent, "{behaviour:?}: {error}");
        assert!(!error.to_string().contains("uma@"), "{error}");
    }
    mailbox.behave(Behaviour::Accept);
    postman.deliver(&invitation("X")).await.unwrap();
    assert_eq!(mailbox.items(None).len(), 1);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_no_permanent_error() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let settings =
        Settings { smtp_url: format!("smtp://{address}").into(), from: "a@b.example".into(), patience: None };
    let error = Postman::new(&settings).unwrap().deliver(&invitation("X")).await.unwrap_err();
    assert!(!error.permanent, "{error}");
}

/// An outbox in memory.
#[derive(Default)]
struct Tray {
    waiting: Mutex<VecDeque<Claimed<u32>>>,
    sent: Mutex<Vec<u32>>,
    failed: Mutex<Vec<(u32, Failure)>>,
}

impl Queue for &Tray {
    type Ticket = u32;
    type Error = Infallible;

    async fn claim(&self, limit: u32) -> Result<Vec<Claimed<u32>>, Infallible> {
        let mut waiting = self.waiting.lock().unwrap();
        let taken = waiting.len().min(limit as usize);
        Ok(waiting.drain(..taken).collect())
    }

    async fn sent(&self, ticket: u32) -> Result<(), Infallible> {
        self.sent.lock().unwrap().push(ticket);
        Ok(())
    }

    async fn failed(&self, ticket: u32, failure: Failure) -> Result<(), Infallible> {
        self.failed.lock().unwrap().push((ticket, failure));
        Ok(())
    }
}

#[tokio::test]
async fn the_worker_notes_what_left_and_when_to_try_the_rest_again() {
    let (mailbox, postman) = mailbox_and_postman();
    let tray = Tray::default();
    let worker = Worker::new(&tray, postman);
    let claimed = |ticket, attempts| Claimed { ticket, letter: invitation("X"), attempts };

    tray.waiting.lock().unwrap().push_back(claimed(1, 0));
    assert_eq!(worker.step().await.unwrap(), 1);
    assert_eq!(*tray.sent.lock().unwrap(), [1]);

    mailbox.behave(Behaviour::Refuse(451));
    tray.waiting.lock().unwrap().extend([claimed(2, 0), claimed(3, 3), claimed(4, GIVE_UP_AFTER - 1)]);
    assert_eq!(worker.step().await.unwrap(), 3);
    let retries: Vec<_> =
        tray.failed.lock().unwrap().drain(..).map(|(ticket, failure)| (ticket, failure.retry_after)).collect();
    assert_eq!(retries, [(2, Some(retry_after(1))), (3, Some(retry_after(4))), (4, None)]);

    mailbox.behave(Behaviour::Refuse(550));
    tray.waiting.lock().unwrap().push_back(claimed(5, 0));
    worker.step().await.unwrap();
    assert_eq!(tray.failed.lock().unwrap()[0].1.retry_after, None, "never means never");
    assert_eq!(worker.step().await.unwrap(), 0);
}

#[test]
fn retries_come_later_and_later_up_to_an_hour() {
    let waits: Vec<_> = (1..=GIVE_UP_AFTER).map(retry_after).collect();
    assert_eq!(waits[0], Duration::from_secs(15));
    assert!(waits.is_sorted());
    assert_eq!(*waits.last().unwrap(), Duration::from_secs(3600));
    assert_eq!(retry_after(u32::MAX), Duration::from_secs(3600));
    let all: Duration = waits.iter().sum();
    assert!(all > Duration::from_secs(40 * 3600) && all < Duration::from_secs(72 * 3600), "about two days: {all:?}");
}
