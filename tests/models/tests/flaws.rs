//! Every model sees each of its flaws, and the server as it is keeps every promise.

use voxgate_models::{admins, lease, refresh, sign_in, stream, walk};

/// The shortest story of the flaw, which must break this promise.
fn caught<M>(model: M, promise: &'static str)
where
    M: stateright::Model + Send + Sync + 'static,
    M::State: Clone + std::hash::Hash + PartialEq + Send + Sync + 'static,
    M::Action: Clone + PartialEq + std::fmt::Debug,
{
    let story = walk::counterexample(model, promise).unwrap_or_else(|| panic!("not seen to break: {promise}"));
    println!("{promise}: {}", story.join(", "));
}

#[test]
fn more_than_a_million_states_and_every_promise_holds() {
    let mut states = 0;
    for model in walk::all() {
        let walked = model();
        println!("{walked}");
        assert_eq!(walked.broken, Vec::<&str>::new(), "{walked}");
        states += walked.states;
    }
    assert!(states >= 1_000_000, "{states}");
}

#[test]
fn the_lease_must_be_stamped_when_the_question_is_sent() {
    use lease::Flaw::*;
    let late = "nothing revoked passes later than the lease";
    caught(lease::Lease::of(Some(StampedOnArrival)), late);
    caught(lease::Lease::of(Some(StampedWithoutAnswer)), late);
    caught(lease::Lease::of(Some(CursorById)), late);
    caught(lease::Lease::of(Some(FailsOpen)), "without lease and database nobody passes");
}

#[test]
fn a_renewal_is_decided_under_the_lock_by_the_rule_as_it_is() {
    use refresh::Flaw::*;
    let leaf = "a family has one live leaf at most";
    let honest = "nobody who is honest is signed out while no thief is about";
    caught(refresh::Refresh::of(Some(ReadThenWrite), false), leaf);
    caught(refresh::Refresh::of(Some(AnotherSuccessor), false), leaf);
    caught(refresh::Refresh::of(Some(Grandparents), true), leaf);
    caught(refresh::Refresh::of(Some(ReuseOnlyRefused), true), "reuse ends the family");
    caught(refresh::Refresh::of(Some(NoGrace), false), honest);
    caught(refresh::Refresh::of(Some(SlowRetry), false), honest);
    caught(refresh::Refresh::of(Some(ShortLived), false), honest);
}

#[test]
fn a_session_starts_from_the_locked_account_and_an_act_bumps_first() {
    use sign_in::Flaw::*;
    let survives = "no session survives an act that its sign-in did not see";
    let passes = "no token passes a node that knows of an act its sign-in did not see";
    caught(sign_in::SignIn::of(Some(NaiveInsert)), survives);
    caught(sign_in::SignIn::of(Some(EndThenBump)), survives);
    caught(sign_in::SignIn::of(Some(EpochReadLate)), passes);
    caught(sign_in::SignIn::of(Some(RenewalWithoutLock)), passes);
}

#[test]
fn a_replay_and_what_comes_meanwhile_are_joined_by_number() {
    use stream::Flaw::*;
    let twice = "no event comes twice or out of order";
    let hole = "no event is left out unsaid";
    caught(stream::Stream::of(Some(FlushAll)), twice);
    caught(stream::Stream::of(Some(FlushNothing)), hole);
    caught(stream::Stream::of(Some(HeadBeforeAttach)), hole);
    caught(stream::Stream::of(Some(HeadsDuringReplay)), hole);
    caught(stream::Stream::of(Some(HubBelieved)), twice);
}

#[test]
fn admins_are_counted_and_read_again_under_the_companys_lock() {
    use admins::Flaw::*;
    let keeps = "the company keeps an active Admin";
    caught(admins::Admins::of(Some(CountWithoutLock)), keeps);
    caught(admins::Admins::of(Some(ReadBeforeLock)), keeps);
    caught(admins::Admins::of(Some(TokenBelieved)), "nobody acts who is no Admin any more");
}
