//! Readers of one option's value. Each says at the value what would have been allowed.

use std::time::Duration;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, Expr, ExprLit, Lit, Result};

/// A text.
pub(crate) fn text(option: &str, value: &Expr) -> Result<String> {
    match literal(value) {
        Some(Lit::Str(text)) => Ok(text.value()),
        _ => Err(expected(option, "a text in quotes", value)),
    }
}

/// The name of a task or a queue.
pub(crate) fn name(option: &str, value: &Expr) -> Result<String> {
    let text = text(option, value)?;
    check_name(option, &text).map_err(|message| Error::new_spanned(value, message))?;
    Ok(text)
}

pub(crate) fn check_name(option: &str, text: &str) -> std::result::Result<(), String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte);
    if (1..=64).contains(&text.len()) && text.bytes().all(allowed) {
        return Ok(());
    }
    Err(format!("`{option}` is 1 to 64 characters of A-Z a-z 0-9 _ . : -"))
}

/// One of some words.
pub(crate) fn word<'a>(option: &str, value: &Expr, allowed: &[(&'a str, &'a str)]) -> Result<&'a str> {
    let found = match literal(value) {
        Some(Lit::Str(text)) => allowed.iter().find(|(word, _)| *word == text.value()),
        _ => None,
    };
    found.map(|(_, variant)| *variant).ok_or_else(|| {
        let words: Vec<String> = allowed.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        expected(option, &format!("one of {}", words.join(", ")), value)
    })
}

/// A whole number.
pub(crate) fn whole(option: &str, value: &Expr, least: u32) -> Result<u32> {
    number(value)
        .filter(|number| *number >= least)
        .ok_or_else(|| expected(option, &format!("a whole number from {least}"), value))
}

/// A limit: none is unlimited.
pub(crate) fn limit(option: &str, value: &Expr) -> Result<Option<u32>> {
    if matches!(literal(value), Some(Lit::Str(text)) if text.value() == "none") {
        return Ok(None);
    }
    number(value)
        .filter(|number| *number >= 1)
        .map(Some)
        .ok_or_else(|| expected(option, "a whole number from 1, or \"none\" for unlimited", value))
}

/// A number that may have a fraction.
pub(crate) fn real(option: &str, value: &Expr) -> Result<f64> {
    float(value).ok_or_else(|| expected(option, "a number from 0", value))
}

/// A number of seconds, as the code that makes a `Duration` of it.
pub(crate) fn seconds(option: &str, value: &Expr, zero: bool) -> Result<TokenStream> {
    let duration = float(value)
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|duration| zero || !duration.is_zero())
        .ok_or_else(|| expected(option, if zero { "seconds from 0" } else { "seconds above 0" }, value))?;
    let (whole, nanoseconds) = (duration.as_secs(), duration.subsec_nanos());
    Ok(quote!(::core::time::Duration::new(#whole, #nanoseconds)))
}

fn literal(value: &Expr) -> Option<&Lit> {
    match value {
        Expr::Lit(ExprLit { lit, .. }) => Some(lit),
        _ => None,
    }
}

fn number(value: &Expr) -> Option<u32> {
    match literal(value)? {
        Lit::Int(number) => number.base10_parse().ok(),
        _ => None,
    }
}

fn float(value: &Expr) -> Option<f64> {
    match literal(value)? {
        Lit::Int(number) => number.base10_parse::<u32>().ok().map(f64::from),
        Lit::Float(number) => number.base10_parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

fn expected(option: &str, allowed: &str, at: &Expr) -> Error {
    Error::new_spanned(at, format!("`{option}` is {allowed}"))
}
