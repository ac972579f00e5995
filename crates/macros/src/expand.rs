//! From a function to a task.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Error, ItemFn, Result};

use crate::options::{Expected, Options};
use crate::{handler, value};

/// The task, or the compile errors that say what is wrong.
pub(crate) fn expand(options: TokenStream, function: TokenStream) -> TokenStream {
    task(options, function).unwrap_or_else(Error::into_compile_error)
}

fn task(options: TokenStream, function: TokenStream) -> Result<TokenStream> {
    let function: ItemFn = syn::parse2(function)?;
    let options = match (Options::parse(options), handler::check(&function)) {
        (Ok(options), Ok(())) => options,
        (Err(error), Ok(())) | (Ok(_), Err(error)) => return Err(error),
        (Err(mut error), Err(more)) => {
            error.combine(more);
            return Err(error);
        }
    };
    let ItemFn { attrs, vis, sig, block } = &function;
    let (kept, on_call): (Vec<_>, Vec<_>) = attrs.iter().partition(|attribute| describes(attribute));
    let gates: Vec<&Attribute> = attrs.iter().filter(|attribute| attribute.path().is_ident("cfg")).collect();
    let ident = &sig.ident;

    let mut call = sig.clone();
    call.ident = format_ident!("call", span = sig.ident.span());
    let name = match options.name.clone() {
        Some(name) => name,
        None => {
            let name = ident.to_string().trim_start_matches("r#").to_owned();
            value::check_name("name", &name).map_err(|message| Error::new_spanned(ident, message))?;
            name
        }
    };
    let registration = registration(&name, &options);
    let expected = expected(&options.expected);
    let kind = if sig.asyncness.is_some() { quote!(asynchronous) } else { quote!(blocking) };
    let definition = quote_spanned! {sig.output.span()=>
        ::jobbers_worker::Definition::#kind(registration, expected, Self::call)
    };
    Ok(quote! {
        #(#kept)*
        #[allow(non_camel_case_types, reason = "a task carries the name of its function")]
        #[derive(Debug, Clone, Copy)]
        #vis struct #ident;

        #(#gates)*
        impl #ident {
            /// The function itself.
            #[allow(
                clippy::needless_pass_by_value, clippy::unused_async,
                reason = "what a handler takes, and whether it is asynchronous, is the worker's business"
            )]
            #(#on_call)*
            #vis #call #block
        }

        #(#gates)*
        #[automatically_derived]
        impl ::jobbers_worker::Task for #ident {
            fn definition(self) -> ::jobbers_worker::Definition {
                let registration = #registration;
                let expected = #expected;
                #definition
            }
        }
    })
}

/// Whether an attribute belongs to the task (documentation, conditions) rather than to the code of its function.
fn describes(attribute: &Attribute) -> bool {
    ["doc", "cfg", "deprecated", "must_use"].iter().any(|name| attribute.path().is_ident(name))
}

fn registration(name: &str, options: &Options) -> TokenStream {
    let version = options.version;
    let queue = match &options.queue {
        Some(queue) => quote!(#queue),
        None => quote!(::jobbers_worker::model::DEFAULT_QUEUE),
    };
    let fields = options.policy.iter().map(|(field, value)| {
        let field = format_ident!("{field}");
        quote!(#field: #value)
    });
    quote! {
        ::jobbers_worker::model::Registration {
            task_type: ::jobbers_worker::model::TaskType::new(#name, #version),
            queue: ::std::string::String::from(#queue),
            policy: ::jobbers_worker::model::Policy {
                #(#fields,)*
                ..::core::default::Default::default()
            },
            parameters_schema: ::core::option::Option::None,
        }
    }
}

fn expected(expected: &Expected) -> TokenStream {
    match expected {
        Expected::None => quote!(::jobbers_worker::ExpectedErrors::none()),
        Expected::Any => quote!(::jobbers_worker::ExpectedErrors::any()),
        Expected::Types(types) => {
            let each = types.iter().map(|of| quote_spanned!(of.span()=> .with::<#of>()));
            quote!(::jobbers_worker::ExpectedErrors::none()#(#each)*)
        }
    }
}

#[cfg(test)]
mod tests;
