//! A rolling restart: one node goes, the other stays, and nobody's sign-in, challenge or lockout is lost.

use serde_json::json;

use super::{pair, readiness, two_nodes};
use crate::support::{
    App,
    app::DEADLINE,
    eventually::eventually,
    person::{PASSWORD, Stranger},
    socket::{Socket, request},
};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_begun_on_a_node_that_stops_is_finished_on_the_other() {
    let mut app = two_nodes(App::installed(&[("bus.kind", "pair"), ("server.drain_seconds", "60")]).await).await;
    let mut ada = app.admin_of("Acme").await;
    ada.enrolls().await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let challenge = ada.opens_challenge().await;
    let mut sockets = [ada.listens(None).await, uma.listens(None).await, uma.listens(None).await];
    for _ in 0..5 {
        app.stranger().tries_login(&uma.email, "not-the-password").await.refused(401, "invalid_credentials");
    }
    let counted = app.db.value::<i32>("SELECT max(tries) FROM attempts").await;
    assert!(counted >= 5, "{counted}");

    app.asks_to_stop(0);
    let refused = eventually("it is not ready", DEADLINE, async || {
        let reply = readiness(&app, 0).await;
        (reply.status == 503).then_some(reply)
    });
    assert!(refused.await.text_at("/errors/0/message").contains("about to stop"));
    for socket in &mut sockets {
        let (_, close) = socket.until_told_to_close().await;
        assert_eq!(close.0, 1012);
        let wait: u32 = close.1.split(' ').rev().nth(1).unwrap().parse().unwrap();
        assert!(wait < 3_000 && close.1.ends_with(" ms"), "{close:?}");
    }
    // Who asks it is answered still; a new socket has to go elsewhere.
    ada.gets("/api/users/me").await.expect(200);
    let mut late = request(&app.base(0), "/api/live");
    late.headers_mut().insert("authorization", format!("Bearer {}", ada.access).parse().unwrap());
    late.headers_mut().insert("sec-websocket-protocol", "voxgate.v1".parse().unwrap());
    assert_eq!(Socket::connect(late).await.err(), Some(503));
    ada.before(&app, 1).listens(None).await;

    // The first step was on the node that stops, the second is on the one that stays.
    let code = ada.authenticator.as_mut().unwrap().next_code();
    let there = ada.before(&app, 1);
    ada = there.with_tokens(&there.answers(&challenge, &code).await.expect(200));
    let uma = uma.before(&app, 1);
    uma.with_tokens(&uma.refreshes().await.expect(200)).gets("/api/users/me").await.expect(200);

    // Asked a second time it goes at once, and with success.
    app.asks_to_stop(0);
    assert!(app.ended(0).await.success());
    ada.gets("/api/users/me").await.expect(200);
    let counted_there = async || {
        Stranger::at(app.base(1)).tries_login(&uma.email, "not-the-password").await.refused(401, "invalid_credentials");
        app.db.value::<i32>("SELECT max(tries) FROM attempts").await
    };
    assert!(counted_there().await > counted, "the count goes on where it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn both_nodes_are_restarted_under_people_who_work_and_nobody_is_turned_away() {
    let mut app = pair().await;
    let ada = app.admin_of("Acme").await;
    let (mut first, mut second) = (0, 1);
    for round in 0..2 {
        // A load balancer has sent everybody to the other node.
        let work = |node: usize| {
            let (ada, base) = (ada.before(&app, node), app.base(node));
            async move {
                for n in 0..10 {
                    ada.gets("/api/users/me").await.expect(200);
                    let body = json!({ "email": ada.email, "password": PASSWORD });
                    Stranger::at(base.clone()).posts("/api/auth/login", body).await.expect(200);
                    ada.puts("/api/users/me", json!({ "full_name": format!("Ada {n}") })).await.expect(200);
                }
            }
        };
        let busy = tokio::spawn(work(second));
        assert!(app.stop(first).await.success(), "round {round}");
        let fresh = app.add_node().await;
        busy.await.unwrap();
        (first, second) = (second, fresh);
    }
    let last = app.settled(&ada.before(&app, second)).await;
    assert_eq!(app.db.count("audit_logs WHERE kind = 'login.succeeded'").await, 20);
    assert!(last > 0);
}
