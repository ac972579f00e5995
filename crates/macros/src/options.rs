//! The options of `#[task(…)]`.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Error, Expr, Lit, LitStr, Meta, Result, Token, Type};

use crate::value;

const KNOWN: &str = "name, version, queue, max_retries, retry_delay, backoff, backoff_factor, retry_jitter, \
    max_retry_delay, expected_errors, timeout, dead_letter, max_heartbeat_interval, max_concurrent, \
    max_concurrent_total, on_shutdown, cancel_grace, max_lost, redact";
const LATER: [&str; 4] = ["retention", "singleton", "max_run_time", "cron"];

/// What was asked for; none = the default.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) name: Option<String>,
    pub(crate) version: u32,
    pub(crate) queue: Option<String>,
    pub(crate) expected: Expected,
    /// Fields of the policy that differ from the default: name and code of the value.
    pub(crate) policy: Vec<(&'static str, TokenStream)>,
}

/// Which errors are retried.
#[derive(Default)]
pub(crate) enum Expected {
    #[default]
    None,
    Any,
    Types(Vec<Type>),
}

impl Options {
    /// Reads all options, and answers all that is wrong with them.
    pub(crate) fn parse(tokens: TokenStream) -> Result<Self> {
        let metas = Punctuated::<Meta, Token![,]>::parse_terminated.parse2(tokens)?;
        let mut options = Self::default();
        let mut seen: Vec<String> = Vec::new();
        let mut wrong: Option<Error> = None;
        let mut complain = |error: Error| match &mut wrong {
            Some(all) => all.combine(error),
            none => *none = Some(error),
        };
        for meta in &metas {
            let option = meta.path().get_ident().map(ToString::to_string).unwrap_or_default();
            if seen.contains(&option) {
                complain(Error::new_spanned(meta, format!("`{option}` is given twice")));
            } else if let Err(error) = options.read(&option, meta) {
                complain(error);
            }
            seen.push(option);
        }
        if !seen.iter().any(|option| option == "version") {
            complain(Error::new(Span::call_site(), "a task needs a `version`, such as #[task(version = 1)]"));
        }
        wrong.map_or(Ok(options), Err)
    }

    fn read(&mut self, option: &str, meta: &Meta) -> Result<()> {
        match option {
            "name" => self.name = Some(value::name(option, assigned(option, meta)?)?),
            "version" => self.version = value::whole(option, assigned(option, meta)?, 0)?,
            "queue" => self.queue = Some(value::name(option, assigned(option, meta)?)?),
            "max_retries" => {
                let number = value::whole(option, assigned(option, meta)?, 0)?;
                self.policy.push(("max_retries", quote!(#number)));
            }
            "max_lost" => {
                let number = value::whole(option, assigned(option, meta)?, 1)?;
                self.policy.push(("max_lost", quote!(#number)));
            }
            "retry_delay" => self.optional_seconds("retry_delay", meta, true)?,
            "timeout" => self.optional_seconds("timeout", meta, false)?,
            "max_heartbeat_interval" => self.optional_seconds("max_heartbeat_interval", meta, false)?,
            "max_retry_delay" => self.seconds("max_retry_delay", meta)?,
            "cancel_grace" => self.seconds("cancel_grace", meta)?,
            "backoff_factor" => self.number("backoff_factor", meta)?,
            "retry_jitter" => self.number("retry_jitter", meta)?,
            "max_concurrent" => self.limit("max_concurrent", meta)?,
            "max_concurrent_total" => self.limit("max_concurrent_total", meta)?,
            "backoff" => {
                let words = [
                    ("constant", "Constant"),
                    ("linear", "Linear"),
                    ("exponential", "Exponential"),
                    ("exponential_jitter", "ExponentialJitter"),
                ];
                self.word("backoff", "Backoff", meta, &words)?;
            }
            "dead_letter" => {
                self.word("dead_letter", "DeadLetter", meta, &[("save", "Save"), ("none", "None")])?;
            }
            "on_shutdown" => {
                let words = [("stop", "Stop"), ("resubmit", "Resubmit"), ("continue", "Continue")];
                self.word("on_shutdown", "OnShutdown", meta, &words)?;
            }
            "expected_errors" => self.expected = expected_errors(meta)?,
            "redact" => {
                let fields = redacted(meta)?;
                let fields = quote!(::std::vec![#(::std::string::String::from(#fields)),*]);
                self.policy.push(("redact", fields));
            }
            later if LATER.contains(&later) => {
                return Err(Error::new_spanned(meta, format!("`{later}` is not built yet")));
            }
            unknown => {
                let message = format!("`{unknown}` is not an option of a task; there are {KNOWN}");
                return Err(Error::new_spanned(meta.path(), message));
            }
        }
        Ok(())
    }

    fn seconds(&mut self, option: &'static str, meta: &Meta) -> Result<()> {
        let duration = value::seconds(option, assigned(option, meta)?, true)?;
        self.policy.push((option, duration));
        Ok(())
    }

    fn optional_seconds(&mut self, option: &'static str, meta: &Meta, zero: bool) -> Result<()> {
        let duration = value::seconds(option, assigned(option, meta)?, zero)?;
        self.policy.push((option, quote!(::core::option::Option::Some(#duration))));
        Ok(())
    }

    fn number(&mut self, option: &'static str, meta: &Meta) -> Result<()> {
        let number = value::real(option, assigned(option, meta)?)?;
        self.policy.push((option, quote!(#number)));
        Ok(())
    }

    fn limit(&mut self, option: &'static str, meta: &Meta) -> Result<()> {
        let limit = match value::limit(option, assigned(option, meta)?)? {
            Some(limit) => quote!(::core::option::Option::Some(#limit)),
            None => quote!(::core::option::Option::None),
        };
        self.policy.push((option, limit));
        Ok(())
    }

    fn word(&mut self, option: &'static str, of: &str, meta: &Meta, words: &[(&str, &str)]) -> Result<()> {
        let variant = format_ident!("{}", value::word(option, assigned(option, meta)?, words)?);
        let of = format_ident!("{of}");
        self.policy.push((option, quote!(::jobbers_worker::model::#of::#variant)));
        Ok(())
    }
}

fn assigned<'a>(option: &str, meta: &'a Meta) -> Result<&'a Expr> {
    match meta {
        Meta::NameValue(pair) => Ok(&pair.value),
        Meta::Path(_) | Meta::List(_) => Err(Error::new_spanned(meta, format!("`{option}` is written `{option} = …`"))),
    }
}

fn expected_errors(meta: &Meta) -> Result<Expected> {
    let form = "`expected_errors` is written `expected_errors(Type, …)` or `expected_errors(any)`";
    let Meta::List(list) = meta else { return Err(Error::new_spanned(meta, form)) };
    let types = Punctuated::<Type, Token![,]>::parse_terminated
        .parse2(list.tokens.clone())
        .map_err(|error| Error::new(error.span(), form))?;
    let types: Vec<Type> = types.into_iter().collect();
    let any = |of: &Type| matches!(of, Type::Path(path) if path.path.is_ident("any"));
    match types.as_slice() {
        [] => Err(Error::new_spanned(meta, form)),
        [only] if any(only) => Ok(Expected::Any),
        several => match several.iter().find(|of| any(of)) {
            Some(of) => Err(Error::new(of.span(), "`any` stands alone: expected_errors(any)")),
            None => Ok(Expected::Types(types)),
        },
    }
}

fn redacted(meta: &Meta) -> Result<Vec<LitStr>> {
    let form = "`redact` is written `redact(\"field\", …)`";
    let Meta::List(list) = meta else { return Err(Error::new_spanned(meta, form)) };
    let fields = Punctuated::<Lit, Token![,]>::parse_terminated
        .parse2(list.tokens.clone())
        .map_err(|error| Error::new(error.span(), form))?;
    if fields.is_empty() {
        return Err(Error::new_spanned(meta, form));
    }
    fields
        .into_iter()
        .map(|field| match field {
            Lit::Str(field) => Ok(field),
            other => Err(Error::new_spanned(other, form)),
        })
        .collect()
}
