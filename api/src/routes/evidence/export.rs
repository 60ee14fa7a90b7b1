//! `GET /v1/events/export`: a range of the audit log as a file.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use futures::TryStreamExt as _;
use serde::Deserialize;
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::Matter;
use twofold_projections::audit;
use utoipa::IntoParams;

use super::filters::{Filtered, Filters};
use crate::app::App;
use crate::audit::export::{Export, ExportForm};
use crate::pages::frame::Frame;
use crate::problem::Problem;
use crate::routes::change::POSITION;
use crate::routes::door::Session;
use crate::routes::reader::Reader;
use crate::routes::usual::Reading;

/// In which form.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Wish {
    /// `jsonl`, `csv`, `ocsf`.
    #[param(inline)]
    format: ExportForm,
}

/// A range of the audit log as a file, the oldest event first: JSON Lines, CSV, or OCSF 1.8.0.
///
/// Takes a session that was stepped up. The file is pseudonymous and streamed; `Twofold-Position` is the last event
/// that can be in it. With `at_event` or a past `to` the same range has the same bytes whenever it is asked again.
#[utoipa::path(get, path = "/v1/events/export", tag = "events", security(("bearer" = [])),
    params(Filters, Wish),
    responses((status = 200, description = "The file.", content((String = "application/jsonl"),
        (String = "text/csv")), headers(("Twofold-Position" = u64))), Reading))]
pub(super) async fn export(
    State(app): State<App>,
    session: Session,
    frame: Frame,
    Filtered(filters, Wish { format }): Filtered<Wish>,
) -> Result<Response, Problem> {
    let reader = Reader::Token(session);
    let me = reader.may(&app, Deed::Export).await?;
    if filters.searches() {
        reader.may(&app, Deed::ReadPeople).await?;
    }
    filters.check()?;
    let last = if let Some(end) = filters.end(&app, me.account).await? {
        end.position()
    } else {
        let last = app.position(me.account).await?;
        app.caught_up(audit::NAME, me.account, last).await?;
        last
    };
    reader.is_shown(&app, &me, filters.look(Matter::Events).as_file(format.into())).await?;
    let mut filter = filters.filter(&app, me.account).await?;
    (filter.to, filter.up_to) = (None, Some(last));
    let export = Export { account: me.account, filter, form: format, frame };
    let pieces = export.write(app.desk.clone()).map_ok(|(_, piece)| piece).map_err(std::io::Error::other);
    let mut response = Body::from_stream(pieces).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    headers.insert(POSITION, last.into());
    let file = format!("attachment; filename=\"events-to-{last}.{}\"", format.ending());
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::try_from(file).map_err(Problem::internal)?);
    Ok(response)
}
