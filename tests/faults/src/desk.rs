//! Desks: an Admin of every node watches the log of their company on the live channel for the whole run, and is renamed on
//! another node five times a second. Whatever happens, they see every row of the log once and in order.
//!
//! A desk that hears nothing for two seconds, or whose channel ends, comes to the next node with the last number it saw, as every
//! client does.

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use serde_json::Value;
use tokio::{
    net::TcpStream,
    sync::watch::{Receiver, Sender},
    task::JoinHandle,
    time::{sleep, timeout},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::{
    crowd::{Crowd, Person},
    record::Watched,
};

/// Between two names.
const PACE: Duration = Duration::from_millis(200);
/// A desk that hears nothing for so long comes again.
const SILENCE: Duration = Duration::from_secs(2);
/// How far a desk may be behind while database and nodes are well.
pub(crate) const BEHIND: Duration = Duration::from_secs(2);

/// The desks of a run.
pub(crate) struct Desks {
    writers: Vec<JoinHandle<()>>,
    readers: Vec<JoinHandle<()>>,
    over: Sender<bool>,
}

impl Desks {
    /// One at every node. What they are shown is written until `stop`.
    pub(crate) async fn open(crowd: &Crowd, stop: &Receiver<bool>) -> Option<Self> {
        let mut desks = Self { writers: Vec::new(), readers: Vec::new(), over: Sender::new(false) };
        for node in 0..crowd.nodes() {
            let ada = crowd.registers(node, &format!("desk{node}")).await?;
            let (over, stop) = (desks.over.subscribe(), stop.clone());
            desks.writers.push(tokio::spawn(writes(crowd.clone(), ada.clone(), node + 1, stop)));
            desks.readers.push(tokio::spawn(reads(crowd.clone(), ada, node, over)));
        }
        Some(desks)
    }

    /// Ends them; the writers were told before.
    pub(crate) async fn close(self) {
        // Who is already gone has said so.
        for writer in self.writers {
            let _ = writer.await;
        }
        // The last rows need their time, and a desk that is just changing nodes a little more.
        sleep(BEHIND + Duration::from_secs(1)).await;
        self.over.send_replace(true);
        for reader in self.readers {
            let _ = reader.await;
        }
    }
}

async fn writes(crowd: Crowd, ada: Person, node: usize, stop: Receiver<bool>) {
    for turn in 0.. {
        if *stop.borrow() {
            return;
        }
        let name = format!("Ada Number {turn}");
        if crowd.is_renamed(&ada, node, &name).await {
            let now = Instant::now();
            crowd.record.note(|seen| seen.desk(&ada.email).told.insert(name, now));
        }
        sleep(PACE).await;
    }
}

async fn reads(crowd: Crowd, ada: Person, node: usize, over: Receiver<bool>) {
    for turn in 0.. {
        if *over.borrow() {
            return;
        }
        let since = crowd.record.note(|seen| seen.desk(&ada.email).rows.last().copied().unwrap_or_default());
        if let Some(mut channel) = listens(crowd.base(node + turn), &ada.access, since).await {
            while let Ok(Some(Ok(message))) = timeout(SILENCE, channel.next()).await {
                // Pings are answered by the library; after a close nothing follows.
                let Message::Text(text) = message else { continue };
                let frame = serde_json::from_str(&text).unwrap_or_default();
                crowd.record.note(|seen| shown(seen.desk(&ada.email), &frame));
                if *over.borrow() {
                    return;
                }
            }
        }
        sleep(Duration::from_millis(50)).await;
    }
}

async fn listens(base: &str, access: &str, since: i64) -> Option<WebSocketStream<MaybeTlsStream<TcpStream>>> {
    let url = format!("{}/api/live?since={since}", base.replacen("http", "ws", 1));
    let mut request = url.into_client_request().ok()?;
    request.headers_mut().insert("authorization", format!("Bearer {access}").parse().ok()?);
    request.headers_mut().insert("sec-websocket-protocol", "voxgate.v1".parse().ok()?);
    Some(timeout(SILENCE, connect_async(request)).await.ok()?.ok()?.0)
}

/// Notes a frame. What is in no log has no number.
fn shown(desk: &mut Watched, frame: &Value) {
    match frame["kind"].as_str() {
        Some("hello" | "head") | None => return,
        Some("resync") => desk.resyncs += 1,
        Some(_) => desk.rows.extend(frame["seq"].as_i64()),
    }
    if let Some(name) = frame.pointer("/data/after/full_name").and_then(Value::as_str) {
        desk.shown.entry(name.to_owned()).or_insert_with(Instant::now);
    }
}
