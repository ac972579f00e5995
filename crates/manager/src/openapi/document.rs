use std::sync::LazyLock;

use serde_json::{Value, json};
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};

use super::{bodies, operations, shape};
use crate::problem::Document;
use crate::router::routes;

#[derive(OpenApi)]
#[openapi(
    info(title = "Jobbers", license(name = "MIT OR Apache-2.0"), description = include_str!("introduction.md")),
    tags(
        (name = "Submit", description = "New tasks."),
        (name = "Look", description = "What became of tasks."),
        (name = "Steer", description = "Tasks that are there already."),
        (name = "Watch", description = "Changes as they happen, as server-sent events."),
        (name = "Queues", description = "Queues and roles."),
        (name = "Installation", description = "The manager, the workers, and what they can do."),
        (name = "Older", description = "Routes and spellings of older clients. New ones do not need them."),
    ),
    components(schemas(Document<'static>)),
    servers((url = "/"), (url = "/api")),
)]
struct Described;

/// The whole API as an OpenAPI 3.1 document.
pub fn document() -> Value {
    let (_, described) = routes().split_for_parts();
    let mut document = Described::openapi();
    document.merge(described);
    document.info.version = env!("CARGO_PKG_VERSION").to_owned();
    if let Some(components) = &mut document.components {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("See JOBBERS_TOKENS.")).build();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
    }
    let mut document = serde_json::to_value(document).expect("a document is JSON");
    // A token is needed where there are tokens, so none is fine as well.
    document["security"] = json!([{}, {"token": []}]);
    operations::finish(&mut document["paths"]);
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.values_mut().for_each(shape::absent_is_not_null);
        for (name, schema) in bodies::all() {
            shape::add(schemas, name, schema);
        }
    }
    document
}

/// The document as text, as it is served and kept in the repository.
pub(crate) fn text() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let mut text = serde_json::to_string_pretty(&document()).expect("a document is JSON");
        text.push('\n');
        text
    });
    &TEXT
}
