use std::fmt;
use std::process::ExitCode;

use jobbers_client::Error;

/// Why a command ends with another exit code than 0. The text is shown, unless everything was said already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Wrong usage or configuration: exit code 2.
    Usage(String),
    /// It failed while running: exit code 1.
    Failed(String),
    /// The command's output says it all.
    Silent(u8),
}

impl Failure {
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Usage(_) => 2,
            Self::Failed(_) => 1,
            Self::Silent(code) => *code,
        })
    }

    /// Shows a failure of `program`, and answers its exit code.
    pub(crate) fn report(&self, program: &str) -> ExitCode {
        match self {
            Self::Usage(text) | Self::Failed(text) => super::out::remark(format_args!("{program}: {text}")),
            Self::Silent(_) => {}
        }
        self.exit_code()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) | Self::Failed(text) => f.write_str(text),
            Self::Silent(code) => write!(f, "exit code {code}"),
        }
    }
}

impl From<Error> for Failure {
    /// What the manager refuses because of what it was given counts as wrong usage.
    fn from(error: Error) -> Self {
        match &error {
            Error::Configuration(_) => Self::Usage(error.to_string()),
            Error::Unreachable { .. } => Self::Failed(format!(
                "{error}\n  Is it running? `jobbers dev` starts one; JOBBERS_URL or --url says where it is."
            )),
            Error::Problem(problem) => match problem.status {
                401 => Self::Usage(format!("{problem}\n  JOBBERS_TOKEN or --token gives the token.")),
                400 | 403 | 413 | 415 | 422 => Self::Usage(problem.to_string()),
                _ => Self::Failed(problem.to_string()),
            },
            Error::NoAnswer { .. } | Error::Unexpected { .. } => Self::Failed(error.to_string()),
        }
    }
}
