use std::fmt;

/// What a request brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One task, to `POST /tasks`.
    One,
    /// So many tasks, to `POST /tasks/batch`.
    Batch(usize),
}

impl Shape {
    const fn path(self) -> &'static str {
        match self {
            Self::One => "/tasks",
            Self::Batch(_) => "/tasks/batch",
        }
    }

    fn body(self) -> String {
        let task = format!(
            r#"{{"name":"noop","version":1,"parameters":{}}}"#,
            String::from_utf8_lossy(crate::load::PARAMETERS).trim_ascii()
        );
        match self {
            Self::One => task,
            Self::Batch(tasks) => format!("[{}]", vec![task; tasks].join(",")),
        }
    }

    /// The whole request, as it goes out.
    pub fn request(self) -> Vec<u8> {
        let (path, body) = (self.path(), self.body());
        let length = body.len();
        format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One => f.write_str("one task a request"),
            Self::Batch(tasks) => write!(f, "{tasks} tasks a request"),
        }
    }
}
