//! One refresh token or ticket, many tabs.

use futures_util::future::join_all;
use serde_json::json;
use tokio::sync::Semaphore;

use super::{
    CLIENTS, COMING_AGAIN, all_is_recorded, installation, of_status, on_one_node_and_on_two, only, race, recorded,
};
use crate::support::socket::{Socket, request};

on_one_node_and_on_two! {
    case_44_one_refresh_token_has_one_child_whoever_asks,
    one_stolen_token_ends_its_family_once,
    one_ticket_opens_one_socket,
}

async fn case_44_one_refresh_token_has_one_child_whoever_asks(nodes: usize) {
    let app = installation(nodes).await;
    let ada = app.admin_of("Acme").await;
    let body = json!({ "refresh_token": ada.refresh });
    let replies = race(&app, CLIENTS, |stranger, _| {
        let body = body.clone();
        async move { stranger.posts("/api/auth/refresh", body).await }
    });
    let replies = replies.await;
    only(&replies, &[200]);
    let mut successors: Vec<_> = replies.iter().map(|reply| reply.text_at("/refresh_token")).collect();
    successors.sort();
    successors.dedup();
    assert_eq!(successors.len(), 1, "all tabs hold the same token");
    assert_eq!(app.db.count("refresh_tokens WHERE parent_id IS NOT NULL").await, 1);
    assert_eq!(app.db.count("refresh_tokens WHERE used_at IS NULL").await, 1, "one leaf");
    all_is_recorded(&app, &ada).await;
    assert_eq!(recorded(&app, "session.refreshed").await, 1);
    ada.with_tokens(&replies[0]).refreshes().await.expect(200);
}

async fn one_stolen_token_ends_its_family_once(nodes: usize) {
    let app = installation(nodes).await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let renewed = uma.with_tokens(&uma.refreshes().await.expect(200));
    app.db.execute("UPDATE refresh_tokens SET used_at = used_at - interval '11 seconds'").await;
    let replies = race(&app, CLIENTS, |stranger, number| {
        // The thief's and the owner's requests, mixed.
        let body = json!({ "refresh_token": if number % 10 == 9 { &renewed.refresh } else { &uma.refresh } });
        async move { stranger.posts("/api/auth/refresh", body).await }
    });
    let replies = replies.await;
    only(&replies, &[200, 401]);
    assert!((0..CLIENTS).all(|number| number % 10 == 9 || replies[number].status == 401), "the thief gets nothing");
    for owner in of_status(&replies, 200) {
        renewed.with_tokens(owner).refreshes().await.refused(401, "invalid_refresh_token");
    }
    assert_eq!(app.db.count(&format!("sessions WHERE user_id = '{}' AND revoked_at IS NULL", uma.id)).await, 0);
    all_is_recorded(&app, &ada).await;
    assert_eq!(recorded(&app, "refresh.reused").await, 1);
    assert_eq!(app.db.count("mail_outbox WHERE kind = 'refresh_reused'").await, 1);
}

async fn one_ticket_opens_one_socket(nodes: usize) {
    let app = installation(nodes).await;
    let ada = app.admin_of("Acme").await;
    let ticket = ada.posts("/api/live/ticket", json!({})).await.expect(200).text_at("/ticket");
    let queue = Semaphore::new(COMING_AGAIN);
    let knocking = (0..50).map(|number| {
        let (base, ticket, queue) = (app.base(number % nodes), &ticket, &queue);
        async move {
            let mut turn = None;
            loop {
                let mut request = request(&base, "/api/live");
                let protocols = format!("voxgate.v1, ticket.{ticket}");
                request.headers_mut().insert("sec-websocket-protocol", protocols.parse().unwrap());
                request.headers_mut().insert("origin", base.parse().unwrap());
                match Socket::connect(request).await {
                    Err(429 | 503) if turn.is_some() => {}
                    Err(429 | 503) => turn = Some(queue.acquire().await.unwrap()),
                    verdict => return verdict,
                }
            }
        }
    });
    let verdicts = join_all(knocking).await;
    let refused = verdicts.iter().filter(|verdict| matches!(verdict, Err(401))).count();
    assert_eq!((verdicts.iter().filter(|verdict| verdict.is_ok()).count(), refused), (1, 49));
    assert_eq!(app.db.count("one_time_tokens WHERE purpose = 'live_ticket' AND used_at IS NOT NULL").await, 1);
}
