//! One place, many who want it.

use serde_json::json;

use super::{all_is_recorded, installation, of_status, on_one_node_and_on_two, only, race, recorded};
use crate::support::person::PASSWORD;

on_one_node_and_on_two! {
    one_invitation_makes_one_account,
    one_short_name_makes_one_company,
    one_address_gets_one_invitation,
}

async fn one_invitation_makes_one_account(nodes: usize) {
    let app = installation(nodes).await;
    let ada = app.admin_of("Acme").await;
    let token = ada.invites(&app, "uma@acme.example", "user").await;
    let replies = race(&app, 50, |stranger, number| {
        let body = json!({ "token": token, "full_name": format!("Uma {number}"), "password": PASSWORD });
        async move { stranger.posts("/api/invitations/accept", body).await }
    });
    let replies = replies.await;
    only(&replies, &[201, 410]);
    let joined = of_status(&replies, 201);
    assert_eq!(joined.len(), 1);
    let uma = joined[0].text_at("/user/id");
    assert_eq!(app.db.count("users WHERE email = 'uma@acme.example'").await, 1);
    assert_eq!(app.db.count(&format!("sessions WHERE user_id = '{uma}'")).await, 1);
    all_is_recorded(&app, &ada).await;
    assert_eq!(recorded(&app, "user.joined").await, 1);
}

async fn one_short_name_makes_one_company(nodes: usize) {
    let app = installation(nodes).await;
    let replies = race(&app, 50, |stranger, number| {
        let body = json!({
            "company_name": "Acme", "company_slug": "acme", "full_name": "Ada", "password": PASSWORD,
            "email": format!("ada{number}@acme.example"),
        });
        async move { stranger.posts("/api/auth/register", body).await }
    });
    let replies = replies.await;
    only(&replies, &[201, 409]);
    assert_eq!(of_status(&replies, 201).len(), 1);
    // Two mails: the welcome, and the link that confirms the address.
    for (table, rows) in [("companies", 1), ("users", 1), ("sessions", 1), ("mail_outbox", 2)] {
        assert_eq!(app.db.count(table).await, rows, "{table}: whoever was late left nothing behind");
    }
}

async fn one_address_gets_one_invitation(nodes: usize) {
    let app = installation(nodes).await;
    let ada = app.admin_of("Acme").await;
    let body = json!({ "email": "uma@acme.example", "role": "user" });
    let replies = race(&app, 50, |stranger, _| {
        let (ada, body) = (ada.in_front_of(&stranger), body.clone());
        async move { ada.posts("/api/invitations", body).await }
    });
    let replies = replies.await;
    only(&replies, &[201, 409]);
    assert_eq!(of_status(&replies, 201).len(), 1);
    assert_eq!(app.db.count("mail_outbox WHERE kind = 'invitation'").await, 1);
    all_is_recorded(&app, &ada).await;
    assert_eq!(recorded(&app, "user.invited").await, 1);
}
