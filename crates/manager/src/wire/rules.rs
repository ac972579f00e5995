//! What a body must keep to beyond its fields, in terms of JSON Schema, for the document of the API. The rules are
//! checked in code, which can say better what is wrong.

use serde_json::{Value, json};

use super::fields::Exclusive;

/// The schema of a body, with these rules.
pub(super) fn with(mut document: Value, exclusive: &[Exclusive], at_least_one: &[&str]) -> Value {
    let known = |rule: &&Exclusive| has(&document, rule.first) && has(&document, rule.second);
    let mut rules: Vec<Value> = exclusive
        .iter()
        .filter(known)
        .map(|rule| json!({"not": {"allOf": [sent(rule.first), sent(rule.second)]}}))
        .collect();
    if !at_least_one.is_empty() {
        rules.push(json!({"anyOf": at_least_one.iter().map(|pointer| sent(pointer)).collect::<Vec<_>>()}));
    }
    if let (Some(fields), false) = (document.as_object_mut(), rules.is_empty()) {
        fields.insert("allOf".into(), Value::from(rules));
    }
    document
}

/// The schema of a body that has all of these fields or none of them.
pub(super) fn all_or_none(mut document: Value, pointers: &[&str]) -> Value {
    let all: Vec<Value> = pointers.iter().map(|pointer| sent(pointer)).collect();
    let rule = json!({"anyOf": [{"allOf": all}, {"not": {"anyOf": all}}]});
    if let Some(fields) = document.as_object_mut()
        && let Some(rules) = fields.entry("allOf").or_insert_with(|| json!([])).as_array_mut()
    {
        rules.push(rule);
    }
    document
}

/// Fits a body that has something there; null is nothing.
fn sent(pointer: &str) -> Value {
    pointer.rsplit('/').filter(|field| !field.is_empty()).fold(
        json!({"not": {"type": "null"}}),
        |inner, field| json!({"type": "object", "required": [field], "properties": {field: inner}}),
    )
}

/// Whether the schema knows the field at all.
fn has(document: &Value, pointer: &str) -> bool {
    let mut fields = pointer.split('/').filter(|field| !field.is_empty());
    let property = |schema: &Value, field: &str| -> Option<Value> {
        let branches = schema["anyOf"].as_array().into_iter().flatten();
        std::iter::once(schema).chain(branches).find_map(|one| one["properties"].get(field)).cloned()
    };
    fields.try_fold(document.clone(), |schema, field| property(&schema, field)).is_some()
}

#[cfg(test)]
mod tests {
    use jobbers_core::operation::schema::Schema;

    use super::*;

    #[test]
    fn fields_that_go_together_are_all_there_or_none_is() {
        let document = json!({"type": "object", "properties": {"a": {}, "b": {}}});
        let schema = Schema::compile(&all_or_none(document, &["/a", "/b"])).unwrap();
        for (body, fits) in [
            (json!({}), true),
            (json!({"a": 1, "b": 0}), true),
            (json!({"a": null}), true),
            (json!({"a": 1}), false),
            (json!({"a": null, "b": 1}), false),
        ] {
            assert_eq!(schema.wrong_fields(&body, &[]).is_empty(), fits, "{body}");
        }
    }

    #[test]
    fn rules_say_what_the_code_checks() {
        let rule = |first, second| Exclusive { first, second, why: "" };
        let fields = json!({"a": {}, "b": {}, "c": {"anyOf": [{"properties": {"d": {}}}, {"type": "null"}]}});
        let document = json!({"type": "object", "properties": fields});
        let rules = [rule("/a", "/b"), rule("/a", "/c/d"), rule("/a", "/unknown")];
        let schema = Schema::compile(&with(document, &rules, &["/a", "/c/d"])).unwrap();
        for (body, fits) in [
            (json!({"a": 1}), true),
            (json!({"c": {"d": 1}}), true),
            (json!({"a": 1, "b": null, "c": {"d": null}, "unknown": 1}), true),
            (json!({"a": 1, "b": 1}), false),
            (json!({"a": 1, "c": {"d": 1}}), false),
            (json!({"b": 1}), false),
            (json!({"a": null, "c": null}), false),
        ] {
            assert_eq!(schema.wrong_fields(&body, &[]).is_empty(), fits, "{body}");
        }
    }
}
