//! `POST /v1/users/{user}/unfreeze`: vouch for the way back of somebody whose sign-in is frozen.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::{Unfreeze, Vouching};
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Placed, Repeatably, perform};
use crate::routes::door::{Session, UserName};
use crate::routes::show::Instant;
use crate::routes::usual::Changing;

/// Why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VouchReason {
    /// In your words: at most 500 characters. It stands in the log, sealed under the person's key.
    reason: String,
}

/// A way back that takes no second factor.
#[derive(Serialize, Clone, ToSchema)]
pub(super) struct Vouched {
    /// From when: now for a member of the team, after 72 hours for an end user, who is told; and no sooner than 72 hours
    /// after staff replaced the address.
    opens_at: Instant,
    /// Where the link goes, masked: look whether it is theirs.
    goes_to: String,
    /// When their address last changed, if ever. The link may go to the one before the change, or to a new one; where
    /// it is wrong, put the address right instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    address_changed_at: Option<Instant>,
}

impl Repeatably for Vouched {
    fn repeated(self) -> Self {
        self
    }
}

/// Vouch for the way back of somebody whose sign-in is frozen.
///
/// It lets nobody in, and nothing of it is shown to you: a link is mailed to the person, who chooses a new password
/// with it. Their second factor stays as it is, and is asked for at the next sign-in. Of strictly lower roles only.
/// Codes `not_frozen`, `reset_waiting`; `address_disputed` where the address before said "not me" of the change that
/// you made: then another owner gives their word, or another
/// of staff who was here before; a sole owner's own word holds 72 hours later. `address_in_correction` while a correction of their
/// address by staff is not confirmed: have it confirmed, ask for another one, or cancel it
/// (`DELETE /v1/users/{user}/email-change`), then vouch; it ends by itself at `ends_at`.
#[utoipa::path(post, path = "/v1/users/{user}/unfreeze", tag = "recovery", operation_id = "unfreeze",
    security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = VouchReason,
    responses((status = 200, description = "The link was mailed.", body = Placed<Vouched>), Changing))]
pub(super) async fn unfreeze(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    Change { body, repeat }: Change<VouchReason>,
) -> Result<Response, Problem> {
    let me = session.may(&app, Deed::ReadOwn).await?;
    let (user, circle) = (who.of(&me), app.circle(me.account).await?);
    let act = Unfreeze { credential: session.credential.clone(), user, reason: body.reason, circle };
    let view = |vouched: &Vouching| {
        Answer::ok(Vouched {
            opens_at: Instant(vouched.from),
            goes_to: vouched.goes_to.clone(),
            address_changed_at: vouched.address_changed_at.map(Instant),
        })
    };
    perform(&app, &session, &repeat, act, view).await
}
