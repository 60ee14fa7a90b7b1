//! Who reads: a person in a session, an API token, or, as long as the policy lets them, somebody whose e-mail
//! address and password stand on the request (HTTP Basic, RFC 7617).
//!
//! A header wins over a cookie, which then counts for nothing: whoever shows a wrong password is not let in by
//! the session that their browser adds.

use std::str::FromStr as _;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use metrics::counter;
use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::permission::{Act as Deed, Family};
use twofold_domain::user::Help;
use twofold_infra::acts::{Caller, Credential, Identify, PasswordShown, ShowPassword};
use twofold_infra::context::Context;
use twofold_infra::verify::password::Password;
use twofold_infra::verify::token::{ApiToken, Bearer};
use zeroize::Zeroizing;

use super::door::{AccountName, Session, UserName, Visitor};
use crate::app::App;
use crate::extract::unauthenticated;
use crate::layers::Ending;
use crate::problem::{Missing, Problem};

/// The header that names the account of an e-mail address and a password, where the path does not.
const ACCOUNT: HeaderName = HeaderName::from_static("twofold-account");
/// Longer ones are not looked at: an address and a password of the longest kind, in base 64.
const BASIC_LIMIT: usize = 4_096;

/// Whoever reads. Whether they may, is found out where they say what.
pub(super) enum Reader {
    /// By a token: of a session, or of the API.
    Token(Session),
    /// By e-mail address and password.
    Password(Basic),
}

/// An e-mail address and a password, as they stood on the request.
pub(super) struct Basic {
    email: Zeroizing<String>,
    password: Password,
    account: Option<AccountName>,
    context: Context,
    ending: Ending,
}

impl<S: Send + Sync> FromRequestParts<S> for Reader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Some(encoded) = basic(&parts.headers) else {
            return Ok(Self::Token(Session::from_request_parts(parts, state).await?));
        };
        let (email, password) = decode(&encoded)?;
        let account = match parts.headers.get(ACCOUNT) {
            None => None,
            Some(name) => {
                let name = name.to_str().ok().and_then(|text| AccountName::from_str(text).ok());
                Some(name.ok_or_else(no_account)?)
            }
        };
        let Visitor(context) = Visitor::from_request_parts(parts, state).await?;
        let ending = parts.extensions.get::<Ending>().cloned().unwrap_or_default();
        Ok(Self::Password(Basic { email, password, account, context, ending }))
    }
}

/// What stands behind `Basic`.
fn basic(headers: &HeaderMap) -> Option<Zeroizing<String>> {
    let (scheme, rest) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("basic").then(|| Zeroizing::new(rest.trim().to_owned()))
}

fn decode(encoded: &str) -> Result<(Zeroizing<String>, Password), Problem> {
    let unreadable =
        || unauthenticated().detail("Behind `Basic` stands the base 64 of `email:password` in UTF-8.");
    if encoded.len() > BASIC_LIMIT {
        return Err(unreadable());
    }
    let bytes = Zeroizing::new(STANDARD.decode(encoded).map_err(|_| unreadable())?);
    let text = std::str::from_utf8(&bytes).map_err(|_| unreadable())?;
    let (email, password) = text.split_once(':').ok_or_else(unreadable)?;
    let lawful = |text: &str| !text.chars().any(char::is_control);
    if !lawful(email) || !lawful(password) {
        return Err(unreadable());
    }
    let password = Password::parse(password).map_err(|_| unreadable())?;
    Ok((Zeroizing::new(email.to_owned()), password))
}

fn no_account() -> Problem {
    let field = "header/twofold-account";
    unauthenticated()
        .detail("Say in `Twofold-Account` whose e-mail address it is: `acc_…`, or the account's short name.")
        .field(field, "missing_field", "required beside an e-mail address and a password")
}

impl Reader {
    /// Who it is, if they may read this.
    pub(super) async fn may(&self, app: &App, deed: Deed) -> Result<Caller, Problem> {
        match self {
            Self::Token(session) => session.caller(app, deed).await,
            Self::Password(basic) => {
                let named = basic.account.as_ref();
                let named = named.ok_or_else(no_account)?;
                basic.show(app, named.find(app).await?, deed).await
            }
        }
    }

    /// The same of the account that the path names. Another account is as if it were not there.
    pub(super) async fn of_account(
        &self,
        app: &App,
        account: &AccountName,
        deed: Deed,
    ) -> Result<Caller, Problem> {
        match self {
            Self::Token(_) => {
                let caller = self.may(app, deed).await?;
                if account.find(app).await? == caller.account {
                    Ok(caller)
                } else {
                    Err(Problem::missing(Missing::Account))
                }
            }
            Self::Password(basic) => {
                let found = account.find(app).await?;
                if let Some(named) = &basic.account
                    && named.find(app).await? != found
                {
                    return Err(Problem::missing(Missing::Account));
                }
                basic.show(app, found, deed).await
            }
        }
    }
}

impl Session {
    /// Who calls, if they may do this: a person in a session, or an API token.
    pub(super) async fn caller(&self, app: &App, deed: Deed) -> Result<Caller, Problem> {
        let act = Identify {
            credential: self.credential.clone(),
            deed: Some(deed),
            counts_as_activity: self.active,
        };
        Ok(app.perform(self.credential.account(), self.context.clone(), act).await?.reply)
    }
}

impl Session {
    /// Whom the path means, where the act itself asks whether they may. A program has nobody to call `me`.
    pub(super) async fn whom(
        &self,
        app: &App,
        who: UserName,
        family: Family,
    ) -> Result<(AccountId, UserId), Problem> {
        match (&self.credential, who) {
            (Credential::Session(_), _) => {
                let (me, user) = self.may_upon(app, who, family, family).await?;
                Ok((me.account, user))
            }
            (Credential::Token(_), UserName::Id(user)) => Ok((self.credential.account(), user)),
            // Refused, once it is known that the token is good.
            (Credential::Token(_), UserName::Me) => {
                let me = self.may(app, Deed::ReadOwn).await?;
                Ok((me.account, me.user))
            }
        }
    }
}

impl Session {
    /// The same for help of somebody: that a member of the team asked for it in vain is on record.
    pub(super) async fn whom_to_help(
        &self,
        app: &App,
        who: UserName,
        help: Help,
    ) -> Result<(AccountId, UserId), Problem> {
        match &self.credential {
            Credential::Session(_) => {
                let (me, user) = self.may_help(app, who, help.family(), help).await?;
                Ok((me.account, user))
            }
            Credential::Token(_) => self.whom(app, who, help.family()).await,
        }
    }
}

impl Basic {
    /// Where the request comes from.
    pub(super) fn context(&self) -> Context {
        self.context.clone()
    }

    async fn show(&self, app: &App, account: AccountId, deed: Deed) -> Result<Caller, Problem> {
        let act = ShowPassword::new(self.email.to_string(), self.password.clone(), deed);
        let shown = app.perform(account, self.context.clone(), act).await?.reply;
        let outcome = match &shown {
            PasswordShown::Refused => "wrong",
            PasswordShown::Off(_) => "off",
            PasswordShown::Denied(_) => "denied",
            PasswordShown::Open { until: Some(_), .. } => "warned",
            PasswordShown::Open { until: None, .. } => "allowed",
        };
        counter!("twofold_password_access_total", "outcome" => outcome).increment(1);
        match shown {
            PasswordShown::Refused => Err(Problem::sign_in_refused()),
            PasswordShown::Off(why) => Err(Problem::password_access_off(why)),
            PasswordShown::Denied(why) => Err(app.problem(why.into())),
            PasswordShown::Open { caller, until } => {
                if let Some(end) = until {
                    self.ending.at(end);
                }
                Ok(caller)
            }
        }
    }
}

/// The answer to an e-mail address and a password where something is done.
pub(super) fn password_reads_only(headers: &HeaderMap) -> Option<Problem> {
    basic(headers).map(|_| {
        unauthenticated().detail("E-mail address and password open what an API token can read, and nothing of one's own; sign in, or send an API token.")
    })
}

/// The API token that a request shows, if it shows one. A program's word needs it; nothing else looks.
pub(super) struct Program(Option<Arc<Bearer<ApiToken>>>);

impl<S: Send + Sync> FromRequestParts<S> for Program {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let shown = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer = shown.and_then(|text| text.split_once(' '));
        let token = bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let token = token.and_then(|(_, text)| Bearer::<ApiToken>::parse(text.trim()).ok());
        Ok(Self(token.map(Arc::new)))
    }
}

impl Program {
    /// The token; a session, or nothing, does not do.
    pub(super) fn token(self) -> Result<Arc<Bearer<ApiToken>>, Problem> {
        self.0
            .ok_or_else(|| unauthenticated().detail("Send a program's API token as `Authorization: Bearer`."))
    }
}
