//! What the manager and the tools do with tasks.
