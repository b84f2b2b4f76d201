//! Walks models through all their states and says what was seen.

use std::{
    collections::BTreeSet,
    fmt,
    hash::Hash,
    time::{Duration, Instant},
};

use stateright::{Checker, Expectation, HasDiscoveries, Model};

use crate::{admins, lease, refresh, sign_in, stream};

/// A walk that has made so many steps goes no further, so that a model which grew cannot hold everybody up.
const ENOUGH: usize = 5_000_000;

/// What a walk saw.
#[derive(Clone, Debug)]
pub struct Walked {
    /// The model.
    pub name: &'static str,
    /// Different states.
    pub states: usize,
    /// The longest way from the beginning to a state seen for the first time, in steps.
    pub depth: usize,
    /// Whether there were no more.
    pub whole: bool,
    /// How long it took.
    pub took: Duration,
    /// Properties that do not hold: a promise that was broken, or something that should be possible and never happened.
    pub broken: Vec<&'static str>,
}

/// Walks through all states of a model.
pub fn walk<M>(name: &'static str, model: M) -> Walked
where
    M: Model + Clone + Send + Sync + 'static,
    M::State: Clone + Hash + PartialEq + Send + Sync + 'static,
    M::Action: Clone + PartialEq,
{
    let began = Instant::now();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let checker = model.clone().checker().threads(threads).target_state_count(ENOUGH).spawn_bfs().join();
    let found = checker.discoveries();
    let whole = checker.state_count() < ENOUGH;
    let broken = model.properties().into_iter().filter(|property| match property.expectation {
        // What was not seen yet may come later.
        Expectation::Sometimes => whole && !found.contains_key(property.name),
        Expectation::Always | Expectation::Eventually => found.contains_key(property.name),
    });
    let broken = broken.map(|property| property.name).collect();
    let (states, depth, took) = (checker.unique_state_count(), checker.max_depth(), began.elapsed());
    Walked { name, states, depth, whole, took, broken }
}

/// The shortest way on which this promise is broken, one line a step; `None` if there is none.
pub fn counterexample<M>(model: M, promise: &'static str) -> Option<Vec<String>>
where
    M: Model + Send + Sync + 'static,
    M::State: Clone + Hash + PartialEq + Send + Sync + 'static,
    M::Action: Clone + PartialEq + std::fmt::Debug,
{
    let enough = HasDiscoveries::AllOf(BTreeSet::from([promise]));
    let path = model.checker().finish_when(enough).spawn_bfs().join().discovery(promise)?;
    Some(path.into_actions().iter().map(|action| format!("{action:?}")).collect())
}

/// The walks through every model of the server as it is.
pub fn all() -> [fn() -> Walked; 6] {
    [
        || walk("revocation lease", lease::Lease::of(None)),
        || walk("refresh: two tabs", refresh::Refresh::of(None, false)),
        || walk("refresh: a tab and a thief", refresh::Refresh::of(None, true)),
        || walk("sign-in against log-out", sign_in::SignIn::of(None)),
        || walk("stream resume", stream::Stream::of(None)),
        || walk("last Admin", admins::Admins::of(None)),
    ]
}

/// The head of the table that [`Walked`] fills.
pub const HEAD: &str = "model                          states   depth   seconds   of them   verdict";

impl fmt::Display for Walked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, states, depth, whole, took, broken } = self;
        let of_them = if *whole { "all" } else { "the first" };
        let verdict = if broken.is_empty() { "holds".to_owned() } else { format!("BROKEN: {}", broken.join("; ")) };
        write!(f, "{name:<27} {states:>9} {depth:>7} {:>9.1}   {of_them:<9} {verdict}", took.as_secs_f64())
    }
}
