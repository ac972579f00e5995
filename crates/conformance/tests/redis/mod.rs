//! The store on Redis: every scenario, and what only it can show.

mod audit;
mod cost;
mod keys;
mod lists;
mod log;
mod memory;
mod purge;
mod rate;
mod restart;
mod routing;
mod scripts;
mod standing;
mod totals;
mod upkeep;

use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use jobbers_conformance::server::redis::{RedisServer, WITHOUT_PERSISTENCE};
use jobbers_conformance::{Backend, Capabilities, Environment};
use jobbers_core::store::SharedStore;
use jobbers_core::store::redis::{RedisConfig, RedisStore};

/// A server that its users may end and start again.
#[derive(Debug, Clone)]
pub struct SharedServer(Arc<Mutex<RedisServer>>);

impl SharedServer {
    fn start(arguments: &[&str]) -> Self {
        Self(Arc::new(Mutex::new(RedisServer::start(arguments))))
    }

    fn lock(&self) -> MutexGuard<'_, RedisServer> {
        self.0.lock().unwrap()
    }

    pub fn url(&self) -> String {
        self.lock().url()
    }

    pub fn command(&self, words: &[&str]) -> Vec<String> {
        self.lock().command(words)
    }

    /// As after a power cut.
    pub fn restart(&self) {
        let mut server = self.lock();
        server.kill();
        server.start_again();
    }

    pub fn stop(&self) {
        self.lock().kill();
    }
}

/// A server of one's own, whose clock is a key.
#[derive(Debug, Clone)]
pub struct OwnServer {
    pub server: SharedServer,
    pub prefix: String,
}

impl OwnServer {
    pub fn start(arguments: &[&str]) -> Self {
        Self { server: SharedServer::start(arguments), prefix: "jobbers".to_owned() }
    }

    pub async fn connect(&self) -> RedisStore {
        let config = RedisConfig { url: self.server.url(), prefix: self.prefix.clone(), test_clock: true };
        RedisStore::connect(config).await.expect("connect")
    }

    pub async fn environment(&self) -> Environment {
        Environment::new(self.clone(), Capabilities::default()).await
    }
}

#[async_trait]
impl Backend for OwnServer {
    async fn open(&self) -> SharedStore {
        Arc::new(self.connect().await)
    }

    async fn set_clock(&self, milliseconds: u64) {
        // In a script that begins with what a full server does not refuse.
        let script = "redis.call('DEL', KEYS[1]) redis.call('SET', KEYS[1], ARGV[1])";
        let key = format!("{}:{{0}}:clock", self.prefix);
        self.server.command(&["EVAL", script, "1", &key, &milliseconds.to_string()]);
    }
}

async fn environment() -> Environment {
    OwnServer::start(&WITHOUT_PERSISTENCE).environment().await
}

jobbers_conformance::scenarios!(environment);

#[test]
fn random_interleavings_follow_the_lifecycle() {
    let server = OwnServer::start(&WITHOUT_PERSISTENCE);
    let cases = std::cell::Cell::new(0);
    jobbers_conformance::interleaving::check(async || {
        // A prefix of its own for each case.
        cases.set(cases.get() + 1);
        OwnServer { prefix: format!("case-{}", cases.get()), ..server.clone() }.environment().await
    });
}
