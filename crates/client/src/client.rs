use std::fmt;
use std::sync::Once;
use std::time::Duration;

use reqwest::Url;

use super::Error;

/// What a call may take, unless told otherwise.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Half of what a manager takes unless told otherwise.
const MOST_BODY: usize = 8 << 20;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a manager that is busy or away for a moment is put up with, unless told otherwise.
const PATIENCE: Duration = Duration::from_secs(10);

/// A manager to talk to. Clones share its connections.
#[derive(Clone)]
pub struct Client {
    pub(super) http: reqwest::Client,
    pub(super) base: Url,
    pub(super) token: Option<String>,
    pub(super) timeout: Duration,
    pub(super) patience: Duration,
    pub(super) most_body: usize,
}

impl Client {
    /// For the manager at `url`, such as `http://127.0.0.1:8000`; `token` is sent with every call. Connects at the
    /// first call.
    pub fn new(url: &str, token: Option<&str>) -> Result<Self, Error> {
        let base = base(url)?;
        if token.is_some_and(|token| token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic())) {
            return Err(Error::Configuration("the token must be printable ASCII without spaces".to_owned()));
        }
        let loopback = match base.host_str() {
            Some("localhost" | "[::1]") => true,
            Some(host) => host.starts_with("127."),
            None => false,
        };
        install_tls_provider();
        let mut builder = reqwest::Client::builder().connect_timeout(CONNECT_TIMEOUT);
        if loopback {
            // A proxy would look for the manager on its own host.
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|error| Error::Configuration(format!("HTTP cannot be used: {error}")))?;
        Ok(Self {
            http,
            base,
            token: token.map(str::to_owned),
            timeout: TIMEOUT,
            patience: PATIENCE,
            most_body: MOST_BODY,
        })
    }

    /// With another limit for what a call may take (30 s). A wait is not a call: see [`wait`](Self::wait).
    #[must_use]
    pub const fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// With another limit (10 s) for how long a call waits in all when the manager asks it to come again later, or
    /// breaks the connection and is away. A manager that is not there at all is told at once.
    #[must_use]
    pub const fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// With another size in bytes (8 MiB) that the body of a batch keeps below; a manager takes `MAX_BODY`.
    #[must_use]
    pub const fn with_most_body(mut self, bytes: usize) -> Self {
        self.most_body = bytes;
        self
    }

    /// A path below the base, each part escaped.
    pub(super) fn at(&self, parts: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(parts);
        }
        url
    }
}

fn base(text: &str) -> Result<Url, Error> {
    let wrong = |reason: &str| {
        Err(Error::Configuration(format!("the address of the manager {reason}, such as http://127.0.0.1:8000")))
    };
    let Ok(url) = Url::parse(text) else { return wrong("must be a URL") };
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return wrong("must begin with http:// or https://");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("must not hold credentials (a token is given by itself)");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return wrong("must end with its path");
    }
    Ok(url)
}

/// TLS needs its cryptography to be named once in a process; whoever did so before is right.
fn install_tls_provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

impl fmt::Debug for Client {
    /// Without the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.base.as_str())
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
