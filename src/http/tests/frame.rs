//! What every answer has, pages, limits, and what happens when something breaks.

use std::{net::SocketAddr, sync::Arc};

use actix_web::test::TestRequest;

use super::{OneMail, ask, asked, parts, server};
use crate::http::{Rate, Readiness};

#[actix_web::test]
async fn every_answer_has_a_fresh_request_id_and_the_security_headers() {
    let request = TestRequest::get().uri("/nothing").insert_header(("X-Request-Id", "mine"));
    let answer = ask(parts(), request).await;
    let id = answer.header("x-request-id");
    assert_eq!(id.len(), 36);
    assert_eq!(answer.json()["instance"], id);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(answer.header("content-security-policy").starts_with("default-src 'none'"));
    assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"));
    assert!(answer.header("strict-transport-security").starts_with("max-age="));
}

#[actix_web::test]
async fn without_tls_there_is_no_hsts() {
    let mut parts = parts();
    parts.settings.base_url = "http://127.0.0.1:8000".into();
    assert_eq!(ask(parts, TestRequest::get().uri("/healthz")).await.header("strict-transport-security"), "");
}

#[actix_web::test]
async fn unknown_ids_and_things_that_are_no_ids_look_alike() {
    let server = server(parts()).await;
    let mut bodies = Vec::new();
    for id in ["01890A5D-AC96-774B-BCCE-B302099A8057", "1", "me%00", "'--", "01890a5d-ac96-774b-bcce-b302099a8057"] {
        let answer = asked(&server, TestRequest::get().uri(&format!("/ids/{id}"))).await;
        assert_eq!(answer.status, 404, "{id}");
        bodies.push(answer.text.replace(answer.header("x-request-id"), ""));
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1);
}

#[actix_web::test]
async fn a_panic_is_answered_like_any_failure_and_the_server_goes_on() {
    let server = server(parts()).await;
    let answer = asked(&server, TestRequest::get().uri("/panic")).await;
    assert_eq!((answer.status, answer.code().as_str()), (500, "internal"));
    assert_eq!(answer.json()["instance"], answer.header("x-request-id"));
    assert!(!answer.text.contains("story"), "what broke stays in the log");
    assert_eq!(asked(&server, TestRequest::get().uri("/healthz")).await.status, 200);
}

#[actix_web::test]
async fn a_client_that_asks_too_fast_waits_and_its_neighbour_does_not() {
    let mut parts = parts();
    parts.settings.rates.credentials = Rate { per_second: 1, burst: 2 };
    let server = server(parts).await;
    let login = |peer: &str| {
        let peer: SocketAddr = format!("{peer}:4711").parse().unwrap();
        TestRequest::post().uri("/api/auth/login").peer_addr(peer).insert_header(("X-Forwarded-For", "203.0.113.9"))
    };
    for _ in 0..2 {
        assert_ne!(asked(&server, login("192.0.2.1")).await.status, 429);
    }
    let third = asked(&server, login("192.0.2.1")).await;
    assert_eq!((third.status, third.code().as_str()), (429, "too_many_requests"));
    assert!(third.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert_ne!(asked(&server, login("192.0.2.2")).await.status, 429);
}

#[actix_web::test]
async fn pages_come_from_the_binary_under_policies_without_foreign_sources() {
    let server = server(parts()).await;
    for (path, media) in [
        ("/", "text/html"),
        ("/docs", "text/html"),
        ("/docs/", "text/html"),
        ("/docs/errors", "text/html"),
        ("/docs/swagger-ui.css", "text/css"),
        ("/docs/voxgate.css", "text/css"),
        ("/docs/swagger-ui-bundle.js", "text/javascript"),
        ("/docs/voxgate.js", "text/javascript"),
        ("/assets/voxgate.css", "text/css"),
        ("/assets/mark.svg", "image/svg+xml"),
        ("/api/openapi.json", "application/json"),
        ("/.well-known/jwks.json", "application/json"),
    ] {
        let answer = asked(&server, TestRequest::get().uri(path)).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.header("content-type").starts_with(media), "{path}: {}", answer.header("content-type"));
        assert!(!answer.header("content-security-policy").contains("http"), "{path}");
    }
    let docs = asked(&server, TestRequest::get().uri("/docs")).await;
    assert!(docs.header("content-security-policy").contains("script-src 'self';"));
    assert_eq!(asked(&server, TestRequest::get().uri("/docs/index.html")).await.status, 404);
}

#[actix_web::test]
async fn readiness_says_what_it_waits_for() {
    let mut parts = parts();
    let waiting = ask(parts.clone(), TestRequest::get().uri("/readyz")).await;
    assert_eq!((waiting.status, waiting.code().as_str()), (503, "unavailable"));
    assert_eq!(waiting.json()["errors"][0]["message"], "the revocation feed is loading");
    assert_eq!(waiting.header("retry-after"), "1");
    parts.ready = Arc::new(Readiness::default);
    let ready = ask(parts.clone(), TestRequest::get().uri("/readyz")).await;
    assert_eq!(ready.json(), serde_json::json!({ "status": "ready" }));
    parts.ready = Arc::new(|| Readiness { degraded: vec!["bus: lost".into()], ..Readiness::default() });
    let ready = ask(parts, TestRequest::get().uri("/readyz")).await;
    assert_eq!((ready.status, ready.json()["degraded"][0].as_str()), (200, Some("bus: lost")));
}

#[actix_web::test]
async fn the_mailbox_exists_in_development_only_and_for_this_machine_only() {
    assert_eq!(ask(parts(), TestRequest::get().uri("/dev/mail.json")).await.status, 404);
    let mut parts = parts();
    parts.dev_mail = Some(Arc::new(OneMail));
    let server = server(parts).await;
    let all = asked(&server, TestRequest::get().uri("/dev/mail.json")).await;
    assert_eq!(all.json()["items"][0]["subject"], "Hi");
    let other = asked(&server, TestRequest::get().uri("/dev/mail.json?to=x@y.z")).await;
    assert_eq!(other.json()["items"].as_array().map(Vec::len), Some(0));
    let remote: SocketAddr = "192.0.2.1:4711".parse().unwrap();
    assert_eq!(asked(&server, TestRequest::get().uri("/dev/mail").peer_addr(remote)).await.status, 404);
    for (host, status) in
        [("localhost:8000", 200), ("127.0.0.1:8000", 200), ("[::1]:8000", 200), ("evil.example:8000", 404)]
    {
        let asked = asked(&server, TestRequest::get().uri("/dev/mail").insert_header(("host", host))).await;
        assert_eq!(asked.status, status, "{host}");
    }
    assert!(asked(&server, TestRequest::get().uri("/")).await.text.contains("/dev/mail"));
}
