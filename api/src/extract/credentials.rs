//! What a caller shows to say who they are: a bearer token, or the console's cookie. Unchecked: the text
//! is handed on to whoever verifies it, and is never printed.

use std::time::Duration;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponseParts, ResponseParts};
use axum_extra::extract::cookie::CookieJar;
use zeroize::Zeroizing;

use crate::problem::{Problem, kinds};
use crate::site::{Origin, ThisSite};

/// Browsers keep no cookie longer than 400 days (RFC 6265bis section 5.5).
const DEVICE_COOKIE_AGE: Duration = Duration::from_hours(400 * 24);
/// No token of ours comes near this; longer ones are not looked at.
const TOKEN_LIMIT: usize = 512;

/// An unchecked token.
pub struct Presented(Zeroizing<String>);

impl Presented {
    fn new(text: &str) -> Option<Self> {
        let lawful = |b: u8| b.is_ascii_alphanumeric() || b"-_.~+/=".contains(&b);
        let ok = !text.is_empty() && text.len() <= TOKEN_LIMIT && text.bytes().all(lawful);
        ok.then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The text to verify.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// How a caller says who they are. A bearer token wins over a cookie, which then does not count.
pub enum Credentials {
    /// `Authorization: Bearer …`: programs.
    Bearer(Presented),
    /// The session cookie: the console.
    Cookie(Presented),
}

impl Credentials {
    /// The token, wherever it stood.
    pub const fn presented(&self) -> &Presented {
        match self {
            Self::Bearer(token) | Self::Cookie(token) => token,
        }
    }

    fn read(headers: &HeaderMap, names: Cookies) -> Option<Self> {
        if let Some(value) = headers.get(header::AUTHORIZATION) {
            let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
            return scheme
                .eq_ignore_ascii_case("bearer")
                .then(|| Presented::new(token.trim()))?
                .map(Self::Bearer);
        }
        names.session_of(headers).map(Self::Cookie)
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Credentials {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Problem> {
        let site = <ThisSite as FromRequestParts<S>>::from_request_parts(parts, state).await?;
        Ok(Self::read(&parts.headers, Cookies::of(&site.origin)))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Credentials {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let found: Option<Self> =
            <Self as OptionalFromRequestParts<S>>::from_request_parts(parts, state).await?;
        found.ok_or_else(unauthenticated)
    }
}

/// The answer to a caller who shows nothing, or nothing that holds.
pub fn unauthenticated() -> Problem {
    Problem::new(kinds::UNAUTHENTICATED)
        .detail("Sign in, or send `Authorization: Bearer` with an API token.")
        .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"twofold\""))
}

/// `Set-Cookie` headers.
pub struct SetCookie(Vec<String>);

impl IntoResponseParts for SetCookie {
    type Error = Problem;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Problem> {
        for cookie in self.0 {
            let mut value = HeaderValue::try_from(cookie).map_err(Problem::internal)?;
            value.set_sensitive(true);
            parts.headers_mut().append(header::SET_COOKIE, value);
        }
        Ok(parts)
    }
}

/// Our cookies. Behind https their names carry the prefix `__Host-`, which makes browsers insist on
/// `Secure`, on this very host, and on the whole path; plain http (the demo on a loopback address) cannot
/// have that.
#[derive(Debug, Clone, Copy)]
pub struct Cookies {
    https: bool,
}

impl Cookies {
    /// The cookies of a site under this origin.
    pub const fn of(origin: &Origin) -> Self {
        Self { https: origin.is_https() }
    }

    const fn session_name(self) -> &'static str {
        if self.https { "__Host-twofold_session" } else { "twofold_session" }
    }

    const fn device_name(self) -> &'static str {
        if self.https { "__Host-twofold_device" } else { "twofold_device" }
    }

    const fn language_name(self) -> &'static str {
        if self.https { "__Host-twofold_language" } else { "twofold_language" }
    }

    const fn stay_name(self) -> &'static str {
        if self.https { "__Host-twofold_stay" } else { "twofold_stay" }
    }

    fn build(self, name: &'static str, value: &str, keep: Option<Duration>) -> String {
        let secure = if self.https { "; Secure" } else { "" };
        let age = keep.map(|keep| format!("; Max-Age={}", keep.as_secs())).unwrap_or_default();
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}")
    }

    fn value_of(headers: &HeaderMap, name: &str) -> Option<String> {
        CookieJar::from_headers(headers).get(name).map(|cookie| cookie.value().to_owned())
    }

    /// The session cookie; `keep` is set where the person chose to stay signed in, else it ends with the
    /// browser. A second cookie remembers the choice for when the token is renewed.
    pub fn session(self, token: &str, keep: Option<Duration>) -> SetCookie {
        let stay = self.build(self.stay_name(), "on", Some(keep.unwrap_or(Duration::ZERO)));
        SetCookie(vec![self.build(self.session_name(), token, keep), stay])
    }

    /// Whether the session cookie that a request shows was to outlive the browser.
    pub fn stays(self, headers: &HeaderMap) -> bool {
        Self::value_of(headers, self.stay_name()).is_some()
    }

    /// The cookie that recognises this browser, whether or not it is trusted.
    pub fn device(self, token: &str) -> SetCookie {
        SetCookie(vec![self.build(self.device_name(), token, Some(DEVICE_COOKIE_AGE))])
    }

    /// The person's choice of language.
    pub fn language(self, tag: &str) -> SetCookie {
        SetCookie(vec![self.build(self.language_name(), tag, Some(Duration::from_hours(365 * 24)))])
    }

    /// Takes the session cookie back.
    pub fn end_session(self) -> SetCookie {
        let over = |name| self.build(name, "", Some(Duration::ZERO));
        SetCookie(vec![over(self.session_name()), over(self.stay_name())])
    }

    /// The session token that a request shows.
    pub fn session_of(self, headers: &HeaderMap) -> Option<Presented> {
        Self::value_of(headers, self.session_name()).and_then(|text| Presented::new(&text))
    }

    /// The device token that a request shows.
    pub fn device_of(self, headers: &HeaderMap) -> Option<Presented> {
        Self::value_of(headers, self.device_name()).and_then(|text| Presented::new(&text))
    }

    /// The language that a request asks for by cookie.
    pub fn language_of(self, headers: &HeaderMap) -> Option<String> {
        Self::value_of(headers, self.language_name())
    }
}
