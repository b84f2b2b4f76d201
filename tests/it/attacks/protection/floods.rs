//! Floods of expensive requests.

use futures_util::future::join_all;

use super::unlimited;

#[tokio::test]
async fn case_36_a_flood_of_bad_logins_is_refused_in_time_and_renewing_goes_on() {
    let app = unlimited(&[
        ("password.threads", "1"),
        ("password.queue", "8"),
        ("password.memory_kib", "19456"),
        ("password.iterations", "2"),
    ])
    .await;
    let mut ada = app.admin_of("Acme").await;
    let stranger = app.stranger();
    let flood = async {
        let guesses = (0..200).map(|n| {
            let stranger = stranger.clone();
            async move { stranger.tries_login(&format!("nobody{n}@acme.example"), "Wrong-Guess-77-Rivers").await }
        });
        join_all(guesses).await
    };
    let renewing = async {
        for _ in 0..20 {
            ada = ada.with_tokens(&ada.refreshes().await.expect(200));
        }
    };
    let (replies, ()) = tokio::join!(flood, renewing);
    for reply in &replies {
        match reply.status {
            401 => {}
            429 => assert!(reply.headers.contains_key("retry-after")),
            // The hashing queue or the wait for a connection is full.
            _ => {
                assert_eq!(reply.status, 503, "{reply:?}");
                assert!(reply.headers.contains_key("retry-after"));
            }
        }
    }
    let shed = replies.iter().filter(|reply| reply.status != 401).count();
    assert!(shed > 0 && shed < 200, "{shed}");
    ada.begins_login().await.expect(200);
}
