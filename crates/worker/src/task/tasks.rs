use std::any::{Any, type_name};
use std::collections::HashSet;

use jobbers_core::model::{Registration, check_name};

use super::{Definition, State, Task};

/// The tasks that a worker can run, and the state that their handlers share.
#[derive(Debug, Default)]
pub struct Tasks {
    state: State,
    definitions: Vec<Definition>,
    wrong: Vec<String>,
}

/// These tasks cannot be run together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("; "))]
pub struct InvalidTasks(Vec<String>);

impl Tasks {
    pub fn new() -> Self {
        Self::default()
    }

    /// Shares a value with all handlers that take `Data<T>`. One value for each type.
    #[must_use]
    pub fn data<T: Any + Send + Sync>(mut self, value: T) -> Self {
        if !self.state.add(value) {
            self.wrong.push(format!("data of the type `{}` is given twice", type_name::<T>()));
        }
        self
    }

    /// Adds a task. Its name and version are unique in a worker.
    #[must_use]
    pub fn register(mut self, task: impl Task) -> Self {
        self.definitions.push(task.definition());
        self
    }

    /// What the worker publishes of its tasks, in the order in which they were registered.
    pub fn registrations(&self) -> impl Iterator<Item = &Registration> {
        self.definitions.iter().map(|definition| &definition.registration)
    }

    /// Says all that keeps these tasks from being run.
    pub fn check(&self) -> Result<(), InvalidTasks> {
        let mut wrong = self.wrong.clone();
        let mut seen = HashSet::new();
        if self.definitions.is_empty() {
            wrong.push("there is no task to run: register at least one".to_owned());
        }
        for Definition { registration, needs, .. } in &self.definitions {
            let task = &registration.task_type;
            if !seen.insert(task) {
                wrong.push(format!("{task} is registered twice; give one of them another name or version"));
            }
            if needs.parameters.len() > 1 {
                wrong.push(format!("{task} takes `Params` more than once; put all parameters into one type"));
            }
            for (_, name) in needs.data.iter().filter(|(of, _)| !self.state.has(*of)) {
                wrong.push(format!("{task} takes `Data<{name}>`, but nothing of that type was given to `Tasks::data`"));
            }
            for name in [&task.name, &registration.queue] {
                wrong.extend(check_name(name).err().map(|error| format!("{task}: {error}")));
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(InvalidTasks(wrong)) }
    }

    pub(crate) fn into_parts(self) -> (State, Vec<Definition>) {
        (self.state, self.definitions)
    }
}
