use std::net::SocketAddr;

use anyhow::{Context as _, Result, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// One connection that is kept. It knows just enough of HTTP, so that the client takes as little of the machine as it
/// can.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    /// What came and was not read yet.
    arrived: Vec<u8>,
}

/// The end of an answer's head, and what the head says.
#[derive(Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    /// Bytes of the head, with the empty line.
    length: usize,
    body: usize,
}

impl Connection {
    pub(super) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, arrived: Vec::with_capacity(16 << 10) })
    }

    /// Sends a request and reads its answer to the end; the status.
    pub(super) async fn ask(&mut self, request: &[u8]) -> Result<u16> {
        self.stream.write_all(request).await?;
        loop {
            if let Some(head) = read_head(&self.arrived)?
                && self.arrived.len() >= head.length + head.body
            {
                self.arrived.drain(..head.length + head.body);
                return Ok(head.status);
            }
            ensure!(self.stream.read_buf(&mut self.arrived).await? > 0, "the server closed the connection");
        }
    }
}

/// None as long as it is not complete.
fn read_head(bytes: &[u8]) -> Result<Option<Head>> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let text = std::str::from_utf8(&bytes[..end]).context("the head of an answer")?;
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).context("an answer without a status")?;
    let length = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim())
    });
    let body = length.context("an answer without a length")?.parse()?;
    Ok(Some(Head { status: status.parse()?, length: end + 4, body }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_ends_where_its_head_says() {
        let text = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\nx: y\r\n\r\n{}HTTP";
        assert_eq!(read_head(text).unwrap(), Some(Head { status: 201, length: text.len() - 6, body: 2 }));
        assert_eq!(read_head(&text[..40]).unwrap(), None);
        assert!(read_head(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
