//! `POST /v1/users/{user}/enrolment-tickets`: a ticket that, with the password, binds a first factor.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use twofold_domain::ids::TicketId;
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::IssueTicket;
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::{Answer, Change, Placed, Repeatably, perform};
use crate::routes::door::{Session, UserName};
use crate::routes::show::{Instant, Secret};
use crate::routes::usual::Changing;

/// Why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewTicket {
    /// In your words: at most 500 characters. It stands in the log, sealed under the person's key.
    reason: String,
}

/// A ticket.
#[derive(Serialize, ToSchema)]
pub(super) struct TicketShown {
    /// Its id.
    #[schema(value_type = String)]
    id: TicketId,
    /// What you tell the person: shown now and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<Secret>,
    /// When it ends.
    expires_at: Instant,
    /// The request was repeated: it was shown.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    already_shown: bool,
}

impl Repeatably for TicketShown {
    fn repeated(self) -> Self {
        Self { ticket: None, already_shown: true, ..self }
    }
}

/// Issue an enrolment ticket.
///
/// For members of the team without a second factor: typed in place of the mailed code, once, within 24 hours;
/// five wrong tries void it. After a reset for compromise nothing else binds a factor. A newer ticket takes the
/// place of an older one. Asked for a customer, or for whoever was one within 72 hours, it is refused, and on record. Code
/// `already_enrolled`.
#[utoipa::path(post, path = "/v1/users/{user}/enrolment-tickets", tag = "people", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "A repeat shows no ticket again.")),
    request_body = NewTicket,
    responses((status = 201, description = "The ticket.", body = Placed<TicketShown>), Changing))]
pub(super) async fn issue(
    State(app): State<App>,
    session: Session,
    Path(who): Path<UserName>,
    Change { body, repeat }: Change<NewTicket>,
) -> Result<Response, Problem> {
    let user = who.of(&session.may(&app, Deed::ReadOwn).await?);
    let act = IssueTicket { credential: session.credential.clone(), user, reason: body.reason };
    perform(&app, &session, &repeat, act, move |issued| {
        let shown = TicketShown {
            id: issued.ticket,
            ticket: Some(issued.code.clone().into()),
            expires_at: Instant(issued.expires_at),
            already_shown: false,
        };
        Answer::created(format!("/v1/users/{user}"), shown)
    })
    .await
}
