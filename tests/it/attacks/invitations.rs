//! Invitations: the mailed token and nothing else lets in, once, in time, as what was promised.

use reqwest::Method;
use serde_json::{Value, json};

use super::{COMPANY, HOLDER, count, in_database, moved};
use crate::support::{
    App,
    person::{PASSWORD, token_in},
    reply::Reply,
};

async fn accepts(app: &App, token: &str) -> Reply {
    let body = json!({ "token": token, "full_name": "Uma User", "password": PASSWORD });
    app.stranger().posts("/api/invitations/accept", body).await
}

#[tokio::test]
async fn case_67_a_token_of_another_company_is_as_good_as_garbage() {
    let app = App::start().await;
    let (ada, bea) = (app.admin_of("Acme").await, app.admin_of("Beta").await);
    let hers = ada.invites(&app, "uma@acme.example", "user").await;
    let theirs = bea.invites(&app, "uma@beta.example", "admin").await;
    let garbage = accepts(&app, "vgi_garbage").await.refused(400, "invalid_link").without_request_id();
    for places in [COMPANY, HOLDER, 0..32, 32..64] {
        let twisted = accepts(&app, &moved(&theirs, &hers, places)).await.refused(400, "invalid_link");
        assert_eq!(twisted.without_request_id(), garbage);
    }
    let users = count(&app, "SELECT count(*) FROM users").await;
    assert_eq!(users, 2, "nobody joined");
    assert_eq!(accepts(&app, &theirs).await.expect(201).text_at("/user/email"), "uma@beta.example");
}

#[tokio::test]
async fn case_86_the_id_of_an_invitation_is_useless_and_its_token_is_in_no_answer() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mut desk = ada.listens(None).await;
    let made = ada.posts("/api/invitations", json!({ "email": "uma@acme.example", "role": "user" })).await.expect(201);
    let id = made.text_at("/id");
    let first = token_in(&app.mailbox.wait_for("uma@acme.example", 1).await[0].text);
    let event = desk.expect("user.invited").await.to_string();
    let resent = ada.posts(&format!("/api/invitations/{id}/resend"), json!({})).await.expect(200);
    let second = app.mailbox.wait_for("uma@acme.example", 2).await;
    let second = second.iter().map(|mail| token_in(&mail.text)).find(|token| *token != first).expect("a new token");
    let mut texts = vec![made.text, event, resent.text, desk.expect("user.invited").await.to_string()];
    for path in
        [format!("/api/invitations/{id}"), "/api/invitations".into(), "/api/audit-logs".into(), "/api/users".into()]
    {
        texts.push(ada.gets(&path).await.expect(200).text);
    }
    for text in texts {
        assert!(!text.contains("vgi_") && !text.contains(&first[4..]) && !text.contains(&second[4..]), "{text}");
    }
    for guess in [id.clone(), format!("vgi_{id}"), String::new(), "vgi_".into(), second.replace("vgi", "VGI")] {
        accepts(&app, &guess).await.refused(400, "invalid_link");
    }
    accepts(&app, &first).await.refused(410, "link_used"); // a resent invitation has one link
    // The address is the invitation's: nobody can name another.
    let body = json!({ "token": second, "full_name": "Uma", "password": PASSWORD, "email": "thief@evil.example" });
    app.stranger().posts("/api/invitations/accept", body).await.refused(400, "invalid_body");
    assert_eq!(accepts(&app, &second).await.expect(201).text_at("/user/email"), "uma@acme.example");
}

#[tokio::test]
async fn case_87_an_invitation_is_accepted_once_in_time_as_what_it_promised_and_while_its_inviter_may() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let once = ada.invites(&app, "uma@acme.example", "user").await;
    for (field, value) in [("role", json!("admin")), ("company_id", json!(ada.id)), ("is_active", json!(true))] {
        let mut body = json!({ "token": once, "full_name": "Uma User", "password": PASSWORD });
        body[field] = value;
        app.stranger().posts("/api/invitations/accept", body).await.refused(400, "invalid_body");
    }
    assert_eq!(accepts(&app, &once).await.expect(201).text_at("/user/role"), "user");
    accepts(&app, &once).await.refused(410, "link_used");

    let late = ada.invites(&app, "late@acme.example", "user").await;
    in_database(&app, "UPDATE invitations SET expires_at = now(); UPDATE one_time_tokens SET expires_at = now()").await;
    let refused = accepts(&app, &late).await;
    assert!(matches!(refused.status, 400 | 410), "{refused:?}");

    let gone = ada.invites(&app, "gone@acme.example", "user").await;
    let list = ada.gets("/api/invitations").await.expect(200).json();
    let id =
        list["items"].as_array().unwrap().iter().find(|row| row["email"] == "gone@acme.example").unwrap()["id"].clone();
    ada.asks(Method::DELETE, &format!("/api/invitations/{}", id.as_str().unwrap()), None).await.expect(204);
    accepts(&app, &gone).await.refused(410, "link_used");

    for (change, undo) in [
        (
            "UPDATE users SET role = 'user' WHERE role = 'admin'",
            "UPDATE users SET role = 'admin' WHERE email LIKE 'admin@%'",
        ),
        ("UPDATE users SET status = 'deactivated' WHERE role = 'admin'", "UPDATE users SET status = 'active'"),
    ] {
        let email = if change.contains("status") { "eve@acme.example" } else { "bob@acme.example" };
        let token = ada.invites(&app, email, "manager").await;
        in_database(&app, change).await;
        accepts(&app, &token).await.refused(410, "link_used");
        in_database(&app, undo).await;
    }
    let emails: Value = ada.gets("/api/users").await.expect(200).at("/items");
    assert_eq!(emails.as_array().unwrap().len(), 2, "Ada and Uma: {emails}");
}
