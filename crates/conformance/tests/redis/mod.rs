//! The store on Redis: every scenario, and what only it can show.

use std::sync::Arc;

use async_trait::async_trait;
use jobbers_conformance::server::redis::{RedisServer, WITHOUT_PERSISTENCE};
use jobbers_conformance::{Backend, Capabilities, Environment};
use jobbers_core::store::SharedStore;
use jobbers_core::store::redis::{RedisConfig, RedisStore};

/// A server of one's own, whose clock is a key.
#[derive(Debug, Clone)]
pub struct OwnServer {
    pub server: Arc<RedisServer>,
    pub prefix: String,
}

impl OwnServer {
    pub fn start(arguments: &[&str]) -> Self {
        Self { server: Arc::new(RedisServer::start(arguments)), prefix: "jobbers".to_owned() }
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
        self.server.command(&["SET", &format!("{}:{{0}}:clock", self.prefix), &milliseconds.to_string()]);
    }
}

async fn environment() -> Environment {
    OwnServer::start(&WITHOUT_PERSISTENCE).environment().await
}

jobbers_conformance::scenarios!(environment);
