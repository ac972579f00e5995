//! JSON Schema, with errors that a person can act on.

mod forms;
mod place;
mod sentence;
mod value;

use serde_json::Value;

/// One thing that is wrong in a JSON document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongField {
    /// JSON pointer (RFC 6901) to the field; of a missing or unknown one as if it were there and known.
    pub pointer: String,
    /// What is wrong, the value, and what is allowed.
    pub detail: String,
}

impl WrongField {
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }
}

/// A `format` of our own: its name, and a check that says what is wrong.
pub type Format = (&'static str, fn(&str) -> Result<(), String>);

/// A document that is not a JSON Schema.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a JSON Schema: {0}")]
pub struct InvalidSchema(String);

/// A compiled JSON Schema.
#[derive(Debug)]
pub struct Schema {
    document: Value,
    validator: jsonschema::Validator,
    formats: &'static [Format],
}

/// More than this many wrong fields help nobody.
const MOST_WRONG_FIELDS: usize = 100;

impl Schema {
    /// Formats are annotations here, as draft 2020-12 has them.
    pub fn compile(document: &Value) -> Result<Self, InvalidSchema> {
        Self::build(document, &[], jsonschema::options())
    }

    /// As [`compile`](Self::compile), but with formats that are checked.
    pub fn compile_with(document: &Value, formats: &'static [Format]) -> Result<Self, InvalidSchema> {
        let mut options = jsonschema::options().should_validate_formats(true);
        for (name, check) in formats {
            options = options.with_format(*name, move |text: &str| check(text).is_ok());
        }
        Self::build(document, formats, options)
    }

    fn build(
        document: &Value,
        formats: &'static [Format],
        options: jsonschema::ValidationOptions<'_>,
    ) -> Result<Self, InvalidSchema> {
        // A schema refers to nothing outside of itself: checking one never opens a file or a connection.
        let validator = options.offline().build(document).map_err(|error| InvalidSchema(error.to_string()))?;
        Ok(Self { document: document.clone(), validator, formats })
    }

    /// Everything that is wrong in `value`, at most 100 things. Values of fields whose name is in `hidden` are not
    /// shown.
    pub fn wrong_fields(&self, value: &Value, hidden: &[String]) -> Vec<WrongField> {
        if self.validator.is_valid(value) {
            return Vec::new();
        }
        let mut wrong: Vec<WrongField> = Vec::new();
        for error in self.validator.iter_errors(value) {
            for field in sentence::describe(&error, self, hidden) {
                if !wrong.contains(&field) {
                    wrong.push(field);
                }
            }
            if wrong.len() >= MOST_WRONG_FIELDS {
                break;
            }
        }
        wrong.truncate(MOST_WRONG_FIELDS);
        wrong
    }

    /// The names of the fields that the object schema at `pointer` knows.
    fn known_fields(&self, pointer: &str) -> Vec<&str> {
        let properties = self.document.pointer(pointer).and_then(|schema| schema.get("properties"));
        properties.and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.as_str()).collect()
    }
}

#[cfg(test)]
mod tests;
