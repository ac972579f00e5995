use std::time::Duration;

use async_trait::async_trait;
use jobbers_core::model::{ProcessInfo, ProcessKind, Registration, WorkerId};
use jobbers_core::store::{Announced, Directory, Live, Result, SchemaConflict, WorkerSignal};

use super::OracleStore;

#[async_trait]
impl Directory for OracleStore {
    async fn belong(&self, installation: &str) -> Result<String> {
        Ok(self.state().installation.get_or_insert_with(|| installation.to_owned()).clone())
    }

    async fn announce(&self, process: &ProcessInfo, ttl: Duration) -> Result<Announced> {
        let mut state = self.state();
        let now = state.model.now;
        state.processes.insert(process.id, (process.clone(), now, now.after(ttl)));
        Ok(Announced { drain: state.draining.contains(&process.id) })
    }

    async fn drain(&self, id: WorkerId) -> Result<bool> {
        let mut state = self.state();
        let now = state.model.now;
        let is_live = state
            .processes
            .get(&id)
            .is_some_and(|(process, _, until)| process.kind == ProcessKind::Worker && *until > now);
        if is_live {
            state.draining.insert(id);
            state.signal(id, WorkerSignal::Drain);
        }
        Ok(is_live)
    }

    async fn retire(&self, id: WorkerId) -> Result<()> {
        let mut state = self.state();
        state.processes.remove(&id);
        state.draining.remove(&id);
        Ok(())
    }

    async fn live(&self) -> Result<Vec<Live>> {
        let state = self.state();
        let live = state.processes.values().filter(|(_, _, until)| *until > state.model.now);
        Ok(live.map(|(process, last_seen, _)| Live { process: process.clone(), last_seen: *last_seen }).collect())
    }

    async fn register(&self, types: &[Registration]) -> Result<Vec<SchemaConflict>> {
        let mut state = self.state();
        let mut conflicts = Vec::new();
        for new in types {
            state.model.publish(&new.policy);
            let old = state.catalogue.insert(new.task_type.clone(), new.clone());
            if old.is_some_and(|old| old.parameters_schema != new.parameters_schema) {
                conflicts.push(SchemaConflict { task_type: new.task_type.clone() });
            }
        }
        Ok(conflicts)
    }

    async fn catalogue(&self) -> Result<Vec<Registration>> {
        let mut all: Vec<_> = self.state().catalogue.values().cloned().collect();
        all.sort_by(|a, b| a.task_type.cmp(&b.task_type));
        Ok(all)
    }
}
