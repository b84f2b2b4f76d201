//! Browsers: cookies, origins, foreign pages.

use actix_web::test::TestRequest;

use super::{BASE, ask, asked, bearer, parts, server};

const ACCESS: &str = "__Host-voxgate_access=user";
const REFRESH: &str = "__Host-voxgate_refresh=vgr_x";

fn session() -> TestRequest {
    TestRequest::get().uri("/api/auth/session").insert_header(("Cookie", ACCESS))
}

#[actix_web::test]
async fn the_access_cookie_counts_with_the_header_on_our_own_pages() {
    let server = server(parts()).await;
    let web = || session().insert_header(("X-Voxgate-Client", "web"));
    assert_eq!(asked(&server, web()).await.status, 200);
    assert_eq!(asked(&server, web().insert_header(("Origin", BASE))).await.status, 200);
    assert_eq!(asked(&server, web().insert_header(("Origin", "https://app.example.com"))).await.status, 200);
    assert_eq!(asked(&server, web().insert_header(("Sec-Fetch-Site", "same-origin"))).await.status, 200);
}

#[actix_web::test]
async fn a_cookie_without_the_header_or_from_a_foreign_page_is_refused() {
    let server = server(parts()).await;
    let alone = asked(&server, session()).await;
    assert_eq!((alone.status, alone.code().as_str()), (403, "origin_refused"));
    let foreign = [
        "null",
        "https://evil.example",
        "https://auth.example.com.evil.example",
        "https://x.auth.example.com",
        "http://auth.example.com",
        "https://auth.example.com:8443",
        "https://AUTH.example.com",
        "https://auth.example.com/",
        "",
    ];
    for origin in foreign {
        let request = session().insert_header(("X-Voxgate-Client", "web")).insert_header(("Origin", origin));
        let answer = asked(&server, request).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "origin_refused"), "{origin}");
    }
    let site = session().insert_header(("X-Voxgate-Client", "web")).insert_header(("Sec-Fetch-Site", "cross-site"));
    assert_eq!(asked(&server, site).await.status, 403);
}

#[actix_web::test]
async fn a_cross_site_form_neither_refreshes_nor_signs_out() {
    let server = server(parts()).await;
    for path in ["/api/auth/refresh", "/api/auth/logout", "/api/auth/login"] {
        let form = || TestRequest::post().uri(path).insert_header(("Cookie", format!("{ACCESS}; {REFRESH}")));
        assert_eq!(asked(&server, form()).await.code(), "origin_refused", "{path} without the header");
        let no_origin = form().insert_header(("X-Voxgate-Client", "web"));
        assert_eq!(asked(&server, no_origin).await.code(), "origin_refused", "{path} without an origin");
        let foreign =
            form().insert_header(("X-Voxgate-Client", "web")).insert_header(("Origin", "https://evil.example"));
        assert_eq!(asked(&server, foreign).await.code(), "origin_refused", "{path} from a foreign page");
    }
}

#[actix_web::test]
async fn tossed_and_double_cookies_do_not_count() {
    let server = server(parts()).await;
    let tossed =
        TestRequest::get().uri("/api/auth/session").insert_header(("Cookie", "voxgate_access=user; access=user"));
    let answer = asked(&server, tossed.insert_header(("X-Voxgate-Client", "web"))).await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "unauthenticated"));
    let double = session().append_header(("Cookie", ACCESS)).insert_header(("X-Voxgate-Client", "web"));
    let answer = asked(&server, double).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "duplicate_cookie"));
}

#[actix_web::test]
async fn a_bad_authorization_header_is_not_rescued_by_a_cookie() {
    let request = session().insert_header(("X-Voxgate-Client", "web")).insert_header(("Authorization", "Basic YTpi"));
    assert_eq!(ask(parts(), request).await.code(), "unauthenticated");
}

#[actix_web::test]
async fn listed_origins_may_read_answers_and_nobody_else() {
    let server = server(parts()).await;
    let preflight = |origin: &str| {
        TestRequest::with_uri("/api/auth/login")
            .method(actix_web::http::Method::OPTIONS)
            .insert_header(("Origin", origin.to_owned()))
            .insert_header(("Access-Control-Request-Method", "POST"))
    };
    let listed = asked(&server, preflight("https://app.example.com")).await;
    assert_eq!(listed.status, 204);
    assert_eq!(listed.header("access-control-allow-origin"), "https://app.example.com");
    let foreign = asked(&server, preflight("https://evil.example")).await;
    assert_eq!((foreign.status, foreign.header("access-control-allow-origin")), (405, ""));
    let request =
        bearer(TestRequest::get().uri("/api/auth/session"), "user").insert_header(("Origin", "https://evil.example"));
    let read = asked(&server, request).await;
    assert_eq!((read.status, read.header("access-control-allow-origin")), (200, ""));
}
