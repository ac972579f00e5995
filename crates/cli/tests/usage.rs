use crate::harness::{command, run};

fn jobbers(arguments: &[&str]) -> crate::harness::Run {
    run(command().args(arguments), "")
}

#[test]
fn help_tells_how_to_submit_watch_cancel_and_repeat() {
    let help = jobbers(&["--help"]).expect(0).out;
    for part in [
        "jobbers submit echo_task",
        "jobbers status ID --follow",
        "jobbers explain ID",
        "jobbers cancel ID",
        "jobbers resubmit ID",
        "jobbers types",
    ] {
        assert!(help.contains(part), "{part}: {help}");
    }
    for command in [
        "dev",
        "submit",
        "status",
        "inspect",
        "explain",
        "list",
        "failed",
        "dead",
        "cancel",
        "resubmit",
        "retry",
        "run",
        "stats",
        "queues",
        "pause",
        "resume",
        "purge",
        "roles",
        "workers",
        "types",
        "heartbeat",
        "progress",
        "completions",
    ] {
        assert!(help.contains(&format!("\n  {command} ")), "{command}: {help}");
        let own = jobbers(&[command, "--help"]).expect(0).out;
        assert!(own.contains("Usage: jobbers"), "{own}");
    }
}

#[test]
fn unknown_commands_are_wrong_usage() {
    jobbers(&["gueues"]).expect(2);
}

#[test]
fn a_manager_that_is_not_there_is_told_at_once() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("an address").port()
    };
    let url = format!("http://127.0.0.1:{port}");
    let run = jobbers(&["list", "--url", &url]).expect(1);
    assert!(run.err.contains(&url) && run.err.contains("jobbers dev"), "{}", run.err);
    jobbers(&["list", "--url", "nonsense"]).expect(2);
}

#[test]
fn wrong_values_name_what_is_allowed() {
    for (arguments, allowed) in [
        (&["submit", "noop", "--delay", "soon"][..], "500ms, 90s, 5m, 2h or 1d"),
        (&["submit", "noop", "--run-at", "tomorrow"], "2030-01-01T08:00:00Z"),
        (&["submit", "noop", "--priority", "10"], "0..=9"),
        (&["list", "--since", "yesterday"], "RFC 3339"),
        (&["list", "--status", "gone"], "completed"),
        (&["list", "--limit", "0"], "0"),
        (&["completions", "tcsh"], "zsh"),
        (&["queues", "create", "mails", "--rate", "100"], "100/hour, 5/10s or 1000/2 days"),
        (&["queues", "create", "mails", "--max-concurrent=-1"], "a number from 1 to"),
        (&["queues", "set", "mails", "--max-concurrent-total", "0"], "none stands for no limit"),
        (&["queues", "set", "mails"], "--max-concurrent-total or --rate"),
    ] {
        let run = jobbers(arguments).expect(2);
        assert!(run.err.contains(allowed), "{arguments:?}: {}", run.err);
    }
}

#[test]
fn completions_are_there_for_every_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = jobbers(&["completions", shell]).expect(0).out;
        assert!(script.contains("jobbers") && script.contains("resubmit"), "{shell}");
    }
}
