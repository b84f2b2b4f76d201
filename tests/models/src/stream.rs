//! The live stream: one client, two nodes, one log. The client connects to either node, is cut off at any moment and goes
//! on where it was; a node's hub may be behind the log; old rows may be gone.
//!
//! The rule that is the server's own, and all of it: [`Resume`]. What it leans on is modelled as it is promised: a hub
//! pushes every row above the head it attached us at, in order, and says heads only of what it pushed; pages of a replay
//! are read later than they are asked for. Event 3 is none of this client's.

use std::collections::VecDeque;

use stateright::{Model, Property};
use voxgate::{
    live::resume::{Out, Resume},
    stream::frame::{Frame, Numbered},
};

pub use self::client::Client;
use crate::NOON;

mod client;
mod promises;

/// The last number of the log.
const LAST: i64 = 4;
/// The event that this client may not see.
const HIDDEN: i64 = 3;
/// The longest replay, and rows in one of its pages.
const REPLAY: i64 = 3;
const PAGE: i64 = 2;
/// Connections in one walk.
const CONNECTIONS: u8 = 2;
const NODES: usize = 2;

/// A mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// What was pushed during the replay goes out as it is.
    FlushAll,
    /// What was pushed during the replay is thrown away.
    FlushNothing,
    /// The head is read before the socket is attached, and counts.
    HeadBeforeAttach,
    /// Heads are passed on while the replay goes on.
    HeadsDuringReplay,
    /// A hub that is behind the log takes a client that is further on for one of another log.
    HubBelieved,
}

/// The model.
#[derive(Clone, Debug)]
pub struct Stream {
    flaw: Option<Flaw>,
}

/// What a hub puts into a socket's queue.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Push {
    /// The rows `from ..= upto`.
    Rows(i64, i64),
    /// Everything up to here was pushed.
    Head(i64),
}

/// A connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Connection {
    node: usize,
    /// The head as it was read before attaching; then nothing.
    read: Option<i64>,
    resume: Resume,
    /// What the flawed remember: pushes during the replay.
    held: Vec<i64>,
    queue: VecDeque<Push>,
    /// A page that was asked for.
    page: bool,
}

/// Everything.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    log: i64,
    /// The first row that is still there.
    oldest: i64,
    /// How far each hub has told its sockets; only while it has any.
    told: [Option<i64>; NODES],
    connection: Option<Connection>,
    left: u8,
    client: Client,
}

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Step {
    Number,
    /// Rows go for their age.
    Forget,
    Connect(usize),
    Attach,
    /// The node's hub hears of so many more rows.
    Hear(usize, i64),
    SayHead,
    Ask,
    Read,
    Deliver,
    CutOff,
}

fn events(seqs: impl Iterator<Item = i64>) -> Vec<Numbered> {
    let visible = seqs.filter(|seq| *seq != HIDDEN);
    visible.map(|seq| Numbered { seq, frame: Frame::head(NOON, seq) }).collect()
}

impl Stream {
    /// The model with this flaw, or the server as it is.
    pub fn of(flaw: Option<Flaw>) -> Self {
        Self { flaw }
    }

    fn is(&self, flaw: Flaw) -> bool {
        self.flaw == Some(flaw)
    }

    /// What goes out reaches the client: first the `resync`, then the events.
    fn send(&self, client: &mut Client, connection: &mut Connection, mut out: Out) {
        if let Some(first) = out.resync.map(|_| out.events.first().map_or(connection.resume.cursor(), |e| e.seq - 1)) {
            client.resync(first);
        }
        if connection.resume.wanted().is_none() && !connection.held.is_empty() {
            let held = std::mem::take(&mut connection.held);
            match self.flaw {
                Some(Flaw::FlushAll) => {
                    let sent: Vec<_> = out.events.iter().map(|event| event.seq).collect();
                    let upto = sent.iter().copied().filter(|seq| !held.contains(seq));
                    out.events = events(upto.chain(held.iter().copied()));
                    // As the naive do: what was held, once more after what was read.
                    out.events.extend(events(held.into_iter()));
                }
                Some(Flaw::FlushNothing) => out.events.retain(|event| !held.contains(&event.seq)),
                _ => {}
            }
        }
        out.events.iter().for_each(|event| client.event(event.seq));
    }

    fn attach(&self, state: &mut State) -> Option<()> {
        let mut connection = state.connection.take()?;
        let read = connection.read.take()?;
        let told = state.told[connection.node].get_or_insert(read);
        let head = if self.is(Flaw::HeadBeforeAttach) { read } else { *told };
        if state.client.since().is_none() {
            // A new client reads the lists when it has been greeted.
            state.client.told(head);
        }
        let log = if self.is(Flaw::HubBelieved) { head } else { head.max(read) };
        let out = connection.resume.start(state.client.since(), head, log);
        self.send(&mut state.client, &mut connection, out);
        state.connection = Some(connection);
        Some(())
    }

    fn deliver(&self, state: &mut State) -> Option<()> {
        let mut connection = state.connection.take()?;
        match connection.queue.pop_front()? {
            Push::Rows(from, upto) => {
                if connection.resume.wanted().is_some() {
                    connection.held.extend(from..=upto);
                }
                let out = connection.resume.pushed(&events(from..=upto));
                self.send(&mut state.client, &mut connection, out);
            }
            Push::Head(seq) if self.is(Flaw::HeadsDuringReplay) => state.client.head(seq),
            Push::Head(seq) => {
                if let Some(seq) = connection.resume.head(seq) {
                    state.client.head(seq);
                }
            }
        }
        if self.flaw.is_none() {
            connection.held.clear();
        }
        state.connection = Some(connection);
        Some(())
    }

    fn read(&self, state: &mut State) -> Option<()> {
        let mut connection = state.connection.take()?;
        connection.page = false;
        if let Some((after, upto)) = connection.resume.wanted() {
            let page = (after + 1).max(state.oldest)..=upto.min(after + PAGE);
            let seqs: Vec<i64> = page.collect();
            let out = connection.resume.replayed(&seqs, events(seqs.iter().copied()));
            self.send(&mut state.client, &mut connection, out);
        }
        state.connection = Some(connection);
        Some(())
    }
}

impl Model for Stream {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        // Others listen at the first node already.
        let (connection, client) = (None, Client::default());
        vec![State { log: 0, oldest: 1, told: [Some(0), None], connection, left: CONNECTIONS, client }]
    }

    fn actions(&self, state: &State, steps: &mut Vec<Step>) {
        if state.log < LAST {
            steps.push(Step::Number);
        }
        if state.oldest <= state.log && state.oldest <= 2 {
            steps.push(Step::Forget);
        }
        for node in 0..NODES {
            let behind = state.told[node].map_or(0, |told| state.log - told);
            steps.extend((1..=behind).map(|rows| Step::Hear(node, rows)));
        }
        match &state.connection {
            None if state.left > 0 => steps.extend((0..NODES).map(Step::Connect)),
            None => {}
            Some(connection) if connection.read.is_some() => steps.extend([Step::Attach, Step::CutOff]),
            Some(connection) => {
                steps.push(Step::CutOff);
                if !connection.queue.is_empty() {
                    steps.push(Step::Deliver);
                }
                if connection.page {
                    steps.push(Step::Read);
                } else if connection.resume.wanted().is_some() {
                    steps.push(Step::Ask);
                }
                if connection.queue.back().is_none_or(|last| matches!(last, Push::Rows(..))) {
                    steps.push(Step::SayHead);
                }
            }
        }
    }

    fn next_state(&self, last: &State, step: Step) -> Option<State> {
        let mut state = last.clone();
        match step {
            Step::Number => state.log += 1,
            Step::Forget => state.oldest += 1,
            Step::Connect(node) => {
                state.left -= 1;
                let (resume, held, queue) = (Resume::new(REPLAY), Vec::new(), VecDeque::new());
                state.connection = Some(Connection { node, read: Some(last.log), resume, held, queue, page: false });
            }
            Step::Attach => self.attach(&mut state)?,
            Step::Hear(node, rows) => {
                let told = last.told[node]?;
                state.told[node] = Some(told + rows);
                let here = state.connection.as_mut().filter(|here| here.node == node && here.read.is_none());
                if let Some(connection) = here {
                    connection.queue.push_back(Push::Rows(told + 1, told + rows));
                }
            }
            Step::SayHead => {
                let connection = state.connection.as_mut()?;
                connection.queue.push_back(Push::Head(last.told[connection.node]?));
            }
            Step::Ask => state.connection.as_mut()?.page = true,
            Step::Read => self.read(&mut state)?,
            Step::Deliver => self.deliver(&mut state)?,
            // Other sockets may stay at the hub of the node, so that it goes on knowing how far it told them.
            Step::CutOff => state.connection = None,
        }
        (state != *last).then_some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        promises::all()
    }
}
