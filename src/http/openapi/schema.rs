//! Schemas that the derived ones do not get right.

use utoipa::openapi::{
    ObjectBuilder, RefOr, Schema, Type,
    schema::{OneOf, SchemaType},
};

use crate::domain::event::Kind;

/// The names of every kind of event, as they stand on the wire.
pub(super) fn kind_schema() -> RefOr<Schema> {
    let names = Kind::TABLE.iter().map(|row| row.1);
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).into()
}

/// A query parameter is absent or has a value; nobody can send null in a query.
pub(super) fn without_null(schema: RefOr<Schema>) -> RefOr<Schema> {
    match schema {
        RefOr::T(Schema::OneOf(mut either)) if either.items.len() == 2 => {
            either.items.swap_remove(either_value(&either))
        }
        RefOr::T(Schema::Object(mut object)) => {
            if let SchemaType::Array(types) = &object.schema_type
                && let Some(one) = types.iter().find(|one| **one != Type::Null)
            {
                object.schema_type = SchemaType::Type(one.clone());
            }
            RefOr::T(Schema::Object(object))
        }
        schema => schema,
    }
}

/// Which of two alternatives is not null.
fn either_value(either: &OneOf) -> usize {
    let is_null = |item: &RefOr<Schema>| matches!(item, RefOr::T(Schema::Object(object)) if object.schema_type == SchemaType::Type(Type::Null));
    either.items.iter().position(|item| !is_null(item)).unwrap_or_default()
}
