//! `GET /v1/reports/mfa-status`: who has two-factor authentication, now and at any past instant.

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures::StreamExt as _;
use serde::Deserialize;
use twofold_domain::ids::AccountId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{FileForm, Matter, Question as Read};
use twofold_domain::time::Timestamp;
use twofold_infra::acts::Look;
use twofold_projections::audit;
use twofold_projections::status::{self, AsOf, Population};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::extract::Query;
use crate::problem::{Problem, kinds};
use crate::report::{Form, StatusReport};
use crate::routes::change::POSITION;
use crate::routes::reader::Reader;
use crate::routes::show::Instant;
use crate::routes::usual::Reading;

/// The question.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Question {
    /// At which instant; now if not said. A bare date means its end in UTC. Never one ahead.
    #[param(value_type = Option<String>, example = "2026-03-31")]
    as_of: Option<Instant>,
    /// Whom to list.
    #[serde(default)]
    #[param(inline)]
    population: Whom,
    /// In which form.
    #[serde(default)]
    #[param(inline)]
    format: Form,
    /// With the names and addresses of these people as they are today.
    #[param(inline)]
    annex: Option<Annex>,
}

/// Whom to list.
#[derive(Deserialize, Clone, Copy, Default, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Whom {
    /// Both.
    #[default]
    Everyone,
    /// Owners, admins, agents, auditors.
    Team,
    /// The account's own customers.
    EndUsers,
}

/// What stands behind the report.
#[derive(Deserialize, Clone, Copy, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Annex {
    /// Names and addresses.
    Names,
}

impl From<Whom> for Population {
    fn from(whom: Whom) -> Self {
        match whom {
            Whom::Everyone => Self::Everyone,
            Whom::Team => Self::Team,
            Whom::EndUsers => Self::EndUsers,
        }
    }
}

/// Who has two-factor authentication.
///
/// For owners, admins, and auditors. The body without the annex is the same, byte for byte, whenever the same
/// question is asked again; `Twofold-Position` is the last event that counts. A CSV file takes a session that
/// was stepped up.
#[utoipa::path(get, path = "/v1/reports/mfa-status", tag = "reports", security(("bearer" = []), ("password" = [])),
    params(Question),
    responses((status = 200, description = "The report, streamed.", content((Object = "application/json"),
        (String = "text/csv")), headers(("Twofold-Position" = u64))), Reading))]
pub(super) async fn mfa_status(
    State(app): State<App>,
    reader: Reader,
    Query(question): Query<Question>,
) -> Result<Response, Problem> {
    let deed = match question.format {
        Form::Json => Deed::ReadStatus,
        Form::Csv => Deed::Export,
    };
    let me = reader.may(&app, deed).await?;
    let as_of = as_of(&app, me.account, question.as_of.map(|at| at.0)).await?;
    let whom = Population::from(question.population).name();
    let read = Read::of(Matter::Report("mfa-status".to_owned()))
        .as_of(question.as_of.map(|_| as_of.instant))
        .narrowed("population", Some(whom))
        .narrowed("annex", question.annex.map(|_| "names"));
    let form = (question.format == Form::Csv).then_some(FileForm::Csv);
    reader.is_shown(&app, &me, Look { form, ..read.into() }).await?;
    let report = StatusReport {
        account: me.account,
        as_of,
        population: question.population.into(),
        form: question.format,
        with_names: question.annex.is_some(),
    };
    let media_type = question.format.media_type();
    let pieces = report.write(app.desk.clone()).map(|piece| piece.map_err(std::io::Error::other));
    let mut response = Body::from_stream(pieces).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(media_type));
    headers.insert(POSITION, as_of.position.into());
    if question.format == Form::Csv {
        let file = header::HeaderValue::from_static("attachment; filename=\"mfa-status.csv\"");
        headers.insert(header::CONTENT_DISPOSITION, file);
    }
    Ok(response)
}

/// The event and the instant that a question is about. From here on nothing is recorded at or before it.
async fn as_of(app: &App, account: AccountId, asked: Option<Timestamp>) -> Result<AsOf, Problem> {
    let now = app.now_of(account);
    let wrong = |code: &'static str, words: &'static str| {
        Problem::new(kinds::INVALID_FIELDS).field("query/as_of", code, words)
    };
    let ahead = || wrong("in_the_future", "what is not yet cannot be reported");
    let instant = match asked {
        Some(asked) => asked.asked_at(now).ok_or_else(ahead)?,
        // Another server's clock may be ahead of ours: what it recorded belongs to the present.
        None => app.store().counter(account).await?.map_or(now, |counter| counter.last_at.max(now)),
    };
    app.store().raise(account, instant).await?;
    let last = app.position(account).await?;
    app.caught_up(status::NAME, account, last).await?;
    app.caught_up(audit::NAME, account, last).await?;
    match audit::position_at(app.store().views(), account, instant).await? {
        0 => Err(wrong("before_the_account", "the account did not exist then")),
        position => Ok(AsOf { position, instant }),
    }
}
