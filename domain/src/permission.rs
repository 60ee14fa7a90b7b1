//! Who may do what. One table; every door asks it.

mod lack;

pub use lack::Lack;

use crate::account::TokenScope;
use crate::device::Scope;
use crate::policy::Role;
use crate::sign_in::SignedIn;

/// What somebody wants to do.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, strum::IntoStaticStr, strum::VariantNames,
)]
pub enum Act {
    /// See the account's name, policy, and switch.
    ReadAccount,
    /// See whom a change of the policy or of the switch would concern.
    PreviewChange,
    /// Change the policy, schedule one, choose a profile.
    ChangePolicy,
    /// Set how loose a policy admins may save.
    ChangeFloor,
    /// Change how the account keeps its own powers in check.
    ChangeGovernance,
    /// Change name, logo, languages, notices.
    ChangeSettings,
    /// Make, rename, delete groups of people.
    ManageGroups,
    /// Register programs and issue their tokens.
    ManageClients,
    /// Bring hardware tokens into the account's stock, and see it.
    ManageStock,
    /// See which programs use the API, and how.
    ReadIntegrations,
    /// See which acts wait for a second approval.
    ReadApprovals,
    /// Give the second approval, or carry out an act whose wait is over.
    Approve,
    /// Cancel an act that waits.
    CancelApproval,
    /// Set the clock of a sandbox.
    SetClock,
    /// Close the account for good.
    CloseAccount,
    /// Disable, enable, suspend, or resume two-factor authentication for everyone.
    SwitchAccount,
    /// Register a user of a role.
    Register(Role),
    /// Import people from another system.
    ImportPeople,
    /// Change name, language, or groups of somebody of a role, invite them again.
    EditPerson(Role),
    /// Change what somebody of a role comes in by: their address, their identity provider.
    ChangeIdentity(Role),
    /// Let somebody of a role in through an identity provider no more.
    UnlinkProvider(Role),
    /// Deactivate somebody of a role, or let them in again, which takes nobody's approval.
    Deactivate(Role),
    /// Give somebody of one role another one.
    ChangeRole {
        /// From which.
        from: Role,
        /// To which.
        to: Role,
    },
    /// Let somebody of a role in without a second factor for a while.
    Exempt(Role),
    /// Issue an enrolment ticket for somebody of a role.
    IssueTicket(Role),
    /// Let somebody of a role in once, with a code, without their second factor.
    GrantRecovery(Role),
    /// End the grant, or the reset that waits, of somebody of a role.
    StopRecovery(Role),
    /// See the cases of people who lost their second factor.
    ReadRecoveries,
    /// Hand somebody of a role a hardware token of the stock, or take back one that is not bound.
    AssignToken(Role),
    /// See the people of the account.
    ReadPeople,
    /// See the devices and sessions of somebody of a role, with network addresses and browsers, and what became
    /// of messages to them.
    ReadDevices(Role),
    /// Reset the second factor of somebody of a role.
    ResetFactor(Role),
    /// Lift the locks of somebody of a role.
    Unlock(Role),
    /// Freeze the sign-in of somebody of a role, or give one's word for the way back.
    Freeze(Role),
    /// Let the installation's operator act inside the account for a while.
    GrantOperator,
    /// End that before its time.
    RevokeOperator,
    /// See what the operator was and is let do.
    ReadOperator,
    /// End sessions, revoke devices of somebody of a role.
    EndSessions(Role),
    /// Erase somebody of a role.
    Erase(Role),
    /// Read the status report.
    ReadStatus,
    /// Take the status report or the audit log away as a file.
    Export,
    /// Have a report prepared as a file, and take it.
    PrepareReport,
    /// See which reports others have as files, and how far each is.
    ReadReportJobs,
    /// Read the audit log.
    ReadAudit,
    /// See one's own factors, codes left, devices, sessions.
    ReadOwn,
    /// Enrol a first factor.
    EnrolOwn,
    /// Change one's own factors or codes once enrolled.
    ChangeOwnFactors,
    /// On a trusted device, ask for one's own second factor to be reset after a wait; the request itself
    /// carries the password and a mailed code.
    RecoverOwn,
    /// Switch off one's own second factor; the request itself carries the password and a fresh proof.
    DisableOwn,
    /// Change one's own name or language.
    EditOwn,
    /// Change one's own address. Whoever has no second factor signs in again instead of showing one.
    ChangeOwnEmail,
    /// Issue and revoke one's own API tokens.
    ManageOwnTokens,
    /// End one's own sessions, revoke one's own devices, sign out, cancel one's own files.
    EndOwn,
    /// Freeze one's own sign-in.
    FreezeOwn,
    /// Raise one's own session.
    StepUp,
}

/// An act upon somebody, by that person's role: `Act::Unlock` is the family of every `Act::Unlock(role)`.
pub type Family = fn(Role) -> Act;

/// An act that gives somebody of one role another one: `Act::change_role(from, to)`.
pub type Move = fn(Role, Role) -> Act;

impl Act {
    /// Every act there is, upon every role.
    pub fn all() -> Vec<Self> {
        let of = |family: Family| Role::ALL.map(family).to_vec();
        [
            vec![Self::ReadAccount, Self::PreviewChange],
            vec![Self::ChangePolicy, Self::ChangeFloor, Self::ChangeGovernance],
            vec![Self::ChangeSettings, Self::ManageGroups, Self::ManageClients, Self::ReadIntegrations],
            vec![Self::ManageStock],
            vec![Self::ReadApprovals, Self::Approve, Self::CancelApproval],
            vec![Self::SetClock, Self::CloseAccount, Self::SwitchAccount],
            of(Self::Register),
            vec![Self::ImportPeople],
            of(Self::EditPerson),
            of(Self::ChangeIdentity),
            of(Self::UnlinkProvider),
            of(Self::Deactivate),
            Role::ALL.map(|to| Role::ALL.map(|from| Self::ChangeRole { from, to })).as_flattened().to_vec(),
            of(Self::Exempt),
            of(Self::IssueTicket),
            of(Self::GrantRecovery),
            of(Self::StopRecovery),
            vec![Self::ReadRecoveries],
            of(Self::AssignToken),
            vec![Self::ReadPeople],
            of(Self::ReadDevices),
            of(Self::ResetFactor),
            of(Self::Unlock),
            of(Self::Freeze),
            vec![Self::GrantOperator, Self::RevokeOperator, Self::ReadOperator],
            of(Self::EndSessions),
            of(Self::Erase),
            vec![Self::ReadStatus, Self::Export, Self::PrepareReport, Self::ReadReportJobs, Self::ReadAudit],
            vec![Self::ReadOwn, Self::EnrolOwn, Self::ChangeOwnFactors, Self::RecoverOwn, Self::DisableOwn],
            vec![Self::EditOwn, Self::ChangeOwnEmail, Self::ManageOwnTokens, Self::EndOwn],
            vec![Self::FreezeOwn, Self::StepUp],
        ]
        .concat()
    }

    /// [`Act::ChangeRole`].
    pub const fn change_role(from: Role, to: Role) -> Self {
        Self::ChangeRole { from, to }
    }

    /// Whether it shows data of other people: whoever does it is recorded with what they were shown.
    pub const fn reads_others(self) -> bool {
        matches!(
            self,
            Self::PreviewChange
                | Self::ReadPeople
                | Self::ReadDevices(_)
                | Self::ReadStatus
                | Self::ReadReportJobs
                | Self::ReadAudit
                | Self::ReadRecoveries
                | Self::ReadApprovals
                | Self::ReadIntegrations
                | Self::ManageStock
                | Self::Export
        )
    }

    /// The role of whom it is upon, where it is upon somebody; of a change of role, the one that they have.
    pub const fn upon(self) -> Option<Role> {
        match self {
            Self::Register(role)
            | Self::EditPerson(role)
            | Self::ChangeIdentity(role)
            | Self::UnlinkProvider(role)
            | Self::Deactivate(role)
            | Self::ChangeRole { from: role, .. }
            | Self::Exempt(role)
            | Self::IssueTicket(role)
            | Self::GrantRecovery(role)
            | Self::StopRecovery(role)
            | Self::AssignToken(role)
            | Self::ReadDevices(role)
            | Self::ResetFactor(role)
            | Self::Unlock(role)
            | Self::Freeze(role)
            | Self::EndSessions(role)
            | Self::Erase(role) => Some(role),
            Self::ReadAccount
            | Self::PreviewChange
            | Self::ChangePolicy
            | Self::ChangeFloor
            | Self::ChangeGovernance
            | Self::ChangeSettings
            | Self::ManageGroups
            | Self::ManageClients
            | Self::ManageStock
            | Self::ReadIntegrations
            | Self::ReadApprovals
            | Self::Approve
            | Self::CancelApproval
            | Self::SetClock
            | Self::CloseAccount
            | Self::SwitchAccount
            | Self::ImportPeople
            | Self::ReadRecoveries
            | Self::ReadPeople
            | Self::GrantOperator
            | Self::RevokeOperator
            | Self::ReadOperator
            | Self::ReadStatus
            | Self::Export
            | Self::PrepareReport
            | Self::ReadReportJobs
            | Self::ReadAudit
            | Self::ReadOwn
            | Self::EnrolOwn
            | Self::ChangeOwnFactors
            | Self::RecoverOwn
            | Self::DisableOwn
            | Self::EditOwn
            | Self::ChangeOwnEmail
            | Self::ManageOwnTokens
            | Self::EndOwn
            | Self::FreezeOwn
            | Self::StepUp => None,
        }
    }

    /// What it is called, whomever it is upon.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// What an act takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nobody of this role may.
    Never,
    /// A good session suffices.
    Session,
    /// A second factor within the last ten minutes.
    StepUp,
    /// The same, where the owner lets admins do it.
    Delegated,
    /// The same, and a second owner's approval; where there is one owner only, a wait.
    Approved,
}

/// Why somebody may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Not with this role.
    #[error("{0}")]
    Role(Lack),
    /// Nobody does it for a customer, or not with this role.
    #[error("nobody of your role does this for an end user, or for whoever was one within 72 hours")]
    Customer,
    /// Only after showing a second factor again (RFC 9470).
    #[error("this needs a second factor shown within the last 10 minutes")]
    StepUp,
    /// Not in a session that rests on an exemption: it lets somebody in, and binds nothing.
    #[error("this session rests on an exemption, which lets nobody bind a factor")]
    Exempted,
    /// Only after enrolling.
    #[error("enrol a second factor first; nothing else is possible before")]
    EnrolFirst,
    /// Only a person in a session, whatever token is shown.
    #[error("this needs a person who is signed in; no token or password on a request does it")]
    NeedsPerson,
    /// Only with a token that this scope was named for.
    #[error("this token was not issued for `{}`", .0.name())]
    Scope(TokenScope),
}

/// What an act takes of a role. The table.
#[expect(clippy::match_same_arms, reason = "a table: one row an act")]
pub fn need(role: Role, act: Act) -> Need {
    use Need::{Approved, Delegated, Never, Session, StepUp};
    use Role::{Admin, Agent, Auditor, EndUser, Owner};
    match (act, role) {
        (Act::ReadOwn | Act::EnrolOwn | Act::EndOwn | Act::EditOwn | Act::StepUp, _) => Session,
        (Act::RecoverOwn | Act::DisableOwn | Act::FreezeOwn, _) => Session,
        (Act::ChangeOwnFactors | Act::ChangeOwnEmail, _) => StepUp,
        (Act::ManageOwnTokens, Owner | Admin | Agent | Auditor) => StepUp,

        (Act::ReadAccount | Act::PreviewChange, Owner | Admin | Auditor) => Session,
        (Act::ReadPeople, Owner | Admin | Agent | Auditor) => Session,
        // Whoever may end somebody's sessions may see them first.
        (Act::ReadDevices(_), Owner) => Session,
        (Act::ReadDevices(Admin | Agent | Auditor | EndUser), Admin) => Session,
        (Act::ReadDevices(EndUser), Agent) => Session,
        (Act::ReadStatus | Act::ReadAudit, Owner | Admin | Auditor) => Session,
        (Act::Export | Act::PrepareReport, Owner | Admin | Auditor) => StepUp,
        (Act::ReadReportJobs, Owner) => Session,

        (Act::ChangePolicy | Act::ChangeSettings | Act::ManageGroups | Act::ImportPeople, Owner | Admin) => {
            StepUp
        }
        (Act::ChangeFloor | Act::ChangeGovernance | Act::SetClock, Owner) => StepUp,
        (Act::ManageClients | Act::ManageStock, Owner | Admin) => StepUp,
        (Act::ReadIntegrations | Act::ReadApprovals, Owner | Admin | Auditor) => Session,
        (Act::Approve, Owner) => StepUp,
        // Whoever is told of a wait may end it; that only ever keeps things as they are.
        (Act::CancelApproval, Owner | Admin) => Session,
        (Act::CloseAccount, Owner) => Approved,
        (Act::SwitchAccount, Owner) => StepUp,
        (Act::SwitchAccount, Admin) => Delegated,
        // An owner is not registered but made, which takes two: or one could bring the second along.
        (Act::Register(Owner), _) => Never,
        (Act::Register(Admin), Owner) => StepUp,
        (Act::Register(Agent | Auditor | EndUser), Owner | Admin) => StepUp,
        // Whoever could deactivate the other owners alone could undo every act that takes two.
        (Act::Deactivate(Owner), Owner) => Approved,
        (Act::EditPerson(_) | Act::UnlinkProvider(_) | Act::Deactivate(_), Owner) => StepUp,
        // Whoever sets what an owner comes in by could come in as them.
        (Act::ChangeIdentity(Owner), Owner) => Approved,
        (Act::ChangeIdentity(Admin | Agent | Auditor | EndUser), Owner) => StepUp,
        (
            Act::EditPerson(role)
            | Act::ChangeIdentity(role)
            | Act::UnlinkProvider(role)
            | Act::Deactivate(role),
            Admin,
        ) if role != Owner => StepUp,
        // Making an owner, and unmaking another one, takes two.
        (Act::ChangeRole { from: Owner, .. } | Act::ChangeRole { to: Owner, .. }, Owner) => Approved,
        (Act::ChangeRole { .. }, Owner) => StepUp,
        (Act::ChangeRole { from: Agent | Auditor | EndUser, to: Agent | Auditor | EndUser }, Admin) => StepUp,
        // An end user's reset by staff leads into a wait; a peer's takes two.
        (Act::ResetFactor(Owner), Owner) => Approved,
        (Act::ResetFactor(Admin | Agent | Auditor | EndUser), Owner) => StepUp,
        (Act::ResetFactor(Agent | Auditor | EndUser), Admin) => StepUp,
        (Act::ResetFactor(EndUser), Agent) => StepUp,
        (Act::Exempt(Owner), Owner) => Approved,
        (Act::Exempt(Admin | Agent | Auditor | EndUser), Owner) => StepUp,
        (Act::Exempt(Agent | Auditor), Admin) => StepUp,
        // No staff-issued code for an end user, ever.
        (Act::IssueTicket(Admin | Agent | Auditor), Owner) => StepUp,
        (Act::IssueTicket(Agent | Auditor), Admin) => StepUp,
        (Act::GrantRecovery(Owner), Owner) => Approved,
        (Act::GrantRecovery(Admin | Agent | Auditor), Owner) => StepUp,
        (Act::GrantRecovery(Agent | Auditor), Admin) => StepUp,
        // Like a cancelled approval, it only ever keeps things as they are.
        (Act::StopRecovery(_), Owner | Admin) => Session,
        (Act::StopRecovery(EndUser), Agent) => Session,
        (Act::ReadRecoveries, Owner | Admin | Auditor) => Session,
        (Act::AssignToken(_), Owner) | (Act::AssignToken(Admin | Agent | Auditor | EndUser), Admin) => StepUp,
        (Act::Unlock(_), Owner) => StepUp,
        (Act::Unlock(Admin | Agent | Auditor | EndUser), Admin) => StepUp,
        // Nobody shuts out, or lets back, a role equal to or above their own.
        (Act::Freeze(Admin | Agent | Auditor | EndUser), Owner) => StepUp,
        (Act::Freeze(Agent | Auditor | EndUser), Admin) => StepUp,
        (Act::Freeze(EndUser), Agent) => StepUp,
        (Act::GrantOperator, Owner) => StepUp,
        // It only ever takes leave away, and is not kept waiting for a factor.
        (Act::RevokeOperator, Owner | Admin) => Session,
        (Act::ReadOperator, Owner | Admin | Auditor) => Session,
        (Act::EndSessions(_), Owner) => StepUp,
        (Act::EndSessions(Admin | Agent | Auditor | EndUser), Admin) => StepUp,
        (Act::Unlock(EndUser) | Act::EndSessions(EndUser), Agent) => StepUp,
        (Act::Erase(_), Owner) => Approved,

        (
            Act::ReadAccount
            | Act::PreviewChange
            | Act::ChangePolicy
            | Act::ChangeFloor
            | Act::ChangeGovernance
            | Act::ChangeSettings
            | Act::ManageGroups
            | Act::ManageClients
            | Act::ManageStock
            | Act::ReadIntegrations
            | Act::ReadApprovals
            | Act::Approve
            | Act::CancelApproval
            | Act::SetClock
            | Act::CloseAccount
            | Act::ImportPeople
            | Act::EditPerson(_)
            | Act::ChangeIdentity(_)
            | Act::UnlinkProvider(_)
            | Act::Deactivate(_)
            | Act::ChangeRole { .. }
            | Act::Exempt(_)
            | Act::IssueTicket(_)
            | Act::GrantRecovery(_)
            | Act::StopRecovery(_)
            | Act::ReadRecoveries
            | Act::AssignToken(_)
            | Act::ManageOwnTokens
            | Act::SwitchAccount
            | Act::Register(_)
            | Act::ReadPeople
            | Act::ReadDevices(_)
            | Act::ResetFactor(_)
            | Act::Unlock(_)
            | Act::Freeze(_)
            | Act::GrantOperator
            | Act::RevokeOperator
            | Act::ReadOperator
            | Act::EndSessions(_)
            | Act::Erase(_)
            | Act::ReadStatus
            | Act::Export
            | Act::PrepareReport
            | Act::ReadReportJobs
            | Act::ReadAudit,
            _,
        ) => Never,
    }
}

impl SignedIn<'_> {
    /// Whether they may do something now.
    pub fn permit(&self, act: Act) -> Result<(), Denied> {
        // Whoever must bind another factor, because policy lets none of theirs count, has shown the one they have.
        let replacing = act == Act::ChangeOwnFactors && self.session().method.is_second_factor();
        let enrolling = replacing || matches!(act, Act::EnrolOwn | Act::ReadOwn | Act::EndOwn);
        if self.session().scope == Scope::Enrolment && !enrolling {
            return Err(Denied::EnrolFirst);
        }
        if self.session().exemption.is_some() && act == Act::EnrolOwn {
            return Err(Denied::Exempted);
        }
        match need(self.role(), act) {
            Need::Never => Err(self.lacks(act)),
            Need::Session => Ok(()),
            Need::Delegated if !self.account().governance.admins_may_switch => Err(self.lacks(act)),
            Need::StepUp | Need::Delegated | Need::Approved if self.recently_proved() => Ok(()),
            // Nobody is kept from their own address for want of a factor that nothing asks of them.
            Need::StepUp if act == Act::ChangeOwnEmail && self.just_signed_in_without_factor() => Ok(()),
            Need::StepUp | Need::Delegated | Need::Approved => Err(Denied::StepUp),
        }
    }

    /// Whether they may do something to somebody. Where nobody is there, they learn so only if they might
    /// do it to somebody of some role.
    pub fn permit_upon(&self, subject: Option<Role>, family: impl Fn(Role) -> Act) -> Result<(), Denied> {
        if let Some(role) = subject {
            return self.permit(family(role));
        }
        let mut least = Err(self.lacks(family(Role::EndUser)));
        for role in Role::ALL {
            match self.permit(family(role)) {
                Err(Denied::Role(_)) => {}
                Ok(()) => return Ok(()),
                nearer => least = nearer,
            }
        }
        least
    }

    fn lacks(&self, act: Act) -> Denied {
        Denied::Role(Lack::of(self.role(), act))
    }
}

impl TokenScope {
    /// What a token with this scope may do; by itself a scope does nothing more. A scope that lists nothing
    /// is asked for by name where a sign-in is opened.
    pub const fn acts(self) -> &'static [Act] {
        match self {
            Self::ReadAccount => &[Act::ReadAccount],
            Self::ReadPeople => &[Act::ReadPeople],
            Self::ReadStatus => &[Act::ReadStatus, Act::ReadIntegrations, Act::ReadRecoveries],
            Self::ReadAudit => &[Act::ReadAudit],
            Self::Export => &[Act::Export],
            Self::ManageEndUsers => &[
                Act::Register(Role::EndUser),
                Act::EditPerson(Role::EndUser),
                Act::Deactivate(Role::EndUser),
            ],
            Self::AssertSignIn | Self::AssertTrust => &[],
        }
    }
}

/// The scope by which an API token may do an act. An act that no scope lists takes a person.
pub fn scope_for(act: Act) -> Option<TokenScope> {
    TokenScope::ALL.into_iter().find(|scope| scope.acts().contains(&act))
}

/// Whether an act only reads what is there, so that e-mail and password on the request may do (assurance level
/// 1, without a session), for as long as the policy lets them.
pub fn password_suffices(role: Role, act: Act) -> bool {
    let reads = matches!(
        act,
        Act::ReadAccount
            | Act::ReadPeople
            | Act::ReadStatus
            | Act::ReadAudit
            | Act::ReadIntegrations
            | Act::ReadRecoveries
    );
    reads && need(role, act) == Need::Session
}
