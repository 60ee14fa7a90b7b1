//! `GET /v1/users/{user}/enrolment`: may this person enrol, and if not: which rules, and what to do.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use twofold_domain::sign_in::Obstacle;
use twofold_domain::status::stands;
use twofold_projections::audit;
use utoipa::ToSchema;

use crate::app::App;
use crate::as_of::Viewed;
use crate::extract::Path;
use crate::obstacles::{InTheWay, in_the_way};
use crate::problem::{Missing, Problem};
use crate::routes::as_of::AsOf;
use crate::routes::door::UserName;
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
    /// What a binding takes beyond the code of the new factor: `mailed_code` for a first one, `ticket` where the
    /// last one was in wrong hands, `step_up` for a further one.
    takes: &'static str,
    /// Everything that stands in the way, in the order in which they would meet it.
    obstacles: Vec<ObstacleShown>,
}

/// What stands in the way of an enrolment.
#[derive(Serialize, ToSchema)]
struct ObstacleShown {
    /// The rule: `erased`, `deactivated`, `frozen`, `no_password`, `password_spent`, `hard_cap`, `tries_spent`,
    /// `account_disabled`, `exemption`, `ticket_needed`, `compromise_fresh`,
    /// `mailbox_too_fresh`, `address_replaced`, `nothing_to_bind`, `too_many_factors`.
    rule: &'static str,
    /// The type of the event that set it.
    set_by: &'static str,
    /// Its position, by which the log has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<u64>,
    /// Since when it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Instant>,
    /// When it ends by itself, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Instant>,
    /// What to do, and who can.
    fix: &'static str,
}

impl From<InTheWay> for ObstacleShown {
    fn from(InTheWay { obstacle, set_by, until }: InTheWay) -> Self {
        Self {
            rule: obstacle.name(),
            set_by: obstacle.set_by(),
            position: set_by.as_ref().map(|event| event.row.account_seq),
            since: set_by.as_ref().map(|event| event.row.recorded_at.into()),
            until: until.map(Into::into),
            fix: fix(obstacle),
        }
    }
}

const fn fix(obstacle: Obstacle) -> &'static str {
    match obstacle {
        Obstacle::Erased => "Nothing: this person was erased. Register them anew.",
        Obstacle::Deactivated => "Staff reactivates them.",
        Obstacle::Frozen => "They come back by the link that is mailed to them; staff can vouch for them.",
        Obstacle::NoPassword => "They use the link of their invitation, or staff sends another one.",
        Obstacle::PasswordSpent => "They choose another password at “Forgot your password?”.",
        Obstacle::HardCap => "Staff lifts their locks.",
        Obstacle::TriesSpent => "They wait until `until`, or staff lifts their locks.",
        Obstacle::AccountDisabled => "An owner enables two-factor authentication for the account again.",
        Obstacle::Exemption => "They wait until the exemption ends, or staff ends it.",
        Obstacle::TicketNeeded => "After a compromise an administrator issues an enrolment ticket.",
        Obstacle::CompromiseFresh => {
            "They wait 72 hours from their change of role: nobody issues tickets for customers of the account."
        }
        Obstacle::MailboxTooFresh => {
            "They wait 72 hours from the reset of their password, or an administrator issues an enrolment ticket."
        }
        Obstacle::AddressReplaced => {
            "They wait 72 hours from the change of their address, or an administrator issues an enrolment ticket."
        }
        Obstacle::NothingToBind => {
            "An administrator allows a kind that this installation has, or its operator sets up the way that is missing."
        }
        Obstacle::TooManyFactors => "They remove one that they no longer use.",
    }
}

/// May this person enrol a second factor, and if not: why not, and what to do.
#[utoipa::path(get, path = "/v1/users/{user}/enrolment", tag = "people", security(("bearer" = []), ("password" = [])),
    params(("user" = String, Path, description = "`usr_…` or `me`.")),
    responses((status = 200, description = "Whether they may.", body = Viewed<Enrolment>), Reading))]
pub(super) async fn enrolment(
    State(app): State<App>,
    reader: Reader,
    Path(who): Path<UserName>,
    asked: AsOf,
) -> Result<Response, Problem> {
    let (seen, id) = reader.may_see(&app, who, &asked, &[audit::NAME]).await?;
    let account = seen.account(&app).await?.state;
    let state = seen.user(&app, id).await?.state;
    let role = state.role().ok_or_else(|| Problem::missing(Missing::Person))?;
    let at = seen.instant();
    let found = in_the_way(&app, &seen, &account, id, &state).await?;
    let obstacles: Vec<ObstacleShown> = found.into_iter().map(ObstacleShown::from).collect();
    let (standing, _) = stands(&account, &state, role, at);
    let shown = Enrolment {
        may_enrol: obstacles.is_empty(),
        must_enrol: standing == twofold_domain::status::Standing::Pending,
        takes: match state.first_binding(account.generation) {
            true if state.ticket_owed() => "ticket",
            true => "mailed_code",
            false => "step_up",
        },
        obstacles,
    };
    Ok(seen.shows(shown).into_response())
}
