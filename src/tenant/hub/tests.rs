//! Stories of one company's hub. Its sockets are small actors that write down what they are told.

use std::sync::{Mutex, MutexGuard};

use actix::{Actor, ActorContext, Context, Handler};

use super::*;
use crate::{
    domain::{
        event::{Actor as Doer, Kind},
        ids::SessionId,
        principal::Role,
    },
    stream::sample::{self, NOON},
};

mod leaving;

/// A socket that writes down what it is told.
struct Listener(Arc<Mutex<Vec<Push>>>);

impl Actor for Listener {
    type Context = Context<Self>;
}

impl Handler<Push> for Listener {
    type Result = ();

    fn handle(&mut self, push: Push, ctx: &mut Context<Self>) {
        if matches!(push, Push::Restart) {
            ctx.stop();
        }
        self.0.lock().unwrap().push(push);
    }
}

/// A socket of a test: what it heard, and where to reach it.
struct Line {
    heard: Arc<Mutex<Vec<Push>>>,
    recipient: Recipient<Push>,
}

impl Line {
    fn open() -> Self {
        let heard = Arc::default();
        let recipient = Listener(Arc::clone(&heard)).start().recipient();
        Self { heard, recipient }
    }

    fn heard(&self) -> MutexGuard<'_, Vec<Push>> {
        self.heard.lock().unwrap()
    }

    fn seqs(&self) -> Vec<i64> {
        let seqs = |push: &Push| match push {
            Push::Frames(events) => events.iter().map(|event| event.seq).collect(),
            _ => Vec::new(),
        };
        self.heard().iter().flat_map(seqs).collect()
    }
}

/// Lets every listener work off what was sent to it.
async fn settle() {
    for _ in 0..8 {
        tokio::task::yield_now().await;
    }
}

fn hub() -> Hub {
    Hub::new(sample::COMPANY, Arc::default())
}

fn join(hub: &mut Hub, role: Role, head: i64) -> (Line, Attached) {
    let line = Line::open();
    let attached = hub.attach(sample::principal(role), line.recipient.clone(), head, NOON).unwrap();
    (line, attached)
}

fn rows(seqs: impl IntoIterator<Item = i64>) -> Vec<Arc<AuditRow>> {
    seqs.into_iter().map(|seq| Arc::new(sample::row(sample::COMPANY, seq, Kind::LoginFailed))).collect()
}

#[actix_web::test]
async fn an_admin_hears_every_row_above_the_head_once_and_in_order() {
    let mut hub = hub();
    let (admin, attached) = join(&mut hub, Role::Admin, 10);
    assert_eq!(attached.head, 10);
    assert_eq!(hub.sequenced(&rows(9..=12)), None);
    assert_eq!(hub.sequenced(&rows(11..=13)), None);
    settle().await;
    assert_eq!(admin.seqs(), [11, 12, 13]);
    assert_eq!(join(&mut hub, Role::Manager, 99).1.head, 13, "the hub knows better than the caller");
}

#[actix_web::test]
async fn a_hole_is_fetched_before_anything_after_it_is_told() {
    let mut hub = hub();
    let (admin, _) = join(&mut hub, Role::Admin, 10);
    assert_eq!(hub.sequenced(&rows(13..=14)), Some(Gap { after: 10, upto: 14 }));
    assert_eq!(hub.sequenced(&rows(15..=15)), None, "one question at a time");
    settle().await;
    assert_eq!(admin.seqs(), [] as [i64; 0]);
    assert_eq!(hub.fetched(&rows(11..=14)), Some(Gap { after: 14, upto: 15 }));
    assert_eq!(hub.fetched(&rows(15..=15)), None);
    settle().await;
    assert_eq!(admin.seqs(), [11, 12, 13, 14, 15]);
}

#[actix_web::test]
async fn a_hole_that_could_not_be_read_is_asked_for_again_later_and_not_in_a_circle() {
    let mut hub = hub();
    let (admin, _) = join(&mut hub, Role::Admin, 10);
    let gap = Gap { after: 10, upto: 12 };
    assert_eq!(hub.head_moved(12), Some(gap));
    assert_eq!(hub.fetched(&[]), None);
    assert_eq!(hub.heads(), Some(gap));
    hub.fetch_failed();
    assert_eq!(hub.head_moved(12), Some(gap));
    assert_eq!(hub.fetched(&rows(11..=12)), None);
    settle().await;
    assert_eq!(admin.seqs(), [11, 12]);
}

#[actix_web::test]
async fn a_user_hears_only_what_is_theirs() {
    let mut hub = hub();
    let (user, _) = join(&mut hub, Role::User, 0);
    let mut own = sample::row(sample::COMPANY, 2, Kind::LoginSucceeded);
    own.actor = Doer::User { id: sample::principal(Role::User).user };
    let mut batch = rows(1..=3);
    batch[1] = Arc::new(own);
    hub.sequenced(&batch);
    settle().await;
    assert_eq!(user.seqs(), [2]);
    assert_eq!(hub.head(), Some(3));
}

#[actix_web::test]
async fn another_company_is_refused_and_counted() {
    let counters = Arc::<Counters>::default();
    let mut hub = Hub::new(sample::COMPANY, Arc::clone(&counters));
    let (admin, attached) = join(&mut hub, Role::Admin, 0);
    let stranger = Principal { company: sample::OTHER_COMPANY, ..sample::principal(Role::Admin) };
    assert_eq!(hub.attach(stranger.clone(), Line::open().recipient, 0, NOON), Err(NotAttached::Foreign(Foreign)));
    assert_eq!(hub.renewed(attached.socket, stranger), Err(Foreign));
    assert_eq!(hub.sequenced(&[Arc::new(sample::row(sample::OTHER_COMPANY, 1, Kind::LoginFailed))]), None);
    let mut revocation = sample::revocation(Scope::Session(sample::principal(Role::Admin).session));
    revocation.company = sample::OTHER_COMPANY;
    assert_eq!(hub.revoked(&revocation, NOON), 0);
    settle().await;
    assert!(admin.heard().is_empty());
    assert_eq!(counters.foreign.load(Ordering::Relaxed), 4);
}

#[actix_web::test]
async fn a_revocation_ends_exactly_the_sockets_it_concerns() {
    let mut hub = hub();
    let (admin, _) = join(&mut hub, Role::Admin, 0);
    let (first, _) = join(&mut hub, Role::User, 0);
    let (second, _) = join(&mut hub, Role::User, 0);
    let revocation = sample::revocation(Scope::Session(sample::principal(Role::User).session));
    assert_eq!(hub.revoked(&revocation, NOON), 2);
    assert_eq!(hub.revoked(&revocation, NOON), 0, "safe to repeat");
    hub.sequenced(&rows(1..=1));
    settle().await;
    for line in [&first, &second] {
        assert!(matches!(line.heard().as_slice(), [Push::Revoked { code: 4401, .. }]), "nothing after the end");
    }
    assert_eq!(admin.seqs(), [1]);
}

#[actix_web::test]
async fn a_renewed_token_survives_the_revocation_of_the_older_epoch() {
    let mut hub = hub();
    let (_old, _) = join(&mut hub, Role::User, 0);
    let (_new, attached) = join(&mut hub, Role::User, 0);
    let user = sample::principal(Role::User);
    hub.renewed(attached.socket, Principal { epoch: 2, ..user.clone() }).unwrap();
    assert_eq!(hub.revoked(&sample::revocation(Scope::User { id: user.user, min_epoch: 2 }), NOON), 1);
    assert_eq!(hub.revoked(&sample::revocation(Scope::Company { min_epoch: 2 }), NOON), 1);
    assert_eq!(hub.sockets(), 0);
}

#[actix_web::test]
async fn a_change_of_role_ends_the_sockets_of_the_old_one_with_their_own_code() {
    let mut hub = hub();
    let (manager, _) = join(&mut hub, Role::Manager, 0);
    let user = sample::principal(Role::Manager).user;
    let rights = |min_epoch| sample::revocation(Scope::Rights { id: user, min_epoch });
    assert_eq!(hub.revoked(&rights(1), NOON), 0, "it attached with these rights");
    assert_eq!(hub.revoked(&rights(2), NOON), 1);
    settle().await;
    assert!(matches!(manager.heard().as_slice(), [Push::Revoked { code: 4403, .. }]));
}

#[actix_web::test]
async fn when_everybody_else_has_to_leave_the_one_who_said_so_stays() {
    let mut hub = hub();
    let (_admin, _) = join(&mut hub, Role::Admin, 0);
    let (_user, _) = join(&mut hub, Role::User, 0);
    let spared = sample::principal(Role::Admin).session;
    assert_eq!(hub.revoked(&sample::revocation(Scope::Others { spared, min_epoch: 2 }), NOON), 1);
    assert_eq!(hub.sockets(), 1);
}

#[actix_web::test]
async fn a_socket_that_does_not_read_is_dropped_aloud_and_the_others_hear_everything() {
    let counters = Arc::<Counters>::default();
    let mut hub = Hub::new(sample::COMPANY, Arc::clone(&counters));
    // Nobody yields in between: this listener cannot work off its mailbox, as a frozen socket cannot. Its actor starts with room for 16.
    let (frozen, _) = join(&mut hub, Role::Admin, 0);
    for seq in 1..=40 {
        hub.sequenced(&rows([seq]));
    }
    assert_eq!(hub.sockets(), 0);
    assert_eq!(counters.evicted.load(Ordering::Relaxed), 1);
    settle().await;
    let heard = frozen.heard();
    let (last, before) = heard.split_last().unwrap();
    assert!(matches!(last, Push::Evicted));
    assert!(before.iter().all(|push| matches!(push, Push::Frames(_))));
    assert!(before.len() <= 17, "bounded");
}

#[actix_web::test]
async fn a_burst_of_thousands_is_few_messages() {
    let mut hub = hub();
    let (admin, _) = join(&mut hub, Role::Admin, 0);
    hub.sequenced(&rows(1..=1_000));
    settle().await;
    assert_eq!(hub.sockets(), 1, "a healthy reader stands a burst");
    assert_eq!(admin.seqs(), (1..=1_000).collect::<Vec<_>>());
}

#[actix_web::test]
async fn when_the_hub_goes_its_sockets_are_told_to_come_again() {
    let counters = Arc::<Counters>::default();
    let mut hub = Hub::new(sample::COMPANY, Arc::clone(&counters));
    let (line, _) = join(&mut hub, Role::User, 0);
    drop(hub);
    settle().await;
    assert!(matches!(line.heard().as_slice(), [Push::Restart]));
    assert_eq!(counters.sockets.load(Ordering::Relaxed), 0);
}

#[actix_web::test]
async fn the_last_one_out_makes_the_hub_forget_how_far_it_told() {
    let mut hub = hub();
    let (_line, attached) = join(&mut hub, Role::Admin, 5);
    hub.detach(attached.socket);
    assert_eq!(hub.head(), None);
    assert_eq!(hub.sequenced(&rows(6..=9)), None);
    assert_eq!(join(&mut hub, Role::Admin, 9).1.head, 9);
}

#[actix_web::test]
async fn heads_close_the_tail_and_find_the_dead() {
    let mut hub = hub();
    let (alive, _) = join(&mut hub, Role::User, 7);
    let (dead, _) = join(&mut hub, Role::User, 7);
    dead.recipient.do_send(Push::Restart); // its actor stops without a word to the hub
    settle().await;
    assert_eq!(hub.sockets(), 2);
    hub.heads();
    assert_eq!(hub.sockets(), 1);
    settle().await;
    assert!(matches!(alive.heard().as_slice(), [Push::Head { seq: 7 }]));
}

#[actix_web::test]
async fn presence_is_told_to_the_stream_once_per_change() {
    let mut hub = hub();
    let (admin, _) = join(&mut hub, Role::Admin, 0);
    let (user, _) = join(&mut hub, Role::User, 0);
    hub.tell_presence(NOON);
    hub.tell_presence(NOON);
    settle().await;
    assert!(matches!(admin.heard().as_slice(), [Push::Own(_)]));
    assert!(user.heard().is_empty());
    let sessions: HashSet<SessionId> = hub.presence().iter().map(|present| present.session).collect();
    assert_eq!(sessions.len(), 2);
}

#[actix_web::test]
async fn a_socket_that_vanished_without_a_word_is_let_go_and_makes_room() {
    let mut hub = hub();
    let (kept, _) = join(&mut hub, Role::User, 0);
    let others: Vec<_> = (1..crowd::PER_SESSION).map(|_| join(&mut hub, Role::User, 0)).collect();
    let full = hub.attach(sample::principal(Role::User), kept.recipient.clone(), 0, NOON);
    assert_eq!(full, Err(NotAttached::Full));
    assert!(hub.has_room(&sample::principal(Role::Admin)), "one crowd does not keep others out");
    others.iter().for_each(|(line, _)| line.recipient.do_send(Push::Restart));
    settle().await;
    hub.tell_presence(NOON);
    assert_eq!(hub.sockets(), 1);
    assert!(hub.has_room(&sample::principal(Role::User)));
}
