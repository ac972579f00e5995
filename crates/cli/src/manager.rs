use jobbers_client::Client;

use super::failure::Failure;

/// Which manager a command speaks to, and how it answers.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Manager")]
pub(crate) struct ManagerArgs {
    /// Where the manager is
    #[arg(long, env = "JOBBERS_URL", value_name = "URL", default_value = "http://127.0.0.1:8000")]
    #[arg(hide_env_values = true)]
    url: String,

    /// The token to show it, if it asks for one
    #[arg(long, env = "JOBBERS_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    token: Option<String>,

    /// Print JSON, as the manager sent it
    #[arg(long)]
    pub(crate) json: bool,
}

impl ManagerArgs {
    pub(crate) fn client(&self) -> Result<Client, Failure> {
        let token = self.token.as_deref().filter(|token| !token.is_empty());
        Ok(Client::new(&self.url, token)?)
    }
}
