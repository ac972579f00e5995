use super::failure::Failure;

/// A command that is promised and not there yet
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Later {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    words: Vec<String>,
}

impl Later {
    pub(crate) fn refuse(&self, command: &str) -> Result<(), Failure> {
        let words: String = self.words.iter().map(|word| format!(" {word}")).collect();
        let what = format!("`jobbers {command}{words}`: {command} is not built yet");
        Err(Failure::Usage(format!("{what}; `jobbers --help` lists what is")))
    }
}
