//! TLS in the server: HSTS, the live channel, and a certificate that is renewed while people are connected.

use std::{fs, time::Duration};

use tokio::process::Command;

use super::{certificate, first_frame, served};
use crate::support::{App, app::free_address, eventually::eventually, person::PASSWORD};

/// What curl got and said about the connection, trusting `authority`.
async fn curl(authority: &std::path::Path, arguments: &[&str]) -> Option<String> {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--verbose", "--max-time", "10", "--cacert"]).arg(authority);
    let done = curl.args(arguments).output().await.unwrap();
    done.status.success().then(|| String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned())
}

#[tokio::test]
async fn the_server_speaks_tls_itself_and_takes_a_renewed_certificate_up_without_a_restart() {
    let (app, folder, address) = (App::installed(&[]).await, tempfile::tempdir().unwrap(), free_address());
    let (chain, base) = (folder.path().join("chain.pem"), format!("https://{address}"));
    certificate(folder.path(), "first");
    let (served_chain, key) = (chain.display().to_string(), folder.path().join("key.pem").display().to_string());
    let tls = [("VOXGATE__TLS__CERTIFICATE", served_chain.as_str()), ("VOXGATE__TLS__KEY", key.as_str())];
    let server = served(&app, address, &base, &tls).await;

    let page = curl(&chain, &[&format!("{base}/healthz")]).await.expect("it answers");
    assert!(page.to_lowercase().contains("strict-transport-security: max-age=63072000"), "{page}");
    assert!(page.contains("CN=first"), "{page}");
    assert!(curl(&chain, &["--tls-max", "1.1", &format!("{base}/healthz")]).await.is_none(), "TLS 1.1 is refused");

    let body = format!(
        r#"{{"company_name":"Acme","full_name":"Ada Admin","email":"ada@acme.example","password":"{PASSWORD}"}}"#
    );
    let register = ["--request", "POST", "--header", "content-type: application/json", "--data", &body];
    let path = format!("{base}/api/auth/register");
    let registered = curl(&chain, &[register.as_slice(), &[&path]].concat()).await.expect("it registers");
    let token = registered.split("\"access_token\":\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(first_frame(&format!("wss://{address}/api/live"), token, &chain).await, "hello");

    // Half a renewal: the certificate in use stays.
    let good = fs::read(&chain).unwrap();
    let old = folder.path().join("old.pem");
    fs::write(&old, &good).unwrap();
    fs::write(&chain, &good[..good.len() / 2]).unwrap();
    let id = rustix::process::Pid::from_raw(server.id().unwrap().cast_signed()).unwrap();
    rustix::process::kill_process(id, rustix::process::Signal::HUP).unwrap();
    assert!(curl(&old, &[&format!("{base}/healthz")]).await.is_some(), "the old one is served");

    certificate(folder.path(), "second");
    eventually("the new certificate is served", Duration::from_secs(10), || async {
        curl(&chain, &[&format!("{base}/healthz")]).await.filter(|page| page.contains("CN=second"))
    })
    .await;
}
