//! `GET /v1/users/{user}/sign-ins` and `…/{position}`: what was decided at each sign-in, and why.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use twofold_domain::device::{Decision, DeviceEvent, Why};
use twofold_domain::ids::{DeviceId, SignInId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::Matter;
use twofold_projections::audit;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::as_of::Viewed;
use crate::cursor::{Cursor, Limit, Page};
use crate::explained::{self, Started, explained};
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::as_of::AsOf;
use crate::routes::door::{Session, SignInPath, UserName};
use crate::routes::show::Instant;
use crate::routes::usual::Reading;

const LIST: &str = "sign-ins";

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Where the list goes on.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
    /// Rows of a page, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>)]
    limit: Limit,
}

/// A sign-in that a right password, or a program's word, opened.
#[derive(Serialize, ToSchema)]
pub(super) struct SignInShown {
    /// Its place in the log, by which its reasons are explained.
    position: u64,
    /// The attempt.
    #[schema(value_type = String)]
    sign_in: SignInId,
    /// On which device.
    #[schema(value_type = String)]
    device: DeviceId,
    /// When.
    at: Instant,
    /// What was asked: `complete`: nothing more; `challenge`: a second factor; `enrol`: to set one up.
    decision: &'static str,
    /// Why, in the order in which it was found.
    reasons: Vec<&'static str>,
}

impl SignInShown {
    fn of(started: &Started) -> Option<Self> {
        let DeviceEvent::SignInStarted { sign_in, decision, reasons, at, .. } = &started.event else {
            return None;
        };
        Some(Self {
            position: started.position,
            sign_in: *sign_in,
            device: started.device,
            at: (*at).into(),
            decision: word(*decision),
            reasons: reasons.iter().map(<&'static str>::from).collect(),
        })
    }
}

fn word(decision: Decision) -> &'static str {
    decision.into()
}

/// Somebody's sign-ins, the newest first: whether they were asked for a second factor, and why.
///
/// Everybody sees their own (`me`); staff see those of whom they may help.
#[utoipa::path(get, path = "/v1/users/{user}/sign-ins", tag = "devices", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…` or `me`."), Which),
    responses((status = 200, description = "One page.", body = Viewed<Page<SignInShown>>), Reading))]
pub(super) async fn sign_ins(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    asked: AsOf<Which>,
) -> Result<Viewed<Page<SignInShown>>, Problem> {
    let (deed, matter, which) = (Deed::ReadDevices, Matter::SignIns, &asked.rest);
    let (at, _, id) = session.sees(&app, who, deed, matter, &asked, &[audit::NAME]).await?;
    at.user(&app, id).await?;
    let before = which.cursor.as_ref().map(|cursor| cursor.open::<u64>(LIST)).transpose()?;
    let rows = which.limit.get() as u32 + 1;
    let found = explained::sign_ins(&app, &at, id, before, rows).await?;
    let shown = found.iter().filter_map(SignInShown::of).collect();
    Ok(at.shows(Page::cut(shown, which.limit, LIST, |row: &SignInShown| row.position)?))
}

/// A reason, and the event that it stands on.
#[derive(Serialize, ToSchema)]
#[schema(as = DecisionReason)]
struct Reason {
    /// Why: `enrolled`, `new_device`, `device_trusted`, `trust_ended`, `not_trusted`, `every_sign_in`,
    /// `required_not_enrolled`, `in_grace`, `optional_not_enrolled`, `account_suspended`, `account_disabled`,
    /// `exempted`, `asserted`, `kind_not_allowed`, `provider_only`.
    why: &'static str,
    /// The event that made it true, by its place in the log; absent where today's rules would find another course
    /// than those of that day.
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<u64>,
}

impl From<(Why, Option<u64>)> for Reason {
    fn from((why, event): (Why, Option<u64>)) -> Self {
        Self { why: why.into(), event }
    }
}

/// Why a sign-in went as it went.
#[derive(Serialize, ToSchema)]
pub(super) struct Explained {
    /// Its place in the log.
    position: u64,
    /// The attempt.
    #[schema(value_type = String)]
    sign_in: SignInId,
    /// On which device.
    #[schema(value_type = String)]
    device: DeviceId,
    /// When.
    at: Instant,
    /// What was asked: `complete`, `challenge`, `enrol`.
    decision: &'static str,
    /// Why, each with the event that it stands on.
    reasons: Vec<Reason>,
    /// The event that set the policy in force; absent where the account began with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<u64>,
    /// How it was completed: `password`, `asserted`, `trust`, `otp`, and so on; absent where it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<&'static str>,
    /// The event that completed it; absent where it was not completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    completed: Option<u64>,
}

/// Why somebody was asked at a sign-in, or was not: each reason with the event of the log that it stands on.
#[utoipa::path(get, path = "/v1/users/{user}/sign-ins/{position}", tag = "devices", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…` or `me`."),
        ("position" = u64, Path, description = "The sign-in's place in the log.")),
    responses((status = 200, description = "Why.", body = Viewed<Explained>), Reading))]
pub(super) async fn why(
    State(app): State<App>,
    session: Session,
    Path(SignInPath { user: who, position }): Path<SignInPath>,
    asked: AsOf,
) -> Result<Viewed<Explained>, Problem> {
    let (deed, matter) = (Deed::ReadDevices, Matter::SignIns);
    let (at, _, id) = session.sees(&app, who, deed, matter, &asked, &[audit::NAME]).await?;
    at.user(&app, id).await?;
    let (sign_in, device, found) = explained(&app, &at, id, position).await?;
    let method = found.told();
    Ok(at.shows(Explained {
        position,
        sign_in,
        device,
        at: found.at.into(),
        decision: word(found.decision),
        reasons: found.reasons.into_iter().map(Reason::from).collect(),
        policy: found.policy,
        method,
        completed: found.completed,
    }))
}
