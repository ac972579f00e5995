//! The worker's side of one guard process.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::io::{IoSlice, Read as _};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::process::{Child as Process, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use tokio::sync::oneshot;

use super::frame::{Event, Incoming, Request, encode};
use super::marked::kill_marked;
use super::program::GUARD;
use super::{End, Launch, Streams};

/// What is asked of the guard, in order.
#[derive(Debug)]
struct Asked {
    request: Request,
    streams: Option<Streams>,
}

/// Who waits for news of a process.
#[derive(Debug)]
struct Waiting {
    started: Option<oneshot::Sender<Result<u32, String>>>,
    ended: Option<oneshot::Sender<End>>,
}

/// One guard process; when this is dropped the guard ends, and all that it started.
#[derive(Debug)]
pub(super) struct Connection {
    asked: mpsc::Sender<Asked>,
    waiting: Mutex<HashMap<u64, Waiting>>,
    next: AtomicU64,
    /// Nothing is taken any more.
    gone: AtomicBool,
}

impl Connection {
    /// Starts a guard, with two threads that talk to it.
    pub(super) fn start(program: &OsStr) -> std::io::Result<Arc<Self>> {
        let (own, other) = UnixStream::pair()?;
        let mark: OsString = format!("{:032x}", rand::random::<u128>()).into();
        let guard = Command::new(program)
            .args([OsStr::new(GUARD), &mark])
            .stdin(OwnedFd::from(other))
            .stdout(Stdio::null())
            .process_group(0)
            .spawn()?;
        let (asked, requests) = mpsc::channel();
        let connection =
            Arc::new(Self { asked, waiting: Mutex::default(), next: AtomicU64::new(0), gone: AtomicBool::new(false) });
        let writer = own.try_clone()?;
        std::thread::Builder::new().name("jobbers-guard-w".to_owned()).spawn(move || write(&writer, &requests))?;
        let reading = Arc::downgrade(&connection);
        std::thread::Builder::new().name("jobbers-guard-r".to_owned()).spawn(move || {
            let complaint = read(own, |event| {
                reading.upgrade().is_some_and(|connection| {
                    connection.heard(event);
                    true
                })
            });
            end(guard, &mark, reading.upgrade().as_deref(), complaint.as_ref());
        })?;
        Ok(connection)
    }

    pub(super) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Acquire)
    }

    pub(super) fn launch(&self, launch: Launch, streams: Streams) -> Launched {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let (started_tx, started) = oneshot::channel();
        let (ended_tx, ended) = oneshot::channel();
        let mut waiting = self.lock();
        // Under the lock: either it is there when the guard is said to be gone, or that is seen here.
        if !self.is_gone() {
            waiting.insert(number, Waiting { started: Some(started_tx), ended: Some(ended_tx) });
            let _ = self.asked.send(Asked { request: Request::Start { number, launch }, streams: Some(streams) });
        }
        Launched { number, started, ended }
    }

    pub(super) fn signal(&self, number: u64, signal: i32) {
        let _ = self.asked.send(Asked { request: Request::Signal { number, signal }, streams: None });
    }

    fn heard(&self, event: Event) {
        let mut waiting = self.lock();
        match event {
            Event::Started { number, pid } => {
                if let Some(started) = waiting.get_mut(&number).and_then(|waiting| waiting.started.take()) {
                    let _ = started.send(Ok(pid));
                }
            }
            Event::NotStarted { number, error } => {
                if let Some(started) = waiting.remove(&number).and_then(|waiting| waiting.started) {
                    let _ = started.send(Err(error));
                }
            }
            Event::Exited { number, code } => tell(waiting.remove(&number), End::Exited(code)),
            Event::Killed { number, signal } => tell(waiting.remove(&number), End::Killed(signal)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A start that was asked for.
pub(super) struct Launched {
    pub(super) number: u64,
    pub(super) started: oneshot::Receiver<Result<u32, String>>,
    pub(super) ended: oneshot::Receiver<End>,
}

fn tell(waiting: Option<Waiting>, end: End) {
    if let Some(ended) = waiting.and_then(|waiting| waiting.ended) {
        let _ = ended.send(end);
    }
}

/// Until the connection is dropped. The guard learns of that, as nothing more comes.
fn write(socket: &UnixStream, requests: &mpsc::Receiver<Asked>) {
    for Asked { request, streams } in requests {
        if let Err(error) = send(socket, &request, streams) {
            tracing::error!(event = "guard_unreachable", %error, "the guard process cannot be told what to do");
            break;
        }
    }
    let _ = socket.shutdown(std::net::Shutdown::Write);
}

fn send(mut socket: &UnixStream, request: &Request, streams: Option<Streams>) -> std::io::Result<()> {
    let bytes = encode(request)?;
    let files = streams.map(Streams::into_list);
    let borrowed: Vec<_> = files.iter().flatten().map(|file| file.as_fd()).collect();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(Streams::COUNT))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if !borrowed.is_empty() && !ancillary.push(SendAncillaryMessage::ScmRights(&borrowed)) {
        return Err(std::io::Error::other("no room for files"));
    }
    let sent = sendmsg(socket, &[IoSlice::new(&bytes)], &mut ancillary, SendFlags::NOSIGNAL)?;
    // The files went with the first bytes.
    std::io::Write::write_all(&mut socket, &bytes[sent..])
}

/// Hears the guard until it ends, or nobody listens. Answers what was wrong, if it was not that.
fn read(mut socket: UnixStream, mut heard: impl FnMut(Event) -> bool) -> Option<std::io::Error> {
    let mut incoming = Incoming::default();
    let mut bytes = [0; 16 * 1024];
    loop {
        match socket.read(&mut bytes) {
            Ok(0) => return None,
            Ok(read) => incoming.push(&bytes[..read]),
            Err(error) => return Some(error),
        }
        loop {
            match incoming.next() {
                Ok(Some(event)) => {
                    if !heard(event) {
                        return None;
                    }
                }
                Ok(None) => break,
                Err(error) => return Some(error),
            }
        }
    }
}

/// The guard has ended, or is not understood any more. Who waits for its processes is told only when these are dead.
fn end(mut guard: Process, mark: &OsStr, connection: Option<&Connection>, complaint: Option<&std::io::Error>) {
    let Some(connection) = connection else {
        // Nobody needs it any more: it ends by itself, when all that it started has.
        let _ = guard.wait();
        return;
    };
    let _ = guard.kill();
    let status = guard.wait();
    connection.gone.store(true, Ordering::Release);
    kill_marked(mark);
    let lost = std::mem::take(&mut *connection.lock());
    tracing::error!(
        event = "guard_lost",
        processes = lost.len(),
        complaint = complaint.map(tracing::field::display),
        "the guard of this worker's processes is gone ({}); what it had started was killed",
        status.map_or_else(|error| error.to_string(), |status| status.to_string())
    );
    // Dropped: each says that its process is lost.
    drop(lost);
}
