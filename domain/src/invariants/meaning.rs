//! What each event means to the rules. **A new event is placed here**, and in `scene/fold.rs`: which power
//! it takes, what single-use thing it spends, which budget it charges, what it stands on. Every rule
//! about such things then holds for it; a catch-all would let it slip past them, so there is none.

use super::scene::Scene;
use super::{By, Event};
use crate::account::{AccountEvent, GuardedAct};
use crate::device::{DeviceEvent, DistrustCause, EndCause, TokenHolder};
use crate::factor::FirstUse;
use crate::ids::{
    ChallengeId, CodeSetId, FactorId, LinkId, MailedCodeId, MessageId, RecoveryId, SmsCodeId, TicketId,
    UserId,
};
use crate::permission::Act;
use crate::policy::Role;
use crate::reading::{
    Reader, ReadingEvent,
    Withdrawal::{Cancelled, LostRight, NameErased},
};
use crate::time::Timestamp;
use crate::user::{
    Familiarity, FrozenBy, Gate, LinkPurpose, Objection, Purpose, RecoveryRoute, ResetCause, UserEvent,
};

/// The process manager that sends messages.
const COURIER: &str = "courier";

/// What an event means, apart from its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meaning {
    /// Whom it concerns: whose stream it is in, or who owns the device.
    pub(super) subject: Option<UserId>,
    /// When it was decided, where the event says so.
    pub(super) at: Option<Timestamp>,
    /// Who may cause it.
    pub(super) takes: Takes,
    /// The single-use thing that was accepted.
    pub(super) spends: Option<Spent>,
    /// A guess that was weighed.
    pub(super) weighs: Option<Weighed>,
    /// The generation and the epoch that it claims to stand on.
    pub(super) stands: Option<(u32, u32)>,
    /// What it does to the person's credentials.
    pub(super) credentials: Credentials,
}

/// Who may cause an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// Only the installation's operator.
    Operator,
    /// Only the process manager of this name.
    System(&'static str),
    /// Only somebody whose role has the power.
    Staff(Act),
    /// The operator, or somebody whose role has the power.
    OperatorOrStaff(Act),
    /// Only the person, in a session of theirs.
    Own(Act),
    /// The person, or somebody whose role has the power.
    OwnOrStaff(Act, Act),
    /// The person, before or within a session.
    Door,
    /// The same, or somebody whose role has the power.
    DoorOrStaff(Act),
    /// Nothing: it follows from an event before it in the same act.
    Follows,
}

/// What an event asks of whoever caused it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    /// To be the operator.
    Operator,
    /// To be that process manager.
    System(&'static str),
    /// To have a role with this power.
    Staff(Act),
    /// To be its person, in a session, with this power.
    Own(Act),
    /// To be its person, or nobody who is signed in.
    Door,
    /// Nothing.
    Nothing,
}

impl Takes {
    /// What it asks of this actor about that person.
    pub(super) fn of(self, by: &By, subject: Option<UserId>) -> Asks {
        let themself = by.person().is_some() && by.person() == subject;
        match self {
            Self::Operator => Asks::Operator,
            Self::OperatorOrStaff(_) if *by == By::Operator => Asks::Operator,
            Self::System(name) => Asks::System(name),
            Self::OwnOrStaff(own, _) if themself => Asks::Own(own),
            Self::Own(own) => Asks::Own(own),
            Self::DoorOrStaff(_) if themself || *by == By::Nobody => Asks::Door,
            Self::Door => Asks::Door,
            Self::Staff(act)
            | Self::OperatorOrStaff(act)
            | Self::OwnOrStaff(_, act)
            | Self::DoorOrStaff(act) => Asks::Staff(act),
            Self::Follows => Asks::Nothing,
        }
    }
}

/// A single-use thing that was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spent {
    /// The step of an authenticator.
    Step { factor: FactorId, step: u64, purpose: Option<Purpose> },
    /// A code by SMS.
    Sms { code: SmsCodeId, purpose: Purpose },
    /// The registration of a security key or passkey.
    Credential,
    /// The challenge of a security key or passkey.
    Challenge { factor: FactorId, challenge: ChallengeId, sign_count: u32, purpose: Purpose },
    /// A recovery code.
    Code { set: CodeSetId, index: u8, left: u8, purpose: Purpose },
    /// A one-time link.
    Link { link: LinkId },
    /// A mailed code.
    Mailed { code: MailedCodeId },
    /// An enrolment ticket.
    Ticket { ticket: TicketId },
    /// The code of a recovery grant.
    Grant { recovery: RecoveryId, purpose: Purpose },
    /// A message, which ends once: it went out, or it was given up.
    Message { message: MessageId },
}

/// A guess that was weighed against a failure budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Weighed {
    pub(super) gate: Gate,
    pub(super) familiarity: Familiarity,
    /// For a wrong one: what it says it was charged, and until when to wait.
    pub(super) charged: Option<(u16, Option<Timestamp>)>,
}

/// What an event does to a person's credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Credentials {
    /// Nothing.
    #[default]
    Kept,
    /// A new password: a new epoch; its budgets begin anew.
    NewPassword,
    /// A new epoch, and nothing else.
    Renewed,
    /// A second factor from now on, of this generation: a new epoch.
    Enrolled(u32),
    /// A second factor that came with the person from another system, of this generation.
    Claimed(u32),
    /// The second factor is no more: a new epoch; its budgets begin anew.
    FactorEnded,
    /// Every budget begins anew.
    Unlocked,
}

impl Meaning {
    /// An event that takes something, and means nothing else.
    fn taking(subject: Option<UserId>, takes: Takes) -> Self {
        Self {
            subject,
            at: None,
            takes,
            spends: None,
            weighs: None,
            stands: None,
            credentials: Credentials::Kept,
        }
    }

    /// An older version of an event may not say: it says 0 then.
    fn at(self, at: Timestamp) -> Self {
        Self { at: Some(at).filter(|at| at.micros() != 0), ..self }
    }

    fn spending(self, spent: Spent) -> Self {
        Self { spends: Some(spent), ..self }
    }

    fn right(self, gate: Gate, familiarity: Familiarity) -> Self {
        Self { weighs: Some(Weighed { gate, familiarity, charged: None }), ..self }
    }

    fn wrong(self, gate: Gate, familiarity: Familiarity, charged: (u16, Option<Timestamp>)) -> Self {
        Self { weighs: Some(Weighed { gate, familiarity, charged: Some(charged) }), ..self }
    }

    fn standing(self, generation: u32, epoch: u32) -> Self {
        Self { stands: Some((generation, epoch)), ..self }
    }

    fn changing(self, credentials: Credentials) -> Self {
        Self { credentials, ..self }
    }

    /// What an event means where it stands.
    pub(super) fn of(event: &Event, scene: &Scene) -> Self {
        match event {
            Event::Account(event) => of_account(event, scene),
            Event::User(user, event) => of_user(*user, event, scene),
            Event::Device(device, event) => {
                let owner = match event {
                    DeviceEvent::DeviceRegistered { user, .. }
                    | DeviceEvent::ApiTokenUsed { holder: TokenHolder::User(user), .. } => Some(*user),
                    _ => scene.device(*device).and_then(|d| d.owner),
                };
                of_device(owner, event, scene)
            }
            Event::Reading(event) => of_reading(event, scene),
        }
    }
}

fn of_account(event: &AccountEvent, scene: &Scene) -> Meaning {
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
        AccountEvent::DeliveryTroubleRaised { at, .. } => takes(Takes::System(COURIER)).at(*at),
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

/// What a proof takes: at the door nobody is signed in yet.
fn proving(purpose: Purpose) -> Takes {
    match purpose {
        Purpose::SignIn(_) | Purpose::Thaw(_) => Takes::Door,
        Purpose::StepUp(_) | Purpose::Confirm(_) | Purpose::Disable => Takes::Own(Act::StepUp),
    }
}

#[expect(clippy::match_same_arms, reason = "a table: one row an event")]
fn of_user(user: UserId, event: &UserEvent, scene: &Scene) -> Meaning {
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
        // It gave way to another role.
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
        UserEvent::EmailChanged { link, at, .. } => {
            takes(Takes::Door).at(*at).spending(Spent::Link { link: *link })
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

fn of_device(owner: Option<UserId>, event: &DeviceEvent, scene: &Scene) -> Meaning {
    let takes = |takes| Meaning::taking(owner, takes);
    let role = owner.map_or(Role::Owner, |owner| scene.role(owner));
    match event {
        DeviceEvent::DeviceRegistered { at, .. } | DeviceEvent::DeviceTokenRotated { at, .. } => {
            takes(Takes::Door).at(*at)
        }
        DeviceEvent::SignInStarted { generation, epoch, at, .. }
        | DeviceEvent::SessionStarted { generation, epoch, at, .. } => {
            takes(Takes::Door).at(*at).standing(*generation, *epoch)
        }
        DeviceEvent::SignInCompleted { .. } => takes(Takes::Door),
        DeviceEvent::ProofCameLate { at, .. } => takes(Takes::Door).at(*at),
        DeviceEvent::DeviceTrusted { granted_at, generation, epoch, .. } => {
            takes(Takes::Door).at(*granted_at).standing(*generation, *epoch)
        }
        DeviceEvent::SessionSteppedUp { generation, epoch, at, .. } => {
            takes(Takes::Own(Act::StepUp)).at(*at).standing(*generation, *epoch)
        }
        DeviceEvent::SessionRenewed { epoch, at, .. } => {
            takes(Takes::Own(Act::ChangeOwnFactors)).at(*at).standing(scene.account.generation, *epoch)
        }
        DeviceEvent::SessionActive { at, .. } | DeviceEvent::SessionReauthorised { at, .. } => {
            takes(Takes::Own(Act::ReadOwn)).at(*at)
        }
        // A token acts in its own name; whether it is in force is judged by its own rule.
        DeviceEvent::ApiTokenUsed { at, .. } => takes(Takes::Follows).at(*at),
        DeviceEvent::SessionEnded { cause, .. } => takes(match cause {
            EndCause::SignedOut | EndCause::EndedByUser => Takes::Own(Act::EndOwn),
            EndCause::EndedByStaff => Takes::Staff(Act::EndSessions(role)),
            EndCause::DeviceLost => Takes::OwnOrStaff(Act::EndOwn, Act::EndSessions(role)),
            EndCause::TokenReplayed | EndCause::Displaced => Takes::Door,
            EndCause::PersonErased => Takes::Staff(Act::Erase(role)),
        }),
        DeviceEvent::DeviceDistrusted { cause } => takes(match cause {
            DistrustCause::RevokedByUser => Takes::Own(Act::EndOwn),
            DistrustCause::RevokedByStaff => Takes::Staff(Act::EndSessions(role)),
            DistrustCause::DeviceLost => Takes::OwnOrStaff(Act::EndOwn, Act::EndSessions(role)),
            DistrustCause::TokenReplayed => Takes::Door,
            DistrustCause::PersonErased => Takes::Staff(Act::Erase(role)),
        }),
    }
}

fn of_reading(event: &ReadingEvent, scene: &Scene) -> Meaning {
    let (reader, act, at) = match event {
        ReadingEvent::DataRead { reader, question, at, .. } => {
            let role = question.subject.map_or(Role::EndUser, |user| scene.role(user));
            (*reader, question.matter.act(role), *at)
        }
        ReadingEvent::DataExported { reader, at, .. } => (*reader, Act::Export, *at),
        ReadingEvent::ReportOrdered { reader, at, .. } => {
            return Meaning::taking(reader.user(), Takes::Own(Act::PrepareReport)).at(*at);
        }
        ReadingEvent::ReportPrepared { reader, at, .. }
        | ReadingEvent::ReportGivenUp { reader, at, .. }
        | ReadingEvent::ReportWithdrawn { reader, why: LostRight | NameErased, at, .. } => {
            return Meaning::taking(reader.user(), Takes::System("report_files")).at(*at);
        }
        ReadingEvent::ReportWithdrawn { reader, why: Cancelled, at, .. } => {
            return Meaning::taking(reader.user(), Takes::Own(Act::EndOwn)).at(*at);
        }
    };
    let takes = match reader {
        Reader::User(_) | Reader::Client(_) => Takes::Staff(act),
        Reader::PasswordOf(_) => Takes::Door,
        Reader::Operator => Takes::Operator,
    };
    Meaning::taking(reader.user(), takes).at(at)
}
