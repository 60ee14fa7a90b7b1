//! `POST /v1/users/{user}/reset-two-factor`: reset one person's second factor, and nobody else's.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use twofold_domain::permission::Act as Deed;
use twofold_domain::user::Help;
use twofold_infra::acts::{Consented, Reset as Came, ResetFactor};
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::{IfMatch, Path};
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Placed, perform};
use crate::routes::consent;
use crate::routes::door::{Session, UserName};
use crate::routes::usual::ChangingVersion;

/// Why.
#[derive(Deserialize, ToSchema)]
#[schema(as = ResetReason)]
#[serde(deny_unknown_fields)]
pub(super) struct Reason {
    /// In your words: at most 500 characters. It stands in the log, sealed under the person's key.
    reason: String,
    /// Whether it may be in wrong hands: then only an enrolment ticket binds a new one. Not for end users.
    #[serde(default)]
    compromise: bool,
}

/// Reset one person's second factor.
///
/// Factors, recovery codes, trust, and sessions of that person end; they are told by mail. Of strictly lower
/// roles only.
#[utoipa::path(post, path = "/v1/users/{user}/reset-two-factor", tag = "people", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…`"),
        ("If-Match" = String, Header, description = "The ETag of your last read of this person."),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = Reason,
    responses((status = 200, description = "It is reset.", body = Placed<consent::Came>),
        (status = 202, description = "It waits for a second owner, or for the person's objection.",
            body = Placed<consent::Came>), ChangingVersion))]
pub(super) async fn reset(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    seen: Option<IfMatch>,
    Change { body, repeat }: Change<Reason>,
) -> Result<Response, Problem> {
    let (_, user) = session.may_help(&app, who, Deed::ResetFactor, Help::Reset).await?;
    let IfMatch(seen) = IfMatch::required(seen)?;
    let act = ResetFactor {
        credential: session.credential.clone(),
        user,
        reason: body.reason,
        compromise: body.compromise,
        seen: Some(seen),
        circle: app.circle(session.credential.account()).await?,
    };
    let now = app.now();
    perform(&app, &session, &repeat, act, move |came| match came {
        Consented::Done(Came::Done) => Answer::ok(consent::Came::default()),
        Consented::Done(Came::Scheduled(at)) => consent::due(*at),
        Consented::Done(Came::Refused { why, until }) => {
            Answer::refused(Problem::recovery_refused(*why, Some(*until), now))
        }
        Consented::Waits(requested) => consent::waits(*requested),
    })
    .await
}
