use jobbers_core::model::Policy;

use super::bounds::Bounds;
use super::guard::Guard;

/// What does not change during a search.
#[derive(Debug)]
pub(super) struct Rules {
    pub bounds: Bounds,
    pub policy: Policy,
    without: Option<Guard>,
}

impl Rules {
    pub fn new(bounds: Bounds) -> Self {
        Self { bounds, policy: bounds.policy(), without: None }
    }

    pub fn without(bounds: Bounds, guard: Guard) -> Self {
        Self { without: Some(guard), ..Self::new(bounds) }
    }

    pub fn has(&self, guard: Guard) -> bool {
        self.without != Some(guard)
    }
}
