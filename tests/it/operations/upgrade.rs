//! From the first schema ever released to the present one, with people in the tables and at work.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::json;

use super::served;
use crate::support::{
    App,
    app::{DEADLINE, free_address},
    db::{OWNER, connect, run},
    eventually::eventually,
    person::{PASSWORD, Stranger},
};

const COMPANY: &str = "0190aaaa-0000-7000-8000-00000000000a";
const ADA: &str = "0190aaaa-0000-7000-8000-00000000000b";
/// No statement of people at work may wait longer for a migration.
const PATIENCE: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread")]
async fn the_first_schema_becomes_the_present_one_while_people_work_and_nothing_is_lost() {
    let mut app = App::start().await;
    let present = app.admin_of("Present").await;
    let hash: String = app.db.value(&format!("SELECT password_hash FROM users WHERE id = '{}'", present.id)).await;

    let name = format!("{}_first", app.db.name);
    let url = |role: &str| app.db.url(role).replace(&format!("/{}?", app.db.name), &format!("/{name}?"));
    app.db.execute(&format!("CREATE DATABASE {name} OWNER {OWNER}")).await;
    voxgate_migration::migrate_first(&url(OWNER), 1).await.unwrap();
    let mut all = connect(&url("postgres")).await;
    run(&mut all, &format!("INSERT INTO companies (id, slug, name) VALUES ('{COMPANY}', 'first', 'First')")).await;
    let ada =
        format!("'{COMPANY}', '{ADA}', 'ada@first.example', 'ada@first.example', 'Ada', '{hash}', 'admin', now()");
    let columns = "company_id, id, email, email_norm, full_name, password_hash, role, email_verified_at";
    run(&mut all, &format!("INSERT INTO users ({columns}) VALUES ({ada})")).await;
    let crowd =
        "SELECT '{company}', gen_random_uuid(), n || '@first.example', n || '@first.example', 'N', NULL, 'user', now()
                 FROM generate_series(1, 20000) AS n";
    run(&mut all, &format!("INSERT INTO users ({columns}) {}", crowd.replace("{company}", COMPANY))).await;

    // A node of the new version does not serve the old schema, and says so.
    let mut early = app.command("serve");
    early.env("VOXGATE__DATABASE__APP_URL", url("voxgate_app")).env("VOXGATE__SERVER__LISTEN", "127.0.0.1:0");
    let early = early.env("VOXGATE__DATABASE__SEQUENCER_URL", url("voxgate_sequencer")).output().await.unwrap();
    let said = String::from_utf8_lossy(&early.stderr).into_owned();
    assert!(!early.status.success() && said.contains("voxgate migrate"), "{said}");

    let (stop, written) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let work: Vec<_> =
        (0..4).map(|_| tokio::spawn(works(url("voxgate_app"), Arc::clone(&stop), Arc::clone(&written)))).collect();
    let more_than = |least: u64| {
        let written = Arc::clone(&written);
        eventually("people work", DEADLINE, move || {
            let enough = written.load(Ordering::Relaxed) > least;
            async move { enough.then_some(()) }
        })
    };
    more_than(40).await;
    voxgate_migration::migrate(&url(OWNER)).await.unwrap();
    let migrated = written.load(Ordering::Relaxed);
    more_than(migrated + 40).await;
    stop.store(true, Ordering::Relaxed);
    let mut longest = Duration::ZERO;
    for worker in work {
        longest = longest.max(worker.await.unwrap());
    }
    assert!(longest < PATIENCE, "somebody waited {longest:?}");

    let database = [
        ("VOXGATE__DATABASE__APP_URL", url("voxgate_app")),
        ("VOXGATE__DATABASE__SEQUENCER_URL", url("voxgate_sequencer")),
    ];
    let borrowed: Vec<_> = database.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let address = free_address();
    let server = served(&app, address, &format!("http://{address}"), &borrowed).await;
    let stranger = Stranger::at(format!("http://{address}"));
    let body = json!({ "email": "ada@first.example", "password": PASSWORD });
    stranger.posts("/api/auth/login", body).await.expect(200);
    drop(server);
    let events: i64 = sqlx::query_scalar("SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM audit_logs)")
        .fetch_one(&mut all)
        .await
        .unwrap();
    let recorded = i64::try_from(written.load(Ordering::Relaxed)).unwrap();
    assert!(events > recorded, "{events} events of {recorded} recorded and one sign-in");
    drop(all);
    app.db.execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
    app.stop(0).await;
}

/// Reads, changes and records as a serving node does, until told to stop. Answers the longest any of it took.
async fn works(url: String, stop: Arc<AtomicBool>, written: Arc<AtomicU64>) -> Duration {
    let mut connection = connect(&url).await;
    let mut longest = Duration::ZERO;
    let event = "INSERT INTO outbox (company_id, kind, severity, actor_type, data)
                 VALUES (current_setting('app.company_id')::uuid, 'user.updated', 'info', 'system', '{}')";
    while !stop.load(Ordering::Relaxed) {
        let since = Instant::now();
        run(&mut connection, &format!("BEGIN; SET LOCAL app.company_id = '{COMPANY}'")).await;
        run(
            &mut connection,
            &format!("UPDATE users SET last_login_at = now() WHERE company_id = '{COMPANY}' AND id = '{ADA}'"),
        )
        .await;
        run(&mut connection, event).await;
        run(&mut connection, "COMMIT").await;
        written.fetch_add(1, Ordering::Relaxed);
        longest = longest.max(since.elapsed());
    }
    longest
}
