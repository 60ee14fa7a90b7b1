//! Who may do what. One table; every door asks it.

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
    /// Change the policy.
    ChangePolicy,
    /// Disable, enable, suspend, or resume two-factor authentication for everyone.
    SwitchAccount,
    /// Register a user of a role.
    Register(Role),
    /// See the people of the account.
    ReadPeople,
    /// See the devices and sessions of somebody of a role, with network addresses and browsers.
    ReadDevices(Role),
    /// Reset the second factor of somebody of a role.
    ResetFactor(Role),
    /// Lift the locks of somebody of a role.
    Unlock(Role),
    /// End sessions, revoke devices of somebody of a role.
    EndSessions(Role),
    /// Erase somebody of a role.
    Erase(Role),
    /// Read the status report.
    ReadStatus,
    /// Take the status report or the audit log away as a file.
    Export,
    /// Read the audit log.
    ReadAudit,
    /// See one's own factors, codes left, devices, sessions.
    ReadOwn,
    /// Enrol a first factor.
    EnrolOwn,
    /// Change one's own factors or codes once enrolled.
    ChangeOwnFactors,
    /// Switch off one's own second factor; the request itself carries the password and a fresh proof.
    DisableOwn,
    /// End one's own sessions, revoke one's own devices, sign out.
    EndOwn,
    /// Raise one's own session.
    StepUp,
}

/// An act upon somebody, by that person's role: `Act::Unlock` is the family of every `Act::Unlock(role)`.
pub type Family = fn(Role) -> Act;

impl Act {
    /// Every act there is, upon every role.
    pub fn all() -> Vec<Self> {
        let of = |family: Family| Role::ALL.map(family).to_vec();
        [
            vec![Self::ReadAccount, Self::ChangePolicy, Self::SwitchAccount],
            of(Self::Register),
            vec![Self::ReadPeople],
            of(Self::ReadDevices),
            of(Self::ResetFactor),
            of(Self::Unlock),
            of(Self::EndSessions),
            of(Self::Erase),
            vec![Self::ReadStatus, Self::Export, Self::ReadAudit],
            vec![Self::ReadOwn, Self::EnrolOwn, Self::ChangeOwnFactors, Self::DisableOwn],
            vec![Self::EndOwn, Self::StepUp],
        ]
        .concat()
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
}

/// Why somebody may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Not with this role.
    #[error("your role may not do this")]
    Role,
    /// Only after showing a second factor again (RFC 9470).
    #[error("this needs a second factor shown within the last 10 minutes")]
    StepUp,
    /// Only after enrolling.
    #[error("enrol a second factor first; nothing else is possible before")]
    EnrolFirst,
}

/// What an act takes of a role. The table.
#[expect(clippy::match_same_arms, reason = "a table: one row an act")]
pub fn need(role: Role, act: Act) -> Need {
    use Need::{Never, Session, StepUp};
    use Role::{Admin, Agent, Auditor, EndUser, Owner};
    match (act, role) {
        (Act::ReadOwn | Act::EnrolOwn | Act::EndOwn | Act::DisableOwn | Act::StepUp, _) => Session,
        (Act::ChangeOwnFactors, _) => StepUp,

        (Act::ReadAccount, Owner | Admin | Auditor) => Session,
        (Act::ReadPeople, Owner | Admin | Agent | Auditor) => Session,
        // Whoever may end somebody's sessions may see them first.
        (Act::ReadDevices(_), Owner) => Session,
        (Act::ReadDevices(Admin | Agent | Auditor | EndUser), Admin) => Session,
        (Act::ReadDevices(EndUser), Agent) => Session,
        (Act::ReadStatus | Act::ReadAudit, Owner | Admin | Auditor) => Session,
        (Act::Export, Owner | Admin | Auditor) => StepUp,

        (Act::ChangePolicy, Owner | Admin) => StepUp,
        // An admin only where the owner's floor allows it; there is no floor to set yet.
        (Act::SwitchAccount, Owner) => StepUp,
        (Act::Register(Owner | Admin), Owner) => StepUp,
        (Act::Register(Agent | Auditor | EndUser), Owner | Admin) => StepUp,
        // Owner to owner takes a second owner's approval, which cannot be given yet. An end user's
        // reset by staff leads into a wait, which there is not yet either: only an owner may.
        (Act::ResetFactor(Admin | Agent | Auditor | EndUser), Owner) => StepUp,
        (Act::ResetFactor(Agent | Auditor), Admin) => StepUp,
        (Act::Unlock(_), Owner) => StepUp,
        (Act::Unlock(Admin | Agent | Auditor | EndUser), Admin) => StepUp,
        (Act::EndSessions(_), Owner) => StepUp,
        (Act::EndSessions(Admin | Agent | Auditor | EndUser), Admin) => StepUp,
        (Act::Unlock(EndUser) | Act::EndSessions(EndUser), Agent) => StepUp,
        (Act::Erase(Admin | Agent | Auditor | EndUser), Owner) => StepUp,

        (
            Act::ReadAccount
            | Act::ChangePolicy
            | Act::SwitchAccount
            | Act::Register(_)
            | Act::ReadPeople
            | Act::ReadDevices(_)
            | Act::ResetFactor(_)
            | Act::Unlock(_)
            | Act::EndSessions(_)
            | Act::Erase(_)
            | Act::ReadStatus
            | Act::Export
            | Act::ReadAudit,
            _,
        ) => Never,
    }
}

impl SignedIn<'_> {
    /// Whether they may do something now.
    pub fn permit(&self, act: Act) -> Result<(), Denied> {
        let enrolling = matches!(act, Act::EnrolOwn | Act::ReadOwn | Act::EndOwn);
        if self.session().scope == Scope::Enrolment && !enrolling {
            return Err(Denied::EnrolFirst);
        }
        match need(self.role(), act) {
            Need::Never => Err(Denied::Role),
            Need::Session => Ok(()),
            Need::StepUp if self.recently_proved() => Ok(()),
            Need::StepUp => Err(Denied::StepUp),
        }
    }

    /// Whether they may do something to somebody. Where nobody is there, they learn so only if they might
    /// do it to somebody of some role.
    pub fn permit_upon(&self, subject: Option<Role>, family: Family) -> Result<(), Denied> {
        if let Some(role) = subject {
            return self.permit(family(role));
        }
        let mut least = Err(Denied::Role);
        for role in Role::ALL {
            match self.permit(family(role)) {
                Err(Denied::Role) => {}
                Ok(()) => return Ok(()),
                nearer => least = nearer,
            }
        }
        least
    }
}
