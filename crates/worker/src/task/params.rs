use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Argument, Call, HandlerError, Needs};

/// The parameters of the task, as the handler's own type.
///
/// Its JSON Schema is published: the manager refuses a submission that does not fit it. Parameters that were stored
/// under another schema and do not fit at the handler fail the task at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned + JsonSchema> Argument for Params<T> {
    fn take(call: &Call) -> Result<Self, HandlerError> {
        let parameters = call.context.parameters();
        serde_json::from_slice(parameters)
            .map(Self)
            .map_err(|error| HandlerError::Arguments(misfit::<T>(call, parameters, &error)))
    }

    fn declare(needs: &mut Needs) {
        needs.parameters.push(schema::<T>());
    }
}

fn schema<T: JsonSchema>() -> Value {
    schemars::schema_for!(T).into()
}

/// Says what does not fit: in the reader's words, and with the paths of the fields that the schema refuses.
fn misfit<T: JsonSchema>(call: &Call, parameters: &[u8], error: &serde_json::Error) -> String {
    const MOST_FIELDS: usize = 5;
    let mut text = format!("the parameters do not fit {}", call.context.task_type());
    if call.context.policy().redact.is_empty() {
        // The reader quotes the value that it did not expect.
        text.push_str(&format!(": {error}"));
    }
    let (Ok(value), Ok(validator)) = (serde_json::from_slice(parameters), jsonschema::validator_for(&schema::<T>()))
    else {
        return text;
    };
    for wrong in validator.iter_errors(&value).take(MOST_FIELDS) {
        let path = wrong.instance_path().as_str();
        let path = if path.is_empty() { "/" } else { path };
        text.push_str(&format!("; at `{path}`: {}", wrong.masked()));
    }
    text
}
