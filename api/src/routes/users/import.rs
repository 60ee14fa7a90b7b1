//! `POST /v1/imports`: register many people who come from another system.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use twofold_domain::ids::{StreamId, UserId};
use twofold_infra::acts::{Imported, MayImport, import};
use twofold_infra::import::{Flaws, MAX_BYTES, read};
use utoipa::{IntoParams, ToSchema};
use zeroize::Zeroizing;

use crate::app::App;
use crate::extract::{Json, Query};
use crate::problem::{Problem, kinds};
use crate::routes::door::Session;
use crate::routes::usual::Changing;

/// How.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct How {
    /// Look at the table, and register nobody.
    #[serde(default)]
    dry_run: bool,
}

/// What became of a table.
#[derive(Serialize, ToSchema)]
pub(super) struct ImportDone {
    /// Whether nobody was registered, because that was asked for.
    dry_run: bool,
    /// People in the table.
    rows: usize,
    /// How many became users now.
    created: usize,
    /// How many were users already.
    existing: usize,
    /// How many could not be registered.
    failed: usize,
    /// Each row; none of a dry run.
    results: Vec<ImportedRow>,
}

/// What became of one row.
#[derive(Serialize, ToSchema)]
pub(super) struct ImportedRow {
    /// Its line in the table, the header being 1.
    line: u64,
    /// `created`, `exists`, or `failed`.
    result: &'static str,
    /// The person, where there is one.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<UserId>,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// Import people.
///
/// A table (RFC 4180) of at most 10,000 people and 5 MB with a header of these columns, in any order: `name`,
/// `email`, `role` (never `owner`); and where wished `language`, `groups` (names, with `;` between), `provider` and
/// `provider_subject`, `password_hash` (argon2id, argon2i, scrypt, pbkdf2 as PHC, or bcrypt), `otp_uri`
/// (`otpauth://totp/…`). All of it is looked at first: `invalid_fields` names line and field
/// (`/3/email`). Whoever has neither hash nor provider is invited by mail. What came along is claimed until it was
/// first shown. The same table again registers nobody twice.
#[utoipa::path(post, path = "/v1/imports", tag = "people", security(("bearer" = [])), params(How),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, description = "What became of each row.", body = ImportDone), Changing))]
pub(super) async fn import_people(
    State(app): State<App>,
    session: Session,
    Query(how): Query<How>,
    request: Request,
) -> Result<Response, Problem> {
    let account = session.credential.account();
    let may = |rows| MayImport { credential: session.credential.clone(), rows };
    // Whoever may not import is not read.
    app.perform(account, session.context.clone(), may(Arc::from([]))).await?;
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if kind.is_none_or(|kind| kind.split(';').next().unwrap_or_default().trim() != "text/csv") {
        return Err(Problem::new(kinds::UNSUPPORTED_MEDIA_TYPE)
            .detail("Send the table with the header `Content-Type: text/csv`."));
    }
    let bytes = to_bytes(request.into_body(), MAX_BYTES).await.map_err(|_| {
        Problem::new(kinds::TOO_LARGE)
            .detail(format!("A table has at most {MAX_BYTES} bytes, and all of them."))
    })?;
    let table = Zeroizing::new(Vec::from(bytes));
    let groups = app.desk.log().accounts.load(StreamId::account(account)).await?.state.groups.clone();
    let read = tokio::task::spawn_blocking(move || read(&table, &groups)).await;
    let rows: Arc<[_]> = read.map_err(Problem::internal)?.map_err(|flaws| of_flaws(&flaws))?.into();
    app.perform(account, session.context.clone(), may(Arc::clone(&rows))).await?;
    let results = if how.dry_run {
        vec![]
    } else {
        let done = import(&app.desk, account, &session.context, &session.credential, &rows).await;
        done.map_err(|error| app.problem(error))?.into_iter().map(shown).collect()
    };
    let count = |result| results.iter().filter(|row: &&ImportedRow| row.result == result).count();
    let done = ImportDone {
        dry_run: how.dry_run,
        rows: rows.len(),
        created: count("created"),
        existing: count("exists"),
        failed: count("failed"),
        results,
    };
    Ok((StatusCode::OK, Json(done)).into_response())
}

fn shown((line, became): (u64, Imported)) -> ImportedRow {
    let (result, user, why) = match became {
        Imported::Created(user) => ("created", Some(user), None),
        Imported::Exists(user) => ("exists", Some(user), None),
        Imported::Failed(why) => ("failed", None, Some(why)),
    };
    ImportedRow { line, result, user, why }
}

/// The flaws, each under a pointer of line and field.
fn of_flaws(flaws: &Flaws) -> Problem {
    let problem = Problem::new(kinds::INVALID_FIELDS)
        .detail(format!("{}; nobody was registered.", flaws.counted()))
        .member("flaws", flaws.count as u64);
    flaws.listed.iter().fold(problem, |problem, flaw| {
        let place = if flaw.field.is_empty() { String::new() } else { format!("/{}", flaw.field) };
        problem.field(format!("/{}{place}", flaw.line), "invalid_value", flaw.why.clone())
    })
}
