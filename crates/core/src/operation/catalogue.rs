use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::prepare::Moment;
use super::schema::Schema;
use super::{Operations, near, patience};
use crate::model::{Registration, TaskType};
use crate::store::StoreError;

/// The task types that workers have registered.
#[derive(Debug, Default)]
pub struct Catalogue {
    types: BTreeMap<TaskType, Arc<KnownType>>,
}

/// A task type, with its parameter schema compiled when it is first needed.
#[derive(Debug)]
pub struct KnownType {
    pub registration: Registration,
    schema: OnceLock<Option<Schema>>,
}

/// Nobody ever registered this task type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct UnknownType {
    pub task_type: TaskType,
    /// Other versions of the same name.
    pub versions: Vec<u32>,
    /// Another name that may have been meant.
    pub near: Option<String>,
    /// Names that are known, at most 20.
    pub known: Vec<String>,
    /// How many more are known.
    pub more: usize,
}

/// Most names that an error lists.
const MOST_NAMES: usize = 20;

impl Catalogue {
    pub fn get(&self, task_type: &TaskType) -> Option<&Arc<KnownType>> {
        self.types.get(task_type)
    }

    /// Every type, by name and version.
    pub fn types(&self) -> impl Iterator<Item = &Arc<KnownType>> {
        self.types.values()
    }

    /// By name and version.
    pub fn task_types(&self) -> impl Iterator<Item = &TaskType> {
        self.types.keys()
    }

    fn unknown(&self, task_type: &TaskType) -> UnknownType {
        let mut names: Vec<&str> = self.task_types().map(|known| known.name.as_str()).collect();
        names.dedup();
        let same_name = |known: &&TaskType| known.name == task_type.name;
        let near = near::nearest(&task_type.name, names.iter().copied().filter(|name| *name != task_type.name));
        UnknownType {
            task_type: task_type.clone(),
            versions: self.task_types().filter(same_name).map(|known| known.version).collect(),
            near: near.map(str::to_owned),
            more: names.len().saturating_sub(MOST_NAMES),
            known: names.into_iter().take(MOST_NAMES).map(str::to_owned).collect(),
        }
    }

    /// What workers say now; types that did not change keep their compiled schema.
    fn renewed(registrations: Vec<Registration>, before: Option<&Self>) -> Self {
        let known = |registration: Registration| {
            let same = before
                .and_then(|before| before.get(&registration.task_type))
                .filter(|known| known.registration == registration)
                .cloned();
            let task_type = registration.task_type.clone();
            (task_type, same.unwrap_or_else(|| Arc::new(KnownType { registration, schema: OnceLock::new() })))
        };
        Self { types: registrations.into_iter().map(known).collect() }
    }
}

impl KnownType {
    /// None if there is no schema, or one that cannot be used: then the worker is the only judge.
    pub(super) fn schema(&self) -> Option<&Schema> {
        let compile = || {
            let document = self.registration.parameters_schema.as_ref()?;
            Schema::compile(document)
                .inspect_err(|error| {
                    let task = &self.registration.task_type;
                    tracing::warn!(event = "unusable_schema", %task, %error, "parameters are not checked");
                })
                .ok()
        };
        self.schema.get_or_init(compile).as_ref()
    }
}

impl UnknownType {
    fn sentence(&self) -> String {
        let TaskType { name, version } = &self.task_type;
        if !self.versions.is_empty() {
            let versions: Vec<String> = self.versions.iter().map(u32::to_string).collect();
            return format!("`{name}` has no version {version}: known versions are {}", versions.join(", "));
        }
        let hint = match (&self.near, self.known.as_slice()) {
            (Some(near), _) => format!("is `{near}` meant?"),
            (None, []) => {
                "no worker has registered any task type yet (start a worker, or let the manager --accept-unknown)"
                    .into()
            }
            (None, known) if self.more > 0 => format!("known are {} and {} more", known.join(", "), self.more),
            (None, known) => format!("known are {}", known.join(", ")),
        };
        format!("no worker ever registered a task type `{name}`: {hint}")
    }
}

impl Operations {
    /// What workers have registered, not older than a second while the store answers.
    pub async fn catalogue(&self) -> Result<Arc<Catalogue>, StoreError> {
        // Also the wait for whoever else is reading it.
        patience::within("read the catalogue", self.catalogue.get(self.read_catalogue())).await
    }

    /// One task type, looked up again if it was not known at that moment; none if it is not known but accepted.
    pub(super) async fn known_type(
        &self,
        task_type: &TaskType,
        moment: &Moment,
    ) -> Result<Result<Option<Arc<KnownType>>, UnknownType>, StoreError> {
        if let Some(known) = moment.catalogue.get(task_type) {
            return Ok(Ok(Some(known.clone())));
        }
        let catalogue = self.catalogue.since(moment.asked, self.read_catalogue()).await?;
        Ok(match catalogue.get(task_type) {
            Some(known) => Ok(Some(known.clone())),
            None if self.accept_unknown => Ok(None),
            None => Err(catalogue.unknown(task_type)),
        })
    }

    async fn read_catalogue(&self) -> Result<Catalogue, StoreError> {
        let registrations = patience::within("read the catalogue", self.stores.tasks.catalogue()).await?;
        Ok(Catalogue::renewed(registrations, self.catalogue.held().as_deref()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::Policy;

    fn registration(name: &str, version: u32) -> Registration {
        Registration {
            task_type: TaskType::new(name, version),
            queue: "default".into(),
            policy: Policy::default(),
            parameters_schema: Some(json!({"type": "object"})),
        }
    }

    fn catalogue() -> Catalogue {
        Catalogue::renewed(vec![registration("noop", 1), registration("noop", 3), registration("echo", 1)], None)
    }

    fn sentence(name: &str, version: u32) -> String {
        catalogue().unknown(&TaskType::new(name, version)).to_string()
    }

    #[test]
    fn an_unknown_type_says_what_may_have_been_meant() {
        assert_eq!(sentence("noop", 2), "`noop` has no version 2: known versions are 1, 3");
        assert_eq!(sentence("ecko", 1), "no worker ever registered a task type `ecko`: is `echo` meant?");
        assert_eq!(sentence("mail_all", 1), "no worker ever registered a task type `mail_all`: known are echo, noop");
    }

    #[test]
    fn a_schema_is_compiled_once_as_long_as_it_stays_the_same() {
        let before = catalogue();
        let task_type = TaskType::new("echo", 1);
        assert!(before.get(&task_type).unwrap().schema().is_some());
        let after = Catalogue::renewed(vec![registration("echo", 1)], Some(&before));
        assert!(Arc::ptr_eq(before.get(&task_type).unwrap(), after.get(&task_type).unwrap()));
        let other = Registration { parameters_schema: None, ..registration("echo", 1) };
        let changed = Catalogue::renewed(vec![other], Some(&before));
        assert!(changed.get(&task_type).unwrap().schema().is_none());
    }
}
