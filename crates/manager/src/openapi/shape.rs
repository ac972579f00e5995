//! Schemas as a reader of the document needs them.

use serde_json::{Map, Value};

use crate::wire::PUBLISHED_FORMATS;

/// Adds the schema of a body, and what it defines for itself as schemas of their own.
pub(super) fn add(schemas: &mut Map<String, Value>, name: &str, mut schema: Value) {
    if let Some(fields) = schema.as_object_mut() {
        fields.remove("$schema");
        fields.remove("title");
        if let Some(Value::Object(definitions)) = fields.remove("$defs") {
            for (name, definition) in definitions {
                add(schemas, &name, definition);
            }
        }
    }
    publish(&mut schema);
    schemas.insert(name.to_owned(), schema);
}

/// Points to the components of the document, and says our own formats in terms that everybody knows.
fn publish(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if let Some(Value::String(target)) = fields.get_mut("$ref") {
                *target = target.replace("#/$defs/", "#/components/schemas/");
            }
            let own = fields.get("format").and_then(Value::as_str);
            if let Some((_, keyword, value)) = PUBLISHED_FORMATS.iter().find(|(name, ..)| Some(*name) == own) {
                fields.remove("format");
                fields.insert((*keyword).to_owned(), Value::from(*value));
            }
            fields.values_mut().for_each(publish);
        }
        Value::Array(items) => items.iter_mut().for_each(publish),
        _ => {}
    }
}

/// A field of an answer that may be missing is never null.
pub(super) fn absent_is_not_null(schema: &mut Value) {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (name, field) in properties.into_iter().flatten() {
        if !required.iter().any(|required| required == name) {
            not_null(field);
        }
    }
    // Fields that come from several shapes.
    let parts = schema.get_mut("allOf").and_then(Value::as_array_mut);
    parts.into_iter().flatten().for_each(absent_is_not_null);
}

/// `T | null` as `T`.
pub(super) fn not_null(schema: &mut Value) {
    let is_null = |schema: &Value| schema["type"] == "null";
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            schema["type"] = only.clone();
        }
    }
    let Some(branches) = schema.get_mut("oneOf").and_then(Value::as_array_mut) else { return };
    branches.retain(|branch| !is_null(branch));
    if let [only] = branches.as_slice() {
        let mut only = only.clone();
        if let (Some(fields), Some(of_field)) = (only.as_object_mut(), schema.as_object_mut()) {
            of_field.remove("oneOf");
            fields.append(of_field);
        }
        *schema = only;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_may_be_missing_is_not_null_and_what_is_always_there_may_be() {
        let mut schema = json!({
            "required": ["last_error"],
            "properties": {
                "last_error": {"type": ["string", "null"]},
                "error": {"type": ["string", "null"], "description": "the newest"},
                "run_at": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}], "description": "due"},
            },
        });
        absent_is_not_null(&mut schema);
        assert_eq!(
            schema["properties"],
            json!({
                "last_error": {"type": ["string", "null"]},
                "error": {"type": "string", "description": "the newest"},
                "run_at": {"$ref": "#/components/schemas/Time", "description": "due"},
            })
        );
        let mut schema = json!({"allOf": [{"properties": {"n": {"type": ["integer", "null"]}}}]});
        absent_is_not_null(&mut schema);
        assert_eq!(schema, json!({"allOf": [{"properties": {"n": {"type": "integer"}}}]}));
    }

    #[test]
    fn definitions_become_components() {
        let mut schemas = Map::new();
        let schema = json!({
            "$schema": "x", "title": "Body", "properties": {"a": {"$ref": "#/$defs/A"}, "t": {"format": "time"}},
            "$defs": {"A": {"type": "string", "format": "task-id"}},
        });
        add(&mut schemas, "Body", schema);
        assert_eq!(
            schemas["Body"],
            json!({"properties": {"a": {"$ref": "#/components/schemas/A"}, "t": {"format": "date-time"}}})
        );
        assert!(schemas["A"]["pattern"].is_string() && schemas["A"].get("format").is_none());
    }
}
