use async_trait::async_trait;
use jobbers_core::store::{
    DropWaiting, Prune, Purge, Result, Stall, Stalled, Swept, Trim, Trimmed, Upkeep, WorkerSignal,
};

use super::OracleStore;

#[async_trait]
impl Upkeep for OracleStore {
    async fn stall(&self, stall: &Stall) -> Result<Stalled> {
        let mut state = self.state();
        let stalled = state.model.stall(stall);
        if !stall.sweep.rehearsal {
            for task in &stalled.tasks {
                state.signal(task.worker, WorkerSignal::Renew);
            }
        }
        state.publish();
        Ok(stalled)
    }

    async fn drop_waiting(&self, drop: &DropWaiting) -> Result<Swept> {
        let mut state = self.state();
        let swept = state.model.drop_waiting(drop);
        state.publish();
        Ok(swept)
    }

    async fn prune(&self, prune: &Prune) -> Result<Swept> {
        let mut state = self.state();
        let swept = state.model.prune(prune);
        state.publish();
        Ok(swept)
    }

    /// Who waits nowhere has no entry anywhere.
    async fn trim(&self, _trim: &Trim) -> Result<Trimmed> {
        Ok(Trimmed { now: self.state().model.now, gone: 0, dead: 0, next: None })
    }

    async fn purge(&self, purge: &Purge) -> Result<Swept> {
        let mut state = self.state();
        let swept = state.model.purge(purge);
        state.publish();
        Ok(swept)
    }
}
