//! The story behind the guide: Ada founds a company, Uma joins it, and everything that can be asked is asked once.

use std::time::Duration;

use serde_json::json;

use super::book::{Ask, Book};
use crate::support::{
    App,
    authenticator::Authenticator,
    eventually::eventually,
    person::{PASSWORD, token_in},
    service::Service,
    socket::Socket,
};

const ADA: &str = "ada@techcorp.example";
const UMA: &str = "uma@techcorp.example";
const NEXT_PASSWORD: &str = "Autumn-Meadow-31-Bells";

/// Everything, from the first registration to the last logout.
pub(super) async fn tell(app: &App, book: &mut Book) {
    let ada = ada_comes(app, book).await;
    let (ada, phone) = ada_enrolls(app, book, &ada).await;
    let (uma, id) = uma_joins(app, book, &ada).await;
    people(app, book, (&ada, &uma), &id).await;
    company(app, book, &ada).await;
    services(app, book, &ada).await;
    live(app, book, &ada).await;
    uma_forgets(app, book).await;
    book.ask("users.erase", Ask { ids: &[&id], ..signed(&ada) }).await;
    ada_leaves(app, book, &ada, phone).await;
    system(book).await;
}

fn signed(token: &str) -> Ask<'_> {
    Ask { token: Some(token), ..Ask::default() }
}

fn with(body: serde_json::Value) -> Ask<'static> {
    Ask { body: Some(body), ..Ask::default() }
}

/// The token in the newest mail to an address that holds one, once there are so many mails.
async fn mailed(app: &App, to: &str, wanted: usize) -> String {
    let mails = app.mailbox.wait_for(to, wanted).await;
    let with_link = mails.iter().filter(|mail| mail.text.contains("token=")).max_by_key(|mail| mail.at);
    token_in(&with_link.expect("a mail with a link").text)
}

async fn ada_comes(app: &App, book: &mut Book) -> String {
    let body = json!({
        "company_name": "TechCorp", "company_slug": "techcorp", "full_name": "Ada Admin", "email": ADA, "password": PASSWORD,
    });
    let key = Some("8e03978e-40d5-43dd-bc93-6894a57f9324");
    book.ask("auth.register", Ask { key, ..with(body) }).await;
    let login = json!({ "email": ADA, "password": PASSWORD, "company": "techcorp" });
    let first = book.ask("auth.login", with(login)).await;
    let access = first.text_at("/access_token");
    book.ask("auth.resend_verification", signed(&access)).await;
    let token = mailed(app, ADA, 3).await;
    book.ask("auth.verify_email", with(json!({ "token": token }))).await;
    book.ask("auth.session", signed(&access)).await;
    let refresh = json!({ "refresh_token": first.text_at("/refresh_token") });
    let access = book.ask("auth.refresh", with(refresh)).await.text_at("/access_token");
    let proof = Ask { token: Some(&access), ..with(json!({ "password": PASSWORD })) };
    book.ask("auth.reauthenticate", proof).await.text_at("/access_token")
}

/// Sets a second factor up; the token that goes on, and the phone.
async fn ada_enrolls(app: &App, book: &mut Book, access: &str) -> (String, Authenticator) {
    let setup = book.ask("mfa.setup", signed(access)).await;
    let mut phone = Authenticator::scan(&setup.text_at("/otpauth_uri"));
    let code = json!({ "code": phone.next_code() });
    let enabled = book.ask("mfa.enable", Ask { token: Some(access), ..with(code) }).await;
    let access = enabled.text_at("/access_token");
    book.ask("mfa.backup_codes", signed(&access)).await;
    book.ask("mfa.regenerate_backup_codes", signed(&access)).await;
    let login = json!({ "email": ADA, "password": PASSWORD });
    let mfa_token = book.ask("auth.login", with(login)).await.text_at("/mfa_token");
    app.db.execute("UPDATE factors SET last_step = 0").await;
    let answer = json!({ "mfa_token": mfa_token, "code": phone.present_code() });
    (book.ask("auth.verify_mfa", with(answer)).await.text_at("/access_token"), phone)
}

async fn uma_joins(app: &App, book: &mut Book, ada: &str) -> (String, String) {
    let key = Some("0b6e7c1a-2f53-4f0e-9a36-d7a5b1c0e511");
    let invite = |email| Ask { token: Some(ada), key, ..with(json!({ "email": email, "role": "user" })) };
    let invitation = book.ask("invitations.create", invite(UMA)).await.text_at("/id");
    book.ask("invitations.list", Ask { query: "?limit=20", ..signed(ada) }).await;
    book.ask("invitations.get", Ask { ids: &[&invitation], ..signed(ada) }).await;
    app.mailbox.wait_for(UMA, 1).await;
    book.ask("invitations.resend", Ask { ids: &[&invitation], ..signed(ada) }).await;
    let token = mailed(app, UMA, 2).await;
    let body = json!({ "token": token, "full_name": "Uma User", "password": PASSWORD });
    let joined = book.ask("invitations.accept", with(body)).await;
    let other = book.ask("invitations.create", Ask { key: None, ..invite("ben@techcorp.example") }).await;
    book.ask("invitations.withdraw", Ask { ids: &[&other.text_at("/id")], ..signed(ada) }).await;
    (joined.text_at("/access_token"), joined.text_at("/user/id"))
}

async fn uma_signs_in(book: &mut Book) -> String {
    book.ask("auth.login", with(json!({ "email": UMA, "password": PASSWORD }))).await.text_at("/access_token")
}

async fn people(app: &App, book: &mut Book, (ada, uma): (&str, &str), id: &str) {
    book.ask("users.me", signed(uma)).await;
    book.ask("users.my_events", Ask { query: "?limit=1", ..signed(uma) }).await;
    book.ask("users.update_me", Ask { token: Some(uma), ..with(json!({ "full_name": "Uma Maria User" })) }).await;
    let address = json!({ "new_email": "uma.user@techcorp.example", "password": PASSWORD });
    book.ask("users.change_my_email", Ask { token: Some(uma), ..with(address) }).await;
    book.ask("users.list", Ask { query: "?limit=20&search=uma", ..signed(ada) }).await;
    book.ask("users.get", Ask { ids: &[id], ..signed(ada) }).await;

    let second = uma_signs_in(book).await;
    let session = book.ask("auth.session", signed(&second)).await.text_at("/session_id");
    book.ask("sessions.list", signed(uma)).await;
    book.ask("sessions.end", Ask { ids: &[&session], ..signed(uma) }).await;
    let third = uma_signs_in(book).await;
    let session = book.ask("auth.session", signed(&third)).await.text_at("/session_id");
    book.ask("users.sessions", Ask { ids: &[id], ..signed(ada) }).await;
    book.ask("users.end_session", Ask { ids: &[id, &session], ..signed(ada) }).await;
    let change = json!({ "current_password": PASSWORD, "new_password": NEXT_PASSWORD });
    book.ask("auth.change_password", Ask { token: Some(uma), ..with(change) }).await;

    let setup = book.ask("mfa.setup", signed(uma)).await;
    let code = json!({ "code": Authenticator::scan(&setup.text_at("/otpauth_uri")).next_code() });
    book.ask("mfa.enable", Ask { token: Some(uma), ..with(code) }).await;
    let on = |body| Ask { ids: &[], token: Some(ada), body, ..Ask::default() };
    let reason = json!({ "reason": "laptop stolen" });
    book.ask("users.force_logout", Ask { ids: &[id], ..on(Some(reason)) }).await;
    book.ask("users.reset_mfa", Ask { ids: &[id], ..on(None) }).await;
    book.ask("users.update", Ask { ids: &[id], ..on(Some(json!({ "role": "manager" }))) }).await;
    book.ask("users.deactivate", Ask { ids: &[id], ..on(None) }).await;
    book.ask("users.reactivate", Ask { ids: &[id], ..on(None) }).await;
    app.mailbox.wait_for(UMA, 3).await;
}

async fn company(app: &App, book: &mut Book, ada: &str) {
    book.ask("company.get", signed(ada)).await;
    let rules = json!({ "password_min_length": 14, "session_idle_seconds": 86400 });
    book.ask("company.update", Ask { token: Some(ada), ..with(rules) }).await;
    let db = &app.db;
    let empty = async || (db.count("outbox").await == 0).then_some(());
    eventually("every event is in the log", Duration::from_secs(10), empty).await;
    book.ask("company.audit_verify", signed(ada)).await;
    let query = "?kind=company.registered&limit=1";
    book.ask("company.audit_logs", Ask { query, ..signed(ada) }).await;
    let query = "?kind=company.registered&format=csv";
    book.ask("company.audit_export", Ask { query, ..signed(ada) }).await;
}

/// A service asks and listens.
async fn services(app: &App, book: &mut Book, ada: &str) {
    let wish = json!({ "name": "Media edge", "scopes": ["introspect", "revocations:read"], "expires_in_days": 365 });
    let made = book.ask("service_credentials.create", Ask { token: Some(ada), ..with(wish) }).await;
    let (id, key) = (made.text_at("/id"), made.text_at("/secret"));
    book.ask("service_credentials.list", Ask { query: "?limit=20", ..signed(ada) }).await;
    book.ask("service_credentials.get", Ask { ids: &[&id], ..signed(ada) }).await;
    let form = format!("token={ada}");
    book.ask("services.introspect", Ask { form: Some(&form), ..signed(&key) }).await;
    let mut normal = super::normal::Normal::default();
    let mut lines = Service::with_key(&app.base(0), &key).follows(None).await.until("heartbeat").await;
    // One act stands for all there were.
    let mut acts = 0;
    lines.retain(|line| {
        acts += usize::from(line["kind"] == "revocation" && line["scope"] == "user");
        line["kind"] != "revocation" || (line["scope"] == "user" && acts == 1)
    });
    let shown: Vec<_> = lines.iter().map(|line| normal.value("", line).to_string()).collect();
    let text = format!(
        "One JSON object a line, until the caller leaves; the server ends the stream after an hour at the latest, and the caller \
         comes again with the cursor of the last heartbeat. A heartbeat comes about once a second. Its `asked_ms` is a moment, \
         counted from the arrival of the request, up to which everything that was committed has been told. Whoever adds it to the \
         moment of *sending* the request may trust what was told for `lease_seconds` after that, and must ask the introspection \
         from then on.\n\n```http\nGET /api/revocations/stream\nAuthorization: Bearer vgs_…\n```\n\n```http\n200 OK\n\
         Content-Type: application/x-ndjson\n\n{}\n```\n",
        shown.join("\n").replace(r#""kids":[""#, r#""kids":["…"#)
    );
    book.write("services.follow_revocations", masked_kid(&text));
    book.ask(
        "service_credentials.rotate",
        Ask { ids: &[&id], token: Some(ada), ..with(json!({ "overlap_seconds": 86400 })) },
    )
    .await;
    book.ask("service_credentials.revoke", Ask { ids: &[&id], ..signed(ada) }).await;
}

/// A list of one key without the key's name.
fn masked_kid(text: &str) -> String {
    let Some((before, rest)) = text.split_once(r#""kids":["…"#) else { return text.to_owned() };
    let (_, after) = rest.split_once('"').unwrap();
    format!("{before}\"kids\":[\"…\"{after}")
}

async fn live(app: &App, book: &mut Book, ada: &str) {
    book.ask("live.summary", Ask { query: "?window=24h", ..signed(ada) }).await;
    book.ask("live.sessions", signed(ada)).await;
    book.ask("live.acknowledge", Ask { token: Some(ada), ..with(json!({ "seq": 1 })) }).await;
    book.ask("live.ticket", signed(ada)).await;
    let socket = Socket::open(&app.base(0), ada, None).await;
    let hello = super::normal::Normal::default().value("", &socket.hello);
    drop(socket);
    let text = format!(
        "A browser sends the ticket as a sub-protocol, because it cannot send a token with a WebSocket; a program may send \
         `Authorization: Bearer` instead. The first frame is `hello`; every further one is an event with the number it has in \
         the audit log.\n\n```http\nGET /api/live?since=41\nUpgrade: websocket\n\
         Sec-WebSocket-Protocol: voxgate.v1, ticket.…\n```\n\n```http\n101 Switching Protocols\n\
         Sec-WebSocket-Protocol: voxgate.v1\n\n{}\n```\n",
        serde_json::to_string_pretty(&hello).unwrap()
    );
    book.write("live.connect", text);
}

async fn uma_forgets(app: &App, book: &mut Book) {
    book.ask("auth.forgot_password", with(json!({ "email": UMA }))).await;
    let mails = async || app.mailbox.items(Some(UMA)).into_iter().find(|mail| mail.text.contains("/reset"));
    let mail = eventually("the mail with the link", Duration::from_secs(20), mails).await;
    let body = json!({ "token": token_in(&mail.text), "new_password": "Summer-Harbour-58-Kites" });
    book.ask("auth.reset_password", with(body)).await;
}

async fn ada_leaves(app: &App, book: &mut Book, ada: &str, mut phone: Authenticator) {
    let everybody =
        book.ask("company.force_logout", Ask { token: Some(ada), ..with(json!({ "scope": "others" })) }).await;
    let ada = everybody.text_at("/access_token");
    app.db.execute("UPDATE factors SET last_step = 0").await;
    let both = json!({ "password": PASSWORD, "code": phone.present_code() });
    book.ask("mfa.disable", Ask { token: Some(&ada), ..with(both) }).await;
    let again = book.ask("auth.login", with(json!({ "email": ADA, "password": PASSWORD }))).await;
    let access = again.text_at("/access_token");
    book.ask("auth.logout", Ask { token: Some(&access), ..with(json!({ "scope": "all" })) }).await;
}

async fn system(book: &mut Book) {
    for name in ["health", "ready", "jwks", "openapi", "home", "style", "mark", "docs", "errors"] {
        book.ask(&format!("system.{name}"), Ask::default()).await;
    }
    book.ask("system.docs_file", Ask { ids: &["swagger-ui.css"], ..Ask::default() }).await;
}
