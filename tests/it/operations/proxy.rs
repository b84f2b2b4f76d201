//! The nginx configuration we give away, in front of a real server: TLS, the live channel, and whose address counts.

use std::{
    fs,
    process::{Command, Stdio},
};

use serde_json::Value;

use super::{Running, certificate, first_frame, repository, served, tool};
use crate::support::{
    App,
    app::{DEADLINE, free_address},
    eventually::eventually,
    person::PASSWORD,
};

/// What curl got from `source`, trusting `authority`.
fn curl(source: &str, authority: &std::path::Path, arguments: &[&str]) -> String {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--include", "--max-time", "10", "--interface", source, "--cacert"]);
    tool(curl.arg(authority).args(arguments))
}

#[tokio::test]
async fn behind_nginx_people_have_tls_their_own_address_and_the_live_channel() {
    let (app, folder) = (App::installed(&[]).await, tempfile::tempdir().unwrap());
    let (server, plain, front) = (free_address(), free_address(), free_address());
    let (chain, base) = (folder.path().join("chain.pem"), format!("https://{front}"));
    certificate(folder.path(), "front");
    let proxies = [("VOXGATE__SERVER__TRUSTED_PROXIES", "127.0.0.1")];
    let _server = served(&app, server, &base, &proxies).await;

    // As it is given away, but for names, ports and files.
    let given = fs::read_to_string(repository("docs/packaging/nginx.conf")).unwrap();
    let given: Vec<&str> = given.lines().filter(|line| !line.contains("[::]")).collect();
    let site = given
        .join("\n")
        .replace("127.0.0.1:8000", &server.to_string())
        .replace("listen 80;", &format!("listen {plain};"))
        .replace("listen 443 ", &format!("listen {front} "))
        .replace("/etc/letsencrypt/live/auth.example.com/fullchain.pem", chain.to_str().unwrap())
        .replace("/etc/letsencrypt/live/auth.example.com/privkey.pem", folder.path().join("key.pem").to_str().unwrap());
    let place = folder.path().display();
    let whole = format!(
        "daemon off; pid {place}/nginx.pid; error_log {place}/error.log;\nevents {{}}\nhttp {{ access_log off; \
         client_body_temp_path {place}/body; proxy_temp_path {place}/proxy; fastcgi_temp_path {place}/fastcgi; \
         uwsgi_temp_path {place}/uwsgi; scgi_temp_path {place}/scgi;\n{site}\n}}"
    );
    let config = folder.path().join("nginx.conf");
    fs::write(&config, whole).unwrap();
    let mut nginx = Command::new("nginx");
    nginx
        .arg("-c")
        .arg(&config)
        .arg("-p")
        .arg(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let _nginx = Running(nginx.spawn().expect("nginx is installed: ./test.sh does it"));
    eventually("nginx listens", DEADLINE, || async { tokio::net::TcpStream::connect(front).await.ok() }).await;

    let page = curl("127.0.0.1", &chain, &[&format!("{base}/healthz")]);
    assert!(page.starts_with("HTTP/2 200") && page.contains("strict-transport-security: max-age=63072000"), "{page}");
    assert!(curl("127.0.0.1", &chain, &[&format!("http://{plain}/login")]).starts_with("HTTP/1.1 308"));

    let body = format!(
        r#"{{"company_name":"Acme","full_name":"Ada Admin","email":"ada@acme.example","password":"{PASSWORD}"}}"#
    );
    let post = ["--request", "POST", "--header", "content-type: application/json", "--data", &body];
    let forged = ["--header", "X-Forwarded-For: 203.0.113.9"];
    let register = format!("{base}/api/auth/register");
    let registered = curl("127.0.0.2", &chain, &[post.as_slice(), &forged, &[&register]].concat());
    let registered: Value = serde_json::from_str(registered.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    let token = registered["access_token"].as_str().unwrap();
    let ip: String = app.db.value("SELECT ip FROM sessions").await;
    assert_eq!(ip, "127.0.0.2", "neither the proxy's address nor what the client wrote");

    assert_eq!(first_frame(&format!("wss://{front}/api/live"), token, &chain).await, "hello");
}
