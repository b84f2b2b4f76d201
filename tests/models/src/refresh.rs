//! Renewing a session: one browser with two tabs (or a tab and a thief who copied its cookie), two nodes, lost answers.
//!
//! A renewal begins (its transaction's `now()` is taken), waits for the lock, and is then decided in one step by the
//! server's own [`decide`]. Time goes in ticks of five seconds, so that the grace of ten seconds is two of them. A tab
//! renews when its access token is old; an answer that is lost is asked for again at once. A thief's request may be on
//! its way for as long as he likes.

use stateright::{Model, Property};
use time::Duration;
use voxgate::domain::refresh::{Child, Decision, Parent, decide};

use crate::NOON;

mod promises;

/// Ticks after which the model ends.
const HORIZON: u8 = 9;
/// Age in ticks at which the browser wants new tokens: more than an exchange takes.
const OLD: u8 = 3;
/// Ticks after which an honest exchange is over, one way or the other: half the grace, because the other tab may begin
/// with the old cookie just before this one has its answer.
const PATIENCE: u8 = 1;
/// Answers that are lost in one walk.
const LOSSES: u8 = 2;
/// Requests of the thief in one walk.
const THIEVERY: u8 = 2;
/// The session ends by itself at this tick.
const ABSOLUTE: u8 = 8;

/// A mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The facts are read when the renewal begins, without a lock, and its outcome is written later.
    ReadThenWrite,
    /// Every second use is reuse.
    NoGrace,
    /// A used token may be exchanged again within the grace although its successor was used.
    Grandparents,
    /// Reuse is refused, and the family lives on.
    ReuseOnlyRefused,
    /// A repetition within the grace makes another successor.
    AnotherSuccessor,
    /// A browser asks again when the grace is over.
    SlowRetry,
    /// Access tokens live shorter than an exchange takes, so that a late answer brings an old cookie back.
    ShortLived,
}

/// The model.
#[derive(Clone, Debug)]
pub struct Refresh {
    flaw: Option<Flaw>,
    thief: bool,
}

/// A refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token {
    parent: Option<u8>,
    used: Option<u8>,
}

/// Where a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// Nowhere: nothing is asked.
    Idle,
    /// On its way to a node, with this token.
    Asked(u8),
    /// Its transaction began at this tick; what it read then, which only the flawed look at.
    Begun(u8, u8, Decision),
    /// The answer is on its way back: a token, or none.
    Answered(Option<u8>),
    /// The answer was lost; it is asked for again.
    Again,
}

/// Everything. Client 0 is a tab, client 1 another one or the thief.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    now: u8,
    losses: u8,
    alive: bool,
    tokens: Vec<Token>,
    /// The cookie of the browser, and when it came.
    cookie: (u8, u8),
    ways: [Way; 2],
    /// Since when each exchange goes on.
    since: [u8; 2],
    stolen: Option<u8>,
    /// How often the thief may still ask.
    attempts: u8,
    /// The thief has used what he stole.
    intruded: bool,
    /// Reuse was seen.
    reused: bool,
    /// An honest client was told to sign in again before the session's time.
    signed_out: bool,
    /// What was decided last.
    last: Option<Decision>,
}

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Step {
    Tick,
    Ask(usize),
    Begin(usize),
    Decide(usize),
    Take(usize),
    Lose(usize),
    Steal,
}

fn at(tick: u8) -> time::OffsetDateTime {
    NOON + Duration::seconds(5) * i32::from(tick)
}

impl State {
    fn child(&self, token: u8) -> Option<u8> {
        let child = self.tokens.iter().rposition(|other| other.parent == Some(token));
        child.and_then(|child| u8::try_from(child).ok())
    }

    /// What the server decides about this token in a transaction that began at `began`, with the rows as they are.
    fn decision(&self, token: u8, began: u8) -> Decision {
        let parent = Parent {
            used_at: self.tokens[usize::from(token)].used.map(at),
            expires_at: at(HORIZON + 1),
            family_alive: self.alive,
            family_expires_at: at(ABSOLUTE),
        };
        let child = match self.child(token).map(|child| self.tokens[usize::from(child)].used) {
            None => Child::Absent,
            Some(None) => Child::Unused,
            Some(Some(_)) => Child::Used,
        };
        decide(&parent, &child, at(began))
    }
}

impl Refresh {
    /// The model with this flaw, or the server as it is; with a thief, or with two honest tabs.
    pub fn of(flaw: Option<Flaw>, thief: bool) -> Self {
        Self { flaw, thief }
    }

    fn is_thief(&self, client: usize) -> bool {
        self.thief && client == 1
    }

    fn judge(&self, state: &State, token: u8, began: u8) -> Decision {
        match (state.decision(token, began), self.flaw) {
            (Decision::Repeat | Decision::Superseded, Some(Flaw::NoGrace)) => Decision::Reuse,
            (Decision::Superseded, Some(Flaw::Grandparents)) => Decision::Rotate,
            (Decision::Repeat, Some(Flaw::AnotherSuccessor)) => Decision::Rotate,
            (decision, _) => decision,
        }
    }

    /// Writes what was decided; answers the token that is handed out.
    fn carry_out(&self, state: &mut State, token: u8, began: u8, decision: Decision) -> Option<u8> {
        state.last = Some(decision);
        match decision {
            Decision::Rotate => {
                state.tokens[usize::from(token)].used = Some(began);
                state.tokens.push(Token { parent: Some(token), used: None });
                u8::try_from(state.tokens.len() - 1).ok()
            }
            Decision::Repeat => state.child(token),
            Decision::Superseded | Decision::Dead => None,
            Decision::Reuse => {
                state.reused = true;
                state.alive &= self.flaw == Some(Flaw::ReuseOnlyRefused);
                None
            }
        }
    }

    fn decide(&self, state: &mut State, client: usize, (token, began, read): (u8, u8, Decision)) {
        let decision = match self.flaw {
            Some(Flaw::ReadThenWrite) => read,
            _ => self.judge(state, token, began),
        };
        let handed = self.carry_out(state, token, began, decision);
        if !self.is_thief(client) && matches!(decision, Decision::Reuse | Decision::Dead) {
            state.signed_out |= state.now < ABSOLUTE;
        }
        state.ways[client] = Way::Answered(handed);
    }

    fn old(&self) -> u8 {
        if self.flaw == Some(Flaw::ShortLived) { 0 } else { OLD }
    }

    /// Whether an honest exchange must come to its end before time goes on.
    fn urgent(&self, state: &State, client: usize) -> bool {
        let patience = if self.flaw == Some(Flaw::SlowRetry) { PATIENCE + 1 } else { PATIENCE };
        state.ways[client] != Way::Idle && !self.is_thief(client) && state.now - state.since[client] >= patience
    }
}

impl Model for Refresh {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            now: 0,
            losses: if self.thief { LOSSES - 1 } else { LOSSES },
            alive: true,
            tokens: vec![Token { parent: None, used: None }],
            cookie: (0, 0),
            ways: [Way::Idle; 2],
            since: [0; 2],
            stolen: None,
            attempts: THIEVERY,
            intruded: false,
            reused: false,
            signed_out: false,
            last: None,
        }]
    }

    fn actions(&self, state: &State, steps: &mut Vec<Step>) {
        if state.now < HORIZON && !(0..2).any(|client| self.urgent(state, client)) {
            steps.push(Step::Tick);
        }
        if self.thief && state.stolen.is_none() {
            steps.push(Step::Steal);
        }
        for client in 0..2 {
            let wants = if self.is_thief(client) {
                state.stolen.is_some() && state.attempts > 0
            } else {
                state.now - state.cookie.1 >= self.old()
            };
            match state.ways[client] {
                Way::Idle if wants && !state.signed_out => steps.push(Step::Ask(client)),
                Way::Again => steps.push(Step::Ask(client)),
                Way::Asked(_) => steps.push(Step::Begin(client)),
                Way::Begun(..) => steps.push(Step::Decide(client)),
                Way::Answered(_) => {
                    steps.push(Step::Take(client));
                    if state.losses > 0 && !self.is_thief(client) {
                        steps.push(Step::Lose(client));
                    }
                }
                Way::Idle => {}
            }
        }
    }

    fn next_state(&self, last: &State, step: Step) -> Option<State> {
        let mut state = last.clone();
        match step {
            Step::Tick => state.now += 1,
            Step::Steal => state.stolen = Some(last.cookie.0),
            Step::Ask(client) => {
                if last.ways[client] == Way::Idle {
                    state.since[client] = last.now;
                }
                let stolen = last.stolen.filter(|_| self.is_thief(client));
                state.intruded |= stolen.is_some();
                state.attempts -= u8::from(stolen.is_some());
                state.ways[client] = Way::Asked(stolen.unwrap_or(last.cookie.0));
            }
            Step::Begin(client) => {
                let Way::Asked(token) = last.ways[client] else { return None };
                state.ways[client] = Way::Begun(token, last.now, self.judge(last, token, last.now));
            }
            Step::Decide(client) => {
                let Way::Begun(token, began, read) = last.ways[client] else { return None };
                self.decide(&mut state, client, (token, began, read));
            }
            Step::Take(client) => {
                let Way::Answered(handed) = last.ways[client] else { return None };
                state.ways[client] = Way::Idle;
                match handed {
                    Some(token) if self.is_thief(client) => state.stolen = Some(token),
                    Some(token) => state.cookie = (token, last.now),
                    // 409: the other tab's cookie is the newer one.
                    None => {}
                }
            }
            Step::Lose(client) => {
                state.losses -= 1;
                state.ways[client] = Way::Again;
            }
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        promises::all(self.thief)
    }
}
