//! The JSON Schema of the live channel's frames, made from the one enum of events. Web app, SDKs and consumers of the
//! stream take kinds and shapes from here; `docs/events.schema.json` is its committed copy.

use serde_json::{Map, Value, json};

use super::frame::VERSION;
use crate::domain::{
    event::{Kind, Severity},
    principal::Role,
};

/// Frames that are no events: they steer the connection and stand in no log.
pub const STEERING: [&str; 3] = ["hello", "head", "resync"];

/// The schema (JSON Schema 2020-12) of one frame.
pub fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "VoxgateFrame",
        "description": "One JSON text of the live channel, sub-protocol voxgate.v1. Made from the code.",
        "type": "object",
        "required": ["v", "kind", "at", "severity", "data"],
        "additionalProperties": false,
        "properties": {
            "v": { "const": VERSION },
            "kind": { "anyOf": [{ "$ref": "#/$defs/EventKind" }, { "$ref": "#/$defs/SteeringKind" }] },
            "seq": {
                "type": "integer", "minimum": 0,
                "description": "Counts up by one within the company. Absent in frames addressed to the receiving session alone, and in those about connections.",
            },
            "at": { "type": "string", "format": "date-time" },
            "severity": { "$ref": "#/$defs/Severity" },
            "actor": { "$ref": "#/$defs/Actor" },
            "actor_role": { "$ref": "#/$defs/Role" },
            "subject": { "$ref": "#/$defs/Subject" },
            "session_id": uuid(),
            "ip": { "type": "string" },
            "user_agent": { "type": "string" },
            "data": { "type": "object", "description": "Details of this kind." },
        },
        "$defs": {
            "EventKind": { "type": "string", "enum": names() },
            "SteeringKind": { "type": "string", "enum": STEERING },
            "Severity": { "type": "string", "enum": severities() },
            "Role": { "type": "string", "enum": Role::ALL },
            "Actor": actor(),
            "Subject": subject(),
        },
        "x-severities": usual_severities(),
    })
}

fn uuid() -> Value {
    json!({ "type": "string", "format": "uuid" })
}

fn names() -> Vec<&'static str> {
    Kind::TABLE.iter().map(|row| row.1).collect()
}

fn severities() -> [&'static str; 4] {
    [Severity::Info, Severity::Notice, Severity::Warning, Severity::Critical].map(Severity::as_str)
}

/// The severity each kind has unless its cause says otherwise.
fn usual_severities() -> Map<String, Value> {
    Kind::TABLE.iter().map(|row| (row.1.to_owned(), row.2.as_str().into())).collect()
}

fn actor() -> Value {
    json!({
        "oneOf": [
            {
                "type": "object", "required": ["type", "id"], "additionalProperties": false,
                "properties": { "type": { "const": "user" }, "id": uuid() },
            },
            {
                "type": "object", "required": ["type"], "additionalProperties": false,
                "properties": { "type": { "enum": ["anonymous", "system"] } },
            },
        ],
    })
}

fn subject() -> Value {
    json!({
        "type": "object", "required": ["type", "id"], "additionalProperties": false,
        "properties": { "type": { "type": "string" }, "id": uuid() },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::event::{Actor, Subject},
        stream::{frame::Frame, sample},
    };

    /// Whether a frame has exactly fields the schema knows, all the required ones, and a known kind and severity.
    fn fits(frame: &Frame) {
        let (schema, frame) = (schema(), serde_json::from_slice::<Value>(&frame.bytes()).unwrap());
        let fields = frame.as_object().unwrap();
        let known = schema["properties"].as_object().unwrap();
        assert!(fields.keys().all(|field| known.contains_key(field)), "{frame}");
        assert!(
            schema["required"].as_array().unwrap().iter().all(|field| fields.contains_key(field.as_str().unwrap()))
        );
        let named = |of: &str, value: &Value| schema["$defs"][of]["enum"].as_array().unwrap().contains(value);
        assert!(named("EventKind", &frame["kind"]) || named("SteeringKind", &frame["kind"]), "{frame}");
        assert!(named("Severity", &frame["severity"]), "{frame}");
        assert_eq!(frame["v"], schema["properties"]["v"]["const"]);
    }

    #[test]
    fn every_frame_the_server_makes_fits() {
        let (at, session) = (sample::NOON, sample::principal(Role::User).session);
        for frame in [
            Frame::hello(at, 7, 15, (Role::Manager, 1)),
            Frame::head(at, 7),
            Frame::resync(at, 7, "gap"),
            Frame::session_revoked(at, session, "logout"),
            Frame::presence(at, 2, 3),
            Frame::left(at, &sample::departure(Role::User, true, 0)),
        ] {
            fits(&frame);
        }
        for (kind, ..) in Kind::TABLE {
            let mut row = sample::row(sample::COMPANY, 41, *kind);
            row.origin.ip = Some("203.0.113.9".into());
            row.origin.user_agent = Some("Mozilla/5.0".into());
            row.session = Some(session);
            row.actor_role = Some(Role::Admin);
            fits(&Frame::event(&row).frame);
        }
    }

    #[test]
    fn actors_and_subjects_are_described_as_they_are_written() {
        let written = |actor: Actor| serde_json::to_value(actor).unwrap();
        let user = sample::principal(Role::User).user;
        assert_eq!(written(Actor::User { id: user }), json!({ "type": "user", "id": user }));
        let nameless = actor()["oneOf"][1]["properties"]["type"]["enum"].clone();
        assert_eq!(json!([written(Actor::Anonymous)["type"], written(Actor::System)["type"]]), nameless);
        let fields = serde_json::to_value(Subject::user(user)).unwrap();
        assert!(fields.as_object().unwrap().keys().all(|key| subject()["properties"].get(key).is_some()));
    }
}
