//! The plain session, step by step, with the door in hand.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use actix::{Actor, Context, Handler};
use serde_json::Value;

use super::house::House;
use crate::{
    domain::{
        code::{Code, Refusal},
        event::Kind,
        principal::{Principal, Role},
    },
    live::{
        Backend, Settings,
        frame::Ending,
        session::{Act, Session},
    },
    stream::{
        frame::Frame,
        revocation::Verdict,
        sample::{self, NOON},
    },
    tenant::hub::{Attached, Push},
};

struct Deaf;

impl Actor for Deaf {
    type Context = Context<Self>;
}

impl Handler<Push> for Deaf {
    type Result = ();

    fn handle(&mut self, _: Push, _: &mut Context<Self>) {}
}

/// An attached session of `role` and what it said so far.
async fn attached(house: &Arc<House>, role: Role, since: Option<i64>) -> (Session, Vec<Act>) {
    let principal = sample::principal(role);
    let attached: Attached = house.attach(principal.clone(), Deaf.start().recipient()).await.unwrap();
    let mut session = Session::new(house.live(), principal, since, Instant::now());
    let acts = session.attached(Ok(attached));
    (session, acts)
}

fn event(seq: i64) -> Push {
    Push::Frames([Frame::event(&sample::row(sample::COMPANY, seq, Kind::LoginFailed))].into())
}

/// What the acts come to, in words.
fn told(acts: &[Act]) -> Vec<String> {
    let word = |act: &Act| match act {
        Act::Send(frame) => {
            let frame: Value = serde_json::from_slice(&frame.bytes()).unwrap();
            format!("{} {}", frame["kind"].as_str().unwrap(), frame["seq"])
        }
        Act::Read { after, limit } => format!("read {limit} after {after}"),
        Act::AskDatabase => "ask".into(),
        Act::Admit(_) => "admit".into(),
        Act::Renewed => "renewed".into(),
        Act::Close(ending) => format!("close {}", ending.code()),
    };
    acts.iter().map(word).collect()
}

#[actix_web::test]
async fn while_the_set_is_stale_nothing_goes_out_before_postgresql_has_answered() {
    let house = Arc::new(House::new());
    let (mut session, _) = attached(&house, Role::Admin, None).await;
    *house.verdict.lock().unwrap() = Verdict::Stale;
    assert_eq!(told(&session.pushed(event(1))), ["ask"]);
    assert_eq!(told(&session.pushed(event(2))), [""; 0], "asked once, held meanwhile");
    assert_eq!(told(&session.answered(Ok(()))), ["login.failed 1", "login.failed 2"]);
    assert_eq!(told(&session.pushed(event(3))), ["ask"], "one answer is good for what waited for it");
    assert_eq!(told(&session.answered(Err(Code::Unavailable.into()))), ["close 1012"]);
    assert_eq!(told(&session.pushed(event(4))), [""; 0]);
}

#[actix_web::test]
async fn postgresql_may_know_of_a_revocation_the_node_does_not() {
    let house = Arc::new(House::new());
    let (mut session, _) = attached(&house, Role::Admin, None).await;
    *house.verdict.lock().unwrap() = Verdict::Stale;
    session.pushed(event(1));
    let acts = session.answered(Err(Code::SessionRevoked.into()));
    assert_eq!(told(&acts), ["session.revoked null", "close 4401"]);
}

#[actix_web::test]
async fn the_door_is_asked_before_every_push_even_if_the_hub_was_silent() {
    let house = Arc::new(House::new());
    let (mut session, acts) = attached(&house, Role::Admin, None).await;
    assert_eq!(told(&acts), ["hello 0"]);
    assert_eq!(told(&session.pushed(event(1))), ["login.failed 1"]);
    *house.verdict.lock().unwrap() = Verdict::Refused(Code::SessionRevoked);
    assert_eq!(told(&session.pushed(event(2))), ["session.revoked null", "close 4401"]);
    assert_eq!(told(&session.pushed(event(3))), [""; 0], "nothing after the end");
    assert_eq!(told(&session.tick(Instant::now())), [""; 0]);
}

#[actix_web::test]
async fn a_session_revoked_before_it_was_attached_is_told_nothing_else() {
    let house = Arc::new(House::new());
    house.happen(Value::Null);
    *house.verdict.lock().unwrap() = Verdict::Refused(Code::SessionRevoked);
    let (_, acts) = attached(&house, Role::Admin, Some(0)).await;
    assert_eq!(told(&acts), ["session.revoked null", "close 4401"]);
}

#[actix_web::test]
async fn a_session_whose_rights_changed_is_told_to_come_again_and_not_that_it_is_over() {
    let house = Arc::new(House::new());
    house.happen(Value::Null);
    *house.verdict.lock().unwrap() = Verdict::Refused(Code::RightsChanged);
    let (_, acts) = attached(&house, Role::Admin, Some(0)).await;
    assert_eq!(told(&acts), ["session.revoked null", "close 4403"]);
}

#[actix_web::test]
async fn a_replay_is_read_page_by_page_and_pushes_wait_for_it() {
    let house = Arc::new(House::new());
    for _ in 0..700 {
        house.happen(Value::Null);
    }
    let (mut session, acts) = attached(&house, Role::Admin, Some(10)).await;
    assert_eq!(told(&acts), ["hello 700", "read 500 after 10"]);
    assert_eq!(told(&session.pushed(event(701))), [""; 0]);
    let acts = session.page(house.events(sample::COMPANY, 10, 500).await);
    assert_eq!(told(&acts).last().unwrap(), "read 190 after 510");
    let acts = told(&session.page(house.events(sample::COMPANY, 510, 190).await));
    assert_eq!(acts.len(), 191);
    assert_eq!((acts[0].as_str(), acts[190].as_str()), ("login.failed 511", "login.failed 701"));
}

#[actix_web::test]
async fn rows_that_retention_took_become_a_resync() {
    let house = Arc::new(House::new());
    for _ in 0..5 {
        house.happen(Value::Null);
    }
    house.forget(3);
    let (mut session, _) = attached(&house, Role::Admin, Some(1)).await;
    let acts = session.page(house.events(sample::COMPANY, 1, 4).await);
    assert_eq!(told(&acts), ["resync 5"]);
}

#[actix_web::test]
async fn a_user_gets_heads_that_say_how_far_they_are_without_the_rows_of_others() {
    let house = Arc::new(House::new());
    house.happen(Value::Null);
    house.happen(Value::Null);
    let (mut session, acts) = attached(&house, Role::User, Some(0)).await;
    assert_eq!(told(&acts), ["hello 2", "read 2 after 0"]);
    assert_eq!(told(&session.page(house.events(sample::COMPANY, 0, 2).await)), [""; 0]);
    assert_eq!(told(&session.pushed(Push::Head { seq: 2 })), ["head 2"]);
}

#[actix_web::test]
async fn a_token_that_ended_closes_with_its_own_code() {
    let house = Arc::new(House::new());
    let ended = Principal { expires_at: NOON, ..sample::principal(Role::User) };
    let mut session = Session::new(house.live(), ended, None, Instant::now());
    assert_eq!(session.lifetime(), Duration::ZERO);
    assert_eq!(told(&session.tick(Instant::now())), ["close 4408"]);
}

#[actix_web::test]
async fn silence_is_measured_from_the_last_sign_of_life() {
    let house = Arc::new(House::new());
    let (mut session, _) = attached(&house, Role::User, None).await;
    let Settings { silence, .. } = Settings::default();
    let start = Instant::now();
    session.heard(start);
    assert_eq!(told(&session.tick(start + silence - Duration::from_millis(1))), [""; 0]);
    assert_eq!(told(&session.tick(start + silence)), [format!("close {}", Ending::Silent.code())]);
}

#[actix_web::test]
async fn a_renewal_keeps_the_session_and_nothing_else_passes() {
    let renew = |admitted: Result<Principal, Refusal>| async move {
        let house = Arc::new(House::new());
        let (mut session, _) = attached(&house, Role::Manager, None).await;
        assert_eq!(told(&session.said(r#"{"kind":"renew","access_token":"x"}"#, Instant::now())), ["admit"]);
        told(&session.renewed(admitted))
    };
    let known = sample::principal(Role::Manager);
    let newer = Principal { expires_at: known.expires_at + time::Duration::minutes(30), epoch: 2, ..known.clone() };
    assert_eq!(renew(Ok(newer)).await, ["renewed", "head 0"]);
    assert_eq!(renew(Ok(Principal { role: Role::User, ..known.clone() })).await, ["close 4403"]);
    assert_eq!(renew(Ok(sample::principal(Role::Admin))).await, ["close 1008"]);
    assert_eq!(renew(Ok(Principal { company: sample::OTHER_COMPANY, ..known })).await, ["close 1008"]);
    assert_eq!(renew(Err(Code::SessionRevoked.into())).await, ["session.revoked null", "close 4401"]);
    assert_eq!(renew(Err(Code::Unavailable.into())).await, ["close 1012"]);
}

#[actix_web::test]
async fn a_client_may_not_start_a_second_renewal_or_say_anything_unknown() {
    let house = Arc::new(House::new());
    let (mut session, _) = attached(&house, Role::User, None).await;
    let renew = r#"{"kind":"renew","access_token":"x"}"#;
    session.said(renew, Instant::now());
    assert_eq!(told(&session.said(renew, Instant::now())), ["close 1008"]);
    let (mut other, _) = attached(&house, Role::User, None).await;
    assert_eq!(told(&other.said("hello?", Instant::now())), ["close 1008"]);
}
