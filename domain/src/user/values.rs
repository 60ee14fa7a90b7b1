//! The values that a user's events are made of.

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use crate::ids::{FactorId, LinkId, RecoveryId, SessionId, SignInId, UserId, VerifierId};
use crate::permission::{Act, Family};
use crate::policy::Role;
use crate::sealed::{Reason, Sealed};
use crate::time::Timestamp;

/// What a one-time link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkPurpose {
    /// Sent by mail to a new user; redeeming it proves the address.
    Invitation,
    /// Printed by the installation's command line for an owner; proves nothing about an address.
    SetUp,
    /// Sent by mail to somebody who forgot their password; never touches factors.
    PasswordReset,
    /// Sent by mail to a new address; redeeming it makes it theirs.
    EmailChange,
    /// Sent by mail to somebody who was reactivated; redeeming it proves the address again.
    Verification,
    /// Sent by mail to the address that somebody has while another one was asked for; redeeming it keeps theirs.
    EmailObjection,
    /// Sent by mail to somebody locked out; redeeming it shows the code that lets them in once.
    Recovery,
    /// Sent by mail to somebody whose sign-in is frozen; redeeming it, with more, sets a new password.
    WayBack,
}

/// Why what is mailed to somebody proves nothing more for a while. As a word, it is the member `change` of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Fresh {
    /// They set their password by a link that was mailed to whoever forgot it.
    #[error("the password was reset by mail")]
    PasswordReset,
    /// They set it by the link of their invitation, and a second factor had come along from elsewhere.
    #[error("the password was set by the link of the invitation")]
    Invitation,
    /// They set it by the link that let them in again after they had been deactivated.
    #[error("the password was set by the link that let them in again")]
    Reactivation,
    /// They set it as they came back to a frozen sign-in.
    #[error("the password was set by the link back to a frozen sign-in")]
    WayBack,
    /// Staff replaced the address.
    #[error("staff replaced the e-mail address")]
    AddressReplaced,
}

impl Fresh {
    /// After a password that was set by such a link.
    pub(super) const fn of(link: LinkPurpose) -> Self {
        match link {
            LinkPurpose::Invitation | LinkPurpose::SetUp => Self::Invitation,
            LinkPurpose::Verification => Self::Reactivation,
            LinkPurpose::WayBack | LinkPurpose::Recovery => Self::WayBack,
            LinkPurpose::PasswordReset | LinkPurpose::EmailChange | LinkPurpose::EmailObjection => {
                Self::PasswordReset
            }
        }
    }

    /// Whether staff did it, and not the person.
    pub const fn by_staff(self) -> bool {
        matches!(self, Self::AddressReplaced)
    }
}

/// What a proof was shown for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To finish a sign-in.
    SignIn(SignInId),
    /// To raise a session for something sensitive.
    StepUp(SessionId),
    /// To confirm a factor that is being bound.
    Confirm(FactorId),
    /// To switch off one's own second factor, as events said it before they named the session.
    Disable,
    /// To switch off one's own second factor, in this session.
    DisableIn(SessionId),
    /// To come back to a sign-in that is frozen, beside a mailed link.
    Thaw(RecoveryId),
}

/// Whether a device had completed a sign-in of this user before. Known devices have failure
/// budgets of their own, so that strangers can exhaust neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Familiarity {
    /// Completed a sign-in of this user before.
    Known,
    /// Seen for the first time, or nothing is known of it.
    Stranger,
}

/// Why a proof was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Refusal {
    /// It matches nothing.
    Wrong,
    /// It matched, but had been accepted before (RFC 6238 §5.2).
    Replayed,
    /// It matched something whose time is over.
    Expired,
    /// The signature counter of a security key went back: the key was copied (WebAuthn level 3 §6.1.1).
    CounterBack,
    /// It matched a factor of a kind that the policy allows no more, and there is another one.
    NotAllowed,
}

/// What a proof claimed to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ProofKind {
    /// An OTP of a bound factor.
    Otp,
    /// A recovery code.
    RecoveryCode,
    /// The code of a recovery grant.
    RecoveryGrant,
    /// A code by SMS.
    SmsCode,
    /// An assertion of a security key or passkey.
    Assertion,
}

/// What reset or ended a user's second factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResetCause {
    /// The account-wide disable that opened this generation.
    AccountDisabled {
        /// The generation.
        generation: u32,
    },
    /// A member of staff, for a reason.
    Staff {
        /// Why.
        reason: Sealed<Reason>,
        /// Whether the factor may be in wrong hands: then only an enrolment ticket binds a new one.
        compromise: bool,
        /// The case of the freeze that stood then. None in events of version 1.
        recovery: Option<RecoveryId>,
    },
    /// A member of staff asked for it before such waits were cases, and the wait passed without the person
    /// objecting or using their factor.
    StaffAfterWait {
        /// When it was asked for.
        scheduled_at: Timestamp,
    },
    /// The wait of a recovery case passed, and nobody who may objected.
    AfterWait {
        /// The case.
        recovery: RecoveryId,
        /// When it was asked for.
        scheduled_at: Timestamp,
    },
    /// The code of a recovery grant was used.
    Granted {
        /// The case.
        recovery: RecoveryId,
    },
}

/// By which way somebody without their second factor comes back in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RecoveryRoute {
    /// An owner or an admin grants a code for one sign-in.
    Grant,
    /// A member of staff asks for an end user's reset, which waits.
    Staff,
    /// An end user, with the password and a code mailed to them, asks for their own reset, which waits.
    Mailbox,
    /// Anybody on a device that is still trusted asks for it so; the wait is shorter.
    TrustedDevice,
    /// An owner, whom nobody outranks, asks for it so; the whole team is told.
    Owner,
    /// Their sign-in was frozen, and they come back with a mailed link and their factor.
    Frozen,
    /// The installation's operator, under a grant of an owner, made them a link or lifted their locks.
    Operator,
}

impl RecoveryRoute {
    /// The way back in that is open to somebody of a role who has nothing but their password and their mailbox.
    pub const fn without_a_device(role: Role) -> Self {
        match role {
            Role::EndUser => Self::Mailbox,
            // Nobody is above an owner.
            Role::Owner => Self::Owner,
            Role::Admin | Role::Agent | Role::Auditor => Self::Grant,
        }
    }
}

/// Why a request was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RecoveryRefusal {
    /// Staff asked for a code for an end user. Nobody gives them one.
    EndUser,
    /// The password was reset by mail a short while ago: the mailbox would be all that is shown.
    PasswordMailed,
    /// The address changed a short while ago.
    AddressChanged,
}

/// What a member of staff wants to do for somebody else who cannot come in, or about what they come in by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Help {
    /// To be let in without a second factor for a while, or to end that.
    Exemption,
    /// A ticket that binds a first factor.
    Ticket,
    /// A code that lets them in once.
    Grant,
    /// Their second factor reset, at once or after a wait.
    Reset,
    /// Their locks and waits lifted.
    Unlock,
    /// Another address, or an end to one that staff asked for.
    Address,
    /// An identity provider to come in through.
    Provider,
    /// To come in through an identity provider no more.
    ProviderEnd,
    /// A hardware token of the stock, handed out or taken back.
    Token,
    /// The word of staff for the way back to a frozen sign-in.
    Vouch,
    /// Their sign-in frozen.
    Freeze,
    /// An end to a grant, or to a reset that waits.
    Stop,
    /// An end to their sessions, to a device, or to a change of address that they asked for.
    Sessions,
    /// Another link to come in by for the first time.
    Invitation,
    /// To be let in again after they were deactivated.
    Return,
}

impl Help {
    /// Every kind of help.
    pub const ALL: [Self; 15] = [
        Self::Exemption,
        Self::Ticket,
        Self::Grant,
        Self::Reset,
        Self::Unlock,
        Self::Address,
        Self::Provider,
        Self::ProviderEnd,
        Self::Token,
        Self::Vouch,
        Self::Freeze,
        Self::Stop,
        Self::Sessions,
        Self::Invitation,
        Self::Return,
    ];

    /// What the table of permissions calls it.
    pub const fn family(self) -> Family {
        match self {
            Self::Exemption => Act::Exempt,
            Self::Ticket => Act::IssueTicket,
            Self::Grant => Act::GrantRecovery,
            Self::Reset => Act::ResetFactor,
            Self::Unlock => Act::Unlock,
            Self::Address | Self::Provider => Act::ChangeIdentity,
            Self::ProviderEnd => Act::UnlinkProvider,
            Self::Token => Act::AssignToken,
            Self::Vouch | Self::Freeze => Act::Freeze,
            Self::Stop => Act::StopRecovery,
            Self::Sessions => Act::EndSessions,
            Self::Invitation => Act::EditPerson,
            Self::Return => Act::Deactivate,
        }
    }

    /// The same for somebody of a role.
    pub fn deed(self, role: Role) -> Act {
        self.family()(role)
    }

    /// Whether it takes a factor away, keeps somebody out, or lets them back in: of that, one member of staff gives only
    /// so much. Another address or provider is none of it: the person themself confirms the one, and both are told.
    /// What ends a way back is, of an agent: owners and admins may have to end those of a whole town.
    pub const fn reaches(self, role: Role) -> bool {
        match self {
            Self::Stop => matches!(role, Role::Agent),
            Self::Exemption
            | Self::Ticket
            | Self::Grant
            | Self::Reset
            | Self::Unlock
            | Self::Vouch
            | Self::Freeze
            | Self::Return => true,
            Self::Address
            | Self::Provider
            | Self::ProviderEnd
            | Self::Token
            | Self::Sessions
            | Self::Invitation => false,
        }
    }

    /// Whether nobody gives it to themself: it lets in whoever has it.
    pub const fn lets_in(self) -> bool {
        matches!(self, Self::Exemption | Self::Ticket | Self::Grant)
    }
}

/// Why they are not helped so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum NoHelp {
    /// They are a customer, or were one until a short while ago: a change of role is no way around the wait.
    Customer,
    /// Not by somebody of that role.
    Outranked,
    /// They are who asks: nobody lets themself in.
    Own,
    /// Whoever asked helped as many others of late as one member of staff may.
    Spent,
}

/// That somebody asked for help which is not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedInVain {
    /// For what.
    pub help: Help,
    /// Who asked.
    pub by: UserId,
    /// When that was recorded.
    pub at: Timestamp,
}

/// Why a reset that waited, or a grant, came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Objection {
    /// The person showed their second factor.
    Factor,
    /// The person said so.
    Person,
    /// A member of staff said so.
    Staff,
    /// A new password was set.
    Password,
    /// The address changed.
    Address,
    /// Something else took its place.
    Replaced,
    /// The sign-in was frozen.
    Frozen,
}

/// Who froze a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FrozenBy {
    /// Whoever holds the link that stood in a notice to the person.
    OwnLink,
    /// Whoever holds such a link that was mailed to the address before the last change of it.
    FormerLink,
    /// The person, in a session.
    #[serde(rename = "self")]
    #[strum(serialize = "self")]
    Person,
    /// A member of staff.
    Staff,
}

/// What ended a freeze, beside the mailed link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Thawed {
    /// A second factor, or a recovery code.
    Factor,
    /// The word of staff, or a wait that nobody stopped.
    Allowed,
}

/// Into whose hands the code of a grant comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handing {
    /// The person's, by a one-time link to the address that recovery uses. Who issued it never sees it.
    Link {
        /// The link.
        link: LinkId,
        /// Where its verifier is.
        verifier: VerifierId,
    },
    /// Who issued it, to tell the person. Only where the account's governance lets them.
    Issuer {
        /// Where the code's verifier is.
        verifier: VerifierId,
    },
}

/// What became of a password shown to the API by HTTP Basic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum PasswordAccess {
    /// It opened the API.
    Allowed,
    /// It opened the API for the time being; the end is announced.
    Warned,
    /// It was right, but the policy or the person's own second factor forbids it.
    Refused,
}

/// What a lock-out concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Gate {
    /// The password.
    Password,
    /// Every kind of second factor.
    SecondFactor,
    /// The codes mailed for a first binding.
    MailedCode,
    /// The enrolment ticket. It is void after a few wrong tries, and so never locks.
    Ticket,
}
