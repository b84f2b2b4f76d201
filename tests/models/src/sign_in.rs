//! Signing in against being thrown out: two sign-ins and their renewals on two nodes, while an Admin logs the account
//! out everywhere and another switches it off.
//!
//! The steps are the statements of the server with the row locks PostgreSQL gives them: a sign-in reads, verifies and
//! then starts its session *from* the locked account, if its version is still the one that was seen; an act bumps first,
//! ends the sessions next, and commits. The server's own rules are `Counted::verified`, `refresh::decide`, `Revoked::check`.

use stateright::{Model, Property};

use self::rules::{passes, renews};

mod promises;
mod rules;

const LOGINS: usize = 2;
const ACTS: usize = 2;
const NODES: usize = 2;

/// A mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// A session is inserted without looking whether the account changed since.
    NaiveInsert,
    /// Sessions are ended first, and the version is bumped then.
    EndThenBump,
    /// The epoch of the token is read when it is signed.
    EpochReadLate,
    /// A renewal looks at its session without locking it, and reads the epoch afterwards.
    RenewalWithoutLock,
}

/// The model.
#[derive(Clone, Debug)]
pub struct SignIn {
    flaw: Option<Flaw>,
}

/// The account, as it is committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct User {
    version: u8,
    epoch: u8,
    active: bool,
}

/// Where a sign-in is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Login {
    Idle,
    /// The account was read, and the password was right.
    Verified {
        version: u8,
    },
    /// The session is written, the account is locked.
    Held {
        epoch: u8,
    },
    /// The session is committed, its token not signed.
    Committed {
        epoch: u8,
    },
    /// The person is in.
    In,
    Refused,
}

/// Where the renewal of a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Renewal {
    Idle,
    /// Session and token are locked.
    Locked,
    /// Decided, by facts read under the lock: committed together with what was decided.
    Decided {
        epoch: Option<u8>,
    },
    Done,
}

/// Where an act is: 0 logs the account out everywhere, 1 switches it off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Act {
    Idle,
    Bumped,
    Ended,
    Committed { min_epoch: u8 },
}

/// One sign-in, its session and its tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Visit {
    login: Login,
    renewal: Renewal,
    /// The session is committed and was not ended.
    alive: bool,
    /// Acts that were committed when the sign-in read the account, as bits.
    after: u8,
    /// The epoch of the token of the sign-in, and of the renewed one.
    tokens: [Option<u8>; 2],
}

/// Everything.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    user: User,
    /// The act that holds the account's row.
    held_by_act: Option<u8>,
    visits: [Visit; LOGINS],
    acts: [Act; ACTS],
    /// Acts each node has taken in, as bits.
    known: [u8; NODES],
}

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Step {
    Read(usize),
    Start(usize),
    CommitLogin(usize),
    Sign(usize),
    LockSession(usize),
    Decide(usize),
    CommitRenewal(usize),
    Bump(usize),
    End(usize),
    CommitAct(usize),
    TakeIn(usize, usize),
}

impl State {
    fn held(&self) -> bool {
        self.held_by_act.is_some() || self.visits.iter().any(|visit| matches!(visit.login, Login::Held { .. }))
    }

    fn committed(&self) -> u8 {
        (0..ACTS).filter(|act| matches!(self.acts[*act], Act::Committed { .. })).map(|act| 1 << act).sum()
    }

    fn session_locked(&self) -> bool {
        self.visits.iter().any(|visit| matches!(visit.renewal, Renewal::Locked | Renewal::Decided { .. }))
    }
}

impl SignIn {
    /// The model with this flaw, or the server as it is.
    pub fn of(flaw: Option<Flaw>) -> Self {
        Self { flaw }
    }

    fn is(&self, flaw: Flaw) -> bool {
        self.flaw == Some(flaw)
    }

    fn login(&self, state: &mut State, number: usize, step: Step) -> Option<()> {
        let (user, committed) = (state.user, state.committed());
        let visit = &mut state.visits[number];
        visit.login = match (step, visit.login) {
            (Step::Read(_), Login::Idle) => {
                visit.after = committed;
                if passes(user) { Login::Verified { version: user.version } } else { Login::Refused }
            }
            // The statement START: the row is locked, and its conditions are looked at again after the wait.
            (Step::Start(_), Login::Verified { version }) => {
                let same = user.active && user.version == version;
                if same || self.is(Flaw::NaiveInsert) { Login::Held { epoch: user.epoch } } else { Login::Refused }
            }
            (Step::CommitLogin(_), Login::Held { epoch }) => {
                visit.alive = true;
                Login::Committed { epoch }
            }
            (Step::Sign(_), Login::Committed { epoch }) => {
                visit.tokens[0] = Some(if self.is(Flaw::EpochReadLate) { user.epoch } else { epoch });
                Login::In
            }
            _ => return None,
        };
        Some(())
    }

    fn renewal(&self, state: &mut State, number: usize, step: Step) -> Option<()> {
        let user = state.user;
        let visit = &mut state.visits[number];
        visit.renewal = match (step, visit.renewal) {
            (Step::LockSession(_), Renewal::Idle) if self.is(Flaw::RenewalWithoutLock) => {
                Renewal::Decided { epoch: renews(visit.alive && user.active).then_some(user.epoch) }
            }
            (Step::LockSession(_), Renewal::Idle) => Renewal::Locked,
            (Step::Decide(_), Renewal::Locked) => {
                Renewal::Decided { epoch: renews(visit.alive && user.active).then_some(user.epoch) }
            }
            (Step::CommitRenewal(_), Renewal::Decided { epoch }) => {
                let late = self.is(Flaw::RenewalWithoutLock);
                visit.tokens[1] = epoch.map(|epoch| if late { user.epoch } else { epoch });
                Renewal::Done
            }
            _ => return None,
        };
        Some(())
    }

    fn act(&self, state: &mut State, number: usize, step: Step) -> Option<()> {
        let first = if self.is(Flaw::EndThenBump) { [Act::Ended, Act::Bumped] } else { [Act::Bumped, Act::Ended] };
        let next = match step {
            Step::Bump(_) => Act::Bumped,
            Step::End(_) => Act::Ended,
            Step::CommitAct(_) => {
                let user = User { version: state.user.version + 1, epoch: state.user.epoch + 1, ..state.user };
                state.user = User { active: user.active && number == 0, ..user };
                state.held_by_act = None;
                state.acts[number] = Act::Committed { min_epoch: user.epoch };
                return Some(());
            }
            _ => return None,
        };
        let due = if state.acts[number] == Act::Idle { first[0] } else { first[1] };
        if next != due {
            return None;
        }
        match next {
            Act::Bumped => state.held_by_act = Some(number as u8),
            _ => state.visits.iter_mut().for_each(|visit| visit.alive = false),
        }
        state.acts[number] = if next == first[1] { Act::Ended } else { Act::Bumped };
        Some(())
    }
}

impl Model for SignIn {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        let (login, renewal) = (Login::Idle, Renewal::Idle);
        let visits = [Visit { login, renewal, alive: false, after: 0, tokens: [None; 2] }; LOGINS];
        let user = User { version: 1, epoch: 1, active: true };
        vec![State { user, held_by_act: None, visits, acts: [Act::Idle; ACTS], known: [0; NODES] }]
    }

    fn actions(&self, state: &State, steps: &mut Vec<Step>) {
        for (number, visit) in state.visits.iter().enumerate() {
            match visit.login {
                Login::Idle => steps.push(Step::Read(number)),
                Login::Verified { .. } if !state.held() || self.is(Flaw::NaiveInsert) => {
                    steps.push(Step::Start(number))
                }
                Login::Held { .. } => steps.push(Step::CommitLogin(number)),
                Login::Committed { .. } => steps.push(Step::Sign(number)),
                _ => {}
            }
            // An act that has ended the session holds its row until it commits.
            let ended = state.held_by_act.is_some_and(|act| state.acts[usize::from(act)] == Act::Ended);
            match visit.renewal {
                Renewal::Idle if visit.login == Login::In && !ended => steps.push(Step::LockSession(number)),
                Renewal::Locked => steps.push(Step::Decide(number)),
                Renewal::Decided { .. } => steps.push(Step::CommitRenewal(number)),
                _ => {}
            }
        }
        for (number, act) in state.acts.iter().enumerate() {
            let mine = state.held_by_act == Some(number as u8);
            let lockless = self.is(Flaw::RenewalWithoutLock);
            if !mine && !state.held() && !matches!(act, Act::Committed { .. }) {
                steps.push(Step::Bump(number));
            }
            if (mine || self.is(Flaw::EndThenBump)) && (!state.session_locked() || lockless) {
                steps.push(Step::End(number));
            }
            if mine && *act == Act::Ended {
                steps.push(Step::CommitAct(number));
            }
            if matches!(act, Act::Committed { .. }) {
                let news = (0..NODES).filter(|node| state.known[*node] & (1 << number) == 0);
                steps.extend(news.map(|node| Step::TakeIn(node, number)));
            }
        }
    }

    fn next_state(&self, last: &State, step: Step) -> Option<State> {
        let mut state = last.clone();
        match step {
            Step::Read(login) | Step::Start(login) | Step::CommitLogin(login) | Step::Sign(login) => {
                self.login(&mut state, login, step)?;
            }
            Step::LockSession(login) | Step::Decide(login) | Step::CommitRenewal(login) => {
                self.renewal(&mut state, login, step)?;
            }
            Step::Bump(act) | Step::End(act) | Step::CommitAct(act) => self.act(&mut state, act, step)?,
            Step::TakeIn(node, act) => state.known[node] |= 1 << act,
        }
        (state != *last).then_some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        promises::all()
    }
}
