use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use url::Url;

use crate::routing::{InvalidUrl, masked, sqlite_path};

/// `STORE_URL`: where tasks live. Shown and logged without credentials.
#[derive(Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// A `redis://`, `rediss://` or `unix://` URL, as given.
    Redis(String),
    /// The file of the embedded store.
    Sqlite(PathBuf),
}

const ALLOWED: &str = "allowed are redis://, rediss://, unix:// and sqlite://PATH";

impl FromStr for StoreUrl {
    type Err = InvalidUrl;

    fn from_str(text: &str) -> Result<Self, InvalidUrl> {
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(InvalidUrl::new(text, format_args!("is not a URL: {ALLOWED}")));
        };
        match scheme {
            "redis" | "rediss" => server(text),
            "unix" => socket(text, rest),
            "sqlite" => sqlite_path(text, rest).map(Self::Sqlite),
            "redis+sentinel" | "redis+cluster" => {
                Err(InvalidUrl::new(text, format_args!("is not built yet (`{scheme}://`): {ALLOWED}")))
            }
            _ => Err(InvalidUrl::new(text, format_args!("has the unknown scheme `{scheme}://`: {ALLOWED}"))),
        }
    }
}

fn server(text: &str) -> Result<StoreUrl, InvalidUrl> {
    let url = Url::parse(text).map_err(|error| InvalidUrl::new(text, format_args!("is not a URL: {error}")))?;
    if url.host_str().is_none_or(str::is_empty) {
        return Err(InvalidUrl::new(text, "names no host: write redis://HOST:6379"));
    }
    let database = url.path().trim_start_matches('/');
    if !database.is_empty() && database.parse::<u16>().is_err() {
        return Err(InvalidUrl::new(text, format_args!("names the database `{database}`: a number is expected")));
    }
    Ok(StoreUrl::Redis(text.to_owned()))
}

fn socket(text: &str, rest: &str) -> Result<StoreUrl, InvalidUrl> {
    if !rest.starts_with('/') || rest.starts_with("/?") || rest == "/" {
        return Err(InvalidUrl::new(text, "names no socket: write unix:///run/redis/redis.sock"));
    }
    Ok(StoreUrl::Redis(text.to_owned()))
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Redis(url) => f.write_str(&masked(url)),
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
        }
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_redis_are_taken_as_given() {
        for text in [
            "redis://localhost",
            "redis://localhost:6379",
            "redis://me:sesame@db:6379/15",
            "rediss://:sesame@db/",
            "redis://[::1]:6379",
            "unix:///run/redis/redis.sock",
            "unix:///run/redis.sock?db=1&pass=sesame",
        ] {
            assert_eq!(text.parse(), Ok(StoreUrl::Redis(text.to_owned())));
        }
    }

    #[test]
    fn what_follows_sqlite_is_the_path() {
        assert_eq!("sqlite://jobbers.db".parse(), Ok(StoreUrl::Sqlite("jobbers.db".into())));
        assert_eq!("sqlite:///srv/jobs.db".parse(), Ok(StoreUrl::Sqlite("/srv/jobs.db".into())));
    }

    #[test]
    fn wrong_urls_say_what_is_allowed() {
        for (text, reason) in [
            ("", "allowed are"),
            ("localhost:6379", "allowed are"),
            ("http://localhost", "unknown scheme `http://`"),
            ("redis://", "names no host"),
            ("redis://:6379", "is not a URL"),
            ("redis://localhost:port", "is not a URL"),
            ("redis://localhost/jobs", "names the database `jobs`"),
            ("unix://redis.sock", "names no socket"),
            ("sqlite:///jobbers.db", "write sqlite://jobbers.db"),
            ("redis+sentinel://a,b/mymaster", "not built yet"),
            ("redis+cluster://a", "not built yet"),
        ] {
            let error = text.parse::<StoreUrl>().expect_err(text).to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }

    #[test]
    fn credentials_are_never_shown() {
        let url: StoreUrl = "redis://me:sesame@db/1".parse().expect("a URL");
        assert_eq!(url.to_string(), "redis://***@db/1");
        assert!(!format!("{url:?} {url:#?}").contains("sesame"));
        for text in ["redis://me:sesame@db:port", "redis+cluster://me:sesame@db", "http://me:sesame@db", "sesame@db"] {
            let error = text.parse::<StoreUrl>().expect_err(text);
            assert!(!format!("{error} {error:?}").contains("sesame"), "{error}");
        }
    }
}
