//! One or several values in one query parameter, with commas between: `kind=login.failed,login.locked`.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{Error, IntoDeserializer, Visitor, value::StrDeserializer},
};
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, RefOr, Schema, Type};

use crate::domain::{
    event::{Kind, Severity},
    principal::Role,
};

/// The values, at least one.
#[derive(Debug)]
pub(super) struct Several<T>(pub(super) Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Several<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Commas(PhantomData))
    }
}

struct Commas<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Commas<T> {
    type Value = Several<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("values with commas between")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Several<T>, E> {
        let one = |part: &str| {
            let part: StrDeserializer<'_, E> = part.into_deserializer();
            T::deserialize(part)
        };
        text.split(',').map(one).collect::<Result<_, _>>().map(Several)
    }
}

/// Several kinds of event.
pub(super) fn kinds_schema() -> RefOr<Schema> {
    several(Kind::TABLE.iter().map(|row| row.1).collect())
}

/// Several severities.
pub(super) fn severities_schema() -> RefOr<Schema> {
    let all = [Severity::Info, Severity::Notice, Severity::Warning, Severity::Critical];
    several(all.map(Severity::as_str).into())
}

/// Several roles.
pub(super) fn roles_schema() -> RefOr<Schema> {
    several(Role::ALL.map(Role::as_str).into())
}

fn several(names: Vec<&'static str>) -> RefOr<Schema> {
    let one = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names));
    ArrayBuilder::new().items(one).min_items(Some(1)).into()
}
