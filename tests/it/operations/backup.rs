//! A backup is taken while people work, brought back into a new database, proven whole, and served.

use std::{path::Path, process::Stdio};

use serde_json::json;
use tokio::process::Command;

use super::{repository, served};
use crate::support::{
    App,
    app::{PROGRAM, free_address},
    cluster::programs,
    person::{PASSWORD, Stranger},
};

/// A PostgreSQL program from where the server's are.
fn postgres(name: &str) -> Command {
    Command::new(programs().join(name))
}

async fn done(command: &mut Command) -> String {
    let done = command.stdin(Stdio::null()).output().await.unwrap();
    let said = String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned();
    assert!(done.status.success(), "{command:?}: {said}");
    said
}

#[tokio::test]
async fn a_backup_comes_back_whole_and_serves() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    ada.enrolls().await;
    app.colleague_of(&ada, "uma", "user").await;
    app.settled(&ada).await;

    let folder = tempfile::tempdir().unwrap();
    let dump = folder.path().join("voxgate.dump");
    let mut take = postgres("pg_dump");
    done(take.args(["--format=custom", "--file"]).arg(&dump).arg(app.db.url("postgres"))).await;
    // The owner is held by the policies too: a dump by it would lack every row, so PostgreSQL refuses to make one.
    let mut forbidden = postgres("pg_dump");
    let refused = forbidden.arg("--file=/dev/null").arg(app.db.owner_url()).output().await.unwrap();
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("row-level security"));
    let after = ada.as_stranger().registers("Late").await; // the backup knows nothing of them

    let name = format!("{}_restored", app.db.name);
    let other = |url: String| url.replace(&format!("/{}?", app.db.name), &format!("/{name}?"));
    let variables = [
        ("VOXGATE__DATABASE__OWNER_URL", other(app.db.owner_url())),
        ("VOXGATE__DATABASE__APP_URL", other(app.db.app_url())),
        ("VOXGATE__DATABASE__SEQUENCER_URL", other(app.db.sequencer_url())),
    ];
    let said = drill(&app, &dump, &name, &variables).await;
    assert!(said.contains("The audit log is whole") && said.contains("restored and whole"), "{said}");
    assert!(said.lines().any(|line| line.split_whitespace().eq(["users", "2"])), "{said}");

    // The epochs reach only companies the backup knows; a new signing key reaches every token ever signed.
    let keys = app.keys_file().display().to_string();
    for step in ["rotate", "retire"] {
        let (content, said) = app.runs(&["keys", step, "--file", &keys, "--signing"]).await;
        assert!(content, "{said}");
    }

    let address = free_address();
    let borrowed: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let server = served(&app, address, &format!("http://{address}"), &borrowed).await;
    let stranger = Stranger::at(format!("http://{address}"));
    let body = json!({ "email": ada.email, "password": PASSWORD });
    let reply = stranger.posts("/api/auth/login", body).await.expect(200);
    assert_eq!(reply.text_at("/status"), "mfa_required", "the second factor came back");
    let body = json!({ "email": after.email, "password": PASSWORD });
    stranger.posts("/api/auth/login", body).await.refused(401, "invalid_credentials");
    let refresh = json!({ "refresh_token": after.refresh });
    stranger.posts("/api/auth/refresh", refresh).await.refused(401, "invalid_refresh_token");
    for access in [&ada.access, &after.access] {
        let holder = stranger.wearing(&[("authorization", &format!("Bearer {access}"))]);
        holder.gets("/api/auth/session").await.refused(401, "unauthenticated");
    }
    drop(server);
    app.db.execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
}

async fn drill(app: &App, dump: &Path, name: &str, variables: &[(&str, String)]) -> String {
    let mut drill = app.command("unused");
    let settings: Vec<_> =
        drill.as_std().get_envs().map(|(key, value)| (key.to_owned(), value.unwrap().to_owned())).collect();
    drill = Command::new(repository("docs/packaging/restore-drill.sh"));
    let path = format!("{}:/usr/bin:/bin", programs().display());
    let admin = app.db.url("postgres").replace(&format!("/{}?", app.db.name), "/postgres?");
    drill.arg(dump).arg(admin).arg(name).env_clear().envs(settings).env("PATH", path).env("VOXGATE", PROGRAM);
    done(drill.envs(variables.iter().map(|(name, value)| (name, value)))).await
}
