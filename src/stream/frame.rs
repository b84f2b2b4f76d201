//! The frames the server sends on the live channel: one JSON text each, written once per event and shared.
//!
//! ```json
//! {"v":1,"kind":"login.failed","seq":41,"at":"2026-03-01T09:00:00Z","severity":"notice",
//!  "actor":{"type":"user","id":"…"},"actor_role":"admin","subject":{"type":"user","id":"…"},"session_id":"…","ip":"…",
//!  "user_agent":"…","data":{}}
//! ```
//!
//! Frames that are no events: `hello` (`seq`; `data` = `{seq, heartbeat_seconds, role, epoch}`), `head` (`seq`: everything up to it was
//! sent), `resync` (`seq`; read the lists again, the stream goes on after it), and `session.revoked` without a `seq`,
//! which is addressed to the receiving session itself (`data.reason`). Without a number are also `presence.changed` and
//! `session.left`: they tell of connections, which are in no log.

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};
use time::{OffsetDateTime, serde::rfc3339};

use crate::domain::{
    audit::AuditRow,
    event::{Actor, Kind, Severity, Subject},
    ids::SessionId,
    principal::Role,
    session::Departure,
};

/// The version of the frame format, `v` in every frame.
pub const VERSION: u8 = 1;

/// One ready-made frame. Cloning shares the bytes.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Frame(Bytes);

/// An event's frame with its number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Numbered {
    /// The event's `seq` in its company.
    pub seq: i64,
    /// Its frame.
    pub frame: Frame,
}

#[derive(Serialize)]
struct Wire<'a> {
    v: u8,
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<i64>,
    #[serde(with = "rfc3339")]
    at: OffsetDateTime,
    severity: Severity,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<&'a Actor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_role: Option<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a Subject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<SessionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<&'a str>,
    data: &'a Value,
}

impl<'a> Wire<'a> {
    fn plain(kind: &'a str, seq: Option<i64>, at: OffsetDateTime, severity: Severity, data: &'a Value) -> Self {
        let (actor, actor_role, subject, session_id, ip, user_agent) = (None, None, None, None, None, None);
        Self { v: VERSION, kind, seq, at, severity, actor, actor_role, subject, session_id, ip, user_agent, data }
    }

    #[expect(clippy::expect_used, reason = "text, numbers and a JSON value always serialise into memory")]
    fn write(&self) -> Frame {
        Frame(serde_json::to_vec(self).expect("a frame serialises").into())
    }
}

impl Frame {
    /// The bytes to send, UTF-8.
    pub fn bytes(&self) -> Bytes {
        self.0.clone()
    }

    /// The frame of an audit row.
    pub fn event(row: &AuditRow) -> Numbered {
        let frame = Wire {
            v: VERSION,
            kind: row.kind.as_str(),
            seq: Some(row.seq),
            at: row.at,
            severity: row.severity,
            actor: Some(&row.actor),
            actor_role: row.actor_role,
            subject: row.subject.as_ref(),
            session_id: row.session,
            ip: row.origin.ip.as_deref(),
            user_agent: row.origin.user_agent.as_deref(),
            data: &row.data,
        };
        Numbered { seq: row.seq, frame: frame.write() }
    }

    /// The first frame of every connection. `seq` is where the company's log stands; what follows has higher numbers,
    /// or is the replay the client asked for. A client that knows another `epoch` knows what is not so any more: the
    /// database was brought back from a backup.
    pub fn hello(at: OffsetDateTime, seq: i64, heartbeat_seconds: u64, (role, epoch): (Role, i64)) -> Self {
        let data = json!({ "seq": seq, "heartbeat_seconds": heartbeat_seconds, "role": role, "epoch": epoch });
        Wire::plain("hello", Some(seq), at, Severity::Info, &data).write()
    }

    /// Everything up to `seq` that this client may see was sent.
    pub fn head(at: OffsetDateTime, seq: i64) -> Self {
        Wire::plain("head", Some(seq), at, Severity::Info, &json!({})).write()
    }

    /// What came before `seq` cannot be replayed here: read the lists again. `reason` is `gap`, `too_long` or `too_slow`.
    pub fn resync(at: OffsetDateTime, seq: i64, reason: &'static str) -> Self {
        Wire::plain("resync", Some(seq), at, Severity::Notice, &json!({ "reason": reason })).write()
    }

    /// The session this connection belongs to has ended; the close frame follows.
    pub fn session_revoked(at: OffsetDateTime, session: SessionId, reason: &str) -> Self {
        let data = json!({ "reason": reason });
        let kind = Kind::SessionRevoked;
        let wire = Wire::plain(kind.as_str(), None, at, kind.severity(), &data);
        Wire { session_id: Some(session), ..wire }.write()
    }

    /// A socket of an ended session has closed.
    pub fn left(at: OffsetDateTime, departure: &Departure) -> Self {
        let Departure { user, session, answered, remaining, .. } = *departure;
        let kind = Kind::SessionLeft;
        let data = json!({ "answered": answered, "remaining": remaining });
        let wire = Wire::plain(kind.as_str(), None, at, kind.severity(), &data);
        Wire { subject: Some(&Subject::user(user)), session_id: Some(session), ..wire }.write()
    }

    /// Who is connected has changed: `users` people on `sockets` connections to this node.
    pub fn presence(at: OffsetDateTime, users: usize, sockets: usize) -> Self {
        let kind = Kind::PresenceChanged;
        let data = json!({ "users": users, "sockets": sockets });
        Wire::plain(kind.as_str(), None, at, kind.severity(), &data).write()
    }
}

impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Frame({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::sample;

    fn read(frame: &Frame) -> Value {
        serde_json::from_slice(&frame.bytes()).unwrap()
    }

    #[test]
    fn an_event_carries_what_the_contract_names() {
        let mut row = sample::row(sample::COMPANY, 41, Kind::LoginFailed);
        row.origin.ip = Some("203.0.113.9".into());
        row.origin.user_agent = Some("<script>alert(1)</script>".into());
        row.subject = Some(Subject::of("user", row.id));
        row.actor_role = Some(Role::Manager);
        row.data = json!({ "cause": "password" });
        let numbered = Frame::event(&row);
        assert_eq!(numbered.seq, 41);
        let wire = read(&numbered.frame);
        assert_eq!((&wire["v"], &wire["kind"], &wire["seq"]), (&json!(1), &json!("login.failed"), &json!(41)));
        assert_eq!(wire["at"], "2026-03-02T12:00:00Z");
        assert_eq!(wire["severity"], "notice");
        assert_eq!(wire["subject"]["type"], "user");
        assert_eq!(wire["actor_role"], "manager");
        assert_eq!(wire["ip"], "203.0.113.9");
        assert_eq!(wire["user_agent"], "<script>alert(1)</script>");
        assert_eq!(wire["data"]["cause"], "password");
        assert!(wire.get("session_id").is_none(), "absent, not null");
        assert!(wire.get("hash").is_none() && wire.get("company").is_none());
    }

    #[test]
    fn hello_says_where_the_log_stands_how_often_to_expect_a_sign_of_life_and_the_role() {
        let wire = read(&Frame::hello(sample::NOON, 7, 15, (Role::Manager, 3)));
        assert_eq!(wire["kind"], "hello");
        assert_eq!(wire["seq"], 7);
        assert_eq!(wire["data"], json!({ "seq": 7, "heartbeat_seconds": 15, "role": "manager", "epoch": 3 }));
    }

    #[test]
    fn a_frame_to_the_session_itself_has_no_number() {
        let session = sample::principal(Role::User).session;
        let wire = read(&Frame::session_revoked(sample::NOON, session, "revoked"));
        assert_eq!(wire["kind"], "session.revoked");
        assert!(wire.get("seq").is_none());
        assert_eq!(wire["session_id"], session.to_string());
        assert_eq!(wire["data"]["reason"], "revoked");
    }
}
