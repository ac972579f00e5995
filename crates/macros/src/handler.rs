//! What a function must be like to become a task.

use syn::{Error, ItemFn, Result, ReturnType};

/// Most arguments that a handler takes.
const MOST_ARGUMENTS: usize = 8;

pub(crate) fn check(function: &ItemFn) -> Result<()> {
    let signature = &function.sig;
    if !signature.generics.params.is_empty() {
        return Err(Error::new_spanned(&signature.generics, "a task cannot be generic: a worker could not name it"));
    }
    if let Some(unsafety) = &signature.unsafety {
        return Err(Error::new_spanned(unsafety, "a task cannot be unsafe"));
    }
    if let Some(constness) = &signature.constness {
        return Err(Error::new_spanned(constness, "a task cannot be const"));
    }
    if let Some(abi) = &signature.abi {
        return Err(Error::new_spanned(abi, "a task cannot have a foreign calling convention"));
    }
    if let Some(receiver) = signature.receiver() {
        return Err(Error::new_spanned(receiver, "a task is a free function; shared state comes in as `Data<T>`"));
    }
    if let Some(argument) = signature.inputs.iter().nth(MOST_ARGUMENTS) {
        let message = format!("a task takes at most {MOST_ARGUMENTS} arguments; put parameters into one struct");
        return Err(Error::new_spanned(argument, message));
    }
    if matches!(signature.output, ReturnType::Default) {
        let message = "a task returns `Result<T, E>`: what is not an error is its result, as JSON";
        return Err(Error::new(signature.ident.span(), message));
    }
    Ok(())
}
