//! Signing in: one answer for every kind of failure, the lock, and which company an address means.

use serde_json::json;

use crate::support::{App, person::PASSWORD, reply::Reply};

#[tokio::test]
async fn unknown_wrong_deactivated_and_locked_look_the_same() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let (gone, locked) = (app.colleague_of(&ada, "gone", "user").await, app.colleague_of(&ada, "locked", "user").await);
    app.db.execute(&format!("UPDATE users SET status = 'deactivated' WHERE id = '{}'", gone.id)).await;
    let try_in = |email: String, password: &'static str, company: Option<&'static str>| {
        let mut body = json!({ "email": email, "password": password });
        if let Some(company) = company {
            body["company"] = company.into();
        }
        let stranger = app.stranger();
        async move { stranger.posts("/api/auth/login", body).await }
    };
    for _ in 0..10 {
        try_in(locked.email.clone(), "wrong", None).await.expect(401);
    }
    let faces: Vec<(&str, Reply)> = vec![
        ("unknown", try_in("nobody@nowhere.example".into(), PASSWORD, None).await),
        ("wrong password", try_in(ada.email.clone(), "wrong", None).await),
        ("wrong company", try_in(ada.email.clone(), PASSWORD, Some("globex")).await),
        ("no such slug", try_in(ada.email.clone(), PASSWORD, Some("'; --")).await),
        ("deactivated", try_in(gone.email.clone(), PASSWORD, None).await),
        ("locked", try_in(locked.email.clone(), PASSWORD, None).await),
        ("empty password", try_in(ada.email.clone(), "", None).await),
    ];
    let plain = faces[0].1.clone().refused(401, "invalid_credentials").without_request_id();
    let headers = |reply: &Reply| {
        let mut names: Vec<_> = reply.headers.keys().map(ToString::to_string).collect();
        names.sort();
        names
    };
    for (who, face) in &faces {
        assert_eq!(face.clone().refused(401, "invalid_credentials").without_request_id(), plain, "{who}");
        assert_eq!(headers(face), headers(&faces[0].1), "{who}");
    }
    let rows = ada.reads_audit("login.locked", 1).await;
    assert_eq!(
        (rows.len(), &rows[0]["subject"]["id"], &rows[0]["severity"]),
        (1, &json!(locked.id), &json!("warning"))
    );
}

#[tokio::test]
async fn the_lock_ends_with_its_window_and_a_success_starts_anew() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    for _ in 0..9 {
        app.stranger().tries_login(&ada.email, "wrong").await.expect(401);
    }
    app.stranger().tries_login(&ada.email, PASSWORD).await.expect(200);
    for _ in 0..10 {
        app.stranger().tries_login(&ada.email, "wrong").await.expect(401);
    }
    app.stranger().tries_login(&ada.email, PASSWORD).await.refused(401, "invalid_credentials");
    app.db.execute("UPDATE attempts SET window_started_at = window_started_at - interval '16 minutes'").await;
    app.stranger().tries_login(&ada.email, PASSWORD).await.expect(200);
    // Whoever is in already is not shut out by strangers.
    assert!(ada.is_in().await);
}

#[tokio::test]
async fn a_company_of_the_guessers_own_gives_no_guesses_back() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    // Eve founds a company under Ada's address; nobody checks that before she confirms it.
    let own = json!({
        "company_name": "Evil", "company_slug": "evil", "full_name": "Eve", "email": ada.email, "password": "Rain-Over-Lisbon-9",
    });
    app.stranger().posts("/api/auth/register", own).await.expect(201);
    let login = |company: &'static str, password: &'static str| {
        let body = json!({ "email": ada.email, "password": password, "company": company });
        let stranger = app.stranger();
        async move { stranger.posts("/api/auth/login", body).await.status }
    };
    for _ in 0..5 {
        for _ in 0..2 {
            assert_eq!(login("acme", "wrong").await, 401);
        }
        assert_eq!(login("evil", "Rain-Over-Lisbon-9").await, 200);
    }
    assert_eq!(login("acme", PASSWORD).await, 401, "ten guesses were made, whatever Eve did in between");
    assert_eq!(login("evil", "Rain-Over-Lisbon-9").await, 200, "each account has its own counter");
}

#[tokio::test]
async fn with_a_second_factor_the_first_step_gives_no_token() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    ada.enrolls().await;
    let sessions = "sessions WHERE revoked_at IS NULL";
    let before = app.db.count(sessions).await;
    let first = ada.begins_login().await.expect(200);
    let body = first.json();
    assert_eq!((&body["status"], &body["methods"]), (&json!("mfa_required"), &json!(["totp", "backup_code"])));
    let mut fields: Vec<_> = body.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["expires_in_seconds", "methods", "mfa_token", "status"]);
    assert_eq!(app.db.count(sessions).await, before, "no session before the second factor");
}

#[tokio::test]
async fn one_address_in_two_companies_means_the_named_one_or_the_last() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let elsewhere = json!({
        "company_name": "Globex", "company_slug": "globex", "full_name": "Ada", "email": ada.email, "password": PASSWORD,
    });
    let globex = app.stranger().posts("/api/auth/register", elsewhere).await.expect(201);
    let login = |company: Option<&'static str>| {
        let mut body = json!({ "email": ada.email, "password": PASSWORD });
        if let Some(company) = company {
            body["company"] = company.into();
        }
        let stranger = app.stranger();
        async move { stranger.posts("/api/auth/login", body).await.expect(200).text_at("/user/id") }
    };
    let there = globex.text_at("/user/id");
    assert_eq!(login(None).await, there, "registered last");
    assert_eq!(login(Some("acme")).await, ada.id);
    assert_eq!(login(None).await, ada.id, "signed in to last");
    assert_eq!(login(Some("globex")).await, there);
    assert_eq!(login(None).await, there);
}
