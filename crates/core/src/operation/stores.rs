use crate::routing::Routing;
use crate::store::SharedStore;

/// What every process works on.
#[derive(Debug, Clone)]
pub struct Stores {
    pub tasks: SharedStore,
    pub routing: Routing,
}
