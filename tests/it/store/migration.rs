//! Migration: repeatable, by an owner that is no superuser, and safe when many programs do it at once.

use futures_util::future::join_all;

use crate::support::{
    cluster::Cluster,
    db::{OWNER, TestDb, connect, run},
};

#[tokio::test(flavor = "multi_thread")]
async fn databases_of_a_new_cluster_migrate_side_by_side() {
    let cluster = tokio::task::spawn_blocking(|| Cluster::start("fresh")).await.unwrap();
    let mut admin = connect(&cluster.url("postgres", "postgres")).await;
    run(&mut admin, &format!("CREATE ROLE {OWNER} LOGIN CREATEROLE")).await;
    let names: Vec<_> = (0..4).map(|n| format!("voxgate_{n}")).collect();
    for name in &names {
        run(&mut admin, &format!("CREATE DATABASE {name} OWNER {OWNER}")).await;
    }
    // Each database by two programs, and every one of them may be the first to make the roles.
    let migrations = names.iter().chain(&names).map(|name| {
        let url = cluster.url(OWNER, name);
        tokio::spawn(async move { voxgate_migration::migrate(&url).await })
    });
    for done in join_all(migrations).await {
        done.unwrap().expect("it migrates");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn migrating_again_changes_nothing_and_needs_no_right_to_make_roles() {
    let db = TestDb::fresh().await;
    let mut all = db.connect("postgres").await;
    run(&mut all, "CREATE ROLE plain_owner LOGIN").await;
    run(&mut all, "GRANT voxgate_owner TO plain_owner").await;
    run(&mut all, "ALTER ROLE plain_owner SET role = voxgate_owner").await;
    voxgate_migration::migrate(&db.url("plain_owner")).await.unwrap();
    assert_eq!(db.store().await.check_walls().await.unwrap(), []);
    run(&mut all, "DROP ROLE plain_owner").await;
}
