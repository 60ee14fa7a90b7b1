//! What the events of an account mean.

use super::super::scene::Scene;
use super::{COURIER, Meaning, Takes};
use crate::account::{AccountEvent, GuardedAct};
use crate::permission::Act;
use crate::policy::Role;

pub(super) fn of(event: &AccountEvent, scene: &Scene) -> Meaning {
    let takes = |takes| Meaning::taking(None, takes);
    match event {
        AccountEvent::AccountOpened { at, .. } | AccountEvent::OperatorActed { at, .. } => {
            takes(Takes::Operator).at(*at)
        }
        AccountEvent::PolicyChanged { at, .. }
        | AccountEvent::PolicyScheduled { at, .. }
        | AccountEvent::PolicyScheduleCancelled { at, .. }
        | AccountEvent::ProfileChosen { at, .. } => takes(Takes::Staff(Act::ChangePolicy)).at(*at),
        AccountEvent::AccountTwoFactorDisabled { at, .. }
        | AccountEvent::AccountTwoFactorEnabled { at, .. }
        | AccountEvent::AccountTwoFactorSuspended { at, .. }
        | AccountEvent::AccountTwoFactorResumed { at, .. } => takes(Takes::Staff(Act::SwitchAccount)).at(*at),
        AccountEvent::ResetFanOutCompleted { .. } => takes(Takes::System("reset_fan_out")),
        AccountEvent::SignInsRefused { .. } => takes(Takes::System("refused_sign_ins")),
        AccountEvent::DeliveryTroubleRaised { at, .. } | AccountEvent::BudgetSpent { at, .. } => {
            takes(Takes::System(COURIER)).at(*at)
        }
        AccountEvent::OutageRaised { at, .. } => takes(Takes::System("wished_notices")).at(*at),
        AccountEvent::OwnerFloorChanged { at, .. } => takes(Takes::Staff(Act::ChangeFloor)).at(*at),
        AccountEvent::GovernanceChanged { at, .. } => takes(Takes::Staff(Act::ChangeGovernance)).at(*at),
        AccountEvent::AccountSettingsChanged { at, .. } => takes(Takes::Staff(Act::ChangeSettings)).at(*at),
        AccountEvent::GroupCreated { at, .. } => takes(Takes::Staff(Act::ManageGroups)).at(*at),
        AccountEvent::GroupRenamed { .. } | AccountEvent::GroupDeleted { .. } => {
            takes(Takes::Staff(Act::ManageGroups))
        }
        AccountEvent::ClientRegistered { at, .. }
        | AccountEvent::ClientRemoved { at, .. }
        | AccountEvent::ClientTokenIssued { at, .. }
        | AccountEvent::ClientTokenRevoked { at, .. } => takes(Takes::Staff(Act::ManageClients)).at(*at),
        AccountEvent::ForeignPasswordsArrived { at, .. } => takes(Takes::Staff(Act::ImportPeople)).at(*at),
        AccountEvent::ForeignPasswordsGone { at, .. } => takes(Takes::System("foreign_passwords")).at(*at),
        AccountEvent::HardwareTokensImported { at, .. } => {
            takes(Takes::OperatorOrStaff(Act::ManageStock)).at(*at)
        }
        AccountEvent::ApprovalRequested { act, at, .. } => takes(Takes::Staff(guarded(act, scene))).at(*at),
        AccountEvent::ApprovalUsed { at, .. } => takes(Takes::Staff(Act::Approve)).at(*at),
        AccountEvent::ApprovalCancelled { at, .. } => takes(Takes::Staff(Act::CancelApproval)).at(*at),
        AccountEvent::OperatorGranted { at, .. } => takes(Takes::Staff(Act::GrantOperator)).at(*at),
        AccountEvent::OperatorGrantRevoked { at, .. } => takes(Takes::Staff(Act::RevokeOperator)).at(*at),
        AccountEvent::SandboxClockSet { .. } => takes(Takes::Staff(Act::SetClock)),
        AccountEvent::AccountClosed { at } => takes(Takes::Staff(Act::CloseAccount)).at(*at),
    }
}

/// The power that an act takes which waits for its second approval.
fn guarded(act: &GuardedAct, scene: &Scene) -> Act {
    match act {
        GuardedAct::Disable { .. } | GuardedAct::Suspend => Act::SwitchAccount,
        GuardedAct::ResetOwner { user, .. } => Act::ResetFactor(scene.role(*user)),
        GuardedAct::ExemptOwner { user, .. } => Act::Exempt(scene.role(*user)),
        GuardedAct::GrantOwnerRecovery { user, .. } => Act::GrantRecovery(scene.role(*user)),
        GuardedAct::ChangeOwnerIdentity { user, .. } => Act::ChangeIdentity(scene.role(*user)),
        GuardedAct::Erase { user } => Act::Erase(scene.role(*user)),
        GuardedAct::DemoteOwner { user, to } => Act::ChangeRole { from: scene.role(*user), to: *to },
        GuardedAct::DeactivateOwner { user } => Act::Deactivate(scene.role(*user)),
        GuardedAct::GrantOwner { user } | GuardedAct::TransferOwnership { to: user, .. } => {
            Act::ChangeRole { from: scene.role(*user), to: Role::Owner }
        }
        GuardedAct::GrantOperator { .. } => Act::GrantOperator,
        GuardedAct::CloseAccount => Act::CloseAccount,
        GuardedAct::ChangeGovernance { .. } => Act::ChangeGovernance,
    }
}
