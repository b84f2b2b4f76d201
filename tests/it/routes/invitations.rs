//! Inviting people: who may invite whom, and that a mailed link works once, in time, for its address and role.

use serde_json::{Value, json};

use crate::support::{
    App,
    person::{PASSWORD, Person, token_in},
    reply::Reply,
};

async fn invite(by: &Person, email: &str, role: &str) -> Reply {
    by.posts("/api/invitations", json!({ "email": email, "role": role })).await
}

async fn accept(app: &App, token: &str) -> Reply {
    let body = json!({ "token": token, "full_name": "Uma User", "password": PASSWORD });
    app.stranger().posts("/api/invitations/accept", body).await
}

/// The token in the newest of at least `count` mails to an address.
async fn mailed(app: &App, email: &str, count: usize) -> String {
    token_in(&app.mailbox.wait_for(email, count).await.last().unwrap().text)
}

const UMA: &str = "uma@acme.example";

#[tokio::test]
async fn the_token_goes_by_mail_only_and_works_once() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let invited = invite(&ada, UMA, "user").await.expect(201);
    let token = mailed(&app, UMA, 1).await;
    let id = invited.text_at("/id");
    for shown in [
        invited,
        ada.gets(&format!("/api/invitations/{id}")).await.expect(200),
        ada.gets("/api/invitations").await.expect(200),
        ada.gets("/api/audit-logs").await.expect(200),
    ] {
        assert!(!shown.text.contains("vgi_"), "{}", shown.text);
    }
    assert_eq!(app.db.count(&format!("one_time_tokens t WHERE t::text LIKE '%{token}%'")).await, 0);

    let joined = accept(&app, &token).await.expect(201);
    assert_eq!((joined.at("/user/email"), joined.at("/user/role")), (json!(UMA), json!("user")));
    assert_eq!(joined.at("/user/email_verified"), true, "the mail reached her");
    accept(&app, &token).await.refused(410, "link_used");
    assert_eq!(ada.gets(&format!("/api/invitations/{id}")).await.expect(200).at("/status"), "accepted");
    let rows = ada.reads_audit("user.joined", 1).await;
    assert_eq!((rows.len(), &rows[0]["data"]["invitation_id"]), (1, &json!(id)));
}

#[tokio::test]
async fn sending_again_kills_the_link_before() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let id = invite(&ada, UMA, "user").await.expect(201).text_at("/id");
    let old = mailed(&app, UMA, 1).await;
    ada.posts(&format!("/api/invitations/{id}/resend"), json!({})).await.expect(200);
    let new = mailed(&app, UMA, 2).await;
    assert_ne!(old, new);
    accept(&app, &old).await.refused(410, "link_used");
    accept(&app, &new).await.expect(201);
    ada.posts(&format!("/api/invitations/{id}/resend"), json!({})).await.refused(410, "link_used");
    ada.deletes(&format!("/api/invitations/{id}")).await.refused(410, "link_used");
}

#[tokio::test]
async fn a_withdrawn_or_expired_one_opens_nothing() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let id = invite(&ada, UMA, "user").await.expect(201).text_at("/id");
    let token = mailed(&app, UMA, 1).await;
    ada.deletes(&format!("/api/invitations/{id}")).await.expect(204);
    accept(&app, &token).await.refused(410, "link_used");
    assert_eq!(ada.gets(&format!("/api/invitations/{id}")).await.expect(200).at("/status"), "withdrawn");
    ada.deletes(&format!("/api/invitations/{id}")).await.refused(410, "link_used");

    for expired in ["invitations", "one_time_tokens"] {
        let email = format!("{}@acme.example", expired.replace('_', "-"));
        let token = ada.invites(&app, &email, "user").await;
        app.db.execute(&format!("UPDATE {expired} SET expires_at = now()")).await;
        accept(&app, &token).await.refused(410, "link_used");
        assert_eq!(app.db.count(&format!("users WHERE email = '{email}'")).await, 0);
    }
    for strange in ["", "vgi_", "vgi_AAAA", "x"] {
        accept(&app, strange).await.refused(400, "invalid_link");
    }
}

#[tokio::test]
async fn a_manager_invites_users_only_and_a_user_nobody() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let (max, uma) = (app.colleague_of(&ada, "max", "manager").await, app.colleague_of(&ada, "uma", "user").await);
    let before = app.db.picture().await;
    for role in ["admin", "manager"] {
        invite(&max, "eve@acme.example", role).await.refused(403, "forbidden");
    }
    for role in ["admin", "manager", "user"] {
        invite(&uma, "eve@acme.example", role).await.refused(403, "forbidden");
    }
    let refused = invite(&ada, UMA, "user").await.refused(409, "conflict");
    assert_eq!(refused.at("/errors/0/code"), "taken");
    invite(&ada, "no address", "user").await.refused(400, "invalid_input");
    invite(&ada, "eve@acme.example", "root").await.refused(400, "invalid_body");
    assert_eq!(app.db.picture().await, before);
    invite(&max, "eve@acme.example", "user").await.expect(201);
    // What an Admin promised is not the Manager's to send again or to withdraw.
    let id = invite(&ada, "boss@acme.example", "admin").await.expect(201).text_at("/id");
    max.posts(&format!("/api/invitations/{id}/resend"), json!({})).await.refused(403, "forbidden");
    max.deletes(&format!("/api/invitations/{id}")).await.refused(403, "forbidden");
    let foreign = app.admin_of("Globex").await;
    foreign.posts(&format!("/api/invitations/{id}/resend"), json!({})).await.refused(404, "not_found");
    foreign.deletes(&format!("/api/invitations/{id}")).await.refused(404, "not_found");
    foreign.gets(&format!("/api/invitations/{id}")).await.refused(404, "not_found");
}

#[tokio::test]
async fn role_and_address_are_those_of_the_invitation() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let token = ada.invites(&app, UMA, "user").await;
    for field in ["role", "email", "company", "company_id"] {
        let body = json!({ "token": token, "full_name": "Uma", "password": PASSWORD, field: "admin" });
        app.stranger().posts("/api/invitations/accept", body).await.refused(400, "invalid_body");
    }
    for (name, password, pointer) in [("", PASSWORD, "/full_name"), ("Uma", "uma@acme.example", "/password")] {
        let body = json!({ "token": token, "full_name": name, "password": password });
        let refused = app.stranger().posts("/api/invitations/accept", body).await.refused(400, "invalid_input");
        assert_eq!(refused.at("/errors/0/pointer"), pointer);
    }
    let joined = accept(&app, &token).await.expect(201);
    assert_eq!((joined.at("/user/email"), joined.at("/user/role")), (json!(UMA), json!("user")));
}

#[tokio::test]
async fn an_inviter_who_may_no_longer_invite_opens_no_door() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let max = app.colleague_of(&ada, "max", "manager").await;
    let token = max.invites(&app, UMA, "user").await;
    let change = |set: &str| format!("UPDATE users SET {set} WHERE id = '{}'", max.id);
    app.db.execute(&change("status = 'deactivated'")).await;
    accept(&app, &token).await.refused(410, "link_used");
    app.db.execute(&change("status = 'active', role = 'user'")).await;
    accept(&app, &token).await.refused(410, "link_used");
    assert_eq!(app.db.count(&format!("users WHERE email = '{UMA}'")).await, 0);
    app.db.execute(&change("role = 'manager'")).await;
    accept(&app, &token).await.expect(201);
}

#[tokio::test]
async fn an_address_has_one_invitation_that_waits() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let id = invite(&ada, UMA, "user").await.expect(201).text_at("/id");
    invite(&ada, "UMA@Acme.example", "manager").await.refused(409, "conflict");
    ada.deletes(&format!("/api/invitations/{id}")).await.expect(204);
    let token = mailed(&app, UMA, 1).await;
    let newer = invite(&ada, "UMA@Acme.example", "manager").await.expect(201);
    assert_eq!(newer.at("/role"), "manager");
    accept(&app, &token).await.refused(410, "link_used");
    // Another company may invite the same address.
    invite(&app.admin_of("Globex").await, UMA, "user").await.expect(201);
}

#[tokio::test]
async fn the_list_goes_page_by_page_newest_first() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let emails: Vec<_> = (0..5).map(|number| format!("guest{number}@acme.example")).collect();
    for email in &emails {
        invite(&ada, email, "user").await.expect(201);
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = ada.gets(&format!("/api/invitations?limit=2{cursor}")).await.expect(200);
        let items = page.at("/items").as_array().unwrap().clone();
        seen.extend(items.iter().map(|item| item["email"].as_str().unwrap().to_owned()));
        match page.at("/next_cursor") {
            Value::String(next) => cursor = format!("&cursor={next}"),
            _ => break,
        }
    }
    seen.reverse();
    assert_eq!(seen, emails);
    ada.gets("/api/invitations?limit=0").await.refused(400, "invalid_query");
    ada.gets("/api/invitations?cursor=x").await.refused(400, "invalid_query");
}
