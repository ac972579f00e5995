//! The API as a document: OpenAPI 3.1.
//!
//! Each route is described where it is handled, by `#[utoipa::path]`, and `router::routes` mounts exactly what is
//! described. What all routes have in common is added here. The schemas of request bodies are not described but taken:
//! they are the JSON Schemas that the bodies are validated with.

mod bodies;
mod document;
mod examples;
mod operations;
pub(crate) mod problems;
pub(crate) mod schemas;
mod shape;
mod write;

pub use document::document;
pub(crate) use document::text;
pub(crate) use examples::example;
pub use write::main as write_openapi;
