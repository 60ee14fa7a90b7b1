//! The ids in a path.

use axum::extract::path::ErrorKind;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde::de::value::MapDeserializer;
use serde_path_to_error::Segment;

use crate::problem::Problem;

/// The variable segments of a path. What cannot be an id cannot exist: the answer is 404, naming the
/// segment, so that a typing error is not mistaken for an absent person. So it is with the character U+0000.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        // PostgreSQL keeps no such text, so nothing has such a name.
        if parts.uri.path().contains("%00") {
            return Err(Problem::not_found());
        }
        let kind = match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => return Ok(Self(value)),
            Err(PathRejection::FailedToDeserializePathParams(error)) => error.into_kind(),
            Err(error) => return Err(Problem::internal(error)),
        };
        let raw = RawPathParams::from_request_parts(parts, state).await;
        let pairs: Vec<(String, String)> = raw
            .map(|params| params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
            .unwrap_or_default();
        if let (ErrorKind::Message(message), Some(segment)) = (&kind, at_fault::<T>(&pairs)) {
            return Err(Problem::not_found().field(format!("path/{segment}"), "invalid_id", message));
        }
        let names: Vec<String> = pairs.into_iter().map(|(name, _)| name).collect();
        Err(refusal(kind, &names))
    }
}

/// The segment at fault among several, where their type names them.
fn at_fault<T: DeserializeOwned>(pairs: &[(String, String)]) -> Option<String> {
    let segments = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let reader: MapDeserializer<'_, _, serde::de::value::Error> = MapDeserializer::new(segments);
    let error = serde_path_to_error::deserialize::<_, T>(reader).err()?;
    match error.path().iter().next()? {
        Segment::Map { key } => Some(key.clone()),
        Segment::Seq { .. } | Segment::Enum { .. } | Segment::Unknown => None,
    }
}

/// axum names the segment, counts it, or (where the route has only one) leaves it out.
fn refusal(kind: ErrorKind, names: &[String]) -> Problem {
    let (segment, detail) = match kind {
        ErrorKind::DeserializeError { key, message, .. } => (key, message),
        ErrorKind::ParseErrorAtKey { key, expected_type, .. } => (key, format!("expected {expected_type}")),
        ErrorKind::InvalidUtf8InPathParam { key } => (key, "not UTF-8".to_owned()),
        ErrorKind::ParseErrorAtIndex { index, expected_type, .. } => {
            (names.get(index).cloned().unwrap_or_default(), format!("expected {expected_type}"))
        }
        ErrorKind::ParseError { expected_type, .. } => (names.concat(), format!("expected {expected_type}")),
        ErrorKind::Message(message) => (names.concat(), message),
        // These are mistakes in the route table, not in the request.
        other => return Problem::internal(other),
    };
    Problem::not_found().field(format!("path/{segment}"), "invalid_id", detail)
}
