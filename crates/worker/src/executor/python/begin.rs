//! From an interpreter to a host that has imported its module.

use std::io::ErrorKind;
use std::os::fd::{AsFd as _, OwnedFd};

use bytes::BytesMut;
use jobbers_core::model::Registration;
use tokio::io::AsyncReadExt as _;
use tokio::net::UnixStream;
use tokio::net::unix::pipe::Sender;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

use super::frame::{Message, next};
use super::package::{BOOT, sources};
use crate::guard::{Child, End, Guard, GuardError, Launch, Limits, Streams};

/// The protocol of `docs/python-host.md` that this worker speaks.
const PROTOCOL: u32 = 1;

/// Why a Python module cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("the Python interpreter `{python}` (PYTHON) cannot be started: {error}")]
    NoInterpreter { python: String, error: String },
    #[error("task module `{module}` cannot be imported: {error_type}: {error}\n{traceback}")]
    Failed { module: String, error_type: String, error: String, traceback: String },
    #[error("task module `{module}`: `{python}` ended before it had imported it: {end}; what it wrote is above")]
    Ended { module: String, python: String, end: String },
    #[error("task module `{module}`: the host speaks protocol {0}, this worker {PROTOCOL}", .protocol)]
    OtherProtocol { module: String, protocol: u32 },
    #[error("task module `{module}`: the connection to its host broke")]
    Broken {
        module: String,
        #[source]
        error: std::io::Error,
    },
}

/// What hosts are made from.
#[derive(Debug, Clone)]
pub(super) struct Recipe {
    pub(super) module: String,
    pub(super) python: String,
    pub(super) guard: Guard,
}

/// A host that is ready.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) child: Child,
    pub(super) reader: OwnedReadHalf,
    pub(super) writer: OwnedWriteHalf,
    /// What was read already.
    pub(super) read: BytesMut,
    pub(super) types: Vec<Registration>,
}

impl Recipe {
    /// Starts an interpreter, and waits until it has imported the module.
    pub(super) async fn begin(&self) -> Result<Begun, ImportError> {
        let broken = |error| ImportError::Broken { module: self.module.clone(), error };
        let (own, others) = std::os::unix::net::UnixStream::pair().map_err(broken)?;
        own.set_nonblocking(true).map_err(broken)?;
        let (stdin, sources_to) = std::io::pipe().map_err(broken)?;
        // What tasks print is not this worker's to understand.
        let log = || std::io::stderr().as_fd().try_clone_to_owned();
        let streams = Streams {
            stdin: stdin.into(),
            stdout: log().map_err(broken)?,
            stderr: log().map_err(broken)?,
            third: others.into(),
        };
        let child = self.guard.spawn(self.launch(), streams).await.map_err(|error| self.no_interpreter(&error))?;
        tokio::spawn(feed(OwnedFd::from(sources_to)));
        let (reader, writer) = UnixStream::from_std(own).map_err(broken)?.into_split();
        self.ready(child, reader, writer).await
    }

    fn launch(&self) -> Launch {
        let arguments = ["-c", BOOT, &self.module, env!("CARGO_PKG_VERSION")];
        Launch {
            program: self.python.clone().into(),
            arguments: arguments.map(Into::into).to_vec(),
            environment: Vec::new(),
            directory: None,
            limits: Limits::default(),
        }
    }

    async fn ready(
        &self,
        mut child: Child,
        mut reader: OwnedReadHalf,
        writer: OwnedWriteHalf,
    ) -> Result<Begun, ImportError> {
        let (module, python) = (|| self.module.clone(), || self.python.clone());
        let mut read = BytesMut::with_capacity(64 * 1024);
        let frame = loop {
            if let Some(frame) = next(&mut read).map_err(|error| ImportError::Broken { module: module(), error })? {
                break frame;
            }
            // A reset is an end as well.
            if reader.read_buf(&mut read).await.unwrap_or(0) == 0 {
                let end = told(child.wait().await);
                return Err(ImportError::Ended { module: module(), python: python(), end });
            }
        };
        let message: Message<'_> = serde_json::from_slice(&frame)
            .map_err(|error| ImportError::Broken { module: module(), error: error.into() })?;
        if message.kind == "import_failed" {
            let (error, error_type, traceback) = (message.error, message.error_type, message.traceback);
            return Err(ImportError::Failed { module: module(), error_type, error, traceback });
        }
        if message.protocol != PROTOCOL {
            return Err(ImportError::OtherProtocol { module: module(), protocol: message.protocol });
        }
        tracing::info!(
            event = "python_host_ready",
            pid = child.pid(),
            python = message.python,
            tasks = message.types.len(),
            "a Python host has imported {}",
            self.module
        );
        Ok(Begun { child, reader, writer, read, types: message.types })
    }

    fn no_interpreter(&self, error: &GuardError) -> ImportError {
        ImportError::NoInterpreter { python: self.python.clone(), error: format!("{error:#}") }
    }
}

/// Gives the interpreter the package, which it need not read.
async fn feed(stdin: OwnedFd) {
    let Ok(stdin) = Sender::from_owned_fd(stdin) else { return };
    let mut left = sources();
    while !left.is_empty() && stdin.writable().await.is_ok() {
        match stdin.try_write(left) {
            Ok(written) => left = &left[written..],
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}

pub(super) fn told(end: End) -> String {
    match end {
        End::Exited(code) => format!("exit code {code}"),
        End::Killed(signal) => format!("killed by {}", crate::manifest::signal_name(signal)),
        End::Lost => "killed with its guard".to_owned(),
    }
}
