//! The use cases: each loads what it needs, asks the world once (does this password match?), lets
//! the domain decide, and leaves the append to the desk. No rule lives here; a rule found here is
//! a bug.

mod accounts;
mod address;
mod approvals;
mod ask;
mod caller;
mod census;
mod claimed;
mod clients;
mod confirm;
mod delivery;
mod factors;
mod fan_out;
mod forgotten;
mod former;
mod freeze;
mod groups;
mod help;
mod import;
mod links;
mod lives;
mod might;
pub(crate) mod names;
mod nobody;
mod notices;
mod offers;
mod operator;
mod owners;
mod passwords;
mod people;
mod policy;
mod post;
mod principal;
mod reading;
mod recovery;
mod report_files;
mod sessions;
mod settings;
mod sign_in;
mod stock;
mod sweep;
mod texts;
mod thaw;
mod tokens;
mod webauthn;
mod weigh;
pub(crate) mod words;

pub use accounts::{OpenAccount, OpenedAccount, SetClock, Switch, SwitchAccount};
pub use address::{CancelEmailChange, ConfirmEmail, KeepEmail, RequestEmailChange};
pub use approvals::{
    CancelApproval, ChangeGovernance, Circle, Consented, RequestAct, Requested, Shown, UseApproval, waiting,
};
pub use ask::Proof;
pub use caller::{By, Caller, Identify};
pub use census::{census_of, enrolled_now};
pub use claimed::EndForeignPasswords;
pub use clients::{IssueClientToken, RegisterClient, RemoveClient, RevokeClientToken};
pub use confirm::{CountConcerned, Statement, Step, preview, state};
pub use delivery::{RaiseOutage, RecordDelivery, RecordSpent};
pub use factors::{
    AppSeed, Beside, Binding, ConfirmFactor, Confirmation, Confirmed, DisableOwn, Disabled, EditFactor,
    EnrolmentStarted, MailCode, RegenerateCodes, RemoveFactor, ShowEnrolment, ShownFirst, StartEnrolment,
    TokenSeed, factor_names,
};
pub use fan_out::{CompleteFanOut, ReachReset};
pub use forgotten::RequestPasswordReset;
pub use former::Whose;
pub use freeze::{
    FreezeByLink, FreezeOwn, FreezeSomebody, Froze, RequestThaw, ShowNotMe, Unfreeze, Vouching, back_goes_to,
};
pub use groups::{ChangeGroup, GroupChange};
pub use help::{CancelReset, EndExemption, Exempt, Exempted, IssueTicket, IssuedTicket, Reset, ResetFactor};
pub use import::{Foreseen, Imported, MayImport, foresee, import};
pub use links::{AdminLink, IssuedLink, RedeemLink, ShowLink, ShownLink};
pub use lives::{ChangeRole, Deactivate, EditPerson, InviteAgain, LinkProvider, Reactivate, UnlinkProvider};
pub use might::{Might, Wanted};
pub use notices::{Happening, News, TellNews, tell_news};
pub use offers::{Offered, Offers, offers};
pub use operator::{
    GrantOperator, OperatorGranted, OperatorReadsNames, OperatorUnlock, RevokeOperator, ShownOperatorGrant,
    operator_grants,
};
pub use passwords::{PasswordShown, ShowPassword};
pub use people::{ErasePerson, NewPerson, RegisterUser, Registered, Unlock, find_by_email};
pub use policy::{CancelSchedule, ChangePolicies, ChooseProfile, SchedulePolicy, SetFloors};
pub use post::text;
pub(crate) use post::{notify, tell_of_end};
pub use principal::{Authenticate, AuthenticateUpon, Credential, Principal};
pub use reading::{Look, Onlooker};
pub use recovery::{
    AskedBack, ConfirmWayBack, GrantRecovery, Granted, RequestWayBack, RevealGrant, RevealedGrant,
    StopRecovery, Way,
};
pub use report_files::{CancelReport, EndReport, FileWish, OrderReport, TakeReport, Taken, Written};
pub use sessions::{
    EndSession, EndSessions, Reauthorise, Revocation, RevokeDevice, Revoked, SignOut, StepUp, SteppedUp,
};
pub use settings::{ChangeSettings, change_settings};
pub use sign_in::{Asserted, BeginSignIn, Begun, DeviceCredential, ProveSignIn, Proved, SessionGrant};
pub(crate) use stock::back_in_stock;
pub use stock::{AssignToken, ImportTokens, ImportedTokens, ListStock, StockToken, WithdrawToken};
pub use sweep::SweepVerifiers;
pub use texts::{
    AtOnce, NotTexted, OpenChallenge, ShowChallenge, TextFor, TextHere, TextSignIn, Texted, Texts,
    masked_number,
};
pub use thaw::{AskKeyForThaw, ShowThaw, ShownThaw, TextThaw, Thaw, ThawWait, Thawing, WaitForThaw};
pub use tokens::{IssueOwnToken, IssuedToken, RevokeOwnToken, TokenWish};
pub use webauthn::{AskKey, AskKeyAtSignIn, Challenged, KeyStarted, ShowKey, Signed, StartKey};

use twofold_domain::account::AccountError;
use twofold_domain::device::DeviceError;
use twofold_domain::owners::LastOwner;
use twofold_domain::permission::Denied;
use twofold_domain::reading::{JobError, TooMuch};
use twofold_domain::sign_in::{EnrolmentClosed, NotVouched, SignInError, Stale};
use twofold_domain::user::UserError;

use crate::keys::KeyError;
use crate::store::StoreError;
use crate::verify::password::PasswordError;
use crate::verify::webauthn::NoName;

/// Why an act did not happen. Nothing was recorded, unless it is a rule that such a refusal is on record: then that
/// it was refused.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// The account refuses.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The user refuses.
    #[error(transparent)]
    User(#[from] UserError),
    /// The device refuses.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// A file that was ordered is not to be had so.
    #[error(transparent)]
    Job(#[from] JobError),
    /// As much was read within the hour as may be.
    #[error(transparent)]
    TooMuchRead(#[from] TooMuch),
    /// The person may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The session is not good any more.
    #[error(transparent)]
    Stale(#[from] Stale),
    /// The program's word for somebody's first factor does not count.
    #[error(transparent)]
    NotVouched(#[from] NotVouched),
    /// Nobody of this account can enrol now.
    #[error(transparent)]
    EnrolmentClosed(#[from] EnrolmentClosed),
    /// The installation has no name that a security key could be bound to.
    #[error(transparent)]
    NoName(#[from] NoName),
    /// The person has no security key or passkey that counts.
    #[error("there is no security key or passkey to ask")]
    NoKey,
    /// No code can be sent by SMS.
    #[error(transparent)]
    NotTexted(#[from] NotTexted),
    /// The account would be left without an owner.
    #[error(transparent)]
    LastOwner(#[from] LastOwner),
    /// The address that is asked for is the one that they have.
    #[error("this is the address that this person has already")]
    SameEmail,
    /// The address that staff ask for somebody is somebody else's, or kept for them.
    #[error("{0}")]
    SomebodyElses(Whose),
    /// One person does not do it alone.
    #[error("this takes a second owner's approval: ask for it by make-owner; a sole owner waits 72 hours")]
    TakesTwo,
    /// Whoever is to be invited needs no invitation.
    #[error("this person has a way to sign in; there is nothing to invite them to")]
    NotWaiting,
    /// Trust was asked for where it is not to be had.
    #[error("this account asks for a code at every sign-in; a device cannot be trusted")]
    TrustNotOffered,
    /// No account of this id or name.
    #[error("there is no such account")]
    UnknownAccount,
    /// No user of this id in this account.
    #[error("there is no such user")]
    UnknownUser,
    /// No act of this id waits in this account.
    #[error("no such act waits")]
    UnknownApproval,
    /// No device of this id in this account.
    #[error("there is no such device")]
    UnknownDevice,
    /// The token is missing, malformed, or not good for anything.
    #[error("sign in first")]
    NotSignedIn,
    /// E-mail and password do not open a sign-in. Deliberately says no more.
    #[error("this e-mail address and password do not match, or sign-in is not possible right now")]
    SignInRefused,
    /// A field is not usable.
    #[error("`{field}`: {why}")]
    Field {
        /// Its name in the request.
        field: &'static str,
        /// What is wrong, and what would be right.
        why: String,
    },
    /// A value that must be unique is taken.
    #[error("this {0} is already in use")]
    Taken(String),
    /// An idempotency key came back with another request.
    #[error("this idempotency key was used for another request")]
    KeyReused,
    /// The stream is not at the version that the caller saw.
    #[error("it has changed since you looked: it is at version {actual} now")]
    Outdated {
        /// The version now.
        actual: u64,
    },
    /// Too many others changed the same thing at once.
    #[error("too many changes to the same thing at once; try again")]
    Contended,
    /// The password checker is busy.
    #[error("too many passwords are being checked right now; try again in a moment")]
    Busy,
    /// Whom a change concerns could not be counted in time: the read models are behind.
    #[error("whom this concerns cannot be counted yet; try again in a moment")]
    NotCounted,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Something that cannot happen did.
    #[error("internal error: {0}")]
    Bug(String),
}

impl From<SignInError> for ActError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Account(e) => e.into(),
            SignInError::User(e) => e.into(),
            SignInError::Device(e) => e.into(),
            SignInError::Stale(e) => e.into(),
            SignInError::Denied(e) => e.into(),
            SignInError::NotVouched(e) => e.into(),
            SignInError::EnrolmentClosed(e) => e.into(),
            SignInError::TrustNotOffered => Self::TrustNotOffered,
        }
    }
}

impl From<PasswordError> for ActError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::Busy,
            PasswordError::Failed => Self::Bug(error.to_string()),
        }
    }
}
