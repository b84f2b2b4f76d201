use secrecy::ExposeSecret;

use super::*;

fn load(variables: &[(&str, &str)], needs: Needs) -> Result<Settings, Faults> {
    let variables = variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Settings::load(&Sources { file: None, variables }, needs)
}

/// A file that goes away with the test.
struct Scratch(std::path::PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn scratch(name: &str, content: &str) -> Scratch {
    let path = std::env::temp_dir().join(format!("voxgate-config-{}-{name}", std::process::id()));
    std::fs::write(&path, content).unwrap();
    Scratch(path)
}

fn load_file(file: &Scratch, variables: Vec<(String, String)>) -> Result<Settings, Faults> {
    Settings::load(&Sources { file: Some(file.0.clone()), variables }, Needs::Sound)
}

#[test]
fn the_defaults_are_sound_and_hold_every_key() {
    let settings = load(&[], Needs::Sound).unwrap();
    assert_eq!(settings.tokens.access_seconds, 1800);
    assert_eq!(settings.limits.credentials(), Rate { per_second: 20, burst: 600 });
    assert_eq!(settings.issuer(), "http://127.0.0.1:8000");
    assert!(settings.database.app_url.is_none());
}

#[test]
fn a_variable_wins_over_the_file_and_the_file_over_the_defaults() {
    let file = scratch("order.toml", "[tokens]\naccess_seconds = 5\nrefresh_days = 3\n");
    let variables = vec![("VOXGATE__TOKENS__ACCESS_SECONDS".into(), "9".into())];
    let settings = load_file(&file, variables).unwrap();
    assert_eq!((settings.tokens.access_seconds, settings.tokens.refresh_days), (9, 3));
}

#[test]
fn a_secret_comes_from_its_file_and_is_never_shown() {
    let file = scratch("secret", "postgres://app:hunter2@db/voxgate\n");
    let path = file.0.to_str().unwrap();
    let pair = [("VOXGATE__DATABASE__APP_URL_FILE", path), ("VOXGATE__DATABASE__APP_URL", "postgres://other/x")];
    let settings = load(&pair, Needs::Sound).unwrap();
    assert_eq!(settings.database.app_url.as_ref().unwrap().expose_secret(), "postgres://app:hunter2@db/voxgate");
    assert!(!format!("{settings:?}").contains("hunter2"));
    let faults = load(&[("VOXGATE__MAIL__SMTP_URL", "hunter2")], Needs::Sound).unwrap_err();
    assert!(!faults.to_string().contains("hunter2"));
}

#[test]
fn every_fault_is_named_at_once() {
    let variables = [
        ("VOXGATE__TOKENS__ACCESS_SECONDS", "soon"),
        ("VOXGATE__TOKENS__ACESS_SECONDS", "30"),
        ("VOXGATE__SERVER__LISTEN_FILE", "/etc/listen"),
        ("VOXGATE__LIVE__QUEUE", "-1"),
        ("VOXGATE__NONSENSE", "1"),
    ];
    let keys: Vec<_> = load(&variables, Needs::Sound).unwrap_err().0.into_iter().map(|fault| fault.key).collect();
    let expected = [
        "VOXGATE__NONSENSE",
        "VOXGATE__SERVER__LISTEN_FILE",
        "VOXGATE__TOKENS__ACESS_SECONDS",
        "tokens.access_seconds",
        "live.queue",
    ];
    assert_eq!(keys, expected);
}

#[test]
fn values_out_of_range_are_refused_together() {
    let variables = [
        ("VOXGATE__TOKENS__ACCESS_SECONDS", "0"),
        ("VOXGATE__PASSWORD__PARALLELISM", "0"),
        ("VOXGATE__SERVER__BASE_URL", "http://auth.example.com"),
        ("VOXGATE__SERVER__ALLOWED_ORIGINS", "https://a.example, https://b.example/path"),
        ("VOXGATE__LOG__FILTER", "voxgate=loudest"),
        ("VOXGATE__MAIL__FROM", "nobody"),
    ];
    let faults = load(&variables, Needs::Sound).unwrap_err();
    assert_eq!(faults.0.len(), 6, "{faults}");
}

#[test]
fn serving_needs_its_keys_and_its_databases() {
    let keys: Vec<_> = load(&[], Needs::Serving).unwrap_err().0.into_iter().map(|fault| fault.key).collect();
    assert_eq!(keys, ["database.sequencer_url", "database.app_url", "keys.file"]);
    assert_eq!(load(&[], Needs::Owner).unwrap_err().0[0].key, "database.owner_url");
}

#[test]
fn a_bus_needs_what_it_works_with() {
    let keys = |variables: &[(&str, &str)]| -> Vec<_> {
        load(variables, Needs::Sound)
            .map_or_else(|faults| faults.0.into_iter().map(|fault| fault.key).collect(), |_| vec![])
    };
    let (kind, nats) = ("VOXGATE__BUS__KIND", "VOXGATE__BUS__NATS_URL");
    assert_eq!(keys(&[(kind, "fleet")]), ["bus.nats_url"]);
    assert_eq!(keys(&[(kind, "fleet"), (nats, "http://nats:4222")]), ["bus.nats_url"]);
    assert!(keys(&[(kind, "fleet"), (nats, "nats://u:secret@one:4222, tls://two")]).is_empty());
    assert_eq!(keys(&[(kind, "crowd"), ("VOXGATE__DATABASE__POOLER", "session")]), ["database.pooler", "bus.kind"]);
    let pooled = [(kind, "pair"), ("VOXGATE__DATABASE__POOLER", "transaction")];
    assert_eq!(keys(&pooled), ["database.direct_url"]);
    assert!(keys(&[pooled[0], pooled[1], ("VOXGATE__DATABASE__DIRECT_URL", "postgres://a@b/c")]).is_empty());
    assert_eq!(keys(&[("VOXGATE__BUS__CHANNEL", "a.*"), ("VOXGATE__BUS__CONFIRM_MILLISECONDS", "2001")]).len(), 2);
}

#[test]
fn a_misspelt_key_or_section_in_the_file_is_a_fault() {
    let file = scratch("misspelt.toml", "[sever]\nlisten = \"x\"\n[mail]\nform = \"x\"\n");
    let faults = load_file(&file, vec![]).unwrap_err();
    let keys: Vec<_> = faults.0.into_iter().map(|fault| fault.key).collect();
    assert_eq!(keys, ["mail.form", "[sever]"]);
}

#[test]
fn a_broken_file_is_named_without_its_content() {
    let file = scratch("broken.toml", "[mail]\nsmtp_url = hunter2\n");
    let faults = load_file(&file, vec![]).unwrap_err();
    assert!(faults.to_string().contains("broken.toml"), "{faults}");
    assert!(!faults.to_string().contains("hunter2"), "{faults}");
    let missing = Settings::load(&Sources { file: Some("/no/such.toml".into()), variables: vec![] }, Needs::Sound);
    assert!(missing.unwrap_err().to_string().contains("does not exist"));
}

#[test]
fn networks_are_read_from_lists() {
    let settings = load(&[("VOXGATE__SERVER__TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.7,")], Needs::Sound).unwrap();
    assert_eq!(settings.server.trusted_proxies.len(), 2);
    assert!(load(&[("VOXGATE__SERVER__TRUSTED_PROXIES", "everyone")], Needs::Sound).is_err());
}

#[test]
fn a_development_server_is_reached_where_it_listens() {
    let listen = "127.0.0.1:9000".parse().unwrap();
    let mut settings = load(&[], Needs::Sound).unwrap();
    settings.listen_on(listen);
    settings.listen_on(listen);
    assert_eq!(
        (settings.server.base_url.as_str(), settings.issuer()),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000")
    );
    assert_eq!(settings.server.allowed_origins, ["http://127.0.0.1:9000", "http://localhost:9000"]);
    let mut settings = load(&[("VOXGATE__SERVER__BASE_URL", "https://dev.example")], Needs::Sound).unwrap();
    settings.listen_on(listen);
    assert_eq!(settings.server.base_url, "https://dev.example", "what somebody set stays");
}

proptest::proptest! {
    #[test]
    fn no_variable_is_passed_over_in_silence(section in "[A-Z]{1,9}", key in "[A-Z_]{1,12}", value in "[a-z0-9]{9,20}") {
        let name = format!("VOXGATE__{section}__{key}");
        if sections::find(&section, &key).is_none() {
            let faults = load(&[(&name, &value)], Needs::Sound).unwrap_err();
            proptest::prop_assert_eq!(&faults.0[0].key, &name);
            proptest::prop_assert!(!faults.to_string().contains(&value));
        }
    }

    #[test]
    fn no_fault_shows_a_secret(secret in "[a-z0-9:/@]{12,30}") {
        let secrets = [
            "VOXGATE__DATABASE__APP_URL",
            "VOXGATE__DATABASE__OWNER_URL",
            "VOXGATE__DATABASE__DIRECT_URL",
            "VOXGATE__MAIL__SMTP_URL",
            "VOXGATE__BUS__NATS_URL",
        ];
        for name in secrets {
            if let Err(faults) = load(&[(name, &secret)], Needs::Sound) {
                proptest::prop_assert!(!faults.to_string().contains(&secret));
            }
        }
    }
}
