//! Everything that can happen on a device. Names are storage and never change.

use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

use crate::ids::{
    AccountId, ClientId, DeviceId, ExemptionId, SessionId, SignInId, TokenId, UserId, VerifierId,
};
use crate::sealed::{IpAddress, Sealed, UserAgent};
use crate::time::{Span, Timestamp};
use crate::upcast;

/// What a right password leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Decision {
    /// Signed in.
    Complete,
    /// A second factor is asked for.
    Challenge,
    /// A factor must be enrolled first; nothing else is possible.
    Enrol,
}

/// Why a sign-in went the way it went. Recorded with every sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Why {
    /// The user has a second factor.
    Enrolled,
    /// The device had never completed a sign-in of this user.
    NewDevice,
    /// The device is trusted until a date that lies ahead.
    DeviceTrusted,
    /// The device's trust is over: its date, the policy's, or a change of credentials.
    TrustEnded,
    /// The device is known but was never trusted.
    NotTrusted,
    /// The policy asks at every sign-in.
    EverySignIn,
    /// The policy requires a factor and the user has none.
    RequiredNotEnrolled,
    /// The requirement holds, but its grace is not over.
    InGrace,
    /// No second factor is required of this user and they have none.
    OptionalNotEnrolled,
    /// Two-factor authentication is suspended for the account.
    AccountSuspended,
    /// Two-factor authentication is disabled for the account.
    AccountDisabled,
    /// An exemption lets the person in without a second factor for a while.
    Exempted,
    /// A program vouched for the first factor; whatever trust the device has does not count.
    Asserted,
    /// Every factor they have is of a kind that the policy does not allow any more: it is shown once more, and
    /// another one bound.
    KindNotAllowed,
    /// The policy requires a factor, and not of whoever comes in through an identity provider only.
    ProviderOnly,
}

/// What opened a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstFactor {
    /// The password, which was right.
    Password,
    /// A program that had checked the person itself.
    Asserted {
        /// Which.
        client: ClientId,
        /// By which of its tokens. Sign-ins of an older version do not say.
        token: Option<TokenId>,
        /// Whether the trust of a device counts in it.
        trust: bool,
    },
}

/// Whose API token it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenHolder {
    /// A person's.
    User(UserId),
    /// A program's.
    Client(ClientId),
}

/// How the second factor of a session was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Method {
    /// Password alone.
    Password,
    /// A program's word for the first factor, and nothing else.
    Asserted,
    /// Password on a trusted device. Assurance level 1 (NIST SP 800-63B-4 §5.1).
    Trust,
    /// Password and an OTP.
    Otp,
    /// Password and a recovery code.
    RecoveryCode,
    /// Password and the code of a recovery grant.
    RecoveryGrant,
    /// Password and a code by SMS.
    SmsCode,
    /// Password and an assertion of a security key or passkey.
    Assertion,
}

impl Method {
    /// Whether a second factor was shown. A remembered device never counts (NIST SP 800-63B-4 §5.1).
    pub const fn is_second_factor(self) -> bool {
        match self {
            Self::Password | Self::Asserted | Self::Trust => false,
            Self::Otp | Self::RecoveryCode | Self::SmsCode | Self::Assertion | Self::RecoveryGrant => true,
        }
    }
}

impl FirstFactor {
    /// How somebody was authenticated who came in so. Sign-ins of an older version were completed with
    /// [`Method::Password`] where a program vouched for them.
    pub const fn completed_by(self, method: Method) -> Method {
        match (self, method) {
            (Self::Asserted { .. }, Method::Password) => Method::Asserted,
            (Self::Password | Self::Asserted { .. }, method) => method,
        }
    }
}

/// Why an attempt takes no second factor any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Over {
    /// Its time was over.
    Expired,
    /// What it stood on changed: a disable, a reset, the credentials, or the right of the program that vouched.
    Void,
    /// It was answered, gave way to newer ones, asked for nothing, or never began on this device.
    Closed,
}

/// What a session may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Scope {
    /// Everything that its person may do.
    Full,
    /// Enrolling a factor, and nothing else.
    Enrolment,
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum EndCause {
    /// Its person signed out.
    SignedOut,
    /// Its person ended it from another session.
    EndedByUser,
    /// Staff ended it.
    EndedByStaff,
    /// The device was reported lost.
    DeviceLost,
    /// An old token of the device was shown again.
    TokenReplayed,
    /// A newer session of the same device took its place: a device has a bounded number.
    Displaced,
    /// The person was erased.
    PersonErased,
}

/// Why a device is not trusted any more, before its date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum DistrustCause {
    /// Its person withdrew it.
    RevokedByUser,
    /// Staff withdrew it.
    RevokedByStaff,
    /// The device was reported lost.
    DeviceLost,
    /// An old token of the device was shown again.
    TokenReplayed,
    /// The person was erased.
    PersonErased,
}

/// Where a request came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The network address.
    pub ip: Option<Sealed<IpAddress>>,
    /// The browser or app.
    pub user_agent: Option<Sealed<UserAgent>>,
}

/// An event of a device's stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, VariantNames)]
pub enum DeviceEvent {
    /// A browser or app was seen for the first time behind a right password.
    DeviceRegistered {
        /// The account.
        account: AccountId,
        /// The device.
        device: DeviceId,
        /// Its user.
        user: UserId,
        /// Where its own token's verifier is.
        verifier: VerifierId,
        /// Where it was seen.
        origin: Origin,
        /// When.
        at: Timestamp,
    },
    /// A right password opened an attempt, which was decided at once.
    SignInStarted {
        /// The attempt.
        sign_in: SignInId,
        /// What opened it.
        first_factor: FirstFactor,
        /// What is asked.
        decision: Decision,
        /// Why.
        reasons: Vec<Why>,
        /// The enrolment generation it belongs to.
        generation: u32,
        /// The credential epoch it belongs to.
        epoch: u32,
        /// The policy version that decided.
        policy_version: u32,
        /// When it ends.
        expires_at: Timestamp,
        /// Where it came from.
        origin: Origin,
        /// When.
        at: Timestamp,
    },
    /// A second factor was shown to an attempt that is over. It was not looked at. Recorded once a minute of one
    /// device.
    ProofCameLate {
        /// The attempt, as it was named.
        sign_in: SignInId,
        /// Why it is over.
        over: Over,
        /// When.
        at: Timestamp,
    },
    /// The attempt led to a session.
    SignInCompleted {
        /// The attempt.
        sign_in: SignInId,
        /// How.
        method: Method,
    },
    /// A session began.
    SessionStarted {
        /// The session.
        session: SessionId,
        /// What it may be used for.
        scope: Scope,
        /// How its person was authenticated.
        method: Method,
        /// Where its token's verifier is.
        verifier: VerifierId,
        /// The enrolment generation it belongs to.
        generation: u32,
        /// The credential epoch it belongs to.
        epoch: u32,
        /// The suspension under which it began without the second factor that would have been asked.
        suspension: Option<u32>,
        /// The exemption that it rests on.
        exemption: Option<ExemptionId>,
        /// The program that vouched for the first factor.
        client: Option<ClientId>,
        /// Idle time after which it ends.
        idle: Span,
        /// When it ends whatever happens.
        ends_at: Timestamp,
        /// When.
        at: Timestamp,
    },
    /// A fresh second factor raised the session, and its token was renewed.
    SessionSteppedUp {
        /// The session.
        session: SessionId,
        /// How.
        method: Method,
        /// Where the new token's verifier is.
        verifier: VerifierId,
        /// The enrolment generation of the factor that was shown.
        generation: u32,
        /// The credential epoch from here on.
        epoch: u32,
        /// When.
        at: Timestamp,
    },
    /// The session goes on under a new token after its person changed their credentials in it; every
    /// other session of theirs ended with that. Proves nothing by itself.
    SessionRenewed {
        /// The session.
        session: SessionId,
        /// Where the new token's verifier is.
        verifier: VerifierId,
        /// The credential epoch from here on.
        epoch: u32,
        /// When.
        at: Timestamp,
    },
    /// The session was in use. Recorded sparsely, for the idle time.
    SessionActive {
        /// The session.
        session: SessionId,
        /// When.
        at: Timestamp,
    },
    /// The app in which the session lives asked for its PIN or biometrics, and was satisfied.
    SessionReauthorised {
        /// The session.
        session: SessionId,
        /// How: `pin`, `biometric`.
        means: String,
        /// When.
        at: Timestamp,
    },
    /// An API token was in use. A token has a stream of its own; recorded sparsely.
    ApiTokenUsed {
        /// The account.
        account: AccountId,
        /// The token.
        token: TokenId,
        /// Whose it is.
        holder: TokenHolder,
        /// Where it was used.
        origin: Origin,
        /// When.
        at: Timestamp,
    },
    /// The session ended.
    SessionEnded {
        /// The session.
        session: SessionId,
        /// Why.
        cause: EndCause,
    },
    /// The device may skip the second factor until a date.
    DeviceTrusted {
        /// When trust began.
        granted_at: Timestamp,
        /// When it ends; never later.
        until: Timestamp,
        /// The enrolment generation it falls with.
        generation: u32,
        /// The credential epoch it falls with.
        epoch: u32,
    },
    /// The device's own token was renewed on use.
    DeviceTokenRotated {
        /// Where the new token's verifier is.
        verifier: VerifierId,
        /// When.
        at: Timestamp,
    },
    /// Trust ended before its date. Lost, replayed, or of somebody erased, the device is forgotten
    /// altogether: its token is worth nothing from here on, and its browser is a stranger.
    DeviceDistrusted {
        /// Why.
        cause: DistrustCause,
    },
}

impl DomainEvent for DeviceEvent {
    fn event_type(&self) -> String {
        let name: &'static str = self.into();
        name.to_owned()
    }

    fn event_version(&self) -> String {
        upcast::version_today(self.into()).to_owned()
    }
}
