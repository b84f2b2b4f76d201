//! Somebody who asks the nodes and writes down what they were told.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::Value;
use tokio::task::JoinHandle;
use voxgate::dev::mailbox::Mailbox;

use crate::record::Record;

/// How long one request may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(4);

/// Somebody who asks the nodes.
#[derive(Clone)]
pub struct Crowd {
    http: reqwest::Client,
    nodes: Arc<[String]>,
    pub(crate) mailbox: Mailbox,
    /// What they were told.
    pub record: Arc<Record>,
    /// Those who were thrown out and try to come in.
    watches: Arc<Mutex<Vec<JoinHandle<()>>>>,
}

/// An answer: status and body.
pub type Answer = (u16, Value);

/// Somebody with an account, signed in.
#[derive(Clone)]
pub struct Person {
    /// The address.
    pub email: String,
    /// The account.
    pub id: String,
    /// The access token.
    pub access: String,
    /// The refresh token.
    pub refresh: String,
}

pub(crate) fn text(answer: &Value, pointer: &str) -> Option<String> {
    answer.pointer(pointer)?.as_str().map(str::to_owned)
}

impl Person {
    pub(crate) fn of(email: &str, answer: &Value) -> Option<Self> {
        let (access, refresh) = (text(answer, "/access_token")?, text(answer, "/refresh_token")?);
        Some(Self { email: email.into(), id: text(answer, "/user/id")?, access, refresh })
    }
}

impl Crowd {
    /// People before these nodes.
    pub fn new(nodes: Vec<String>, mailbox: Mailbox, record: Arc<Record>) -> Self {
        let http = reqwest::Client::builder().timeout(PATIENCE).build().unwrap_or_default();
        Self { http, nodes: nodes.into(), mailbox, record, watches: Arc::default() }
    }

    /// How many nodes there are.
    pub fn nodes(&self) -> usize {
        self.nodes.len()
    }

    /// The address of a node, counted round and round.
    pub(crate) fn base(&self, node: usize) -> &str {
        &self.nodes[node % self.nodes.len()]
    }

    /// Asks a node; `None` when no whole answer came.
    pub async fn ask(&self, node: usize, method: &str, path: &str, token: &str, body: Option<Value>) -> Option<Answer> {
        let method = method.parse().ok()?;
        let mut request = self.http.request(method, format!("{}{path}", self.base(node)));
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = async {
            let answer = request.send().await.ok()?;
            let status = answer.status().as_u16();
            let body = answer.text().await.ok()?;
            Some((status, serde_json::from_str(&body).unwrap_or_default()))
        };
        let answer = answer.await;
        self.record.note(|seen| match &answer {
            None => seen.unanswered += 1,
            Some((status @ 500.., _)) => {
                seen.refused += 1;
                seen.lost += u64::from(*status == 500);
            }
            Some(_) => seen.answered += 1,
        });
        answer
    }

    /// Whether a company can register on this node.
    pub(crate) async fn serves(&self, node: usize, name: &str) -> bool {
        self.registers(node, name).await.is_some()
    }

    /// Waits until nobody who was thrown out tries any more.
    pub(crate) async fn watched(&self) {
        loop {
            let next = self.watches().pop();
            let Some(watch) = next else { return };
            // A watch that panicked has said so.
            let _ = watch.await;
        }
    }

    pub(crate) fn watches(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.watches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Posts; the body of an answer with this status.
    pub(crate) async fn post(&self, node: usize, path: &str, token: &str, body: Value, status: u16) -> Option<Value> {
        let (got, body) = self.ask(node, "POST", path, token, Some(body)).await?;
        (got == status).then_some(body)
    }
}
