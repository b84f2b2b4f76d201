//! The web app as it is served, with a build of a few small files in its place.

use std::borrow::Cow;

use actix_web::test::TestRequest;
use sha2::{Digest, Sha256};

use super::{Answer, ask, asked, parts, server};
use crate::http::{File, Parts};

const BUILD: [(&str, &str); 9] = [
    ("index.html", "<!doctype html><title>Landing</title>"),
    ("index.html.br", "LANDING-BR"),
    ("index.html.gz", "LANDING-GZ"),
    ("app.html", "<!doctype html><title>App</title>"),
    ("assets/app-3f2a.js", "console.log(1)"),
    ("assets/app-3f2a.js.gz", "APP-GZ"),
    ("assets/sans-77ab.woff2", "FONT"),
    ("theme.js", "theme()"),
    ("favicon.svg", "<svg/>"),
];

fn file(path: &str) -> Option<File> {
    let (_, text) = BUILD.iter().find(|(name, _)| *name == path)?;
    Some(File { body: Cow::Borrowed(text.as_bytes()), digest: Sha256::digest(text).into() })
}

fn built() -> Parts {
    Parts { web: Some(file), ..parts() }
}

async fn get(path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = TestRequest::get().uri(path);
    ask(built(), headers.iter().fold(request, |request, header| request.insert_header(*header))).await
}

#[actix_web::test]
async fn a_page_comes_in_the_smallest_form_its_reader_takes() {
    for (accepts, form, body) in [
        ("gzip, deflate, br, zstd", "br", "LANDING-BR"),
        ("gzip", "gzip", "LANDING-GZ"),
        ("br;q=0, gzip;q=0.5", "gzip", "LANDING-GZ"),
        ("identity", "", "<!doctype html><title>Landing</title>"),
        ("zstd", "", "<!doctype html><title>Landing</title>"),
    ] {
        let answer = get("/", &[("Accept-Encoding", accepts)]).await;
        assert_eq!((answer.status, answer.header("content-encoding"), answer.text.as_str()), (200, form, body));
        assert_eq!(answer.header("vary"), "accept-encoding", "{accepts}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{accepts}");
    }
    assert_eq!(get("/", &[]).await.header("content-encoding"), "", "who says nothing gets it plain");
}

#[actix_web::test]
async fn pages_are_asked_for_again_and_answered_short_while_they_are_the_same() {
    let first = get("/app/people", &[]).await;
    assert_eq!((first.status, first.header("cache-control")), (200, "no-cache"));
    let tag = first.header("etag").to_owned();
    assert_eq!(tag.len(), 34, "{tag}");
    for known in [tag.as_str(), &format!("W/{tag}"), &format!("\"old\", {tag}"), "*"] {
        let again = get("/login", &[("If-None-Match", known)]).await;
        assert_eq!((again.status, again.text.as_str(), again.header("etag")), (304, "", tag.as_str()), "{known}");
        assert_eq!(again.header("vary"), "accept-encoding");
        assert!(again.header("content-security-policy").contains("script-src 'self';"), "{known}");
    }
    assert_eq!(get("/login", &[("If-None-Match", "\"old\"")]).await.status, 200);
    let packed = get("/", &[("Accept-Encoding", "br")]).await;
    assert_ne!(packed.header("etag"), get("/", &[]).await.header("etag"), "each form has a tag of its own");
}

#[actix_web::test]
async fn assets_are_kept_for_good_and_other_files_for_an_hour() {
    let script = get("/assets/app-3f2a.js", &[("Accept-Encoding", "br, gzip")]).await;
    assert_eq!((script.text.as_str(), script.header("content-encoding")), ("APP-GZ", "gzip"));
    assert_eq!(script.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(get("/assets/sans-77ab.woff2", &[]).await.header("content-type"), "font/woff2");
    for path in ["/theme.js", "/favicon.svg"] {
        assert_eq!(get(path, &[]).await.header("cache-control"), "public, max-age=3600", "{path}");
    }
    assert_eq!(get("/assets/mark.svg", &[]).await.status, 200, "the plain pages keep their files");
    for missing in ["/assets/app-0000.js", "/assets/app-3f2a.js.gz", "/assets/index.html", "/robots.txt", "/app.html"] {
        let answer = get(missing, &[]).await;
        assert_eq!((answer.status, answer.header("content-type")), (404, "application/problem+json"), "{missing}");
    }
}

#[actix_web::test]
async fn the_app_answers_its_pages_says_to_people_what_is_no_page_and_to_programs_a_problem() {
    let server = server(built()).await;
    let page = |path: &str| TestRequest::get().uri(path).insert_header(("Accept", "text/html,application/xhtml+xml"));
    for path in [
        "/login",
        "/login/mfa",
        "/register",
        "/forgot",
        "/reset",
        "/reset/abc",
        "/invite",
        "/confirm",
        "/verify/abc",
        "/security",
        "/app",
        "/app/",
        "/app/account/security",
        "/app/account/mfa/setup",
        "/app/people/1",
    ] {
        let answer = asked(&server, page(path)).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, "<!doctype html><title>App</title>"), "{path}");
    }
    for path in ["/nothing", "/appendix", "/login/a/b", "/resets"] {
        let answer = asked(&server, page(path)).await;
        assert_eq!((answer.status, answer.text.as_str()), (404, "<!doctype html><title>App</title>"), "{path}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{path}");
        let program = asked(&server, TestRequest::get().uri(path).insert_header(("Accept", "*/*"))).await;
        assert_eq!((program.status, program.code().as_str()), (404, "not_found"), "{path}");
    }
    for path in ["/api/nothing", "/docs/nothing", "/assets/nothing", "/.well-known/nothing"] {
        assert_eq!(asked(&server, page(path)).await.code(), "not_found", "{path}");
    }
    let posted = asked(&server, TestRequest::post().uri("/login").insert_header(("Accept", "text/html"))).await;
    assert_eq!((posted.status, posted.header("allow")), (405, "GET, HEAD"));
}

#[actix_web::test]
async fn pages_load_from_here_only_and_their_socket_is_named() {
    let policy = |base: &str| {
        let socket = base.replace("http", "ws");
        format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
             connect-src 'self' {socket}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
             require-trusted-types-for 'script'"
        )
    };
    for (base, hsts) in [("https://auth.example.com", true), ("http://127.0.0.1:8000", false)] {
        let mut parts = built();
        parts.settings.base_url = base.into();
        let server = server(parts).await;
        for path in ["/", "/login", "/app/people"] {
            let answer = asked(&server, TestRequest::get().uri(path)).await;
            assert_eq!(answer.header("content-security-policy"), policy(base), "{path}");
            assert_eq!(answer.header("strict-transport-security").is_empty(), !hsts);
            for (name, value) in [
                ("cross-origin-opener-policy", "same-origin"),
                ("referrer-policy", "no-referrer"),
                ("x-content-type-options", "nosniff"),
                ("x-frame-options", "DENY"),
                ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
            ] {
                assert_eq!(answer.header(name), value, "{path}");
            }
        }
    }
}

#[actix_web::test]
async fn without_a_build_pages_say_so_and_how_to_build_it() {
    let home = ask(parts(), TestRequest::get().uri("/")).await;
    assert!(home.status == 200 && home.text.contains("--features embed-web"), "{}", home.text);
    for path in ["/login", "/app/account", "/invite"] {
        let answer = ask(parts(), TestRequest::get().uri(path)).await;
        assert_eq!((answer.status, answer.header("content-type")), (404, "text/html; charset=utf-8"), "{path}");
        assert!(answer.text.contains("--features embed-web") && !answer.text.contains("<script"), "{path}");
    }
    assert_eq!(ask(parts(), TestRequest::get().uri("/assets/app-3f2a.js")).await.code(), "not_found");
    let anything = TestRequest::get().uri("/nothing").insert_header(("Accept", "text/html"));
    assert_eq!(ask(parts(), anything).await.code(), "not_found");
}

#[actix_web::test]
async fn password_managers_are_led_to_where_a_password_is_changed() {
    let answer = get("/.well-known/change-password", &[]).await;
    assert_eq!((answer.status, answer.header("location")), (302, "/app/account/security"));
}
