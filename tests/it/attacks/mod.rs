//! Attacks that real products fell to, against the real server. Each case is named by its number in the list of attacks;
//! `docs/security-cases.md` says where every number is proven.

mod browsers;
mod codes;
mod endings;
mod factors;
mod guessing;
mod invitations;
mod leaks;
mod links;
mod passwords;
pub(crate) mod protection;
mod raw;
mod refresh;
mod roles;
mod sessions;
mod start;
mod tenants;
mod tickets;
mod tokens;

use data_encoding::BASE64URL_NOPAD;
use reqwest::{Method, header::HeaderMap};
use serde_json::Value;

use crate::support::{App, db::run, person::Person, reply::Reply};

/// Does something to the database that no client could: lets time pass, or plays the thief inside.
async fn in_database(app: &App, sql: &str) {
    run(&mut app.db.connect("postgres").await, sql).await;
}

/// One number from the database.
async fn count(app: &App, sql: &str) -> i64 {
    let mut all = app.db.connect("postgres").await;
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&mut all).await.unwrap()
}

/// A request with any headers, and a body that is sent as it is.
async fn crafted(app: &App, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(name.parse::<reqwest::header::HeaderName>().unwrap(), value.parse().unwrap());
    }
    let url = format!("{}{path}", app.base(0));
    let request = reqwest::Client::new().request(method, url).headers(map).body(body.to_owned());
    Reply::of(request.send().await.unwrap()).await
}

/// The parts of an opaque token: tag, and the 64 bytes of company, holder and secret.
fn opened(token: &str) -> (String, Vec<u8>) {
    let (tag, bytes) = token.split_once('_').unwrap();
    let bytes = BASE64URL_NOPAD.decode(bytes.as_bytes()).unwrap();
    assert_eq!(bytes.len(), 64, "company, holder and secret");
    (tag.to_owned(), bytes)
}

/// A token with the company or holder of another one around its own secret.
fn moved(token: &str, to: &str, places: std::ops::Range<usize>) -> String {
    let ((tag, mut bytes), (_, other)) = (opened(token), opened(to));
    bytes[places.clone()].copy_from_slice(&other[places]);
    format!("{tag}_{}", BASE64URL_NOPAD.encode(&bytes))
}

/// Where the company stands in an opaque token, and where the holder.
const COMPANY: std::ops::Range<usize> = 0..16;
const HOLDER: std::ops::Range<usize> = 16..32;

/// Whether an answer hands out anything that opens a door.
fn hands_out_tokens(reply: &Reply) -> bool {
    let secrets = ["access_token", "refresh_token", "ticket", "backup_codes", "secret"];
    secrets.iter().any(|name| reply.text.contains(&format!("\"{name}\":"))) || reply.headers.contains_key("set-cookie")
}

/// The claims of a person's access token.
fn claims(person: &Person) -> Value {
    let part = person.access.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64URL_NOPAD.decode(part.as_bytes()).unwrap()).unwrap()
}
