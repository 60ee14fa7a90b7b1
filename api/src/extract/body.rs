//! Bodies: JSON for the API, forms for the pages. Both are bounded, UTF-8, and know no extra fields.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;
use zeroize::Zeroizing;

use super::fault;
use crate::problem::{Problem, kinds};

/// A JSON body. The type behind it says `#[serde(deny_unknown_fields)]`.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

/// The body of an HTML form.
#[derive(Debug, Clone, Copy)]
pub struct Form<T>(pub T);

/// A JSON body and its text, for whoever must know the same request again. Nothing at all stands for `{}`.
pub struct Exact<T> {
    /// What it says.
    pub value: T,
    /// Its text.
    pub text: Zeroizing<String>,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Exact<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let said = request.headers().contains_key(header::CONTENT_TYPE);
        if said {
            expect_json(request.headers())?;
        }
        let text = Zeroizing::new(text(request, state).await?);
        match (said, text.is_empty()) {
            (true, _) => read_json(&text).map(|value| Self { value, text }),
            (false, true) => read_json("{}").map(|value| Self { value, text }),
            (false, false) => Err(not_json()),
        }
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        expect_json(request.headers())?;
        let text = Zeroizing::new(text(request, state).await?);
        read_json(&text).map(Self)
    }
}

fn expect_json(headers: &HeaderMap) -> Result<(), Problem> {
    let json = is(headers, |kind| kind == "application/json" || kind.ends_with("+json"));
    if json { Ok(()) } else { Err(not_json()) }
}

fn not_json() -> Problem {
    Problem::new(kinds::UNSUPPORTED_MEDIA_TYPE)
        .detail("Send the body as JSON with the header `Content-Type: application/json`.")
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is(request.headers(), |kind| kind == "application/x-www-form-urlencoded") {
            return Err(
                Problem::new(kinds::UNSUPPORTED_MEDIA_TYPE).detail("This page reads HTML forms only.")
            );
        }
        let text = text(request, state).await?;
        super::query::read_pairs("", &text).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
            Err(error) => Problem::internal(error).into_response(),
        }
    }
}

fn is(headers: &HeaderMap, wanted: impl Fn(&str) -> bool) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    wanted(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str())
}

async fn text<S: Send + Sync>(request: Request, state: &S) -> Result<String, Problem> {
    let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Problem::new(kinds::TOO_LARGE).detail("The body is larger than this route takes.")
        } else {
            Problem::new(kinds::BAD_REQUEST).detail("The body broke off before its end.")
        }
    })?;
    String::from_utf8(bytes.into()).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Problem::new(kinds::MALFORMED_BODY).detail(format!("The byte at offset {at} is not UTF-8."))
    })
}

fn read_json<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    refuse_nul(text)?;
    refuse_bare(text)?;
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let (path, inner) = (error.path().clone(), error.into_inner());
        match inner.classify() {
            Category::Data => {
                Problem::new(kinds::INVALID_FIELDS).fields([fault::field("", &path, &inner.to_string())])
            }
            // serde_json calls a number where a word of a fixed list is expected a mistake of syntax.
            Category::Syntax if serde_json::from_str::<IgnoredAny>(text).is_ok() => {
                let words = "invalid type: not one of the words that are expected here";
                Problem::new(kinds::INVALID_FIELDS).fields([fault::field("", &path, words)])
            }
            Category::Syntax | Category::Eof | Category::Io => malformed(&inner),
        }
    })?;
    reader.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

fn malformed(error: &serde_json::Error) -> Problem {
    Problem::new(kinds::MALFORMED_BODY).detail(format!("The body is not JSON: {error}."))
}

/// serde would read a struct from an array too, field by field without their names.
fn refuse_bare(text: &str) -> Result<(), Problem> {
    if text.trim_ascii_start().starts_with('{') {
        return Ok(());
    }
    let _: serde_json::Value = serde_json::from_str(text).map_err(|error| malformed(&error))?;
    Err(Problem::new(kinds::INVALID_FIELDS).field("", "wrong_type", "expected a JSON object"))
}

/// No text of ours contains NUL: the two databases disagree about it, and nobody types it.
fn refuse_nul(text: &str) -> Result<(), Problem> {
    if !text.contains("\\u0000") {
        return Ok(());
    }
    let value: serde_json::Value = serde_json::from_str(text).map_err(|error| malformed(&error))?;
    match find_nul(&value) {
        None => Ok(()),
        Some(steps) => {
            let pointer = steps
                .iter()
                .rev()
                .fold(String::new(), |path, step| path + "/" + &step.replace('~', "~0").replace('/', "~1"));
            Err(Problem::new(kinds::INVALID_FIELDS).field(
                pointer,
                "invalid_value",
                "text must not contain the character U+0000",
            ))
        }
    }
}

/// The steps to the first NUL, innermost first. Nesting is bounded by the parser (128).
fn find_nul(value: &serde_json::Value) -> Option<Vec<String>> {
    use serde_json::Value;
    let below = |step: String, value| {
        find_nul(value).map(|mut steps| {
            steps.push(step);
            steps
        })
    };
    match value {
        Value::String(text) => text.contains('\0').then(Vec::new),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(index, item)| below(index.to_string(), item))
        }
        Value::Object(fields) => fields.iter().find_map(|(name, item)| {
            if name.contains('\0') { Some(vec![name.clone()]) } else { below(name.clone(), item) }
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}
