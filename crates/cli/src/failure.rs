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

#[cfg(test)]
mod tests {
    use jobbers_client::Problem;

    use super::*;

    fn of(status: u16) -> Failure {
        let problem =
            Problem { status, title: String::new(), detail: "why".to_owned(), errors: Vec::new(), retry_after: None };
        Failure::from(Error::Problem(problem))
    }

    #[test]
    fn what_the_caller_has_to_change_is_wrong_usage() {
        for status in [400, 401, 403, 413, 415, 422] {
            assert!(matches!(of(status), Failure::Usage(text) if text.starts_with("why")), "{status}");
        }
        for status in [404, 409, 429, 500, 503] {
            assert_eq!(of(status), Failure::Failed("why".to_owned()), "{status}");
        }
        assert_eq!(of(422).exit_code(), ExitCode::from(2));
        assert_eq!(of(404).exit_code(), ExitCode::from(1));
        assert_eq!(Failure::Silent(130).exit_code(), ExitCode::from(130));
    }

    #[test]
    fn a_missing_token_or_manager_says_how_to_give_one() {
        assert!(of(401).to_string().contains("JOBBERS_TOKEN"));
        let (url, detail) = ("http://host".to_owned(), "refused".to_owned());
        let away = Failure::from(Error::Unreachable { url, detail });
        assert!(matches!(away, Failure::Failed(text) if text.contains("JOBBERS_URL") && text.contains("http://host")));
    }
}
