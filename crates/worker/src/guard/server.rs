//! The guard's side: one thread, which waits for requests and for the ends of processes.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::io::IoSliceMut;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd as _, OwnedFd};
use std::process::ExitCode;

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use tokio::io::Interest;
use tokio::net::UnixStream;
use tokio::signal::unix::{SignalKind, signal};

use super::Streams;
use super::children::Children;
use super::frame::{Event, Incoming, Request, encode};

/// Its standard input is the socket to the worker.
pub(super) fn main(mark: &OsStr) -> ExitCode {
    match run(mark) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the guard of a worker cannot go on: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(mark: &OsStr) -> std::io::Result<()> {
    let mut children = Children::new(mark)?;
    #[cfg(target_os = "linux")]
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    let socket = std::os::unix::net::UnixStream::from(std::io::stdin().as_fd().try_clone_to_owned()?);
    socket.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let served = runtime.block_on(serve(socket, &mut children));
    children.end_all();
    served
}

/// Serves until the worker is gone.
async fn serve(socket: std::os::unix::net::UnixStream, children: &mut Children) -> std::io::Result<()> {
    let socket = UnixStream::from_std(socket)?;
    let mut ends = signal(SignalKind::child())?;
    // Meant for the worker, which says what is to be done. A handler, unlike being ignored, is not inherited.
    let _ignored = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()].map(signal);
    let mut incoming = Incoming::default();
    let mut descriptors = VecDeque::new();
    loop {
        tokio::select! {
            _ = ends.recv() => {}
            ready = socket.readable() => {
                ready?;
                match socket.try_io(Interest::READABLE, || receive(&socket, &mut incoming, &mut descriptors)) {
                    Ok(0) => return Ok(()),
                    Ok(_) => {}
                    Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                    Err(error) => return Err(error),
                }
            }
        }
        let mut events = Vec::new();
        while let Some(request) = next(&mut incoming, &mut descriptors)? {
            match request {
                (Request::Start { number, launch }, Some(streams)) => {
                    events.push(children.start(number, &launch, streams));
                }
                (Request::Start { .. }, None) => return Err(std::io::Error::other("a start without its files")),
                (Request::Signal { number, signal }, _) => children.signal(number, signal),
            }
        }
        // Behind the starts: one may have ended already.
        events.extend(children.reap());
        for event in &events {
            send(&socket, event).await?;
        }
    }
}

/// Reads what is there; 0 if the worker is gone.
fn receive(socket: &UnixStream, incoming: &mut Incoming, into: &mut VecDeque<OwnedFd>) -> std::io::Result<usize> {
    let mut bytes = [0; 16 * 1024];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(Streams::COUNT))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let received = recvmsg(socket, &mut [IoSliceMut::new(&mut bytes)], &mut ancillary, RecvFlags::CMSG_CLOEXEC)?;
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(files) = message {
            into.extend(files);
        }
    }
    incoming.push(&bytes[..received.bytes]);
    Ok(received.bytes)
}

/// The next request that is there as a whole, with its files, which came before its last byte.
fn next(incoming: &mut Incoming, files: &mut VecDeque<OwnedFd>) -> std::io::Result<Option<(Request, Option<Streams>)>> {
    let Some(request) = incoming.next::<Request>()? else { return Ok(None) };
    let wanted = request.descriptors().min(files.len());
    let files: Vec<OwnedFd> = files.drain(..wanted).collect();
    Ok(Some((request, files.try_into().ok().map(Streams::from_list))))
}

async fn send(socket: &UnixStream, event: &Event) -> std::io::Result<()> {
    let bytes = encode(event)?;
    let mut left = bytes.as_slice();
    while !left.is_empty() {
        socket.writable().await?;
        match socket.try_write(left) {
            Ok(written) => left = &left[written..],
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            // The worker is gone, which the next read says as well.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(()),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
