//! People, passwords and addresses, over HTTP against one and two nodes.

mod company_logout;
mod deactivated;
mod email;
mod forgot;
mod last_admin;
mod mfa_reset;
mod password;
mod reset;
mod roles;
mod secured;
mod told;

use futures_util::future::join_all;
use serde_json::{Value, json};
use voxgate::dev::mailbox::Mail;

use crate::support::{
    App,
    app::DEADLINE,
    person::{PASSWORD, Person},
    reply::Reply,
};

/// A password nobody has yet.
const FRESH: &str = "Copper-Lantern-41-Rivers";

/// Waits for a mail to this address whose subject holds `subject`.
async fn mail(app: &App, to: &str, subject: &str) -> Mail {
    let mut arrivals = app.mailbox.arrivals();
    let search = async {
        loop {
            arrivals.mark_unchanged();
            let mails = app.mailbox.items(Some(to));
            if let Some(mail) = mails.iter().rev().find(|mail| mail.subject.contains(subject)) {
                return mail.clone();
            }
            arrivals.changed().await.unwrap();
        }
    };
    tokio::time::timeout(DEADLINE, search).await.unwrap_or_else(|_| panic!("no mail `{subject}` to {to}"))
}

/// Signs in with address, company and this password, without further steps.
async fn login(person: &Person, password: &str) -> Reply {
    let body = json!({ "email": person.email, "password": password, "company": person.company });
    person.as_stranger().posts("/api/auth/login", body).await
}

/// Waits until everything that happened has its number in the audit log.
async fn numbered(app: &App) {
    let mut all = app.db.connect("postgres").await;
    let drained = async {
        let waiting = "SELECT count(*) FROM outbox";
        while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut all).await.unwrap() > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, drained).await.expect("the log in time");
}

/// The newest row of a kind in the audit log.
async fn newest(app: &App, admin: &Person, kind: &str) -> Value {
    numbered(app).await;
    admin.gets(&format!("/api/audit-logs?kind={kind}&limit=1")).await.expect(200).at("/items/0")
}

/// How many rows of a kind the audit log has.
async fn count(app: &App, admin: &Person, kind: &str) -> usize {
    numbered(app).await;
    let rows = admin.gets(&format!("/api/audit-logs?kind={kind}&limit=200")).await.expect(200).at("/items");
    rows.as_array().unwrap().len()
}

/// How the replies of a race came out: status and code, counted.
fn tally(replies: &[Reply]) -> std::collections::BTreeMap<String, usize> {
    let mut tally = std::collections::BTreeMap::new();
    for reply in replies {
        let code = if reply.status < 300 { String::new() } else { format!(" {}", reply.text_at("/code")) };
        *tally.entry(format!("{}{code}", reply.status)).or_default() += 1;
    }
    tally
}
