use std::fmt;
use std::sync::{Arc, Once};
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::io::tcp::{TcpSettings, socket2::TcpKeepalive};
use redis::{Client, ErrorKind, IntoConnectionInfo, RedisError, Script, ScriptInvocation, ServerErrorKind, Value};

use super::codec::arguments::Arguments;
use super::config::RedisConfig;
use super::keys::Keys;
use super::scripts::Scripts;
use crate::store::{Result, StoreError};

/// Longest wait for an answer: a manager must say within 2 s that its store is away.
const RESPONSE_TIMEOUT: Duration = Duration::from_millis(1500);
/// Longest wait for the answer to a turn, which may carry many large results and parameters.
const TURN_TIMEOUT: Duration = Duration::from_secs(10);
const CONNECTION_TIMEOUT: Duration = Duration::from_millis(1000);

/// The store on Redis. Cheap to clone; one multiplexed connection, driven by the runtime that opened it.
#[derive(Clone)]
pub struct RedisStore {
    connection: ConnectionManager,
    pub(super) client: Client,
    pub(super) keys: Keys,
    pub(super) scripts: Arc<Scripts>,
    /// Host and port, or path: the URL without credentials.
    pub(super) place: Arc<str>,
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").field("place", &self.place).field("keys", &self.keys).finish_non_exhaustive()
    }
}

impl RedisStore {
    /// Connects once. Fails with [`StoreError::Unavailable`] if nobody answers; afterwards lost connections are made
    /// again, and each step meanwhile fails so.
    pub async fn connect(config: RedisConfig) -> Result<Self> {
        install_tls_provider();
        let info = config.url.as_str().into_connection_info().map_err(|error| failed("connect", &error))?;
        let info = info.set_tcp_settings(tcp_settings());
        let place: Arc<str> = info.addr().to_string().into();
        let keys = Keys::new(&config.prefix, info.redis_settings().db());
        let client = Client::open(info).map_err(|error| failed("connect", &error))?;
        let settings = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_min_delay(Duration::from_millis(50))
            .set_max_delay(Duration::from_millis(500))
            .set_connection_timeout(Some(CONNECTION_TIMEOUT))
            .set_response_timeout(Some(TURN_TIMEOUT));
        let connection = ConnectionManager::new_with_config(client.clone(), settings)
            .await
            .map_err(|error| failed("connect", &error))?;
        let scripts = Arc::new(Scripts::new(config.test_clock));
        let store = Self { connection, client, keys, scripts, place };
        store.warn_of_weak_settings().await;
        Ok(store)
    }

    /// Runs a step of the partition: named arguments, then opaque ones.
    pub(super) async fn step(
        &self,
        operation: &'static str,
        script: &Script,
        arguments: Arguments,
        opaque: &[Vec<u8>],
    ) -> Result<Value> {
        self.step_with(operation, script, arguments, opaque.iter().map(Vec::as_slice)).await
    }

    /// The same; what is not named is not packed into vectors of its own.
    pub(super) async fn step_with<'a>(
        &self,
        operation: &'static str,
        script: &Script,
        arguments: Arguments,
        opaque: impl Iterator<Item = &'a [u8]>,
    ) -> Result<Value> {
        self.step_within(RESPONSE_TIMEOUT, operation, script, arguments, opaque).await
    }

    /// A turn: as a step, with more patience.
    pub(super) async fn turn_step(&self, arguments: Arguments, opaque: &[Vec<u8>]) -> Result<Value> {
        self.step_within(TURN_TIMEOUT, "turn", &self.scripts.turn, arguments, opaque.iter().map(Vec::as_slice)).await
    }

    async fn step_within<'a>(
        &self,
        at_most: Duration,
        operation: &'static str,
        script: &Script,
        arguments: Arguments,
        opaque: impl Iterator<Item = &'a [u8]>,
    ) -> Result<Value> {
        let arguments = arguments.with("channels", self.keys.channels()).finish();
        let mut invocation = script.key(self.keys.partition());
        invocation.arg(arguments);
        for argument in opaque {
            invocation.arg(argument);
        }
        self.invoke(operation, at_most, &invocation).await
    }

    /// Writes fields of a hash, given with their values in turns.
    pub(super) async fn publish(&self, operation: &'static str, key: &str, fields: &[Vec<u8>]) -> Result<()> {
        let mut invocation = self.scripts.publish.key(key);
        for field in fields {
            invocation.arg(field.as_slice());
        }
        self.invoke(operation, RESPONSE_TIMEOUT, &invocation).await.map(drop)
    }

    async fn invoke(
        &self,
        operation: &'static str,
        at_most: Duration,
        invocation: &ScriptInvocation<'_>,
    ) -> Result<Value> {
        match tokio::time::timeout(at_most, invocation.invoke_async(&mut self.connection.clone())).await {
            Ok(answer) => answer.map_err(|error| failed(operation, &error)),
            Err(_) => Err(StoreError::Unavailable { operation, detail: format!("no answer within {at_most:?}") }),
        }
    }

    /// Runs a script on the keys that no partition owns.
    pub(super) async fn global(&self, operation: &'static str, script: &Script, arguments: &[&str]) -> Result<Value> {
        let mut invocation = script.key(self.keys.global());
        for argument in arguments {
            invocation.arg(*argument);
        }
        self.invoke(operation, RESPONSE_TIMEOUT, &invocation).await
    }

    /// Runs plain commands.
    pub(super) async fn pipeline<T: redis::FromRedisValue>(
        &self,
        operation: &'static str,
        pipeline: &redis::Pipeline,
    ) -> Result<T> {
        match tokio::time::timeout(RESPONSE_TIMEOUT, pipeline.query_async(&mut self.connection.clone())).await {
            Ok(answer) => answer.map_err(|error| failed(operation, &error)),
            Err(_) => {
                let detail = format!("no answer within {RESPONSE_TIMEOUT:?}");
                Err(StoreError::Unavailable { operation, detail })
            }
        }
    }

    /// Says what of the server's settings puts tasks at risk.
    async fn warn_of_weak_settings(&self) {
        let mut pipeline = redis::pipe();
        pipeline.cmd("INFO").arg("memory").cmd("INFO").arg("persistence").cmd("CONFIG").arg("GET").arg("save");
        let answers: Result<(String, String, Vec<String>)> = self.pipeline("connect", &pipeline).await;
        // A server that does not tell (CONFIG may be forbidden) is not warned of.
        let Ok((memory, persistence, save)) = answers else { return };
        if let Some(policy) = field(&memory, "maxmemory_policy").filter(|policy| *policy != "noeviction") {
            tracing::warn!(
                store = %self.place,
                "maxmemory-policy is {policy}: Redis may evict tasks when its memory is full; set it to noeviction"
            );
        }
        let saves = save.get(1).is_some_and(|rules| !rules.is_empty());
        if field(&persistence, "aof_enabled") == Some("0") && !saves {
            tracing::warn!(
                store = %self.place,
                "neither AOF nor RDB is on: a restart of Redis loses every task; set appendonly to yes"
            );
        }
    }
}

/// A peer that vanished without a word is noticed within seconds, also by a subscription, which never writes.
fn tcp_settings() -> TcpSettings {
    let keepalive = TcpKeepalive::new().with_time(Duration::from_secs(5)).with_interval(Duration::from_secs(2));
    TcpSettings::default().set_nodelay(true).set_keepalive(keepalive).set_user_timeout(Duration::from_secs(5))
}

fn field<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
}

fn install_tls_provider() {
    static ONCE: Once = Once::new();
    // An error says that the program has chosen one already.
    ONCE.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
}

/// What an error of the driver means for a step.
pub(super) fn failed(operation: &'static str, error: &RedisError) -> StoreError {
    let detail = error.to_string();
    match error.kind() {
        ErrorKind::Io | ErrorKind::ClusterConnectionNotFound => StoreError::Unavailable { operation, detail },
        ErrorKind::Server(
            ServerErrorKind::BusyLoading
            | ServerErrorKind::TryAgain
            | ServerErrorKind::MasterDown
            | ServerErrorKind::ReadOnly
            | ServerErrorKind::ClusterDown,
        ) => StoreError::Unavailable { operation, detail },
        _ if error.code() == Some("OOM") || detail.contains("OOM command not allowed") => {
            StoreError::Full { operation, detail }
        }
        _ if error.is_io_error() || error.is_timeout() || error.is_connection_dropped() => {
            StoreError::Unavailable { operation, detail }
        }
        _ if matches!(error.code(), Some("MISCONF" | "BUSY" | "NOREPLICAS")) => {
            StoreError::Unavailable { operation, detail }
        }
        _ => StoreError::Broken { operation, detail },
    }
}

pub(super) fn broken(operation: &'static str, detail: impl Into<String>) -> StoreError {
    StoreError::Broken { operation, detail: detail.into() }
}
