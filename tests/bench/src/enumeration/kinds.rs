//! What is asked, and about which kinds of address. All addresses of a question are equally long.

use serde_json::{Value, json};
use sqlx::PgConnection;

use crate::{
    failure::Failure,
    installation::Server,
    people::{self, Person},
    wire::post,
};

/// Addresses of a kind, which take turns too.
const ADDRESSES: usize = 8;
const FORGOTTEN: &str = "/api/auth/password/forgot";
const LOGIN: &str = "/api/auth/login";

/// One question that is asked about several kinds of address and always answered with the same status.
pub(crate) struct Question {
    pub(crate) what: &'static str,
    pub(crate) status: u16,
    /// The first one is what the others are compared with.
    pub(crate) kinds: Vec<Kind>,
    /// Asked before each round and not timed: path, body, status. What the emptied counters cost is paid by it.
    pub(crate) first: Option<(&'static str, Value, u16)>,
    path: &'static str,
    token: Option<String>,
}

/// Addresses that have something in common.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    bodies: Vec<Value>,
}

impl Question {
    /// The bytes of the question about this kind in this round.
    pub(crate) fn request(&self, kind: usize, round: usize) -> Vec<u8> {
        let bodies = &self.kinds[kind].bodies;
        post(self.path, self.token.as_deref(), &bodies[round % bodies.len()])
    }
}

/// Wrong passwords for people with a confirmed address, for nobody, for the deactivated, for the unconfirmed.
pub(crate) async fn sign_ins(server: &Server, owner: &mut PgConnection) -> Result<Question, Failure> {
    let guess = |email: &str| json!({ "email": email, "password": "Wrong-Guess-77-Rivers" });
    let mut kinds = Vec::new();
    for (name, prefix, change) in [
        ("known", "known", "email_verified_at = now()"),
        ("deactivated", "ended", "email_verified_at = now(), status = 'deactivated'"),
        ("unverified", "fresh", "email_verified_at = NULL"),
    ] {
        people::register(server.address, prefix, ADDRESSES).await?;
        let change = format!("UPDATE users SET {change} WHERE email_norm LIKE '{prefix}%'");
        sqlx::raw_sql(sqlx::AssertSqlSafe(change)).execute(&mut *owner).await?;
        kinds.push(Kind { name, bodies: addresses(prefix).map(|email| guess(&email)).collect() });
    }
    kinds.push(Kind { name: "unknown", bodies: addresses("nobod").map(|email| guess(&email)).collect() });
    let first = Some((LOGIN, guess("first@bench.example"), 401));
    Ok(Question { what: "sign-in, wrong password", status: 401, kinds, first, path: LOGIN, token: None })
}

/// Links to a new password, for the known of [`sign_ins`] and for nobody.
pub(crate) fn forgotten() -> Question {
    let asks = |email: &str| json!({ "email": email });
    let kind = |name, prefix| Kind { name, bodies: addresses(prefix).map(|email| asks(&email)).collect() };
    let kinds = vec![kind("known", "known"), kind("unknown", "nobod")];
    let first = Some((FORGOTTEN, asks("first@bench.example"), 202));
    Question { what: "forgotten password", status: 202, kinds, first, path: FORGOTTEN, token: None }
}

/// Invitations by an Admin of people who have an account in another company, and of people who have none anywhere.
pub(crate) async fn invitations(server: &Server, count: usize) -> Result<Question, Failure> {
    let elsewhere = people::register(server.address, "other", count).await?;
    let admin = people::register(server.address, "admin", 1).await?.pop().map(|Person { access, .. }| access);
    let invites = |email: &str| json!({ "email": email, "role": "user" });
    let known = elsewhere.iter().map(|person| invites(&person.email)).collect();
    let unknown = elsewhere.iter().map(|person| invites(&person.email.replace("other", "never"))).collect();
    let kinds = vec![Kind { name: "known elsewhere", bodies: known }, Kind { name: "unknown", bodies: unknown }];
    Ok(Question { what: "invitation", status: 201, kinds, first: None, path: "/api/invitations", token: admin })
}

fn addresses(prefix: &'static str) -> impl Iterator<Item = String> {
    (0..ADDRESSES).map(move |number| format!("{prefix}{number}@bench.example"))
}
