//! `GET|PUT /v1/accounts/{account}/governance`: how the account keeps its own powers in check.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use twofold_domain::account::{Governance, Guarded, REPAIR_WAIT_WITHIN};
use twofold_domain::ids::StreamId;
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::ChangeGovernance;
use utoipa::ToSchema;

use crate::app::App;
use crate::as_of::Viewed;
use crate::extract::{ETag, IfMatch, Path};
use crate::problem::{Problem, kinds};
use crate::routes::as_of::AsOf;
use crate::routes::change::{Change, Placed, perform};
use crate::routes::consent::{Came, at_version};
use crate::routes::door::{AccountName, Session};
use crate::routes::reader::Reader;
use crate::routes::usual::{ChangingVersion, Reading};

/// How the account keeps its own powers in check.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct GovernanceShown {
    /// Whether admins may disable, suspend, resume, and enable for everyone. Otherwise only owners.
    admins_may_switch: bool,
    /// Acts that take a second owner, or a wait of 72 hours where there is nobody to approve: of `disable`,
    /// `suspend`, `help_owner`, `erase`, `operator`. Null as long as nobody said: then all of them, from two owners on.
    #[schema(value_type = Option<Vec<String>>)]
    dual_control: Option<BTreeSet<Guarded>>,
    /// Those of them that take two whatever is chosen: `help_owner`. Nobody is above an owner, and one owner alone could
    /// take over what another one comes in by.
    #[schema(value_type = Vec<String>)]
    always_two: Vec<Guarded>,
    /// Whether a device of a team member may be trusted and signed in at once, so that neither password nor
    /// passcode is asked for.
    team_may_waive_both: bool,
    /// Whether who grants a locked-out member of the team a code may see it. Otherwise it goes to the person
    /// alone, by a one-time link.
    issuers_see_codes: bool,
    /// How many hours somebody on a device that is still trusted waits before they can bind another factor.
    repair_wait_hours: u8,
}

/// What is to hold.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewGovernance {
    /// Whether admins may throw the account-wide switch.
    admins_may_switch: bool,
    /// Acts that take two; null for all of them, from two owners on. `help_owner` always does, named or not.
    #[schema(value_type = Option<Vec<String>>)]
    dual_control: Option<BTreeSet<Guarded>>,
    /// Whether team members may go without password and passcode at once.
    team_may_waive_both: bool,
    /// Whether who grants a locked-out member of the team a code may see it; as it is, if not said.
    issuers_see_codes: Option<bool>,
    /// How many hours somebody on a device that is still trusted waits before they can bind another factor: 4
    /// to 72; as it is, if not said.
    repair_wait_hours: Option<u8>,
    /// Why: at most 500 characters. Needed where it takes acts out of dual control.
    reason: Option<String>,
}

/// How the account keeps its own powers in check.
#[utoipa::path(get, path = "/v1/accounts/{account}/governance", tag = "accounts", security(("bearer" = []), ("password" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name.")),
    responses((status = 200, description = "The governance.", body = Viewed<GovernanceShown>,
        headers(("ETag" = String))), Reading))]
pub(super) async fn show(
    State(app): State<App>,
    reader: Reader,
    Path(account): Path<AccountName>,
    asked: AsOf,
) -> Result<Response, Problem> {
    let me = reader.of_account(&app, &account, Deed::ReadAccount).await?;
    let at = asked.stand(&app, me.account, &[]).await?;
    let loaded = at.account(&app).await?;
    let Governance {
        admins_may_switch,
        dual_control,
        team_may_waive_both,
        issuers_see_codes,
        repair_wait_hours,
    } = loaded.state.governance.clone().whole();
    let shown = GovernanceShown {
        admins_may_switch,
        dual_control,
        always_two: Guarded::always().collect(),
        team_may_waive_both,
        issuers_see_codes,
        repair_wait_hours,
    };
    Ok((ETag(loaded.sequence), at.shows(shown)).into_response())
}

/// Change how the account keeps its own powers in check.
///
/// Taking acts out of dual control takes two itself: then it is answered with 202. What always takes two
/// (`always_two`) stays in it, whatever is said.
#[utoipa::path(put, path = "/v1/accounts/{account}/governance", tag = "accounts", security(("bearer" = [])),
    params(("account" = String, Path, description = "`acc_…` or its short name."),
        ("If-Match" = String, Header, description = "The ETag of your last read."),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = NewGovernance,
    responses((status = 200, description = "It holds.", body = Placed<Came>, headers(("ETag" = String))),
        (status = 202, description = "It waits for a second owner, or its time.", body = Placed<Came>),
        ChangingVersion))]
pub(super) async fn govern(
    State(app): State<App>,
    session: Session,
    Path(account): Path<AccountName>,
    seen: Option<IfMatch>,
    Change { body, repeat }: Change<NewGovernance>,
) -> Result<Response, Problem> {
    let me = session.of_account(&app, &account, Deed::ChangeGovernance).await?;
    let IfMatch(seen) = IfMatch::required(seen)?;
    let NewGovernance { admins_may_switch, dual_control, team_may_waive_both, .. } = body;
    // The version that the caller saw is asked for again by the act.
    let known = app.desk.log().accounts.load(StreamId::account(me.account)).await?.state.governance.clone();
    let issuers_see_codes = body.issuers_see_codes.unwrap_or(known.issuers_see_codes);
    let repair_wait_hours = body.repair_wait_hours.unwrap_or(known.repair_wait_hours);
    if !REPAIR_WAIT_WITHIN.contains(&repair_wait_hours) {
        let why = format!("is {} to {}", REPAIR_WAIT_WITHIN.start(), REPAIR_WAIT_WITHIN.end());
        return Err(Problem::new(kinds::INVALID_FIELDS).field("/repair_wait_hours", "out_of_range", why));
    }
    let reason = body.reason;
    let act = ChangeGovernance {
        credential: session.credential.clone(),
        seen,
        to: Governance {
            admins_may_switch,
            dual_control,
            team_may_waive_both,
            issuers_see_codes,
            repair_wait_hours,
        },
        reason,
        circle: app.circle(me.account).await?,
    };
    perform(&app, &session, &repeat, act, at_version).await
}
