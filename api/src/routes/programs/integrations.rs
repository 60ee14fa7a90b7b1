//! `GET /v1/accounts/{account}/integrations`: who uses the API without a person at the keyboard.

use axum::extract::State;
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question};
use twofold_projections::{integrations, status};

use crate::app::App;
use crate::as_of::Viewed;
use crate::extract::Path;
use crate::integrations::{Integrations, report};
use crate::problem::Problem;
use crate::routes::as_of::AsOf;
use crate::routes::door::AccountName;
use crate::routes::reader::Reader;
use crate::routes::usual::Reading;

/// Who uses the API without a person at the keyboard.
///
/// Programs that show somebody's password, each with what would become of it: now, if a second factor were
/// required of everybody, and under the policy that is scheduled. And API tokens with their last use; no such
/// policy breaks those. At most 1,000 of each; the report `integrations` has all of them, without what people call
/// things.
#[utoipa::path(get, path = "/v1/accounts/{account}/integrations", tag = "programs", operation_id = "integrations",
    security(("bearer" = []), ("password" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name.")),
    responses((status = 200, description = "The integrations.", body = Viewed<Integrations>), Reading))]
pub(super) async fn integrations(
    State(app): State<App>,
    reader: Reader,
    Path(account): Path<AccountName>,
    asked: AsOf,
) -> Result<Viewed<Integrations>, Problem> {
    let me = reader.of_account(&app, &account, Deed::ReadIntegrations).await?;
    let question = Question::of(Matter::Integrations);
    let record = async |at| reader.is_shown(&app, &me, question.as_of(at)).await;
    let at = asked.shown(&app, me.account, &[integrations::NAME, status::NAME], record).await?;
    let found = report(&app.desk, me.account, at.as_of()).await;
    found.map(|found| at.shows(found)).map_err(|error| app.problem(error))
}
