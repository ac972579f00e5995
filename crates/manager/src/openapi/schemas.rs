//! Schemas of values that have no type of their own on the wire.

use jobbers_core::model::Status;
use serde_json::json;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// The id of a task.
#[derive(Debug)]
pub(crate) struct Id;

/// The id of a worker or scheduler.
#[derive(Debug)]
pub(crate) struct ProcessId;

/// A point in time.
#[derive(Debug)]
pub(crate) struct Time;

/// The status of a task.
#[derive(Debug)]
pub(crate) struct StatusName;

/// A JSON object of the user's.
#[derive(Debug)]
pub(crate) struct AnyObject;

/// A JSON value of the user's.
#[derive(Debug)]
pub(crate) struct AnyJson;

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

impl PartialSchema for Id {
    fn schema() -> RefOr<Schema> {
        text()
            .pattern(Some("^[0-7][0-9A-HJKMNP-TV-Z]{25}$"))
            .description(Some("A ULID."))
            .examples([json!("01ARZ3NDEKTSV4RRFFQ69G5FAV")])
            .into()
    }
}

impl ToSchema for Id {}

impl PartialSchema for ProcessId {
    fn schema() -> RefOr<Schema> {
        text().pattern(Some("^[0-9a-f]{16}$")).examples([json!("5f3a0c81d2e47b96")]).into()
    }
}

impl ToSchema for ProcessId {}

impl PartialSchema for Time {
    fn schema() -> RefOr<Schema> {
        text()
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("RFC 3339, in UTC, with milliseconds."))
            .examples([json!("2026-01-31T12:00:00.000Z")])
            .into()
    }
}

impl ToSchema for Time {}

impl PartialSchema for StatusName {
    fn schema() -> RefOr<Schema> {
        let stored = Status::ALL.into_iter().filter(|status| *status != Status::Unsubmitted);
        text().enum_values(Some(stored.map(Status::as_str))).into()
    }
}

impl ToSchema for StatusName {
    fn name() -> std::borrow::Cow<'static, str> {
        "Status".into()
    }
}

impl PartialSchema for AnyObject {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::Object).into()
    }
}

impl ToSchema for AnyObject {}

impl PartialSchema for AnyJson {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(SchemaType::AnyValue).description(Some("Any JSON.")).into()
    }
}

impl ToSchema for AnyJson {}
