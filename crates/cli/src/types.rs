mod schema;

use std::fmt::Write as _;

use jobbers_client::TaskType;
use serde_json::Value;

use super::failure::Failure;
use super::manager::ManagerArgs;
use super::out::{self, Cell, Column, Look, Table, Tint, visible};
use schema::{Field, alternatives};

/// Lists the task types that can be submitted; with a name, tells what it takes and how it is treated
///
/// A type is here once a worker that has its code was started.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  jobbers types
  jobbers types word_count   its parameters, and a line that submits one")]
pub(crate) struct Types {
    /// Everything about the types of this name
    name: Option<String>,

    #[command(flatten)]
    manager: ManagerArgs,
}

impl Types {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let types = self.manager.client()?.registered_tasks().await?;
        if self.manager.json {
            return out::print_line(&types.json);
        }
        let look = Look::of_stdout();
        let Some(name) = self.name else {
            if types.tasks.is_empty() {
                out::remark("there are no task types yet: start a worker that has some, such as `jobbers_worker demo`");
            }
            return out::print(&table(&types.tasks).render(&look));
        };
        let found: Vec<String> =
            types.tasks.iter().filter(|known| known.name == name).map(|known| text(known, &look)).collect();
        if found.is_empty() {
            let known: Vec<&str> = types.tasks.iter().map(|known| known.name.as_str()).collect();
            let known =
                if known.is_empty() { "none is known".to_owned() } else { format!("known: {}", known.join(", ")) };
            return Err(Failure::Failed(format!("there is no task type `{name}` ({known})")));
        }
        out::print(&found.join("\n"))
    }
}

fn table(types: &[TaskType]) -> Table {
    let mut table = Table::new([
        Column::Whole("NAME"),
        Column::Number("V"),
        Column::Cut("QUEUE"),
        Column::Number("WORKERS"),
        Column::Number("RETRIES"),
        Column::Cut("PARAMETERS"),
    ]);
    for known in types {
        let nobody = known.workers.is_empty();
        table.row([
            Cell::from(&known.name),
            Cell::from(known.version),
            Cell::from(&known.queue),
            Cell::tinted(known.workers.len(), if nobody { Tint::Bad } else { Tint::Plain }),
            Cell::from(known.configuration.get("max_retries").map(Value::to_string).unwrap_or_default()),
            Cell::from(parameters(known)),
        ]);
    }
    table
}

/// What it takes, on one line.
fn parameters(known: &TaskType) -> String {
    let Some(schema) = &known.parameters_schema else { return "anything".to_owned() };
    let words = |fields: &Vec<Field>| fields.iter().map(Field::word).collect::<Vec<_>>().join(" ");
    alternatives(schema).iter().map(words).collect::<Vec<_>>().join(" | ")
}

/// Everything about a type.
fn text(known: &TaskType, look: &Look) -> String {
    let mut text = format!("{} version {}\n", Tint::Title.paint(&visible(&known.name), look.colour), known.version);
    let mut line = |label: &str, value: &str| {
        let label = Tint::Faint.paint(&format!("{label:<23}"), look.colour);
        let _ = writeln!(text, "  {label}{}", visible(value));
    };
    let described = known.parameters_schema.as_ref().and_then(|schema| schema.get("description")?.as_str());
    if let Some(description) = described {
        line("takes", description);
    }
    line("queue", &known.queue);
    line("workers", &if known.workers.is_empty() { "none is alive".to_owned() } else { known.workers.join(", ") });
    for (name, value) in known.configuration.as_object().into_iter().flatten() {
        let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        line(name, if value.is_null() { "unlimited" } else { &shown });
    }
    let alternatives = known.parameters_schema.as_ref().map(alternatives);
    text.push_str(match alternatives.as_deref() {
        None => "parameters: anything\n",
        Some([fields]) if fields.is_empty() => "parameters: none\n",
        Some([_]) => "parameters:\n",
        Some(_) => "parameters, one of:\n",
    });
    for (number, fields) in alternatives.iter().flatten().enumerate() {
        if number > 0 {
            text.push_str("  or\n");
        }
        for field in fields {
            let _ = writeln!(text, "  {}", visible(&field.line()));
        }
    }
    let first = alternatives.as_ref().and_then(|alternatives| alternatives.first());
    let example: String = first.into_iter().flatten().map(|field| format!(" {}", field.example())).collect();
    let version = if known.version == 1 { String::new() } else { format!(" --version {}", known.version) };
    let _ = writeln!(text, "submit one:\n  jobbers submit {}{version}{}", visible(&known.name), visible(&example));
    text
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    const PLAIN: Look = Look { width: None, height: None, colour: false, now: None };

    fn types() -> Vec<TaskType> {
        from_value(json!([
            {"name": "anything", "version": 2, "queue": "default", "configuration": {"max_retries": 0, "max_concurrent": null},
                "parameters_schema": null, "workers": []},
            {"name": "resize", "version": 1, "queue": "pictures", "configuration": {"max_retries": 3, "backoff": "linear"},
                "workers": ["8f14e45fceea167a"], "parameters_schema": {
                    "type": "object", "description": "A picture and how it is to become.", "required": ["name", "mode"],
                    "properties": {
                        "name": {"type": "string", "description": "Of the picture.\nWithout its folder."},
                        "width": {"type": ["integer", "null"], "minimum": 1, "default": 640},
                        "mode": {"$ref": "#/$defs/Mode"}, "sizes": {"type": "array", "items": {"type": "integer"}},
                    },
                    "$defs": {"Mode": {"enum": ["fit", "fill"]}},
                }},
            {"name": "word_count", "version": 1, "queue": "default", "configuration": {"max_retries": 3},
                "workers": ["8f14e45fceea167a"], "parameters_schema": {"anyOf": [
                    {"type": "object", "required": ["path"], "properties": {"path": {"type": "string"}}},
                    {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}},
                ]}},
        ]))
        .expect("types")
    }

    #[test]
    fn types_are_rows() {
        insta::assert_snapshot!(table(&types()).render(&PLAIN));
    }

    #[test]
    fn a_type_tells_what_it_takes() {
        let texts: Vec<String> = types().iter().map(|known| text(known, &PLAIN)).collect();
        insta::assert_snapshot!(texts.join("\n"));
    }
}
