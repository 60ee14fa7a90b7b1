//! `POST`, `DELETE /v1/users/{user}/email-change`: ask for another address, one's own or somebody's, or stop that.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::{CancelEmailChange, Consented, RequestEmailChange};
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Placed, Repeatably, no_content, perform};
use crate::routes::consent::Waiting;
use crate::routes::door::{Session, UserName};
use crate::routes::show::Instant;
use crate::routes::usual::Changing;

/// Which.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewEmail {
    /// The new address.
    #[schema(example = "grace@example.org")]
    email: String,
    /// In your words: needed where a second owner must agree. At most 500 characters.
    reason: Option<String>,
}

/// A change that waits for its confirmation.
#[derive(Serialize, ToSchema)]
pub(super) struct EmailChangeAsked {
    /// When the link at the new address ends.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Instant>,
    /// No link was mailed yet: a second owner approves it, or its time comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    approval: Option<Waiting>,
}

impl Repeatably for EmailChangeAsked {
    fn repeated(self) -> Self {
        self
    }
}

/// Change an address.
///
/// The new one is mailed a link, good for a day; the old one is told. One's own takes a fresh second factor, or, of
/// whoever has none, a sign-in within the last ten minutes; the answer is the same where the new one is in use: only its
/// mailbox learns that. The old one is mailed a link that stops the change; so does whatever ends the person's sessions.
/// For 72 hours after a change recovery goes to the old address, unless nobody ever proved it.
///
/// What staff ask for stands through that, also of somebody who is frozen or deactivated: no link stops it, only staff,
/// or a "not me" before the sign-in is frozen; then whoever asked is told. Code `taken` where the address is somebody
/// else's, or kept for them. Another owner's takes a second owner, or a wait.
#[utoipa::path(post, path = "/v1/users/{user}/email-change", tag = "people", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…` or `me`."),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = NewEmail,
    responses((status = 202, description = "Asked for.", body = Placed<EmailChangeAsked>), Changing))]
pub(super) async fn change_email(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    Change { body, repeat }: Change<NewEmail>,
) -> Result<Response, Problem> {
    let me = session.may(&app, Deed::ReadOwn).await?;
    let (credential, circle) = (session.credential.clone(), app.circle(me.account).await?);
    let NewEmail { email, reason } = body;
    let act = RequestEmailChange { credential, user: who.of(&me), email, reason, circle };
    perform(&app, &session, &repeat, act, |came| {
        let (asked, location) = match came {
            Consented::Done(expires_at) => {
                (EmailChangeAsked { expires_at: Some((*expires_at).into()), approval: None }, None)
            }
            Consented::Waits(requested) => {
                let place = format!("/v1/approvals/{}", requested.approval);
                (EmailChangeAsked { expires_at: None, approval: Some((*requested).into()) }, Some(place))
            }
        };
        Answer { status: StatusCode::ACCEPTED, location, ..Answer::ok(asked) }
    })
    .await
}

/// Stop a change of address.
///
/// It only ever keeps things as they are: one's own, as one asked for it, in any session; of somebody else, whoever may
/// end their sessions.
/// They are told. Code `no_change_waits` where none waits.
#[utoipa::path(delete, path = "/v1/users/{user}/email-change", tag = "people", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…` or `me`.")),
    responses((status = 204, description = "The address stays."), Changing))]
pub(super) async fn keep_email(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
) -> Result<Response, Problem> {
    let me = session.may(&app, Deed::ReadOwn).await?;
    let act = CancelEmailChange { credential: session.credential.clone(), user: who.of(&me) };
    Ok(no_content(&app.perform(me.account, session.context.clone(), act).await?))
}
