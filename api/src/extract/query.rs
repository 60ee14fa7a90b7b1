//! The query string.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::fault;
use crate::problem::{Problem, kinds};

/// The query string. The type behind it says `#[serde(deny_unknown_fields)]`, so that a misspelt filter is
/// an error and not a longer list.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        read_pairs("query", parts.uri.query().unwrap_or_default()).map(Self)
    }
}

/// Reads `name=value&…`. An empty value is an absent one: that is how browsers send a blank field.
pub(crate) fn read_pairs<T: DeserializeOwned>(root: &str, text: &str) -> Result<T, Problem> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(text).map_err(|error| {
        Problem::new(if root.is_empty() { kinds::MALFORMED_BODY } else { kinds::MALFORMED_QUERY })
            .detail(error.to_string())
    })?;
    if let Some((name, _)) = pairs.iter().find(|(name, value)| name.contains('\0') || value.contains('\0')) {
        return Err(Problem::new(kinds::INVALID_FIELDS).field(
            format!("{root}/{}", name.replace('\0', "")),
            "invalid_value",
            "text must not contain the character U+0000",
        ));
    }
    let filled = pairs.into_iter().filter(|(_, value)| !value.is_empty());
    let encoded = serde_urlencoded::to_string(filled.collect::<Vec<_>>()).map_err(Problem::internal)?;
    let reader = serde_urlencoded::Deserializer::new(form_urlencoded::parse(encoded.as_bytes()));
    serde_path_to_error::deserialize(reader).map_err(|error| {
        let path = error.path().clone();
        Problem::new(kinds::INVALID_FIELDS).fields([fault::field(root, &path, &error.inner().to_string())])
    })
}
