use jobbers_worker::model::Registration;
use serde_json::{Map, Value, json};

/// What one of these tasks is submitted with, as JSON: one that says what it takes, with values of the right types.
pub(super) fn of(types: &[Registration]) -> String {
    // The example of the documents, where there is one.
    const BEST: &str = "word_count";
    let named = types.iter().find(|one| one.task_type.name == BEST);
    let Some(one) = named.or_else(|| types.first()) else { return "{}".to_owned() };
    if named.is_some() {
        return r#"{"name": "word_count", "version": 1, "parameters": {"text": "one two two"}}"#.to_owned();
    }
    let parameters = one.parameters_schema.as_ref().map(required).unwrap_or_default();
    let (name, version) = (&one.task_type.name, one.task_type.version);
    format!(r#"{{"name": "{name}", "version": {version}, "parameters": {}}}"#, Value::Object(parameters))
}

/// A value for each parameter that must be there.
fn required(schema: &Value) -> Map<String, Value> {
    let names = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    names.map(|name| (name.to_owned(), value_of(&schema["properties"][name]))).collect()
}

fn value_of(schema: &Value) -> Value {
    match schema["type"].as_str() {
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(true),
        Some("array") => json!([]),
        Some("object") => json!({}),
        _ => json!("text"),
    }
}

#[cfg(test)]
mod tests {
    use jobbers_worker::model::{Policy, TaskType};

    use super::*;

    #[test]
    fn the_first_task_is_submitted_with_what_it_must_have() {
        let schema = json!({"required": ["n", "name"], "properties": {"n": {"type": "integer"}, "more": {}}});
        let one = |name: &str, parameters_schema| Registration {
            task_type: TaskType::new(name, 2),
            queue: "default".to_owned(),
            policy: Policy::default(),
            parameters_schema,
        };
        let types = [one("copy", Some(schema)), one("other", None)];
        assert_eq!(of(&types), r#"{"name": "copy", "version": 2, "parameters": {"n":1,"name":"text"}}"#);
        assert_eq!(of(&types[1..]), r#"{"name": "other", "version": 2, "parameters": {}}"#);
        assert!(of(&[one("a", None), one("word_count", None)]).contains("one two two"));
    }
}
