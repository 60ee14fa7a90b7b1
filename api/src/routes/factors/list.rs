//! `GET /v1/users/me/factors`: one's own factors.

use axum::extract::State;
use serde::Serialize;
use twofold_domain::ids::{AccountId, FactorId, StockTokenId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::user::User;
use twofold_infra::acts::masked_number;
use utoipa::ToSchema;

use super::shown::FactorShown;
use crate::app::App;
use crate::as_of::{Standpoint, Viewed};
use crate::problem::Problem;
use crate::routes::as_of::AsOf;
use crate::routes::door::Session;
use crate::routes::show::{Instant, open};
use crate::routes::usual::Reading;

/// One's own factors: the active ones, and the one that is being bound.
#[derive(Serialize, ToSchema)]
pub(super) struct Factors {
    items: Vec<FactorShown>,
    /// Hardware tokens that staff handed you and that you have not bound.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    assigned: Vec<Assigned>,
}

/// A hardware token that waits to be bound.
#[derive(Serialize, ToSchema)]
struct Assigned {
    /// Which: send it as `assigned`.
    #[schema(value_type = String)]
    token: StockTokenId,
    /// What is printed on it.
    serial: Option<String>,
}

/// My factors.
#[utoipa::path(get, path = "/v1/users/me/factors", tag = "factors", security(("bearer" = [])),
    responses((status = 200, description = "The factors.", body = Viewed<Factors>), Reading))]
pub(super) async fn list(
    State(app): State<App>,
    session: Session,
    asked: AsOf,
) -> Result<Viewed<Factors>, Problem> {
    let me = session.may(&app, Deed::ReadOwn).await?;
    let at = asked.stand(&app, me.account, &[]).await?;
    let items = own(&app, &at, me.user).await?;
    let mut assigned = vec![];
    for (&token, detail) in &at.user(&app, me.user).await?.state.assigned {
        let serial = match &detail.stock {
            Some(stock) => open(&app, me.account, me.user, &stock.serial).await?,
            None => None,
        };
        assigned.push(Assigned { token, serial });
    }
    Ok(at.shows(Factors { items, assigned }))
}

/// Somebody's factors, the active ones first.
pub(super) async fn own(app: &App, at: &Standpoint, user: UserId) -> Result<Vec<FactorShown>, Problem> {
    let generation = at.account(app).await?.state.generation;
    let (account, state) = (at.account_id(), at.user(app, user).await?.state);
    let mut items = vec![];
    for (&id, factor) in state.enrolled(generation).into_iter().flat_map(|enrolled| &enrolled.factors) {
        items.push(FactorShown {
            id,
            state: "active",
            kind: factor.kind(),
            passkey: factor.held.is_passkey(),
            name: open(app, account, user, &factor.name).await?,
            number: number(app, account, user, &state, id).await?,
            since: factor.since.into(),
            preferred: state.enrolled(generation).is_some_and(|e| e.preferred == Some(id)),
            last_used: factor.used_at.map(Instant::from),
        });
    }
    for pending in state.pending.iter().filter(|pending| pending.generation == generation) {
        items.push(FactorShown {
            id: pending.factor,
            state: "pending",
            kind: pending.kind(),
            passkey: None,
            name: open(app, account, user, &pending.name).await?,
            number: number(app, account, user, &state, pending.factor).await?,
            since: pending.since.into(),
            preferred: false,
            last_used: None,
        });
    }
    Ok(items)
}

/// The number of a factor, masked.
async fn number(
    app: &App,
    account: AccountId,
    person: UserId,
    state: &User,
    factor: FactorId,
) -> Result<Option<String>, Problem> {
    masked_number(&app.desk, account, person, state, factor).await.map_err(|error| app.problem(error))
}
