//! `DELETE /v1/users/{user}/sessions/{session}`: end a session.

use axum::extract::State;
use axum::response::Response;
use twofold_domain::permission::Act as Deed;
use twofold_domain::user::Help;
use twofold_infra::acts::EndSession;
use twofold_projections::directory;

use crate::app::App;
use crate::extract::Path;
use crate::problem::{Missing, Problem};
use crate::routes::change::no_content;
use crate::routes::door::{Session, SessionPath};
use crate::routes::usual::Changing;

/// End a session.
///
/// Dead at its next request. One's own, or somebody's whom one's role may help.
#[utoipa::path(delete, path = "/v1/users/{user}/sessions/{session}", tag = "devices", security(("bearer" = [])),
    params(("user" = String, Path, description = "`usr_…` or `me`."),
        ("session" = String, Path, description = "`ses_…`")),
    responses((status = 204, description = "Ended.", headers(("Twofold-Position" = u64))), Changing))]
pub(super) async fn end(
    State(app): State<App>,
    session: Session,
    Path(SessionPath { user, session: ended }): Path<SessionPath>,
) -> Result<Response, Problem> {
    let (me, user) = session.may_help(&app, user, |_| Deed::EndOwn, Help::Sessions).await?;
    // The session may have begun a moment ago: the directory must have seen it.
    app.caught_up(directory::NAME, me.account, app.position(me.account).await?).await?;
    let found = directory::session(app.store().views(), me.account, ended).await?;
    let found = found.filter(|row| row.user_id == user).ok_or_else(|| Problem::missing(Missing::Device))?;
    let act = EndSession { credential: session.credential.clone(), device: found.device_id, session: ended };
    Ok(no_content(&app.perform(me.account, session.context, act).await?))
}
