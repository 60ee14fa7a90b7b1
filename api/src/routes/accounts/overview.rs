//! `GET /v1/accounts/{account}`: an account at a glance.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use twofold_domain::account::{Account, ClockKind, Switch};
use twofold_domain::ids::AccountId;
use twofold_domain::permission::Act as Deed;
use utoipa::ToSchema;

use crate::app::App;
use crate::as_of::Viewed;
use crate::extract::{ETag, Path};
use crate::problem::Problem;
use crate::routes::as_of::AsOf;
use crate::routes::door::AccountName;
use crate::routes::reader::Reader;
use crate::routes::show::Instant;
use crate::routes::usual::Reading;

/// An account at a glance.
#[derive(Serialize, ToSchema)]
pub(super) struct Overview {
    /// The account.
    #[schema(value_type = String)]
    id: AccountId,
    /// As addresses show it.
    slug: String,
    /// As prompts show it.
    name: String,
    /// `real`, or `sandbox`: a clock of its own.
    #[schema(value_type = String)]
    clock: ClockKind,
    /// What that clock shows.
    now: Instant,
    /// Two-factor authentication for everyone.
    two_factor: SwitchShown,
    /// The version of its policy; 0 as opened.
    policy_version: u32,
    /// Account-wide resets that have not yet been written into each person's own history. They hold all the
    /// same.
    resets_under_way: Vec<ResetUnderWay>,
    /// The account's version, for `If-Match`.
    version: u64,
}

/// The switch for everyone.
#[derive(Serialize, ToSchema)]
pub(super) struct SwitchShown {
    /// `on`, `suspended`, `off`.
    state: &'static str,
    /// Since when it is suspended or off.
    since: Option<Instant>,
    /// The enrolment generation in force: factors, codes, trust of an older one count for nothing.
    generation: u32,
}

/// An announced account-wide reset.
#[derive(Serialize, ToSchema)]
struct ResetUnderWay {
    /// The generation that it opened.
    generation: u32,
    /// How many people it was announced for.
    people: u64,
    /// When.
    at: Instant,
}

impl SwitchShown {
    pub(super) fn of(account: &Account) -> Self {
        let (state, since) = match account.switch {
            Switch::On => ("on", None),
            Switch::Suspended { since, .. } => ("suspended", Some(since.into())),
            Switch::Off { since } => ("off", Some(since.into())),
        };
        Self { state, since, generation: account.generation }
    }
}

/// An account at a glance.
///
/// For owners, admins, and auditors.
#[utoipa::path(get, path = "/v1/accounts/{account}", tag = "accounts", security(("bearer" = []), ("password" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name.")),
    responses((status = 200, description = "The account.", body = Viewed<Overview>, headers(("ETag" = String))), Reading))]
pub(super) async fn overview(
    State(app): State<App>,
    reader: Reader,
    Path(account): Path<AccountName>,
    asked: AsOf,
) -> Result<Response, Problem> {
    let me = reader.of_account(&app, &account, Deed::ReadAccount).await?;
    let at = asked.stand(&app, me.account, &[]).await?;
    let loaded = at.account(&app).await?;
    let state = loaded.state;
    let shown = Overview {
        id: me.account,
        slug: state.slug().to_owned(),
        name: state.name().to_owned(),
        clock: state.clock(),
        now: at.instant().into(),
        two_factor: SwitchShown::of(&state),
        policy_version: state.policy_version,
        resets_under_way: state
            .fan_outs
            .iter()
            .map(|f| ResetUnderWay { generation: f.generation, people: f.people, at: f.at.into() })
            .collect(),
        version: loaded.sequence,
    };
    Ok((ETag(loaded.sequence), at.shows(shown)).into_response())
}
