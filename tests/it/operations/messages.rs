//! What the program says when it cannot: the cause, and what to do.

use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt};

use clap::CommandFactory;
use voxgate::cli::Invocation;

use super::tool;
use crate::support::{App, app::PROGRAM};

/// What `serve` says with these variables; it must not serve.
async fn serve_fails(app: &App, variables: &[(&str, &str)]) -> String {
    let mut serve = app.command("serve");
    serve.env("VOXGATE__SERVER__LISTEN", "127.0.0.1:0").envs(variables.iter().copied()).kill_on_drop(true);
    let done = tokio::time::timeout(crate::support::app::DEADLINE, serve.output()).await.expect("it ends").unwrap();
    assert!(!done.status.success(), "{variables:?}");
    String::from_utf8(done.stderr).unwrap()
}

#[tokio::test]
async fn a_start_that_fails_says_why_and_what_to_do() {
    let app = App::installed(&[]).await;
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().to_string();
    let nowhere = "postgres://voxgate_app:hunter2@localhost:1/voxgate";
    let folder = tempfile::tempdir().unwrap();
    super::certificate(folder.path(), "one");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (chain, key, open) = (path("chain.pem"), path("key.pem"), path("open.pem"));
    fs::copy(&key, &open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o644)).unwrap();
    let tls = |chain: &str, key: &str| {
        let set = [("CERTIFICATE", chain), ("KEY", key)];
        let mut all: Vec<_> =
            set.iter().map(|(name, value)| (format!("VOXGATE__TLS__{name}"), (*value).to_owned())).collect();
        all.push(("VOXGATE__SERVER__BASE_URL".into(), "https://127.0.0.1:8443".into()));
        all
    };
    let one = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    for (variables, parts) in [
        (one("VOXGATE__SERVER__LISTEN", &port), vec!["cannot listen on", &port, "server.listen"]),
        (one("VOXGATE__METRICS__LISTEN", &port), vec!["/metrics on", &port, "metrics.listen"]),
        (
            one("VOXGATE__DATABASE__APP_URL", nowhere),
            vec!["the database does not answer", "[database]", "PostgreSQL runs"],
        ),
        (one("VOXGATE_CONFIG", "/nonexistent/voxgate.toml"), vec!["/nonexistent/voxgate.toml"]),
        (one("VOXGATE__KEYS__FILE", "/nonexistent/keys"), vec!["/nonexistent/keys"]),
        (one("VOXGATE__TLS__CERTIFICATE", &chain), vec!["tls.key"]),
        (tls(&chain, &open), vec!["tls.key", "chmod o="]),
        (tls(&key, &key), vec!["tls.certificate", "holds no certificate"]),
        (tls("/nonexistent/chain", &key), vec!["tls.certificate", "/nonexistent/chain"]),
    ] {
        let borrowed: Vec<_> = variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let said = serve_fails(&app, &borrowed).await;
        assert!(parts.iter().all(|part| said.contains(part)), "{variables:?}: {said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
    app.db.execute("ALTER TABLE users DROP COLUMN last_login_at").await;
    let said = serve_fails(&app, &[]).await;
    assert!(said.contains("older version (users.last_login_at missing)") && said.contains("voxgate migrate"), "{said}");
}

/// The words of every command that does something by itself.
fn leaves(command: &clap::Command, above: &[String]) -> Vec<Vec<String>> {
    let below = command.get_subcommands().filter(|below| below.get_name() != "help");
    let found: Vec<_> =
        below.flat_map(|below| leaves(below, &[above, &[below.get_name().to_owned()]].concat())).collect();
    if found.is_empty() { vec![above.to_vec()] } else { found }
}

#[test]
fn every_command_has_help_with_an_example_completions_and_a_manual_page() {
    let run = |line: &[&str]| tool(std::process::Command::new(PROGRAM).args(line));
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("man");
    run(&["man", "--out", out.to_str().unwrap()]);
    let pages: Vec<_> =
        fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(pages.len() > 20 && pages.contains(&"voxgate-serve.1".to_owned()), "{pages:?}");
    for words in leaves(&Invocation::command(), &[]) {
        let line: Vec<&str> = words.iter().map(String::as_str).chain(["--help"]).collect();
        let help = run(&line);
        assert!(help.contains("Example"), "{words:?} has no example:\n{help}");
        let page = format!("voxgate-{}.1", words.join("-"));
        assert!(pages.contains(&page), "{page} is not among {pages:?}");
    }
    for shell in ["bash", "zsh", "fish"] {
        let script = run(&["completions", shell]);
        assert!(script.contains("force-logout") && script.contains("voxgate"), "{shell}");
    }
}
