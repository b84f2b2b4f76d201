//! Several buses in one room, and what the wire carries.

use proptest::prelude::*;
use uuid::Uuid;

use super::{in_process::Room, *};

const SOON: Duration = Duration::from_secs(5);

fn id(number: u128) -> NodeId {
    NodeId(Uuid::from_u128(number))
}

fn act(number: u128) -> RevocationId {
    RevocationId(Uuid::from_u128(number))
}

fn join(room: &Room, me: NodeId) -> (Bus, mpsc::Receiver<Heard>) {
    let settings = Settings { kind: Kind::InProcess(room.clone()), channel: "voxgate".into() };
    Bus::start(settings, me, &Handle::current())
}

fn departure((company, user, session): (u128, u128, u128), answered: bool, remaining: u64) -> Departure {
    let [company, user, session] = [company, user, session].map(Uuid::from_u128);
    Departure { company: company.into(), user: user.into(), session: session.into(), answered, remaining }
}

async fn next(hears: &mut mpsc::Receiver<Heard>) -> Heard {
    tokio::time::timeout(SOON, hears.recv()).await.expect("something is heard").expect("the bus goes on")
}

/// What is heard besides beats.
async fn word(hears: &mut mpsc::Receiver<Heard>) -> Heard {
    loop {
        match next(hears).await {
            Heard::Said { hint: Hint::Beat, .. } => {}
            heard => return heard,
        }
    }
}

#[tokio::test]
async fn who_joins_looks_at_everything_and_hears_the_others_but_not_itself() {
    let room = Room::default();
    let ((ours, mut we_hear), (theirs, mut they_hear)) = (join(&room, id(1)), join(&room, id(2)));
    assert_eq!(next(&mut we_hear).await, Heard::Missed);
    assert_eq!(next(&mut they_hear).await, Heard::Missed);
    let hint = Hint::Revoked { acts: vec![act(7)] };
    ours.tell(hint.clone());
    assert_eq!(word(&mut they_hear).await, Heard::Said { from: id(1), hint });
    let hint = Hint::Applied { acts: vec![(act(7), 2)] };
    theirs.tell(hint.clone());
    assert_eq!(word(&mut we_hear).await, Heard::Said { from: id(2), hint }, "and nothing of its own");
    assert_eq!((ours.state(), ours.has_echoed()), (State::Connected, true));
}

#[tokio::test]
async fn a_bus_that_closes_says_what_it_was_told_before() {
    let room = Room::default();
    let ((ours, _we_hear), (_theirs, mut they_hear)) = (join(&room, id(1)), join(&room, id(2)));
    they_hear.recv().await;
    ours.is_connected().await;
    let hint = Hint::Revoked { acts: vec![] };
    ours.tell(hint.clone());
    ours.close().await;
    assert_eq!(word(&mut they_hear).await, Heard::Said { from: id(1), hint });
}

#[test]
fn hints_that_wait_together_leave_as_few_messages_with_revocations_first() {
    let company = |number| CompanyId(Uuid::from_u128(number));
    let mut batch = batch::Batch::default();
    batch.add(Hint::Beat);
    batch.add(Hint::Numbered { heads: vec![(company(1), 4)] });
    batch.add(Hint::Numbered { heads: vec![(company(1), 3), (company(2), 1)] });
    batch.add(Hint::Revoked { acts: vec![] });
    batch.add(Hint::Revoked { acts: vec![act(1)] });
    let expected = [
        Hint::Revoked { acts: vec![act(1)] },
        Hint::Numbered { heads: vec![(company(1), 4), (company(2), 1)] },
        Hint::Beat,
    ];
    assert_eq!(batch.into_hints(), expected);
}

#[test]
fn the_largest_messages_fit_into_a_notification() {
    let (mut batch, many) = (batch::Batch::default(), 0..250);
    batch.add(Hint::Revoked { acts: many.clone().map(|n| act(u128::MAX - n)).collect() });
    batch.add(Hint::Applied { acts: many.clone().map(|n| (act(u128::MAX - n), 100_000)).collect() });
    let left = many.clone().map(|n| departure((u128::MAX, u128::MAX - n, n), false, 100));
    batch.add(Hint::Left { sockets: left.collect() });
    batch.add(Hint::Numbered { heads: many.map(|n| (CompanyId(Uuid::from_u128(u128::MAX - n)), i64::MAX)).collect() });
    let texts: Vec<String> = batch.into_hints().into_iter().map(|hint| wire::write(id(u128::MAX), hint)).collect();
    assert_eq!(texts.len(), 14);
    assert!(texts.iter().all(|text| text.len() < 8_000), "{:?}", texts.iter().map(String::len).collect::<Vec<_>>());
}

#[test]
fn what_another_version_says_is_passed_over() {
    let beat = wire::write(id(1), Hint::Beat);
    assert_eq!(wire::read(beat.as_bytes()), Some((id(1), Hint::Beat)));
    for text in ["", "{}", &beat.replace("\"v\":1", "\"v\":2"), &beat.replace("beat", "sing")] {
        assert_eq!(wire::read(text.as_bytes()), None, "{text}");
    }
}

fn any_hint() -> impl Strategy<Value = Hint> {
    let acts = || prop::collection::vec(any::<u128>().prop_map(act), 0..5);
    prop_oneof![
        Just(Hint::Beat),
        acts().prop_map(|acts| Hint::Revoked { acts }),
        (acts(), any::<u64>())
            .prop_map(|(acts, closed)| Hint::Applied { acts: acts.into_iter().map(|act| (act, closed)).collect() }),
        prop::collection::vec(any::<((u128, u128, u128), bool, u64)>(), 0..5).prop_map(|sockets| Hint::Left {
            sockets: sockets.into_iter().map(|(ids, answered, n)| departure(ids, answered, n)).collect()
        }),
        prop::collection::vec((any::<u128>(), any::<i64>()), 0..5).prop_map(|heads| Hint::Numbered {
            heads: heads.into_iter().map(|(company, head)| (CompanyId(Uuid::from_u128(company)), head)).collect()
        }),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read(from in any::<u128>(), hint in any_hint()) {
        prop_assert_eq!(wire::read(wire::write(id(from), hint.clone()).as_bytes()), Some((id(from), hint)));
    }

    #[test]
    fn nothing_on_the_bus_breaks_a_node(text in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(wire::read(&text), None);
    }
}
