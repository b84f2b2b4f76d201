//! The revocation lease: a node pulls the feed of revocations from the database; messages are slow or lost, the node
//! crashes, its link is cut, the database goes away and comes back. What a node answers depends on itself and on the
//! database alone, so one node, with one act made by it and one made elsewhere, stands for any number.
//!
//! Two acts of revocation run as transactions: each takes its number when it writes and commits later, in any order. A bus
//! is a pull that comes earlier, and its loss a pull that comes later: the model lets pulls begin at any moment, so both
//! are in it. The rules that are the server's own: `judge`, `Standing::check`, `Revoked` and its lease.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use stateright::{Model, Property};
use voxgate::domain::revocation::Lease as LeaseRule;

mod promises;

const NODES: usize = 1;
const ACTS: usize = 2;
/// Seconds after which the model ends: one second more than a lease can be behind.
const HORIZON: u8 = 6;
/// Cuts, crashes and losses in one walk.
const FAULTS: u8 = 1;

/// A mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The lease is stamped when the answer arrives, not when the question was sent.
    StampedOnArrival,
    /// The next pull asks for rows with a higher number than the highest seen.
    CursorById,
    /// A pull that got no answer renews the lease all the same.
    StampedWithoutAnswer,
    /// Without a fresh lease and without a database everybody passes.
    FailsOpen,
}

/// The model.
#[derive(Clone, Debug)]
pub struct Lease {
    flaw: Option<Flaw>,
    start: Instant,
}

/// One act of revocation, as its transaction goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Not begun.
    Waiting,
    /// Written under this transaction number, not committed.
    Open(u8),
    /// Committed under this number at this second.
    Committed(u8, u8),
}

/// A pull on its way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Pull {
    /// Sent at this second.
    Sent(u8),
    /// The database has answered: these acts, and the cursor for the next time.
    Answered(u8, BTreeSet<usize>, u8),
}

/// A node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Node {
    known: BTreeSet<usize>,
    lease: LeaseRule,
    cursor: u8,
    pull: Option<Pull>,
    cut_off: bool,
}

/// Everything.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    now: u8,
    faults: u8,
    database_down: bool,
    next_number: u8,
    acts: [Act; ACTS],
    nodes: [Node; NODES],
}

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Step {
    Second,
    Write(usize),
    Commit(usize),
    /// The node that made the act takes it in.
    Apply(usize),
    Send(usize),
    Answer(usize),
    Arrive(usize),
    Lose(usize),
    Crash(usize),
    CutOff(usize),
    Rejoin(usize),
    DatabaseGoes,
    DatabaseComes,
}

impl Lease {
    /// The model with this flaw, or the server as it is.
    pub fn of(flaw: Option<Flaw>) -> Self {
        Self { flaw, start: Instant::now() }
    }

    fn instant(&self, second: u8) -> Instant {
        self.start + Duration::from_secs(second.into())
    }

    /// The statement `FEED`: rows and cursor of one snapshot.
    fn feed(&self, state: &State, since: u8) -> (BTreeSet<usize>, u8) {
        let seen = |act: &Act| matches!(act, Act::Committed(number, _) if *number >= since);
        let rows = (0..ACTS).filter(|act| seen(&state.acts[*act])).collect();
        let open = state.acts.iter().filter_map(|act| if let Act::Open(number) = act { Some(*number) } else { None });
        let oldest_open = open.min().unwrap_or(state.next_number);
        let committed = state.acts.iter().filter_map(|act| match act {
            Act::Committed(number, _) => Some(*number + 1),
            _ => None,
        });
        let after_highest = committed.max().unwrap_or(0).max(since);
        (rows, if self.flaw == Some(Flaw::CursorById) { after_highest } else { oldest_open })
    }

    fn on_node(&self, state: &State, node: &mut Node, step: Step) {
        match (step, node.pull.take()) {
            (Step::Send(_), None) => node.pull = Some(Pull::Sent(state.now)),
            (Step::Answer(_), Some(Pull::Sent(sent))) => {
                let (rows, next) = self.feed(state, node.cursor);
                node.pull = Some(Pull::Answered(sent, rows, next));
            }
            (Step::Arrive(_), Some(Pull::Answered(sent, rows, next))) => {
                node.known.extend(rows);
                node.cursor = next;
                let stamp = if self.flaw == Some(Flaw::StampedOnArrival) { state.now } else { sent };
                node.lease.stamp(self.instant(stamp));
            }
            (Step::Lose(_), Some(_)) => {
                if self.flaw == Some(Flaw::StampedWithoutAnswer) {
                    node.lease.stamp(self.instant(state.now));
                }
            }
            (Step::Crash(_), _) => *node = Node { cut_off: node.cut_off, ..Node::default() },
            (Step::CutOff(_), pull) => (node.cut_off, node.pull) = (true, pull),
            (Step::Rejoin(_), pull) => (node.cut_off, node.pull) = (false, pull),
            (_, pull) => node.pull = pull,
        }
    }
}

impl Model for Lease {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        let (acts, nodes) = ([Act::Waiting; ACTS], Default::default());
        vec![State { now: 0, faults: FAULTS, database_down: false, next_number: 1, acts, nodes }]
    }

    fn actions(&self, state: &State, steps: &mut Vec<Step>) {
        if state.now < HORIZON {
            steps.push(Step::Second);
        }
        for (number, act) in state.acts.iter().enumerate() {
            match act {
                Act::Waiting if !state.database_down => steps.push(Step::Write(number)),
                Act::Open(_) if !state.database_down => steps.push(Step::Commit(number)),
                // The other act was made on another node.
                Act::Committed(..) if number == 0 && !state.nodes[0].known.contains(&0) => steps.push(Step::Apply(0)),
                _ => {}
            }
        }
        for (number, node) in state.nodes.iter().enumerate() {
            match &node.pull {
                None => steps.push(Step::Send(number)),
                Some(Pull::Sent(_)) if promises::reachable(state, number) => steps.push(Step::Answer(number)),
                Some(Pull::Answered(..)) => steps.push(Step::Arrive(number)),
                Some(Pull::Sent(_)) => {}
            }
            if state.faults > 0 {
                if node.pull.is_some() {
                    steps.push(Step::Lose(number));
                }
                steps.extend([Step::Crash(number), Step::CutOff(number)]);
            }
            if node.cut_off {
                steps.push(Step::Rejoin(number));
            }
        }
        steps.push(if state.database_down { Step::DatabaseComes } else { Step::DatabaseGoes });
    }

    fn next_state(&self, last: &State, step: Step) -> Option<State> {
        let mut state = last.clone();
        match step {
            Step::Second => state.now += 1,
            Step::Write(act) => {
                (state.acts[act], state.next_number) = (Act::Open(last.next_number), last.next_number + 1)
            }
            Step::Commit(act) => {
                let Act::Open(number) = last.acts[act] else { return None };
                state.acts[act] = Act::Committed(number, last.now);
            }
            Step::Apply(act) => _ = state.nodes[act].known.insert(act),
            Step::DatabaseGoes => {
                state.faults = last.faults.checked_sub(1)?;
                state.database_down = true;
                // Open transactions are rolled back; their numbers are spent.
                for act in &mut state.acts {
                    if matches!(act, Act::Open(_)) {
                        *act = Act::Waiting;
                    }
                }
            }
            Step::DatabaseComes => state.database_down = false,
            Step::Lose(node) | Step::Crash(node) | Step::CutOff(node) => {
                state.faults -= 1;
                self.on_node(last, &mut state.nodes[node], step);
            }
            Step::Send(node) | Step::Answer(node) | Step::Arrive(node) | Step::Rejoin(node) => {
                self.on_node(last, &mut state.nodes[node], step);
            }
        }
        (state != *last).then_some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        promises::all()
    }
}
