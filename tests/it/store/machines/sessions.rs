//! Sessions of one account: started only from what the sign-in saw; ended by being ended, by time, or all together; never again alive.

use std::time::Duration;

use proptest::prelude::*;
use voxgate::{
    domain::ids::{SessionId, UserId},
    store::NewSession,
};

use super::{House, fresh_id, in_company, walks};
use crate::support::db::new_session;

const LIFE: u64 = 3600;

#[derive(Clone, Copy, Debug)]
enum Step {
    /// A sign-in that saw the present credentials, or older ones.
    Start {
        outdated: bool,
    },
    Touch(prop::sample::Index),
    End(prop::sample::Index),
    EndAllBut(prop::sample::Index),
    ChangeCredentials,
    SetActive(bool),
    Pass,
}

fn step() -> impl Strategy<Value = Step> {
    let which = any::<prop::sample::Index>;
    prop_oneof![
        5 => prop::bool::weighted(0.2).prop_map(|outdated| Step::Start { outdated }),
        3 => which().prop_map(Step::Touch),
        3 => which().prop_map(Step::End),
        1 => which().prop_map(Step::EndAllBut),
        1 => Just(Step::ChangeCredentials),
        2 => prop::bool::weighted(0.7).prop_map(Step::SetActive),
        2 => Just(Step::Pass),
    ]
}

struct Model {
    version: i64,
    active: bool,
    sessions: Vec<One>,
}

#[derive(Clone, Copy)]
struct One {
    id: SessionId,
    ended: bool,
    age: u64,
}

impl One {
    fn alive(&self) -> bool {
        !self.ended && self.age < LIFE
    }
}

async fn start(house: &House, user: UserId, seen: i64) -> Option<SessionId> {
    let id = SessionId(uuid::Uuid::from_u128(fresh_id()));
    let started = in_company(&house.store, house.company, move |tx| {
        let new = NewSession {
            id,
            expires_in: Duration::from_secs(LIFE),
            credential_version_seen: seen,
            ..new_session(user)
        };
        Box::pin(async move { tx.start_session(&new).await })
    });
    started.await.map(|_| id)
}

async fn takes(house: &House, model: &mut Model, user: UserId, step: Step) {
    let (store, company) = (&house.store, house.company);
    match step {
        Step::Start { outdated } => {
            let started = start(house, user, model.version - i64::from(outdated)).await;
            assert_eq!(started.is_some(), model.active && !outdated);
            model.sessions.extend(started.map(|id| One { id, ended: false, age: 0 }));
        }
        Step::Touch(which) | Step::End(which) if !model.sessions.is_empty() => {
            let at = which.index(model.sessions.len());
            let one = &mut model.sessions[at];
            let (id, alive) = (one.id, one.alive());
            let said = match step {
                Step::End(_) => in_company(store, company, move |tx| Box::pin(tx.revoke_session(id, "logout"))).await,
                _ => in_company(store, company, move |tx| Box::pin(tx.touch_session(id))).await,
            };
            assert_eq!(said.is_some(), alive, "{step:?}");
            one.ended |= matches!(step, Step::End(_)) && alive;
        }
        Step::EndAllBut(which) if !model.sessions.is_empty() => {
            let spared = model.sessions[which.index(model.sessions.len())].id;
            let ended =
                in_company(store, company, move |tx| Box::pin(tx.revoke_user_sessions(user, Some(spared), "logout")));
            let mut ended = ended.await;
            let mut expected = Vec::new();
            for one in model.sessions.iter_mut().filter(|one| one.alive() && one.id != spared) {
                one.ended = true;
                expected.push(one.id);
            }
            ended.sort_by_key(|id| id.0);
            expected.sort_by_key(|id| id.0);
            assert_eq!(ended, expected);
        }
        Step::ChangeCredentials => {
            house.change_credentials(user).await;
            model.version += 1;
        }
        Step::SetActive(active) => {
            house.set_active(user, active).await;
            model.active = active;
        }
        Step::Pass => {
            let mine = format!("user_id = '{user}'");
            house
                .change(&format!("UPDATE sessions SET expires_at = expires_at - interval '1000 s' WHERE {mine}"))
                .await;
            model.sessions.iter_mut().for_each(|one| one.age += 1000);
        }
        Step::Touch(_) | Step::End(_) | Step::EndAllBut(_) => {}
    }
}

async fn walk(house: &House, steps: Vec<Step>) {
    let user = house.person().await;
    let mut model = Model { version: 1, active: true, sessions: Vec::new() };
    for step in steps {
        takes(house, &mut model, user, step).await;
        let live = in_company(&house.store, house.company, move |tx| Box::pin(tx.live_sessions(user))).await;
        let mut live: Vec<_> = live.iter().map(|session| session.id.0).collect();
        let mut expected: Vec<_> = model.sessions.iter().filter(|one| one.alive()).map(|one| one.id.0).collect();
        live.sort();
        expected.sort();
        assert_eq!(live, expected, "after {step:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_what_their_model_says_after_any_steps() {
    let house = House::new().await;
    walks(step(), |steps| walk(&house, steps));
}
