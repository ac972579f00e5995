//! JSON pointers (RFC 6901).

/// The pointer to a field of what `parent` points to.
pub(super) fn child(parent: &str, field: &str) -> String {
    format!("{parent}/{}", field.replace('~', "~0").replace('/', "~1"))
}

/// Whether the pointer leads through a field of one of these names.
pub(super) fn leads_through(pointer: &str, names: &[String]) -> bool {
    !names.is_empty()
        && pointer.split('/').skip(1).any(|part| {
            let field = part.replace("~1", "/").replace("~0", "~");
            names.contains(&field)
        })
}
