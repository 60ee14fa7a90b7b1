//! What can be asked of a user, and why it may be refused.

use super::access::AccessCommand;
use super::budget::Wait;
use super::freeze::FreezeCommand;
use super::help::HelpCommand;
use super::people::PeopleCommand;
use super::recovery::RecoveryCommand;
use super::values::{Familiarity, Fresh, Gate, LinkPurpose, Purpose, Refusal};
use crate::access::TokenRefused;
use crate::delivery::{Ended, Posted};
use crate::factor::sms::NewSmsCode;
use crate::factor::{FactorDetail, FactorKind, token};
use crate::ids::{
    AccountId, CodeSetId, DeviceId, FactorId, LinkId, MailedCodeId, SessionId, StockTokenId, UserId,
    VerifierId,
};
use crate::policy::Role;
use crate::proof::{Verdict, Warrant};
use crate::sealed::{Email, FactorName, PersonName, Reason, Sealed};
use crate::time::Timestamp;

/// Who is being registered.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their account.
    pub account: AccountId,
    /// Pre-minted id.
    pub user: UserId,
    /// Their role.
    pub role: Role,
    /// Their name.
    pub name: Sealed<PersonName>,
    /// Their address.
    pub email: Sealed<Email>,
    /// `en`, `es`, or `ko`.
    pub language: String,
}

/// A factor about to be bound.
#[derive(Debug, Clone)]
pub struct NewFactor {
    /// Pre-minted id.
    pub factor: FactorId,
    /// What it is.
    pub detail: FactorDetail,
    /// What its owner calls it.
    pub name: Sealed<FactorName>,
    /// The session that binds it.
    pub session: SessionId,
}

/// A code about to be mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewMailedCode {
    /// Pre-minted id.
    pub code: MailedCodeId,
    /// Where its verifier is kept.
    pub verifier: VerifierId,
}

/// A set of recovery codes made outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewCodes {
    /// Pre-minted id.
    pub set: CodeSetId,
    /// How many.
    pub count: u8,
    /// Where their verifiers are kept.
    pub verifier: VerifierId,
}

/// A command to a user. Instants, ids, and verdicts come with it.
#[derive(Debug, Clone)]
pub enum UserCommand {
    /// Make the person a user.
    Register {
        /// Who.
        person: Person,
        /// Now.
        at: Timestamp,
    },
    /// Make a one-time link for them; an earlier open link of the same purpose ends.
    IssueLink {
        /// Pre-minted id.
        link: LinkId,
        /// What for.
        purpose: LinkPurpose,
        /// Where its verifier is kept.
        verifier: VerifierId,
        /// When it ends.
        expires_at: Timestamp,
    },
    /// Use a link (whose secret was right) to set a password.
    RedeemLink {
        /// The link.
        link: LinkId,
        /// Where the new password's verifier is kept.
        password: VerifierId,
        /// Whether the password is long enough to stand alone.
        stands_alone: bool,
        /// The address before that the link was mailed to, sealed anew, where it is theirs again with this.
        address: Option<Sealed<Email>>,
        /// Now.
        at: Timestamp,
    },
    /// Weigh a password that was shown.
    AnswerPassword {
        /// Whether it was right.
        matched: bool,
        /// Whose budget it charges.
        familiarity: Familiarity,
        /// Now.
        at: Timestamp,
    },
    /// Take a program's word in the place of the password. It charges nothing, and opens nothing where the lock of
    /// the password is closed.
    TakeWord {
        /// Whose lock is looked at.
        familiarity: Familiarity,
        /// Now.
        at: Timestamp,
    },
    /// Begin to bind a factor.
    StartEnrolment {
        /// The factor.
        factor: NewFactor,
        /// The code to mail along, used where this is a first binding.
        mailed: NewMailedCode,
        /// The code to send by SMS, used where a number is bound.
        texted: NewSmsCode,
        /// On what kind of device.
        familiarity: Familiarity,
        /// Now.
        at: Timestamp,
    },
    /// Mail another code for the binding under way.
    MailCode {
        /// The code.
        mailed: NewMailedCode,
        /// Now.
        at: Timestamp,
    },
    /// Send a code by SMS to a number that is bound, or being bound.
    TextCode {
        /// The factor.
        factor: FactorId,
        /// The code.
        texted: NewSmsCode,
        /// What it will be good for.
        purpose: Purpose,
        /// On what kind of device it is asked for.
        familiarity: Familiarity,
        /// Now.
        at: Timestamp,
    },
    /// Prove the factor that is being bound, and, for a first binding, the mailed code.
    ConfirmFactor {
        /// The factor.
        factor: FactorId,
        /// What the OTP turned out to be.
        verdict: Verdict,
        /// What was shown beside it, and turned out to be; `None` if nothing was.
        warrant: Option<Warrant>,
        /// Recovery codes, used where this is a first binding.
        codes: NewCodes,
        /// Whose budget a failure charges.
        familiarity: Familiarity,
        /// Now.
        at: Timestamp,
    },
    /// Weigh a second-factor proof.
    Prove {
        /// What it turned out to be.
        verdict: Verdict,
        /// What for.
        purpose: Purpose,
        /// Whose budget a failure charges.
        familiarity: Familiarity,
        /// Now.
        at: Timestamp,
    },
    /// Replace the recovery codes.
    RegenerateCodes {
        /// The new set.
        codes: NewCodes,
    },
    /// Give a factor another name.
    RenameFactor {
        /// Which.
        factor: FactorId,
        /// What its owner calls it from now on.
        name: Sealed<FactorName>,
    },
    /// Have a factor asked for first.
    PreferFactor {
        /// Which.
        factor: FactorId,
    },
    /// Hand them a token of the account's stock, which only their own first code makes theirs.
    AssignToken {
        /// Which.
        token: StockTokenId,
        /// What it is.
        detail: token::Begun,
        /// Now.
        at: Timestamp,
    },
    /// Take back a token that was handed to them and is not bound yet.
    WithdrawToken {
        /// Which.
        token: StockTokenId,
        /// Now.
        at: Timestamp,
    },
    /// Remove one of several factors.
    RemoveFactor {
        /// Which.
        factor: FactorId,
        /// Whether the account's policy requires one of this person.
        required: bool,
    },
    /// Switch off one's own second factor with a fresh proof.
    DisableOwn {
        /// What the proof turned out to be.
        verdict: Verdict,
        /// In which session.
        session: SessionId,
        /// Whether the policy requires a second factor of this user.
        required: bool,
        /// Whose budget a failure charges.
        familiarity: Familiarity,
        /// Now.
        at: Timestamp,
    },
    /// Reset this user's second factor, for a reason.
    Reset {
        /// Why.
        reason: Sealed<Reason>,
        /// Whether it may be in wrong hands.
        compromise: bool,
        /// Now.
        at: Timestamp,
    },
    /// Write the reset of an account-wide disable, or one that waited and fell due, into this user's own stream.
    ReachReset,
    /// Help from staff, with a wait, an end, or a ticket.
    Help(HelpCommand),
    /// A way back in for somebody who lost their second factor.
    Recovery(RecoveryCommand),
    /// Freezing their sign-in, and coming back.
    Freeze(FreezeCommand),
    /// About their ordinary life here: name, address, role, ways in, deactivation.
    People(PeopleCommand),
    /// Lift every lock and wait.
    Unlock {
        /// Why.
        reason: Sealed<Reason>,
    },
    /// Record that a device is lost.
    ReportLost {
        /// Which.
        device: DeviceId,
    },
    /// Something about how programs use the API in their name.
    Access(AccessCommand),
    /// Record what became of a message to them.
    RecordDelivery {
        /// Which.
        posted: Posted,
        /// How it ended.
        ended: Ended,
        /// Now.
        at: Timestamp,
    },
    /// Erase the person; their key is destroyed in the same append.
    Erase {
        /// Now.
        at: Timestamp,
    },
}

/// Why a user refuses a command. Nothing was recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UserError {
    /// There is no such user.
    #[error("there is no such user")]
    Unknown,
    /// The id is taken.
    #[error("the user is already registered")]
    AlreadyRegistered,
    /// The person was erased.
    #[error("this person was erased")]
    Erased,
    /// The link is not open: used, replaced, or never made.
    #[error("this link is no longer valid")]
    LinkOver,
    /// The language is not offered.
    #[error("the language must be one of en, es, ko")]
    BadLanguage,
    /// Too many failures: nothing is looked at for now.
    #[error("too many wrong tries at the {}", gate_name(*.gate))]
    Locked {
        /// Which gate.
        gate: Gate,
        /// Until when; `None` until an unlock.
        until: Option<Timestamp>,
    },
    /// The user has no second factor.
    #[error("two-factor authentication is not enabled for this user")]
    NotEnabled,
    /// A code was mailed a moment ago.
    #[error("a code or link was mailed a moment ago; another can be at {0}")]
    MailedJustNow(Timestamp),
    /// As many mailed codes as there may be can still be typed.
    #[error("three codes that were mailed are still good; another can be mailed at {0}")]
    MailsOpen(Timestamp),
    /// Too many wrong mailed codes.
    #[error("too many wrong codes; another can be mailed at {0}")]
    MailedTriesSpent(Timestamp),
    /// A code was sent by SMS a moment ago.
    #[error("a code was sent a moment ago; another can be sent at {0}")]
    TextedJustNow(Timestamp),
    /// As many codes by SMS for the same thing as there may be can still be typed.
    #[error("three codes that were sent for this are still good; another can be sent at {0}")]
    TextsOpen(Timestamp),
    /// No codes are sent to a factor of its kind.
    #[error("no codes are sent to this factor; it makes them itself")]
    NotByText,
    /// They hold, or are handed, no such token of the account's stock.
    #[error("there is no such token for this person")]
    NoStockToken,
    /// They were handed this token, or have bound it.
    #[error("this person has this token already")]
    TokenTheirs,
    /// As many tokens as a person may be handed.
    #[error("at most {0} tokens wait for one person")]
    TooManyAssigned(usize),
    /// Only a first binding takes a mailed code.
    #[error("no mailed code is needed here")]
    NoCodeNeeded,
    /// A first binding needs the mailed code.
    #[error("the first factor needs the code that was mailed")]
    MailedCodeNeeded,
    /// After a reset for compromise only an enrolment ticket of an administrator binds a factor.
    #[error("after a compromise a new factor needs an enrolment ticket from an administrator")]
    TicketNeeded,
    /// The factor was in wrong hands, and they became a customer of the account since: nobody issues them a ticket.
    #[error("after a compromise a customer's new factor waits until {0}")]
    CompromiseFresh(Timestamp),
    /// The ticket is not open: used, over, replaced, or never issued.
    #[error("there is no open enrolment ticket; ask an administrator for a new one")]
    TicketOver,
    /// Staff never issue codes or tickets for the account's customers.
    #[error("enrolment tickets are for members of the team only")]
    TicketForTeamOnly,
    /// Nobody makes the account's customers a way in.
    #[error("a set-up link is for members of the team only; others ask for a forgotten password")]
    LinkForTeamOnly,
    /// They have a second factor: a ticket would bind another one beside it.
    #[error("this person has a second factor; reset it first")]
    AlreadyEnabled,
    /// A customer's reset by staff takes a wait; of an owner who was one a short while ago it is not to be had yet.
    #[error("a customer's reset by staff takes a wait; an owner who was one is reset 72 hours after that")]
    ResetWaits,
    /// A reset of theirs waits already.
    #[error("a reset is waiting already; it holds from {0} on")]
    AlreadyWaiting(Timestamp),
    /// No reset of theirs waits.
    #[error("no reset is waiting")]
    NothingWaits,
    /// Nobody lets themself in.
    #[error("nobody exempts themself, or grants themself a code; ask another owner")]
    OwnHelp,
    /// No change of their address waits.
    #[error("no change of address is waiting")]
    NoChangeWaits,
    /// Nobody asked for a way back in a moment ago.
    #[error("ask for a code by mail first")]
    NothingRequested,
    /// Members of the team are helped by an owner or an admin.
    #[error("an owner or an admin of your team can let you in; ask one of them")]
    AskYourTeam,
    /// A program vouched for the first factor.
    #[error("sign in with your password to ask for this")]
    PasswordNeeded,
    /// The session does not rest on a device's trust.
    #[error("this takes a session on a device that is still trusted")]
    NotTrusted,
    /// A grant ends too late, or at once.
    #[error(
        "a code that is mailed is good for 1 to 24 hours, one that you tell the person for 1 to 72; here {0} at most"
    )]
    GrantSpan(u8),
    /// The account's governance keeps codes from who grants them.
    #[error("the code goes to the person alone; an owner can change that for the account")]
    IssuerMayNotSee,
    /// An agent asked for as many resets as they may.
    #[error("you asked for as many resets as one may in an hour; the next one from {0} on")]
    ResetsSpent(Timestamp),
    /// Staff gave somebody as much help of a kind as there is in an hour, or a day.
    #[error(
        "this person was given as much help of this kind as there is in an hour, or a day; again from {0} on"
    )]
    HelpSpent(Timestamp),
    /// A member of staff helped as many different people as one may.
    #[error(
        "you helped as many different people as one may within an hour, or a day; another one from {0} on"
    )]
    OutOfReach(Timestamp),
    /// Somebody replaced the address, the one before says that this was not them, and the word is theirs again, or the
    /// factor is as new as that.
    #[error(
        "the address before disputes who replaced it: a factor leads back that was bound at least 72 hours before the \
         first of these changes, or the word of another owner, or of another of staff who was here before"
    )]
    AddressDisputed,
    /// Staff said that the address is wrong, and the right one is not confirmed yet.
    #[error(
        "staff asked for another address of this person, and it is not confirmed yet; have it confirmed, or have staff \
         cancel it, or name another one, first. It ends by itself at {0}"
    )]
    InCorrection(Timestamp),
    /// Whoever is frozen already, and is not to lose the way back that they asked for.
    #[error(
        "this sign-in is frozen already; an admin or owner freezes it anew, or stops a way back that waits"
    )]
    AlreadyFrozen,
    /// An exemption ends too late, or is over before it begins.
    #[error("an exemption ends after now, and within {0} days")]
    ExemptionSpan(i64),
    /// No such exemption holds.
    #[error("no such exemption holds")]
    NoExemption,
    /// No binding of that factor is under way.
    #[error(
        "no enrolment of this factor is under way: it is done, was replaced, or what was handed out for it was taken back; begin again"
    )]
    NoPending,
    /// The user has no such factor.
    #[error("there is no such factor")]
    NoFactor,
    /// The policy does not let a factor of this kind be bound.
    #[error("the account's policy does not allow a factor of this kind")]
    KindNotAllowed(FactorKind),
    /// As many factors as a user may have.
    #[error("a user has at most {0} factors")]
    TooManyFactors(usize),
    /// The last factor is not removed but switched off, with the password and a fresh proof.
    #[error("this is the last factor; switch two-factor authentication off instead")]
    LastFactor,
    /// They have no such API token.
    #[error("there is no such token")]
    NoToken,
    /// The API token is not issued.
    #[error(transparent)]
    Token(#[from] TokenRefused),
    /// They may not sign in, and nothing is changed about them but that.
    #[error("this person is deactivated")]
    Deactivated,
    /// They are active.
    #[error("this person is not deactivated")]
    NotDeactivated,
    /// Their sign-in is frozen: nothing of theirs opens anything.
    #[error("this person's sign-in is frozen")]
    Frozen,
    /// It is not frozen.
    #[error("this person's sign-in is not frozen")]
    NotFrozen,
    /// The link alone does not end a freeze.
    #[error("beside the link this takes a code of your second factor, or a recovery code")]
    ProofNeeded,
    /// They have that role.
    #[error("this person has this role already")]
    SameRole,
    /// As many groups as a person may be in.
    #[error("a person is in at most {0} groups")]
    TooManyGroups(usize),
    /// What an identity provider is called.
    #[error("a provider is named with 1 to 40 characters of a-z, 0-9 and -")]
    BadProvider,
    /// They are linked to that provider.
    #[error("this person is linked to that identity provider already; unlink it first")]
    ProviderLinked,
    /// They are not linked to that provider.
    #[error("this person is not linked to that identity provider")]
    NoProvider,
    /// As many providers as a person may have.
    #[error("a person is linked to at most {0} identity providers")]
    TooManyProviders(usize),
    /// Nobody is locked out by unlinking.
    #[error("this is their only way in; have them set a password first")]
    LastWayIn,
    /// What came from another system never replaces what is here.
    #[error("this person has one here already")]
    NotClaimable,
    /// Nobody enrols while the account's two-factor authentication is off.
    #[error("while two-factor authentication is off for this account nobody brings a factor along")]
    SwitchedOff,
    /// There is no password to replace.
    #[error("this person has no password")]
    NoPassword,
    /// What is mailed would prove nothing more, so short a while after that.
    #[error("{after} a short while ago; come back at {until}")]
    MailboxTooFresh {
        /// What.
        after: Fresh,
        /// From when on it does.
        until: Timestamp,
    },
    /// The policy requires a second factor.
    #[error("the account's policy requires two-factor authentication")]
    Required,
}

impl UserError {
    pub(crate) fn locked(gate: Gate, wait: Wait) -> Self {
        let until = match wait {
            Wait::Until(at) => Some(at),
            Wait::Unlock => None,
        };
        Self::Locked { gate, until }
    }
}

fn gate_name(gate: Gate) -> &'static str {
    match gate {
        Gate::Password => "password",
        Gate::SecondFactor => "second factor",
        Gate::MailedCode => "mailed code",
        Gate::Ticket => "enrolment ticket",
    }
}

impl Refusal {
    /// The stable word for it.
    pub fn name(self) -> &'static str {
        self.into()
    }
}
