//! One attempt: its process from the start to the end.

use std::io::{ErrorKind, pipe};
use std::os::fd::OwnedFd;
use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use jobbers_core::model::{EndDetail, EndKind};
use rustix::process::Signal;
use tokio::net::unix::pipe::{Receiver, Sender};
use tokio::time::{Instant, sleep_until};

use super::capture::{Output, drain, drain_rest};
use super::environment;
use super::log::Log;
use super::signs::Signs;
use crate::attempt::{Attempt, Ended, shortened};
use crate::guard::{Child, End, Guard, GuardError, Launch, Streams};
use crate::manifest::{CommandTask, Failure, signal_name};

/// Longest text of an error, in bytes.
const LONGEST_ERROR: usize = 8 * 1024;

/// This side of what a command reads and writes.
struct Pipes {
    stdin: Sender,
    stdout: Receiver,
    stderr: Receiver,
    third: Receiver,
}

pub(super) async fn run(task: &CommandTask, attempt: &Arc<Attempt>, guard: &Guard) -> Ended {
    if attempt.interruption().is_some() {
        return Ended::Interrupted;
    }
    let (pipes, streams) = match pipes() {
        Ok(both) => both,
        Err(error) => return not_started(&error.to_string()),
    };
    let mut environment = environment::of(attempt);
    environment.extend(task.launch.environment.clone());
    let launch = Launch { environment, ..task.launch.clone() };
    match guard.spawn(launch, streams).await {
        Ok(child) => follow(task, attempt, child, pipes).await,
        Err(GuardError::Killed) => lost(),
        Err(GuardError::NoGuard(error)) => not_started(&format!("there is no guard process for it: {error}")),
        Err(GuardError::NotStarted(error)) => not_started(&error),
    }
}

fn pipes() -> std::io::Result<(Pipes, Streams)> {
    let (stdin_reader, stdin) = pipe()?;
    let (stdout, stdout_writer) = pipe()?;
    let (stderr, stderr_writer) = pipe()?;
    let (third, third_writer) = pipe()?;
    let ours = Pipes {
        stdin: Sender::from_owned_fd(stdin.into())?,
        stdout: Receiver::from_owned_fd(stdout.into())?,
        stderr: Receiver::from_owned_fd(stderr.into())?,
        third: Receiver::from_owned_fd(third.into())?,
    };
    let [stdout, stderr, third]: [OwnedFd; 3] = [stdout_writer.into(), stderr_writer.into(), third_writer.into()];
    Ok((ours, Streams { stdin: stdin_reader.into(), stdout, stderr, third }))
}

/// Feeds and hears it, asks it to stop when it is to stop, and kills it when it does not.
async fn follow(task: &CommandTask, attempt: &Arc<Attempt>, mut child: Child, pipes: Pipes) -> Ended {
    let Pipes { stdin, stdout, stderr, third } = pipes;
    let max_result = attempt.max_result();
    let (mut output, mut log, mut signs) = (Output::new(max_result), Log::new(attempt), Signs::new(attempt));
    let end = {
        let heard = async {
            let fed = feed(stdin, attempt.task().parameters.clone());
            tokio::join!(fed, drain(&stdout, &mut output), drain(&stderr, &mut log), drain(&third, &mut signs));
            std::future::pending::<()>().await;
        };
        let (mut heard, mut interrupted) = (pin!(heard), pin!(attempt.interrupted()));
        let (mut asked, mut kill_at) = (false, None);
        loop {
            let kill = async {
                match kill_at {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                end = child.wait() => break end,
                () = &mut heard => {}
                () = &mut interrupted, if !asked => {
                    asked = true;
                    child.signal_group(Signal::TERM);
                    // One that is stopped gets the signal only when it goes on.
                    child.signal_group(Signal::CONT);
                    kill_at = Instant::now().checked_add(task.registration.policy.cancel_grace);
                }
                () = kill => {
                    child.signal_group(Signal::KILL);
                    kill_at = None;
                }
            }
        }
    };
    drain_rest(&stdout, &mut output);
    drain_rest(&stderr, &mut log);
    drain_rest(&third, &mut signs);
    let tail = log.into_tail();
    match end {
        End::Lost => lost(),
        End::Exited(0) => match output.into_result() {
            Ok(result) => Ended::Returned(Bytes::from(result)),
            Err(bytes) => {
                let text = format!("the result has {bytes} bytes; MAX_RESULT allows {max_result}");
                failed(text, "ResultTooLarge".to_owned(), String::new(), false)
            }
        },
        _ if attempt.interruption().is_some() => Ended::Interrupted,
        End::Exited(code) => failure(task, Failure::ExitCode(code), &format!("exit code {code}"), tail),
        End::Killed(signal) => {
            failure(task, Failure::Signal(signal), &format!("killed by {}", signal_name(signal)), tail)
        }
    }
}

/// Gives it its parameters. It need not read them.
async fn feed(stdin: Sender, parameters: Bytes) {
    let mut left = &parameters[..];
    while !left.is_empty() {
        if stdin.writable().await.is_err() {
            return;
        }
        match stdin.try_write(left) {
            Ok(written) => left = &left[written..],
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}

fn failure(task: &CommandTask, failure: Failure, what: &str, tail: String) -> Ended {
    let last = tail.lines().next_back().unwrap_or_default();
    let text = if last.is_empty() { what.to_owned() } else { format!("{what}: {last}") };
    failed(text, failure.error_type(), tail, task.expected.expects(failure))
}

fn not_started(error: &str) -> Ended {
    failed(format!("the command cannot be started: {error}"), "NotStarted".to_owned(), String::new(), false)
}

fn failed(error: String, error_type: String, tail: String, expected: bool) -> Ended {
    // What is in one line is in the error already.
    let backtrace = tail.contains('\n').then_some(tail);
    let end = EndDetail { kind: EndKind::Failed, error: shortened(error, LONGEST_ERROR), error_type, backtrace };
    Ended::Failed { end, expected, retry_after: None }
}

fn lost() -> Ended {
    Ended::Lost { evidence: "the guard process of its worker was killed, and its command with it".to_owned() }
}
