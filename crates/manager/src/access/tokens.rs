//! Bearer tokens (RFC 6750).

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Method};
use jobbers_core::model::check_name;
use subtle::ConstantTimeEq;

use crate::problem::{Kind, Problem};

/// `JOBBERS_TOKENS` as given; does not show itself.
#[derive(Clone)]
pub struct TokenList(String);

/// An entry of `JOBBERS_TOKENS` that is not a token. Never shows a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("JOBBERS_TOKENS, entry {entry}: {detail}; name:scope:secret is expected, with scope read, submit or admin")]
pub struct InvalidTokens {
    entry: usize,
    detail: String,
}

/// What a token allows; each scope includes the ones before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scope {
    Read,
    Submit,
    Admin,
}

/// Who sent a request, where tokens say so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    /// The name of the token.
    pub(crate) name: String,
    scope: Scope,
}

/// The tokens that open this manager.
#[derive(Debug)]
pub(crate) struct Tokens(Vec<Token>);

struct Token {
    name: String,
    scope: Scope,
    secret: String,
}

impl FromStr for TokenList {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for TokenList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenList(…)")
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:…", self.name, self.scope.as_str())
    }
}

impl Scope {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Submit => "submit",
            Self::Admin => "admin",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Read, Self::Submit, Self::Admin].into_iter().find(|scope| scope.as_str() == text)
    }

    /// What a request needs at the least; some routes need more.
    fn needed(method: &Method) -> Self {
        if method.is_safe() { Self::Read } else { Self::Submit }
    }
}

impl Tokens {
    pub(crate) fn parse(list: &TokenList) -> Result<Self, InvalidTokens> {
        let mut tokens: Vec<Token> = Vec::new();
        for (index, text) in list.0.split(',').enumerate() {
            let wrong = |detail: String| InvalidTokens { entry: index + 1, detail };
            // What has fewer than two colons may be a secret, so nothing of it is shown.
            let mut parts = text.trim().splitn(3, ':');
            let (Some(name), Some(scope), Some(secret)) = (parts.next(), parts.next(), parts.next()) else {
                return Err(wrong("it has fewer than three parts".into()));
            };
            check_name(name).map_err(|_| wrong("its name is not 1 to 64 characters of A-Z a-z 0-9 _ . -".into()))?;
            let scope = Scope::parse(scope).ok_or_else(|| wrong(format!("`{name}` has an unknown scope")))?;
            if secret.is_empty() || !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(wrong(format!("the secret of `{name}` is empty or has other characters than ASCII signs")));
            }
            if tokens.iter().any(|token| token.name == name) {
                return Err(wrong(format!("there is another `{name}` before it")));
            }
            tokens.push(Token { name: name.to_owned(), scope, secret: secret.to_owned() });
        }
        Ok(Self(tokens))
    }

    /// Who asks for this, and may.
    pub(crate) fn check(&self, method: &Method, headers: &HeaderMap) -> Result<Caller, Problem> {
        let unauthenticated =
            |detail: &str, challenge| Err(Problem::new(Kind::NotAuthenticated, detail).challenge(challenge));
        let Some(header) = headers.get(AUTHORIZATION) else {
            return unauthenticated("send a token: Authorization: Bearer SECRET", "Bearer realm=\"jobbers\"");
        };
        let Some(token) = bearer(header.as_bytes()).and_then(|secret| self.find(secret)) else {
            let challenge = "Bearer realm=\"jobbers\", error=\"invalid_token\"";
            return unauthenticated("the header Authorization has no token that is known here", challenge);
        };
        let caller = Caller { name: token.name.clone(), scope: token.scope };
        caller.needs(Scope::needed(method))?;
        Ok(caller)
    }

    /// Compares with every secret, each in constant time, so that the time tells nothing of how near a guess was.
    fn find(&self, secret: &[u8]) -> Option<&Token> {
        let mut found = None;
        for token in &self.0 {
            if bool::from(token.secret.as_bytes().ct_eq(secret)) {
                found = Some(token);
            }
        }
        found
    }
}

impl Caller {
    /// Refuses whoever has less than this scope.
    pub(crate) fn needs(&self, needed: Scope) -> Result<(), Problem> {
        if self.scope >= needed {
            return Ok(());
        }
        let (name, has, needed) = (&self.name, self.scope.as_str(), needed.as_str());
        let detail = format!("token `{name}` has scope {has}, but this needs {needed}");
        let challenge = "Bearer realm=\"jobbers\", error=\"insufficient_scope\"";
        Err(Problem::new(Kind::NotAllowed, detail).challenge(challenge))
    }
}

fn bearer(header: &[u8]) -> Option<&[u8]> {
    let (scheme, secret) = header.split_at_checked("Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then(|| secret.trim_ascii())
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    fn parse(text: &str) -> Result<Tokens, String> {
        Tokens::parse(&text.parse().unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_malformed_list_is_refused_without_showing_a_secret() {
        for (list, words) in [
            ("", "entry 1: it has fewer than three parts"),
            ("s3cret", "entry 1: it has fewer than three parts"),
            ("ci:s3cret", "entry 1: it has fewer than three parts"),
            ("a:read:x,ci:write:s3cret", "entry 2: `ci` has an unknown scope"),
            ("ci:s3cret:more", "entry 1: `ci` has an unknown scope"),
            ("ci:read:", "entry 1: the secret of `ci` is empty"),
            ("ci:read:s3cret word", "entry 1: the secret of `ci` is empty or has other characters"),
            ("a b:read:s3cret", "entry 1: its name is not"),
            ("ci:read:s3cret,ci:submit:s3cret2", "entry 2: there is another `ci` before it"),
            ("ci:read:s3cret,", "entry 2: it has fewer than three parts"),
        ] {
            let error = parse(list).unwrap_err();
            assert!(error.contains(words), "{list}: {error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn tokens_are_not_shown_by_debug() {
        let list: TokenList = "ci:read:s3cret".parse().unwrap();
        assert!(!format!("{list:?} {:?}", Tokens::parse(&list)).contains("s3cret"));
    }

    #[test]
    fn each_scope_includes_the_ones_before() {
        let tokens = parse("r:read:1, s:submit:2:with:colons, a:admin:3").unwrap();
        let status = |method: &Method, authorization: Option<&str>| {
            let mut headers = HeaderMap::new();
            if let Some(value) = authorization {
                headers.insert(AUTHORIZATION, value.parse().unwrap());
            }
            tokens.check(method, &headers).err().map(|problem| problem.status())
        };
        for (method, authorization, expected) in [
            (&Method::GET, None, Some(StatusCode::UNAUTHORIZED)),
            (&Method::GET, Some("Bearer 4"), Some(StatusCode::UNAUTHORIZED)),
            (&Method::GET, Some("Basic 1"), Some(StatusCode::UNAUTHORIZED)),
            (&Method::GET, Some("Bearer"), Some(StatusCode::UNAUTHORIZED)),
            (&Method::GET, Some("Bearer "), Some(StatusCode::UNAUTHORIZED)),
            (&Method::GET, Some("Bearer 1"), None),
            (&Method::HEAD, Some("bearer  1"), None),
            (&Method::POST, Some("Bearer 1"), Some(StatusCode::FORBIDDEN)),
            (&Method::POST, Some("Bearer 2:with:colons"), None),
            (&Method::GET, Some("Bearer 2:with:colons"), None),
            (&Method::POST, Some("Bearer 3"), None),
        ] {
            assert_eq!(status(method, authorization), expected, "{method} {authorization:?}");
        }
    }
}
