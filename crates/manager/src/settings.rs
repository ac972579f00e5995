use clap::builder::RangedU64ValueParser;
use jobbers_core::process::parse_size;

use crate::access::TokenList;

/// How the manager serves: flags and environment.
#[derive(Debug, Clone, clap::Args)]
pub struct ManagerSettings {
    /// Address and port to listen on; port 0 takes a free one. An address that other hosts can reach needs
    /// JOBBERS_TOKENS (or --insecure)
    #[arg(long = "manager-bind", visible_alias = "bind", env = "MANAGER_BIND", value_name = "HOST:PORT")]
    #[arg(default_value = ManagerSettings::BIND)]
    pub bind: String,

    /// Who may do what: `name:scope:secret`, separated by commas, with scope read, submit or admin. Then every route
    /// but /livez, /readyz, /openapi.json and /docs needs `Authorization: Bearer SECRET`
    #[arg(long = "jobbers-tokens", env = "JOBBERS_TOKENS", value_name = "NAME:SCOPE:SECRET,…", hide_env_values = true)]
    pub tokens: Option<TokenList>,

    /// Listen without tokens on an address that other hosts can reach: whoever reaches it may do everything
    #[arg(long)]
    pub insecure: bool,

    /// Origins of web pages that may use the API besides the manager's own, such as `https://jobs.example.com`,
    /// separated by commas
    #[arg(long = "manager-origins", env = "MANAGER_ORIGINS", value_name = "ORIGIN,…", value_delimiter = ',')]
    pub origins: Vec<String>,

    /// Largest body of a request, in bytes
    #[arg(long, env = "MAX_BODY", value_name = "BYTES", default_value = "16MiB", value_parser = max_body)]
    pub max_body: usize,

    /// Largest parameters (and metadata) of one task, in bytes
    #[arg(long, env = "MAX_PARAMETERS", value_name = "BYTES", default_value = "1MiB", value_parser = max_parameters)]
    pub max_parameters: usize,

    /// Connections at once; more are sent away with 503. Never more than the limit of open files allows
    #[arg(long, env = "MAX_CONNECTIONS", value_name = "NUMBER", default_value_t = ManagerSettings::MAX_CONNECTIONS)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..=1_000_000))]
    pub max_connections: usize,

    /// Requests at once that wait for the end of a task (`?wait=`); more get 503
    #[arg(long, env = "MAX_WAITS", value_name = "NUMBER", default_value_t = ManagerSettings::MAX_WAITS)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..=1_000_000))]
    pub max_waits: usize,

    /// Streams of server-sent events at once; more get 503
    #[arg(long, env = "MAX_STREAMS", value_name = "NUMBER", default_value_t = ManagerSettings::MAX_STREAMS)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..=1_000_000))]
    pub max_streams: usize,

    /// Bytes of request bodies in memory at once, of all requests together; what is more gets 503
    #[arg(long, env = "MAX_BODIES", value_name = "BYTES", default_value = "256MiB", value_parser = max_bodies)]
    pub max_bodies: usize,

    /// Store tasks of types that no worker ever registered, with unchecked parameters
    #[arg(long)]
    pub accept_unknown: bool,
}

impl ManagerSettings {
    const BIND: &str = "127.0.0.1:8000";
    const MAX_BODY: usize = 16 << 20;
    const MAX_PARAMETERS: usize = 1 << 20;
    const MAX_CONNECTIONS: usize = 16_384;
    const MAX_WAITS: usize = 12_000;
    const MAX_STREAMS: usize = 1_000;
    const MAX_BODIES: usize = 256 << 20;
}

impl Default for ManagerSettings {
    fn default() -> Self {
        Self {
            bind: Self::BIND.into(),
            tokens: None,
            insecure: false,
            origins: Vec::new(),
            max_body: Self::MAX_BODY,
            max_parameters: Self::MAX_PARAMETERS,
            max_connections: Self::MAX_CONNECTIONS,
            max_waits: Self::MAX_WAITS,
            max_streams: Self::MAX_STREAMS,
            max_bodies: Self::MAX_BODIES,
            accept_unknown: false,
        }
    }
}

fn max_body(text: &str) -> Result<usize, String> {
    parse_size("MAX_BODY", text, 256 << 20)
}

fn max_bodies(text: &str) -> Result<usize, String> {
    parse_size("MAX_BODIES", text, 1 << 40)
}

fn max_parameters(text: &str) -> Result<usize, String> {
    parse_size("MAX_PARAMETERS", text, 64 << 20)
}
