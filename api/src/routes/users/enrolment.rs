//! `GET /v1/users/{user}/enrolment`: may this person enrol, and if not: each rule that stands in the way, the
//! event that set it, and what to do.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use strum::IntoEnumIterator as _;
use twofold_domain::account::Account;
use twofold_domain::factor::FactorKind;
use twofold_domain::ids::{AccountId, StreamId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::user::{Obstacle, User};
use twofold_infra::store::{AggregateKind, Stream};
use utoipa::ToSchema;

use super::one::where_they_stand;
use crate::app::App;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::routes::door::{Session, UserName, user};
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
    /// The kinds of factor that they may bind.
    #[schema(value_type = Vec<String>)]
    kinds: Vec<FactorKind>,
    /// What stands in the way, each of it; empty where nothing does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    obstacles: Vec<Hindrance>,
}

/// Something that stands in the way of an enrolment.
#[derive(Serialize, ToSchema)]
struct Hindrance {
    /// The rule: `account_disabled`, `ticket_needed`, `locked`, and so on.
    rule: &'static str,
    /// The number of the event that set it, as the audit log has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<u64>,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Instant>,
    /// When it ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Instant>,
    /// What to do, and who can.
    fix: &'static str,
}

/// What to do, and who can.
const fn fix(obstacle: Obstacle) -> &'static str {
    match obstacle {
        Obstacle::Erased => "Nothing: this person was erased. Register them anew.",
        Obstacle::AccountClosed => "Nothing: the account is closed for good.",
        Obstacle::Deactivated => "An owner or admin reactivates them.",
        Obstacle::AccountDisabled => "An owner enables two-factor authentication for the account again.",
        Obstacle::TicketNeeded => "After a compromise an administrator issues an enrolment ticket.",
        Obstacle::MailboxTooFresh(_) => "Wait, or an administrator issues an enrolment ticket.",
        Obstacle::MailedCodesLocked => "An owner or admin unlocks them.",
        Obstacle::MailedTriesSpent(_) => "Wait, or an administrator issues an enrolment ticket.",
        Obstacle::Locked => "An owner or admin unlocks them.",
        Obstacle::TooManyFactors => "They remove a factor that they do not use any more.",
    }
}

/// The last event that set it: its stream, and what it is called.
async fn set_by(
    app: &App,
    account: AccountId,
    person: UserId,
    obstacle: Obstacle,
) -> Result<Option<(u64, twofold_domain::time::Timestamp)>, Problem> {
    let (of_account, types) = obstacle.events();
    let stream = if of_account {
        Stream { kind: AggregateKind::Account, id: StreamId::account(account) }
    } else {
        Stream { kind: AggregateKind::User, id: StreamId::user(account, person) }
    };
    let events = app.store().read_stream(stream).await?;
    let last = events.iter().rev().find(|event| types.contains(&event.event_type.as_str()));
    Ok(last.map(|event| (event.account_seq, event.recorded_at)))
}

/// May this person enrol a second factor, and if not: why not, and what to do.
#[utoipa::path(get, path = "/v1/users/{user}/enrolment", tag = "people", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…` or `me`.")),
    responses((status = 200, description = "Whether they may.", body = Enrolment), Reading))]
pub(super) async fn enrolment(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
) -> Result<Response, Problem> {
    let (me, id) = session.may_upon(&app, who, |_| Deed::ReadOwn, |_| Deed::ReadPeople).await?;
    let account = app.desk.log().accounts.load(StreamId::account(me.account)).await?.state;
    let state = user(&app, me.account, id).await?.state;
    Ok(Json(why(&app, &account, &state, me.account, id).await?).into_response())
}

async fn why(
    app: &App,
    account: &Account,
    state: &User,
    id: AccountId,
    person: UserId,
) -> Result<Enrolment, Problem> {
    let now = app.now_of(id);
    let role = state.role().ok_or_else(Problem::not_found)?;
    let mut obstacles = vec![];
    for obstacle in state.obstacles(account, now) {
        let set = set_by(app, id, person, obstacle).await?;
        obstacles.push(Hindrance {
            rule: obstacle.name(),
            event: set.map(|(event, _)| event),
            since: set.map(|(_, at)| Instant(at)),
            until: obstacle.until().map(Instant),
            fix: fix(obstacle),
        });
    }
    let policy = account.policy(role.audience(), now);
    let (standing, _) = where_they_stand(account, state, role, now);
    Ok(Enrolment {
        may_enrol: obstacles.is_empty(),
        must_enrol: standing == twofold_domain::status::Standing::Pending,
        takes: if state.first_binding(account.generation) { "mailed_code" } else { "step_up" },
        kinds: FactorKind::iter().filter(|kind| policy.allows(*kind)).collect(),
        obstacles,
    })
}
