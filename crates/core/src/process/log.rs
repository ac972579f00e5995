/// `LOG_FORMAT`
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

/// How a process logs: flags and environment of every process.
#[derive(Debug, Clone, clap::Args)]
pub struct LogSettings {
    #[arg(long, env = "LOG_FORMAT", value_enum)]
    pub log_format: Option<LogFormat>,
    #[arg(long = "log", env = "RUST_LOG", default_value = "info")]
    pub filter: String,
}

impl LogSettings {
    /// Starts logging to standard error, for the whole process.
    pub fn init(&self) -> Result<(), String> {
        todo!()
    }
}
