//! A service of a company, or of the installation, with a key of its own.

use reqwest::Client;
use serde_json::{Value, json};

use super::{
    app::{App, DEADLINE},
    person::Person,
    reply::Reply,
};

/// A service in front of a node.
#[derive(Clone)]
pub(crate) struct Service {
    pub base: String,
    pub id: String,
    pub key: String,
    http: Client,
}

impl Service {
    /// The service a key of this answer makes.
    pub fn of(base: &str, issued: &Reply) -> Self {
        let (id, key) = (issued.text_at("/id"), issued.text_at("/secret"));
        Self { base: base.to_owned(), id, key, http: Client::new() }
    }

    /// One that shows this text as its key.
    pub fn with_key(base: &str, key: &str) -> Self {
        Self { base: base.to_owned(), id: String::new(), key: key.to_owned(), http: Client::new() }
    }

    /// The same in front of another node.
    pub fn before(&self, app: &App, node: usize) -> Self {
        Self { base: app.base(node), ..self.clone() }
    }

    /// The same with another key.
    pub fn holding(&self, key: &str) -> Self {
        Self { key: key.to_owned(), ..self.clone() }
    }

    /// Asks about a token.
    pub async fn introspects(&self, token: &str) -> Reply {
        self.sends("application/x-www-form-urlencoded", format!("token={token}&token_type_hint=access_token")).await
    }

    /// Posts a body to the introspection as it is.
    pub async fn sends(&self, kind: &str, body: String) -> Reply {
        let request = self.http.post(format!("{}/api/introspect", self.base)).bearer_auth(&self.key);
        Reply::of(request.header("content-type", kind).body(body).send().await.unwrap()).await
    }

    /// Whether a person's access token is good, as far as this service can see.
    pub async fn lets_in(&self, person: &Person) -> bool {
        self.introspects(&person.access).await.expect(200).at("/active").as_bool().unwrap()
    }

    /// Follows the revocations.
    pub async fn follows(&self, since: Option<&str>) -> Lines {
        self.tries_to_follow(since).await.unwrap_or_else(|reply| panic!("no stream: {reply:?}"))
    }

    /// Follows the revocations, or is refused.
    pub async fn tries_to_follow(&self, since: Option<&str>) -> Result<Lines, Reply> {
        let query = since.map(|since| format!("?since={since}")).unwrap_or_default();
        let request = self.http.get(format!("{}/api/revocations/stream{query}", self.base)).bearer_auth(&self.key);
        let response = request.send().await.unwrap();
        match response.status().as_u16() {
            200 => Ok(Lines { response, read: Vec::new() }),
            _ => Err(Reply::of(response).await),
        }
    }
}

/// A stream of lines under way.
pub(crate) struct Lines {
    pub response: reqwest::Response,
    read: Vec<u8>,
}

impl Lines {
    /// The next line; `None` when the server has ended the stream.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some(end) = self.read.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.read.drain(..=end).collect();
                return Some(serde_json::from_slice(&line).unwrap());
            }
            let chunk = tokio::time::timeout(DEADLINE, self.response.chunk()).await.expect("a line in time");
            match chunk {
                Ok(Some(chunk)) => self.read.extend_from_slice(&chunk),
                Ok(None) | Err(_) => return None,
            }
        }
    }

    /// The lines up to the first of this kind, this one included.
    pub async fn until(&mut self, kind: &str) -> Vec<Value> {
        let mut lines = Vec::new();
        loop {
            lines.push(self.next().await.unwrap_or_else(|| panic!("the stream ended without {kind}: {lines:?}")));
            if lines.last().is_some_and(|line| line["kind"] == kind) {
                return lines;
            }
        }
    }

    /// The first revocation of this session, account or company.
    pub async fn hears_of(&mut self, target: &str) -> Value {
        let heard = async {
            loop {
                let line = self.until("revocation").await.pop().unwrap();
                if line["target"] == target {
                    return line;
                }
            }
        };
        tokio::time::timeout(DEADLINE, heard).await.unwrap_or_else(|_| panic!("nothing heard of {target}"))
    }

    /// Reads to the end of the stream.
    pub async fn ends(&mut self) {
        let ended = async { while self.next().await.is_some() {} };
        tokio::time::timeout(DEADLINE, ended).await.expect("the stream ends");
    }
}

impl Person {
    /// Makes a key for a service of their company.
    pub async fn makes_a_key(&self, scopes: &[&str]) -> Service {
        let body = json!({ "name": "Media edge", "scopes": scopes });
        Service::of(&self.base, &self.posts("/api/service-credentials", body).await.expect(201))
    }

    /// Makes a key that opens everything a key can open.
    pub async fn employs_a_service(&self) -> Service {
        self.makes_a_key(&["introspect", "revocations:read"]).await
    }
}
