use serde::{Deserialize, Serialize};

use super::send::Repeat;
use super::{Client, Error, Sent};

/// Which tasks of a queue are cancelled, besides those that wait.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Purge {
    /// Scheduled tasks as well.
    pub scheduled: bool,
    /// What came later is left alone: RFC 3339; none = now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
}

/// How far a purge came.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Purged {
    pub cancelled: u64,
    /// 0 if all is done; else what waits now.
    pub remaining: u64,
    /// What came later was left alone; the same call goes on with this as `before`.
    pub before: String,
}

impl Client {
    /// Cancels what waits in a queue, for about a second. A scheduler goes on with the rest, as does the same call again.
    pub async fn purge(&self, queue: &str, purge: &Purge) -> Result<Sent<Purged>, Error> {
        self.call(self.http.post(self.at(&["queues", queue, "purge"])).query(purge), Repeat::Asked).await
    }
}
