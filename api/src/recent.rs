//! What happened to one person lately that they should know, and what was done in their name: for whoever just said
//! "this was not me".

use twofold_domain::ids::{AccountId, UserId};
use twofold_infra::store::{StoreError, Views};
use twofold_projections::audit::{self, Entry, Filter, Page};

/// How many of each are shown.
const LATELY: usize = 20;
/// How many events of theirs are looked at to find so many.
const LOOKED_AT: u32 = 200;

/// Events that tell of somebody who comes in, or of what they come in by. What only repeats one of these is left
/// out: a person should see at a glance what was not them.
const SECURITY: [&str; 39] = [
    "SignInStarted",
    "SignInCompleted",
    "SessionSteppedUp",
    "DeviceRegistered",
    "DeviceTrusted",
    "DeviceReportedLost",
    "PasswordRejected",
    "PasswordSet",
    "PasswordChangeDemanded",
    "PasswordAccessUsed",
    "ProofRejected",
    "ProofCameLate",
    "LockedOut",
    "Unlocked",
    "FactorConfirmed",
    "FactorRemoved",
    "FactorRenamed",
    "TwoFactorEnabled",
    "TwoFactorDisabled",
    "TwoFactorReset",
    "TwoFactorResetScheduled",
    "TwoFactorResetCancelled",
    "RecoveryCodesRegenerated",
    "RecoveryCodeUsed",
    "RecoveryRequested",
    "RecoveryRefused",
    "RecoveryGranted",
    "RecoveryGrantUsed",
    "ExemptionGranted",
    "EnrolmentTicketIssued",
    "EmailChangeRequested",
    "EmailChanged",
    "RoleChanged",
    "IdentityProviderLinked",
    "IdentityProviderUnlinked",
    "ApiTokenIssued",
    "ApiTokenUsed",
    "UserFrozen",
    "UserThawed",
];

/// Events by which somebody gave others power, or took a rule away, in the account. A freeze ends nothing of it.
const POWER: [&str; 23] = [
    "AccountTwoFactorDisabled",
    "AccountTwoFactorSuspended",
    "ApprovalRequested",
    "ApprovalUsed",
    "ClientRegistered",
    "ClientTokenIssued",
    "EmailChangeRequested",
    "EnrolmentTicketIssued",
    "ExemptionGranted",
    "GovernanceChanged",
    "HardwareTokensImported",
    "IdentityProviderLinked",
    "OperatorGranted",
    "OwnerFloorChanged",
    "PolicyChanged",
    "PolicyScheduled",
    "RecoveryGranted",
    "RoleChanged",
    "ThawAllowed",
    "TokenAssigned",
    "TwoFactorReset",
    "UserReactivated",
    "UserRegistered",
];

/// What is shown of one person.
pub(crate) struct Lately {
    /// What happened to them, the newest first.
    pub(crate) theirs: Vec<Entry>,
    /// What was given to others in their name, or decided for the account, the newest first.
    pub(crate) gave: Vec<Entry>,
}

/// The newest of them, as far as the read model has come.
pub(crate) async fn lately(views: &Views, account: AccountId, user: UserId) -> Result<Lately, StoreError> {
    let newest = async |filter: Filter, kinds: &[&str], others: bool| -> Result<Vec<Entry>, StoreError> {
        let found = audit::page(views, account, &filter, Page::Newest, LOOKED_AT).await?;
        let telling = found.into_iter().filter(|entry| kinds.contains(&&*entry.row.event_type));
        let telling = telling.filter(|entry| !others || entry.row.subject != Some(user));
        Ok(telling.take(LATELY).collect())
    };
    let to = Filter { subject: Some(user), ..Filter::default() };
    let by = Filter { actor: Some(user.to_string()), ..Filter::default() };
    Ok(Lately { theirs: newest(to, &SECURITY, false).await?, gave: newest(by, &POWER, true).await? })
}

#[cfg(test)]
mod tests {
    use strum::VariantNames as _;
    use twofold_domain::account::AccountEvent;
    use twofold_domain::device::DeviceEvent;
    use twofold_domain::user::UserEvent;

    use super::{POWER, SECURITY};

    /// Rules: C6.
    #[test]
    fn what_is_shown_lately_are_events_that_there_are() {
        for name in SECURITY.into_iter().chain(POWER) {
            let known = [UserEvent::VARIANTS, DeviceEvent::VARIANTS, AccountEvent::VARIANTS];
            let known = known.iter().any(|names| names.contains(&name));
            assert!(known, "{name}");
        }
    }
}
