use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt;

/// `LOG_FORMAT`
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

/// How a process logs: flags and environment of every process.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct LogSettings {
    /// How the log is written to standard error; unset: text on a terminal, else json
    #[arg(long, env = "LOG_FORMAT", value_enum)]
    pub log_format: Option<LogFormat>,

    /// What is logged: a level, or a filter such as info,jobbers_worker=debug
    #[arg(long = "log", env = "RUST_LOG", value_name = "FILTER", default_value = "info", value_parser = filter)]
    pub filter: String,
}

/// Endpoints whose variables say that telemetry is wanted.
const OTLP: [&str; 4] = [
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
];

fn filter(text: &str) -> Result<String, String> {
    let text = if text.trim().is_empty() { "info" } else { text };
    match EnvFilter::builder().parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => {
            Err(format!("RUST_LOG: {error}; allowed are off, error, warn, info, debug, trace, and MODULE=LEVEL,…"))
        }
    }
}

impl LogSettings {
    /// How to write there: as was asked for, else text on a terminal and JSON elsewhere.
    pub fn format_on(&self, place: &impl IsTerminal) -> LogFormat {
        let default = if place.is_terminal() { LogFormat::Text } else { LogFormat::Json };
        self.log_format.unwrap_or(default)
    }

    /// Starts logging to standard error, for the whole process.
    pub fn init(&self) -> Result<(), String> {
        let stderr = std::io::stderr();
        let filter = EnvFilter::builder().parse(&self.filter).map_err(|error| format!("RUST_LOG: {error}"))?;
        let log = tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter);
        let started = match self.format_on(&stderr) {
            LogFormat::Text => log.with_target(false).with_ansi(stderr.is_terminal()).finish().try_init(),
            LogFormat::Json => log.json().flatten_event(true).with_current_span(false).finish().try_init(),
        };
        started.map_err(|error| format!("logging cannot be started: {error}"))?;
        let given = |name: &&&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        if let Some(name) = OTLP.iter().find(given) {
            tracing::warn!(
                event = "telemetry_not_built",
                variable = name,
                "{name} is set: export of telemetry is not built yet"
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Program {
        #[command(flatten)]
        log: LogSettings,
    }

    fn parse(filter: &str) -> Result<LogSettings, clap::Error> {
        Program::try_parse_from(["program", "--log", filter]).map(|program| program.log)
    }

    #[test]
    fn filters_are_taken_as_tracing_reads_them() {
        for text in ["debug", "info,jobbers_worker=debug", "jobbers_core::store=trace", "off"] {
            assert_eq!(parse(text).expect(text).filter, text);
        }
        assert_eq!(parse("").expect("nothing").filter, "info");
    }

    #[test]
    fn a_wrong_filter_is_refused() {
        for text in ["jobbers=loud", "a=b=c", "info,[x"] {
            let error = parse(text).expect_err(text);
            assert_eq!(error.exit_code(), 2, "{text}");
            assert!(error.to_string().contains("RUST_LOG: "), "{error}");
        }
    }
}
