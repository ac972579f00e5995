use super::super::{Operations, patience};
use crate::model::ErrorGroup;
use crate::store::{Errors, StoreError};

impl Operations {
    /// Groups of dead letters whose errors are alike, the largest first.
    pub async fn error_groups(&self, errors: &Errors) -> Result<Vec<ErrorGroup>, StoreError> {
        patience::within("errors", self.stores.tasks.errors(errors)).await
    }
}
