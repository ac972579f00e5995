use std::time::Duration;

/// Why a step was not answered.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// No answer: the step may or may not have happened. Send the very same step again.
    #[error("{operation}: the store cannot be reached ({detail})")]
    Unavailable { operation: &'static str, detail: String },
    /// The store has no room; nothing happened.
    #[error("{operation}: the store is full ({detail})")]
    Full { operation: &'static str, detail: String },
    /// The store answered what it should not; nothing is known to have happened.
    #[error("{operation}: {detail}")]
    Broken { operation: &'static str, detail: String },
    #[error(transparent)]
    Incompatible(#[from] Incompatible),
}

impl StoreError {
    /// Whether the same step may succeed later, without anybody's help.
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Unavailable { .. } | Self::Full { .. } => true,
            Self::Broken { .. } | Self::Incompatible(_) => false,
        }
    }

    /// When to try again, for a client.
    pub const RETRY_AFTER: Duration = Duration::from_secs(1);
}

/// The store does not fit this program or its configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Incompatible {
    #[error(
        "{store} has layout version {found}; this program knows version {known}: use a program that knows that version, or begin anew elsewhere"
    )]
    Layout { store: String, found: String, known: u32 },
    #[error("{store} has {found} partitions; this program knows only 1")]
    Partitions { store: String, found: String },
    #[error(
        "{store} belongs to installation {store_installation}, but {sql} to installation {sql_installation}: STORE_URL and SQL_PATH do not belong together"
    )]
    Installation { store: String, store_installation: String, sql: String, sql_installation: String },
}
