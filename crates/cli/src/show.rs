//! Tasks as people read them.

use std::fmt::Write as _;

use jobbers_client::{Status, Task};
use serde_json::Value;

use super::failure::Failure;
use super::out::{self, Cell, Column, Look, Table, Tint, age, moment, one_line, visible};

/// Where values begin.
const INDENT: usize = 15;

/// Prints a task, or the JSON that the manager sent.
pub(crate) fn print(task: &Task, json: bool) -> Result<(), Failure> {
    if json { out::print_line(&task.json) } else { out::print(&text(task, &Look::of_stdout())) }
}

/// Prints tasks: one as a block, several as a table. As JSON an array, unless it is one.
pub(crate) fn print_all(tasks: &[Task], json: bool) -> Result<(), Failure> {
    match tasks {
        [task] => print(task, json),
        tasks if json => {
            let tasks: Vec<&str> = tasks.iter().map(|task| task.json.as_str()).collect();
            out::print_line(format_args!("[{}]", tasks.join(",")))
        }
        tasks => {
            let look = Look::of_stdout();
            out::print(&table(tasks, &look).render(&look))
        }
    }
}

/// What is known of a task in a few lines.
pub(crate) fn text(task: &Task, look: &Look) -> String {
    let mut block = Block::new(task, look);
    block.field("queue", Some(&task.queue));
    if task.attempt > 0 {
        block.field("attempt", Some(&task.attempt.to_string()));
    }
    block.times(task);
    block.field("progress", progress(task).as_deref());
    block.field("error", task.error.as_deref());
    block.value("result", task.result.as_ref());
    block.text
}

/// Everything that is known of a task.
pub(crate) fn whole(task: &Task, look: &Look) -> String {
    let mut block = Block::new(task, look);
    block.field("queue", Some(&format!("{}, priority {}", task.queue, task.priority)));
    block.field("attempt", Some(&attempts(task)));
    block.field("worker", task.worker.as_deref());
    block.times(task);
    block.field("progress", progress(task).as_deref());
    block.value("parameters", Some(&task.parameters));
    block.value("metadata", task.metadata.as_ref());
    block.field("trace", task.trace_id.as_deref());
    for attempt in &task.attempts {
        let label = format!("attempt {}", attempt.attempt);
        let began = attempt.started_at.as_deref().unwrap_or("?");
        let ended = attempt.failed_at.as_deref().map(|ended| block.time(ended)).unwrap_or_default();
        let worker = attempt.worker.as_deref().unwrap_or("?");
        block.field(&label, Some(&format!("{began} to {ended}, worker {worker}")));
        let kind = if attempt.error_type.is_empty() { String::new() } else { format!("{}: ", attempt.error_type) };
        block.tinted("", &format!("{kind}{}", attempt.error), Tint::Bad);
        if let Some(backtrace) = &attempt.backtrace {
            block.tinted("", backtrace.trim_end(), Tint::Faint);
        }
    }
    block.value("result", task.result.as_ref());
    block.text
}

/// How often it was tried, and what that came to.
fn attempts(task: &Task) -> String {
    let mut text = task.attempt.to_string();
    for (count, what) in [(task.retry_attempt, "failed"), (task.lost, "lost with their workers")] {
        if count > 0 {
            let _ = write!(text, ", {count} {what}");
        }
    }
    match task.max_retries {
        Some(1) => text.push_str(" (1 retry allowed)"),
        Some(most) => drop(write!(text, " ({most} retries allowed)")),
        None => {}
    }
    text
}

/// A task as a block of lines, each with its label.
struct Block<'a> {
    text: String,
    look: &'a Look,
}

impl<'a> Block<'a> {
    fn new(task: &Task, look: &'a Look) -> Self {
        let status = Tint::of(&task.status).paint(&task.status.to_string(), look.colour);
        Self { text: format!("{} {} version {}: {status}\n", task.id, visible(&task.name), task.version), look }
    }

    fn field(&mut self, label: &str, value: Option<&str>) {
        let tint = if label == "error" { Tint::Bad } else { Tint::Plain };
        if let Some(value) = value {
            self.tinted(label, value, tint);
        }
    }

    fn tinted(&mut self, label: &str, value: &str, tint: Tint) {
        let value = tint.paint(&visible(value), self.look.colour).replace('\n', &format!("\n{:INDENT$}", ""));
        let label = format!("{label:<13}");
        let _ = writeln!(self.text, "  {}{value}", Tint::Faint.paint(&label, self.look.colour));
    }

    fn value(&mut self, label: &str, value: Option<&Value>) {
        if let Some(value) = value {
            let width = self.look.width.map_or(100, usize::from).max(40);
            self.field(label, Some(&laid_out(value, 0, width - INDENT)));
        }
    }

    fn times(&mut self, task: &Task) {
        for (label, time) in [
            ("submitted", &task.submitted_at),
            ("due", &task.run_at),
            ("expires", &task.expires_at),
            ("started", &task.started_at),
            ("heartbeat", &task.heartbeat_at),
            ("cancel asked", &task.cancel_requested_at),
            ("retried", &task.retried_at),
            ("ended", &task.completed_at),
        ] {
            let shown = time.as_deref().map(|time| self.time(time));
            self.field(label, shown.as_deref());
        }
    }

    /// As it is, and on a terminal how long ago that is.
    fn time(&self, time: &str) -> String {
        match self.look.now {
            Some(now) => format!("{time} ({})", age(time, now)),
            None => time.to_owned(),
        }
    }
}

/// How far a task is, on one line.
pub(crate) fn progress(task: &Task) -> Option<String> {
    let progress = task.progress.as_ref()?;
    let message = progress.message.as_deref().map(|message| format!(" {}", one_line(message))).unwrap_or_default();
    Some(format!("{:.0} %{message}", progress.percent))
}

/// Tasks as rows.
pub(crate) fn table(tasks: &[Task], look: &Look) -> Table {
    let mut table = Table::new([
        Column::Whole("ID"),
        Column::Cut("TASK"),
        Column::Number("V"),
        Column::Cut("QUEUE"),
        Column::Whole("STATUS"),
        Column::Whole("SINCE"),
        Column::Cut("DETAIL"),
    ]);
    for task in tasks {
        table.row([
            Cell::from(&task.id),
            Cell::from(&task.name),
            Cell::from(task.version),
            Cell::from(&task.queue),
            Cell::tinted(&task.status, Tint::of(&task.status)),
            Cell::from(moment(since(task), look)),
            detail(task),
        ]);
    }
    table
}

/// Since when it has its status; when it is due, while it is scheduled.
fn since(task: &Task) -> Option<&str> {
    let time = match &task.status {
        Status::Scheduled => task.run_at.as_ref(),
        Status::Started => task.started_at.as_ref(),
        status if status.has_ended() => task.completed_at.as_ref(),
        _ => None,
    };
    time.or(task.submitted_at.as_ref()).map(String::as_str)
}

/// What there is to say of it in a cell.
fn detail(task: &Task) -> Cell {
    match &task.status {
        Status::Started if task.cancel_requested_at.is_some() => Cell::tinted("is to stop", Tint::Faint),
        Status::Started => progress(task).unwrap_or_default().into(),
        Status::Completed => Cell::tinted(task.result.as_ref().map(brief).unwrap_or_default(), Tint::Faint),
        _ => Cell::tinted(task.error.as_deref().unwrap_or_default(), Tint::Bad),
    }
}

/// A result in a cell.
fn brief(value: &Value) -> String {
    const MOST: usize = 200;
    match value {
        Value::Null => String::new(),
        value => value.to_string().chars().take(MOST).collect(),
    }
}

/// JSON as people read it: on one line what fits into `width`, the rest indented further than `indent`.
pub(crate) fn laid_out(value: &Value, indent: usize, width: usize) -> String {
    let compact = value.to_string();
    if indent + compact.chars().count() <= width {
        return compact;
    }
    let inner = indent + 2;
    let (open, items, close) = match value {
        Value::Array(items) => ('[', items.iter().map(|item| laid_out(item, inner, width)).collect(), ']'),
        Value::Object(fields) => {
            let field = |(name, item): (&String, &Value)| {
                format!("{}: {}", Value::from(name.as_str()), laid_out(item, inner, width))
            };
            ('{', fields.iter().map(field).collect::<Vec<_>>(), '}')
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return compact,
    };
    let break_ = format!("\n{:inner$}", "");
    format!("{open}{break_}{}\n{:indent$}{close}", items.join(&format!(",{break_}")), "")
}

#[cfg(test)]
mod tests;
