//! Reads a body against its schema, and says everything that is wrong with it at once.

use jobbers_core::model::{TaskId, Timestamp, WorkerId, check_name};
use jobbers_core::operation::WrongField;
use jobbers_core::operation::schema::{Format, Schema};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::rules;
use crate::problem::{Kind, Problem};

/// Formats of texts in bodies.
static FORMATS: &[Format] = &[
    ("name", |text| check_name(text).map_err(|error| error.to_string())),
    ("task-id", |text| text.parse::<TaskId>().map(drop).map_err(|error| error.to_string())),
    ("worker-id", |text| {
        let expected = |_| format!("`{}` is not the id of a worker: 16 hexadecimal digits are expected", cut(text));
        text.parse::<WorkerId>().map(drop).map_err(expected)
    }),
    ("time", |text| Timestamp::parse(text).map(drop).map_err(|error| error.to_string())),
];

/// The same formats in terms of JSON Schema alone, for readers who do not know ours: format, keyword, value.
pub(crate) const PUBLISHED_FORMATS: &[(&str, &str, &str)] = &[
    ("name", "pattern", "^[A-Za-z0-9_.:-]{1,64}$"),
    ("task-id", "pattern", "^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$"),
    ("time", "format", "date-time"),
    ("worker-id", "pattern", "^[0-9A-Fa-f]{16}$"),
];

/// Promised fields that are refused until they are built.
const LATER: [&str; 2] = ["/unique", "/task/unique"];

/// Two fields, by their pointers, of which a body may have one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exclusive {
    pub(super) first: &'static str,
    pub(super) second: &'static str,
    pub(super) why: &'static str,
}

fn document_of<T: JsonSchema>() -> Value {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>().to_value()
}

/// What a body is validated with, as a document: its schema, and the rules that are checked besides.
pub(super) fn published<T: JsonSchema>(exclusive: &[Exclusive], at_least_one: &[&str]) -> Value {
    rules::with(document_of::<T>(), exclusive, at_least_one)
}

/// The schema of a body.
pub(super) fn schema_of<T: JsonSchema>() -> Schema {
    Schema::compile_with(&document_of::<T>(), FORMATS).expect("what schemars generates is a schema")
}

/// A body that only says which tasks are meant is not looked into if it is larger than 10,000 ids need.
pub(super) fn check_few(body: &[u8]) -> Result<(), Problem> {
    const MOST: usize = 1 << 20;
    if body.len() <= MOST {
        return Ok(());
    }
    let detail =
        format!("the body has {} bytes: 10,000 ids fit into {MOST} bytes, which is the limit here", body.len());
    Err(Problem::new(Kind::TooLarge, detail))
}

/// The body as `T`, or what is wrong with which of its fields.
pub(super) fn read<T: DeserializeOwned>(body: &[u8], schema: &Schema, exclusive: &[Exclusive]) -> Result<T, Problem> {
    read_with(body, schema, exclusive, |_| Vec::new())
}

/// The same with a rule of its own.
pub(super) fn read_with<T: DeserializeOwned>(
    body: &[u8],
    schema: &Schema,
    exclusive: &[Exclusive],
    rule: impl FnOnce(&Value) -> Vec<WrongField>,
) -> Result<T, Problem> {
    let value: Value = serde_json::from_slice(body).map_err(|error| not_json(body, &error))?;
    let mut wrong = schema.wrong_fields(&value, &[]);
    wrong.extend(exclusive.iter().filter_map(|pair| pair.check(&value)));
    wrong.extend(rule(&value));
    let mut later = 0;
    for field in &mut wrong {
        if LATER.contains(&field.pointer.as_str()) {
            field.detail = "is not built yet: leave it out".into();
            later += 1;
        }
    }
    let only_ids = wrong.iter().all(|field| is_malformed_id(&field.pointer, &value));
    match wrong.len() {
        0 => serde_json::from_slice(body).map_err(|error| misread(&error)),
        _ if only_ids => Err(Problem::wrong_fields(Kind::MalformedId, wrong)),
        count if count == later => Err(Problem::wrong_fields(Kind::NotBuiltYet, wrong)),
        _ => Err(Problem::wrong_fields(Kind::WrongFields, wrong)),
    }
}

/// Whether what is wrong there is a text that is not a task id.
fn is_malformed_id(pointer: &str, body: &Value) -> bool {
    let is_id = matches!(pointer, "/id" | "/task/id") || pointer.starts_with("/task_ids/");
    is_id && body.pointer(pointer).is_some_and(Value::is_string)
}

fn cut(text: &str) -> String {
    text.chars().take(64).collect()
}

pub(super) fn not_json(body: &[u8], error: &serde_json::Error) -> Problem {
    let detail = if body.trim_ascii().is_empty() {
        "the body is empty: JSON is expected".to_owned()
    } else {
        format!("the body is not JSON: {error}")
    };
    Problem::new(Kind::NotJson, detail)
}

/// What a schema does not see, such as a field that is there twice.
fn misread(error: &serde_json::Error) -> Problem {
    Problem::wrong_fields(Kind::WrongFields, vec![WrongField::new("", format!("cannot be read: {error}"))])
}

impl Exclusive {
    fn check(&self, value: &Value) -> Option<WrongField> {
        let sent = |pointer: &str| value.pointer(pointer).is_some_and(|value| !value.is_null());
        let both = sent(self.first) && sent(self.second);
        both.then(|| WrongField::new(self.second, format!("is there besides {}: {}", self.first, self.why)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_format_is_published_as_what_it_checks() {
        assert_eq!(FORMATS.len(), PUBLISHED_FORMATS.len());
        let samples = [
            "",
            "a",
            "default",
            "a.b-c_D9",
            "with space",
            "ä",
            &"n".repeat(64),
            &"n".repeat(65),
            "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "01arz3ndektsv4rrffq69g5fav",
            "81ARZ3NDEKTSV4RRFFQ69G5FAV",
            "01ARZ3NDEKTSV4RRFFQ69G5FAU",
            "01ARZ3NDEKTSV4RRFFQ69G5FAVX",
            "0000000000000000",
            "00000000000000ff",
            "2026-01-31T12:00:00Z",
            "2026-01-31T12:00:00.5+01:00",
            "2026-01-31T12:00:00",
            "2026-13-31T12:00:00Z",
        ];
        for (name, check) in FORMATS {
            let (_, keyword, value) = PUBLISHED_FORMATS.iter().find(|(published, ..)| published == name).unwrap();
            let schema = Schema::compile_with(&json!({*keyword: *value}), &[]).unwrap();
            for sample in samples {
                let published = schema.wrong_fields(&json!(sample), &[]).is_empty();
                assert_eq!(published, check(sample).is_ok(), "{name}: {sample:?}");
            }
        }
    }
}
