use std::any::type_name;
use std::error::Error;

use super::short_type_name;
use crate::attempt::chain;

/// The errors after which a task is tried again: the option `expected_errors`.
#[derive(Debug, Clone)]
pub struct ExpectedErrors {
    any: bool,
    types: Vec<ExpectedError>,
}

#[derive(Debug, Clone, Copy)]
struct ExpectedError {
    name: fn() -> &'static str,
    is: fn(&(dyn Error + 'static)) -> bool,
}

impl ExpectedErrors {
    /// No error.
    pub const fn none() -> Self {
        Self { any: false, types: Vec::new() }
    }

    /// Every error (but no panic).
    pub const fn any() -> Self {
        Self { any: true, types: Vec::new() }
    }

    /// Errors of this type too, wherever they are in the chain of sources.
    #[must_use]
    pub fn with<E: Error + 'static>(mut self) -> Self {
        self.types.push(ExpectedError { name: type_name::<E>, is: |error| error.is::<E>() });
        self
    }

    pub(crate) fn expects_any(&self) -> bool {
        self.any
    }

    /// The name of the type by which an error is expected, if one in its chain of sources is.
    pub(crate) fn matching(&self, error: &(dyn Error + 'static)) -> Option<&'static str> {
        chain(error)
            .find_map(|error| self.types.iter().find(|expected| (expected.is)(error)))
            .map(|expected| short_type_name((expected.name)()))
    }
}
