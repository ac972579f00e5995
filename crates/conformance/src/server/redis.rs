//! A redis-server of one's own.

use std::io::{BufRead, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{Guard, free_port};

/// Without persistence: what most tests and every measurement use.
pub const WITHOUT_PERSISTENCE: [&str; 4] = ["--save", "", "--appendonly", "no"];
/// Every write is on the disk before it is answered.
pub const WITH_AOF: [&str; 6] = ["--save", "", "--appendonly", "yes", "--appendfsync", "always"];

const START_WITHIN: Duration = Duration::from_secs(20);

/// A redis-server on a free loopback port, with its data in a temporary folder; it ends when this is dropped.
#[derive(Debug)]
pub struct RedisServer {
    process: Option<Guard>,
    port: u16,
    arguments: Vec<String>,
    folder: TempDir,
}

impl RedisServer {
    /// Starts a server with these arguments besides the address and the folder.
    pub fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
        let mut server = Self { process: None, port: 0, arguments, folder };
        // The port may be taken between its choice and its use.
        for _ in 0..10 {
            server.port = free_port();
            if server.try_start() {
                return server;
            }
        }
        panic!("redis-server did not start ({}):\n{}", server.arguments.join(" "), server.log());
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Of the server process; none while it is down.
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(Guard::pid)
    }

    /// Ends the server as a power cut would.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// Starts it again after [`kill`](Self::kill): same port, same folder.
    pub fn start_again(&mut self) {
        assert!(self.process.is_none(), "redis-server is running");
        let deadline = Instant::now() + START_WITHIN;
        while !self.try_start() {
            assert!(Instant::now() < deadline, "redis-server does not start again:\n{}", self.log());
        }
    }

    /// Sends one command and reads its reply, flattened to text, one line each. For checks only: it knows just
    /// enough of the protocol.
    pub fn command(&self, words: &[&str]) -> Vec<String> {
        self.try_command(words).unwrap_or_else(|error| panic!("{words:?}: {error}\n{}", self.log()))
    }

    fn log_path(&self) -> PathBuf {
        self.folder.path().join("redis.log")
    }

    /// What the server wrote.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// Whether the server answers on its port; false if it ended at once, mostly because the port is taken.
    fn try_start(&mut self) -> bool {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.log_path()).expect("the log file");
        let mut command = Command::new("redis-server");
        command
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1", "--dir"])
            .arg(self.folder.path())
            .args(&self.arguments)
            .stdout(log)
            .stderr(Stdio::null());
        let mut process = Guard::spawn(&mut command)
            .unwrap_or_else(|error| panic!("redis-server cannot be started ({error}): is it installed?"));
        let deadline = Instant::now() + START_WITHIN;
        loop {
            // Our own server answers: another one on that port has another process id.
            if let Ok(info) = self.try_command(&["INFO"]) {
                let says = |line: &str| info.iter().any(|said| said.trim() == line);
                if !says(&format!("process_id:{}", process.pid())) {
                    return false;
                }
                if says("loading:0") {
                    self.process = Some(process);
                    return true;
                }
            }
            if process.ended().is_some() {
                return false;
            }
            assert!(Instant::now() < deadline, "redis-server does not answer:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn try_command(&self, words: &[&str]) -> std::io::Result<Vec<String>> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let mut request = format!("*{}\r\n", words.len());
        for word in words {
            request.push_str(&format!("${}\r\n{word}\r\n", word.len()));
        }
        stream.write_all(request.as_bytes())?;
        let mut lines = Vec::new();
        read_reply(&mut BufReader::new(stream), &mut lines)?;
        Ok(lines)
    }
}

fn read_reply(reader: &mut impl BufRead, lines: &mut Vec<String>) -> std::io::Result<()> {
    let mut head = String::new();
    if reader.read_line(&mut head)? == 0 {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    let head = head.trim_end();
    let (kind, rest) = head.split_at_checked(1).ok_or(std::io::ErrorKind::InvalidData)?;
    let length = rest.parse::<i64>();
    match (kind, length) {
        ("$", Ok(length)) if length >= 0 => {
            let mut bytes = vec![0; usize::try_from(length).unwrap_or_default() + 2];
            reader.read_exact(&mut bytes)?;
            bytes.truncate(bytes.len() - 2);
            lines.extend(String::from_utf8_lossy(&bytes).lines().map(str::to_owned));
        }
        ("*", Ok(length)) => {
            for _ in 0..length.max(0) {
                read_reply(reader, lines)?;
            }
        }
        ("-", _) => return Err(std::io::Error::other(rest.to_owned())),
        _ => lines.push(rest.to_owned()),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_keeps_its_port_and_its_data_over_a_restart() {
        let mut server = RedisServer::start(&WITH_AOF);
        server.command(&["SET", "key", "value"]);
        let port = server.port();
        server.kill();
        assert_eq!(server.pid(), None);
        server.start_again();
        assert_eq!((server.port(), server.command(&["GET", "key"])), (port, vec!["value".to_owned()]));
    }
}
