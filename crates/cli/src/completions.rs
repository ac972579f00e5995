use clap::Command;
use clap_complete::Shell;

use super::failure::Failure;
use super::out;

/// Prints completions for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  jobbers completions bash > ~/.local/share/bash-completion/completions/jobbers
  jobbers completions zsh > ~/.zfunc/_jobbers        (with fpath+=~/.zfunc before compinit)
  jobbers completions fish > ~/.config/fish/completions/jobbers.fish")]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(&self, mut command: Command) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "jobbers", &mut script);
        out::print(&String::from_utf8_lossy(&script))
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn every_shell_is_named() {
        let names: Vec<String> = Shell::value_variants().iter().map(ToString::to_string).collect();
        assert_eq!(names, ["bash", "elvish", "fish", "powershell", "zsh"]);
    }
}
