//! A server that could not keep its promises does not start. The walls of the database are proven in `rls`.

use std::{fs, os::unix::fs::PermissionsExt, time::Duration};

use serde_json::{Value, json};

use crate::support::{App, app::DEADLINE};

/// Runs `serve` with changed settings and gives what it said when it refused.
async fn refuses(app: &App, changes: &[(&str, &str)]) -> String {
    let mut serve = app.command("serve");
    serve.env("VOXGATE__SERVER__LISTEN", "127.0.0.1:0");
    for (name, value) in changes {
        serve.env(name, value);
    }
    let ended = tokio::time::timeout(DEADLINE - Duration::from_secs(5), serve.kill_on_drop(true).output());
    let ended = ended.await.unwrap_or_else(|_| panic!("it serves with {changes:?}")).unwrap();
    assert!(!ended.status.success(), "{changes:?}");
    String::from_utf8_lossy(&ended.stderr).into_owned()
}

#[tokio::test]
async fn case_60_a_missing_short_default_or_open_key_file_stops_the_start() {
    let app = App::installed(&[]).await;
    let path = app.keys_file();
    let good = fs::read_to_string(&path).unwrap();
    let parsed: Value = serde_json::from_str(&good).unwrap();
    let with = |pointer: &str, value: Value| {
        let mut changed = parsed.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        changed.to_string()
    };
    let zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    for (what, text) in [
        ("no file", None),
        ("an empty file", Some(String::new())),
        ("no JSON", Some("changeme".into())),
        ("no signing key", Some(with("/signing", json!([])))),
        ("no sealing key", Some(with("/sealing", json!([])))),
        ("a short sealing key", Some(with("/sealing/0/key", json!("c2hvcnQ=")))),
        ("a sealing key of zeros", Some(with("/sealing/0/key", json!(zeros)))),
        ("a pepper of zeros", Some(with("/pepper", json!(zeros)))),
        ("no pepper", Some(with("/pepper", json!("")))),
        ("a short signing key", Some(with("/signing/0/pkcs8", json!("c2hvcnQ=")))),
        ("one key for two ends", Some(with("/pepper", parsed["sealing"][0]["key"].clone()))),
        ("half a file", Some(good[..good.len() / 2].to_owned())),
    ] {
        match text {
            None => fs::remove_file(&path).unwrap(),
            Some(text) => {
                fs::write(&path, text).unwrap();
                fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            }
        }
        let said = refuses(&app, &[]).await;
        assert!(said.contains("key"), "{what}: {said}");
        let secret = parsed["pepper"].as_str().unwrap();
        assert!(!said.contains(secret), "{what}: no key is shown");
    }
    fs::write(&path, &good).unwrap();
    for mode in [0o644, 0o640, 0o604] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let said = refuses(&app, &[]).await;
        assert!(said.contains("chmod 600"), "{mode:o}: {said}");
    }
    refuses(&app, &[("VOXGATE__KEYS__FILE", "")]).await;
    let mut app = app;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    app.add_node().await; // and with the good file it serves
}

#[tokio::test]
async fn case_72_a_role_that_could_pass_the_walls_stops_the_start() {
    let app = App::installed(&[]).await;
    for role in ["postgres", "voxgate_owner", "voxgate_sequencer"] {
        let said = refuses(&app, &[("VOXGATE__DATABASE__APP_URL", &app.db.url(role))]).await;
        assert!(said.contains("refusing to serve"), "{role}: {said}");
    }
    refuses(&app, &[("VOXGATE__DATABASE__APP_URL", "")]).await;
}

#[tokio::test]
async fn case_60_a_setting_that_is_misspelt_or_out_of_range_stops_the_start_with_its_name() {
    let app = App::installed(&[]).await;
    for (name, value) in [
        ("VOXGATE__TOKENS__ACCESS_SECONDS", "0"),
        ("VOXGATE__TOKENS__ACCESS_SECONDS", "forever"),
        ("VOXGATE__TOKENS__ACESS_SECONDS", "60"),
        ("VOXGATE__SERVER__TRUSTED_PROXIES", "everybody"),
        ("VOXGATE__SERVER__BASE_URL", "http://auth.example.com"),
        ("VOXGATE__PASSWORD__MIN_LENGTH", "1"),
    ] {
        let said = refuses(&app, &[(name, value)]).await.to_lowercase();
        let key = name["VOXGATE__".len()..].to_lowercase().replace("__", ".");
        assert!(said.contains(&key) || said.contains(&name.to_lowercase()), "{name}={value}: {said}");
    }
}
