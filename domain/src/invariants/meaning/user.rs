//! What the events of a person mean.

use super::super::scene::Scene;
use super::{COURIER, Credentials, Meaning, Spent, Takes};
use crate::factor::FirstUse;
use crate::ids::UserId;
use crate::permission::Act;
use crate::policy::Role;
use crate::user::{FrozenBy, Gate, LinkPurpose, Objection, Purpose, RecoveryRoute, ResetCause, UserEvent};

/// What a proof takes: at the door nobody is signed in yet.
fn proving(purpose: Purpose) -> Takes {
    match purpose {
        Purpose::SignIn(_) | Purpose::Thaw(_) => Takes::Door,
        Purpose::StepUp(_) | Purpose::Confirm(_) | Purpose::Disable | Purpose::DisableIn(_) => {
            Takes::Own(Act::StepUp)
        }
    }
}

#[expect(clippy::match_same_arms, reason = "a table: one row an event")]
pub(super) fn of(user: UserId, event: &UserEvent, scene: &Scene) -> Meaning {
    let takes = |takes| Meaning::taking(Some(user), takes);
    let role = scene.role(user);
    // A first factor takes a session; a further one a fresh proof.
    let bound = scene.person(user).is_some_and(|p| p.enrolled == Some(scene.account.generation));
    let binding = Takes::Own(if bound { Act::ChangeOwnFactors } else { Act::EnrolOwn });
    // A code is mailed for a first binding, or to whoever lost what they had bound.
    let mailed = if bound { Takes::Door } else { binding };
    let factor = Gate::SecondFactor;
    match event {
        UserEvent::UserRegistered { role, at, .. } => {
            takes(Takes::OperatorOrStaff(Act::Register(*role))).at(*at)
        }
        // Whoever proves another address before they ever came in is invited there.
        UserEvent::LinkIssued { purpose: LinkPurpose::Invitation | LinkPurpose::Verification, .. }
            if scene.act.moved.contains(&user) =>
        {
            takes(Takes::Door)
        }
        UserEvent::LinkIssued { purpose: LinkPurpose::Invitation, .. } => {
            // With the registration, or again, to somebody who may have become an owner since.
            takes(Takes::OperatorOrStaff(Act::EditPerson(role)))
        }
        UserEvent::LinkIssued { purpose: LinkPurpose::SetUp, .. } => takes(Takes::Operator),
        UserEvent::LinkIssued { purpose: LinkPurpose::PasswordReset, .. } => {
            takes(Takes::DoorOrStaff(Act::EditPerson(role)))
        }
        UserEvent::LinkIssued { purpose: LinkPurpose::EmailChange | LinkPurpose::EmailObjection, .. } => {
            takes(Takes::OwnOrStaff(Act::EditOwn, Act::ChangeIdentity(role)))
        }
        UserEvent::LinkIssued { purpose: LinkPurpose::Verification, .. } => {
            takes(Takes::DoorOrStaff(Act::Deactivate(role)))
        }
        UserEvent::LinkIssued { purpose: LinkPurpose::WayBack, .. } => {
            takes(Takes::DoorOrStaff(Act::Freeze(role)))
        }
        // It stands in the event of its grant.
        UserEvent::LinkIssued { purpose: LinkPurpose::Recovery, .. } => {
            takes(Takes::Staff(Act::GrantRecovery(role)))
        }
        UserEvent::LinkRedeemed { link, at } => {
            takes(Takes::Door).at(*at).spending(Spent::Link { link: *link })
        }
        UserEvent::EmailVerified { at } => takes(Takes::Follows).at(*at),
        UserEvent::PasswordSet { at, .. } => takes(Takes::Door).at(*at).changing(Credentials::NewPassword),
        UserEvent::PasswordAccepted { familiarity } => takes(Takes::Door).right(Gate::Password, *familiarity),
        UserEvent::PasswordRejected { familiarity, consecutive, retry_at, at } => {
            takes(Takes::Door).at(*at).wrong(Gate::Password, *familiarity, (*consecutive, *retry_at))
        }
        UserEvent::MailedCodeIssued { at, .. } => takes(mailed).at(*at),
        UserEvent::MailedCodeAccepted { code } => takes(mailed).spending(Spent::Mailed { code: *code }),
        UserEvent::MailedCodeRejected { .. } => takes(mailed),
        UserEvent::FactorEnrolmentStarted { at, .. } => takes(binding).at(*at),
        UserEvent::FactorConfirmed { factor, first, at } => {
            let confirmed = takes(binding).at(*at);
            match first {
                FirstUse::Step(step) => {
                    confirmed.spending(Spent::Step { factor: *factor, step: *step, purpose: None })
                }
                FirstUse::Code(code) => {
                    confirmed.spending(Spent::Sms { code: *code, purpose: Purpose::Confirm(*factor) })
                }
                FirstUse::Credential(_) => confirmed.spending(Spent::Credential),
            }
        }
        UserEvent::TwoFactorEnabled { generation, at } => {
            takes(Takes::Own(Act::EnrolOwn)).at(*at).changing(Credentials::Enrolled(*generation))
        }
        UserEvent::RecoveryCodesGenerated { .. } => takes(Takes::Own(Act::EnrolOwn)),
        UserEvent::RecoveryCodesRegenerated { .. } => takes(Takes::Own(Act::ChangeOwnFactors)),
        UserEvent::OtpAccepted { factor: id, step, purpose, familiarity, at } => takes(proving(*purpose))
            .at(*at)
            .right(factor, *familiarity)
            .spending(Spent::Step { factor: *id, step: *step, purpose: Some(*purpose) }),
        UserEvent::FactorDriftFound { .. } => takes(Takes::Follows),
        UserEvent::SmsCodeIssued { purpose: Purpose::Confirm(_), at, .. } => takes(binding).at(*at),
        UserEvent::SmsCodeIssued { purpose, at, .. } => takes(proving(*purpose)).at(*at),
        UserEvent::SmsCodeAccepted { code, purpose, familiarity, at, .. } => takes(proving(*purpose))
            .at(*at)
            .right(factor, *familiarity)
            .spending(Spent::Sms { code: *code, purpose: *purpose }),
        UserEvent::AssertionAccepted {
            factor: id, challenge, sign_count, purpose, familiarity, at, ..
        } => takes(proving(*purpose)).at(*at).right(factor, *familiarity).spending(Spent::Challenge {
            factor: *id,
            challenge: *challenge,
            sign_count: *sign_count,
            purpose: *purpose,
        }),
        UserEvent::FactorRenamed { .. } | UserEvent::FactorPreferred { .. } => {
            takes(Takes::Own(Act::ChangeOwnFactors))
        }
        UserEvent::TokenAssigned { at, .. } | UserEvent::TokenWithdrawn { at, .. } => {
            takes(Takes::Staff(Act::AssignToken(role))).at(*at)
        }
        UserEvent::RecoveryCodeUsed { set, index, left, purpose, familiarity, at } => {
            takes(proving(*purpose)).at(*at).right(factor, *familiarity).spending(Spent::Code {
                set: *set,
                index: *index,
                left: *left,
                purpose: *purpose,
            })
        }
        UserEvent::RecoveryCodesLow { .. } | UserEvent::RecoveryCodesExhausted { .. } => {
            takes(Takes::Follows)
        }
        UserEvent::ProofRejected { purpose, familiarity, consecutive, retry_at, at, .. } => {
            takes(proving(*purpose)).at(*at).wrong(factor, *familiarity, (*consecutive, *retry_at))
        }
        UserEvent::LockedOut { at, .. } => takes(Takes::Follows).at(*at),
        UserEvent::Unlocked { .. } => {
            takes(Takes::OperatorOrStaff(Act::Unlock(role))).changing(Credentials::Unlocked)
        }
        UserEvent::UserFrozen { by: FrozenBy::OwnLink | FrozenBy::FormerLink, at, .. } => {
            takes(Takes::Door).at(*at).changing(Credentials::Renewed)
        }
        UserEvent::UserFrozen { by: FrozenBy::Person, at, .. } => {
            takes(Takes::Own(Act::FreezeOwn)).at(*at).changing(Credentials::Renewed)
        }
        UserEvent::UserFrozen { by: FrozenBy::Staff, at, .. } => {
            takes(Takes::Staff(Act::Freeze(role))).at(*at).changing(Credentials::Renewed)
        }
        UserEvent::ThawAllowed { route: RecoveryRoute::Staff, at, .. } => {
            takes(Takes::Staff(Act::Freeze(role))).at(*at)
        }
        UserEvent::ThawAllowed { at, .. } | UserEvent::UserThawed { at, .. } => takes(Takes::Door).at(*at),
        // It gave way to another role, or another address.
        UserEvent::ThawStopped { how: Objection::Replaced, at, .. } => takes(Takes::Follows).at(*at),
        UserEvent::ThawStopped { at, .. } => takes(Takes::DoorOrStaff(Act::StopRecovery(role))).at(*at),
        UserEvent::FactorRemoved { .. } => {
            takes(Takes::Own(Act::ChangeOwnFactors)).changing(Credentials::Renewed)
        }
        UserEvent::PasswordChangeDemanded { at } => {
            takes(Takes::Follows).at(*at).changing(Credentials::Renewed)
        }
        UserEvent::TwoFactorDisabled { at } => {
            takes(Takes::Own(Act::DisableOwn)).at(*at).changing(Credentials::FactorEnded)
        }
        UserEvent::TwoFactorReset { cause: ResetCause::AccountDisabled { .. }, .. } => {
            takes(Takes::System("reset_fan_out")).changing(Credentials::FactorEnded)
        }
        UserEvent::TwoFactorReset { cause: ResetCause::Staff { .. }, effective_at } => {
            takes(Takes::Staff(Act::ResetFactor(role))).at(*effective_at).changing(Credentials::FactorEnded)
        }
        // It follows from the wait, which is judged by its own rule.
        UserEvent::TwoFactorReset {
            cause:
                ResetCause::StaffAfterWait { .. } | ResetCause::AfterWait { .. } | ResetCause::Granted { .. },
            effective_at,
        } => takes(Takes::Follows).at(*effective_at).changing(Credentials::FactorEnded),
        UserEvent::TwoFactorResetScheduled { route: RecoveryRoute::Staff, at, .. } => {
            takes(Takes::Staff(Act::ResetFactor(role))).at(*at)
        }
        UserEvent::TwoFactorResetScheduled { at, .. } | UserEvent::RecoveryRequested { at, .. } => {
            takes(Takes::Door).at(*at)
        }
        UserEvent::TwoFactorResetCancelled { at, .. } | UserEvent::RecoveryGrantRevoked { at, .. } => {
            takes(Takes::DoorOrStaff(Act::StopRecovery(role))).at(*at)
        }
        // Whoever asked for what nobody gets: themselves, or any member of the team.
        UserEvent::HelpRefused { at, .. } => takes(Takes::Staff(Act::ReadPeople)).at(*at),
        UserEvent::RecoveryRefused { at, .. } => takes(Takes::DoorOrStaff(Act::ReadPeople)).at(*at),
        UserEvent::RecoveryGranted { at, .. } => takes(Takes::Staff(Act::GrantRecovery(role))).at(*at),
        UserEvent::RecoveryCodeRevealed { link, at, .. } => {
            takes(Takes::Door).at(*at).spending(Spent::Link { link: *link })
        }
        UserEvent::RecoveryGrantUsed { recovery, purpose, familiarity, at } => takes(proving(*purpose))
            .at(*at)
            .right(factor, *familiarity)
            .spending(Spent::Grant { recovery: *recovery, purpose: *purpose }),
        UserEvent::RecoveryCompleted { at, .. } => takes(Takes::Follows).at(*at),
        // In the stream of who asks, about somebody else.
        UserEvent::StaffResetAsked { at, .. } => takes(Takes::Own(Act::ResetFactor(Role::EndUser))).at(*at),
        UserEvent::HelpCharged { help, subject, at } => {
            takes(Takes::Own(help.deed(scene.role(*subject)))).at(*at)
        }
        UserEvent::ExemptionGranted { at, .. } | UserEvent::ExemptionEnded { at, .. } => {
            takes(Takes::Staff(Act::Exempt(role))).at(*at)
        }
        UserEvent::EnrolmentTicketIssued { at, .. } => takes(Takes::Staff(Act::IssueTicket(role))).at(*at),
        UserEvent::EnrolmentTicketRejected { at, .. } => takes(binding).at(*at),
        UserEvent::EnrolmentTicketUsed { ticket, at } => {
            takes(binding).at(*at).spending(Spent::Ticket { ticket: *ticket })
        }
        UserEvent::FactorClaimed { generation, at, .. } => {
            takes(Takes::Staff(Act::ImportPeople)).at(*at).changing(Credentials::Claimed(*generation))
        }
        UserEvent::PasswordClaimed { at, .. } => {
            takes(Takes::Staff(Act::ImportPeople)).at(*at).changing(Credentials::Renewed)
        }
        UserEvent::PasswordRehashed { at, .. } | UserEvent::PasswordAccessUsed { at, .. } => {
            takes(Takes::Door).at(*at)
        }
        UserEvent::EmailChangeRequested { at, .. } => {
            takes(Takes::OwnOrStaff(Act::EditOwn, Act::ChangeIdentity(role))).at(*at)
        }
        UserEvent::EmailChangeCancelled { at, .. } => {
            takes(Takes::DoorOrStaff(Act::EndSessions(role))).at(*at)
        }
        UserEvent::EmailChanged { link, by, at, .. } => {
            // What staff say is wrong may have been a thief's, and so may the sessions.
            let credentials = if by.is_some() { Credentials::Renewed } else { Credentials::Kept };
            takes(Takes::Door).at(*at).spending(Spent::Link { link: *link }).changing(credentials)
        }
        UserEvent::UserRenamed { .. } | UserEvent::LanguageChanged { .. } => {
            takes(Takes::OwnOrStaff(Act::EditOwn, Act::EditPerson(role)))
        }
        UserEvent::RoleChanged { from, to, at } => {
            takes(Takes::Staff(Act::ChangeRole { from: *from, to: *to }))
                .at(*at)
                .changing(Credentials::Renewed)
        }
        UserEvent::GroupsChanged { .. } => takes(Takes::Staff(Act::EditPerson(role))),
        UserEvent::UserDeactivated { at, .. } | UserEvent::UserReactivated { at } => {
            takes(Takes::Staff(Act::Deactivate(role))).at(*at).changing(Credentials::Renewed)
        }
        UserEvent::IdentityProviderLinked { at, .. } => {
            takes(Takes::OwnOrStaff(Act::EditOwn, Act::ChangeIdentity(role))).at(*at)
        }
        UserEvent::IdentityProviderUnlinked { at, .. } => {
            takes(Takes::OwnOrStaff(Act::EditOwn, Act::UnlinkProvider(role)))
                .at(*at)
                .changing(Credentials::Renewed)
        }
        UserEvent::ApiTokenIssued { at, .. } => takes(Takes::Own(Act::ManageOwnTokens)).at(*at),
        UserEvent::ApiTokenRevoked { at, .. } => {
            takes(Takes::OwnOrStaff(Act::ManageOwnTokens, Act::EndSessions(role))).at(*at)
        }
        UserEvent::DeviceReportedLost { .. } => takes(Takes::OwnOrStaff(Act::EndOwn, Act::EndSessions(role))),
        UserEvent::MessageSent { posted, at } | UserEvent::MessageFailed { posted, at, .. } => {
            takes(Takes::System(COURIER)).at(*at).spending(Spent::Message { message: posted.message })
        }
        UserEvent::PersonErased { at, .. } => {
            takes(Takes::Staff(Act::Erase(role))).at(*at).changing(Credentials::FactorEnded)
        }
    }
}
