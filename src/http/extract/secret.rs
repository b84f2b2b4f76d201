//! A password, code or token as it came in a body: no Debug shows it, and nothing above 1 KiB gets further than here.

use std::{borrow::Cow, fmt};

use secrecy::SecretString;
use serde::{Deserialize, Deserializer, de};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type},
};

/// Longer secrets are refused before any work: hashing a megabyte is an attack, not a password.
const MAX_BYTES: usize = 1024;

/// How serde's message begins when a secret is too long.
pub(super) const TOO_LONG: &str = "longer than";

/// A secret from a body.
#[derive(Debug)]
pub(in crate::http) struct Secret(pub(in crate::http) SecretString);

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text)
    }
}

struct Text;

impl de::Visitor<'_> for Text {
    type Value = Secret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Secret, E> {
        if text.len() > MAX_BYTES {
            return Err(E::custom(format_args!("{TOO_LONG} {MAX_BYTES} bytes")));
        }
        Ok(Secret(SecretString::from(text)))
    }
}

impl PartialSchema for Secret {
    fn schema() -> RefOr<Schema> {
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Password)))
            .max_length(Some(MAX_BYTES))
            .write_only(true);
        schema.description(Some("A secret; never logged.")).build().into()
    }
}

impl ToSchema for Secret {
    fn name() -> Cow<'static, str> {
        "Secret".into()
    }
}
