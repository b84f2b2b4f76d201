//! Keys of services: shown once, kept as hashes, replaced with an overlap, revoked at once on every node.

use futures_util::future::join_all;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{App, person::Person, reply::Reply, service::Service};

fn path(service: &Service) -> String {
    format!("/api/service-credentials/{}", service.id)
}

/// Whether the key opens what it is for.
async fn works(service: &Service) -> bool {
    let reply = service.introspects("nothing").await;
    match reply.status {
        200 => true,
        _ => {
            reply.refused(401, "unauthenticated");
            false
        }
    }
}

#[tokio::test]
async fn a_key_is_shown_once_and_only_its_hash_is_kept() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let body = json!({ "name": " Media edge ", "scopes": ["revocations:read", "introspect"], "expires_in_days": 30 });
    let made = ada.posts("/api/service-credentials", body).await.expect(201);
    let service = Service::of(&ada.base, &made);
    assert!(service.key.starts_with("vgs_"), "{}", service.key);
    assert_eq!(
        (made.text_at("/name").as_str(), made.at("/scopes")),
        ("Media edge", json!(["introspect", "revocations:read"]))
    );
    assert_eq!(made.headers["cache-control"], "no-store");

    let shown = ada.gets(&path(&service)).await.expect(200).json();
    let mut as_made = made.json();
    as_made.as_object_mut().unwrap().remove("secret");
    assert_eq!(shown, as_made);
    let listed = ada.gets("/api/service-credentials").await.expect(200);
    assert_eq!(listed.at("/items"), json!([shown]));
    let secret = service.key.strip_prefix("vgs_").unwrap();
    assert!(!listed.text.contains(secret) && !listed.text.contains("hash"));

    let kept: String = app.db.value("SELECT encode(hash, 'hex') FROM service_credentials").await;
    let hash: String = Sha256::digest(&service.key).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(kept, hash);
    let rows: String = app.db.value("SELECT string_agg(c::text, ' ') FROM service_credentials c").await;
    assert!(!rows.contains(secret));

    let event = ada.reads_audit("service_credential.created", 1).await.remove(0);
    assert_eq!((&event["subject"]["id"], &event["actor"]["id"]), (&json!(service.id), &json!(ada.id)));
    assert_eq!(event["data"]["scopes"], json!(["introspect", "revocations:read"]));
    assert!(!event.to_string().contains(secret) && !app.log(0).join("\n").contains(secret));
}

#[tokio::test]
async fn a_key_opens_what_its_scopes_name_and_no_route_of_people() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let (asks, listens) = (ada.makes_a_key(&["introspect"]).await, ada.makes_a_key(&["revocations:read"]).await);
    assert!(works(&asks).await);
    listens.introspects("x").await.refused(403, "insufficient_scope");
    listens.follows(None).await.until("heartbeat").await;
    asks.tries_to_follow(None).await.err().unwrap().refused(403, "insufficient_scope");
    for path in ["/api/users/me", "/api/service-credentials", "/api/auth/session", "/api/audit-logs"] {
        ada.bearing(&asks.key).gets(path).await.refused(401, "unauthenticated");
    }
    Service::with_key(&ada.base, &ada.access).introspects("x").await.refused(401, "unauthenticated");
    Service::with_key(&ada.base, &ada.refresh).introspects("x").await.refused(401, "unauthenticated");
    for body in [
        json!({ "name": "x", "scopes": [] }),
        json!({ "name": " ", "scopes": ["introspect"] }),
        json!({ "name": "x", "scopes": ["introspect"], "expires_in_days": 0 }),
    ] {
        ada.posts("/api/service-credentials", body).await.refused(400, "invalid_input");
    }
    let body = json!({ "name": "x", "scopes": ["users:write"] });
    ada.posts("/api/service-credentials", body).await.refused(400, "invalid_body");
}

#[tokio::test]
async fn an_old_key_works_through_the_overlap_and_no_older_one_does() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let first = ada.employs_a_service().await;
    let rotate = async |body: Value| {
        let reply = ada.posts(&format!("{}/rotate", path(&first)), body).await.expect(200);
        (Service::of(&ada.base, &reply), reply)
    };
    let (second, reply) = rotate(json!({ "overlap_seconds": 600 })).await;
    assert!(second.key != first.key && reply.text_at("/previous_until") > reply.text_at("/rotated_at"));
    assert!(works(&first).await && works(&second).await);
    let (third, _) = rotate(json!({})).await;
    assert_eq!([works(&first).await, works(&second).await, works(&third).await], [false, true, true]);
    app.db.execute("UPDATE service_credentials SET previous_until = now() - interval '1 second'").await;
    assert_eq!([works(&second).await, works(&third).await], [false, true]);
    let (fourth, _) = rotate(json!({ "overlap_seconds": 0 })).await;
    assert_eq!([works(&third).await, works(&fourth).await], [false, true]);
    ada.posts(&format!("{}/rotate", path(&first)), json!({ "overlap_seconds": 604_801 }))
        .await
        .refused(400, "invalid_input");
    assert_eq!(ada.reads_audit("service_credential.rotated", 3).await.len(), 3);
}

#[tokio::test]
async fn a_revoked_key_is_refused_from_the_next_request_on_by_every_node_and_its_stream_ends() {
    let mut app = App::start().await;
    app.add_node().await;
    let ada = app.admin_of("Acme").await;
    let service = ada.employs_a_service().await;
    let mut lines = service.before(&app, 1).follows(None).await;
    lines.until("heartbeat").await;
    ada.deletes(&path(&service)).await.expect(204);
    assert_eq!([works(&service).await, works(&service.before(&app, 1)).await], [false, false]);
    lines.ends().await;
    service.tries_to_follow(None).await.err().unwrap().refused(401, "unauthenticated");
    ada.deletes(&path(&service)).await.refused(410, "credential_ended");
    ada.posts(&format!("{}/rotate", path(&service)), json!({})).await.refused(410, "credential_ended");
    assert!(ada.gets(&path(&service)).await.expect(200).at("/revoked_at").is_string());
}

#[tokio::test]
async fn a_key_ends_with_its_time_and_with_its_company() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let (short, long) = (ada.employs_a_service().await, ada.employs_a_service().await);
    let end = format!("UPDATE service_credentials SET expires_at = now() WHERE id = '{}'", short.id);
    app.db.execute(&end).await;
    assert_eq!([works(&short).await, works(&long).await], [false, true]);
    ada.posts(&format!("{}/rotate", path(&short)), json!({})).await.refused(410, "credential_ended");
    app.db.execute("UPDATE companies SET status = 'suspended'").await;
    assert!(!works(&long).await);
}

#[tokio::test]
async fn the_use_of_a_key_is_noted_once_for_many_requests() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let service = ada.employs_a_service().await;
    assert!(ada.gets(&path(&service)).await.expect(200).at("/last_used_at").is_null());
    join_all((0..40).map(|_| works(&service))).await;
    let version = "SELECT xmin::text || ctid::text FROM service_credentials";
    let noted: String = app.db.value(version).await;
    join_all((0..40).map(|_| works(&service))).await;
    assert_eq!(app.db.value::<String>(version).await, noted, "forty more requests wrote nothing");
    assert!(ada.gets(&path(&service)).await.expect(200).at("/last_used_at").is_string());
}

#[tokio::test]
async fn a_key_of_one_company_is_none_of_another() {
    let app = App::start().await;
    let (ada, bea) = (app.admin_of("Acme").await, app.admin_of("Beta").await);
    let (own, other) = (ada.employs_a_service().await, bea.employs_a_service().await);
    for (method, way) in [(reqwest::Method::GET, ""), (reqwest::Method::DELETE, ""), (reqwest::Method::POST, "/rotate")]
    {
        ada.asks(method, &format!("{}{way}", path(&other)), None).await.refused(404, "not_found");
    }
    assert!(works(&other).await);
    // The secret of one company's key under the name of another's.
    let parts =
        |key: &str| data_encoding::BASE64URL_NOPAD.decode(key.strip_prefix("vgs_").unwrap().as_bytes()).unwrap();
    let (mine, theirs) = (parts(&own.key), parts(&other.key));
    for places in [0..16, 16..32, 0..32] {
        let mut forged = mine.clone();
        forged[places.clone()].copy_from_slice(&theirs[places]);
        let key = format!("vgs_{}", data_encoding::BASE64URL_NOPAD.encode(&forged));
        assert!(!works(&own.holding(&key)).await);
    }
    // The company that does not exist holds the keys of the installation: nobody's secret opens it.
    let mut forged = mine.clone();
    forged[..16].fill(0);
    assert!(!works(&own.holding(&format!("vgs_{}", data_encoding::BASE64URL_NOPAD.encode(&forged)))).await);
}

#[tokio::test]
async fn of_forty_at_once_one_revokes_and_the_fiftieth_key_is_the_last() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let service = ada.employs_a_service().await;
    let own = path(&service);
    let all = join_all((0..40).map(|_| ada.deletes(&own))).await;
    let count = |all: &[Reply], status| all.iter().filter(|reply| reply.status == status).count();
    assert_eq!(count(&all, 204), 1, "{:?}", all.iter().map(|reply| reply.status).collect::<Vec<_>>());
    assert_eq!(count(&all, 204) + count(&all, 410) + count(&all, 429), 40);

    let fill = "INSERT INTO service_credentials (company_id, id, name, scopes, hash)
        SELECT company_id, gen_random_uuid(), 'filler', '{introspect}', 'x' FROM service_credentials, generate_series(1, 45)";
    app.db.execute(fill).await;
    let make = |ada: Person| async move {
        let body = json!({ "name": "One more", "scopes": ["introspect"] });
        loop {
            let reply = ada.posts("/api/service-credentials", body.clone()).await;
            if reply.status != 429 {
                return reply;
            }
        }
    };
    let all = join_all((0..20).map(|_| make(ada.clone()))).await;
    assert_eq!((count(&all, 201), count(&all, 409)), (5, 15), "45 were there, 50 may be");
}

#[tokio::test]
async fn a_key_that_is_asked_for_again_is_the_same_key() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let again = ada.wearing(&[("idempotency-key", "8e03978e-40d5-43dd-bc93-6894a57f9324")]);
    let (first, second) = (again.employs_a_service().await, again.employs_a_service().await);
    assert_eq!((&first.id, &first.key), (&second.id, &second.key));
    assert_eq!(app.db.count("service_credentials").await, 1);
}
