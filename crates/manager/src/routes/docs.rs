use axum::extract::Path;
use axum::response::Response;

use crate::docs_page;
use crate::openapi::problems::{OnlyProblems, OpenPage, PartOfPage};
use crate::problem::{Kind, Problem};

/// A page to read about the API and to try it.
#[utoipa::path(
    get, path = "/docs", tag = "Installation", security(()),
    responses((status = 200, description = "For a browser.", body = String, content_type = "text/html"), OnlyProblems::<OpenPage>)
)]
pub(crate) async fn show() -> Response {
    docs_page::page()
}

/// A file of that page.
#[utoipa::path(
    get, path = "/docs/{file}", tag = "Installation", security(()),
    params(("file" = String, Path, description = "As the page names it.", example = "page.css")),
    responses(
        (status = 200, description = "The file.", content((String = "text/css"), (String = "text/javascript"))),
        OnlyProblems::<(OpenPage, PartOfPage)>
    )
)]
pub(crate) async fn file(Path(name): Path<String>) -> Result<Response, Problem> {
    docs_page::file(&name).ok_or_else(|| Problem::new(Kind::NoSuchRoute, "the page has no such file"))
}
