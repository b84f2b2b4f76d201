//! The short form: faults that between them touch everything, one run each. `docs/faults.md` has the long form.

use std::path::Path;

use voxgate_faults::{
    faults::Fault,
    plan::{Bus, Plan},
    run,
};

async fn holds(fault: Fault, plan: Plan) {
    let outcome = run::once(Path::new(env!("CARGO_BIN_EXE_voxgate-faults")), fault, plan)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    println!("{}\n{outcome}", run::HEAD);
    assert_eq!(outcome.broken, Vec::<String>::new(), "{outcome}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_database_loses_nothing_that_was_acknowledged() {
    holds(Fault::KillDatabase, Plan::default()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_hears_nothing_lets_nobody_in_who_was_thrown_out() {
    holds(Fault::DeafLink, Plan::default()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_nodes_leave_nothing_half_done() {
    holds(Fault::KillNode, Plan::default()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_nodes_behind_a_pooler_need_no_message_of_their_bus() {
    holds(Fault::MangledBus, Plan { nodes: 3, bus: Bus::Nats, pooler: true, ..Plan::default() }).await;
}
