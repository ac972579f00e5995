//! Which web pages may use the API.
//!
//! A browser sends requests for any page that it shows, also to addresses that only this host can reach. It names the
//! page's origin in `Origin`, at least for everything but plain reading. A page of the manager's own has the origin
//! that the browser takes the manager for, in `Host`. That alone does not suffice where no token protects a loopback
//! address: whoever owns a name can let it point to 127.0.0.1 after the page was loaded ("DNS rebinding"), and then
//! `Origin` and `Host` are equal. So there both must be a name of this host.

use std::net::IpAddr;

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName};

use crate::problem::{Kind, Problem};

/// An entry of `MANAGER_ORIGINS` that is not an origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("MANAGER_ORIGINS has `{entry}`: an origin is http:// or https://, a host, and maybe a port, and nothing more")]
pub struct InvalidOrigin {
    entry: String,
}

/// The rule for `Origin` and `Host`.
#[derive(Debug, Clone)]
pub(crate) struct Origins {
    listed: Vec<Origin>,
    loopback_only: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Origin {
    https: bool,
    /// Host and port, in lower case, without the scheme's own port.
    authority: String,
}

impl Origins {
    /// `loopback_only`: nothing but the address protects this manager.
    pub(crate) fn new(listed: &[String], loopback_only: bool) -> Result<Self, InvalidOrigin> {
        let read = |entry: &String| {
            let entry = entry.trim();
            Origin::parse(entry.trim_end_matches('/')).ok_or_else(|| InvalidOrigin { entry: entry.to_owned() })
        };
        let listed = listed.iter().filter(|entry| !entry.trim().is_empty()).map(read).collect::<Result<_, _>>()?;
        Ok(Self { listed, loopback_only })
    }

    pub(crate) fn check(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let host = text(headers, &HOST)?;
        match text(headers, &ORIGIN)? {
            Some(origin) => self.check_origin(origin, host),
            None => self.check_host(host),
        }
    }

    fn check_origin(&self, text: &str, host: Option<&str>) -> Result<(), Problem> {
        let refuse = |why: String| {
            Err(Problem::new(
                Kind::ForeignOrigin,
                format!("the request comes from a page of `{text}`, {why}; MANAGER_ORIGINS can allow it"),
            ))
        };
        let Some(origin) = Origin::parse(text) else {
            return refuse("which is not the manager's own".into());
        };
        if self.listed.contains(&origin) {
            return Ok(());
        }
        if !host.is_some_and(|host| origin.is_of(host)) {
            return refuse(format!("but the manager is `{}`", host.unwrap_or_default()));
        }
        if self.loopback_only && !is_loopback(&origin.authority) {
            return refuse("but without tokens only pages of this host may use the manager".into());
        }
        Ok(())
    }

    /// Plain reading carries no `Origin`.
    fn check_host(&self, host: Option<&str>) -> Result<(), Problem> {
        // No browser leaves `Host` out.
        let Some(host) = host.filter(|_| self.loopback_only) else { return Ok(()) };
        if is_loopback(&host.to_ascii_lowercase()) || self.listed.iter().any(|origin| origin.is_of(host)) {
            return Ok(());
        }
        let detail = format!(
            "the request is for the host `{host}`, but without tokens the manager answers only as this host \
             (localhost, 127.0.0.1); MANAGER_ORIGINS can allow more"
        );
        Err(Problem::new(Kind::ForeignOrigin, detail))
    }
}

impl Origin {
    fn parse(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let (https, authority) = match text.strip_prefix("https://") {
            Some(authority) => (true, authority),
            None => (false, text.strip_prefix("http://")?),
        };
        let plain = !authority.is_empty() && !authority.contains(['/', '@', '?', '#', '*', ' ', ',']);
        plain.then(|| Self { https, authority: without_own_port(authority, https).to_owned() })
    }

    fn is_of(&self, host: &str) -> bool {
        self.authority == without_own_port(&host.to_ascii_lowercase(), self.https)
    }
}

fn without_own_port(authority: &str, https: bool) -> &str {
    authority.strip_suffix(if https { ":443" } else { ":80" }).unwrap_or(authority)
}

/// Whether host and port (in lower case) name this host.
fn is_loopback(authority: &str) -> bool {
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or(rest, |(host, _)| host),
        None => authority.rsplit_once(':').map_or(authority, |(host, _)| host),
    };
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, Problem> {
    let mut values = headers.get_all(name).iter();
    let (first, second) = (values.next(), values.next());
    let readable = first.map(|value| value.to_str()).transpose().ok().filter(|_| second.is_none());
    readable.ok_or_else(|| {
        Problem::new(Kind::ForeignOrigin, format!("the header {name} cannot be read, or is there twice"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(origins: &Origins, origin: Option<&str>, host: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        if let Some(origin) = origin {
            headers.insert(ORIGIN, origin.parse().unwrap());
        }
        if let Some(host) = host {
            headers.insert(HOST, host.parse().unwrap());
        }
        origins.check(&headers).is_ok()
    }

    fn loopback(listed: &[&str]) -> Origins {
        Origins::new(&listed.iter().map(ToString::to_string).collect::<Vec<_>>(), true).unwrap()
    }

    #[test]
    fn programs_and_own_pages_may_use_a_loopback_manager() {
        let origins = loopback(&[]);
        for (origin, host) in [
            (None, Some("127.0.0.1:8000")),
            (None, Some("LOCALHOST:8000")),
            (None, Some("[::1]:8000")),
            (None, None),
            (Some("http://127.0.0.1:8000"), Some("127.0.0.1:8000")),
            (Some("http://Localhost:8000"), Some("localhost:8000")),
            (Some("http://localhost"), Some("localhost:80")),
            (Some("http://[::1]:8000"), Some("[::1]:8000")),
        ] {
            assert!(check(&origins, origin, host), "{origin:?} {host:?}");
        }
    }

    #[test]
    fn no_foreign_page_may_use_a_loopback_manager() {
        let origins = loopback(&[]);
        for (origin, host) in [
            (Some("https://evil.example"), Some("127.0.0.1:8000")),
            (Some("null"), Some("127.0.0.1:8000")),
            (Some(""), Some("127.0.0.1:8000")),
            (Some("http://localhost:3000"), Some("localhost:8000")),
            (Some("http://localhost:8000"), None),
            // A name that was made to point here.
            (Some("http://evil.example:8000"), Some("evil.example:8000")),
            (None, Some("evil.example:8000")),
            (None, Some("127.0.0.1.evil.example")),
            (Some("http://localhost@evil.example"), Some("localhost@evil.example")),
        ] {
            assert!(!check(&origins, origin, host), "{origin:?} {host:?}");
        }
    }

    #[test]
    fn an_origin_that_is_there_twice_is_refused() {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, "localhost".parse().unwrap());
        headers.append(ORIGIN, "http://localhost".parse().unwrap());
        headers.append(ORIGIN, "https://evil.example".parse().unwrap());
        assert!(loopback(&[]).check(&headers).is_err());
    }

    #[test]
    fn listed_origins_may_use_it_and_their_hosts_name_it() {
        let origins = loopback(&["https://Jobs.example.com", " http://127.0.0.1:5173/ ", ""]);
        assert!(check(&origins, Some("https://jobs.example.com"), Some("127.0.0.1:8000")));
        assert!(check(&origins, Some("https://jobs.example.com:443"), Some("jobs.example.com")));
        assert!(check(&origins, Some("http://127.0.0.1:5173"), Some("127.0.0.1:8000")));
        assert!(check(&origins, None, Some("jobs.example.com")));
        assert!(!check(&origins, Some("http://jobs.example.com"), Some("127.0.0.1:8000")), "another scheme");
        for entry in ["jobs.example.com", "*", "https://", "https://a/b", "ftp://a"] {
            assert!(Origins::new(&[entry.to_owned()], true).is_err(), "{entry}");
        }
    }

    #[test]
    fn where_tokens_protect_it_own_pages_under_any_name_may_use_it() {
        let origins = Origins::new(&[], false).unwrap();
        assert!(check(&origins, Some("https://jobs.example.com"), Some("jobs.example.com")));
        assert!(check(&origins, None, Some("jobs.example.com")));
        assert!(!check(&origins, Some("https://evil.example"), Some("jobs.example.com")));
    }
}
