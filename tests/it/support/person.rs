//! People who use Voxgate: strangers, and persons with an account.

use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::{app::App, authenticator::Authenticator, reply::Reply, secrets, socket::Socket};

/// What everybody's password is in the stories.
pub(crate) const PASSWORD: &str = "Winter-Garden-72-Lamps";

/// Somebody without an account.
#[derive(Clone)]
pub(crate) struct Stranger {
    base: String,
    http: Client,
}

/// Somebody with an account. Their tokens are those of their latest sign-in.
#[derive(Clone)]
pub(crate) struct Person {
    pub base: String,
    http: Client,
    pub email: String,
    pub company: String,
    pub id: String,
    pub access: String,
    pub refresh: String,
    pub authenticator: Option<Authenticator>,
}

/// The first Admin of a company.
pub(crate) type Admin = Person;

impl Stranger {
    pub fn at(base: String) -> Self {
        Self { base, http: Client::new() }
    }

    /// The same somebody at another device: every request carries these headers.
    pub fn wearing(&self, headers: &[(&str, &str)]) -> Self {
        let mut all = reqwest::header::HeaderMap::new();
        for (name, value) in headers {
            let name: reqwest::header::HeaderName = name.parse().unwrap();
            all.insert(name, value.parse().unwrap());
        }
        Self { http: Client::builder().default_headers(all).build().unwrap(), ..self.clone() }
    }

    /// A request without any token.
    pub async fn asks(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        send(&self.http, method, &format!("{}{path}", self.base), None, body).await
    }

    pub async fn posts(&self, path: &str, body: Value) -> Reply {
        self.asks(Method::POST, path, Some(body)).await
    }

    pub async fn gets(&self, path: &str) -> Reply {
        self.asks(Method::GET, path, None).await
    }

    /// Registers a company; its Admin is `admin@<slug>.example`.
    pub async fn registers(&self, company: &str) -> Admin {
        let slug = company.to_lowercase().replace(' ', "-");
        let email = format!("admin@{slug}.example");
        let body = json!({
            "company_name": company, "company_slug": slug, "full_name": "Ada Admin", "email": email, "password": PASSWORD,
        });
        let reply = self.posts("/api/auth/register", body).await.expect(201);
        Person::from_tokens(self, &email, &slug, &reply)
    }

    pub async fn tries_login(&self, email: &str, password: &str) -> Reply {
        self.posts("/api/auth/login", json!({ "email": email, "password": password })).await
    }

    /// The person the token of a mailed invitation makes of them.
    pub async fn accepts(&self, token: &str, email: &str, company: &str) -> Person {
        let body = json!({ "token": token, "full_name": "Uma User", "password": PASSWORD });
        let reply = self.posts("/api/invitations/accept", body).await;
        Person::from_tokens(self, email, company, &reply)
    }
}

impl Person {
    fn from_tokens(stranger: &Stranger, email: &str, company: &str, reply: &Reply) -> Self {
        Self {
            base: stranger.base.clone(),
            http: stranger.http.clone(),
            email: email.into(),
            company: company.into(),
            id: reply.text_at("/user/id"),
            access: reply.text_at("/access_token"),
            refresh: reply.text_at("/refresh_token"),
            authenticator: None,
        }
    }

    /// A request with their access token.
    pub async fn asks(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        send(&self.http, method, &format!("{}{path}", self.base), Some(&self.access), body).await
    }

    pub async fn gets(&self, path: &str) -> Reply {
        self.asks(Method::GET, path, None).await
    }

    pub async fn posts(&self, path: &str, body: Value) -> Reply {
        self.asks(Method::POST, path, Some(body)).await
    }

    pub async fn puts(&self, path: &str, body: Value) -> Reply {
        self.asks(Method::PUT, path, Some(body)).await
    }

    pub async fn deletes(&self, path: &str) -> Reply {
        self.asks(Method::DELETE, path, None).await
    }

    /// Changes something.
    pub async fn patches(&self, path: &str, body: Value) -> Reply {
        self.asks(Method::PATCH, path, Some(body)).await
    }

    /// The same person with this token in the place of the access token.
    pub fn bearing(&self, token: &str) -> Self {
        Self { access: token.to_owned(), ..self.clone() }
    }

    /// The same person at another device: every request carries these headers.
    pub fn wearing(&self, headers: &[(&str, &str)]) -> Self {
        Self { http: self.as_stranger().wearing(headers).http, ..self.clone() }
    }

    /// The same person in front of another node.
    pub fn before(&self, app: &App, node: usize) -> Self {
        Self { base: app.base(node), ..self.clone() }
    }

    /// The same person on a connection of a stranger's.
    pub fn in_front_of(&self, stranger: &Stranger) -> Self {
        Self { base: stranger.base.clone(), http: stranger.http.clone(), ..self.clone() }
    }

    /// The same person with something else as access token.
    pub fn holding(&self, access: &str) -> Self {
        Self { access: access.to_owned(), ..self.clone() }
    }

    /// Themselves without their tokens.
    pub fn as_stranger(&self) -> Stranger {
        Stranger { base: self.base.clone(), http: self.http.clone() }
    }

    /// First step of a sign-in with the right password.
    pub async fn begins_login(&self) -> Reply {
        let body = json!({ "email": self.email, "password": PASSWORD, "company": self.company });
        self.as_stranger().posts("/api/auth/login", body).await
    }

    /// Signs in on one more device, with the second factor if there is one.
    pub async fn signs_in(&mut self) -> Self {
        let first = self.begins_login().await.expect(200);
        let reply = match first.text_at("/status").as_str() {
            "authenticated" => first,
            _ => {
                let code = self.authenticator.as_mut().expect("an authenticator").next_code();
                self.answers(&first.text_at("/mfa_token"), &code).await.expect(200)
            }
        };
        self.with_tokens(&reply)
    }

    /// Answers the second step with a code.
    pub async fn answers(&self, mfa_token: &str, code: &str) -> Reply {
        self.as_stranger().posts("/api/auth/verify-mfa", json!({ "mfa_token": mfa_token, "code": code })).await
    }

    /// Answers the second step with a backup code.
    pub async fn answers_with_backup(&self, mfa_token: &str, code: &str) -> Reply {
        self.as_stranger().posts("/api/auth/verify-mfa", json!({ "mfa_token": mfa_token, "backup_code": code })).await
    }

    /// The same person with the tokens of a reply.
    pub fn with_tokens(&self, reply: &Reply) -> Self {
        let refresh =
            reply.json().get("refresh_token").and_then(Value::as_str).map_or(self.refresh.clone(), Into::into);
        Self { access: reply.text_at("/access_token"), refresh, ..self.clone() }
    }

    /// Exchanges their refresh token.
    pub async fn refreshes(&self) -> Reply {
        self.as_stranger().posts("/api/auth/refresh", json!({ "refresh_token": self.refresh })).await
    }

    /// Begins to set a second factor up: the authenticator that scanned the code.
    pub async fn begins_enrollment(&self) -> Authenticator {
        let setup = self.posts("/api/auth/mfa/setup", json!({})).await.expect(200);
        Authenticator::scan(&setup.text_at("/otpauth_uri"))
    }

    /// The token of a sign-in that waits for the second factor.
    pub async fn opens_challenge(&self) -> String {
        let first = self.begins_login().await.expect(200);
        assert_eq!(first.text_at("/status"), "mfa_required");
        first.text_at("/mfa_token")
    }

    /// Whether their access token still opens anything.
    pub async fn is_in(&self) -> bool {
        self.gets("/api/users/me").await.status == 200
    }

    /// Their session's id, as their access token says.
    pub async fn session_id(&self) -> String {
        self.gets("/api/auth/session").await.expect(200).text_at("/session_id")
    }

    /// Sets a second factor up by the QR code's address and gives the backup codes.
    pub async fn enrolls(&mut self) -> Vec<String> {
        let mut authenticator = self.begins_enrollment().await;
        let code = authenticator.next_code();
        let enabled = self.posts("/api/auth/mfa/enable", json!({ "code": code })).await.expect(200);
        self.authenticator = Some(authenticator);
        *self = self.with_tokens(&enabled);
        serde_json::from_value(enabled.at("/backup_codes")).unwrap()
    }

    /// Proves again who they are.
    pub async fn steps_up(&mut self) {
        let code = self.authenticator.as_mut().map(Authenticator::next_code);
        let body = json!({ "password": PASSWORD, "code": code });
        let body = if code.is_some() { body } else { json!({ "password": PASSWORD }) };
        *self = self.with_tokens(&self.posts("/api/auth/reauthenticate", body).await.expect(200));
    }

    /// Invites an address and reads the token from the mail.
    pub async fn invites(&self, app: &App, email: &str, role: &str) -> String {
        self.posts("/api/invitations", json!({ "email": email, "role": role })).await.expect(201);
        let mails = app.mailbox.wait_for(email, 1).await;
        token_in(&mails.last().unwrap().text)
    }

    /// A colleague who was invited and joined.
    pub async fn brings_in(&self, app: &App, name: &str, role: &str) -> Person {
        let email = format!("{name}@{}.example", self.company);
        let token = self.invites(app, &email, role).await;
        self.as_stranger().accepts(&token, &email, &self.company).await
    }

    /// The audit rows of this kind, newest first, once there are at least `wanted`; each look follows an event on the
    /// live socket, never a clock.
    pub async fn reads_audit(&self, kind: &str, wanted: usize) -> Vec<Value> {
        let path = format!("/api/audit-logs?limit=200&kind={kind}");
        let mut desk = self.listens(None).await;
        loop {
            let items = self.gets(&path).await.expect(200).at("/items").as_array().unwrap().clone();
            if items.len() >= wanted {
                return items;
            }
            desk.frame().await;
        }
    }

    /// Opens a live socket with their access token.
    pub async fn listens(&self, since: Option<i64>) -> Socket {
        Socket::open(&self.base, &self.access, since).await
    }
}

/// The token in the fragment of a mailed link.
pub(crate) fn token_in(mail: &str) -> String {
    let token = mail.split("token=").nth(1).unwrap_or_else(|| panic!("no token in {mail}"));
    let token = token.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-')).next().unwrap();
    secrets::note(token);
    token.to_owned()
}

async fn send(http: &Client, method: Method, url: &str, token: Option<&str>, body: Option<Value>) -> Reply {
    let mut request = http.request(method, url);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    if let Some(body) = body {
        request = request.json(&body);
    }
    Reply::of(request.send().await.unwrap()).await
}
