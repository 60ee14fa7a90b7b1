//! What a refused request gets: a problem document (RFC 9457) with a stable `code`.
//!
//! A [`Kind`] is the stable part: code, status, title. A [`Problem`] is one occurrence of it, with a
//! sentence for the reader and, for bad input, the fields at fault as JSON pointers (RFC 6901). The
//! request id is filled in when the answer is written, so no problem leaves without one.

use std::borrow::Cow;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::request_id;

mod acts;
pub mod kinds;
mod missing;
mod rejections;

pub use kinds::Kind;
pub use missing::Missing;

/// The media type of RFC 9457.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// One refusal, on its way to the caller.
#[derive(Debug, Clone)]
pub struct Problem {
    kind: Kind,
    detail: Cow<'static, str>,
    errors: Vec<FieldError>,
    /// Boxed: few problems have any, and every handler's `Result` carries one.
    members: Option<Box<Map<String, Value>>>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// One field at fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// JSON pointer into the request body (`/policy/trust_days`), or `query/…`, `path/…`, `header/…`.
    pub pointer: String,
    /// A stable word for what is wrong with it.
    #[schema(value_type = String)]
    pub code: Cow<'static, str>,
    /// The same in a sentence.
    pub detail: String,
}

impl FieldError {
    /// A field at fault.
    pub fn new(
        pointer: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        Self { pointer: pointer.into(), code: code.into(), detail: detail.into() }
    }
}

/// The document as it is written.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument<'a> {
    /// A name for the kind of problem that never changes: `urn:twofold:problem:<code>`.
    pub r#type: String,
    /// The same as a bare word. Programs branch on this.
    pub code: &'a str,
    /// What kind of problem this is; the same words for each occurrence.
    pub title: &'a str,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time and what to do about it.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub detail: &'a str,
    /// The fields at fault.
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    pub errors: &'a [FieldError],
    /// The id under which the server's log knows this request.
    pub request_id: String,
    /// What else a program may branch on: `reason`, `retry_at`, and so on, as the code says.
    #[serde(flatten)]
    pub members: Option<&'a Map<String, Value>>,
}

impl Problem {
    /// A problem of this kind, without further words.
    pub fn new(kind: Kind) -> Self {
        let detail = Cow::Borrowed("");
        Self { kind, detail, errors: Vec::new(), members: None, headers: Vec::new() }
    }

    /// Says what happened this time and what to do.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = detail.into();
        self
    }

    /// Names a field at fault.
    #[must_use]
    pub fn field(
        mut self,
        pointer: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        self.errors.push(FieldError::new(pointer, code, detail));
        self
    }

    /// Names several fields at fault.
    #[must_use]
    pub fn fields(mut self, errors: impl IntoIterator<Item = FieldError>) -> Self {
        self.errors.extend(errors);
        self
    }

    /// Adds a member of its own kind (RFC 9457 section 3.2).
    #[must_use]
    pub fn member(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.members.get_or_insert_default().insert(name.to_owned(), value.into());
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Tells the caller when to try again.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// Its kind.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The sentence of this occurrence, or nothing.
    pub fn sentence(&self) -> &str {
        &self.detail
    }

    /// The fields at fault.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// Its HTTP status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Nothing here goes by that name, or not for this caller.
    pub fn not_found() -> Self {
        Self::missing(Missing::Name)
    }

    /// Logs a fault of ours with its cause, and answers without it.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request failed");
        Self::new(kinds::INTERNAL)
    }

    /// Logs that something we need is away, and asks the caller to come back.
    pub fn unavailable(cause: impl std::fmt::Display) -> Self {
        tracing::warn!(%cause, "a request could not be served");
        Self::new(kinds::UNAVAILABLE).retry_after(2)
    }
}

impl Problem {
    /// The document, for an answer that is kept: without the id of a request that is over.
    pub fn kept(&self) -> Value {
        let mut document = serde_json::to_value(self.document()).unwrap_or_default();
        if let Some(members) = document.as_object_mut() {
            members.remove("request_id");
        }
        document
    }

    /// The answer to a repeat of a request whose refusal was kept.
    pub fn repeated(status: StatusCode, mut document: Value) -> Response {
        document["request_id"] = request_id::current().to_string().into();
        let body = serde_json::to_vec(&document).unwrap_or_default();
        (status, [(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE))], body).into_response()
    }

    fn document(&self) -> ProblemDocument<'_> {
        ProblemDocument {
            r#type: format!("urn:twofold:problem:{}", self.kind.code),
            code: self.kind.code,
            title: self.kind.title,
            status: self.kind.status,
            detail: &self.detail,
            errors: &self.errors,
            request_id: request_id::current().to_string(),
            members: self.members.as_deref(),
        }
    }
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        Self::new(kind)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.document()).unwrap_or_default();
        let mut response =
            (self.status(), [(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE))], body)
                .into_response();
        for (name, value) in &self.headers {
            response.headers_mut().insert(name.clone(), value.clone());
        }
        response.extensions_mut().insert(self);
        response
    }
}
