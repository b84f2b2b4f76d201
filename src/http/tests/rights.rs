//! Every row with every kind of caller: what the table says is what happens.

use actix_web::{http::Method, test::TestRequest};

use super::{Answer, ask, asked, bearer, parts, server};
use crate::{
    domain::{
        ids::CompanyId,
        one_time::{OneTimeToken, Purpose},
        principal::Role,
        service::Scope,
    },
    http::routes::{self, Access, Endpoint},
};

/// A request for this row with ids nobody has.
fn request(row: &Endpoint) -> TestRequest {
    let path = row.path.replace("{id}", ID).replace("{sid}", ID).replace("{file}", "nothing");
    TestRequest::with_uri(&path).method(row.method.method())
}

const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

fn signed() -> impl Iterator<Item = (&'static Endpoint, &'static [Role])> {
    routes::all().filter_map(|row| match row.access {
        Access::Signed(roles) | Access::Enrolling(roles) => Some((row, roles)),
        Access::Public | Access::Ticket | Access::Service(_) => None,
    })
}

#[actix_web::test]
async fn nobody_gets_past_a_signed_row_without_a_good_token() {
    let server = server(parts()).await;
    for (row, _) in signed() {
        let stranger = asked(&server, request(row)).await;
        assert_eq!((stranger.status, stranger.code().as_str()), (401, "unauthenticated"), "{}", row.name);
        assert_eq!(stranger.header("www-authenticate"), "Bearer");
        let forged = asked(&server, bearer(request(row), "forged")).await;
        assert_eq!((forged.status, forged.code().as_str()), (401, "unauthenticated"), "{}", row.name);
        let revoked = asked(&server, bearer(request(row), "revoked")).await;
        assert_eq!((revoked.status, revoked.code().as_str()), (401, "session_revoked"), "{}", row.name);
    }
}

#[actix_web::test]
async fn each_role_passes_exactly_the_rows_that_name_it() {
    let server = server(parts()).await;
    for (row, roles) in signed() {
        for role in [Role::User, Role::Manager, Role::Admin] {
            let answer = asked(&server, bearer(request(row), role.as_str())).await;
            let refused = answer.status == 403 && answer.code() == "forbidden";
            assert_eq!(refused, !roles.contains(&role), "{} as {}: {}", row.name, role.as_str(), answer.text);
        }
    }
}

#[actix_web::test]
async fn a_service_key_passes_exactly_the_rows_that_name_its_scope_and_nobody_else_passes_them() {
    let server = server(parts()).await;
    let mut services = 0;
    for row in routes::all().filter(|row| row.access.is_guarded()) {
        for scope in Scope::ALL {
            let key = format!("key-{}", scope.as_str().replace(':', "-"));
            let answer = asked(&server, bearer(request(row), &key)).await;
            let expected = match row.access {
                Access::Service(asked) if asked == scope => {
                    (200..600).contains(&answer.status) && answer.status != 401 && answer.code() != "insufficient_scope"
                }
                Access::Service(_) => (answer.status, answer.code().as_str()) == (403, "insufficient_scope"),
                _ => (answer.status, answer.code().as_str()) == (401, "unauthenticated"),
            };
            assert!(expected, "{} with {key}: {} {}", row.name, answer.status, answer.text);
        }
        if !matches!(row.access, Access::Service(_)) {
            continue;
        }
        services += 1;
        for token in ["proven", "admin", "manager", "user", "forged"] {
            let answer = asked(&server, bearer(request(row), token)).await;
            assert_eq!((answer.status, answer.code().as_str()), (401, "unauthenticated"), "{} with {token}", row.name);
        }
        let cookie = request(row)
            .insert_header(("Cookie", "__Host-voxgate_access=key-introspect"))
            .insert_header(("X-Voxgate-Client", "web"))
            .insert_header(("Origin", super::BASE));
        assert_eq!(asked(&server, cookie).await.status, 401, "{}: no cookie opens it", row.name);
    }
    assert!(services >= 2, "the rows of services were found");
}

#[actix_web::test]
async fn a_waiting_sign_in_passes_the_rows_that_lead_it_out_and_no_others() {
    let server = server(parts()).await;
    let token = OneTimeToken::from_secret(Purpose::Enrollment, CompanyId::NOBODY, uuid::Uuid::nil(), [7; 32]).expose();
    let challenge =
        OneTimeToken::from_secret(Purpose::MfaChallenge, CompanyId::NOBODY, uuid::Uuid::nil(), [7; 32]).expose();
    for (row, _) in signed() {
        let answer = asked(&server, bearer(request(row), &token)).await;
        assert_eq!(answer.status == 401, matches!(row.access, Access::Signed(_)), "{}: {}", row.name, answer.text);
        assert!(answer.code() != "reauthentication_required", "{}", row.name);
        assert_eq!(asked(&server, bearer(request(row), &challenge)).await.status, 401, "{}", row.name);
    }
    let out: Vec<_> = signed().filter(|(row, _)| matches!(row.access, Access::Enrolling(_))).collect();
    let mut names: Vec<_> = out.iter().map(|(row, _)| row.name).collect();
    names.sort_unstable();
    assert_eq!(names, ["auth.logout", "mfa.enable", "mfa.setup"]);
}

#[actix_web::test]
async fn step_up_rows_ask_for_a_recent_proof_and_the_others_do_not() {
    let server = server(parts()).await;
    for (row, _) in signed() {
        let asks = |answer: &Answer| answer.status == 403 && answer.code() == "reauthentication_required";
        let stale = asked(&server, bearer(request(row), "admin")).await;
        assert_eq!(asks(&stale), row.step_up, "{}", row.name);
        let proven = asked(&server, bearer(request(row), "proven")).await;
        assert!(!asks(&proven), "{}", row.name);
    }
}

#[actix_web::test]
async fn the_session_is_told_from_the_token_alone() {
    let answer = ask(parts(), bearer(TestRequest::get().uri("/api/auth/session"), "manager")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["role"], "manager");
    assert_eq!(answer.json()["auth_time"], "1970-01-01T00:00:00Z");
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[actix_web::test]
async fn a_path_has_one_spelling() {
    let server = server(parts()).await;
    let strange = [
        "//api/auth/login",
        "/api//auth/login",
        "/api/auth//login",
        "/api/auth/login/",
        "/API/auth/login",
        "/api/auth/Login",
        "/api/auth/%6cogin",
        "/api/auth/login%2f",
        "/api/auth/./login",
        "/api/x/../auth/login",
        "/api/auth/login;x=1",
        "/api/auth",
        "/api",
        "/nothing",
        "/panic%00",
    ];
    for path in strange {
        let answer = asked(&server, TestRequest::post().uri(path).set_payload("{}")).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"), "{path}");
    }
    for path in ["/api/users", "/api/users/"] {
        assert_eq!(asked(&server, TestRequest::get().uri(path)).await.status, 401, "{path}");
    }
}

#[actix_web::test]
async fn other_methods_are_refused_with_the_ones_there_are_and_cannot_be_smuggled() {
    let server = server(parts()).await;
    let answer = asked(&server, TestRequest::delete().uri("/api/users/me")).await;
    assert_eq!((answer.status, answer.code().as_str()), (405, "method_not_allowed"));
    assert_eq!(answer.header("allow"), "GET, PUT, HEAD");
    for header in ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"] {
        let request = TestRequest::get().uri("/api/auth/login?_method=POST").insert_header((header, "POST"));
        assert_eq!(asked(&server, request).await.status, 405, "{header}");
    }
    for method in [Method::OPTIONS, Method::TRACE, Method::CONNECT, Method::from_bytes(b"BREW").unwrap()] {
        let answer = asked(&server, TestRequest::with_uri("/api/auth/login").method(method.clone())).await;
        assert_eq!(answer.status, 405, "{method}");
    }
}

#[actix_web::test]
async fn the_live_row_is_served_by_the_handler_handed_in_which_checks_its_own_ticket() {
    let answer = ask(parts(), TestRequest::get().uri("/api/live")).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, "live"));
}
