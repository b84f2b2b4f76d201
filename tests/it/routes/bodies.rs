//! Bodies that are not exactly as documented are refused before anything is done, on routes with and without a token.

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::support::{App, person::PASSWORD, reply::Reply};

/// Routes that need no token, with a body each would take.
fn open_routes() -> [(&'static str, Value); 5] {
    [
        (
            "/api/auth/register",
            json!({ "company_name": "Acme", "full_name": "Ada", "email": "a@b.example", "password": PASSWORD }),
        ),
        ("/api/auth/login", json!({ "email": "admin@acme.example", "password": PASSWORD })),
        ("/api/auth/verify-mfa", json!({ "mfa_token": "vgm_x", "code": "123456" })),
        ("/api/auth/refresh", json!({ "refresh_token": "vgr_x" })),
        ("/api/invitations/accept", json!({ "token": "vgi_x", "full_name": "Uma", "password": PASSWORD })),
    ]
}

async fn raw(app: &App, path: &str, kind: Option<&str>, body: Vec<u8>) -> Reply {
    let mut request = Client::new().request(Method::POST, format!("{}{path}", app.base(0))).body(body);
    if let Some(kind) = kind {
        request = request.header("content-type", kind);
    }
    Reply::of(request.send().await.unwrap()).await
}

#[tokio::test]
async fn unknown_double_and_mistyped_fields_change_nothing() {
    let app = App::start().await;
    app.admin_of("Acme").await;
    let before = app.db.picture().await;
    for (path, body) in open_routes() {
        let mut unknown = body.clone();
        unknown["role"] = "admin".into();
        let refused = app.stranger().posts(path, unknown).await.refused(400, "invalid_body");
        assert_eq!(
            (refused.at("/errors/0/pointer"), refused.at("/errors/0/code")),
            ("/role".into(), "unknown_field".into())
        );

        let (field, _) = body.as_object().unwrap().iter().next().unwrap();
        let text = body.to_string();
        let double = format!("{{\"{field}\":{},{}", body[field], &text[1..]);
        let refused = raw(&app, path, Some("application/json"), double.into()).await.refused(400, "invalid_body");
        assert_eq!(refused.at("/errors/0/code"), "duplicate_field", "{path}");

        for wrong in [json!(7), json!(true), json!(["x"]), json!({ "$ne": null })] {
            let mut mistyped = body.clone();
            mistyped[field] = wrong;
            let refused = app.stranger().posts(path, mistyped).await.refused(400, "invalid_body");
            assert_eq!(refused.at("/errors/0/pointer"), format!("/{field}"), "{path}");
        }
    }
    assert_eq!(app.db.picture().await, before);
}

#[tokio::test]
async fn what_is_no_json_object_is_refused() {
    let app = App::start().await;
    for (path, body) in open_routes() {
        let whole = body.to_string();
        let broken: [Vec<u8>; 5] = [
            whole[..whole.len() - 1].into(),
            format!("{whole}{{}}").into(),
            format!("[{whole}]").into(),
            b"\"text\"".to_vec(),
            b"{\"email\":\"\xff\"}".to_vec(),
        ];
        for bytes in broken {
            raw(&app, path, Some("application/json"), bytes).await.refused(400, "invalid_body");
        }
        for kind in [None, Some("text/plain"), Some("application/x-www-form-urlencoded")] {
            raw(&app, path, kind, whole.clone().into()).await.refused(415, "unsupported_media_type");
        }
        let large = format!("{{\"email\":\"{}\"}}", "a".repeat(70_000));
        raw(&app, path, Some("application/json"), large.into()).await.refused(413, "body_too_large");
    }
}

#[tokio::test]
async fn deep_nesting_and_secrets_beyond_a_kibibyte_are_refused() {
    let app = App::start().await;
    let deep = format!("{{\"email\":{}{}}}", "[".repeat(20_000), "]".repeat(20_000));
    raw(&app, "/api/auth/login", Some("application/json"), deep.into()).await.refused(400, "invalid_body");
    let long = json!({ "email": "admin@acme.example", "password": "p".repeat(1025) });
    let refused = app.stranger().posts("/api/auth/login", long).await.refused(400, "invalid_body");
    assert_eq!(refused.at("/errors/0/pointer"), "/password");
}
