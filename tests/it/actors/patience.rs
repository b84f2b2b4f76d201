//! Waiting: one slow account, a full lane, a flooding company, a caller that went away.

use futures_util::future::join_all;
use sqlx::Row;
use voxgate::domain::code::Code;

use super::{
    crew::{Crew, place},
    orders::{Gate, Quick, Wait, Write},
};
use crate::support::app::DEADLINE;

#[actix_web::test]
async fn two_hundred_accounts_finish_while_one_slow_one_still_waits() {
    let crew = Crew::gathers().await;
    let gate = Gate::shut();
    let slow = crew.begins(Wait(place(1, 0), gate.clone()));
    gate.reached_by(1).await;
    let behind = crew.begins(Quick(place(1, 0)));

    let others = join_all((1..=200).map(|account| crew.order(Quick(place(1, account)))));
    let others = tokio::time::timeout(DEADLINE, others).await.expect("the others wait for nobody");
    assert_eq!(others.iter().filter(|outcome| outcome.is_ok()).count(), 200);
    assert!(!slow.is_finished(), "the gate is shut");
    assert!(!behind.is_finished(), "its own account waits its turn");

    gate.open();
    slow.await.unwrap().unwrap();
    behind.await.unwrap().unwrap();
}

#[actix_web::test]
async fn the_ninth_order_of_an_account_is_turned_away_and_the_eight_before_it_are_done() {
    let crew = Crew::gathers().await;
    let gate = Gate::shut();
    let first = crew.begins(Wait(place(1, 0), gate.clone()));
    gate.reached_by(1).await;
    let crowd = join_all((0..20).map(|_| crew.order(Quick(place(1, 0)))));
    let open = async {
        // The supervisor answers in order: when this one is through, all twenty are in the lane or turned away.
        crew.order(Quick(place(1, 1))).await.unwrap();
        gate.open();
    };
    let (outcomes, ()) = tokio::join!(crowd, open);
    first.await.unwrap().unwrap();
    let turned_away = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
    assert!(turned_away.clone().all(|refusal| refusal.code == Code::TooManyRequests));
    assert_eq!(turned_away.count(), 13, "one runs and seven wait");
    crew.order(Quick(place(1, 0))).await.expect("the lane is free again");
}

#[actix_web::test]
async fn a_flooding_company_uses_up_its_own_permits_and_not_its_neighbours() {
    let crew = Crew::with(16, std::time::Duration::from_secs(300)).await;
    let gate = Gate::shut();
    let flood: Vec<_> = (0..16).map(|account| crew.begins(Wait(place(1, account), gate.clone()))).collect();
    gate.reached_by(16).await;
    let refused = join_all((100..300).map(|account| crew.order(Quick(place(1, account))))).await;
    assert!(refused.iter().all(|outcome| outcome.as_ref().unwrap_err().code == Code::TooManyRequests));

    for account in 0..200 {
        crew.order(Quick(place(2, account))).await.expect("the neighbour");
    }
    gate.open();
    for order in flood {
        order.await.unwrap().expect("what was admitted is done");
    }
    crew.order(Quick(place(1, 99))).await.expect("the flood is over");
}

#[actix_web::test]
async fn an_order_is_carried_out_though_its_caller_went_away() {
    let crew = Crew::gathers().await;
    let (gate, written) = (Gate::shut(), Gate::shut());
    let caller = crew.begins(Write { place: place(1, 0), gate: gate.clone(), written: written.clone() });
    gate.reached_by(1).await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    gate.open();
    written.reached_by(1).await;
    let mut root = crew.db.connect("postgres").await;
    let row = sqlx::query("SELECT count(*) FROM outbox").fetch_one(&mut root).await.unwrap();
    assert_eq!(row.get::<i64, _>(0), 1, "committed");
    written.open();
    crew.order(Quick(place(1, 0))).await.expect("the lane goes on");
}
