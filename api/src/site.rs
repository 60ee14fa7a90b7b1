//! How this server is reached from outside, and its limits towards callers.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::limits::Limits;
use crate::problem::Problem;

/// Larger bodies are refused. The largest lawful one is a policy of a few kilobytes.
pub const BODY_LIMIT: usize = 64 * 1024;

/// A request that is not answered by then gets a 503; what it began goes on in a task of its own.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// How this server is reached from outside.
#[derive(Debug, Clone)]
pub struct Site {
    /// What the product calls itself in every prompt.
    pub product: String,
    /// Scheme and authority of every link that we send: `https://id.example.org`. Never taken from a
    /// request, whose `Host` anyone can forge.
    pub origin: Origin,
    /// Peers whose `X-Forwarded-For` is believed. Nobody by default.
    pub trusted_proxies: Vec<IpAddr>,
    /// How often strangers may ask.
    pub limits: Limits,
    /// Bodies above this many bytes are refused.
    pub body_limit: usize,
    /// How long one request may take.
    pub request_timeout: Duration,
    /// The demo says on each page that it is one.
    pub demo: bool,
}

impl Site {
    /// A site under this origin, with the defaults for everything else.
    pub fn new(origin: Origin) -> Self {
        Self {
            product: "Twofold".to_owned(),
            origin,
            trusted_proxies: Vec::new(),
            limits: Limits::none(),
            body_limit: BODY_LIMIT,
            request_timeout: REQUEST_TIMEOUT,
            demo: false,
        }
    }

    /// An absolute link to a path of this site.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

/// Scheme and authority, as browsers send them in `Origin`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    https: bool,
    authority: String,
}

/// A text that is not an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected scheme and host such as https://id.example.org, without a path")]
pub struct NotAnOrigin;

impl Origin {
    /// Is the outside of this server encrypted? Then cookies say so, and browsers are held to it.
    pub const fn is_https(&self) -> bool {
        self.https
    }

    /// Host and port.
    pub fn authority(&self) -> &str {
        &self.authority
    }
}

impl std::str::FromStr for Origin {
    type Err = NotAnOrigin;
    fn from_str(text: &str) -> Result<Self, NotAnOrigin> {
        let text = text.strip_suffix('/').unwrap_or(text).to_ascii_lowercase();
        let (https, authority) = match text.split_once("://") {
            Some(("https", rest)) => (true, rest),
            Some(("http", rest)) => (false, rest),
            _ => return Err(NotAnOrigin),
        };
        let lawful = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
        if authority.is_empty() || !authority.chars().all(lawful) {
            return Err(NotAnOrigin);
        }
        Ok(Self { https, authority: authority.to_owned() })
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", if self.https { "https" } else { "http" }, self.authority)
    }
}

/// The site as a handler's argument. [`crate::layers::shell`] puts it there.
#[derive(Debug, Clone)]
pub struct ThisSite(pub Arc<Site>);

impl std::ops::Deref for ThisSite {
    type Target = Site;
    fn deref(&self) -> &Site {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for ThisSite {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get().cloned().ok_or_else(|| Problem::internal("a route stands outside the shell"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_and_authority() {
        let cases = [
            ("https://id.example.org", Some("https://id.example.org")),
            ("http://localhost:8420/", Some("http://localhost:8420")),
            ("HTTPS://Id.Example.org", Some("https://id.example.org")),
            ("http://[::1]:8420", Some("http://[::1]:8420")),
            ("https://id.example.org/path", None),
            ("https://user@host", None),
            ("ftp://host", None),
            ("id.example.org", None),
            ("https://", None),
        ];
        for (text, expected) in cases {
            let origin = text.parse::<Origin>().ok().map(|origin| origin.to_string());
            assert_eq!(origin.as_deref(), expected, "{text}");
        }
    }
}
