//! `POST /v1/email-changes`: use the link that was mailed to a new address; `POST /v1/email-changes/object`: the
//! one that was mailed to the address before.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use twofold_domain::ids::{AccountId, UserId};
use twofold_infra::acts::{ConfirmEmail, KeepEmail};
use twofold_infra::verify::token::{Bearer, LinkToken};
use utoipa::ToSchema;

use crate::app::App;
use crate::extract::Json;
use crate::problem::{Problem, kinds};
use crate::routes::change::{Answer, Placed};
use crate::routes::door::Visitor;
use crate::routes::show::Secret;
use crate::routes::usual::Entering;

/// The link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAddress {
    /// The last segment of the link: `tfl_…`.
    token: Secret,
}

/// Whose address it is from now on, or still.
#[derive(Serialize, ToSchema)]
pub(super) struct AddressChanged {
    /// Their account.
    #[schema(value_type = String)]
    account: AccountId,
    /// The person.
    #[schema(value_type = String)]
    user: UserId,
}

/// Confirm a new address.
///
/// The old one is told, and serves recovery for 72 hours. Code `taken` where somebody else has it meanwhile.
#[utoipa::path(post, path = "/v1/email-changes", tag = "entry", request_body = NewAddress,
    responses((status = 200, description = "It is theirs.", body = Placed<AddressChanged>), Entering))]
pub(super) async fn confirm_email(
    State(app): State<App>,
    Visitor(context): Visitor,
    Json(body): Json<NewAddress>,
) -> Result<Response, Problem> {
    let over = || Problem::new(kinds::LINK_OVER).detail("this link is no longer valid");
    let token = Bearer::<LinkToken>::parse(body.token.expose()).map_err(|_| over())?;
    let account = token.account();
    let done = app.perform(account, context, ConfirmEmail { token: token.into() }).await;
    let done = done.map_err(|problem| if problem.kind() == kinds::NOT_FOUND { over() } else { problem })?;
    Ok(Answer::ok(AddressChanged { account, user: done.reply }).at(done.position))
}

/// Stop a change of address.
///
/// With the link that was mailed to the address they have, for as long as the new one is not confirmed. It stays
/// theirs, and they are told.
#[utoipa::path(post, path = "/v1/email-changes/object", tag = "entry", request_body = NewAddress,
    responses((status = 200, description = "It stays as it is.", body = Placed<AddressChanged>), Entering))]
pub(super) async fn object_to_email(
    State(app): State<App>,
    Visitor(context): Visitor,
    Json(body): Json<NewAddress>,
) -> Result<Response, Problem> {
    let over = || Problem::new(kinds::LINK_OVER).detail("this link is no longer valid");
    let token = Bearer::<LinkToken>::parse(body.token.expose()).map_err(|_| over())?;
    let account = token.account();
    let done = app.perform(account, context, KeepEmail { token: token.into() }).await;
    let done = done.map_err(|problem| if problem.kind() == kinds::NOT_FOUND { over() } else { problem })?;
    Ok(Answer::ok(AddressChanged { account, user: done.reply }).at(done.position))
}
