//! Keys change while two nodes serve: nobody is refused wrongly, old keys go on until they are dropped, dropped keys are
//! refused within seconds, and what was sealed stays readable.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::support::{App, person::Person};

/// A removed key is refused after this time at the latest.
const DROPPED: Duration = Duration::from_secs(5);

/// The key that signed a token.
fn kid(token: &str) -> String {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    serde_json::from_slice::<Value>(&header).unwrap()["kid"].as_str().unwrap().to_owned()
}

async fn published(person: &Person) -> usize {
    person.gets("/.well-known/jwks.json").await.expect(200).at("/keys").as_array().unwrap().len()
}

/// Asks until the answer is yes; fails after `deadline`.
async fn until<F: AsyncFnMut() -> bool>(what: &str, deadline: Duration, mut ask: F) {
    let begun = Instant::now();
    while !ask().await {
        assert!(begun.elapsed() < deadline, "{what}: not within {deadline:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_keys_are_rotated_and_retired_under_traffic_without_a_wrongful_refusal() {
    // Nodes behind one name: a token of one is good at the other.
    let mut app = App::start_with(&[("tokens.issuer", "https://voxgate.example")]).await;
    app.add_node().await;
    let mut ada = app.admin_of("Acme").await;
    let old = kid(&ada.access);
    let keys = app.keys_file().display().to_string();

    // Traffic: renew on one node, use the token at once on the other.
    let (stop, wrong) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
    let mut callers = Vec::new();
    for number in 0..4 {
        let (stop, wrong, mut person) = (Arc::clone(&stop), Arc::clone(&wrong), ada.signs_in().await);
        let bases = [app.base(number % 2), app.base((number + 1) % 2)];
        callers.push(tokio::spawn(async move {
            let mut calls = 0_u64;
            while !stop.load(Ordering::Relaxed) {
                for base in &bases {
                    person.base.clone_from(base);
                    let reply = person.gets("/api/users/me").await;
                    calls += 1;
                    if reply.status != 200 {
                        wrong.lock().unwrap().push(reply.text);
                    }
                }
                person = person.with_tokens(&person.refreshes().await.expect(200));
            }
            (calls, person)
        }));
    }

    let (done, said) = app.runs(&["keys", "rotate", "--file", &keys, "--signing"]).await;
    assert!(done, "{said}");
    let elsewhere = ada.before(&app, 1);
    until("both nodes publish both keys", DROPPED, async || published(&ada).await + published(&elsewhere).await == 4)
        .await;
    // Somebody else looks: a person with very many sign-ins loses the oldest of them.
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    until("new tokens are signed with the new key", Duration::from_secs(20), async || {
        kid(&uma.signs_in().await.access) != old
    })
    .await;
    ada.gets("/api/users/me").await.expect(200);
    elsewhere.gets("/api/users/me").await.expect(200);

    let fresh = ada.signs_in().await;
    until("the callers have new tokens too", Duration::from_secs(20), async || {
        kid(&uma.before(&app, 1).signs_in().await.access) != old
    })
    .await;
    stop.store(true, Ordering::Relaxed);
    for caller in callers {
        assert!(caller.await.unwrap().0 > 10);
    }
    assert_eq!(*wrong.lock().unwrap(), Vec::<String>::new());

    let (done, said) = app.runs(&["keys", "retire", "--file", &keys, "--signing"]).await;
    assert!(done && said.contains(&old), "{said}");
    for node in [0, 1] {
        let person = ada.before(&app, node);
        until("the old key is refused", DROPPED, async || person.gets("/api/users/me").await.status == 401).await;
        person.gets("/api/users/me").await.refused(401, "unauthenticated");
        fresh.before(&app, node).gets("/api/users/me").await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sealing_keys_are_rotated_and_everything_sealed_before_stays_readable() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let codes = ada.enrolls().await;
    let keys = app.keys_file().display().to_string();

    let (done, said) = app.runs(&["keys", "rotate", "--file", &keys, "--sealing"]).await;
    assert!(done, "{said}");
    let (done, said) = app.runs(&["keys", "retire", "--file", &keys, "--sealing"]).await;
    assert!(!done && said.contains("keys reseal"), "{said}");
    let (done, said) = app.runs(&["keys", "reseal"]).await;
    assert!(done && said.contains("Sealed 9 values anew"), "{said}");
    let (done, said) = app.runs(&["keys", "reseal"]).await;
    assert!(done && said.contains("Sealed 0 values anew"), "{said}");

    let mut all = app.db.connect("postgres").await;
    let names =
        "SELECT count(DISTINCT key_id) FROM (SELECT key_id FROM factors UNION SELECT key_id FROM backup_codes) k";
    assert_eq!(sqlx::query_scalar::<_, i64>(names).fetch_one(&mut all).await.unwrap(), 1);
    let (done, said) = app.runs(&["keys", "retire", "--file", &keys, "--sealing"]).await;
    assert!(done, "{said}");

    until("the node goes by the new file", DROPPED, async || {
        app.log(0).iter().filter(|line| line.contains("the key file was read")).count() >= 3
    })
    .await;
    ada.gets("/api/auth/mfa/backup-codes").await.expect(200);
    let mut ada = ada.signs_in().await;
    let shown = ada.gets("/api/auth/mfa/backup-codes").await.expect(200).at("/codes");
    let shown: Vec<_> =
        shown.as_array().unwrap().iter().map(|code| code["code"].as_str().unwrap().to_owned()).collect();
    let sorted = |mut codes: Vec<String>| {
        codes.sort();
        codes
    };
    assert_eq!(sorted(shown), sorted(codes));
    ada.posts("/api/auth/logout", json!({})).await.expect(204);
    ada.access.clear();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_kept_for_a_request_that_is_sent_again_outlives_its_sealing_key() {
    let app = App::start().await;
    let keys = app.keys_file().display().to_string();
    let stranger = app.stranger().wearing(&[("idempotency-key", "8e03978e-40d5-43dd-bc93-6894a57f9324")]);
    let body = json!({
        "company_name": "Acme", "full_name": "Ada Admin", "email": "ada@acme.example",
        "password": crate::support::person::PASSWORD,
    });
    let first = stranger.posts("/api/auth/register", body.clone()).await.expect(201);
    app.mailbox.wait_for("ada@acme.example", 2).await;
    until("the mails are sent and wiped", DROPPED, async || app.db.count("mail_outbox WHERE sealed <> ''").await == 0)
        .await;

    let (done, said) = app.runs(&["keys", "rotate", "--file", &keys, "--sealing"]).await;
    assert!(done, "{said}");
    let (done, said) = app.runs(&["keys", "retire", "--file", &keys, "--sealing"]).await;
    assert!(!done && said.contains("keys reseal"), "the answer is counted: {said}");
    let (done, said) = app.runs(&["keys", "reseal"]).await;
    assert!(done && said.contains("Sealed 1 values anew"), "{said}");
    let (done, said) = app.runs(&["keys", "reseal"]).await;
    assert!(done && said.contains("Sealed 0 values anew"), "{said}");
    let (done, said) = app.runs(&["keys", "retire", "--file", &keys, "--sealing"]).await;
    assert!(done, "{said}");
    until("the node goes by the new file", DROPPED, async || {
        app.log(0).iter().filter(|line| line.contains("the key file was read")).count() >= 3
    })
    .await;
    assert_eq!(stranger.posts("/api/auth/register", body).await.expect(201).text, first.text);
}
