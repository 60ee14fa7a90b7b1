//! Forms with files (RFC 7578): read field by field, each of them bounded, all of it UTF-8 or a file.

use std::collections::BTreeMap;

use axum::extract::{FromRequest, Multipart, Request};
use zeroize::Zeroizing;

use crate::problem::{Problem, kinds};

/// What a form with files sent: its fields by name. A field that was sent more than once is not read.
#[derive(Default)]
pub(super) struct Upload(BTreeMap<String, Zeroizing<Vec<u8>>>);

impl Upload {
    /// Reads a whole form. How large it may be, its route says.
    pub(super) async fn read(request: Request) -> Result<Self, Problem> {
        let form = Multipart::from_request(request, &()).await;
        let mut form = form.map_err(|_| {
            Problem::new(kinds::UNSUPPORTED_MEDIA_TYPE).detail("This page reads forms with files only.")
        })?;
        let mut fields = BTreeMap::new();
        loop {
            let field = form.next_field().await.map_err(|error| broken(&error))?;
            let Some(field) = field else { return Ok(Self(fields)) };
            let name = field.name().unwrap_or_default().to_owned();
            let bytes = field.bytes().await.map_err(|error| broken(&error))?;
            let bytes = Zeroizing::new(Vec::from(bytes));
            if fields.insert(name.clone(), bytes).is_some() {
                return Err(Problem::new(kinds::INVALID_FIELDS).field(
                    format!("/{name}"),
                    "invalid_value",
                    "sent twice",
                ));
            }
        }
    }

    /// A file, or a text as it came; nothing where it is empty, which is how browsers send no file.
    pub(super) fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.0.get(name).map(|bytes| bytes.as_slice()).filter(|bytes| !bytes.is_empty())
    }

    /// A text without spaces around it; empty where it was not sent, or is not UTF-8.
    pub(super) fn text(&self, name: &str) -> &str {
        self.bytes(name).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default().trim()
    }

    /// Whether something was ticked.
    pub(super) fn ticked(&self, name: &str) -> bool {
        self.bytes(name).is_some()
    }
}

fn broken(error: &axum::extract::multipart::MultipartError) -> Problem {
    if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        Problem::new(kinds::TOO_LARGE).detail("The form is larger than this page takes.")
    } else {
        Problem::new(kinds::MALFORMED_BODY).detail("The form broke off before its end.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::header;

    async fn read(parts: &[(&str, &str)]) -> Result<Upload, Problem> {
        let part = |(name, value): &(&str, &str)| {
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let body = parts.iter().map(part).collect::<Vec<_>>().concat() + "--x--\r\n";
        let request = Request::post("/").header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        Upload::read(request.body(Body::from(body)).unwrap()).await
    }

    #[tokio::test]
    async fn a_form_with_files_is_read_field_by_field() {
        let form = read(&[("name", " Ada "), ("file", ""), ("on", "on")]).await.ok().unwrap();
        assert_eq!((form.text("name"), form.bytes("file"), form.ticked("on")), ("Ada", None, true));
        assert!(!form.ticked("off"));
        assert!(read(&[("name", "a"), ("name", "b")]).await.is_err(), "what is sent twice is not guessed at");
        let plain =
            Request::post("/").header(header::CONTENT_TYPE, "text/plain").body(Body::empty()).unwrap();
        assert!(Upload::read(plain).await.is_err());
    }
}
