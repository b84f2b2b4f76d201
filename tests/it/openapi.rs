//! Documents that are made from the code: each committed copy is the one the program makes now, and each is sound.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::generated::is_committed;

fn program(arguments: &[&str]) -> String {
    let ran = std::process::Command::new(env!("CARGO_BIN_EXE_voxgate")).args(arguments).env_clear().output().unwrap();
    assert!(ran.status.success(), "{ran:?}");
    String::from_utf8(ran.stdout).unwrap()
}

fn document() -> Value {
    serde_json::from_str(&program(&["openapi"])).unwrap()
}

#[test]
fn the_generated_openapi_document_is_what_the_program_prints() {
    is_committed("docs/openapi.json", &program(&["openapi"]));
}

#[test]
fn the_generated_list_of_errors_is_the_table_of_codes() {
    is_committed("docs/errors.md", &voxgate::http::errors_markdown());
}

#[test]
fn the_generated_schema_of_events_is_the_enum_of_events() {
    let schema = serde_json::to_string_pretty(&voxgate::stream::schema::schema()).unwrap();
    is_committed("docs/events.schema.json", &format!("{schema}\n"));
}

/// Every object of the document, with the way to it.
fn walk<'a>(value: &'a Value, way: String, visit: &mut impl FnMut(&str, &'a Value)) {
    visit(&way, value);
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, field)| walk(field, format!("{way}/{name}"), visit)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, item)| walk(item, format!("{way}/{n}"), visit));
        }
        _ => {}
    }
}

/// The operations of the document: path, method, operation.
fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().iter().map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
        })
        .collect()
}

#[test]
fn the_document_is_openapi_3_1() {
    let document = document();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."), "{}", document["openapi"]);
    for field in ["title", "version"] {
        assert!(document["info"][field].as_str().is_some_and(|text| !text.is_empty()), "info has a {field}");
    }
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)), "component name {name}");
    }
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    let document = document();
    let mut seen = 0;
    walk(&document, String::new(), &mut |way, value| {
        if let Some(target) = value.get("$ref").and_then(Value::as_str) {
            let pointer = target.strip_prefix('#').unwrap_or_else(|| panic!("{way} leads outside: {target}"));
            assert!(document.pointer(pointer).is_some(), "{way} leads nowhere: {target}");
            seen += 1;
        }
    });
    assert!(seen > 50, "the document refers to its components");
}

#[test]
fn schemas_use_the_types_of_json_and_no_word_of_openapi_3_0() {
    let document = document();
    let types = ["string", "number", "integer", "boolean", "object", "array", "null"];
    walk(&document["components"]["schemas"], String::new(), &mut |way, value| {
        if way.ends_with("/properties") {
            return;
        }
        assert!(!way.ends_with("/nullable") || value.is_object(), "{way}: 3.1 says `type: [..., null]`");
        if way.ends_with("/type") && !way.ends_with("/properties/type") {
            let named: Vec<&str> = match value {
                Value::String(name) => vec![name.as_str()],
                Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
                other => panic!("{way}: {other}"),
            };
            assert!(named.iter().all(|name| types.contains(name)), "{way}: {named:?}");
        }
    });
}

#[test]
fn every_operation_has_a_name_answers_and_exactly_the_parameters_of_its_path() {
    let document = document();
    let mut names = BTreeSet::new();
    let methods = ["get", "put", "post", "delete", "patch"];
    for (path, method, operation) in operations(&document) {
        assert!(methods.contains(&method), "{method} {path}");
        assert!(names.insert(operation["operationId"].as_str().unwrap()), "{method} {path} has a name of its own");
        let responses = operation["responses"].as_object().unwrap();
        let status = |code: &String| code.parse::<u16>().is_ok_and(|code| (100..600).contains(&code));
        assert!(responses.keys().all(status), "{method} {path}");
        assert!(responses.keys().any(|code| code.starts_with(['1', '2', '3'])), "{method} {path} can succeed");
        assert!(responses.values().all(|response| response["description"].is_string()), "{method} {path}");
        let declared: BTreeSet<_> = parameters(operation, "path").map(|one| one["name"].as_str().unwrap()).collect();
        assert!(parameters(operation, "path").all(|one| one["required"] == true), "{method} {path}");
        assert_eq!(declared, path.split(['{', '}']).skip(1).step_by(2).collect(), "{method} {path}");
    }
    assert!(names.len() > 30, "the document holds the API");
}

/// The parameters of an operation in this place.
fn parameters<'a>(operation: &'a Value, place: &'a str) -> impl Iterator<Item = &'a Value> {
    operation["parameters"].as_array().into_iter().flatten().filter(move |one| one["in"] == place)
}

#[test]
fn every_security_requirement_names_a_declared_scheme() {
    let document = document();
    let schemes = document["components"]["securitySchemes"].as_object().unwrap();
    for (path, method, operation) in operations(&document) {
        for requirement in operation["security"].as_array().into_iter().flatten() {
            assert!(requirement.as_object().unwrap().keys().all(|name| schemes.contains_key(name)), "{method} {path}");
        }
    }
}

/// The stories of the browser that are named after an attack, alike.
fn cases_in_a_browser() -> Vec<(u32, String, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("web/e2e");
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
        let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
        let file = format!("web/e2e/{}", entry.file_name().to_str().unwrap());
        for title in text.split("test('case ").skip(1).filter_map(|rest| rest.split_once('\'')).map(|(title, _)| title)
        {
            let (number, says) = title.split_once(": ").unwrap_or_else(|| panic!("no number in {title}"));
            cases.push((number.parse().unwrap(), file.clone(), says.to_owned()));
        }
    }
    cases
}

/// The tests named after an attack: its numbers, the file and the words of the name.
fn cases() -> Vec<(u32, String, String)> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("src"), root.join("tests")];
    let mut cases = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let text = std::fs::read_to_string(&entry).unwrap_or_default();
            let file = entry.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            for name in text.split("fn case").skip(1).filter_map(|rest| rest.split_once('(')).map(|(name, _)| name) {
                let words: Vec<&str> = name.trim_start_matches(['s', '_']).split('_').collect();
                let is_number = |word: &&str| word.parse::<u32>().is_ok() || *word == "and";
                let numbers: Vec<&str> = words.iter().copied().take_while(is_number).collect();
                let says = words[numbers.len()..].join(" ");
                let numbers = numbers.iter().filter_map(|word| word.parse().ok());
                cases.extend(numbers.map(|number| (number, file.clone(), says.clone())));
            }
        }
    }
    cases.extend(cases_in_a_browser());
    cases.sort();
    cases
}

#[test]
fn the_generated_list_of_security_cases_names_every_test_of_an_attack() {
    let cases = cases();
    assert!(cases.len() > 60, "the cases were found: {}", cases.len());
    let mut text = String::from(
        "# Attacks this server stands\n\nEach row is an attack on a real product that became a test against this server, and what the \
         test proves. Numbers are those in the names of the tests. This file is made from the tests.\n\n\
         | case | what is proven | where |\n|---|---|---|\n",
    );
    for (number, file, says) in cases {
        text.push_str(&format!("| {number} | {says} | `{file}` |\n"));
    }
    is_committed("docs/security-cases.md", &text);
}
