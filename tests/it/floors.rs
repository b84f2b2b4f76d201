//! The floors of the house, read from the source: who may lean on whom, and a few rules of good order.
//!
//! | floor | modules | leans on |
//! |---|---|---|
//! | 5 | `main`, `cli`, `app`, `lifecycle`, `dev`, `fuzzing`; `config` and `telemetry` beside it | everything below |
//! | 4 | `http`, `live` | `tenant`, `store`, `stream`, `domain` |
//! | 3 | `tenant`, `nodes`, `stream` | `nodes`, `stream`, `store`, `crypto`, `mail`, `bus`, `domain` |
//! | 2 | `store`, `crypto`, `mail`, `bus` | `domain` |
//! | 1 | `domain` | nothing |
//! | 0 | `signals` | nothing; every floor but `domain` may count with it |
//!
//! The table below is stricter where the code is: what a module does not need today, it has to ask for here.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// What each module may name besides itself.
const FLOORS: &[(&str, &[&str])] = &[
    ("main", &["cli", "lifecycle"]),
    (
        "lifecycle",
        &[
            "app",
            "bus",
            "cli",
            "config",
            "crypto",
            "dev",
            "domain",
            "http",
            "live",
            "mail",
            "nodes",
            "signals",
            "store",
            "stream",
            "telemetry",
            "tenant",
        ],
    ),
    ("app", &["config", "dev", "http", "lifecycle", "live"]),
    ("cli", &["config"]),
    ("dev", &["domain"]),
    ("config", &[]),
    ("fuzzing", &["crypto", "domain", "http", "live", "mail"]),
    ("telemetry", &[]),
    ("signals", &[]),
    ("http", &["tenant", "store", "stream", "signals", "domain"]),
    ("live", &["tenant", "stream", "domain"]),
    ("tenant", &["nodes", "stream", "store", "crypto", "mail", "signals", "domain"]),
    ("stream", &["store", "crypto", "signals", "domain"]),
    ("nodes", &["bus", "stream", "store", "domain"]),
    ("bus", &["domain"]),
    ("store", &["domain"]),
    ("crypto", &["signals", "domain"]),
    ("mail", &["domain"]),
    ("domain", &[]),
];

/// Crates that only one place may name, so that it alone has to change when they do.
const KEPT_IN: &[(&str, &[&str])] = &[
    ("actix_web_actors", &["src/live/socket.rs"]),
    ("sea_orm", &["src/store/"]),
    ("sea_query", &["src/store/"]),
    // The private PostgreSQL of the development server asks whether it accepts connections yet.
    // The bus listens to PostgreSQL on connections of its own.
    ("sqlx", &["src/store/", "src/dev/postgres/", "src/bus/postgres.rs"]),
    ("async_nats", &["src/bus/nats.rs"]),
    ("voxgate_entity", &["src/store/"]),
    ("voxgate_migration", &["src/lifecycle/"]),
    // The settings check the address of the sender as it will be read when mail is sent.
    ("lettre", &["src/mail/", "src/config/sections/check.rs"]),
    ("argon2", &["src/crypto/"]),
    ("argon2_rust", &["src/crypto/"]),
    ("jsonwebtoken", &["src/crypto/"]),
    ("totp_rs", &["src/crypto/"]),
    ("utoipa_swagger_ui", &["src/http/system/"]),
    ("metrics", &["src/signals/"]),
    ("metrics_exporter_prometheus", &["src/signals/"]),
    ("opentelemetry", &["src/signals/trace.rs", "src/telemetry/otlp.rs"]),
    ("rustls", &["src/lifecycle/tls.rs", "src/app.rs"]),
];

/// Longer than 300 lines, each with its reason.
const LONG_FILES: &[(&str, &str)] = &[];

const LONGEST: usize = 300;

/// A source file: its path from the root of the package, and its code without comments.
struct Source {
    path: String,
    text: String,
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|extension| extension == "rs") {
                found.push(Source::read(root, entry));
            }
        }
    }
    assert!(found.len() > 150, "the sources were found");
    found
}

impl Source {
    fn read(root: &Path, file: PathBuf) -> Self {
        let path = file.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&file).unwrap();
        let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default());
        let code = lines.collect::<Vec<_>>().join("\n");
        Self { path, text, code }
    }

    /// The module of the first level this file belongs to.
    fn module(&self) -> &str {
        self.path["src/".len()..].split(['/', '.']).next().unwrap()
    }

    /// Every module of the first level this file names, in `use` lines and in paths.
    fn names(&self) -> BTreeSet<String> {
        // The binary's root sees the library from outside.
        let prefix = if self.module() == "main" { "voxgate::" } else { "crate::" };
        self.code.split(prefix).skip(1).flat_map(first_names).collect()
    }
}

/// What stands first after `crate::`: one name, or the first names of a group in braces.
fn first_names(rest: &str) -> Vec<String> {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(group) = rest.strip_prefix('{') else { return vec![name(rest)] };
    let (mut depth, mut begin, mut names) = (1, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => {
                names.push(name(group[begin..at].trim_start()));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 1 => {
                names.push(name(group[begin..at].trim_start()));
                begin = at + 1;
            }
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

#[test]
fn the_reader_of_use_lines_sees_groups_nested_groups_and_plain_paths() {
    assert_eq!(first_names("domain::code::Code;"), ["domain"]);
    assert_eq!(
        first_names("{\n    domain::{code::{Code}, event},\n    store,\n    tenant::{Tenants},\n};"),
        ["domain", "store", "tenant"]
    );
}

#[test]
fn every_module_leans_only_on_the_floors_below_it() {
    let floors: BTreeMap<_, _> = FLOORS.iter().copied().collect();
    let mut breaches = Vec::new();
    for source in sources().iter().filter(|source| source.module() != "lib") {
        let module = source.module();
        let allowed = floors.get(module).unwrap_or_else(|| panic!("{module} has no floor yet: add it to the table"));
        for name in source.names() {
            if name != module && !allowed.contains(&name.as_str()) {
                breaches.push(format!("{} names {name}", source.path));
            }
        }
    }
    assert!(breaches.is_empty(), "against the table of floors:\n{}", breaches.join("\n"));
}

#[test]
fn what_the_table_allows_is_needed() {
    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sources() {
        used.entry(source.module().to_owned()).or_default().extend(source.names());
    }
    // `http` and `stream` keep their floor's whole right: it is the house's rule, not today's accident.
    for (module, allowed) in FLOORS.iter().filter(|(module, _)| !["http", "stream", "mail"].contains(module)) {
        for name in *allowed {
            assert!(used[*module].contains(*name), "{module} does not need {name}: take it out of the table");
        }
    }
}

#[test]
fn crates_that_may_go_one_day_are_named_in_one_place() {
    for source in sources() {
        for (name, places) in KEPT_IN {
            let here = places.iter().any(|place| source.path.starts_with(place));
            let needle = format!("{name}::");
            assert!(here || !source.code.contains(&needle), "{} names {name}, kept in {places:?}", source.path);
        }
    }
    let names_it = |source: &&Source| source.code.contains("actix_web_actors");
    assert_eq!(sources().iter().filter(names_it).count(), 1, "the live channel's engine is named in one file");
}

#[test]
fn no_file_is_long_without_a_reason() {
    let long: BTreeMap<_, _> = LONG_FILES.iter().copied().collect();
    for source in sources() {
        let lines = source.text.lines().count();
        match long.get(source.path.as_str()) {
            Some(reason) => assert!(lines > LONGEST, "{} is short now; it was long for {reason}", source.path),
            None => assert!(lines <= LONGEST, "{} has {lines} lines, more than {LONGEST}", source.path),
        }
    }
}

#[test]
fn nothing_is_left_for_later() {
    for source in sources() {
        for mark in ["TODO", "FIXME", "todo!", "unimplemented!"] {
            assert!(!source.text.contains(mark), "{} holds {mark}", source.path);
        }
    }
}

#[test]
fn no_module_is_a_drawer() {
    for source in sources() {
        for drawer in ["utils", "util", "helpers", "common", "misc"] {
            assert!(!source.path.split(['/', '.']).any(|part| part == drawer), "{} is a drawer", source.path);
        }
    }
}
