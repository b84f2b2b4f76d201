//! Case 71: two nodes behind PgBouncer in transaction mode, whose few connections go from company to company and from node to
//! node between any two transactions. What keeps companies apart and single-use things single must not be in a session.

use std::time::Instant;

use futures_util::{StreamExt, future::join_all, stream};
use serde_json::{Value, json};

use super::{both_confirmed, throws_out, two_nodes};
use crate::support::{
    App,
    app::DEADLINE,
    eventually::eventually,
    person::{Admin, Stranger},
    reply::Reply,
};

/// More than the pooler has connections.
const CLIENTS: usize = 40;

async fn pooled() -> App {
    two_nodes(App::installed(&[super::PATIENT, ("bus.kind", "pair")]).await.pooled().await).await
}

#[tokio::test(flavor = "multi_thread")]
async fn case_71_behind_a_transaction_pooler_companies_stay_apart() {
    let app = pooled().await;
    let names = ["Acme", "Bolt", "Crux", "Dune"];
    let mut admins = Vec::new();
    for name in names {
        let admin = app.admin_of(name).await;
        app.colleague_of(&admin, "uma", "user").await;
        admins.push(admin);
    }
    // Many more than there are connections, and few enough that none is kept waiting for a second.
    let visits = stream::iter(0..CLIENTS * 10).map(|n| visit(&app, &admins, n));
    visits.buffer_unordered(16).collect::<Vec<()>>().await;
    let leftover = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    eventually("no transaction stays open", DEADLINE, async || {
        (app.db.value::<i64>(leftover).await == 0).then_some(())
    })
    .await;
    for admin in &admins {
        app.settled(admin).await;
        let verdict = admin.gets("/api/audit-logs/verify").await.expect(200);
        assert_eq!(verdict.at("/intact"), true, "{}", verdict.text);
    }
}

/// Asks until it is not turned away for want of a connection: then nothing was done.
async fn served<F: Future<Output = Reply>>(ask: impl Fn() -> F) -> Reply {
    let since = Instant::now();
    loop {
        let reply = ask().await;
        if reply.status != 503 {
            return reply;
        }
        assert!(since.elapsed() < DEADLINE, "never served: {reply:?}");
    }
}

/// One request of one company on one node: its own people, somebody else's, or an error half-way.
async fn visit(app: &App, admins: &[Admin], n: usize) {
    let (admin, other) = (&admins[n % admins.len()], &admins[(n + 1) % admins.len()]);
    let admin = admin.before(app, n / 3 % 2);
    match n % 5 {
        0 => {
            let people = served(async || admin.gets("/api/users/").await).await.expect(200).at("/items");
            let domain = format!("@{}.example", admin.company);
            let emails: Vec<_> = people.as_array().unwrap().iter().map(|one| one["email"].as_str().unwrap()).collect();
            assert!(emails.len() == 2 && emails.iter().all(|email| email.ends_with(&domain)), "{emails:?}");
        }
        1 => {
            let theirs = format!("/api/users/{}", other.id);
            served(async || admin.gets(&theirs).await).await.refused(404, "not_found");
        }
        2 => {
            // Refused after its transaction began: the connection goes back as clean as it came.
            let body = json!({ "email": format!("uma@{}.example", admin.company), "role": "user" });
            let reply = served(async || admin.posts("/api/invitations", body.clone()).await).await;
            assert!(matches!(reply.status, 409 | 429), "{reply:?}");
        }
        3 => {
            let body = json!({ "full_name": format!("Ada {n}") });
            let reply = served(async || admin.puts("/api/users/me", body.clone()).await).await.expect(200);
            assert_eq!(reply.at("/email"), Value::from(admin.email.clone()));
        }
        _ => {
            let logs = served(async || admin.gets("/api/audit-logs?limit=50").await).await.expect(200);
            assert!(!logs.text.contains(&other.id), "a row of another company");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_71_behind_a_transaction_pooler_what_works_once_works_once() {
    let app = pooled().await;
    let mut ada = app.admin_of("Acme").await;
    let codes = ada.enrolls().await;

    let body = json!({ "refresh_token": ada.refresh });
    let renewed = join_all((0..CLIENTS).map(|n| {
        let (stranger, body) = (Stranger::at(app.base(n % 2)), body.clone());
        async move { stranger.posts("/api/auth/refresh", body).await }
    }));
    let renewed = renewed.await;
    let good: Vec<_> = renewed.iter().filter(|reply| reply.status == 200).collect();
    assert!(!good.is_empty() && renewed.iter().all(|reply| matches!(reply.status, 200 | 429 | 503)), "{renewed:?}");
    let hers = "company_id = (SELECT id FROM companies WHERE slug = 'acme')";
    assert_eq!(app.db.count(&format!("refresh_tokens WHERE used_at IS NULL AND {hers}")).await, 1, "one leaf");
    ada = ada.with_tokens(good[0]);

    // One code, then one backup code, on a challenge for each of two nodes.
    let code = app.fresh_code(&mut ada).await;
    for secret in [json!({ "code": code }), json!({ "backup_code": codes[0] })] {
        app.db.execute("DELETE FROM attempts").await;
        let mut challenges = Vec::new();
        for _ in 0..8 {
            challenges.push(ada.opens_challenge().await);
        }
        let answers = join_all(challenges.iter().enumerate().map(|(n, challenge)| {
            let (stranger, mut body) = (Stranger::at(app.base(n % 2)), secret.clone());
            body["mfa_token"] = json!(challenge);
            async move { stranger.posts("/api/auth/verify-mfa", body).await }
        }));
        let answers = answers.await;
        assert_eq!(answers.iter().filter(|reply| reply.status == 200).count(), 1, "{secret}: {answers:?}");
    }
    assert_eq!(app.db.count("backup_codes WHERE used_at IS NOT NULL").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn case_71_the_journey_of_a_forced_logout_passes_a_pooler() {
    let app = pooled().await;
    let ada = app.admin_of("Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    uma.enrolls().await;
    app.fresh_code(&mut uma).await;
    let uma = uma.before(&app, 1).signs_in().await;
    let mut socket = uma.listens(None).await;
    let receipt = throws_out(&ada, &uma).await;
    both_confirmed(&receipt);
    uma.gets("/api/users/me").await.refused(401, "session_revoked");
    assert_eq!(socket.until_closed().await.1, 4401);
    let (_, said) = app.runs(&["doctor"]).await;
    for part in ["database", "walls", "nodes", "bus"] {
        assert!(said.contains(&format!("ok     {part}: ")), "{part}: {said}");
    }
}

#[tokio::test]
async fn a_server_that_was_not_told_of_the_pooler_does_not_start_behind_it() {
    let mut app = App::installed(&[]).await.pooled().await;
    app.set("database.pooler", "none");
    let (content, said) = app.runs(&["serve"]).await;
    assert!(!content && said.contains("database"), "{said}");
}
