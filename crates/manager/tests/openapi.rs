//! The document of the API.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::harness::Manager;
use crate::http::{get, method};

/// Regenerates the document in the repository instead of comparing with it.
const UPDATE: &str = "UPDATE_OPENAPI";

fn text() -> String {
    format!("{}\n", serde_json::to_string_pretty(&jobbers_manager::openapi()).expect("JSON"))
}

fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    paths.iter().flat_map(|(path, item)| {
        item.as_object()
            .expect("methods")
            .iter()
            .map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

#[test]
fn the_document_in_the_repository_is_up_to_date() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi.json");
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&file, text()).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == text(), "openapi.json is not what the routes say: run `make openapi`, and look at what changed");
}

#[test]
fn the_program_writes_it() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jobbers_openapi"));
        command.args(arguments).current_dir(folder.path()).output().unwrap()
    };
    assert_eq!(run(&[]).status.code(), Some(0));
    assert_eq!(std::fs::read_to_string(folder.path().join("openapi.json")).unwrap(), text());
    assert_eq!(run(&["-"]).stdout, text().into_bytes());
    assert_eq!(run(&["/no/such/folder/x.json"]).status.code(), Some(1));
    assert_eq!(run(&["--nothing"]).status.code(), Some(2));
    assert!(run(&["--version"]).status.success() && run(&["--help"]).status.success());
}

#[tokio::test]
async fn it_is_served_as_it_is_kept() {
    let manager = Manager::start().await;
    let reply = manager.send(get("/openapi.json")).await;
    assert_eq!(reply.text(), text());
    assert_eq!(reply.expect(200)["openapi"], "3.1.0");
}

/// Each described operation is there, and what is not described is refused.
#[tokio::test]
async fn the_routes_are_those_of_the_document() {
    let manager = Manager::start().await;
    let document = jobbers_manager::openapi();
    for path in document["paths"].as_object().unwrap().keys() {
        let real = path
            .replace("{id}", "01ARZ3NDEKTSV4RRFFQ69G5FAV")
            .replace("{name}", "no_such_name")
            .replace("{file}", "page.css");
        for prefix in ["", "/api"] {
            let reply = manager.send(method("TRACE", format!("{prefix}{real}"))).await;
            let allowed: BTreeSet<String> =
                reply.header("allow").unwrap_or_default().split(',').map(|one| one.trim().to_lowercase()).collect();
            reply.problem(405);
            let mut described: BTreeSet<String> =
                document["paths"][path].as_object().unwrap().keys().cloned().collect();
            if described.contains("get") {
                described.insert("head".into());
            }
            assert_eq!(allowed, described, "{prefix}{path}");
        }
    }
}

#[test]
fn every_operation_is_described_with_its_answers_and_errors() {
    let document = jobbers_manager::openapi();
    let mut names = BTreeSet::new();
    for (path, method, operation) in operations(&document) {
        let what = format!("{method} {path}");
        let name = operation["operationId"].as_str().unwrap();
        assert!(names.insert(name.to_owned()), "{what}: {name} is there twice");
        let has_text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
        assert!(has_text(&operation["summary"]), "{what} has no summary");
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{what}");
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{what} never answers");
        for (status, response) in responses {
            assert!(has_text(&response["description"]), "{what} {status}");
            if status.as_str() >= "400" {
                let content = &response["content"]["application/problem+json"];
                assert_eq!(content["schema"]["$ref"], "#/components/schemas/Problem", "{what} {status}");
                assert!(content["examples"].as_object().is_some_and(|all| !all.is_empty()), "{what} {status}");
            }
        }
        if operation["security"].is_null() {
            for status in ["401", "403", "500", "503"] {
                assert!(responses.contains_key(status), "{what} does not say when it answers {status}");
            }
        }
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(has_text(&parameter["description"]), "{what}: {parameter}");
        }
        for (media, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
            let example = content.get("example").or(content.get("examples"));
            assert!(example.is_some_and(|example| !example.is_null()), "{what} has no example of {media}");
        }
    }
}

#[test]
fn whatever_is_referred_to_is_there() {
    fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str));
                fields.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let document = jobbers_manager::openapi();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 20);
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} leads outside"));
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

#[test]
fn every_schema_is_one() {
    let document = jobbers_manager::openapi();
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        let schema = serde_json::json!({
            "$ref": format!("#/components/schemas/{name}"), "components": document["components"].clone(),
        });
        let of_schema = &document["components"]["schemas"][name];
        assert!(jsonschema::meta::is_valid(of_schema), "{name}: {of_schema}");
        jsonschema::options().build(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn examples_fit_their_schemas() {
    let document = jobbers_manager::openapi();
    for (path, method, operation) in operations(&document) {
        for content in operation["requestBody"]["content"].as_object().into_iter().flatten().map(|(_, one)| one) {
            let Some(example) = content.get("example") else { continue };
            let mut schema = content["schema"].clone();
            schema["components"] = document["components"].clone();
            let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
            let errors: Vec<String> = validator.iter_errors(example).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{method} {path}: {errors:?}");
        }
    }
}
