/// Where a Redis is and how its keys begin.
#[derive(Clone)]
pub struct RedisConfig {
    /// `redis://`, `rediss://` or `unix://`; may hold credentials.
    pub url: String,
    /// What all keys begin with (`KEY_PREFIX`).
    pub prefix: String,
    /// For tests: time is what the key `<prefix>:{0}:clock` holds (milliseconds, decimal).
    pub test_clock: bool,
}

impl std::fmt::Debug for RedisConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The URL may hold credentials.
        f.debug_struct("RedisConfig").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
