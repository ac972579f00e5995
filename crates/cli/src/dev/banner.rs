use std::fmt;
use std::net::SocketAddr;

/// What `jobbers dev` says once it is ready.
pub(super) struct Banner {
    pub(super) address: SocketAddr,
    pub(super) store: String,
    pub(super) needs_token: bool,
    /// A task that can be submitted, as JSON.
    pub(super) example: String,
}

impl fmt::Display for Banner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = self.address.port();
        // Of an address for all hosts no one can be called.
        let host = match self.address.ip() {
            ip if ip.is_unspecified() => "127.0.0.1".to_owned(),
            ip if ip.is_ipv6() => format!("[{ip}]"),
            ip => ip.to_string(),
        };
        let token = if self.needs_token { " -H \"Authorization: Bearer $JOBBERS_TOKEN\"" } else { "" };
        // Within single quotes of a shell.
        let task = self.example.replace('\'', r"'\''");
        writeln!(f, "\nJobbers is ready at http://{host}:{port} (tasks are in {})", self.store)?;
        writeln!(f, "\nSubmit a task:")?;
        writeln!(f, "  curl http://{host}:{port}/tasks{token} -H 'Content-Type: application/json' -d '{task}'")?;
        writeln!(f, "\nStop with Ctrl-C.\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curl_line_has_an_address_that_can_be_called() {
        let banner = |address: &str, needs_token| {
            let example = "{}".to_owned();
            Banner {
                address: address.parse().expect("an address"),
                store: "sqlite://jobbers.db".into(),
                needs_token,
                example,
            }
            .to_string()
        };
        assert!(banner("127.0.0.1:8000", false).contains("curl http://127.0.0.1:8000/tasks -H 'Content-Type"));
        assert!(banner("0.0.0.0:80", true).contains("curl http://127.0.0.1:80/tasks -H \"Authorization: Bearer"));
        assert!(banner("[::1]:9", false).contains("curl http://[::1]:9/tasks"));
    }
}
