/// How Python modules are run: flags and environment.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Python modules")]
pub struct PythonSettings {
    /// The interpreter, 3.10 or newer
    #[arg(long, env = "PYTHON", value_name = "PROGRAM", default_value = "python3")]
    pub python: String,

    /// Processes that tasks are spread over. Unset = one for each 100 tasks that may run at once
    #[arg(long, env = "PYTHON_HOSTS", value_name = "NUMBER", value_parser = hosts)]
    pub python_hosts: Option<u32>,

    /// Tasks after which a process is replaced by a fresh one; what it runs ends there; 0 = never
    #[arg(long, env = "PYTHON_HOST_TTL", value_name = "TASKS", default_value = "0", value_parser = ttl)]
    pub python_host_ttl: u64,
}

impl Default for PythonSettings {
    fn default() -> Self {
        Self { python: "python3".to_owned(), python_hosts: None, python_host_ttl: 0 }
    }
}

impl PythonSettings {
    pub(super) fn hosts(&self, slots: u32) -> u32 {
        const SLOTS_OF_ONE: u32 = 100;
        self.python_hosts.unwrap_or_else(|| slots.div_ceil(SLOTS_OF_ONE).max(1))
    }
}

fn hosts(text: &str) -> Result<u32, String> {
    const MOST: u32 = 1_000;
    let number = text.parse().ok().filter(|number| (1..=MOST).contains(number));
    number.ok_or_else(|| format!("PYTHON_HOSTS is a whole number from 1 to {MOST}"))
}

fn ttl(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| "PYTHON_HOST_TTL is a whole number of tasks; 0 = never".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_host_for_each_hundred_slots_begun() {
        let of = |slots| PythonSettings::default().hosts(slots);
        assert_eq!([of(1), of(100), of(101), of(250)], [1, 1, 2, 3]);
        assert_eq!(PythonSettings { python_hosts: Some(4), ..PythonSettings::default() }.hosts(10), 4);
    }
}
