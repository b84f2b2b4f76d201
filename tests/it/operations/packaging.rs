//! Packages, unit and Compose stack: what is in them, and that what they call is there.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::PermissionsExt,
    process::{Command, Stdio},
};

use serde_json::Value;

use super::{repository, tool};
use crate::support::app::PROGRAM;

#[test]
fn a_package_holds_program_unit_pages_and_settings_and_is_the_same_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("voxgate");
    // What people get is stripped; what stories run is not.
    tool(Command::new("strip").arg("-o").arg(&program).arg(PROGRAM));
    let made = |name: &str| {
        let out = folder.path().join(name);
        let mut package = Command::new(repository("docs/packaging/package.sh"));
        package.arg(&program).env("OUT", &out).env("DEB_COMPRESSION", "gzip").env("SOURCE_DATE_EPOCH", "1700000000");
        let said = tool(&mut package);
        said.lines().map(|line| fs::read(line).unwrap_or_else(|error| panic!("{line}: {error}"))).collect::<Vec<_>>()
    };
    let (first, second) = (made("first"), made("second"));
    assert!(!first.is_empty() && first == second, "equal input, equal packages");

    let mut made = fs::read_dir(folder.path().join("first")).unwrap().map(|entry| entry.unwrap().path());
    let package = made.find(|path| path.extension().is_some_and(|end| end == "deb")).expect("a Debian package");
    let listed = tool(Command::new("dpkg-deb").arg("--contents").arg(&package));
    for file in [
        "./usr/bin/voxgate",
        "./lib/systemd/system/voxgate.service",
        "./etc/voxgate/voxgate.toml",
        "./usr/share/man/man1/voxgate-serve.1.gz",
        "./usr/share/bash-completion/completions/voxgate",
        "./usr/share/doc/voxgate/operations.md",
        "./usr/share/doc/voxgate/LICENSE",
    ] {
        assert!(listed.lines().any(|line| line.ends_with(file)), "{file} is not in\n{listed}");
    }
    let mode = |file: &str| listed.lines().find(|line| line.ends_with(file)).unwrap()[..10].to_owned();
    assert_eq!(mode("./etc/voxgate/voxgate.toml"), "-rw-r-----");
    assert_eq!(mode("./usr/bin/voxgate"), "-rwxr-xr-x");
    let about = tool(Command::new("dpkg-deb").arg("--info").arg(&package));
    assert!(about.contains("Package: voxgate") && about.contains(&format!("Version: {}", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn the_unit_starts_what_there_is_and_gives_no_rights_away() {
    let unit = fs::read_to_string(repository("docs/packaging/voxgate.service")).unwrap();
    let line = |key: &str| {
        unit.lines().find_map(|line| line.strip_prefix(&format!("{key}="))).unwrap_or_else(|| panic!("no {key}"))
    };
    for (key, value) in [
        ("User", "voxgate"),
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateTmp", "yes"),
        ("RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX"),
        ("KillSignal", "SIGTERM"),
    ] {
        assert_eq!(line(key), value, "{key}");
    }
    let words: Vec<&str> = line("ExecStart").split(' ').skip(1).collect();
    tool(Command::new(PROGRAM).args(&words).arg("--help"));
}

#[test]
fn the_compose_stack_is_whole_and_holds_no_secret() {
    let script = "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)";
    let read = tool(Command::new("python3").args(["-c", script]).arg(repository("docker-compose.yml")));
    let stack: Value = serde_json::from_str(&read).unwrap();
    let (services, secrets) = (stack["services"].as_object().unwrap(), stack["secrets"].as_object().unwrap());
    for service in ["postgres", "migrate", "voxgate", "mail", "nats"] {
        assert!(services.contains_key(service), "{service}");
    }
    for (name, service) in services {
        for secret in service["secrets"].as_array().into_iter().flatten() {
            assert!(secrets.contains_key(secret.as_str().unwrap()), "{name} uses {secret}");
        }
        for other in service["depends_on"].as_object().into_iter().flat_map(|others| others.keys()) {
            assert!(services.contains_key(other), "{name} waits for {other}");
        }
        for port in service["ports"].as_array().into_iter().flatten() {
            assert!(port.as_str().unwrap().starts_with("127.0.0.1:"), "{name} listens for everybody: {port}");
        }
        if let Some(build) = service["build"].as_object() {
            assert!(repository(build["dockerfile"].as_str().unwrap()).is_file(), "{name}");
            assert_eq!((&service["read_only"], &service["cap_drop"][0]), (&true.into(), &"ALL".into()), "{name}");
        }
    }
    for service in ["postgres", "voxgate"] {
        assert!(services[service]["healthcheck"]["test"].is_array(), "{service}");
    }
    assert_eq!(services["nats"]["profiles"][0], "fleet");

    // Every variable it sets is a setting, and the secrets it reads are those the script makes.
    let folder = tempfile::tempdir().unwrap();
    tool(Command::new(repository("docs/packaging/make-secrets.sh")).arg(folder.path()));
    let made: BTreeSet<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(made, secrets.keys().cloned().collect());
    assert_eq!(fs::metadata(folder.path()).unwrap().permissions().mode() & 0o077, 0, "nobody else enters the folder");
    let before = fs::read(folder.path().join("app_url")).unwrap();
    tool(Command::new(repository("docs/packaging/make-secrets.sh")).arg(folder.path()));
    assert_eq!(fs::read(folder.path().join("app_url")).unwrap(), before, "what is there stays");
    let variables = services["voxgate"]["environment"].as_object().unwrap();
    let mut check = Command::new(PROGRAM);
    check.args(["config", "check"]).env_clear().stdout(Stdio::null());
    for (name, value) in variables {
        let value = value.as_str().unwrap().replace("/run/secrets", folder.path().to_str().unwrap());
        check.env(name, value);
    }
    tool(&mut check);
}
