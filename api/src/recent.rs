//! What happened to one person lately that they should know, and what was done in their name: for whoever just said
//! "this was not me".

use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::time::{Span, Timestamp};
use twofold_infra::store::{StoreError, Views};
use twofold_projections::audit::{Entry, Whose, newest_of_each};

/// How far back is looked: whoever comes in unseen is mostly noticed within weeks.
const LATELY: Span = Span::days(90);
/// How many of each kind are shown: whoever is in cannot push what they did off the page with more of something else.
const OF_EACH: u32 = 5;

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

/// The newest of each kind up to an instant, as far as the read model has come.
pub(crate) async fn lately(
    views: &Views,
    account: AccountId,
    user: UserId,
    at: Timestamp,
) -> Result<Lately, StoreError> {
    let newest = |whose, kinds| newest_of_each(views, account, whose, kinds, OF_EACH, at - LATELY);
    Ok(Lately {
        theirs: newest(Whose::To(user), &SECURITY).await?,
        gave: newest(Whose::By(user), &POWER).await?,
    })
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
