//! Clients that vanish in the middle of a request.

use std::{net::SocketAddr, time::Duration};

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Row;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{
    App,
    eventually::eventually,
    person::{PASSWORD, Person},
};

/// Sends a request and resets the connection: at once, or after some milliseconds without an answer.
async fn aborts(person: &Person, method: &str, path: &str, body: &Value, patience: Duration) {
    let address: SocketAddr = person.base.strip_prefix("http://").unwrap().parse().unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let body = body.to_string();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        person.access,
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = [0; 1];
    let _ = tokio::time::timeout(patience, stream.read(&mut answer)).await; // answered or not, it ends now
    rustix::net::sockopt::set_socket_linger(&stream, Some(Duration::ZERO)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_aborted_requests_poison_no_connection() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mut people = Vec::new();
    for number in 0..10 {
        people.push(app.colleague_of(&ada, &format!("p{number}"), "user").await);
    }
    join_all(people.iter().map(|person| async move {
        for number in 0..30_u64 {
            let patience = Duration::from_micros(number * 400);
            let (method, path, body) = match number % 3 {
                0 => ("PUT", "/api/users/me", json!({ "full_name": format!("Aborted {number}") })),
                1 => ("POST", "/api/live/ticket", json!({})),
                _ => ("POST", "/api/auth/login", json!({ "email": person.email, "password": PASSWORD })),
            };
            aborts(person, method, path, &body, patience).await;
        }
    }))
    .await;

    let root = tokio::sync::Mutex::new(app.db.connect("postgres").await);
    eventually("no transaction stays open", Duration::from_secs(10), || async {
        let sql = "SELECT count(*) FROM pg_stat_activity
                   WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
        let mut root = root.lock().await;
        (sqlx::query(sql).fetch_one(&mut *root).await.unwrap().get::<i64, _>(0) == 0).then_some(())
    })
    .await;
    // Every connection of the pool is met many times over: what it says is committed is there for the next.
    for round in 0..10 {
        join_all(people.iter().map(|person| async move {
            let name = format!("Whole {round}");
            person.asks(Method::PUT, "/api/users/me", Some(json!({ "full_name": name }))).await.expect(200);
            assert_eq!(person.gets("/api/users/me").await.expect(200).at("/full_name"), name);
        }))
        .await;
    }
    assert!(app.log(0).iter().all(|line| !line.contains("\"ERROR\"")), "{:?}", app.log(0));
}
