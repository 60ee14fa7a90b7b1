//! `DELETE /v1/users/{user}/identity-providers/{provider}`: let somebody in through it no more.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::UnlinkProvider;

use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::change::no_content;
use crate::routes::door::{Session, UserName};
use crate::routes::usual::Changing;

/// A provider of a person.
#[derive(Deserialize)]
pub(super) struct ProviderPath {
    user: UserName,
    provider: String,
}

/// Unlink a person from an identity provider.
///
/// Their sessions end. Code `last_way_in` where it is the only one: invite them first, so that they set a password.
#[utoipa::path(delete, path = "/v1/users/{user}/identity-providers/{provider}", tag = "people",
    security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…`"), ("provider" = String, Path)),
    responses((status = 204, description = "Unlinked."), Changing))]
pub(super) async fn unlink(
    State(app): State<App>,
    session: Session,
    Path(path): Path<ProviderPath>,
) -> Result<Response, Problem> {
    let me = session.may(&app, Deed::ReadOwn).await?;
    let credential = session.credential.clone();
    let act = UnlinkProvider { credential, user: path.user.of(&me), provider: path.provider };
    Ok(no_content(&app.perform(me.account, session.context.clone(), act).await?))
}
