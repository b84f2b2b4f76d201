//! What leaves a session: one queue, opened by the door alone, and the endings.

use super::{Act, PAGE, Session};
use crate::{
    domain::code::{Code, Refusal},
    live::{frame::Ending, resume::Out},
    stream::{frame::Frame, revocation::Verdict},
};

impl Session {
    pub(super) fn end_with(&mut self, last: Option<Frame>, ending: Ending) -> Vec<Act> {
        if std::mem::replace(&mut self.ended, true) {
            return Vec::new();
        }
        self.queue.clear();
        last.map(Act::Send).into_iter().chain([Act::Close(ending)]).collect()
    }

    pub(super) fn refused(&mut self, refusal: &Refusal) -> Vec<Act> {
        match (refusal.code, refusal.code.status()) {
            (Code::RightsChanged, _) => self.outdated(),
            (_, 401 | 403) => self.revoked(),
            // Others were faster between the question before the upgrade and now.
            (_, 429) => self.end(Ending::Policy("too many live connections")),
            _ => self.end(Ending::Restart("not available right now")),
        }
    }

    fn revoked(&mut self) -> Vec<Act> {
        let frame = Frame::session_revoked(self.now(), self.principal.session, "revoked");
        self.end_with(Some(frame), Ending::Revoked)
    }

    /// The session goes on, but not with what this connection may see.
    fn outdated(&mut self) -> Vec<Act> {
        let frame = Frame::session_revoked(self.now(), self.principal.session, "rights_changed");
        self.end_with(Some(frame), Ending::RightsChanged)
    }

    pub(super) fn too_slow(&mut self) -> Vec<Act> {
        let frame = Frame::resync(self.now(), self.resume.cursor(), "too_slow");
        self.end_with(Some(frame), Ending::TooSlow)
    }

    pub(super) fn take(&mut self, out: Out) {
        if let Some(resync) = out.resync {
            // The events of this step come after the hole.
            let seq = out.events.first().map_or(self.resume.cursor(), |event| event.seq - 1);
            self.queue.push_back(Frame::resync(self.now(), seq, resync.as_str()));
        }
        self.queue.extend(out.events.into_iter().map(|event| event.frame));
    }

    pub(super) fn go_on(&mut self) -> Vec<Act> {
        let mut acts = self.flush();
        acts.extend(self.read_on());
        acts
    }

    /// Sends what waits, if the door is open.
    pub(super) fn flush(&mut self) -> Vec<Act> {
        if self.ended || self.queue.is_empty() {
            return Vec::new();
        }
        match self.live.backend.check(&self.principal) {
            Verdict::Open => self.open(),
            Verdict::Refused(_) if self.principal.expires_at <= self.now() => self.end(Ending::Expired),
            Verdict::Refused(code) => self.refused(&code.into()),
            Verdict::Stale if i64::try_from(self.queue.len()).unwrap_or(i64::MAX) > self.settings().replay => {
                self.too_slow()
            }
            Verdict::Stale if std::mem::replace(&mut self.asking, true) => Vec::new(),
            Verdict::Stale => vec![Act::AskDatabase],
        }
    }

    pub(super) fn open(&mut self) -> Vec<Act> {
        if self.ended { Vec::new() } else { self.queue.drain(..).map(Act::Send).collect() }
    }

    /// The next page of the replay, once what was read before is out.
    pub(super) fn read_on(&mut self) -> Option<Act> {
        let (after, upto) = self.resume.wanted()?;
        if self.ended || self.reading || !self.queue.is_empty() {
            return None;
        }
        self.reading = true;
        Some(Act::Read { after, limit: PAGE.min(upto - after) })
    }
}
