//! What one connection does, without the connection: every step takes what happened and returns what to do next.
//!
//! Everything to be sent goes through one queue, and the queue is opened only by the door: revoked callers get nothing
//! more, and while the node's revocation set is stale the queue waits for PostgreSQL's answer.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use secrecy::SecretString;
use time::OffsetDateTime;

use super::{
    Live, Settings,
    frame::{Ending, Said},
    resume::Resume,
};
use crate::{
    domain::{audit::AuditRow, code::Refusal, principal::Principal},
    stream::{frame::Frame, visibility::may_see},
    tenant::hub::{Attached, Push, SocketId},
};

mod outgoing;

/// Clients of a node that stops come again at some moment within this time.
const COME_AGAIN_WITHIN_MS: u16 = 3_000;

/// Rows in one page of a replay.
const PAGE: i64 = 500;

/// What the shell is to do.
#[derive(Debug)]
pub(super) enum Act {
    /// Send this text.
    Send(Frame),
    /// Read rows `after < seq`, at most `limit`, and answer with [`Session::page`].
    Read { after: i64, limit: i64 },
    /// Ask PostgreSQL about the caller and answer with [`Session::answered`].
    AskDatabase,
    /// Ask the door about this token and answer with [`Session::renewed`].
    Admit(SecretString),
    /// The token was renewed: tell the hub, and set the timer anew.
    Renewed,
    /// Close; nothing follows.
    Close(Ending),
}

/// The state of one connection.
pub(super) struct Session {
    live: Live,
    principal: Principal,
    since: Option<i64>,
    socket: Option<SocketId>,
    resume: Resume,
    queue: VecDeque<Frame>,
    asking: bool,
    reading: bool,
    renewing: bool,
    ended: bool,
    last_heard: Instant,
}

impl Session {
    /// A connection of `principal` that wants to go on after `since`.
    pub(super) fn new(live: Live, principal: Principal, since: Option<i64>, now: Instant) -> Self {
        let resume = Resume::new(live.settings.replay);
        let (asking, reading, renewing, ended) = (false, false, false, false);
        let (queue, socket) = (VecDeque::new(), None);
        Self { live, principal, since, socket, resume, queue, asking, reading, renewing, ended, last_heard: now }
    }

    /// Who it is.
    pub(super) fn principal(&self) -> &Principal {
        &self.principal
    }

    /// Its name in the hub, once attached.
    pub(super) fn socket(&self) -> Option<SocketId> {
        self.socket
    }

    /// What the connection is made of besides its own state.
    pub(super) fn live(&self) -> &Live {
        &self.live
    }

    /// The hub has taken the socket in, or not.
    pub(super) fn attached(&mut self, attached: Result<Attached, Refusal>) -> Vec<Act> {
        let attached = match attached {
            Ok(attached) => attached,
            Err(refusal) => return self.refused(&refusal),
        };
        self.socket = Some(attached.socket);
        let heartbeat = self.settings().heartbeat.as_secs();
        let (role, epoch) = (self.principal.role, self.live.backend.epoch());
        self.queue.push_back(Frame::hello(self.now(), attached.head, heartbeat, (role, epoch)));
        let out = self.resume.start(self.since, attached.head, attached.log);
        self.take(out);
        self.go_on()
    }

    /// The hub pushed.
    pub(super) fn pushed(&mut self, push: Push) -> Vec<Act> {
        match push {
            Push::Frames(events) => {
                let out = self.resume.pushed(&events);
                self.take(out);
            }
            Push::Own(frame) if self.socket.is_some() => self.queue.push_back(frame),
            Push::Own(_) => {}
            Push::Head { seq } => {
                if let Some(seq) = self.resume.head(seq) {
                    self.queue.push_back(Frame::head(self.now(), seq));
                }
            }
            Push::Revoked { frame, code } => {
                let ending = if code == Ending::RightsChanged.code() { Ending::RightsChanged } else { Ending::Revoked };
                return self.end_with(Some(frame), ending);
            }
            Push::Evicted => return self.too_slow(),
            Push::Restart => {
                // Everybody is told at once and must not come again at once.
                let chance = u16::from_le_bytes(self.live.world.bytes());
                return self.end(Ending::Moved { come_again_in_ms: chance % COME_AGAIN_WITHIN_MS });
            }
        }
        self.go_on()
    }

    /// A page of the replay was read.
    pub(super) fn page(&mut self, rows: Result<Vec<AuditRow>, Refusal>) -> Vec<Act> {
        self.reading = false;
        let rows = match rows {
            Ok(rows) => rows,
            Err(refusal) => return self.refused(&refusal),
        };
        let seqs: Vec<i64> = rows.iter().map(|row| row.seq).collect();
        let visible = rows.iter().filter(|row| may_see(&self.principal, row)).map(Frame::event).collect();
        let out = self.resume.replayed(&seqs, visible);
        self.take(out);
        self.go_on()
    }

    /// PostgreSQL has answered for the stale set.
    pub(super) fn answered(&mut self, answer: Result<(), Refusal>) -> Vec<Act> {
        self.asking = false;
        match answer {
            Ok(()) => {
                let mut acts = self.open();
                acts.extend(self.read_on());
                acts
            }
            Err(refusal) => self.refused(&refusal),
        }
    }

    /// The client sent text.
    pub(super) fn said(&mut self, text: &str, now: Instant) -> Vec<Act> {
        self.heard(now);
        match Said::parse(text) {
            Some(Said::Ping {}) => {
                self.queue.push_back(Frame::head(self.now(), self.resume.cursor()));
                self.go_on()
            }
            Some(Said::Renew { access_token }) if !self.renewing && !self.ended => {
                self.renewing = true;
                vec![Act::Admit(access_token)]
            }
            Some(Said::Renew { .. }) => self.end(Ending::Policy("one renewal at a time")),
            None => self.end(Ending::Policy("unknown frame")),
        }
    }

    /// The door has judged a renewed token.
    pub(super) fn renewed(&mut self, admitted: Result<Principal, Refusal>) -> Vec<Act> {
        self.renewing = false;
        let principal = match admitted {
            Ok(principal) => principal,
            Err(refusal) => return self.refused(&refusal),
        };
        let known = &self.principal;
        if (principal.company, principal.user, principal.session) != (known.company, known.user, known.session) {
            return self.end(Ending::Policy("a token of another session"));
        }
        if principal.role != known.role {
            return self.end(Ending::RightsChanged);
        }
        self.principal = principal;
        self.queue.push_back(Frame::head(self.now(), self.resume.cursor()));
        let mut acts = vec![Act::Renewed];
        acts.extend(self.go_on());
        acts
    }

    /// A sign of life came.
    pub(super) fn heard(&mut self, now: Instant) {
        self.last_heard = now;
    }

    /// Time has passed: the access token may have ended, the client may be gone.
    pub(super) fn tick(&mut self, now: Instant) -> Vec<Act> {
        if self.principal.expires_at <= self.now() {
            return self.end(Ending::Expired);
        }
        if now.saturating_duration_since(self.last_heard) >= self.settings().silence {
            return self.end(Ending::Silent);
        }
        self.go_on()
    }

    /// How long the access token is still good.
    pub(super) fn lifetime(&self) -> Duration {
        (self.principal.expires_at - self.now()).try_into().unwrap_or(Duration::ZERO)
    }

    /// The connection ends for this reason.
    pub(super) fn end(&mut self, ending: Ending) -> Vec<Act> {
        self.end_with(None, ending)
    }

    fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.live.settings)
    }

    fn now(&self) -> OffsetDateTime {
        self.live.world.now()
    }
}
