use std::any::{Any, type_name};
use std::backtrace::BacktraceStatus;

use super::{BoxError, TaskError};

/// Why a handler has no result.
#[derive(Debug, thiserror::Error)]
pub enum HandlerError {
    /// It returned an error.
    #[error("{error}")]
    Raised {
        error: BoxError,
        error_type: &'static str,
        /// Where it was made, if the error knows that (anyhow's do when `RUST_BACKTRACE` is set).
        backtrace: Option<String>,
    },
    /// Its arguments could not be made.
    #[error("{0}")]
    Arguments(String),
    /// Its result is not JSON.
    #[error("{0}")]
    Result(String),
}

impl HandlerError {
    /// Keeps an error in the form in which its type can still be asked for.
    pub(crate) fn raised<E: Into<BoxError> + 'static>(error: E) -> Self {
        let mut error = Some(error);
        let error_type = short_type_name(type_name::<E>());
        // Anyhow's own conversion hides the type of the error within.
        let hidden = (&mut error as &mut dyn Any).downcast_mut::<Option<anyhow::Error>>().and_then(Option::take);
        let backtrace = hidden.as_ref().map(anyhow::Error::backtrace);
        let backtrace = backtrace.filter(|trace| trace.status() == BacktraceStatus::Captured).map(ToString::to_string);
        let error = match (hidden, error) {
            (Some(hidden), _) => hidden.reallocate_into_boxed_dyn_error_without_backtrace(),
            (None, Some(error)) => error.into(),
            (None, None) => "an error that is gone".into(),
        };
        let error_type = error.downcast_ref::<TaskError>().map_or(error_type, TaskError::error_type);
        Self::Raised { error, error_type, backtrace }
    }
}

/// The last segment of a type's path; `Error` for types that say nothing of what went wrong.
pub(crate) fn short_type_name(name: &'static str) -> &'static str {
    let path = name.split('<').next().unwrap_or(name);
    match path.rsplit("::").next().unwrap_or(path) {
        "Box" | "Arc" | "Rc" | "Option" | "String" | "Cow" | "str" | "&str" | "Infallible" => "Error",
        last => last,
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    fn raised<E: Into<BoxError> + 'static>(error: E) -> (BoxError, &'static str) {
        match HandlerError::raised(error) {
            HandlerError::Raised { error, error_type, .. } => (error, error_type),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn an_error_within_anyhow_is_still_found() {
        let (error, _) = raised(anyhow::Error::new(io::Error::other("disk")));
        assert!(error.is::<io::Error>());
        let (error, _) = raised(anyhow::Error::new(io::Error::other("disk")).context("saving"));
        let source = error.source().expect("the error within");
        assert!(source.is::<io::Error>());
    }

    #[test]
    fn the_backtrace_of_an_error_is_kept_where_there_is_one() {
        let backtrace = |error| match HandlerError::raised(error) {
            HandlerError::Raised { backtrace, .. } => backtrace,
            other => panic!("{other}"),
        };
        // Whether there is one is for the environment to say.
        let captured = std::backtrace::Backtrace::capture().status() == BacktraceStatus::Captured;
        let kept = backtrace(anyhow::anyhow!("disk"));
        assert_eq!(kept.is_some(), captured);
        assert!(kept.is_none_or(|trace| trace.contains("the_backtrace_of_an_error_is_kept")));
    }

    #[test]
    fn an_error_is_named_by_its_type_where_that_says_something() {
        assert_eq!(raised(std::fmt::Error).1, "Error");
        assert_eq!(raised("1".parse::<std::net::IpAddr>().unwrap_err()).1, "AddrParseError");
        assert_eq!(raised("text").1, "Error");
        assert_eq!(raised(String::from("text")).1, "Error");
        assert_eq!(raised(BoxError::from("text")).1, "Error");
        assert_eq!(raised(TaskError::fatal("x".parse::<u8>().unwrap_err())).1, "ParseIntError");
    }
}
