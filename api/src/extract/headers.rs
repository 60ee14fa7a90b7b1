//! Preconditions and repeats: `If-Match`, `ETag`, `Idempotency-Key`.

use axum::extract::OptionalFromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponseParts, ResponseParts};

use crate::problem::{Problem, kinds};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Long enough for two UUIDs and a prefix.
const KEY_LIMIT: usize = 128;

/// The version of what is answered: the number of events in its stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ETag(pub u64);

impl IntoResponseParts for ETag {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Self::Error> {
        if let Ok(value) = HeaderValue::from_str(&format!("\"{}\"", self.0)) {
            parts.headers_mut().insert(header::ETAG, value);
        }
        Ok(parts)
    }
}

/// The version that the caller decided on. An operation that needs it says so once it knows that the caller may
/// do it: see [`IfMatch::required`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub u64);

impl IfMatch {
    /// Absent is 428.
    pub fn required(sent: Option<Self>) -> Result<Self, Problem> {
        sent.ok_or_else(|| {
            Problem::new(kinds::PRECONDITION_REQUIRED)
                .detail("Read it first, then send its ETag in `If-Match`.")
                .field("header/if-match", "missing_field", "required here")
        })
    }

    /// Refuses if the caller decided on another version than `current`.
    pub fn check(self, current: u64) -> Result<(), Problem> {
        if self.0 == current {
            return Ok(());
        }
        Err(Problem::new(kinds::STALE).detail(format!(
            "You decided on version {}; the present one is {current}. Read it again.",
            self.0
        )))
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Problem> {
        let Some(value) = only(&parts.headers, &header::IF_MATCH)? else { return Ok(None) };
        let version = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        match version.and_then(|digits| digits.parse().ok()) {
            Some(version) => Ok(Some(Self(version))),
            None => Err(malformed(&header::IF_MATCH, "expected the ETag of your last read, such as \"12\"")),
        }
    }
}

/// The caller's name for one act, so that a repeat is answered as before instead of done again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Problem> {
        let Some(value) = only(&parts.headers, &IDEMPOTENCY_KEY)? else { return Ok(None) };
        // A structured field string comes in quotes; most clients send it bare.
        let key = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value);
        let lawful = |b: u8| b.is_ascii_graphic() && b != b'"' && b != b'\\';
        if key.is_empty() || key.len() > KEY_LIMIT || !key.bytes().all(lawful) {
            return Err(malformed(&IDEMPOTENCY_KEY, "expected 1 to 128 printable ASCII characters"));
        }
        Ok(Some(Self(key.to_owned())))
    }
}

fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, Problem> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(malformed(name, "sent more than once"));
    }
    value.to_str().map(|text| Some(text.trim())).map_err(|_| malformed(name, "not ASCII"))
}

fn malformed(name: &HeaderName, detail: &str) -> Problem {
    Problem::new(kinds::MALFORMED_HEADER).field(format!("header/{name}"), "invalid_value", detail)
}
