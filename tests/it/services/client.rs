//! The Rust client `voxgate-verify` against the real server: what it lets in, and how fast it lets nobody in any more.

use std::time::{Duration, Instant};

use serde_json::json;
use voxgate_verify::{Ended, Fault, Refusal, Role, Settings, Verifier};

use crate::support::{App, app::DEADLINE, eventually::eventually, person::Person, service::Service};

/// The installation's name in the stories.
const ISSUER: &str = "https://stories.example";
/// A pull a second, and a little for the way there and back: the bound of a node.
const BOUND: Duration = Duration::from_millis(1_700);

fn verifier(service: &Service) -> Verifier {
    Verifier::start(Settings::new(&service.base, &service.key).unwrap().issued_by(ISSUER)).unwrap()
}

async fn ready(service: &Service) -> Verifier {
    let verifier = verifier(service);
    tokio::time::timeout(DEADLINE, verifier.ready()).await.expect("the first heartbeat");
    verifier
}

async fn throws_out(ada: &Person, person: &Person) {
    ada.posts(&format!("/api/users/{}/force-logout", person.id), json!({})).await.expect(200);
}

#[tokio::test]
async fn it_lets_people_of_the_company_in_and_nobody_else() {
    let app = App::start().await;
    let (ada, bea) = (app.admin_of("Acme").await, app.admin_of("Beta").await);
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let service = ada.employs_a_service().await;
    let early = verifier(&service);
    assert!(early.verify(&uma.access).await.is_ok(), "before the first heartbeat it asks");
    let verifier = ready(&service).await;
    let caller = verifier.verify(&uma.access).await.unwrap();
    assert_eq!((caller.user.to_string(), caller.role), (uma.id.clone(), Role::User));
    assert_eq!(caller.session.to_string(), uma.session_id().await);
    assert_eq!(verifier.verify(&ada.access).await.unwrap().role, Role::Admin);
    // The stream of a company's key tells nothing about others: their tokens, good as they are, are refused.
    assert_eq!(verifier.verify(&bea.access).await, Err(Refusal::Invalid(Fault::Company)));
    for garbage in ["", "garbage", &uma.refresh, &service.key, &format!("{}x", uma.access)] {
        assert!(matches!(verifier.verify(garbage).await, Err(Refusal::Invalid(_))), "{garbage}");
    }
    let elsewhere = Verifier::start(Settings::new(&service.base, &service.key).unwrap()).unwrap();
    assert_eq!(elsewhere.verify(&uma.access).await, Err(Refusal::Invalid(Fault::Claims)), "another issuer");
}

#[tokio::test]
async fn who_is_thrown_out_at_one_node_is_refused_by_a_service_of_another_within_the_bound_of_a_node() {
    let mut app = App::start().await;
    app.add_node().await;
    let ada = app.admin_of("Acme").await;
    let verifier = ready(&ada.employs_a_service().await.before(&app, 1)).await;
    for name in ["uma", "otto", "ida"] {
        let person = app.colleague_of(&ada, name, "user").await;
        let caller = verifier.verify(&person.access).await.unwrap();
        let call = verifier.watch(&caller, &person.access);
        let since = Instant::now();
        throws_out(&ada, &person).await;
        let ended = tokio::time::timeout(DEADLINE, call.ended()).await.expect("the call ends");
        assert_eq!(ended, Ended::Revoked);
        assert!(since.elapsed() < BOUND, "{:?}", since.elapsed());
        assert_eq!(verifier.verify(&person.access).await, Err(Refusal::Revoked));
    }
    assert!(verifier.verify(&ada.access).await.is_ok());
}

#[tokio::test]
async fn a_change_of_rights_a_logout_and_the_end_of_a_token_end_a_call_each_in_its_own_words() {
    let app = App::start_with(&[("tokens.access_seconds", "8")]).await;
    let mut ada = app.admin_of("Acme").await;
    let service = ada.employs_a_service().await;
    let verifier = ready(&service).await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let caller = verifier.verify(&uma.access).await.unwrap();
    let call = verifier.watch(&caller, &uma.access);
    ada = ada.signs_in().await;
    ada.patches(&format!("/api/users/{}", uma.id), json!({ "role": "manager" })).await.expect(200);
    assert_eq!(call.ended().await, Ended::RightsChanged);
    let renewed = uma.with_tokens(&uma.refreshes().await.expect(200));
    let caller = verifier.verify(&renewed.access).await.unwrap();
    assert_eq!(caller.role, Role::Manager);
    let call = verifier.watch(&caller, &renewed.access);
    renewed.posts("/api/auth/logout", json!({})).await.expect(204);
    assert_eq!(call.ended().await, Ended::Revoked);
    let caller = verifier.verify(&ada.access).await.unwrap();
    let ended = tokio::time::timeout(DEADLINE, verifier.watch(&caller, &ada.access).ended()).await;
    assert_eq!(ended.expect("the token ends"), Ended::Expired);
    assert_eq!(verifier.verify(&ada.access).await, Err(Refusal::Invalid(Fault::Expired)));
}

#[tokio::test]
async fn without_voxgate_it_judges_by_its_lease_and_then_lets_nobody_in() {
    let mut app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let service = ada.employs_a_service().await;
    let verifier = ready(&service).await;
    throws_out(&ada, &uma).await;
    let caller = verifier.verify(&ada.access).await.unwrap();
    let call = tokio::spawn(verifier.watch(&caller, &ada.access).ended());
    eventually("it heard", DEADLINE, || async { verifier.verify(&uma.access).await.err() }).await;
    app.kill(0).await;
    let since = Instant::now();
    assert!(verifier.verify(&ada.access).await.is_ok(), "the lease still runs");
    eventually("the lease runs out", DEADLINE, || async {
        assert_eq!(verifier.verify(&uma.access).await, Err(Refusal::Revoked), "never an open door");
        match verifier.verify(&ada.access).await {
            Ok(_) => None,
            Err(refusal) => {
                assert_eq!(refusal, Refusal::Unavailable);
                Some(())
            }
        }
    })
    .await;
    assert!(since.elapsed() < Duration::from_secs(8), "{:?}", since.elapsed());
    assert_eq!(call.await.unwrap(), Ended::Unavailable);
    let cold = self::verifier(&service);
    assert_eq!(cold.verify(&ada.access).await, Err(Refusal::Unavailable), "no keys, no verdict");
}

#[tokio::test]
async fn a_stream_that_breaks_is_taken_up_again_and_nothing_that_happened_meanwhile_is_missed() {
    let mut app = App::start().await;
    app.add_node().await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let service = ada.employs_a_service().await.before(&app, 1);
    let verifier = ready(&service).await;
    verifier.verify(&uma.access).await.unwrap();
    // The feed of its node is dead: no heartbeat, the lease runs out, and the node itself asks the database.
    app.db.execute("REVOKE SELECT ON revocations FROM voxgate_sequencer").await;
    throws_out(&ada, &uma).await;
    let refused = eventually("it asks about her", DEADLINE, || async { verifier.verify(&uma.access).await.err() });
    assert_eq!(refused.await, Refusal::Revoked);
    assert!(verifier.verify(&ada.access).await.is_ok(), "asked about, and good");
    app.db.execute("GRANT SELECT ON revocations TO voxgate_sequencer").await;
    let otto = app.colleague_of(&ada, "otto", "user").await;
    throws_out(&ada, &otto).await;
    let refused = eventually("it hears again", DEADLINE, || async { verifier.verify(&otto.access).await.err() });
    assert_eq!(refused.await, Refusal::Revoked);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_a_key_that_was_removed_are_refused_and_of_a_new_one_taken() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let verifier = ready(&ada.employs_a_service().await).await;
    verifier.verify(&ada.access).await.unwrap();
    let keys = app.keys_file().display().to_string();
    let (content, said) = app.runs(&["keys", "rotate", "--file", &keys, "--signing"]).await;
    assert!(content, "{said}");
    let old = ada.clone();
    let kid = |person: &Person| person.access.split('.').next().unwrap().to_owned();
    ada = eventually("tokens of the new key are issued", DEADLINE, async || {
        let new = old.with_tokens(&old.begins_login().await);
        if kid(&new) != kid(&old) {
            return Some(new);
        }
        // So many sessions would end the oldest of them.
        new.posts("/api/auth/logout", json!({})).await.expect(204);
        None
    })
    .await;
    verifier.verify(&ada.access).await.unwrap();
    let (content, said) = app.runs(&["keys", "retire", "--file", &keys, "--signing"]).await;
    assert!(content, "{said}");
    let refused =
        eventually("the removed key is heard of", DEADLINE, || async { verifier.verify(&old.access).await.err() });
    assert_eq!(refused.await, Refusal::Invalid(Fault::UnknownKey));
    verifier.verify(&ada.access).await.unwrap();
}
