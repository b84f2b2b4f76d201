//! Asks, and writes down what was asked and answered.

use std::collections::BTreeMap;

use reqwest::{Client, header::CONTENT_TYPE};
use serde_json::{Value, json};
use voxgate::http::routes::{self, Access, Endpoint};

use super::normal::Normal;
use crate::support::{App, reply::Reply};

/// The chapters, by the first part of the rows' names, and what they are about.
const CHAPTERS: &[(&str, &str, &str)] = &[
    ("auth", "Signing in, passwords and addresses", "From the first registration to the last logout."),
    ("mfa", "The second factor", "An authenticator app, and eight backup codes for the day the phone is lost."),
    (
        "users",
        "People",
        "One's own account, and for Admins everybody's. Changes reach live tokens and sockets at once.",
    ),
    ("sessions", "Sessions", "One's own devices."),
    ("invitations", "Invitations", "People join by a mailed token that is bound to their address and works once."),
    ("company", "The company", "Its rules, its audit log, and everybody out at once."),
    (
        "service_credentials",
        "Keys for services",
        "Services of the company verify tokens with keys of their own: they ask, or follow what is revoked.",
    ),
    ("services", "Verifying tokens elsewhere", "What a service's key opens."),
    (
        "live",
        "The live channel",
        "Every event of the company while it happens, over one WebSocket, resumable by number.",
    ),
    ("system", "The server itself", "Probes, keys and pages."),
];

/// The media type of a form.
const FORM: &str = "application/x-www-form-urlencoded";

/// A request as it is made: the ids of the path, the query, headers, token and body.
#[derive(Default)]
pub(super) struct Ask<'a> {
    pub ids: &'a [&'a str],
    pub query: &'a str,
    pub token: Option<&'a str>,
    pub body: Option<Value>,
    pub key: Option<&'a str>,
    pub form: Option<&'a str>,
}

/// Everything asked so far; of each route the first exchange.
pub(super) struct Book {
    http: Client,
    base: String,
    exchanges: BTreeMap<&'static str, String>,
}

impl Book {
    pub fn open(app: &App) -> Self {
        Self { http: Client::new(), base: app.base(0), exchanges: BTreeMap::new() }
    }

    pub fn holds(&self, name: &str) -> bool {
        self.exchanges.contains_key(name)
    }

    /// Asks, expects success, writes it down.
    pub async fn ask(&mut self, name: &str, ask: Ask<'_>) -> Reply {
        let row = routes::all().find(|row| row.name == name).unwrap_or_else(|| panic!("no row {name}"));
        let path = path(row, &ask);
        let mut request =
            self.http.request(row.method.method().as_str().parse().unwrap(), format!("{}{path}", self.base));
        if let Some(token) = ask.token {
            request = request.bearer_auth(token);
        }
        if let Some(key) = ask.key {
            request = request.header("idempotency-key", key);
        }
        if let Some(body) = &ask.body {
            request = request.json(body);
        }
        if let Some(form) = ask.form {
            request = request.header(CONTENT_TYPE, FORM).body(form.to_owned());
        }
        let reply = Reply::of(request.send().await.unwrap()).await;
        assert!((200..300).contains(&reply.status), "{name}: {reply:?}");
        if !self.holds(name) {
            let text = self.exchange(row, &path, &ask, &reply);
            self.write(name, text);
        }
        reply
    }

    /// Writes an exchange down that was held in another way.
    pub fn write(&mut self, name: &str, text: String) {
        let row = routes::all().find(|row| row.name == name).unwrap_or_else(|| panic!("no row {name}"));
        self.exchanges.entry(row.name).or_insert(text);
    }

    fn exchange(&self, row: &Endpoint, path: &str, ask: &Ask<'_>, reply: &Reply) -> String {
        let mut normal = Normal::default();
        let mut text = format!("```http\n{} {}\n", row.method.method(), normal.line(path));
        if ask.token.is_some() {
            let service = ask.token.is_some_and(|token| token.starts_with("vgs_"));
            text += if service {
                "Authorization: Bearer vgs_…\n"
            } else {
                "Authorization: Bearer eyJ0eXAiOiJhdCtqd3Qi…\n"
            };
        }
        if let Some(key) = ask.key {
            text += &format!("Idempotency-Key: {key}\n");
        }
        if let Some(body) = &ask.body {
            text += &format!("Content-Type: application/json\n\n{}\n", pretty(&normal.value("", body)));
        }
        if ask.form.is_some() {
            text += &format!("Content-Type: {FORM}\n\ntoken=eyJ0eXAiOiJhdCtqd3Qi…\n");
        }
        text += &format!("```\n\n```http\n{}\n", reqwest::StatusCode::from_u16(reply.status).unwrap());
        let kind = reply.headers.get(CONTENT_TYPE).map_or("", |kind| kind.to_str().unwrap());
        if !kind.is_empty() {
            text += &format!("Content-Type: {kind}\n");
        }
        text += &self.answer(row, kind, reply, &mut normal);
        text + "```\n"
    }

    fn answer(&self, row: &Endpoint, kind: &str, reply: &Reply, normal: &mut Normal) -> String {
        if reply.text.is_empty() {
            return String::new();
        }
        if row.name == "system.openapi" {
            let document = reply.json();
            return format!("\n{}\n", pretty(&json!({ "openapi": document["openapi"], "info": document["info"] })));
        }
        match kind.split(';').next().unwrap_or_default() {
            "application/json" => {
                let shown = pretty(&normal.value("", &reply.json()));
                format!("\n{}\n", shown.replace(&self.base, "https://auth.example.com"))
            }
            "text/csv" | "application/x-ndjson" => format!("\n{}\n", masked(&normal.line(reply.text.trim_end()))),
            _ => "\n…\n".to_owned(),
        }
    }

    /// The whole book.
    pub fn print(&self) -> String {
        let mut text = include_str!("introduction.md").to_owned();
        for (area, title, about) in CHAPTERS {
            text += &format!("\n## {title}\n\n{about}\n");
            for row in routes::all().filter(|row| row.name.split('.').next() == Some(*area)) {
                text += &format!("\n### {}\n\n{}\n\n{}", row.summary, facts(row), self.exchanges[row.name]);
            }
        }
        text
    }
}

fn path(row: &Endpoint, ask: &Ask<'_>) -> String {
    let mut ids = ask.ids.iter();
    let parts = row.path.split('/').map(|part| match part.starts_with('{') {
        true => (*ids.next().unwrap_or_else(|| panic!("{} wants more ids", row.name))).to_owned(),
        false => part.to_owned(),
    });
    format!("{}{}", parts.collect::<Vec<_>>().join("/"), ask.query)
}

/// Who may call, and what it costs.
fn facts(row: &Endpoint) -> String {
    let who = match row.access {
        Access::Public => "nobody's token needed".to_owned(),
        Access::Ticket => "with a live ticket or an access token".to_owned(),
        Access::Service(scope) => format!("with a service key of the scope `{}`", scope.as_str()),
        Access::Signed(roles) | Access::Enrolling(roles) => {
            format!("for {}", roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", "))
        }
    };
    let step_up = if row.step_up { " · ↑ step-up" } else { "" };
    let repeatable = if row.repeatable { " · takes `Idempotency-Key`" } else { "" };
    let kinds: Vec<_> = row.audited.iter().map(|kind| format!("`{}`", kind.as_str())).collect();
    let audited = if kinds.is_empty() { String::new() } else { format!(" · audited as {}", kinds.join(", ")) };
    format!("`{} {}` · {who}{step_up}{repeatable}{audited}", row.method.method(), row.path)
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

/// Hashes in a text.
fn masked(text: &str) -> String {
    let words = text.split_inclusive(|c: char| !c.is_ascii_hexdigit());
    let word = |word: &str| match word.trim_end_matches(|c: char| !c.is_ascii_hexdigit()) {
        hash if hash.len() == 64 => format!("…{}", &word[64..]),
        _ => word.to_owned(),
    };
    words.map(word).collect()
}
