//! `GET /v1/events/{position}/record`: one event exactly as it is kept.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question};
use twofold_projections::reports::sample;

use crate::app::App;
use crate::extract::Path;
use crate::problem::{Missing, Problem};
use crate::routes::reader::Reader;
use crate::routes::usual::Reading;

/// One event of the account's history as it is kept: canonical JSON (RFC 8785), byte for byte.
///
/// SHA-256 over a zero byte and these bytes is the `head` of the report `sample` as of this event.
#[utoipa::path(get, path = "/v1/events/{position}/record", tag = "events", security(("bearer" = []), ("password" = [])),
    params(("position" = u64, Path, description = "Its place in the account's history.")),
    responses((status = 200, description = "The record. Personal values are sealed.",
        content_type = "application/json", body = Object), Reading))]
pub(super) async fn record(
    State(app): State<App>,
    reader: Reader,
    Path(position): Path<u64>,
) -> Result<Response, Problem> {
    let me = reader
        .reads(&app, Deed::ReadAudit, Question::of(Matter::Events).narrowed("position", Some(position)))
        .await?;
    let before = position.checked_sub(1).ok_or_else(|| Problem::missing(Missing::Event))?;
    let found = app.store().read(me.account, before, 1).await?;
    let event = found
        .first()
        .filter(|event| event.account_seq == position)
        .ok_or_else(|| Problem::missing(Missing::Event))?;
    let mut response = sample::record(event)?.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}
