//! Typed identifiers. Each is a UUIDv7 minted outside the domain and travels with it in a command.
//!
//! Outside the program an id is a TypeID: a prefix that names the kind, `_`, and the UUID in
//! Crockford base 32 (`usr_01kabc…`), so that an id of the wrong kind is refused at the door.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use type_safe_id::{StaticType, TypeSafeId};
use uuid::Uuid;

use crate::reading::Reader;

/// A text that is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an id that starts with `{expected}_`")]
pub struct NotAnId {
    /// The prefix of the kind that was expected.
    pub expected: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Uuid);

        const _: () = {
            #[derive(Default)]
            struct Kind;
            impl StaticType for Kind {
                const TYPE: &'static str = $prefix;
            }

            impl $name {
                /// The prefix of this kind of id, without the underscore.
                pub const PREFIX: &'static str = $prefix;

                /// Gives a UUID its kind.
                pub const fn from_uuid(uuid: Uuid) -> Self {
                    Self(uuid)
                }

                /// The bare UUID, as the database stores it.
                pub const fn uuid(self) -> Uuid {
                    self.0
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    fmt::Display::fmt(&TypeSafeId::<Kind>::from_uuid(self.0), f)
                }
            }

            impl FromStr for $name {
                type Err = NotAnId;
                fn from_str(text: &str) -> Result<Self, NotAnId> {
                    TypeSafeId::<Kind>::from_str(text)
                        .map(|id| Self(id.uuid()))
                        .map_err(|_| NotAnId { expected: $prefix })
                }
            }

            impl TryFrom<String> for $name {
                type Error = NotAnId;
                fn try_from(text: String) -> Result<Self, NotAnId> {
                    text.parse()
                }
            }

            impl From<$name> for String {
                fn from(id: $name) -> Self {
                    id.to_string()
                }
            }
        };
    )+};
}

ids! {
    /// One tenant. The nil id is the installation itself.
    AccountId = "acc";
    /// One person of one account.
    UserId = "usr";
    /// One browser or app installation of one user.
    DeviceId = "dev";
    /// One signed-in session on a device.
    SessionId = "ses";
    /// One attempt to sign in, from the password to the decision.
    SignInId = "sin";
    /// One bound, or not yet confirmed, authenticator.
    FactorId = "fac";
    /// One set of recovery codes.
    CodeSetId = "rcs";
    /// One one-time link (invitation, set-up).
    LinkId = "lnk";
    /// One mailed one-time code.
    MailedCodeId = "mlc";
    /// One one-time code sent by SMS.
    SmsCodeId = "smc";
    /// One challenge to a security key or passkey.
    ChallengeId = "chl";
    /// One hardware token of an account's stock.
    StockTokenId = "stk";
    /// One import of hardware tokens.
    ImportId = "imp";
    /// The deletable row that holds a verifier (seed, hash). Events carry only this handle.
    VerifierId = "ver";
    /// One message handed to the outbox.
    MessageId = "msg";
    /// One event, unique across the installation.
    EventId = "evt";
    /// One group of people of an account.
    GroupId = "grp";
    /// One policy that begins on a date.
    ScheduleId = "sch";
    /// One act that waits for a second approval, or for its time.
    ApprovalId = "apr";
    /// One grant by which the installation's operator acts inside an account.
    OperatorGrantId = "opg";
    /// One exemption of a person from the second factor.
    ExemptionId = "exm";
    /// One case of somebody who lost their second factor, from request to re-enrolment.
    RecoveryId = "rec";
    /// One enrolment ticket.
    TicketId = "tkt";
    /// One program that uses the API in its own name.
    ClientId = "cli";
    /// One API token, of a person or of a client.
    TokenId = "tok";
}

impl AccountId {
    /// The installation: same tables, log, and tree as any account, and no user in it.
    pub const INSTALLATION: Self = Self(Uuid::nil());
}

/// The address of one stream in the log: `<account uuid>/<uuid>`, the account's own being `<a>/<a>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamId {
    /// The tenant that owns the stream.
    pub account: AccountId,
    /// The aggregate within it.
    pub aggregate: Uuid,
}

impl StreamId {
    /// The account's own stream.
    pub const fn account(account: AccountId) -> Self {
        Self { account, aggregate: account.uuid() }
    }

    /// A user's stream.
    pub const fn user(account: AccountId, user: UserId) -> Self {
        Self { account, aggregate: user.uuid() }
    }

    /// The stream of what a reader read.
    pub const fn reading(account: AccountId, reader: Reader) -> Self {
        Self { account, aggregate: reader.stream(account) }
    }

    /// A device's stream.
    pub const fn device(account: AccountId, device: DeviceId) -> Self {
        Self { account, aggregate: device.uuid() }
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.account.uuid(), self.aggregate)
    }
}

impl FromStr for StreamId {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let wrong = NotAnId { expected: "stream" };
        let (account, aggregate) = text.split_once('/').ok_or(wrong.clone())?;
        match (Uuid::parse_str(account), Uuid::parse_str(aggregate)) {
            (Ok(account), Ok(aggregate)) => Ok(Self { account: AccountId(account), aggregate }),
            _ => Err(wrong),
        }
    }
}
