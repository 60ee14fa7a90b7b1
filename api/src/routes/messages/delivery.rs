//! `GET /v1/accounts/{account}/delivery`: how messages of an account fare.

use axum::extract::State;
use serde::Serialize;
use strum::IntoEnumIterator as _;
use twofold_domain::delivery::Channel;
use twofold_domain::ids::UserId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question};
use twofold_projections::messages;
use utoipa::ToSchema;

use crate::app::App;
use crate::as_of::Viewed;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::as_of::now;
use crate::routes::door::AccountName;
use crate::routes::reader::Reader;
use crate::routes::show::Instant;
use crate::routes::usual::Reading;

/// How messages of an account fare.
#[derive(Serialize, ToSchema)]
pub(super) struct Delivery {
    /// By mail, and by SMS.
    channels: Vec<ChannelShown>,
    /// People to whom messages fail again and again; at most 1,000.
    unreached: Vec<UnreachedShown>,
}

/// What waits to go one way.
#[derive(Serialize, ToSchema)]
struct ChannelShown {
    /// `mail` or `sms`.
    channel: &'static str,
    /// Messages that wait.
    waiting: u64,
    /// When the oldest of them was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest: Option<Instant>,
    /// When owners and admins were last told that messages fail this way.
    #[serde(skip_serializing_if = "Option::is_none")]
    told_at: Option<Instant>,
}

/// Somebody to whom messages fail.
#[derive(Serialize, ToSchema)]
struct UnreachedShown {
    /// Who.
    #[schema(value_type = String)]
    user: UserId,
    /// By which way.
    channel: &'static str,
    /// How often in a row.
    failures: u16,
    /// Why, the last time.
    why: &'static str,
    /// Since when.
    since: Instant,
}

/// How messages of an account fare: what waits, and whom they do not reach.
#[utoipa::path(get, path = "/v1/accounts/{account}/delivery", tag = "messages",
    security(("bearer" = []), ("password" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name.")),
    responses((status = 200, description = "How they fare.", body = Viewed<Delivery>), Reading))]
pub(super) async fn delivery(
    State(app): State<App>,
    reader: Reader,
    Path(account): Path<AccountName>,
) -> Result<Viewed<Delivery>, Problem> {
    let me =
        reader.reads_of_account(&app, &account, Deed::ReadStatus, Question::of(Matter::Delivery)).await?;
    let seen = now(&app, me.account, &[messages::NAME]).await?;
    let state = seen.account(&app).await?.state;
    let backlog = app.store().backlog(Some(me.account)).await?;
    let shown = |channel: Channel| {
        let waits = backlog.iter().find(|waits| waits.channel == channel);
        ChannelShown {
            channel: channel.name(),
            waiting: waits.map_or(0, |waits| waits.waiting),
            oldest: waits.map(|waits| waits.oldest.into()),
            told_at: state.trouble_told.get(&channel).map(|at| (*at).into()),
        }
    };
    let unreached = messages::unreached(app.store().views(), me.account).await?;
    let unreached = unreached.iter().flat_map(|row| {
        row.failing().map(|failing| UnreachedShown {
            user: row.user_id,
            channel: failing.channel.name(),
            failures: failing.failures,
            why: failing.why.name(),
            since: failing.since.into(),
        })
    });
    Ok(seen
        .shows(Delivery { channels: Channel::iter().map(shown).collect(), unreached: unreached.collect() }))
}
