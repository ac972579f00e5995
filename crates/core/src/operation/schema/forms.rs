//! Which of several allowed forms a value was meant to have.

use jsonschema::JsonType;
use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};

use super::sentence::type_names;

/// What is wrong with a value that has none of the allowed forms.
#[derive(Debug)]
pub(super) enum Nearest<'e> {
    /// It was meant to have this form.
    Form(&'e [ValidationError<'static>]),
    /// It has another type than every form; these they have.
    Types(Vec<String>),
    /// It may have been meant in several ways.
    None,
}

/// The form with the fewest errors; a form that lacks required fields, or does not know those that are there, or wants
/// another type, was less likely meant than one that only finds a value wrong.
pub(super) fn nearest<'e>(forms: &'e [Vec<ValidationError<'static>>], place: &str) -> Nearest<'e> {
    let mut meant = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for errors in forms.iter().map(Vec::as_slice).filter(|errors| !wants_null(errors)) {
        let other_type = errors.iter().find_map(|error| match error.kind() {
            Kind::Type { kind } if error.instance_path().as_str() == place => Some(kind),
            _ => None,
        });
        match other_type {
            None => meant.push(errors),
            Some(kind) => {
                let new = type_names(kind).into_iter().filter(|name| !names.contains(name)).collect::<Vec<_>>();
                names.extend(new);
            }
        }
    }
    meant.sort_by_key(|errors| distance(errors, place));
    match meant.as_slice() {
        [] if names.is_empty() => Nearest::None,
        [] => Nearest::Types(names),
        [only] => Nearest::Form(only),
        [first, second, ..] if distance(first, place) < distance(second, place) => Nearest::Form(first),
        _ => Nearest::None,
    }
}

/// How far a value is from a form: first what is wrong with its shape, then how much is wrong.
fn distance(errors: &[ValidationError<'static>], place: &str) -> (usize, usize) {
    let of_shape = |error: &&ValidationError<'static>| error.instance_path().as_str() == place;
    (errors.iter().filter(of_shape).count(), errors.len())
}

/// `T | null`: what is wrong with `T` is what is wrong.
fn wants_null(errors: &[ValidationError<'static>]) -> bool {
    matches!(errors, [error] if matches!(error.kind(), Kind::Type { kind: TypeKind::Single(JsonType::Null) }))
}
