use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::connection::Connection;
use super::shape::Shape;

/// So many connections that each send the next request when the one before was answered.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    pub shape: Shape,
    pub connections: usize,
    /// Of all connections together.
    pub requests: usize,
}

impl Load {
    /// Sends them all; how long that took. An answer that is no success ends it.
    pub(super) async fn put_on(self, address: SocketAddr) -> Result<Duration> {
        let request: Arc<[u8]> = self.shape.request().into();
        let sent = Arc::new(AtomicUsize::new(0));
        let mut connections = Vec::with_capacity(self.connections);
        for _ in 0..self.connections {
            connections.push(Connection::open(address).await?);
        }
        let begun = Instant::now();
        let mut clients = Vec::with_capacity(self.connections);
        for mut connection in connections {
            let (request, sent) = (Arc::clone(&request), Arc::clone(&sent));
            clients.push(tokio::spawn(async move {
                while sent.fetch_add(1, Ordering::Relaxed) < self.requests {
                    let status = connection.ask(&request).await?;
                    ensure!((200..300).contains(&status), "the server answers {status}");
                }
                Ok(())
            }));
        }
        for client in clients {
            client.await??;
        }
        Ok(begun.elapsed())
    }
}
