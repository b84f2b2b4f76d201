//! What went wrong when a body or query did not fit its type, without repeating what was sent.

use serde_path_to_error::{Path, Segment};

use crate::domain::code::{Code, FieldError, Refusal};

/// A refusal that says where and what.
pub(super) fn unreadable(code: Code, path: &Path, message: &str) -> Refusal {
    let mut pointer = pointer(path);
    let (fault, named) = classify(message);
    if let Some(field) = named
        && !pointer.ends_with(&format!("/{}", escape(field)))
    {
        pointer.push('/');
        pointer.push_str(&escape(field));
    }
    refused(code, &pointer, fault)
}

/// A refusal of the field at `pointer`.
pub(super) fn refused(code: Code, pointer: &str, fault: Fault) -> Refusal {
    Refusal { fields: vec![FieldError::new(pointer, fault.code(), fault.message())], ..code.into() }
}

/// The ways a value does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Unknown,
    Duplicate,
    Missing,
    TooLong,
    NotText,
    Late,
    Malformed,
}

impl Fault {
    fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown_field",
            Self::Duplicate => "duplicate_field",
            Self::Missing => "missing_field",
            Self::TooLong => "too_long",
            Self::NotText => "not_text",
            Self::Late => "incomplete",
            Self::Malformed => "malformed",
        }
    }

    fn message(self) -> &'static str {
        match self {
            Self::Unknown => "There is no such field here.",
            Self::Duplicate => "This field comes twice.",
            Self::Missing => "This field is needed.",
            Self::TooLong => "This value is too long.",
            Self::NotText => "The character U+0000 is not accepted.",
            Self::Late => "The body did not arrive in time.",
            Self::Malformed => "This does not have the documented form.",
        }
    }
}

/// Reads serde's sentence: what kind of fault it is and which field it names.
fn classify(message: &str) -> (Fault, Option<&str>) {
    let field = message.split('`').nth(1);
    if message.starts_with("unknown field") {
        (Fault::Unknown, field)
    } else if message.starts_with("duplicate field") {
        (Fault::Duplicate, field)
    } else if message.starts_with("missing field") {
        (Fault::Missing, field)
    } else if message.starts_with(super::secret::TOO_LONG) {
        (Fault::TooLong, None)
    } else {
        (Fault::Malformed, None)
    }
}

fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path.iter() {
        let step = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => escape(key),
            Segment::Enum { .. } | Segment::Unknown => continue,
        };
        pointer.push('/');
        pointer.push_str(&step);
    }
    pointer
}

/// RFC 6901 escaping. Names come from the client: they are cut, so that an answer stays small.
fn escape(key: &str) -> String {
    key.chars().take(100).collect::<String>().replace('~', "~0").replace('/', "~1")
}
