//! The account: one tenant. It decides what its people must do and switches two-factor
//! authentication for all of them at once. Nothing frequent is ever written to its stream.

mod approval;
mod clients;
mod decide;
mod demand;
mod events;
mod foreign;
mod governance;
mod groups;
mod impact;
mod looks;
mod operator;
mod place;
mod policy;
mod settings;
#[cfg(test)]
mod spec;
mod spending;
mod state;
mod terms;

pub use approval::{ApprovalCommand, ApprovalError, Consent, Gist, Turn};
pub use clients::ClientCommand;
pub use decide::{AccountCommand, AccountError, Census, MAX_AHEAD, RefusedSignIns};
pub use demand::{Demand, Scheduled, required_since_of};
pub use events::{AccountEvent, ClockKind};
pub use foreign::{ARRIVALS_APART, Foreign, ForeignCommand, GONE_AFTER, MOST_COSTS};
pub use governance::GovernanceCommand;
pub use groups::{GroupCommand, MAX_GROUPS};
pub use impact::{
    Change, Concerned, Confirmed, Counts, Effect, Effects, IN_USE, Impact, Moved, PREVIEW_LIFE, Shown,
    Unconfirmed, effects, maxima,
};
pub use looks::looks;
pub use operator::{
    OPERATOR_HOURS_AT_MOST, OperatorAct, OperatorCommand, OperatorError, OperatorGrant, OperatorScope,
    check_operator_grant,
};
pub use place::Place;
pub use policy::{FARTHEST_SCHEDULE, PolicyCommand, PolicyError, SUNSET_DAYS};
pub use settings::{SettingsCommand, SettingsError, logo_bytes};
pub use spending::SPENT_PEOPLE;
pub use state::{Account, ApiToken, Approval, Client, FanOut, Switch};
pub use terms::{
    Governance, Guarded, GuardedAct, Identity, Notice, REPAIR_WAIT_WITHIN, Settings, TokenScope,
};

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;

impl Aggregate for Account {
    const TYPE: &'static str = "account";
    type Command = AccountCommand;
    type Event = AccountEvent;
    type Error = AccountError;
    type Services = ();

    async fn handle(
        &mut self,
        command: AccountCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), AccountError> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: AccountEvent) {
        self.evolve(&event);
    }
}
