//! `GET /v1/recovery-cases[/{case}]`: who lost their second factor, and how each case went.

use std::collections::BTreeSet;

use axum::extract::State;
use serde::Deserialize;
use twofold_domain::ids::{AccountId, RecoveryId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question};
use twofold_projections::{audit, recovery};
use utoipa::IntoParams;

use crate::app::App;
use crate::as_of::{Standpoint, Viewed};
use crate::extract::Path;
use crate::problem::{Missing, Problem};
use crate::recovery::{CaseShown, CaseTold, Held, RecoveryCases, report, told};
use crate::routes::as_of::AsOf;
use crate::routes::erased_by_now;
use crate::routes::reader::Reader;
use crate::routes::usual::Reading;

/// How fresh the list must be.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Fresh {
    /// Wait until this position is visible.
    min_position: Option<u64>,
}

/// Every recovery case, the newest first, and what was left lying.
#[utoipa::path(get, path = "/v1/recovery-cases", tag = "recovery", operation_id = "recovery_cases",
    security(("bearer" = []), ("password" = [])), params(Fresh),
    responses((status = 200, description = "The cases.", body = Viewed<RecoveryCases>), Reading))]
pub(super) async fn list(
    State(app): State<App>,
    reader: Reader,
    asked: AsOf<Fresh>,
) -> Result<Viewed<RecoveryCases>, Problem> {
    let at = seen(&app, &reader, &asked).await?;
    let found = Held::as_of(app.store().views(), at.account_id(), at.position()).await?;
    let told = report(&app.desk, at.account_id(), found, at.instant()).await;
    let mut told = told.map_err(|error| app.problem(error))?;
    erased(&app, at.account_id(), told.cases.iter_mut().collect()).await?;
    Ok(at.shows(told))
}

/// One recovery case, with what happened in it.
#[utoipa::path(get, path = "/v1/recovery-cases/{case}", tag = "recovery", operation_id = "recovery_case",
    security(("bearer" = []), ("password" = [])),
    params(("case" = String, Path, description = "`rec_…`"), Fresh),
    responses((status = 200, description = "The case.", body = Viewed<CaseTold>), Reading))]
pub(super) async fn one(
    State(app): State<App>,
    reader: Reader,
    Path(case): Path<RecoveryId>,
    asked: AsOf<Fresh>,
) -> Result<Viewed<CaseTold>, Problem> {
    let at = seen(&app, &reader, &asked).await?;
    let found = recovery::case(app.store().views(), at.account_id(), at.position(), case).await?;
    let found = found.ok_or_else(|| Problem::missing(Missing::Case))?;
    app.caught_up(audit::NAME, at.account_id(), at.position()).await?;
    let case = told(&app.desk, at.account_id(), found, at.instant(), at.position()).await;
    let mut case = case.map_err(|error| app.problem(error))?;
    erased(&app, at.account_id(), vec![&mut case.case]).await?;
    Ok(at.shows(case))
}

/// Says of whom these cases are who is erased by now.
async fn erased(app: &App, account: AccountId, cases: Vec<&mut CaseShown>) -> Result<(), Problem> {
    let people: BTreeSet<UserId> = cases.iter().map(|case| case.user).collect();
    let people: Vec<UserId> = people.into_iter().collect();
    let erased = erased_by_now(app, account, &people).await?;
    for case in cases {
        case.erased_since = erased.get(&case.user).copied();
    }
    Ok(())
}

/// As of when they are shown to whoever may see them, and is on record for it.
async fn seen(app: &App, reader: &Reader, asked: &AsOf<Fresh>) -> Result<Standpoint, Problem> {
    let me = reader.may(app, Deed::ReadRecoveries).await?;
    if let Some(position) = asked.rest.min_position {
        app.caught_up(recovery::NAME, me.account, position).await?;
    }
    let question = Question::of(Matter::Recoveries);
    let record = async |at| reader.is_shown(app, &me, question.as_of(at)).await;
    asked.shown(app, me.account, &[recovery::NAME], record).await
}
