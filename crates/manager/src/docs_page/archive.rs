//! Files of a zip archive as they go over HTTP.
//!
//! Both formats hold the same compressed bytes, so what is packed in the archive is sent as it is, between the head and
//! the tail that gzip wants: nothing is unpacked, neither while building nor while running.

use bytes::Bytes;

/// How the entry of a file in the directory of the archive begins, and how the end of the archive does.
const ENTRY: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const DEFLATED: u16 = 8;
const GZIP_HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// The file whose path ends with `name`, gzipped; none if the archive has none that is packed.
pub(super) fn gzipped(archive: &[u8], name: &str) -> Option<Bytes> {
    // It says where the directory is, and after it there is only a comment.
    let end = archive.windows(END.len()).rposition(|bytes| bytes == END)?;
    let mut place = number(archive, end + 16)?;
    while archive.get(place..place + 4)? == ENTRY {
        let lengths = [28, 30, 32].map(|at| short(archive, place + at));
        let [path, extra, comment] = lengths.map(|length| length.map(usize::from));
        let (path, extra, comment) = (path?, extra?, comment?);
        if archive.get(place + 46..place + 46 + path)?.ends_with(name.as_bytes()) {
            return entry(archive, place);
        }
        place += 46 + path + extra + comment;
    }
    None
}

fn entry(archive: &[u8], place: usize) -> Option<Bytes> {
    let packed_length = number(archive, place + 20)?;
    let head = number(archive, place + 42)?;
    let data = head + 30 + usize::from(short(archive, head + 26)?) + usize::from(short(archive, head + 28)?);
    let packed = archive.get(data..data + packed_length)?;
    // The check sum and the length before it was packed, which gzip wants as the archive has them.
    let (sum, length) = (archive.get(place + 16..place + 20)?, archive.get(place + 24..place + 28)?);
    (short(archive, place + 10)? == DEFLATED).then(|| [&GZIP_HEAD, packed, sum, length].concat().into())
}

fn short(archive: &[u8], place: usize) -> Option<u16> {
    Some(u16::from_le_bytes(archive.get(place..place + 2)?.try_into().ok()?))
}

fn number(archive: &[u8], place: usize) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(archive.get(place..place + 4)?.try_into().ok()?)).ok()
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::{Command, Stdio};

    use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;

    use super::*;

    #[test]
    fn a_file_can_be_unpacked_by_anybody() {
        for (name, begin) in [("dist/swagger-ui.css", ".swagger-ui"), ("dist/swagger-ui-bundle.js", "")] {
            let file = gzipped(SWAGGER_UI_VENDORED, name).expect(name);
            let mut gzip =
                Command::new("gzip").arg("-dc").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
            let mut input = gzip.stdin.take().unwrap();
            let feeding = std::thread::spawn(move || input.write_all(&file).unwrap());
            let output = gzip.wait_with_output().unwrap();
            feeding.join().unwrap();
            assert!(output.status.success(), "{name}: gzip found its length or its sum wrong");
            assert!(output.stdout.len() > 100_000 && output.stdout.starts_with(begin.as_bytes()), "{name}");
        }
    }

    #[test]
    fn what_is_not_there_or_not_an_archive_is_none() {
        assert_eq!(gzipped(SWAGGER_UI_VENDORED, "dist/nothing.js"), None);
        assert_eq!(gzipped(b"", "x"), None);
        assert_eq!(gzipped(&[0; 100], "x"), None);
        assert_eq!(gzipped(&[255; 100], "x"), None);
    }
}
