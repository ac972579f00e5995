use serde_json::Value;

use super::shape;

/// Names each operation, as programs generated from the document call it, and makes plain what it takes.
pub(super) fn finish(paths: &mut Value) {
    for (path, item) in paths.as_object_mut().into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            operation["operationId"] = Value::from(name(method, path));
            if let Some(body) = operation.get_mut("requestBody") {
                body["required"] = Value::from(true);
            }
            let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
            for parameter in parameters.into_iter().flatten() {
                // What is not sent is left out; there is no null in a query.
                shape::not_null(&mut parameter["schema"]);
            }
        }
    }
}

/// `post_tasks_id_cancel` for `POST /tasks/{id}/cancel`.
fn name(method: &str, path: &str) -> String {
    let words = path.split(|sign: char| !sign.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    [method].into_iter().chain(words).collect::<Vec<_>>().join("_")
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn an_operation_is_named_after_method_and_path() {
        assert_eq!(name("get", "/"), "get");
        assert_eq!(name("post", "/tasks/{id}/cancel"), "post_tasks_id_cancel");
        assert_eq!(name("get", "/openapi.json"), "get_openapi_json");
    }
}
