//! Foreign pages in a signed-in browser: forms, tossed cookies, smuggled methods.

use reqwest::Method;
use serde_json::json;

use super::{claims, count, crafted};
use crate::support::{App, person::PASSWORD, reply::Reply};

const JSON: (&str, &str) = ("Content-Type", "application/json");
const WEB: (&str, &str) = ("X-Voxgate-Client", "web");

/// The value of a cookie the answer sets.
fn cookie(reply: &Reply, name: &str) -> String {
    let lines = reply.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap());
    let value = lines.filter_map(|line| line.strip_prefix(&format!("{name}="))?.split(';').next());
    value.map(str::to_owned).next().unwrap_or_else(|| panic!("no {name} in {:?}", reply.headers))
}

/// Ada's browser, signed in: access and refresh cookie.
async fn browser(app: &App) -> (String, String) {
    let base = app.base(0);
    let body = json!({ "email": "admin@acme.example", "password": PASSWORD }).to_string();
    let headers = [JSON, WEB, ("Origin", base.as_str())];
    let reply = crafted(app, Method::POST, "/api/auth/login", &headers, &body).await.expect(200);
    assert!(reply.json().get("access_token").is_none(), "no script sees a token: {}", reply.text);
    (cookie(&reply, "voxgate_access"), cookie(&reply, "voxgate_refresh"))
}

async fn refreshes(app: &App, cookies: &str, headers: &[(&str, &str)]) -> Reply {
    let headers: Vec<_> = [("Cookie", cookies)].into_iter().chain(headers.iter().copied()).collect();
    crafted(app, Method::POST, "/api/auth/refresh", &headers, "").await
}

#[tokio::test]
async fn case_64_a_foreign_page_neither_renews_nor_ends_the_session_it_rides_on() {
    let app = App::start().await;
    app.admin_of("Acme").await;
    let (access, refresh) = browser(&app).await;
    let cookies = format!("voxgate_access={access}; voxgate_refresh={refresh}");
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let used = "SELECT count(*) FROM refresh_tokens WHERE used_at IS NOT NULL";
    for path in ["/api/auth/refresh", "/api/auth/logout", "/api/live/ticket", "/api/auth/mfa/setup", "/api/invitations"]
    {
        for headers in [
            vec![form],
            vec![form, ("Origin", "https://evil.example")],
            vec![JSON, ("Origin", "https://evil.example")],
            vec![WEB, JSON],
            vec![WEB, JSON, ("Origin", "https://evil.example")],
            vec![WEB, JSON, ("Origin", "null")],
            vec![WEB, JSON, ("Origin", "http://127.0.0.1")],
            vec![WEB, JSON, ("Referer", "http://127.0.0.1:8000/")],
        ] {
            let all: Vec<_> = [("Cookie", cookies.as_str())].into_iter().chain(headers.iter().copied()).collect();
            let reply = crafted(&app, Method::POST, path, &all, "{}").await;
            assert_eq!((reply.status, reply.text_at("/code").as_str()), (403, "origin_refused"), "{path} {headers:?}");
            assert!(!reply.headers.contains_key("set-cookie"), "{path} {headers:?}");
        }
    }
    assert_eq!(count(&app, used).await, 0, "nothing was rotated");
    let base = app.base(0);
    let renewed = refreshes(&app, &cookies, &[WEB, ("Origin", &base)]).await.expect(200);
    assert_ne!(cookie(&renewed, "voxgate_refresh"), refresh, "the own page renews");
}

#[tokio::test]
async fn case_65_a_cookie_tossed_by_a_sibling_host_does_not_count() {
    let app = App::start().await;
    app.admin_of("Acme").await;
    let (access, refresh) = browser(&app).await;
    let base = app.base(0);
    let own = [WEB, ("Origin", base.as_str())];
    for name in ["refresh", "refresh_token", "VOXGATE_REFRESH", "__Host-voxgate_refresh", "__Secure-voxgate_refresh"] {
        let reply = refreshes(&app, &format!("{name}={refresh}"), &own).await;
        reply.refused(401, "invalid_refresh_token");
    }
    for cookies in [
        format!("voxgate_refresh={refresh}; voxgate_refresh={refresh}"),
        format!("voxgate_refresh=tossed; voxgate_refresh={refresh}"),
        format!("voxgate_access={access}; voxgate_access=x; voxgate_refresh={refresh}"),
    ] {
        refreshes(&app, &cookies, &own).await.refused(400, "duplicate_cookie");
    }
    let two_lines = [("Cookie", format!("voxgate_refresh={refresh}")), ("Cookie", "voxgate_refresh=tossed".to_owned())];
    let headers: Vec<_> = two_lines.iter().map(|(n, v)| (*n, v.as_str())).chain(own).collect();
    crafted(&app, Method::POST, "/api/auth/refresh", &headers, "").await.refused(400, "duplicate_cookie");
    refreshes(&app, &format!("voxgate_refresh={refresh}"), &own).await.expect(200);
}

#[tokio::test]
async fn case_88_no_header_and_no_field_turns_one_method_into_another() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let sid = claims(&ada)["sid"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {}", ada.access);
    let path = format!("/api/sessions/{sid}");
    for name in ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"] {
        for method in [Method::GET, Method::POST] {
            let headers = [("Authorization", bearer.as_str()), JSON, (name, "DELETE")];
            let target = format!("{path}?_method=DELETE&method=DELETE");
            let body = if method == Method::POST { r#"{"_method":"DELETE"}"# } else { "" };
            crafted(&app, method, &target, &headers, body).await.refused(405, "method_not_allowed");
        }
    }
    let form = [("Authorization", bearer.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
    crafted(&app, Method::POST, &path, &form, "_method=DELETE").await.refused(405, "method_not_allowed");
    ada.gets("/api/users/me").await.expect(200);
    ada.deletes(&path).await.expect(204);
}
