use serde_json::json;

use super::*;

fn wrong(schema: &Value, value: &Value) -> Vec<(String, String)> {
    wrong_but_hidden(schema, value, &[])
}

fn wrong_but_hidden(schema: &Value, value: &Value, hidden: &[String]) -> Vec<(String, String)> {
    let schema = Schema::compile(schema).expect("a schema");
    schema.wrong_fields(value, hidden).into_iter().map(|field| (field.pointer, field.detail)).collect()
}

fn pair(pointer: &str, detail: &str) -> (String, String) {
    (pointer.into(), detail.into())
}

#[test]
fn every_wrong_field_is_named_with_its_value_and_what_is_allowed() {
    let schema = json!({
        "type": "object", "required": ["path"], "additionalProperties": false,
        "properties": {
            "path": {"type": "string"}, "depth": {"type": ["integer", "null"], "minimum": 0},
            "mode": {"enum": ["fast", "slow"]}, "a/b~": {"type": "boolean"},
        },
    });
    let value = json!({"depth": "deep", "mode": "slowly", "a/b~": 1, "colour": "red"});
    let mut found = wrong(&schema, &value);
    found.sort();
    assert_eq!(
        found,
        [
            pair("/a~1b~0", "must be true or false, but is the number 1"),
            pair("/colour", "is not a known field: a/b~, depth, mode, path are known"),
            pair("/depth", "must be a whole number, but is the string \"deep\""),
            pair("/mode", "must be \"fast\" or \"slow\", but is the string \"slowly\""),
            pair("/path", "is missing"),
        ]
    );
}

#[test]
fn an_optional_part_is_judged_by_its_own_schema() {
    let schema = json!({
        "properties": {"range": {"anyOf": [{"$ref": "#/$defs/Range"}, {"type": "null"}]}},
        "$defs": {"Range": {"type": "object", "required": ["to"], "properties": {"to": {"minimum": 3}}}},
    });
    assert_eq!(wrong(&schema, &json!({"range": {}})), [pair("/range/to", "is missing")]);
    assert_eq!(
        wrong(&schema, &json!({"range": {"to": 1}})),
        [pair("/range/to", "must be 3 or more, but is the number 1")]
    );
    assert_eq!(wrong(&schema, &json!({"range": null})), []);
}

#[test]
fn a_value_of_a_type_that_no_form_has_is_told_their_types() {
    let schema = json!({"oneOf": [{"type": "string"}, {"type": "integer"}]});
    assert_eq!(wrong(&schema, &json!(true)), [pair("", "must be a string or a whole number, but is true")]);
}

#[test]
fn the_form_that_was_meant_says_what_is_wrong() {
    let form = |name: &str| {
        json!({
            "type": "object", "required": [name], "additionalProperties": false,
            "properties": {name: {"type": "string"}},
        })
    };
    let schema = json!({"anyOf": [form("path"), form("text")]});
    let expected = [pair("/path", "must be a string, but is the number 3")];
    assert_eq!(wrong(&schema, &json!({"path": 3})), expected);
    assert_eq!(wrong(&schema, &json!({})), [pair("", "fits none of the allowed forms, but is an empty object")]);
    assert_eq!(wrong(&schema, &json!("x")), [pair("", "must be an object, but is the string \"x\"")]);
    let mixed = json!({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]});
    assert_eq!(wrong(&mixed, &json!(["a", 1])), [pair("/1", "must be a string, but is the number 1")]);
}

#[test]
fn values_of_hidden_fields_are_not_shown() {
    let schema = json!({"properties": {"login": {"properties": {"password": {"type": "integer"}}}}});
    let found = wrong_but_hidden(&schema, &json!({"login": {"password": "hunter2"}}), &["password".to_owned()]);
    assert_eq!(found, [pair("/login/password", "must be a whole number")]);
}

#[test]
fn long_values_are_cut_between_characters() {
    let found = wrong(&json!({"type": "integer"}), &json!("ä".repeat(200)));
    assert_eq!(found[0].1, format!("must be a whole number, but is the string \"{}…", "ä".repeat(59)));
}

#[test]
fn own_formats_say_what_is_wrong() {
    static EVEN: &[Format] = &[("even", |text| {
        if text.len() % 2 == 0 {
            Ok(())
        } else {
            Err(format!("`{text}` is odd: an even number of characters is expected"))
        }
    })];
    let schema = Schema::compile_with(&json!({"format": "even"}), EVEN).expect("a schema");
    assert_eq!(schema.wrong_fields(&json!("ab"), &[]), []);
    let wrong = schema.wrong_fields(&json!("abc"), &[]);
    assert_eq!(wrong, [WrongField::new("", "`abc` is odd: an even number of characters is expected")]);
}

#[test]
fn a_schema_never_leads_outside_of_itself() {
    assert!(Schema::compile(&json!({"$ref": "file:///etc/passwd"})).is_err());
    assert!(Schema::compile(&json!({"$ref": "http://localhost/schema.json"})).is_err());
    assert!(Schema::compile(&json!({"type": "nonsense"})).is_err());
}
