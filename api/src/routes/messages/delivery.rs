//! `GET /v1/accounts/{account}/delivery`: how messages of an account fare.

use axum::extract::State;
use serde::Serialize;
use strum::IntoEnumIterator as _;
use twofold_domain::delivery::{BudgetOf, Channel, SpentBudget, Undelivered};
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
    /// Budgets of the day that are spent: the account's, those of countries, and of people at most 100 by each way.
    spent: Vec<SpentShown>,
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
    /// Where messages fail whoever they are to: three or more in a row, to several people.
    #[serde(skip_serializing_if = "Option::is_none")]
    outage: Option<OutageShown>,
}

/// Messages by one way fail.
#[derive(Serialize, ToSchema)]
struct OutageShown {
    /// How many in a row.
    failures: u16,
    /// Why, the last time.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Instant>,
}

/// A budget of the day that is spent.
#[derive(Serialize, ToSchema)]
struct SpentShown {
    /// `mail` or `sms`.
    channel: &'static str,
    /// Whose: `person`, `account`, or `country`.
    whose: &'static str,
    /// Which part: `own`, what takes a password, a session, or staff to ask for; or `anybody`, what anybody may ask for
    /// who knows an address.
    share: &'static str,
    /// Whose, of a person's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    user: Option<UserId>,
    /// The country code, of a country's.
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<u16>,
    /// When it begins anew.
    until: Instant,
}

impl From<&SpentBudget> for SpentShown {
    fn from(spent: &SpentBudget) -> Self {
        let (user, country) = match spent.whose {
            BudgetOf::Person(user) => (Some(user), None),
            BudgetOf::Country(code) => (None, Some(code)),
            BudgetOf::Account => (None, None),
        };
        Self {
            channel: spent.channel.name(),
            whose: spent.whose.word(),
            share: spent.share.into(),
            user,
            country,
            until: spent.until.into(),
        }
    }
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
    let at = if seen.is_past() { seen.instant() } else { state.now(app.now()) };
    let failing = messages::ways_out(app.store().views(), me.account, seen.position()).await?;
    let shown = |channel: Channel| ChannelShown {
        channel: channel.name(),
        told_at: state.trouble_told.get(&channel).max(state.outage_told.get(&channel)).map(|at| (*at).into()),
        outage: failing.iter().find(|way| way.channel == channel).map(|way| OutageShown {
            failures: way.failures,
            why: way.why.map(Undelivered::name),
            since: way.since.map(Into::into),
        }),
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
        spent: state.spent_at(at).map(SpentShown::from).collect(),
        unreached: unreached.collect(),
    }))
}
