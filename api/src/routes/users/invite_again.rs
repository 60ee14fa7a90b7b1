//! `POST /v1/users/{user}/invitation`: mail somebody another invitation.

use axum::extract::State;
use axum::response::Response;
use twofold_domain::user::Help;
use twofold_infra::acts::InviteAgain;

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Empty, Nothing, Placed, perform};
use crate::routes::door::{Session, UserName};
use crate::routes::usual::Changing;

/// Invite a person again.
///
/// For whoever has no password: never set one, or not since they came back. The link before this one dies. Once
/// a minute at most: `mail_later`. Code `not_waiting` where there is a password.
#[utoipa::path(post, path = "/v1/users/{user}/invitation", tag = "people", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    responses((status = 200, description = "A link is on its way to them.", body = Placed<Nothing>), Changing))]
pub(super) async fn invite_again(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    Change { repeat, .. }: Change<Empty>,
) -> Result<Response, Problem> {
    let (_, user) = session.whom_to_help(&app, who, Help::Invitation).await?;
    let act = InviteAgain { credential: session.credential.clone(), user };
    perform(&app, &session, &repeat, act, |()| Answer::ok(Nothing {})).await
}
