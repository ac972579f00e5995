use std::str::FromStr;

use serde::Deserialize;
use serde::de::{Deserializer, Error};

/// How a command failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// With this exit code, which is not 0.
    ExitCode(i32),
    /// By this signal.
    Signal(i32),
}

impl Failure {
    /// Its name in the history of a task, and in `expected_errors`.
    pub fn error_type(self) -> String {
        match self {
            Self::ExitCode(code) => format!("ExitCode({code})"),
            Self::Signal(signal) => format!("Signal({})", signal_name(signal)),
        }
    }
}

/// `SIGKILL` for 9.
pub fn signal_name(number: i32) -> String {
    let known = SIGNALS.iter().find(|(signal, _)| *signal == number);
    known.map_or_else(|| number.to_string(), |(_, name)| (*name).to_owned())
}

/// Those that end processes and have the same number on all systems.
const SIGNALS: [(i32, &str); 12] = [
    (1, "SIGHUP"),
    (2, "SIGINT"),
    (3, "SIGQUIT"),
    (4, "SIGILL"),
    (5, "SIGTRAP"),
    (6, "SIGABRT"),
    (8, "SIGFPE"),
    (9, "SIGKILL"),
    (11, "SIGSEGV"),
    (13, "SIGPIPE"),
    (14, "SIGALRM"),
    (15, "SIGTERM"),
];

/// Which failures of a command are tried again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExpectedEnds {
    pub(super) any: bool,
    pub(super) any_exit_code: bool,
    pub(super) any_signal: bool,
    pub(super) these: Vec<Failure>,
}

impl ExpectedEnds {
    pub fn expects(&self, failure: Failure) -> bool {
        let by_kind = match failure {
            Failure::ExitCode(_) => self.any_exit_code,
            Failure::Signal(_) => self.any_signal,
        };
        self.any || by_kind || self.these.contains(&failure)
    }

    pub(super) fn add_exit_codes(&mut self, codes: &[u8]) {
        self.these.extend(codes.iter().map(|code| Failure::ExitCode(i32::from(*code))));
    }
}

const FORMS: &str =
    "expected \"any\", or a list of error types: \"ExitCode\", \"ExitCode(3)\", \"Signal\", \"Signal(SIGKILL)\"";

impl<'de> Deserialize<'de> for ExpectedEnds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Forms {
            Word(String),
            List(Vec<String>),
        }
        let wrong = |text: &str| D::Error::custom(format!("`{text}` is not known; {FORMS}"));
        match Forms::deserialize(deserializer).map_err(|_| D::Error::custom(FORMS))? {
            Forms::Word(word) if word == "any" => Ok(Self { any: true, ..Self::default() }),
            Forms::Word(word) => Err(wrong(&word)),
            Forms::List(list) => {
                let mut expected = Self::default();
                for text in &list {
                    match text.as_str() {
                        "ExitCode" => expected.any_exit_code = true,
                        "Signal" => expected.any_signal = true,
                        text => expected.these.push(text.parse().map_err(|()| wrong(text))?),
                    }
                }
                Ok(expected)
            }
        }
    }
}

impl FromStr for Failure {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (kind, value) = text.strip_suffix(')').and_then(|text| text.split_once('(')).ok_or(())?;
        match kind {
            "ExitCode" => {
                let code: u8 = value.parse().map_err(drop)?;
                if code == 0 { Err(()) } else { Ok(Self::ExitCode(i32::from(code))) }
            }
            "Signal" => {
                let named = SIGNALS.iter().find(|(_, name)| *name == value).map(|(number, _)| *number);
                let number =
                    named.or_else(|| value.parse().ok().filter(|number| (1..=64).contains(number))).ok_or(())?;
                Ok(Self::Signal(number))
            }
            _ => Err(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_failure_names_it_in_a_manifest() {
        for failure in [Failure::ExitCode(3), Failure::Signal(9), Failure::Signal(34)] {
            assert_eq!(failure.error_type().parse(), Ok(failure));
        }
        assert_eq!(Failure::Signal(9).error_type(), "Signal(SIGKILL)");
        for wrong in ["ExitCode(0)", "ExitCode(256)", "Signal(KILL)", "Signal(0)", "Exit(1)", "ExitCode 1"] {
            assert_eq!(wrong.parse::<Failure>(), Err(()), "{wrong}");
        }
    }

    #[test]
    fn a_kind_stands_for_all_of_its_kind() {
        let signals = ExpectedEnds { any_signal: true, these: vec![Failure::ExitCode(3)], ..ExpectedEnds::default() };
        assert!(signals.expects(Failure::Signal(11)) && signals.expects(Failure::ExitCode(3)));
        assert!(!signals.expects(Failure::ExitCode(4)));
        assert!(!ExpectedEnds::default().expects(Failure::ExitCode(1)));
    }
}
