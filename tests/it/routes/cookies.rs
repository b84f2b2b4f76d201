//! The web app's way: tokens in cookies no script can read, which count for this server's own pages only.

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::support::{App, person::PASSWORD, reply::Reply};

/// A browser as far as cookies go.
struct Browser {
    http: Client,
    base: String,
}

impl Browser {
    fn at(app: &App) -> Self {
        Self { http: Client::builder().cookie_store(true).build().unwrap(), base: app.base(0) }
    }

    /// A request of our own page.
    async fn asks(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let headers = [("x-voxgate-client", "web"), ("origin", self.base.as_str())];
        self.asks_with(&headers, method, path, body).await
    }

    async fn asks_with(&self, headers: &[(&str, &str)], method: Method, path: &str, body: Option<Value>) -> Reply {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        Reply::of(request.send().await.unwrap()).await
    }

    async fn signs_in(&self, email: &str) -> Reply {
        let body = json!({ "email": email, "password": PASSWORD });
        self.asks(Method::POST, "/api/auth/login", Some(body)).await.expect(200)
    }
}

fn set_cookies(reply: &Reply) -> Vec<String> {
    reply.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap().to_owned()).collect()
}

fn no_token_in(body: &str) {
    assert!(!body.contains("access_token") && !body.contains("refresh_token\"") && !body.contains("vgr_"), "{body}");
}

#[tokio::test]
async fn tokens_go_into_cookies_and_nowhere_else() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let browser = Browser::at(&app);
    let login = browser.signs_in(&ada.email).await;
    no_token_in(&login.text);
    let cookies = set_cookies(&login);
    assert_eq!(cookies.len(), 3);
    // Loopback without TLS: browsers would refuse the prefix and `Secure`.
    for (line, name) in cookies.iter().zip(["voxgate_access", "voxgate_refresh", "voxgate_device"]) {
        assert!(line.starts_with(&format!("{name}=")), "{line}");
        for rule in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age="] {
            assert!(line.contains(rule), "{rule} in {line}");
        }
        assert!(!line.contains("Domain"), "{line}");
    }
    let me = browser.asks(Method::GET, "/api/users/me", None).await.expect(200);
    assert_eq!(me.at("/id"), ada.id);

    let renewed = browser.asks(Method::POST, "/api/auth/refresh", None).await.expect(200);
    no_token_in(&renewed.text);
    assert_eq!(set_cookies(&renewed).len(), 3);
    assert_ne!(set_cookies(&renewed)[1], cookies[1]);

    let proof = browser.asks(Method::POST, "/api/auth/reauthenticate", Some(json!({ "password": PASSWORD }))).await;
    no_token_in(&proof.clone().expect(200).text);
    assert_eq!(set_cookies(&proof).len(), 1);

    let out = browser.asks(Method::POST, "/api/auth/logout", None).await.expect(204);
    assert!(set_cookies(&out).iter().all(|line| line.contains("Max-Age=0")), "{:?}", set_cookies(&out));
    browser.asks(Method::GET, "/api/users/me", None).await.refused(401, "unauthenticated");
    browser.asks(Method::POST, "/api/auth/refresh", None).await.refused(401, "invalid_refresh_token");
}

#[tokio::test]
async fn a_foreign_page_does_nothing_with_them() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let browser = Browser::at(&app);
    browser.signs_in(&ada.email).await;
    let before = app.db.picture().await;
    let own = browser.base.clone();
    let foreign: [&[(&str, &str)]; 7] = [
        &[],
        &[("origin", &own)],
        &[("x-voxgate-client", "web")],
        &[("x-voxgate-client", "api"), ("origin", &own)],
        &[("x-voxgate-client", "web"), ("origin", "https://evil.example")],
        &[("x-voxgate-client", "web"), ("origin", "null")],
        &[("x-voxgate-client", "web"), ("sec-fetch-site", "cross-site")],
    ];
    for headers in foreign {
        for (method, path) in [
            (Method::POST, "/api/auth/logout"),
            (Method::POST, "/api/auth/refresh"),
            (Method::POST, "/api/auth/mfa/setup"),
            (Method::PUT, "/api/users/me"),
            (Method::POST, "/api/live/ticket"),
        ] {
            let reply = browser.asks_with(headers, method, path, Some(json!({}))).await;
            reply.refused(403, "origin_refused");
        }
    }
    for headers in &foreign[4..] {
        browser.asks_with(headers, Method::GET, "/api/users/me", None).await.refused(403, "origin_refused");
    }
    assert_eq!(app.db.picture().await, before);
    browser.asks(Method::GET, "/api/users/me", None).await.expect(200);
}

#[tokio::test]
async fn a_cookie_sent_twice_is_refused() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let plain = Browser { http: Client::new(), base: app.base(0) };
    for name in ["voxgate_access", "voxgate_refresh"] {
        let twice = format!("{name}=a; {name}={}", ada.access);
        let headers = [("x-voxgate-client", "web"), ("origin", plain.base.as_str()), ("cookie", twice.as_str())];
        plain.asks_with(&headers, Method::POST, "/api/auth/refresh", None).await.refused(400, "duplicate_cookie");
        plain.asks_with(&headers, Method::GET, "/api/users/me", None).await.refused(400, "duplicate_cookie");
    }
}

#[tokio::test]
async fn a_browser_keeps_its_token_out_of_bodies_and_a_program_out_of_cookies() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let browser = Browser::at(&app);
    browser.signs_in(&ada.email).await;
    let body = json!({ "refresh_token": ada.refresh });
    browser.asks(Method::POST, "/api/auth/refresh", Some(body)).await.refused(400, "invalid_input");
    ada.refreshes().await.expect(200);
    let register = json!({
        "company_name": "Globex", "full_name": "Gus", "email": "gus@globex.example", "password": PASSWORD,
    });
    let fresh = Browser::at(&app);
    let founded = fresh.asks(Method::POST, "/api/auth/register", Some(register)).await.expect(201);
    no_token_in(&founded.text);
    assert_eq!(fresh.asks(Method::GET, "/api/users/me", None).await.expect(200).at("/email"), "gus@globex.example");
}
