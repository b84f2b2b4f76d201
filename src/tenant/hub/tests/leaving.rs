//! What the stream hears of sockets whose session was ended.

use super::*;

#[actix_web::test]
async fn the_stream_hears_when_each_socket_of_an_ended_session_has_closed() {
    let mut hub = hub();
    let (admin, _) = join(&mut hub, Role::Admin, 0);
    let (first, one) = join(&mut hub, Role::User, 0);
    let (_, two) = join(&mut hub, Role::User, 0);
    let (_, kept) = join(&mut hub, Role::Manager, 0);
    let user = sample::principal(Role::User);
    assert_eq!(hub.revoked(&sample::revocation(Scope::Session(user.session)), NOON), 2);
    hub.closed(one.socket, true, NOON);
    hub.closed(one.socket, true, NOON);
    hub.closed(two.socket, false, NOON);
    hub.closed(kept.socket, true, NOON);
    settle().await;
    let told: Vec<_> = admin
        .heard()
        .iter()
        .filter_map(|push| if let Push::Own(frame) = push { Some(frame.clone()) } else { None })
        .collect();
    let departures = [(true, 1), (false, 0)].map(|(answered, left)| sample::departure(Role::User, answered, left));
    assert_eq!(hub.departed(), departures, "other nodes are to hear it");
    assert!(hub.departed().is_empty(), "once");
    assert_eq!(
        told,
        departures.map(|departure| Frame::left(NOON, &departure)),
        "one who goes by themselves is no news"
    );
    assert!(first.heard().iter().all(|push| !matches!(push, Push::Own(_))));
}
