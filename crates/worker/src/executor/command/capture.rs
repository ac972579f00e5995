use std::io::ErrorKind;

use rustix::io::read;
use tokio::net::unix::pipe::Receiver;

/// Bytes that are read at once.
const CHUNK: usize = 64 * 1024;

/// Takes what comes out of a pipe.
pub(super) trait Take {
    fn take(&mut self, bytes: &[u8]);
}

/// Reads until nobody can write any more. What a pipe cannot say, it does not say: an error is its end.
pub(super) async fn drain(pipe: &Receiver, into: &mut impl Take) {
    let mut bytes = vec![0; CHUNK];
    loop {
        if pipe.readable().await.is_err() {
            return;
        }
        match pipe.try_read(&mut bytes) {
            Ok(0) => return,
            Ok(read) => into.take(&bytes[..read]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}

/// Reads what is there already, and does not wait: who has left its process group may hold the pipe for ever.
pub(super) fn drain_rest(pipe: &Receiver, into: &mut impl Take) {
    let mut bytes = vec![0; CHUNK];
    // A pipe holds no more than this, unless someone goes on writing.
    const MOST: usize = 1 << 20;
    let mut all = 0;
    while all < MOST {
        match read(pipe, &mut bytes[..]) {
            Ok(0) | Err(_) => return,
            Ok(read) => {
                all += read;
                into.take(&bytes[..read]);
            }
        }
    }
}

/// What a command writes to its standard output: its result, if it is not too large. The rest is counted.
#[derive(Debug)]
pub(super) struct Output {
    kept: Vec<u8>,
    limit: usize,
    bytes: u64,
}

impl Output {
    pub(super) fn new(limit: usize) -> Self {
        Self { kept: Vec::new(), limit, bytes: 0 }
    }

    /// The result as JSON; else how many bytes it had that are too many. Nothing at all is null, and what is not JSON is a text.
    pub(super) fn into_result(self) -> Result<Vec<u8>, u64> {
        if self.bytes > self.limit as u64 {
            return Err(self.bytes);
        }
        let text = self.kept.trim_ascii();
        if text.is_empty() {
            return Ok(b"null".to_vec());
        }
        if serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok() {
            return Ok(text.to_vec());
        }
        let text = String::from_utf8_lossy(&self.kept);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        Ok(serde_json::Value::from(text).to_string().into_bytes())
    }
}

impl Take for Output {
    fn take(&mut self, bytes: &[u8]) {
        let room = self.limit.saturating_sub(self.kept.len());
        self.kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
        self.bytes += bytes.len() as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(parts: &[&[u8]], limit: usize) -> Result<String, u64> {
        let mut output = Output::new(limit);
        parts.iter().for_each(|part| output.take(part));
        output.into_result().map(|json| String::from_utf8(json).unwrap())
    }

    #[test]
    fn json_is_kept_as_it_is_and_everything_else_is_a_text() {
        assert_eq!(result(&[b"{\"a\": ", b"1.50}\n"], 100).unwrap(), "{\"a\": 1.50}");
        assert_eq!(result(&[b" \n\t"], 100).unwrap(), "null");
        assert_eq!(result(&[], 100).unwrap(), "null");
        assert_eq!(result(&[b"all is well\n"], 100).unwrap(), "\"all is well\"");
        assert_eq!(result(&[b"1 2"], 100).unwrap(), "\"1 2\"");
        assert_eq!(result(&[b"a\xffb"], 100).unwrap(), "\"a\u{fffd}b\"");
    }

    #[test]
    fn of_what_is_too_large_only_the_size_is_kept() {
        assert_eq!(result(&[b"12345"], 5), Ok("12345".to_owned()));
        assert_eq!(result(&[b"123", b"456"], 5), Err(6));
    }
}
