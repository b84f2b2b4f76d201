//! Every secret handed out in this run of the stories, and the places where none of them may stand: logs, tables,
//! refusals and live frames. Each story looks when it ends, so the whole suite is one search.

use std::{
    collections::HashSet,
    sync::{LazyLock, Mutex},
    thread,
};

use reqwest::header::{HeaderMap, SET_COOKIE};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::person::PASSWORD;

/// Fields of answers that hold a secret.
const FIELDS: [&str; 5] = ["access_token", "refresh_token", "mfa_token", "ticket", "secret"];
/// Anything shorter could stand anywhere by chance.
const SHORTEST: usize = 8;
/// Rows of a table that are read. Stories with more rows than that are about amounts, not about secrets.
const ROWS: usize = 5_000;

static ISSUED: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(|| Mutex::new(HashSet::from([PASSWORD.to_owned()])));

/// Keeps a secret in mind.
pub(crate) fn note(secret: &str) {
    if secret.len() < SHORTEST {
        return;
    }
    let mut issued = ISSUED.lock().unwrap();
    // Of a signed token its signature alone is a secret too.
    issued.extend(secret.rsplit_once('.').map(|(_, signature)| signature.to_owned()));
    issued.insert(secret.to_owned());
}

/// Keeps the secrets of an answer in mind: those of its body and its cookies.
pub(crate) fn note_answer(headers: &HeaderMap, text: &str) {
    for cookie in headers.get_all(SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok()) {
        let value = cookie.split(';').next().and_then(|pair| pair.split_once('='));
        value.into_iter().for_each(|(_, value)| note(value));
    }
    if let Ok(body) = serde_json::from_str::<Value>(text) {
        note_fields(&body);
    }
}

fn note_fields(body: &Value) {
    for field in FIELDS {
        body[field].as_str().into_iter().for_each(note);
    }
    for code in body["backup_codes"].as_array().into_iter().flatten() {
        code.as_str().into_iter().for_each(note);
    }
    for code in body["codes"].as_array().into_iter().flatten() {
        code["code"].as_str().into_iter().for_each(note);
    }
}

/// Whether a secret stands in this text.
pub(crate) fn stands_in(text: &str) -> bool {
    let issued = ISSUED.lock().unwrap();
    let part_of_a_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let words = text.split(|c| !part_of_a_token(c)).map(|word| word.trim_matches(['.', '-']));
    words.filter(|word| word.len() >= SHORTEST).any(|word| issued.contains(word))
}

/// The first row of the database with a secret in it, with its table. `None` also when the database is gone: stories
/// that end theirs are about something else.
pub(crate) fn row_in(url: &str) -> Option<String> {
    let look = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { first_row(&mut PgConnection::connect(url).await.ok()?).await })
    };
    thread::scope(|scope| scope.spawn(look).join().unwrap())
}

async fn first_row(database: &mut PgConnection) -> Option<String> {
    let tables = "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut *database).await.ok()?;
    for table in tables {
        let rows = AssertSqlSafe(format!("SELECT t::text FROM {table} t LIMIT {ROWS}"));
        let rows: Vec<String> = sqlx::query_scalar(rows).fetch_all(&mut *database).await.ok()?;
        if let Some(row) = rows.iter().find(|row| stands_in(row)) {
            return Some(format!("{table}: {row}"));
        }
    }
    None
}

#[test]
fn a_secret_is_found_wherever_it_stands() {
    note("vgr_Kept-In-Mind.signed");
    for text in
        ["token=vgr_Kept-In-Mind.signed&x", "{\"a\":\"vgr_Kept-In-Mind.signed\"}", "Bearer vgr_Kept-In-Mind.signed."]
    {
        assert!(stands_in(text), "{text}");
    }
    assert!(!stands_in("vgr_Kept-In-Mind"));
    note_answer(&HeaderMap::new(), r#"{"codes":[{"code":"ABCDE-FGHIJ"}],"code":"invalid_credentials"}"#);
    assert!(stands_in("row (ABCDE-FGHIJ)") && !stands_in("invalid_credentials"));
}
