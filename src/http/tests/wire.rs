//! A few things that only a real connection shows.

use std::{collections::BTreeMap, sync::Arc};

use actix_web::{
    App, HttpResponse, HttpServer,
    dev::ServerHandle,
    middleware::from_fn,
    web::{self, Data},
};
use reqwest::{Client, StatusCode};

use super::{Edge, FakeGate, configure_edge, parts};
use crate::http::{extract::Json, middleware::frame};

async fn echo(Json(body): Json<BTreeMap<String, String>>) -> HttpResponse {
    HttpResponse::Ok().json(body)
}

fn start() -> (String, ServerHandle) {
    let edge = Data::new(Edge::new(Arc::new(FakeGate), parts()));
    let app = move || {
        let app = App::new().configure(|config| configure_edge(&edge, config));
        app.route("/echo", web::post().to(echo)).wrap(from_fn(frame))
    };
    let server = HttpServer::new(app).workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
    let base = format!("http://{}", server.addrs()[0]);
    let server = server.run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    (base, handle)
}

#[actix_web::test]
async fn head_is_get_without_the_body() {
    let (base, handle) = start();
    let get = reqwest::get(format!("{base}/assets/mark.svg")).await.unwrap();
    let head = Client::new().head(format!("{base}/assets/mark.svg")).send().await.unwrap();
    assert_eq!((get.status(), head.status()), (StatusCode::OK, StatusCode::OK));
    assert_eq!(get.headers()["content-length"], head.headers()["content-length"]);
    assert!(head.bytes().await.unwrap().is_empty());
    handle.stop(false).await;
}

#[actix_web::test]
async fn bodies_are_read_whole_or_refused() {
    let (base, handle) = start();
    let post = |body: Vec<u8>, media: &'static str| {
        Client::new().post(format!("{base}/echo")).header("content-type", media).body(body).send()
    };
    let good = post(br#"{"a":"b"}"#.to_vec(), "application/json; charset=utf-8").await.unwrap();
    assert_eq!(good.text().await.unwrap(), r#"{"a":"b"}"#);
    let form = post(b"a=b".to_vec(), "application/x-www-form-urlencoded").await.unwrap();
    assert_eq!(form.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let large = post(format!(r#"{{"a":"{}"}}"#, "x".repeat(64 * 1024)).into_bytes(), "application/json").await.unwrap();
    assert_eq!(large.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(large.text().await.unwrap().contains("\"code\":\"body_too_large\""));
    let cut = post(br#"{"a":"#.to_vec(), "application/json").await.unwrap();
    assert_eq!(cut.status(), StatusCode::BAD_REQUEST);
    assert_eq!(cut.headers()["content-type"], "application/problem+json");
    handle.stop(false).await;
}

#[actix_web::test]
async fn the_api_pages_read_this_servers_document() {
    let (base, handle) = start();
    let script = reqwest::get(format!("{base}/docs/voxgate.js")).await.unwrap().text().await.unwrap();
    assert!(script.contains("/api/openapi.json") && !script.contains("petstore"), "{script}");
    handle.stop(false).await;
}
