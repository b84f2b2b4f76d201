//! `docs/security-architecture.md` names a file or a test for every claim: each of them is there.

use std::path::Path;

fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).ok()
}

/// What stands in backticks and looks like a file of the repository: the file, and the test in it where one is named.
fn named(page: &str) -> Vec<(&str, Option<&str>)> {
    let quoted = page.split('`').skip(1).step_by(2);
    let files = quoted.map(|quoted| quoted.split_once("::").map_or((quoted, None), |(file, test)| (file, Some(test))));
    let is_file =
        |file: &str| ["src/", "tests/", "docs/", "migration/", "Cargo."].iter().any(|root| file.starts_with(root));
    files.filter(|(file, _)| is_file(file)).collect()
}

#[test]
fn every_file_and_test_the_security_page_names_is_there() {
    let page = read("docs/security-architecture.md").expect("the page");
    let named = named(&page);
    assert!(named.len() > 60, "the claims were found: {}", named.len());
    for (file, test) in named {
        let text = read(file).unwrap_or_else(|| panic!("the page names {file}, which is not there"));
        if let Some(test) = test {
            assert!(text.contains(&format!("fn {test}(")), "the page names {test}, which is not in {file}");
        }
    }
}

#[test]
fn every_requirement_has_a_verdict_and_evidence() {
    let page = read("docs/security-architecture.md").expect("the page");
    let asvs = page.split("## OWASP ASVS").nth(1).and_then(|rest| rest.split("## What is not claimed").next());
    let rows: Vec<&str> = asvs.expect("the table").lines().filter(|line| line.starts_with("| ")).collect();
    let rows: Vec<&str> = rows.into_iter().filter(|row| row.as_bytes()[2].is_ascii_digit()).collect();
    assert!(rows.len() > 55, "the rows were found: {}", rows.len());
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        assert_eq!(cells.len(), 4, "{row}");
        assert!(["✓", "◐", "✗"].contains(&cells[1]) && !named(cells[3]).is_empty(), "{row}");
    }
}

#[test]
fn the_page_and_the_guide_are_linked_from_the_readme() {
    let readme = read("README.md").expect("the README");
    for page in ["docs/api.md", "docs/security-architecture.md"] {
        assert!(readme.contains(&format!("({page})")), "{page}");
    }
}
