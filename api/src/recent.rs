//! What happened to one person lately that they should know: for whoever just said "this was not me".

use twofold_domain::ids::{AccountId, UserId};
use twofold_infra::store::{StoreError, Views};
use twofold_projections::audit::{self, Entry, Filter, Page};

/// How many of them are shown.
pub(crate) const LATELY: usize = 20;
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

/// The newest of them, as far as the read model has come.
pub(crate) async fn lately(
    views: &Views,
    account: AccountId,
    user: UserId,
    most: usize,
) -> Result<Vec<Entry>, StoreError> {
    let filter = Filter { subject: Some(user), ..Filter::default() };
    let found = audit::page(views, account, &filter, Page::Newest, LOOKED_AT).await?;
    let telling = found.into_iter().filter(|entry| SECURITY.contains(&&*entry.row.event_type));
    Ok(telling.take(most).collect())
}

#[cfg(test)]
mod tests {
    use strum::VariantNames as _;
    use twofold_domain::device::DeviceEvent;
    use twofold_domain::user::UserEvent;

    use super::SECURITY;

    /// Rules: C6.
    #[test]
    fn what_is_shown_lately_are_events_that_there_are() {
        for name in SECURITY {
            let known = UserEvent::VARIANTS.contains(&name) || DeviceEvent::VARIANTS.contains(&name);
            assert!(known, "{name}");
        }
    }
}
