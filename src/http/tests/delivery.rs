//! Where tokens end up: a program's in the body, a browser's in cookies and nowhere else.

use actix_web::{
    body::to_bytes,
    http::{StatusCode, header::SET_COOKIE},
    test::TestRequest,
};
use secrecy::SecretString;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{BASE, edge, parts};
use crate::{
    domain::sample::NOON,
    domain::{ids::UserId, principal::Role},
    http::{auth::tokens::SignedInBody, extract::Visit},
    tenant::flows::{AccessView, Client, SignedIn, UserView},
};

fn signed_in() -> SignedIn {
    SignedIn {
        user: UserView {
            id: UserId(Uuid::from_u128(1)),
            email: "ada@techcorp.com".into(),
            full_name: "Ada Admin".into(),
            role: Role::Admin,
            status: "active".into(),
            mfa_enabled: false,
            email_verified: false,
            last_login_at: None,
            created_at: OffsetDateTime::UNIX_EPOCH,
        },
        access: AccessView { access_token: SecretString::from("ACCESS"), expires_in_seconds: 1800, auth_time: NOON },
        refresh_token: SecretString::from("REFRESH"),
        refresh_expires_in_seconds: 604_800,
    }
}

/// Body and cookies of a finished sign-in.
async fn delivered(request: TestRequest) -> (String, Vec<String>) {
    let visit = Visit::of(&request.to_http_request(), &edge(parts()), true).unwrap();
    let body = SignedInBody::new(visit.client, &signed_in());
    let response = visit.signed_in(StatusCode::OK, &signed_in(), body).unwrap();
    let cookies = response.headers().get_all(SET_COOKIE).map(|line| line.to_str().unwrap().to_owned()).collect();
    (String::from_utf8(to_bytes(response.into_body()).await.unwrap().to_vec()).unwrap(), cookies)
}

#[actix_web::test]
async fn a_program_gets_both_tokens_in_the_body_and_no_cookie() {
    let (body, cookies) = delivered(TestRequest::post()).await;
    assert!(body.contains("\"access_token\":\"ACCESS\"") && body.contains("\"refresh_token\":\"REFRESH\""));
    assert!(cookies.is_empty());
}

#[actix_web::test]
async fn a_browser_gets_both_tokens_in_cookies_and_none_in_the_body() {
    let (body, cookies) =
        delivered(TestRequest::post().insert_header(("X-Voxgate-Client", "web")).insert_header(("Origin", BASE))).await;
    assert!(!body.contains("ACCESS") && !body.contains("REFRESH") && !body.contains("token"), "{body}");
    assert_eq!(cookies.len(), 3);
    assert!(cookies[2].starts_with("__Host-voxgate_device=") && cookies[2].contains("; Max-Age=34560000; HttpOnly"));
    assert!(cookies[0].starts_with("__Host-voxgate_access=ACCESS; Path=/; Max-Age=1800; HttpOnly; SameSite=Strict"));
    assert!(
        cookies[1].starts_with("__Host-voxgate_refresh=REFRESH; Path=/; Max-Age=604800; HttpOnly; SameSite=Strict")
    );
    assert!(cookies.iter().all(|cookie| cookie.ends_with("; Secure")));
}

#[actix_web::test]
async fn signing_out_takes_both_cookies_away() {
    let request = TestRequest::post().insert_header(("X-Voxgate-Client", "web")).insert_header(("Origin", BASE));
    let visit = Visit::of(&request.to_http_request(), &edge(parts()), true).unwrap();
    assert_eq!(visit.client, Client::Web);
    let response = visit.signed_out().unwrap();
    let cleared =
        response.headers().get_all(SET_COOKIE).filter(|line| line.to_str().unwrap().contains("=; Path=/; Max-Age=0"));
    assert_eq!((response.status(), cleared.count()), (StatusCode::NO_CONTENT, 2));
}
