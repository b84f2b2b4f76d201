//! The short form: three faults that between them touch everything, one run each. `docs/faults.md` has the long form.

use std::path::Path;

use voxgate_faults::{faults::Fault, run};

async fn holds(fault: Fault) {
    let outcome = run::once(Path::new(env!("CARGO_BIN_EXE_voxgate-faults")), fault)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    println!("{}\n{outcome}", run::HEAD);
    assert_eq!(outcome.broken, Vec::<String>::new(), "{outcome}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_database_loses_nothing_that_was_acknowledged() {
    holds(Fault::KillDatabase).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_hears_nothing_lets_nobody_in_who_was_thrown_out() {
    holds(Fault::DeafLink).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_nodes_leave_nothing_half_done() {
    holds(Fault::KillNode).await;
}
