//! A TCP proxy between the programs and Redis, which is not to be relied on.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

use super::Chance;

/// What the proxy does to requests. A request is what arrives at once; it may hold several commands.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Weather {
    /// Part of the requests whose connection is cut before they are passed on: they never happen.
    pub cut_before: f64,
    /// Part of the requests that are passed on, and whose connection is cut when they are answered: they have happened,
    /// and nobody learns it.
    pub cut_after: f64,
    /// Part of the requests that are passed on later, and how many seconds at the most.
    pub delayed: f64,
    pub longest_delay: f64,
    /// Requests with this text in them are passed on so many seconds later.
    pub held: Option<(&'static str, f64)>,
}

/// It ends when this is dropped.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    sky: Arc<Sky>,
    accepting: JoinHandle<()>,
}

#[derive(Debug)]
struct Sky {
    weather: Mutex<(Weather, Chance)>,
    counts: Mutex<Counts>,
}

/// How often something was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub cut_before: usize,
    pub cut_after: usize,
    pub delayed: usize,
    pub held: usize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    Pass,
    CutBefore,
    CutAfter,
    Later(Duration),
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Proxy {
    /// In front of a server on a loopback port.
    pub async fn before(port_behind: u16, weather: Weather, chance: Chance) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a loopback port");
        let port = listener.local_addr().expect("the address of a bound socket").port();
        let sky = Arc::new(Sky { weather: Mutex::new((weather, chance)), counts: Mutex::default() });
        let accepting = tokio::spawn(accept(listener, port_behind, Arc::clone(&sky)));
        Self { port, sky, accepting }
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub fn becomes(&self, weather: Weather) {
        self.sky.weather.lock().unwrap_or_else(PoisonError::into_inner).0 = weather;
    }

    pub fn counts(&self) -> Counts {
        *self.sky.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sky {
    fn fate(&self, request: &[u8]) -> Fate {
        let mut weather = self.weather.lock().unwrap_or_else(PoisonError::into_inner);
        let (weather, chance) = &mut *weather;
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((word, seconds)) = weather.held
            && request.windows(word.len()).any(|part| part == word.as_bytes())
        {
            counts.held += 1;
            return Fate::Later(Duration::from_secs_f64(seconds));
        }
        let drawn = chance.between(0.0, 1.0);
        if drawn < weather.cut_before {
            counts.cut_before += 1;
            Fate::CutBefore
        } else if drawn < weather.cut_before + weather.cut_after {
            counts.cut_after += 1;
            Fate::CutAfter
        } else if drawn < weather.cut_before + weather.cut_after + weather.delayed {
            counts.delayed += 1;
            Fate::Later(Duration::from_secs_f64(chance.between(0.0, weather.longest_delay)))
        } else {
            Fate::Pass
        }
    }
}

async fn accept(listener: TcpListener, port_behind: u16, sky: Arc<Sky>) {
    // Dropped with this: then every connection is cut.
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        connections.spawn(carry(client, port_behind, Arc::clone(&sky)));
        while connections.try_join_next().is_some() {}
    }
}

/// Until one side closes it, or it is cut.
async fn carry(client: TcpStream, port_behind: u16, sky: Arc<Sky>) {
    let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, port_behind)).await else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let (mute, muted) = watch::channel(false);
    tokio::select! {
        () = requests(from_client, to_server, &sky, &mute) => {}
        () = answers(from_server, to_client, muted) => {}
    }
}

async fn requests(mut client: OwnedReadHalf, mut server: OwnedWriteHalf, sky: &Sky, mute: &watch::Sender<bool>) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(length @ 1..) = client.read(&mut buffer).await {
        let request = &buffer[..length];
        match sky.fate(request) {
            Fate::Pass => {}
            Fate::CutBefore => return,
            Fate::CutAfter => {
                let _ = mute.send(true);
                let _ = server.write_all(request).await;
                // The other half ends the connection when the answer has come.
                return std::future::pending().await;
            }
            Fate::Later(delay) => sleep(delay).await,
        }
        if server.write_all(request).await.is_err() {
            return;
        }
    }
}

async fn answers(mut server: OwnedReadHalf, mut client: OwnedWriteHalf, muted: watch::Receiver<bool>) {
    /// When nothing comes for so long, all was answered.
    const QUIET: Duration = Duration::from_millis(30);
    let mut buffer = vec![0; 1 << 16];
    while let Ok(length @ 1..) = server.read(&mut buffer).await {
        if *muted.borrow() {
            while let Ok(Ok(1..)) = timeout(QUIET, server.read(&mut buffer)).await {}
            return;
        }
        if client.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use jobbers_conformance::server::redis::{RedisServer, WITHOUT_PERSISTENCE};

    use super::*;

    /// Sends one command; the answer, or none if the connection was cut.
    async fn say(proxy: &Proxy, command: &str) -> Option<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port)).await.unwrap();
        stream.write_all(format!("{command}\r\n").as_bytes()).await.unwrap();
        let mut buffer = [0; 64];
        let length = stream.read(&mut buffer).await.unwrap_or_default();
        (length > 0).then(|| String::from_utf8_lossy(&buffer[..length]).trim_end().to_owned())
    }

    #[tokio::test]
    async fn a_request_that_is_cut_before_never_happens_and_one_that_is_cut_after_has_happened() {
        let redis = RedisServer::start(&WITHOUT_PERSISTENCE);
        let fair = Weather::default();
        let proxy = Proxy::before(redis.port(), fair, Chance::of(1, "proxy")).await;
        assert_eq!(say(&proxy, "INCR n").await.as_deref(), Some(":1"));
        proxy.becomes(Weather { cut_before: 1.0, ..fair });
        assert_eq!(say(&proxy, "INCR n").await, None);
        proxy.becomes(Weather { cut_after: 1.0, ..fair });
        assert_eq!(say(&proxy, "INCR n").await, None);
        proxy.becomes(Weather { held: Some(("INCR", 0.05)), ..fair });
        assert_eq!(say(&proxy, "INCR n").await.as_deref(), Some(":3"));
        assert_eq!(proxy.counts(), Counts { cut_before: 1, cut_after: 1, delayed: 0, held: 1 });
    }
}
