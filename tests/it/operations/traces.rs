//! Traces by OTLP: a collector hears of a request, in the trace its caller named.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::support::{App, app::DEADLINE, eventually::eventually};

/// A collector that keeps every body it is sent.
async fn collector() -> (std::net::SocketAddr, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, kept) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<u8>>>::default());
    let sink = Arc::clone(&kept);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let sink = Arc::clone(&sink);
            tokio::spawn(async move {
                let mut part = [0; 65_536];
                while let Ok(read @ 1..) = stream.read(&mut part).await {
                    sink.lock().unwrap().extend_from_slice(&part[..read]);
                    // Every write of the exporter is one whole request here.
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
                }
            });
        }
    });
    (address, kept)
}

fn holds(all: &[u8], part: &[u8]) -> bool {
    all.windows(part.len()).any(|window| window == part)
}

#[tokio::test]
async fn a_request_and_its_work_in_the_database_are_in_the_trace_of_the_caller() {
    let (address, kept) = collector().await;
    let url = format!("http://{address}/v1/traces");
    let mut app = App::start_with(&[("traces.otlp_url", &url), ("traces.sample_percent", "100")]).await;
    let ada = app.admin_of("Acme").await;
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let traced = app.stranger().wearing(&[
        ("traceparent", &format!("00-{trace}-00f067aa0ba902b7-00")),
        ("authorization", &format!("Bearer {}", ada.access)),
    ]);
    traced.gets("/api/users/me").await.expect(200);
    app.logged(0, trace).await;
    app.stop(0).await; // what is left is sent before it ends

    let trace: Vec<u8> = (0..16).map(|at| u8::from_str_radix(&trace[2 * at..2 * at + 2], 16).unwrap()).collect();
    let parts = [trace.as_slice(), b"users.me", b"unit of work", b"voxgate"];
    eventually("the collector heard of it", DEADLINE, || async {
        let all = kept.lock().unwrap();
        parts.iter().all(|part| holds(&all, part)).then_some(())
    })
    .await;
    let all = kept.lock().unwrap();
    for secret in [ada.email.as_str(), ada.access.as_str()] {
        assert!(!holds(&all, secret.as_bytes()), "{secret} is in a trace");
    }
}
