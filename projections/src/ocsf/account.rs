//! Events of the account.

use serde_json::json;
use twofold_domain::account::AccountEvent;
use twofold_domain::policy::Audience;

use super::{Class, Managing, Mapped, Severity, base, granting, managing, organization, policy, thing};
use crate::fact::Fact;

/// The account-wide switch.
const SWITCH: &str = "two-factor authentication";

fn policy_of(audience: Audience) -> serde_json::Value {
    match audience {
        Audience::Team => policy("team"),
        Audience::EndUsers => policy("end_users"),
    }
}

pub(super) fn map(fact: &Fact, event: &AccountEvent) -> Mapped {
    use AccountEvent as E;
    match event {
        E::AccountOpened { .. } => managing(Managing::Create, &organization(fact)),
        E::AccountClosed { .. } => managing(Managing::Delete, &organization(fact)).severe(Severity::High),
        E::AccountTwoFactorDisabled { .. } => {
            managing(Managing::Disable, &policy(SWITCH)).severe(Severity::High)
        }
        E::AccountTwoFactorEnabled { .. } => managing(Managing::Enable, &policy(SWITCH)),
        E::AccountTwoFactorSuspended { .. } => {
            managing(Managing::Suspend, &policy(SWITCH)).severe(Severity::High)
        }
        E::AccountTwoFactorResumed { .. } => managing(Managing::Resume, &policy(SWITCH)),
        E::ResetFanOutCompleted { .. } => managing(Managing::Update, &policy(SWITCH)),
        E::PolicyChanged { audience, .. }
        | E::PolicyScheduled { audience, .. }
        | E::OwnerFloorChanged { audience, .. } => {
            managing(Managing::Update, &policy_of(*audience)).severe(Severity::Medium)
        }
        E::PolicyScheduleCancelled { schedule, .. } => {
            managing(Managing::Delete, &thing("schedule", schedule)).severe(Severity::Medium)
        }
        E::ProfileChosen { .. } => managing(Managing::Update, &policy("profile")),
        E::GovernanceChanged { .. } => {
            managing(Managing::Update, &policy("governance")).severe(Severity::Medium)
        }
        E::AccountSettingsChanged { .. } | E::SandboxClockSet { .. } => {
            managing(Managing::Update, &organization(fact))
        }
        E::OperatorGranted { grant, .. } => {
            managing(Managing::Create, &thing("operator grant", grant)).severe(Severity::High)
        }
        E::OperatorGrantRevoked { grant, .. } => managing(Managing::Delete, &thing("operator grant", grant)),
        E::OperatorActed { .. } => managing(Managing::Other, &organization(fact)).severe(Severity::Medium),
        E::GroupCreated { group, name, .. } => {
            let group = json!({ "uid": group.to_string(), "name": name });
            Mapped::new(Class::GroupManagement, 6, json!({ "group": group }))
        }
        E::GroupRenamed { group, name } => {
            managing(Managing::Update, &json!({ "uid": group.to_string(), "name": name, "type_id": 3 }))
        }
        E::GroupDeleted { group } => {
            Mapped::new(Class::GroupManagement, 5, json!({ "group": { "uid": group.to_string() } }))
        }
        E::ClientRegistered { client, .. } => managing(Managing::Create, &thing("program", client)),
        E::ClientRemoved { client, .. } => managing(Managing::Delete, &thing("program", client)),
        E::ClientTokenIssued { client, scopes, .. } => {
            let scopes: Vec<&str> = scopes.iter().map(|scope| scope.name()).collect();
            granting(true, &json!({ "uid": client.to_string(), "type_id": 4 }), &scopes)
        }
        E::ClientTokenRevoked { token, .. } => managing(Managing::Delete, &thing("token", token)),
        E::HardwareTokensImported { import, .. } => managing(Managing::Create, &thing("import", import)),
        E::ApprovalRequested { approval, .. } => {
            managing(Managing::Create, &thing("approval", approval)).severe(Severity::Medium)
        }
        E::ApprovalUsed { approval, .. } => {
            managing(Managing::Activate, &thing("approval", approval)).severe(Severity::Medium)
        }
        E::ApprovalCancelled { approval, .. } => managing(Managing::Delete, &thing("approval", approval)),
        E::SignInsRefused { unknown, locked, from, to } => base()
            .failed("refused without a charge")
            .with("count", (u64::from(*unknown) + u64::from(*locked)).into())
            .with("start_time", (from.micros().div_euclid(1_000)).into())
            .with("end_time", (to.micros().div_euclid(1_000)).into()),
        E::ForeignPasswordsArrived { scheme, .. } => {
            managing(Managing::Create, &thing("password scheme", scheme))
        }
        E::ForeignPasswordsGone { scheme, .. } => {
            managing(Managing::Delete, &thing("password scheme", scheme))
        }
        E::BudgetSpent { budget, .. } => base().failed(budget.whose.spent().name()).severe(Severity::Medium),
        E::DeliveryTroubleRaised { why, .. } | E::OutageRaised { why, .. } => {
            base().failed(why.name()).severe(Severity::Medium)
        }
    }
}
