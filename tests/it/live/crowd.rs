//! Nobody fills a node with sockets.

use std::time::Duration;

use crate::support::{
    App,
    eventually::eventually,
    person::Person,
    socket::{Socket, request},
};

async fn tries(person: &Person) -> Result<Socket, u16> {
    let mut request = request(&person.base, "/api/live");
    request.headers_mut().insert("authorization", format!("Bearer {}", person.access).parse().unwrap());
    request.headers_mut().insert("sec-websocket-protocol", "voxgate.v1".parse().unwrap());
    Socket::connect(request).await
}

#[tokio::test]
async fn a_session_has_twenty_sockets_and_the_next_is_refused_before_the_upgrade() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let mut sockets = Vec::new();
    for _ in 0..20 {
        sockets.push(tries(&ada).await.expect("there is room"));
    }
    for _ in 0..5 {
        assert_eq!(tries(&ada).await.err(), Some(429));
    }
    let phone = ada.signs_in().await;
    tries(&phone).await.expect("another session has its own");
    // Torn without a word: the server notices by itself.
    sockets.truncate(15);
    let fresh = eventually("room again", Duration::from_secs(10), || async { tries(&ada).await.ok() });
    fresh.await;
}

#[tokio::test]
async fn sockets_that_vanish_while_they_are_taken_in_leave_nothing_behind() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    for _ in 0..60 {
        // Gone at once, whether it was attached by then or not.
        let hurried = tokio::time::timeout(Duration::from_millis(3), tries(&ada)).await;
        drop(hurried);
    }
    eventually("all twenty places are free", Duration::from_secs(10), || async {
        let mut sockets = Vec::new();
        while let Ok(socket) = tries(&ada).await {
            sockets.push(socket);
        }
        (sockets.len() == 20).then_some(())
    })
    .await;
}
