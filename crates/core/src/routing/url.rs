use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use url::Url;

use super::masked;

/// A URL that cannot be used as a setting. The text masks credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidUrl(pub String);

impl InvalidUrl {
    pub(crate) fn new(url: &str, reason: impl fmt::Display) -> Self {
        Self(format!("`{}` {reason}", masked(url)))
    }
}

/// `SQL_PATH`: where queues, roles and schedules live. Shown and logged without credentials.
#[derive(Clone, PartialEq, Eq)]
pub enum SqlUrl {
    Sqlite(PathBuf),
    /// A `postgres://` URL.
    Postgres(String),
}

const ALLOWED: &str = "allowed are sqlite://PATH, sqlite+aiosqlite:///PATH, postgres://…, postgresql://… and \
                       postgresql+asyncpg://…";

impl FromStr for SqlUrl {
    type Err = InvalidUrl;

    /// What follows `sqlite://` is the path. A scheme that names a driver (`sqlite+aiosqlite`) is read by
    /// SQLAlchemy's rule: three slashes begin a relative path, four an absolute one.
    fn from_str(text: &str) -> Result<Self, InvalidUrl> {
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(InvalidUrl::new(text, format_args!("is not a URL: {ALLOWED}")));
        };
        match scheme {
            "sqlite" => sqlite_path(text, rest).map(Self::Sqlite),
            "postgres" | "postgresql" => postgres(text, rest).map(Self::Postgres),
            _ if scheme.starts_with("sqlite+") => sqlalchemy_path(text, rest).map(Self::Sqlite),
            _ if scheme.starts_with("postgresql+") => postgres(text, rest).map(Self::Postgres),
            _ => Err(InvalidUrl::new(text, format_args!("has the unknown scheme `{scheme}://`: {ALLOWED}"))),
        }
    }
}

/// Reads what follows `sqlite://`.
pub(crate) fn sqlite_path(text: &str, path: &str) -> Result<PathBuf, InvalidUrl> {
    if path.is_empty() || path.ends_with('/') {
        return Err(InvalidUrl::new(text, "names no file: write sqlite://jobbers.db or sqlite:///srv/jobbers.db"));
    }
    if path.starts_with(":memory:") {
        return Err(InvalidUrl::new(text, "is not a file: every process must be able to open it"));
    }
    if path.contains(['?', '\0']) {
        return Err(InvalidUrl::new(text, "must end with the path of the file: options after `?` are not known"));
    }
    let path = PathBuf::from(path);
    if path.parent() == Some(Path::new("/")) {
        let name = path.file_name().unwrap_or_default().display();
        return Err(InvalidUrl::new(
            text,
            format_args!(
                "would be a file in the root folder: for a file in the working folder write sqlite://{name}, \
                 elsewhere the whole path, such as sqlite:///srv/{name}"
            ),
        ));
    }
    Ok(path)
}

/// Reads what follows `sqlite+driver://`.
fn sqlalchemy_path(text: &str, rest: &str) -> Result<PathBuf, InvalidUrl> {
    match rest.strip_prefix('/') {
        Some(path) => sqlite_path(text, path),
        None => Err(InvalidUrl::new(
            text,
            "needs three slashes before a relative path (sqlite+aiosqlite:///jobbers.db) and four before an absolute \
             one (sqlite+aiosqlite:////srv/jobbers.db)",
        )),
    }
}

fn postgres(text: &str, rest: &str) -> Result<String, InvalidUrl> {
    let url = format!("postgres://{rest}");
    let parsed = Url::parse(&url).map_err(|error| InvalidUrl::new(text, format_args!("is not a URL: {error}")))?;
    if parsed.path().trim_start_matches('/').is_empty() {
        return Err(InvalidUrl::new(text, "names no database: write postgres://USER:PASSWORD@HOST:5432/DATABASE"));
    }
    Ok(url)
}

impl fmt::Display for SqlUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Self::Postgres(url) => f.write_str(&masked(url)),
        }
    }
}

impl fmt::Debug for SqlUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SqlUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> PathBuf {
        match text.parse() {
            Ok(SqlUrl::Sqlite(path)) => path,
            other => panic!("{text}: {other:?}"),
        }
    }

    fn refusal(text: &str) -> String {
        text.parse::<SqlUrl>().expect_err(text).to_string()
    }

    #[test]
    fn what_follows_sqlite_is_the_path() {
        assert_eq!(path("sqlite://jobbers.db"), Path::new("jobbers.db"));
        assert_eq!(path("sqlite://./a b/c%20d.db"), Path::new("./a b/c%20d.db"));
        assert_eq!(path("sqlite:///srv/jobbers.db"), Path::new("/srv/jobbers.db"));
    }

    #[test]
    fn with_a_driver_three_slashes_are_relative_and_four_absolute() {
        assert_eq!(path("sqlite+aiosqlite:///x.db"), Path::new("x.db"));
        assert_eq!(path("sqlite+aiosqlite:////srv/x.db"), Path::new("/srv/x.db"));
        assert_eq!(path("sqlite+pysqlite:///data/x.db"), Path::new("data/x.db"));
        assert!(refusal("sqlite+aiosqlite://x.db").contains("three slashes"));
    }

    #[test]
    fn a_file_in_the_root_folder_is_refused_with_a_hint() {
        assert!(refusal("sqlite:///jobbers.db").contains("write sqlite://jobbers.db"));
        assert!(refusal("sqlite+aiosqlite:////x.db").contains("write sqlite://x.db"));
    }

    #[test]
    fn postgres_is_taken_in_all_spellings() {
        for text in [
            "postgres://me:sesame@db/jobs",
            "postgresql://me:sesame@db/jobs",
            "postgresql+asyncpg://me:sesame@db/jobs",
            "postgresql+psycopg://me:sesame@db/jobs",
        ] {
            assert_eq!(text.parse(), Ok(SqlUrl::Postgres("postgres://me:sesame@db/jobs".to_owned())));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for (text, reason) in [
            ("", "is not a URL"),
            ("jobbers.db", "is not a URL"),
            ("mysql://db/x", "unknown scheme `mysql://`"),
            ("sqlite://", "names no file"),
            ("sqlite:///srv/", "names no file"),
            ("sqlite://:memory:", "is not a file"),
            ("sqlite://x.db?mode=ro", "options"),
            ("postgres://db", "names no database"),
            ("postgres://db:port/jobs", "is not a URL"),
        ] {
            assert!(refusal(text).contains(reason), "{text}: {}", refusal(text));
        }
    }

    #[test]
    fn credentials_are_never_shown() {
        let url: SqlUrl = "postgresql+asyncpg://me:sesame@db/jobs".parse().expect("a URL");
        assert_eq!(url.to_string(), "postgres://***@db/jobs");
        assert!(!format!("{url:?} {url:#?}").contains("sesame"));
        for text in ["postgres://me:sesame@db:port/jobs", "mysql://me:sesame@db/x", "me:sesame@db"] {
            assert!(!refusal(text).contains("sesame"), "{}", refusal(text));
            assert!(!format!("{:?}", text.parse::<SqlUrl>()).contains("sesame"));
        }
    }
}
