//! The last Admin: three people of one company, two of them Admins, change each other's accounts at the same time.
//!
//! Every act is a transaction on any node: lock the company, read (the actor again, the account, how many Admins there
//! are), decide by the server's own [`decide`], write and commit. What a request was allowed by is older: the token its
//! actor holds.

use stateright::{Model, Property};
use voxgate::domain::{
    people::{Account, Act, Actor, Decision, decide},
    principal::Role,
};

const PEOPLE: usize = 3;
/// Acts at the same time.
const CALLS: usize = 2;
/// Acts in one walk.
const ACTS: u8 = 3;

/// A mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The Admins are counted without the company's lock.
    CountWithoutLock,
    /// The company is locked, and what was read before is believed.
    ReadBeforeLock,
    /// Who acts is believed to be what their token says.
    TokenBelieved,
}

/// The model.
#[derive(Clone, Debug)]
pub struct Admins {
    flaw: Option<Flaw>,
}

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Wish {
    Demote,
    Promote,
    Deactivate,
    Reactivate,
    Erase,
}

/// One request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Call {
    actor: u8,
    whom: u8,
    wish: Wish,
    /// Its transaction holds the company.
    locked: bool,
    /// Actor is an Admin, account as `(role, active)`, Admins: as its transaction read them.
    read: Option<(bool, Person, u8)>,
}

/// An account. Erased ones stay switched off for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Person {
    role: Role,
    active: bool,
    erased: bool,
}

/// Everything.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    people: [Person; PEOPLE],
    calls: [Option<Call>; CALLS],
    left: u8,
    /// Somebody acted who was no active Admin when their act was committed.
    usurped: bool,
    /// An act was refused for the sake of the last Admin.
    refused: bool,
}

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Step {
    Ask(usize, u8, u8, Wish),
    Lock(usize),
    Read(usize),
    Commit(usize),
}

impl Wish {
    const ALL: [Self; 5] = [Self::Demote, Self::Promote, Self::Deactivate, Self::Reactivate, Self::Erase];

    fn act(self) -> Act {
        match self {
            Self::Demote => Act::SetRole(Role::User),
            Self::Promote => Act::SetRole(Role::Admin),
            Self::Deactivate => Act::Deactivate,
            Self::Reactivate => Act::Reactivate,
            Self::Erase => Act::Erase,
        }
    }
}

impl Person {
    fn account(self) -> Account {
        Account { role: self.role, active: self.active, factor: false }
    }

    fn runs_the_company(self) -> bool {
        self.account().runs_the_company()
    }
}

impl State {
    fn admins(&self) -> u8 {
        self.people.iter().map(|person| u8::from(person.runs_the_company())).sum()
    }

    fn person(&self, number: u8) -> Person {
        self.people[usize::from(number)]
    }

    fn look(&self, call: &Call) -> (bool, Person, u8) {
        (self.person(call.actor).runs_the_company(), self.person(call.whom), self.admins())
    }
}

impl Admins {
    /// The model with this flaw, or the server as it is.
    pub fn of(flaw: Option<Flaw>) -> Self {
        Self { flaw }
    }

    fn locks(&self) -> bool {
        self.flaw != Some(Flaw::CountWithoutLock)
    }

    /// Reading comes before the lock, if at all, in one flaw only.
    fn may_read(&self, call: &Call) -> bool {
        call.read.is_none() && (call.locked || self.flaw == Some(Flaw::ReadBeforeLock) || !self.locks())
    }

    fn may_lock(&self, state: &State, call: &Call) -> bool {
        let free = !state.calls.iter().flatten().any(|call| call.locked);
        let read = call.read.is_some() || self.flaw != Some(Flaw::ReadBeforeLock);
        self.locks() && free && !call.locked && read
    }

    fn commit(&self, state: &mut State, call: &Call, (is_admin, before, admins): (bool, Person, u8)) {
        // Every request was let in by a token that says Admin.
        let stands = is_admin || self.flaw == Some(Flaw::TokenBelieved);
        if !stands || before.erased {
            return;
        }
        let actor = Actor { role: Role::Admin, own: call.actor == call.whom };
        let act = call.wish.act();
        match decide(actor, before.account(), act, admins.into()) {
            Ok(Decision::Change) => {
                state.usurped |= !state.person(call.actor).runs_the_company();
                let Account { role, active, .. } = act.changes(before.account());
                state.people[usize::from(call.whom)] = Person { role, active, erased: call.wish == Wish::Erase };
            }
            Ok(Decision::Nothing) => {}
            Err(_) => state.refused = true,
        }
    }
}

impl Model for Admins {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        let person = |role| Person { role, active: true, erased: false };
        let people = [person(Role::Admin), person(Role::Admin), person(Role::User)];
        vec![State { people, calls: [None; CALLS], left: ACTS, usurped: false, refused: false }]
    }

    fn actions(&self, state: &State, steps: &mut Vec<Step>) {
        // Requests without a number: the first free place takes the next.
        if let Some(free) = state.calls.iter().position(Option::is_none).filter(|_| state.left > 0) {
            for actor in (0..PEOPLE as u8).filter(|actor| state.person(*actor).runs_the_company()) {
                let asks = |whom| Wish::ALL.map(move |wish| Step::Ask(free, actor, whom, wish));
                steps.extend((0..PEOPLE as u8).flat_map(asks));
            }
        }
        for (number, call) in state.calls.iter().enumerate() {
            let Some(call) = call else { continue };
            if self.may_lock(state, call) {
                steps.push(Step::Lock(number));
            }
            if self.may_read(call) {
                steps.push(Step::Read(number));
            }
            if call.read.is_some() && (call.locked || !self.locks()) {
                steps.push(Step::Commit(number));
            }
        }
    }

    fn next_state(&self, last: &State, step: Step) -> Option<State> {
        let mut state = last.clone();
        match step {
            Step::Ask(place, actor, whom, wish) => {
                state.left -= 1;
                state.calls[place] = Some(Call { actor, whom, wish, locked: false, read: None });
            }
            Step::Lock(number) => state.calls[number].as_mut()?.locked = true,
            Step::Read(number) => {
                let call = state.calls[number].as_mut()?;
                call.read = Some(last.look(call));
            }
            Step::Commit(number) => {
                let call = state.calls[number].take()?;
                self.commit(&mut state, &call, call.read?);
            }
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("the company keeps an active Admin", |_: &Self, state: &State| state.admins() >= 1),
            Property::always("nobody acts who is no Admin any more", |_: &Self, state: &State| !state.usurped),
            Property::sometimes("one Admin is left", |_: &Self, state: &State| state.admins() == 1),
            Property::sometimes("the last Admin is refused", |_: &Self, state: &State| {
                state.refused && state.admins() == 1
            }),
            Property::sometimes("somebody comes up from below", |_: &Self, state: &State| {
                state.people[2].runs_the_company()
            }),
        ]
    }
}
