//! What strangers can send, as functions over bytes. Each panics when a promise about its input is broken. The fuzzer
//! (`tests/fuzz`) calls them, and the tests here replay what it found worth keeping. Not part of the product.

#![allow(clippy::expect_used, reason = "a promise that is broken must end the run")]

mod mails;
mod tokens;

use crate::{domain, http, live};

/// What is done with bytes of a stranger's.
pub type Target = fn(&[u8]);

/// Every target by its name, which is also the folder of its corpus.
pub const TARGETS: [(&str, Target); 8] = [
    ("token", tokens::token),
    ("headers", http::fuzzing::headers),
    ("bodies", http::fuzzing::bodies),
    ("filter", http::fuzzing::filter),
    ("frame", frame),
    ("email", email),
    ("mail", mails::mail),
    ("csv", csv),
];

/// A frame is one of the documented objects or nothing.
fn frame(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if live::frame::Said::parse(text).is_some() {
        let json: serde_json::Value = serde_json::from_str(text).expect("JSON");
        assert!(json["kind"] == "ping" || json["kind"] == "renew" && json["access_token"].is_string(), "{text}");
    }
}

/// A normal address is plain, short, and its own normal form.
fn email(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(normal) = domain::email::NormalEmail::parse(text) else { return };
    let again = domain::email::NormalEmail::parse(normal.as_str()).expect("a normal form is acceptable");
    assert_eq!(again, normal);
    assert!(text.eq_ignore_ascii_case(normal.as_str()) && text.len() <= domain::email::MAX_LENGTH);
    assert!(normal.as_str().bytes().all(|byte| byte.is_ascii_graphic()), "{text}");
    assert_eq!(format!("{}@{}", normal.local_part(), normal.domain()), normal.as_str());
}

/// Cells come back as they were, none begins a formula, and none opens another cell or line.
fn csv(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let cells: Vec<&str> = text.split('\u{1f}').collect();
    let mut line = String::new();
    domain::csv::line(&mut line, cells.iter().copied());
    let mut rest = line.as_str();
    for (index, cell) in cells.iter().enumerate() {
        let (shown, after) = first_cell(rest);
        assert!(!shown.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0']), "{line:?}");
        assert!(shown == *cell || shown.strip_prefix('\'') == Some(cell), "{line:?}");
        let end = if index + 1 == cells.len() { "\r\n" } else { "," };
        rest = after.strip_prefix(end).expect("the cell ends where it should");
    }
    assert_eq!(rest, "");
}

/// The first cell of a line (RFC 4180), unquoted, and what follows it.
fn first_cell(line: &str) -> (String, &str) {
    let Some(mut rest) = line.strip_prefix('"') else {
        let end = line.find([',', '\r', '\n']).unwrap_or(line.len());
        return (line[..end].to_owned(), &line[end..]);
    };
    let mut cell = String::new();
    loop {
        let quote = rest.find('"').expect("the quote is closed");
        cell.push_str(&rest[..quote]);
        rest = &rest[quote + 1..];
        match rest.strip_prefix('"') {
            Some(more) => (cell.push('"'), rest = more).0,
            None => return (cell, rest),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use proptest::prelude::*;

    use super::TARGETS;

    #[test]
    fn what_the_fuzzer_kept_breaks_no_promise() {
        for (name, target) in TARGETS {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(name);
            let inputs = fs::read_dir(&folder).unwrap_or_else(|_| panic!("no corpus of {name}"));
            let replayed = inputs.map(|input| target(&fs::read(input.unwrap().path()).unwrap())).count();
            assert!(replayed > 0, "the corpus of {name} is empty");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_break_a_promise(data in prop::collection::vec(any::<u8>(), 0..200), text in "\\PC{0,80}") {
            for (_, target) in TARGETS {
                target(&data);
                target(text.as_bytes());
            }
        }
    }
}
