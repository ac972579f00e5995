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
        let with = if self.words.is_empty() { "" } else { ", with whatever arguments" };
        Err(Failure::Usage(format!("`{command}` is not built yet{with}; `jobbers --help` tells what is")))
    }
}
