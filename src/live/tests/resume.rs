//! Replay and live events joined: the cases by hand, and every interleaving by property.

use proptest::prelude::*;

use crate::{
    domain::event::Kind,
    live::resume::{Out, Resume, Resync},
    stream::{
        frame::{Frame, Numbered},
        sample,
    },
};

fn events(seqs: impl IntoIterator<Item = i64>) -> Vec<Numbered> {
    seqs.into_iter().map(|seq| Frame::event(&sample::row(sample::COMPANY, seq, Kind::LoginFailed))).collect()
}

fn page(resume: &mut Resume, seqs: impl IntoIterator<Item = i64>) -> Out {
    let seqs: Vec<i64> = seqs.into_iter().collect();
    resume.replayed(&seqs, events(seqs.clone()))
}

fn seqs(out: &Out) -> Vec<i64> {
    out.events.iter().map(|event| event.seq).collect()
}

#[test]
fn without_since_the_stream_begins_at_the_head() {
    let mut resume = Resume::new(100);
    assert_eq!(resume.pushed(&events([8])), Out::default(), "held until attached");
    assert_eq!(seqs(&resume.start(None, 7, 7)), [8]);
    assert_eq!(resume.wanted(), None);
    assert_eq!(seqs(&resume.pushed(&events([8, 9]))), [9]);
}

#[test]
fn what_cannot_be_replayed_becomes_one_resync_and_the_stream_goes_on() {
    let mut long = Resume::new(100);
    assert_eq!(long.start(Some(0), 101, 101).resync, Some(Resync::TooLong));
    let mut ahead = Resume::new(100);
    assert_eq!(ahead.start(Some(9), 7, 7).resync, Some(Resync::Gap));
    let mut old = Resume::new(100);
    old.start(Some(0), 7, 7);
    old.pushed(&events([8]));
    let out = page(&mut old, 3..=7);
    assert_eq!((out.resync, seqs(&out)), (Some(Resync::Gap), vec![8]), "rows 1 and 2 are gone");
    let mut empty = Resume::new(100);
    empty.start(Some(0), 7, 7);
    assert_eq!(page(&mut empty, []).resync, Some(Resync::Gap));
    assert_eq!(seqs(&empty.pushed(&events([8]))), [8]);
}

#[test]
fn a_client_that_comes_from_a_node_further_on_gets_nothing_twice() {
    let mut resume = Resume::new(100);
    assert_eq!(
        resume.start(Some(9), 7, 9),
        Out::default(),
        "rows 8 and 9 are in the log, this hub has not heard of them"
    );
    assert_eq!(resume.wanted(), None);
    assert_eq!(seqs(&resume.pushed(&events([8, 9, 10]))), [10]);
    let mut restored = Resume::new(100);
    assert_eq!(restored.start(Some(9), 7, 8).resync, Some(Resync::Gap), "the log never reached that far");
}

#[test]
fn too_much_held_during_a_replay_becomes_a_resync() {
    let mut resume = Resume::new(10);
    resume.start(Some(0), 5, 5);
    let out = resume.pushed(&events(6..=16));
    assert_eq!((out.resync, seqs(&out)), (Some(Resync::TooLong), vec![]));
    assert_eq!(seqs(&resume.pushed(&events([17]))), [17]);
    assert_eq!(page(&mut resume, 1..=5), Out::default(), "a late page changes nothing");
}

#[test]
fn a_head_is_told_only_when_everything_before_it_is_out() {
    let mut resume = Resume::new(10);
    assert_eq!(resume.head(3), None);
    resume.start(Some(0), 3, 3);
    assert_eq!(resume.head(3), None);
    page(&mut resume, 1..=3);
    assert_eq!(resume.head(3), Some(3));
    assert_eq!(resume.head(9), Some(9), "rows up to 9 were none of this client's");
}

proptest! {
    /// Whatever the order of pages, pushes and repeated pushes: the client gets every event it may see above
    /// `since`, in order, once.
    #[test]
    fn replay_and_pushes_join_without_hole_or_double(
        since in 0i64..50, replayed in 0i64..60, live in 0i64..60, page_size in 1i64..20,
        attach_after in 0usize..5, schedule in proptest::collection::vec((any::<bool>(), 1i64..9, 0i64..4), 0..80),
        hidden in proptest::collection::hash_set(0i64..170, 0..60),
    ) {
        let head = since + replayed;
        let end = head + live;
        let visible = |seqs: std::ops::RangeInclusive<i64>| events(seqs.filter(|seq| !hidden.contains(seq)));
        let mut resume = Resume::new(1_000);
        let (mut told, mut out, mut steps) = (head, Vec::new(), schedule.into_iter());
        let mut attached = 0;
        loop {
            if attached == attach_after {
                out.extend(seqs(&resume.start(Some(since), head, head)));
            }
            attached += 1;
            let (read, size, again) = steps.next().unwrap_or((attached % 2 == 0, 5, 0));
            match resume.wanted() {
                Some((after, upto)) if read => {
                    let to = (after + page_size).min(upto);
                    let all: Vec<i64> = (after + 1..=to).collect();
                    out.extend(seqs(&resume.replayed(&all, visible(after + 1..=to))));
                }
                wanted => {
                    // The hub may repeat itself, never skip.
                    let to = (told + size).min(end);
                    out.extend(seqs(&resume.pushed(&visible((told + 1 - again).max(head + 1)..=to))));
                    told = to;
                    if told == end && wanted.is_none() && attached > attach_after {
                        break;
                    }
                }
            }
        }
        let expected: Vec<i64> = (since + 1..=end).filter(|seq| !hidden.contains(seq)).collect();
        prop_assert_eq!(out, expected);
    }
}
