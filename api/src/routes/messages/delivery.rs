//! `GET /v1/accounts/{account}/delivery`: how messages of an account fare.

use axum::extract::State;
use serde::Serialize;
use strum::IntoEnumIterator as _;
use twofold_domain::delivery::Channel;
use twofold_domain::ids::UserId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question};
use twofold_infra::store::Backlog;
use twofold_projections::messages;
use utoipa::ToSchema;

use crate::app::App;
use crate::as_of::Viewed;
use crate::extract::Path;
use crate::problem::Problem;
use crate::routes::as_of::AsOf;
use crate::routes::door::AccountName;
use crate::routes::reader::Reader;
use crate::routes::show::Instant;
use crate::routes::usual::Reading;

/// How messages of an account fare.
#[derive(Serialize, ToSchema)]
pub(super) struct Delivery {
    /// By mail, and by SMS.
    channels: Vec<ChannelShown>,
    /// What waits now, by the ways that something waits for. Of no past instant: what waits stands beside the log, and is
    /// deleted when it is sent or given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<Vec<WaitingShown>>,
    /// People to whom messages fail again and again; at most 1,000.
    unreached: Vec<UnreachedShown>,
}

/// What waits to go one way.
#[derive(Serialize, ToSchema)]
struct WaitingShown {
    /// `mail` or `sms`.
    channel: &'static str,
    /// Messages that wait.
    messages: u64,
    /// When the oldest of them was written.
    oldest: Instant,
}

/// One way.
#[derive(Serialize, ToSchema)]
struct ChannelShown {
    /// `mail` or `sms`.
    channel: &'static str,
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
///
/// As of an event it says whom they did not reach then; what waits, only of now.
#[utoipa::path(get, path = "/v1/accounts/{account}/delivery", tag = "messages",
    security(("bearer" = []), ("password" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name.")),
    responses((status = 200, description = "How they fare.", body = Viewed<Delivery>), Reading))]
pub(super) async fn delivery(
    State(app): State<App>,
    reader: Reader,
    Path(account): Path<AccountName>,
    asked: AsOf,
) -> Result<Viewed<Delivery>, Problem> {
    let me = reader.of_account(&app, &account, Deed::ReadStatus).await?;
    let record = async |at| reader.is_shown(&app, &me, Question::of(Matter::Delivery).as_of(at)).await;
    let seen = asked.shown(&app, me.account, &[messages::NAME], record).await?;
    let state = seen.account(&app).await?.state;
    let waiting = if seen.is_past() { None } else { Some(app.store().backlog(Some(me.account)).await?) };
    let waits = |waits: &Backlog| WaitingShown {
        channel: waits.channel.name(),
        messages: waits.waiting,
        oldest: waits.oldest.into(),
    };
    let shown = |channel: Channel| ChannelShown {
        channel: channel.name(),
        told_at: state.trouble_told.get(&channel).map(|at| (*at).into()),
    };
    let unreached = messages::unreached(app.store().views(), me.account, seen.position()).await?;
    let unreached = unreached.iter().flat_map(|row| {
        row.failing().map(|failing| UnreachedShown {
            user: row.user_id,
            channel: failing.channel.name(),
            failures: failing.failures,
            why: failing.why.name(),
            since: failing.since.into(),
        })
    });
    Ok(seen.shows(Delivery {
        channels: Channel::iter().map(shown).collect(),
        waiting: waiting.map(|all| all.iter().map(waits).collect()),
        unreached: unreached.collect(),
    }))
}
