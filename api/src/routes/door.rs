//! What a request brings to the door: whose session, which account, which person.

use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, header};
use serde::Deserialize;
use twofold_domain::device::{Device, DeviceError};
use twofold_domain::ids::{AccountId, DeviceId, NotAnId, SessionId, StreamId, UserId};
use twofold_domain::permission::{Act as Deed, Family};
use twofold_domain::time::Timestamp;
use twofold_domain::user::Help;
use twofold_domain::user::User;
use twofold_infra::acts::{AuthenticateUpon, Credential, DeviceCredential, Principal};
use twofold_infra::context::{Actor, ClientOrigin, Context};
use twofold_infra::store::aggregates::Loaded;
use twofold_infra::verify::token::{ApiToken, Bearer, DeviceToken, SessionToken, TokenKind as _};

use super::reader::password_reads_only;
use crate::app::App;
use crate::extract::{Client, Cookies, Credentials, unauthenticated};
use crate::problem::{Missing, Problem, kinds};
use crate::request_id;
use crate::site::ThisSite;

/// The header by which programs show the device's own token.
const DEVICE: HeaderName = HeaderName::from_static("twofold-device");
/// The header by which programs say that nobody is at the keyboard: such a request keeps no session alive.
const BACKGROUND: HeaderName = HeaderName::from_static("twofold-background");

/// Where a request comes from, before anybody is known.
pub(super) struct Visitor(pub(super) Context);

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let client = Client::from_request_parts(parts, state).await?;
        let mut context = Context::of(Actor::Anonymous, request_id::current().to_string());
        let user_agent = Some(client.user_agent).filter(|agent| !agent.is_empty());
        context.origin = ClientOrigin { ip: Some(client.ip.to_string()), user_agent };
        Ok(Self(context))
    }
}

/// A token that was shown: of a session, or of the API. Whether it is good, and good enough, the act that uses
/// it finds out.
pub(super) struct Session {
    pub(super) credential: Credential,
    pub(super) context: Context,
    pub(super) active: bool,
}

impl<S: Send + Sync> FromRequestParts<S> for Session {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if let Some(refused) = password_reads_only(&parts.headers) {
            return Err(refused);
        }
        let shown = <Credentials as FromRequestParts<S>>::from_request_parts(parts, state).await?;
        let credential = credential(&shown).ok_or_else(unauthenticated)?;
        let Visitor(context) = Visitor::from_request_parts(parts, state).await?;
        let active = !parts.headers.contains_key(BACKGROUND);
        Ok(Self { credential, context, active })
    }
}

/// A token as it is spelled. One of the API is never in a cookie.
fn credential(shown: &Credentials) -> Option<Credential> {
    let text = shown.presented().expose();
    match shown {
        Credentials::Bearer(_) if text.starts_with(ApiToken::PREFIX) => {
            Bearer::<ApiToken>::parse(text).ok().map(|token| Credential::Token(Arc::new(token)))
        }
        Credentials::Bearer(_) | Credentials::Cookie(_) => {
            Bearer::<SessionToken>::parse(text).ok().map(|token| Credential::Session(Arc::new(token)))
        }
    }
}

impl Session {
    /// Whose session it is, if they may do this.
    pub(super) async fn may(&self, app: &App, deed: Deed) -> Result<Principal, Problem> {
        app.authenticate(&self.credential, self.context.clone(), deed, self.active).await
    }

    /// Somebody of the account that the path names, and whose session it is. Another account is as if it
    /// were not there.
    pub(super) async fn of_account(
        &self,
        app: &App,
        account: &AccountName,
        deed: Deed,
    ) -> Result<Principal, Problem> {
        let me = self.may(app, deed).await?;
        if account.find(app).await? == me.account { Ok(me) } else { Err(Problem::missing(Missing::Account)) }
    }

    /// Whose session it is, if they may do this to themselves, or to that other person of their account.
    /// Somebody of another account is as if they were not there.
    pub(super) async fn may_upon(
        &self,
        app: &App,
        user: UserName,
        own: Family,
        other: Family,
    ) -> Result<(Principal, UserId), Problem> {
        self.asks(app, user, own, (other, None)).await
    }

    /// The same for help of somebody: that a member of the team asked for it in vain is on record.
    pub(super) async fn may_help(
        &self,
        app: &App,
        user: UserName,
        own: Family,
        help: Help,
    ) -> Result<(Principal, UserId), Problem> {
        self.asks(app, user, own, (help.family(), Some(help))).await
    }

    async fn asks(
        &self,
        app: &App,
        user: UserName,
        own: Family,
        (other, help): (Family, Option<Help>),
    ) -> Result<(Principal, UserId), Problem> {
        let account = self.credential.account();
        let act = AuthenticateUpon {
            credential: self.credential.clone(),
            user: user.id(),
            own,
            other,
            help,
            counts_as_activity: self.active,
        };
        let me = app.perform(account, self.context.clone(), act).await?.reply;
        let user = user.of(&me);
        Ok((me, user))
    }
}

/// The device token of a request: by header for programs, by cookie for browsers.
pub(super) struct ThisDevice(pub(super) DeviceCredential);

impl<S: Send + Sync> OptionalFromRequestParts<S> for ThisDevice {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Problem> {
        let site = <ThisSite as FromRequestParts<S>>::from_request_parts(parts, state).await?;
        let parse = |text: &str| Bearer::<DeviceToken>::parse(text).ok().map(|token| Self(Arc::new(token)));
        if let Some(value) = parts.headers.get(DEVICE) {
            let token = value.to_str().ok().and_then(parse);
            return token.map(Some).ok_or_else(unknown_device);
        }
        // A cookie may be of an older day; a browser cannot help sending it.
        let cookie = Cookies::of(&site.origin).device_of(&parts.headers);
        Ok(cookie.and_then(|token| parse(token.expose())))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ThisDevice {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let found = <Self as OptionalFromRequestParts<S>>::from_request_parts(parts, state).await?;
        found.ok_or_else(unknown_device)
    }
}

/// The device that a token names is not there, or the token is not its own.
pub(super) fn not_recognised() -> Problem {
    Problem::of_act(DeviceError::NotRecognised.into(), Timestamp::default())
}

/// What an act answers whoever shows a device's token: one of an account or person that is not there is of no
/// device that we know.
pub(super) fn of_device(problem: Problem) -> Problem {
    if problem.kind() == kinds::NOT_FOUND { not_recognised() } else { problem }
}

fn unknown_device() -> Problem {
    Problem::new(kinds::DEVICE_NOT_RECOGNISED)
        .detail("Send the device token that the sign-in answered, in `Twofold-Device`.")
        .field("header/twofold-device", "invalid_value", "expected a token that starts with `tfd_`")
        .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"twofold\""))
}

/// An account in a path: `acc_…`, or its short name.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub(super) enum AccountName {
    Id(AccountId),
    Slug(String),
}

impl FromStr for AccountName {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        text.to_owned().try_into()
    }
}

impl TryFrom<String> for AccountName {
    type Error = NotAnId;
    fn try_from(text: String) -> Result<Self, NotAnId> {
        // A short name has no underscore.
        if text.contains('_') { text.parse().map(Self::Id) } else { Ok(Self::Slug(text)) }
    }
}

impl AccountName {
    /// The account; whether anybody opened one by this id is not looked at.
    pub(super) async fn find(&self, app: &App) -> Result<AccountId, Problem> {
        match self {
            Self::Id(account) => Ok(*account),
            Self::Slug(slug) => {
                app.store().slug(slug).await?.ok_or_else(|| Problem::missing(Missing::Account))
            }
        }
    }
}

/// A person in a path: `usr_…`, or `me`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) enum UserName {
    Me,
    Id(UserId),
}

impl FromStr for UserName {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        if text == "me" { Ok(Self::Me) } else { text.parse().map(Self::Id) }
    }
}

impl TryFrom<String> for UserName {
    type Error = NotAnId;
    fn try_from(text: String) -> Result<Self, NotAnId> {
        text.parse()
    }
}

impl UserName {
    /// Whom it means, in the mouth of this person.
    pub(super) fn of(self, me: &Principal) -> UserId {
        match self {
            Self::Me => me.user,
            Self::Id(user) => user,
        }
    }

    /// The id, where it is one.
    const fn id(self) -> Option<UserId> {
        match self {
            Self::Me => None,
            Self::Id(user) => Some(user),
        }
    }
}

/// A device of a person, in a path.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct DevicePath {
    pub(super) user: UserName,
    pub(super) device: DeviceId,
}

/// A session of a person, in a path.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct SessionPath {
    pub(super) user: UserName,
    pub(super) session: SessionId,
}

/// A sign-in of a person, in a path, by its place in the log.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct SignInPath {
    pub(super) user: UserName,
    pub(super) position: u64,
}

/// A user of an account, as they are now; one of another account is as if they were not there.
pub(super) async fn user(app: &App, account: AccountId, user: UserId) -> Result<Loaded<User>, Problem> {
    let loaded = app.desk.log().users.load(StreamId::user(account, user)).await?;
    if loaded.state.who().is_some() { Ok(loaded) } else { Err(Problem::missing(Missing::Person)) }
}

/// A device that is this person's.
pub(super) async fn device_of(
    app: &App,
    account: AccountId,
    user: UserId,
    device: DeviceId,
) -> Result<Loaded<Device>, Problem> {
    let loaded = app.desk.log().devices.load(StreamId::device(account, device)).await?;
    let theirs = loaded.state.owner.is_some_and(|owner| owner.user == user);
    if theirs { Ok(loaded) } else { Err(Problem::missing(Missing::Device)) }
}
