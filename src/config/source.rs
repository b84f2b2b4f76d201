//! Where values come from, and which one wins.

use std::{collections::HashMap, path::PathBuf};

use config::{Config, File, FileFormat, Value, ValueKind};

use super::{fault::Fault, sections};

/// The documented defaults, as compiled in.
pub const DEFAULTS: &str = include_str!("default.toml");

const PREFIX: &str = "VOXGATE__";
const FILE_SUFFIX: &str = "_FILE";

/// Everything outside the program that can set something.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The operator's file (`--config`).
    pub file: Option<PathBuf>,
    /// The environment; only names that begin with `VOXGATE__` are looked at.
    pub variables: Vec<(String, String)>,
}

impl Sources {
    /// `file` and the process's environment.
    pub fn of_process(file: Option<PathBuf>) -> Self {
        let readable = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        };
        Self { file, variables: std::env::vars_os().filter_map(readable).collect() }
    }
}

/// Section → key → value.
pub(super) type Tree = HashMap<String, HashMap<String, Value>>;

/// Reads all sources into one tree. What cannot be read becomes a fault.
pub(super) fn read(sources: &Sources, faults: &mut Vec<Fault>) -> Tree {
    let mut tree = Tree::new();
    merge(&mut tree, "the defaults", File::from_str(DEFAULTS, FileFormat::Toml), faults);
    if let Some(path) = &sources.file {
        let name = path.display().to_string();
        merge(&mut tree, &name, File::from(path.as_path()).format(FileFormat::Toml), faults);
    }
    let mut variables: Vec<_> = sources.variables.iter().filter(|(name, _)| name.starts_with(PREFIX)).collect();
    variables.sort();
    for (name, value) in variables {
        apply(&mut tree, name, value, faults);
    }
    tree
}

fn merge(tree: &mut Tree, name: &str, source: impl config::Source + Send + Sync + 'static, faults: &mut Vec<Fault>) {
    let read = Config::builder().add_source(source).build().and_then(|config| config.cache.into_table());
    let sections = match read {
        Ok(sections) => sections,
        // The parser quotes the line it stopped at, which may hold a secret: say only where.
        Err(error) => return faults.push(Fault::new(name, unreadable(&error))),
    };
    for (section, value) in sections {
        match value.kind {
            ValueKind::Table(keys) => tree.entry(section).or_default().extend(keys),
            _ => faults.push(Fault::new(section, format!("stands outside a [section] in {name}: move it into one"))),
        }
    }
}

fn unreadable(error: &config::ConfigError) -> String {
    let text = error.to_string();
    let place = text.lines().find_map(|line| line.split_once("at line ").map(|(_, place)| place.trim().to_owned()));
    match place {
        Some(place) => format!("is not TOML at line {}", place.chars().take(20).collect::<String>()),
        None if text.contains("not found") => "does not exist: check --config".into(),
        None => "cannot be read as TOML: check that it exists, is readable, and has no key twice".into(),
    }
}

/// One variable. `KEY` wins over files; `KEY_FILE` sorts after `KEY` and so wins over it.
fn apply(tree: &mut Tree, name: &str, value: &str, faults: &mut Vec<Fault>) {
    let unknown =
        || Fault::new(name, "is no setting of Voxgate: correct or remove it (see `voxgate config check --help`)");
    let Some((section, key)) = name[PREFIX.len()..].split_once("__") else { return faults.push(unknown()) };
    let origin = name.to_owned();
    let set = |tree: &mut Tree, key: &str, value: String| {
        let value = Value::new(Some(&origin), ValueKind::String(value));
        tree.entry(section.to_ascii_lowercase()).or_default().insert(key.to_ascii_lowercase(), value);
    };
    if sections::find(section, key).is_some() {
        return set(tree, key, value.to_owned());
    }
    let Some(plain) = key.strip_suffix(FILE_SUFFIX) else { return faults.push(unknown()) };
    match sections::find(section, plain) {
        Some(true) => match std::fs::read_to_string(value) {
            Ok(secret) => set(tree, plain, secret.trim_end_matches(['\r', '\n']).to_owned()),
            Err(error) => faults.push(Fault::new(name, format!("names a file that cannot be read: {}", error.kind()))),
        },
        Some(false) => faults.push(Fault::new(name, format!("works for secrets only: set {PREFIX}{section}__{plain}"))),
        None => faults.push(unknown()),
    }
}
