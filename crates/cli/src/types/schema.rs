//! JSON Schemas of parameters, as people read them. Far from all that a schema can say, but what `jobbers submit` needs.

use serde_json::Value;

/// Schemas within schemas that are looked into.
const DEEPEST: usize = 8;

/// A parameter.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    name: String,
    kind: String,
    /// The first of the values that it may have, if they are named.
    first: Option<String>,
    required: bool,
    default: Option<Value>,
    description: String,
}

/// The sets of parameters that a schema takes, one of which is to be given.
pub(super) fn alternatives(schema: &Value) -> Vec<Vec<Field>> {
    alternatives_of(schema, schema, 0)
}

fn alternatives_of(schema: &Value, root: &Value, depth: usize) -> Vec<Vec<Field>> {
    let schema = resolved(schema, root);
    let several = ["anyOf", "oneOf"].iter().find_map(|word| schema.get(word)?.as_array());
    match several {
        Some(several) if depth < DEEPEST => {
            several.iter().flat_map(|schema| alternatives_of(schema, root, depth + 1)).collect()
        }
        _ => vec![fields(schema, root)],
    }
}

fn fields(schema: &Value, root: &Value) -> Vec<Field> {
    let required = |name: &str| {
        let names = schema.get("required").and_then(Value::as_array);
        names.is_some_and(|names| names.iter().any(|required| required == name))
    };
    let properties = schema.get("properties").and_then(Value::as_object);
    let field = |(name, property): (&String, &Value)| {
        let description = property.get("description").or_else(|| resolved(property, root).get("description"));
        // Of objects with defaults, schemars says these of the whole.
        let whole = || schema.get("default")?.get(name);
        Field {
            name: name.clone(),
            kind: kind(property, root, 0),
            first: resolved(property, root).get("enum").and_then(|values| Some(plain(values.get(0)?))),
            required: required(name),
            default: property.get("default").or_else(whole).filter(|default| !default.is_null()).cloned(),
            description: description.and_then(Value::as_str).unwrap_or_default().replace('\n', " "),
        }
    };
    let mut fields: Vec<Field> = properties.into_iter().flatten().map(field).collect();
    fields.sort_by_key(|field| !field.required);
    fields
}

/// What a reference within the document stands for.
fn resolved<'a>(schema: &'a Value, root: &'a Value) -> &'a Value {
    let mut schema = schema;
    for _ in 0..DEEPEST {
        let target = schema.get("$ref").and_then(Value::as_str).and_then(|path| root.pointer(path.strip_prefix('#')?));
        match target {
            Some(target) => schema = target,
            None => break,
        }
    }
    schema
}

fn kind(schema: &Value, root: &Value, depth: usize) -> String {
    let schema = resolved(schema, root);
    if depth > DEEPEST {
        return "value".to_owned();
    }
    if let Some(value) = schema.get("const") {
        return value.to_string();
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return values.iter().map(plain).collect::<Vec<_>>().join("|");
    }
    let several = ["anyOf", "oneOf"].iter().find_map(|word| schema.get(word)?.as_array());
    let kinds: Vec<String> = match (several, schema.get("type")) {
        (Some(several), _) => several.iter().map(|schema| kind(schema, root, depth + 1)).collect(),
        (None, Some(Value::Array(types))) => types.iter().filter_map(Value::as_str).map(word).collect(),
        (None, Some(Value::String(name))) => vec![word(name)],
        _ => vec!["value".to_owned()],
    };
    let kinds: Vec<&str> = kinds.iter().map(String::as_str).filter(|kind| *kind != "null").collect();
    if kinds.is_empty() { "null".to_owned() } else { kinds.join("|") }
}

/// A text as it is, anything else as JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn word(name: &str) -> String {
    match name {
        "string" => "text",
        "array" => "list",
        name => name,
    }
    .to_owned()
}

impl Field {
    /// `name=kind`, in brackets if it may be left out.
    pub(super) fn word(&self) -> String {
        let word = format!("{}={}", self.name, self.kind);
        if self.required { word } else { format!("[{word}]") }
    }

    /// All of it, on a line.
    pub(super) fn line(&self) -> String {
        let default = self.default.as_ref().map(|default| format!(" (default {default})")).unwrap_or_default();
        format!("{:<23}{}{default}", self.word(), self.description).trim_end().to_owned()
    }

    /// As an argument of `jobbers submit`: with its default, or with a word that says what is to stand there.
    pub(super) fn example(&self) -> String {
        let value = match &self.default {
            Some(value) => plain(value),
            None => self.first.clone().unwrap_or_else(|| self.kind.to_uppercase()),
        };
        let word = format!("{}={value}", self.name);
        let needs_no_quotes = |c: char| c.is_alphanumeric() || "=._-/:,+@%".contains(c);
        if word.chars().all(needs_no_quotes) { word } else { format!("'{}'", word.replace('\'', "'\\''")) }
    }
}
