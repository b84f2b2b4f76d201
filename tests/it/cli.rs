//! The command line of an operator: it helps, it does what it says by the same rules as the API, and its doctor names
//! what is wrong.

use std::{net::TcpListener, os::unix::fs::PermissionsExt, process::Stdio};

use serde_json::json;
use tokio::io::AsyncWriteExt;

use crate::support::{App, person::PASSWORD};

#[tokio::test]
async fn every_command_explains_itself_with_an_example() {
    let app = App::installed(&[]).await;
    for line in [
        "dev",
        "serve",
        "migrate",
        "seed-demo",
        "openapi",
        "doctor",
        "config check",
        "audit verify",
        "audit checkpoint",
        "audit prune",
        "keys generate",
        "keys rotate",
        "keys reseal",
        "keys retire",
        "company create",
        "user force-logout",
        "user erase",
        "user reset-mfa",
        "service-credential create",
        "service-credential list",
        "service-credential rotate",
        "service-credential revoke",
    ] {
        let words: Vec<_> = line.split(' ').chain(["--help"]).collect();
        let (content, said) = app.runs(&words).await;
        assert!(content && said.contains("Example") && said.contains("voxgate "), "{line}: {said}");
        assert!(said.contains(line), "{line}: {said}");
    }
}

/// Runs `company create` with a password on standard input.
async fn creates(app: &App, slug: &str, password: &str) -> (bool, String) {
    let mut command = app.command("company");
    command.args(["create", "--name", "Tech Corp", "--slug", slug, "--admin-email", "ada@techcorp.example"]);
    command.args(["--admin-name", "Ada Admin"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = command.spawn().unwrap();
    let mut input = running.stdin.take().unwrap();
    input.write_all(format!("{password}\n").as_bytes()).await.unwrap();
    drop(input);
    let done = running.wait_with_output().await.unwrap();
    (done.status.success(), String::from_utf8([done.stdout, done.stderr].concat()).unwrap())
}

#[tokio::test]
async fn an_operator_founds_a_company_whose_admin_signs_in_and_mistakes_are_named() {
    let app = App::start().await;
    let (content, said) = creates(&app, "techcorp", PASSWORD).await;
    assert!(content && said.contains("ada@techcorp.example") && !said.contains(PASSWORD), "{said}");

    let login = app.stranger().tries_login("ada@techcorp.example", PASSWORD).await.expect(200);
    let http = reqwest::Client::new();
    let sessions = http.get(format!("{}/api/sessions", app.base(0))).bearer_auth(login.text_at("/access_token"));
    let sessions: serde_json::Value = sessions.send().await.unwrap().json().await.unwrap();
    let items = sessions["items"].as_array().unwrap();
    assert_eq!(items.iter().filter(|session| session["ended_at"].is_null()).count(), 1, "only her own: {sessions}");

    let (content, said) = creates(&app, "techcorp", PASSWORD).await;
    assert!(!content && said.contains("company_slug") && said.contains("was not created"), "{said}");
    let (content, said) = creates(&app, "other", "short").await;
    assert!(!content && said.contains("password") && !said.contains("short\n"), "{said}");
}

#[tokio::test]
async fn an_operator_throws_uma_out_of_a_serving_node() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let mut socket = uma.listens(None).await;
    let line = ["user", "force-logout", "--company", "acme", "--email", &uma.email, "--reason", "asked by phone"];
    let (content, said) = app.runs(&line).await;
    assert!(content && said.contains("out of 1 sessions"), "{said}");
    assert_eq!(socket.until_closed().await.1, 4401);
    uma.gets("/api/users/me").await.refused(401, "session_revoked");
    ada.gets("/api/users/me").await.expect(200);
    app.settled(&ada).await;
    let row = ada.gets("/api/audit-logs?kind=session.revoked&limit=1").await.expect(200).at("/items/0");
    assert_eq!((&row["actor"], &row["subject"]["id"]), (&json!({ "type": "system" }), &json!(uma.id)));
    assert_eq!((&row["data"]["by"], &row["data"]["note"]), (&json!("operator"), &json!("asked by phone")));

    let (content, said) = app.runs(&["user", "force-logout", "--company", "acme", "--email", "no@one.example"]).await;
    assert!(!content && said.contains("no account no@one.example"), "{said}");
}

#[tokio::test]
async fn the_doctor_asks_the_server_that_listens_already_whether_it_is_ready() {
    let app = App::start().await;
    let own =
        [("VOXGATE__SERVER__LISTEN", app.base(0).replace("http://", "")), ("VOXGATE__SERVER__BASE_URL", app.base(0))];
    let (content, said) = doctor(&app, &[own.as_slice(), &[("VOXGATE__TOKENS__ISSUER", String::new())]].concat()).await;
    assert!(
        content && said.contains("ok     port: a Voxgate listens") && said.contains("ok     addresses: "),
        "{said}"
    );

    let mut ada = app.admin_of("Acme").await;
    ada.enrolls().await;
    app.db.execute("UPDATE factors SET key_id = 'lost'").await;
    let (content, said) = doctor(&app, &own).await;
    assert!(!content && said.contains("WRONG  sealed values: 1 were sealed"), "{said}");
}

/// What the doctor says, with further variables.
async fn doctor(app: &App, variables: &[(&str, String)]) -> (bool, String) {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = app.command("doctor");
    command.env("VOXGATE__SERVER__LISTEN", free.to_string()).env("VOXGATE__SERVER__BASE_URL", format!("http://{free}"));
    let done = command.envs(variables.iter().map(|(key, value)| (key, value))).output().await.unwrap();
    (done.status.success(), String::from_utf8([done.stdout, done.stderr].concat()).unwrap())
}

#[tokio::test]
async fn the_doctor_finds_a_healthy_installation_healthy() {
    let app = App::installed(&[]).await;
    let (_, said) = doctor(&app, &[]).await;
    for part in
        ["settings", "keys", "database", "walls", "clock", "sealed values", "nodes", "bus", "mail server", "port"]
    {
        assert!(said.contains(&format!("ok     {part}: ")), "{part}: {said}");
    }
}

#[tokio::test]
async fn the_doctor_names_each_illness_and_its_remedy() {
    let app = App::installed(&[]).await;
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().to_string();
    let nobody = {
        let closed = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("smtp://user:hunter2@{}", closed.local_addr().unwrap())
    };
    let superuser = app.db.url("postgres");
    let nowhere = "postgres://voxgate_app@localhost:1/voxgate?host=/nonexistent".to_owned();
    for (variable, value, part, remedy) in [
        ("VOXGATE__SERVER__LISTEN", port, "port", "server.listen"),
        ("VOXGATE__MAIL__SMTP_URL", nobody, "mail server", "Check mail.smtp_url"),
        ("VOXGATE__DATABASE__APP_URL", superuser, "walls", "NOSUPERUSER"),
        ("VOXGATE__DATABASE__APP_URL", nowhere, "database", "Check the addresses in [database]"),
        ("VOXGATE__DATABASE__SEQUENCER_URL", String::new(), "settings", "database.sequencer_url"),
        ("VOXGATE__KEYS__FILE", "/nonexistent/keys".into(), "keys", "/nonexistent/keys"),
        ("VOXGATE__TOKENS__ISSUER", "https://elsewhere.example".into(), "addresses", "Clear tokens.issuer"),
        ("VOXGATE__SERVER__LISTEN", "0.0.0.0:0".into(), "addresses", "server.base_url"),
    ] {
        let (content, said) = doctor(&app, &[(variable, value)]).await;
        let line = said.lines().find(|line| line.starts_with(&format!("WRONG  {part}: ")));
        assert!(!content && line.is_some(), "{part}: {said}");
        assert!(said.contains(remedy) && !said.contains("hunter2"), "{part}: {said}");
    }
    std::fs::set_permissions(app.keys_file(), std::fs::Permissions::from_mode(0o644)).unwrap();
    let (content, said) = doctor(&app, &[]).await;
    assert!(!content && said.contains("WRONG  keys: ") && said.contains("chmod 600"), "{said}");
}
