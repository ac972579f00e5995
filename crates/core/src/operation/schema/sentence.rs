use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;

use super::forms::{self, Nearest};
use super::place::{child, leads_through};
use super::value::{cut, either, plain, shown};
use super::{Schema, WrongField};

/// Most names that a sentence lists.
const MOST_NAMES: usize = 20;

/// What an error of the validator says about which fields.
pub(super) fn describe(error: &ValidationError<'_>, schema: &Schema, hidden: &[String]) -> Vec<WrongField> {
    let place = error.instance_path().as_str();
    // What an array holds is shown, so one that may hold a hidden field is not.
    let secret = leads_through(place, hidden) || (!hidden.is_empty() && error.instance().is_array());
    match error.kind() {
        Kind::Required { property } => {
            vec![WrongField::new(child(place, property.as_str().unwrap_or_default()), "is missing")]
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let object = error.schema_path().as_str().rsplit_once('/').map_or("", |(object, _)| object);
            let known = schema.known_fields(object);
            unexpected.iter().map(|field| WrongField::new(child(place, field), unknown_field(&known))).collect()
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => match forms::nearest(context, place) {
            Nearest::Form(errors) => errors.iter().flat_map(|error| describe(error, schema, hidden)).collect(),
            Nearest::Types(names) => {
                vec![WrongField::new(place, format!("must be {}{}", either(&names), but_is(error, secret)))]
            }
            Nearest::None => {
                vec![WrongField::new(place, format!("fits none of the allowed forms{}", but_is(error, secret)))]
            }
        },
        kind => vec![WrongField::new(place, sentence(kind, error, schema, secret))],
    }
}

fn sentence(kind: &Kind, error: &ValidationError<'_>, schema: &Schema, secret: bool) -> String {
    let is = but_is(error, secret);
    match kind {
        Kind::Type { kind } => format!("must be {}{is}", types(kind)),
        Kind::Minimum { limit } => format!("must be {limit} or more{is}"),
        Kind::Maximum { limit } => format!("must be {limit} or less{is}"),
        Kind::ExclusiveMinimum { limit } => format!("must be more than {limit}{is}"),
        Kind::ExclusiveMaximum { limit } => format!("must be less than {limit}{is}"),
        Kind::MultipleOf { multiple_of } => format!("must be a multiple of {multiple_of}{is}"),
        Kind::MinLength { limit } => format!("must have at least {limit} characters{is}"),
        Kind::MaxLength { limit } => format!("must have at most {limit} characters{is}"),
        Kind::MinItems { limit } => format!("must have at least {limit} items{is}"),
        Kind::MaxItems { limit } => format!("must have at most {limit} items{is}"),
        Kind::AdditionalItems { limit } => format!("must have at most {limit} items{is}"),
        Kind::MinProperties { limit } => format!("must have at least {limit} fields{is}"),
        Kind::MaxProperties { limit } => format!("must have at most {limit} fields{is}"),
        Kind::UniqueItems => format!("must not have the same item twice{is}"),
        Kind::Constant { expected_value } => format!("must be {}{is}", plain(expected_value)),
        Kind::Enum { options } => {
            let options: Vec<String> = options.as_array().into_iter().flatten().map(plain).collect();
            format!("must be {}{is}", either(&options))
        }
        Kind::Pattern { pattern } => format!("must match the pattern {}{is}", cut(pattern)),
        Kind::Format { format } => own_format(format, error.instance(), schema, secret)
            .unwrap_or_else(|| format!("must have the format {format}{is}")),
        Kind::FalseSchema => "is not allowed here".into(),
        Kind::OneOfMultipleValid { .. } => format!("fits more than one of the allowed forms{is}"),
        rare => {
            let words = error.masked_with("it").to_string();
            format!("{words} (JSON Schema: {})", rare.keyword())
        }
    }
}

fn but_is(error: &ValidationError<'_>, secret: bool) -> String {
    if secret { String::new() } else { format!(", but is {}", shown(error.instance())) }
}

fn own_format(format: &str, value: &Value, schema: &Schema, secret: bool) -> Option<String> {
    let (_, check) = schema.formats.iter().find(|(name, _)| *name == format)?;
    if secret { None } else { check(value.as_str()?).err() }
}

fn unknown_field(known: &[&str]) -> String {
    match known {
        [] => "is not a known field: none is allowed here".into(),
        known if known.len() > MOST_NAMES => "is not a known field".into(),
        known => format!("is not a known field: {} are known", known.join(", ")),
    }
}

fn types(kind: &TypeKind) -> String {
    either(&type_names(kind))
}

/// Each type with its article.
pub(super) fn type_names(kind: &TypeKind) -> Vec<String> {
    let with_article = |json_type: JsonType| match json_type {
        JsonType::Null => "null".to_owned(),
        JsonType::Boolean => "true or false".to_owned(),
        JsonType::Integer => "a whole number".to_owned(),
        JsonType::Number => "a number".to_owned(),
        JsonType::String => "a string".to_owned(),
        JsonType::Array => "an array".to_owned(),
        JsonType::Object => "an object".to_owned(),
    };
    match kind {
        TypeKind::Single(single) => vec![with_article(*single)],
        // Whoever gets a type wrong did not mean to leave the field out.
        TypeKind::Multiple(several) => several.iter().filter(|one| *one != JsonType::Null).map(with_article).collect(),
    }
}
