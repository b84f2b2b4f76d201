//! Facts about the route table and the document made from it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::http::{
    openapi,
    routes::{self, Access, Bucket, Verb},
};

#[test]
fn every_row_has_a_method_and_path_and_a_name_of_its_own() {
    let (mut places, mut names) = (BTreeSet::new(), BTreeSet::new());
    for row in routes::all() {
        assert!(names.insert(row.name), "{} comes twice", row.name);
        for path in [row.path].iter().chain(row.aliases) {
            assert!(path.starts_with('/'), "{path}");
            assert!(places.insert((row.method, *path)), "{path} comes twice");
        }
        assert!(row.name.contains('.') && !row.summary.is_empty() && row.body_limit > 0, "{}", row.name);
    }
}

#[test]
fn step_up_is_asked_of_signed_in_people_only_and_every_api_route_is_limited() {
    for row in routes::all() {
        assert!(!row.step_up || row.access.roles().is_some(), "{}", row.name);
        assert!(row.bucket != Bucket::Free || !row.path.starts_with("/api"), "{}", row.name);
        if let Some(roles) = row.access.roles() {
            assert!(!roles.is_empty() && row.path.starts_with("/api/"), "{}", row.name);
        }
    }
}

#[test]
fn the_public_routes_are_these_and_no_others() {
    let public: BTreeSet<_> = routes::all()
        .filter(|row| row.path.starts_with("/api/") && row.access == Access::Public)
        .map(|row| row.name)
        .collect();
    let expected = [
        "auth.forgot_password",
        "auth.login",
        "auth.refresh",
        "auth.register",
        "auth.reset_password",
        "auth.verify_email",
        "auth.verify_mfa",
        "invitations.accept",
        "system.openapi",
    ];
    assert_eq!(public, BTreeSet::from(expected));
}

fn document() -> Value {
    serde_json::from_str(&openapi::json()).unwrap()
}

fn operation<'a>(document: &'a Value, row: &routes::Endpoint) -> &'a Value {
    let verb = match row.method {
        Verb::Get => "get",
        Verb::Post => "post",
        Verb::Put => "put",
        Verb::Patch => "patch",
        Verb::Delete => "delete",
    };
    &document["paths"][row.path][verb]
}

#[test]
fn the_document_is_openapi_3_1_and_holds_every_row() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    for row in routes::all() {
        let operation = operation(&document, row);
        assert_eq!(operation["operationId"], row.name);
        assert_eq!(operation["security"].is_array(), row.access.is_guarded(), "{}", row.name);
        let service = operation["security"][0].get("service").is_some();
        assert_eq!(service, matches!(row.access, Access::Service(_)), "{}", row.name);
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with(['2', '3']) || status == "101"), "{}", row.name);
        assert!(responses.contains_key("500"), "{}", row.name);
    }
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    let document = document();
    let mut waiting = vec![&document];
    let mut seen = 0;
    while let Some(value) = waiting.pop() {
        if let Some(target) = value.get("$ref").and_then(Value::as_str) {
            seen += 1;
            assert!(document.pointer(target.trim_start_matches('#')).is_some(), "{target} is missing");
        }
        match value {
            Value::Object(map) => waiting.extend(map.values()),
            Value::Array(items) => waiting.extend(items),
            _ => {}
        }
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn bodies_take_no_unknown_fields_and_secrets_are_marked() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for (name, schema) in schemas.iter().filter(|(name, _)| name.ends_with("Input")) {
        assert_eq!(schema["additionalProperties"], false, "{name}");
    }
    assert_eq!(schemas["Secret"]["format"], "password");
    assert!(schemas["Problem"].is_object());
}

#[test]
fn kinds_have_their_wire_names_and_parameters_are_never_null() {
    let document = document();
    assert_eq!(document["components"]["schemas"]["Kind"]["enum"][0], "company.registered");
    let parameters = document["paths"]["/api/audit-logs"]["get"]["parameters"].as_array().unwrap();
    assert_eq!(parameters[0]["schema"]["items"]["enum"][0], "company.registered");
    for path in document["paths"].as_object().unwrap().values() {
        let mut queries = path["get"]["parameters"].as_array().into_iter().flatten();
        assert!(queries.all(|parameter| !parameter.to_string().contains("\"null\"")));
    }
}

#[test]
fn every_route_that_creates_may_be_sent_again_under_a_key_and_says_so() {
    let document = document();
    for row in routes::all() {
        let operation = operation(&document, row);
        assert_eq!(operation["responses"].get("201").is_some(), row.repeatable, "{}", row.name);
        let named = operation["parameters"].as_array().into_iter().flatten();
        let named = named.filter(|parameter| parameter["name"] == "Idempotency-Key").count();
        assert_eq!(named, usize::from(row.repeatable), "{}", row.name);
        assert_eq!(operation["responses"].get("422").is_some(), row.repeatable, "{}", row.name);
    }
}

#[test]
fn every_path_parameter_is_described() {
    let document = document();
    for row in routes::all().filter(|row| row.path.contains('{')) {
        let described = operation(&document, row)["parameters"].as_array().map_or(0, Vec::len);
        assert_eq!(described, row.path.matches('{').count(), "{}", row.name);
    }
}
