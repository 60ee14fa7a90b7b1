//! `GET /v1/users/{user}/enrolment`: may this person enrol, and if not: which rule, and what to do.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use twofold_domain::account::{Account, Switch};
use twofold_domain::ids::StreamId;
use twofold_domain::user::User;
use utoipa::ToSchema;

use super::one::where_they_stand;
use crate::app::App;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::routes::door::{UserName, user};
use crate::routes::reader::Reader;
use crate::routes::show::Instant;
use crate::routes::usual::Reading;

/// Whether a person may enrol.
#[derive(Serialize, ToSchema)]
pub(super) struct Enrolment {
    /// They may.
    may_enrol: bool,
    /// They must, before anything else.
    must_enrol: bool,
    /// What a binding takes beyond the code of the new factor: `mailed_code` for a first one, `step_up` for a
    /// further one.
    takes: &'static str,
    /// What stands in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    obstacle: Option<Obstacle>,
}

/// What stands in the way of an enrolment.
#[derive(Serialize, ToSchema)]
struct Obstacle {
    /// The rule: `account_disabled`, `ticket_needed`, `erased`.
    rule: &'static str,
    /// Since when it holds, where one event set it.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Instant>,
    /// What to do, and who can.
    fix: &'static str,
}

fn obstacle(account: &Account, user: &User) -> Option<Obstacle> {
    if user.erased {
        let fix = "Nothing: this person was erased. Register them anew.";
        return Some(Obstacle { rule: "erased", since: None, fix });
    }
    if let Switch::Off { since } = account.switch {
        let fix = "An owner enables two-factor authentication for the account again.";
        return Some(Obstacle { rule: "account_disabled", since: Some(since.into()), fix });
    }
    if user.needs_ticket && user.first_binding(account.generation) {
        let fix = "After a compromise an administrator issues an enrolment ticket.";
        return Some(Obstacle { rule: "ticket_needed", since: None, fix });
    }
    None
}

/// May this person enrol a second factor, and if not: why not, and what to do.
#[utoipa::path(get, path = "/v1/users/{user}/enrolment", tag = "people", security(("bearer" = []), ("password" = [])),
    params(("user" = String, Path, description = "`usr_…` or `me`.")),
    responses((status = 200, description = "Whether they may.", body = Enrolment), Reading))]
pub(super) async fn enrolment(
    State(app): State<App>,
    reader: Reader,
    Path(who): Path<UserName>,
) -> Result<Response, Problem> {
    let (account_id, id) = reader.may_see(&app, who).await?;
    let account = app.desk.log().accounts.load(StreamId::account(account_id)).await?.state;
    let state = user(&app, account_id, id).await?.state;
    let role = state.role().ok_or_else(Problem::not_found)?;
    let obstacle = obstacle(&account, &state);
    let (standing, _) = where_they_stand(&account, &state, role, app.now_of(account_id));
    let shown = Enrolment {
        may_enrol: obstacle.is_none(),
        must_enrol: standing == twofold_domain::status::Standing::Pending,
        takes: if state.first_binding(account.generation) { "mailed_code" } else { "step_up" },
        obstacle,
    };
    Ok(Json(shown).into_response())
}
