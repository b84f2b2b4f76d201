//! Founding a company: the answer, every field's rule, taken short names, and that a refusal writes nothing.

use serde_json::{Value, json};

use crate::support::{App, person::PASSWORD};

fn form() -> Value {
    json!({
        "company_name": "Acme Tools", "company_slug": "acme", "full_name": "Ada Admin",
        "email": "Ada@Acme.example", "password": PASSWORD,
    })
}

fn with(field: &str, value: impl Into<Value>) -> Value {
    let mut form = form();
    form[field] = value.into();
    form
}

#[tokio::test]
async fn ada_founds_a_company_and_is_its_admin() {
    let app = App::start().await;
    let reply = app.stranger().posts("/api/auth/register", form()).await.expect(201);
    assert_eq!((reply.at("/company/slug"), reply.at("/company/name")), (json!("acme"), json!("Acme Tools")));
    assert_eq!((reply.at("/user/role"), reply.at("/user/email")), (json!("admin"), json!("Ada@Acme.example")));
    let lives = reply.at("/expires_in_seconds").as_u64().unwrap();
    assert!(reply.at("/token_type") == "Bearer" && (1795..=1800).contains(&lives), "{}", reply.text);
    assert!(!reply.text.contains(PASSWORD) && !reply.text.contains("argon2"), "{}", reply.text);
    let mails = app.mailbox.wait_for("Ada@Acme.example", 1).await;
    assert!(mails[0].text.contains("Acme Tools"), "{mails:?}");
    // Case twins of the address are one account.
    let login = app.stranger().tries_login("ada@ACME.example", PASSWORD).await.expect(200);
    assert_eq!(login.at("/user/id"), reply.at("/user/id"));
}

#[tokio::test]
async fn every_field_has_its_rule_and_a_refusal_writes_nothing() {
    let app = App::start().await;
    app.admin_of("Globex").await;
    let before = app.db.picture().await;
    let long = "x".repeat(101);
    let cases: [(&str, Value, &str); 19] = [
        ("company_name", "".into(), "required"),
        ("company_name", long.as_str().into(), "too_long"),
        ("company_name", "Ac\u{202e}me".into(), "forbidden_character"),
        ("company_slug", "".into(), "invalid_slug"),
        ("company_slug", "a".into(), "invalid_slug"),
        ("company_slug", "two words".into(), "invalid_slug"),
        ("company_slug", "a--b".into(), "invalid_slug"),
        ("company_slug", "x".repeat(41).into(), "invalid_slug"),
        ("full_name", " ".into(), "required"),
        ("full_name", long.as_str().into(), "too_long"),
        ("full_name", "Ada\r\nBcc: eve@evil.example".into(), "forbidden_character"),
        ("email", "ada".into(), "invalid_email"),
        ("email", "ada@acme".into(), "invalid_email"),
        ("email", "ada\u{ff20}acme.example".into(), "invalid_email"),
        ("email", "ada@acme.example, eve@evil.example".into(), "invalid_email"),
        ("password", "Short-72!".into(), "too_short"),
        ("password", "Qwertyuiop12!".into(), "too_common"),
        ("password", "Acmetools2026!".into(), "too_personal"),
        ("password", "aaaaaaaaaaaaaaaa".into(), "too_weak"),
    ];
    for (field, value, code) in cases {
        let refused = app.stranger().posts("/api/auth/register", with(field, value.clone())).await;
        let refused = refused.refused(400, "invalid_input");
        assert_eq!(refused.at("/errors/0/pointer"), format!("/{field}"), "{field} {value}");
        assert_eq!(refused.at("/errors/0/code"), code, "{field} {value}");
        assert!(refused.json()["errors"][1].is_null(), "only one field is at fault: {}", refused.text);
    }
    assert_eq!(app.db.picture().await, before);
}

#[tokio::test]
async fn all_fields_at_fault_are_named_at_once() {
    let app = App::start().await;
    let form = json!({ "company_name": "", "company_slug": "-", "full_name": "", "email": "no", "password": "short" });
    let refused = app.stranger().posts("/api/auth/register", form).await.refused(400, "invalid_input");
    let errors = refused.at("/errors");
    let mut named: Vec<_> = errors.as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    named.sort_unstable();
    assert_eq!(named, ["/company_name", "/company_slug", "/email", "/full_name", "/password"]);
}

#[tokio::test]
async fn a_chosen_short_name_that_is_taken_is_refused_and_a_made_one_is_varied() {
    let app = App::start().await;
    app.stranger().posts("/api/auth/register", form()).await.expect(201);
    let before = app.db.picture().await;
    for taken in ["acme", "ACME"] {
        let refused = app.stranger().posts("/api/auth/register", with("company_slug", taken)).await;
        assert_eq!(refused.refused(409, "conflict").at("/errors/0/pointer"), "/company_slug");
    }
    assert_eq!(app.db.picture().await, before);

    let named_alike = json!({
        "company_name": "Acme", "full_name": "Bob Boss", "email": "bob@other.example", "password": PASSWORD,
    });
    let reply = app.stranger().posts("/api/auth/register", named_alike).await.expect(201);
    assert!(reply.text_at("/company/slug").starts_with("acme-"), "{}", reply.text);
}

#[tokio::test]
async fn long_and_foreign_passwords_are_taken_whole() {
    let app = App::start().await;
    // 60 letters of another script, then a tail: whoever cut at 72 bytes would take any tail.
    let password = format!("{} и ещё хвост", "длинная фраза из многих слов ".repeat(3));
    let mut form = with("password", password.as_str());
    form["email"] = "zoe@acme.example".into();
    app.stranger().posts("/api/auth/register", form).await.expect(201);
    app.stranger().tries_login("zoe@acme.example", &password).await.expect(200);
    let cut: String = password.chars().take(60).collect();
    app.stranger().tries_login("zoe@acme.example", &cut).await.refused(401, "invalid_credentials");
    let spaced = format!("{password} ");
    app.stranger().tries_login("zoe@acme.example", &spaced).await.refused(401, "invalid_credentials");
}
