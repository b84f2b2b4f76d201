//! What the server is made of: licences, sources, crates that must not come in, and a reason for each direct dependency.
//! Asks cargo alone, so it needs no network; `cargo deny --config .config/deny.toml check` asks for advisories besides.

use std::{collections::BTreeSet, fs, process::Command};

use serde_json::Value;

use super::repository;

/// Licences we take. Of a choice one is enough; what is joined by AND must all be here.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Crates that must not be in the server, and why.
const BANNED: &[(&str, &str)] = &[
    ("openssl", "one cryptography: aws-lc-rs"),
    ("openssl-sys", "one cryptography: aws-lc-rs"),
    ("native-tls", "one cryptography: aws-lc-rs"),
    ("ring", "one cryptography: aws-lc-rs"),
    ("h2", "0.3 has an advisory without a fix; proxies speak HTTP/2"),
    ("rsa", "an advisory without a fix, and we need none of it"),
    ("actix-governor", "GPL"),
];

fn cargo(arguments: &[&str]) -> String {
    let mut cargo = Command::new(env!("CARGO"));
    let done = cargo.args(arguments).arg("--locked").current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// Name and licence of every crate of the server with all its features.
fn crates() -> BTreeSet<(String, String)> {
    let form = ["--prefix", "none", "--format", "{p}|{l}", "--edges", "normal,build"];
    let tree = cargo(&[["tree", "--package", "voxgate", "--all-features"].as_slice(), &form].concat());
    let lines = tree.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| {
            let (package, licence) = line.trim_end_matches(" (*)").split_once('|').unwrap();
            (package.split(' ').next().unwrap().to_owned(), licence.trim_end_matches(" (*)").to_owned())
        })
        .collect()
}

/// Whether an SPDX expression can be met by the licences we take.
fn is_fine(expression: &str) -> bool {
    let words = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = words.split_whitespace().collect();
    let (fine, rest) = any(&words);
    fine && rest.is_empty()
}

fn any<'w, 't>(words: &'w [&'t str]) -> (bool, &'w [&'t str]) {
    let (mut fine, mut rest) = all(words);
    while rest.first() == Some(&"OR") {
        let (next, left) = all(&rest[1..]);
        (fine, rest) = (fine || next, left);
    }
    (fine, rest)
}

fn all<'w, 't>(words: &'w [&'t str]) -> (bool, &'w [&'t str]) {
    let (mut fine, mut rest) = one(words);
    while rest.first() == Some(&"AND") {
        let (next, left) = one(&rest[1..]);
        (fine, rest) = (fine && next, left);
    }
    (fine, rest)
}

fn one<'w, 't>(words: &'w [&'t str]) -> (bool, &'w [&'t str]) {
    match words {
        ["(", inside @ ..] => {
            let (fine, rest) = any(inside);
            (fine, rest.strip_prefix(&[")"]).unwrap_or(rest))
        }
        [name, "WITH", exception, rest @ ..] => (LICENCES.contains(&format!("{name} WITH {exception}").as_str()), rest),
        [name, rest @ ..] => (LICENCES.contains(name), rest),
        [] => (false, words),
    }
}

#[test]
fn licences_are_judged_as_they_are_written() {
    for good in
        ["MIT", "MIT/Apache-2.0", "GPL-3.0 OR MIT", "(MIT OR GPL-2.0) AND ISC", "Apache-2.0 WITH LLVM-exception OR X"]
    {
        assert!(is_fine(good), "{good}");
    }
    for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "(GPL-2.0 OR AGPL-3.0) AND MIT", "MIT WITH Something", "MIT GPL-3.0"]
    {
        assert!(!is_fine(bad), "{bad}");
    }
}

#[test]
fn every_crate_of_the_server_has_a_licence_we_take_and_none_is_banned() {
    let crates = crates();
    assert!(crates.len() > 200, "the tree was read");
    for (name, licence) in &crates {
        let ours = name.starts_with("voxgate");
        assert!(ours || is_fine(licence), "{name} has the licence {licence:?}");
        if let Some((_, reason)) = BANNED.iter().find(|(banned, _)| banned == name) {
            panic!(
                "{name} must not be in the server: {reason}. `cargo tree -e normal,build -i {name}` says who brings it"
            );
        }
    }
}

/// Name, licence, source and digest of every package whose code or fonts reach the pages.
fn packages_of_the_pages() -> Vec<(String, Value)> {
    let lock: Value = serde_json::from_str(&fs::read_to_string(repository("web/package-lock.json")).unwrap()).unwrap();
    let all = lock["packages"].as_object().unwrap().iter();
    all.filter(|(place, package)| !place.is_empty() && package["dev"] != true)
        .map(|(place, package)| (place.rsplit("node_modules/").next().unwrap().to_owned(), package.clone()))
        .collect()
}

#[test]
fn every_package_of_the_pages_has_a_licence_we_take_and_comes_from_npm_with_a_digest() {
    let packages = packages_of_the_pages();
    assert!(packages.iter().any(|(name, _)| name == "react") && packages.len() > 20, "the lock was read");
    for (name, package) in packages {
        let licence = package["license"].as_str().unwrap_or_default();
        // Fonts are not code: theirs may be given away with any program.
        let font = name.starts_with("@fontsource") && licence == "OFL-1.1";
        assert!(font || is_fine(licence), "{name} has the licence {licence:?}");
        // Without an address of its own a package comes from the registry npm is set to; the digest says which one it must be.
        let elsewhere =
            package["resolved"].as_str().filter(|source| !source.starts_with("https://registry.npmjs.org/"));
        assert_eq!(elsewhere, None, "{name}");
        assert!(package["integrity"].as_str().unwrap_or_default().starts_with("sha512-"), "{name} has no digest");
    }
}

#[test]
fn everything_comes_from_crates_io_with_a_checksum() {
    let lock = fs::read_to_string(repository("Cargo.lock")).unwrap();
    let metadata: Value = serde_json::from_str(&cargo(&["metadata", "--format-version", "1", "--no-deps"])).unwrap();
    let members: Vec<_> = metadata["packages"].as_array().unwrap().iter().map(|package| &package["name"]).collect();
    for package in lock.split("[[package]]").skip(1) {
        let name = package.split('"').nth(1).unwrap();
        if members.iter().any(|member| *member == name) {
            continue;
        }
        assert!(package.contains("source = \"registry+https://github.com/rust-lang/crates.io-index\""), "{name}");
        assert!(package.contains("checksum = \""), "{name}");
    }
}

#[test]
fn every_direct_dependency_has_its_reason_in_the_document() {
    let page = fs::read_to_string(repository("docs/dependencies.md")).unwrap();
    let metadata: Value = serde_json::from_str(&cargo(&["metadata", "--format-version", "1", "--no-deps"])).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let direct: BTreeSet<_> = packages
        .iter()
        .flat_map(|package| package["dependencies"].as_array().unwrap())
        .filter(|dependency| dependency["path"].is_null())
        .map(|dependency| dependency["name"].as_str().unwrap())
        .collect();
    for name in &direct {
        assert!(page.contains(&format!("`{name}`")), "docs/dependencies.md gives no reason for {name}");
    }
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")).filter_map(|line| line.split('`').next());
    for name in rows {
        assert!(direct.contains(name), "docs/dependencies.md names {name}, which is no direct dependency");
    }
    for (name, _) in BANNED {
        assert!(page.contains(&format!("**{name}**")), "docs/dependencies.md does not say why {name} is kept out");
    }
}

#[test]
fn the_list_for_cargo_deny_and_this_story_agree() {
    let deny = fs::read_to_string(repository(".config/deny.toml")).unwrap();
    let (licences, bans) = (deny.split("[licenses]").nth(1).unwrap(), deny.split("[bans]").nth(1).unwrap());
    for licence in LICENCES {
        assert!(licences.contains(&format!("\"{licence}\"")), "{licence}");
    }
    for (name, _) in BANNED {
        assert!(bans.contains(&format!("crate = \"{name}")), "{name}");
    }
}
