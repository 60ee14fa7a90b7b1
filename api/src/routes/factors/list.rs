//! `GET /v1/users/me/factors`: one's own factors.

use axum::extract::State;
use serde::Serialize;
use twofold_domain::ids::StreamId;
use twofold_domain::permission::Act as Deed;
use utoipa::ToSchema;

use super::shown::FactorShown;
use crate::app::App;
use crate::extract::Json;
use crate::problem::Problem;
use crate::routes::door::{Session, user};
use crate::routes::show::open;
use crate::routes::usual::Reading;

/// One's own factors: the active ones, and the one that is being bound.
#[derive(Serialize, ToSchema)]
pub(super) struct Factors {
    items: Vec<FactorShown>,
}

/// My factors.
#[utoipa::path(get, path = "/v1/users/me/factors", tag = "factors", security(("bearer" = [])),
    responses((status = 200, description = "The factors.", body = Factors), Reading))]
pub(super) async fn list(State(app): State<App>, session: Session) -> Result<Json<Factors>, Problem> {
    Ok(Json(Factors { items: own(&app, &session).await? }))
}

/// One's own factors, the active ones first.
pub(super) async fn own(app: &App, session: &Session) -> Result<Vec<FactorShown>, Problem> {
    let me = session.may(app, Deed::ReadOwn).await?;
    let generation = app.desk.log().accounts.load(StreamId::account(me.account)).await?.state.generation;
    let state = user(app, me.account, me.user).await?.state;
    let mut items = vec![];
    for (&id, factor) in state.enrolled(generation).into_iter().flat_map(|enrolled| &enrolled.factors) {
        items.push(FactorShown {
            id,
            state: "active",
            kind: factor.kind(),
            passkey: factor.held.is_passkey(),
            name: open(app, me.account, me.user, &factor.name).await?,
            since: factor.since.into(),
        });
    }
    for pending in state.pending.iter().filter(|pending| pending.generation == generation) {
        items.push(FactorShown {
            id: pending.factor,
            state: "pending",
            kind: pending.kind(),
            passkey: None,
            name: open(app, me.account, me.user, &pending.name).await?,
            since: pending.since.into(),
        });
    }
    Ok(items)
}
