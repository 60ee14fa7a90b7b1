//! Who knocks at an account's pages, and what they get to see of the frame around them.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use twofold_domain::account::{Account, ClockKind};
use twofold_domain::device::Scope;
use twofold_domain::ids::{AccountId, StreamId, UserId};
use twofold_domain::permission::{Act as Deed, Need, need};
use twofold_domain::policy::Role;
use twofold_domain::reading::Reader;
use twofold_domain::time::Timestamp;
use twofold_domain::user::{Help, User};
use twofold_infra::acts::{
    ActError, Authenticate, AuthenticateUpon, Credential, DeviceCredential, Look, Onlooker, Principal,
    SessionGrant,
};
use twofold_infra::context::{Actor, ClientOrigin, Context};
use twofold_infra::desk::{Act, Done};
use twofold_infra::verify::token::Bearer;

use super::logo;
use super::refused::Refused;
pub(super) use super::said::Said;
use crate::app::App;
use crate::as_of::Standpoint;
use crate::extract::{Client, Cookies, SetCookie};
use crate::pages::frame::{Frame, Section, asked_for};
use crate::pages::{Language, is_own_path};
use crate::problem::Problem;
use crate::report::ShownTo;
use crate::request_id;
use crate::site::ThisSite;

/// How long a page waits for a read model.
const PATIENCE: Duration = Duration::from_secs(3);

/// A request to one account's pages.
pub(super) struct Door {
    /// The state behind the routes.
    pub(super) app: App,
    /// The site.
    pub(super) site: ThisSite,
    /// The account.
    pub(super) account: AccountId,
    /// Its state now.
    pub(super) state: Arc<Account>,
    /// The version of that state.
    pub(super) version: u64,
    /// What stands around the page.
    pub(super) frame: Frame,
    /// Where a reader is sent back to who must do something else first: this page, if it is one.
    pub(super) back: String,
    /// The device's own token, as shown.
    pub(super) device: Option<DeviceCredential>,
    /// Did the reader choose to stay signed in when the browser closes?
    pub(super) stays: bool,
    /// The event and the instant of the past that the page is as of; `state` is as of then.
    pub(super) then: Option<Standpoint>,
    /// What the page that led here has to say.
    said: Option<Said>,
    session: Option<Credential>,
    context: Context,
}

/// Somebody whose session is good for what they want.
pub(super) struct Me {
    /// The token, for acts.
    pub(super) credential: Credential,
    /// Who it is.
    pub(super) principal: Principal,
    /// What the log says of them.
    pub(super) user: Arc<User>,
    /// Their address.
    pub(super) email: String,
}

/// One value of a query string, percent-decoded.
pub(super) fn query_value(query: &str, wanted: &str) -> Option<String> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    pairs.into_iter().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
}

/// A path with values behind it; empty ones are left out.
pub(super) fn with_query<'a>(path: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs.into_iter().filter(|(_, value)| !value.is_empty()));
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// The context of a request, before anybody is known.
pub(super) fn context(client: &Client) -> Context {
    let mut context = Context::of(Actor::Anonymous, request_id::current().to_string());
    let agent = Some(client.user_agent.clone()).filter(|agent| !agent.is_empty());
    context.origin = ClientOrigin { ip: Some(client.ip.to_string()), user_agent: agent };
    context
}

impl FromRequestParts<App> for Door {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        let slug = path_value(parts, app, "slug").await?;
        let known = app.store().slug(&slug).await.map_err(ActError::from)?;
        let Some(account) = known else { return Err(Problem::not_found().into()) };
        Self::open(parts, app, account).await
    }
}

/// One variable segment of a request's path.
pub(super) async fn path_value(parts: &mut Parts, app: &App, wanted: &str) -> Result<String, Problem> {
    let params = RawPathParams::from_request_parts(parts, app).await.map_err(|_| Problem::not_found())?;
    let value = params.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.to_owned());
    value.ok_or_else(|| Problem::internal(format!("a route without `{wanted}`")))
}

impl Door {
    /// The door of an account that is open.
    pub(super) async fn open(parts: &mut Parts, app: &App, account: AccountId) -> Result<Self, Refused> {
        let loaded = app.desk.log().accounts.load(StreamId::account(account)).await;
        let loaded = loaded.map_err(ActError::from)?;
        if loaded.state.id().is_none() {
            return Err(Problem::not_found().into());
        }
        app.concerns(account);
        let sandbox = loaded.state.clock() == ClockKind::Sandbox;
        let client = Client::from_request_parts(parts, app).await?;
        let site = ThisSite::from_request_parts(parts, app).await?;
        let frame = Frame::from_request_parts(parts, app).await?;
        let mut frame = frame.offering(&loaded.state.settings, &site, &parts.headers);
        let query = parts.uri.query().unwrap_or_default();
        let said = query_value(query, "said").as_deref().and_then(Said::of_word);
        if let Some(said) = said {
            let text = frame.s(&said.key());
            frame = frame.notice(said.tone(), text);
        }
        let cookies = Cookies::of(&site.origin);
        let session = cookies.session_of(&parts.headers);
        let session = session.and_then(|text| Bearer::parse(text.expose()).ok());
        let session = session.map(|token| Credential::Session(Arc::new(token)));
        let device = cookies.device_of(&parts.headers);
        let device = device.and_then(|text| Bearer::parse(text.expose()).ok()).map(Arc::new);
        let back = match (parts.method == Method::GET, asked_for(parts).path_and_query()) {
            (true, Some(here)) => here.to_string(),
            _ => format!("/a/{}/security", loaded.state.slug()),
        };
        Ok(Self {
            app: app.clone(),
            stays: cookies.stays(&parts.headers),
            site,
            account,
            frame: Frame {
                help: loaded.state.settings.help.clone(),
                logo: logo::path(&loaded.state),
                ..frame
                    .account(loaded.state.name(), loaded.state.slug())
                    .sandbox(sandbox.then(|| loaded.state.now(app.now())))
            },
            state: loaded.state,
            version: loaded.sequence,
            back,
            // A token of another account says nothing here.
            device: device.filter(|token: &DeviceCredential| token.account() == account),
            session: session.filter(|token| token.account() == account),
            then: None,
            said,
            context: context(&client),
        })
    }

    /// Now, by the account's clock; of a page of the past, then.
    pub(super) fn now(&self) -> Timestamp {
        self.then.map_or_else(|| self.state.now(self.app.now()), |then| then.instant())
    }

    /// A path of this account.
    pub(super) fn path(&self, rest: &str) -> String {
        format!("/a/{}/{rest}", self.state.slug())
    }

    /// The names of our cookies here.
    pub(super) fn cookies(&self) -> Cookies {
        Cookies::of(&self.site.origin)
    }

    /// Where the request comes from.
    pub(super) fn context(&self) -> Context {
        self.context.clone()
    }

    /// Performs an act in this account.
    pub(super) async fn perform<A: Act>(&self, act: A) -> Result<Done<A::Reply>, ActError> {
        self.app.desk.perform(self.account, self.context.clone(), act).await
    }

    /// The languages that the account offers, to choose from: tag, name, and whether it is chosen. One that is
    /// somebody's already is offered to them whatever the account does.
    pub(super) fn spoken(&self, chosen: &str) -> Vec<(&'static str, &'static str, bool)> {
        let offered = |l: &Language| self.frame.offered.contains(l) || l.tag() == chosen;
        let choice = |l: Language| (l.tag(), l.own_name(), l.tag() == chosen);
        Language::ALL.into_iter().filter(offered).map(choice).collect()
    }

    /// Waits until a read model has what was recorded up to now, so that a page shows what its reader just did.
    pub(super) async fn caught_up(&self, projection: &str) -> Result<(), Refused> {
        let counter = self.app.store().counter(self.account).await.map_err(ActError::from)?;
        let position = counter.map_or(0, |counter| counter.last_seq);
        let came = self.app.projector.wait_for(projection, self.account, position, PATIENCE).await;
        if came.map_err(ActError::from)? {
            return Ok(());
        }
        Err(Problem::unavailable(format!("{projection} has not come to {position}")).into())
    }

    /// The session that is shown, good or not.
    pub(super) fn shown_session(&self) -> Option<&Credential> {
        self.session.as_ref()
    }

    /// Lets in whoever may do this, and names them at the top of the page.
    pub(super) async fn enter(&mut self, deed: Deed) -> Result<Me, Refused> {
        let Some(credential) = self.session.clone() else {
            return Err(self.refuse(ActError::NotSignedIn));
        };
        let ask = Authenticate { credential: credential.clone(), deed, counts_as_activity: true };
        let principal = match self.perform(ask).await {
            Ok(done) => done.reply,
            Err(error) => return Err(self.refuse(error)),
        };
        self.speak_as(&principal);
        let vault = self.app.desk.vault();
        let name = vault.unseal(self.account, principal.user, &principal.who.name).await?;
        let email = vault.unseal(self.account, principal.user, &principal.who.email).await?;
        let stream = StreamId::user(self.account, principal.user);
        let user = self.app.desk.log().users.load(stream).await.map_err(ActError::from)?.state;
        let name = name.map_or_else(String::new, |name| name.as_str().to_owned());
        let email = email.map_or_else(String::new, |email| email.as_str().to_owned());
        self.frame = self.frame.clone().person(name, principal.role.name(), sees(principal.role));
        self.frame = self.frame.clone().waiting(self.turns(principal.user, principal.role));
        if !self.is_past() {
            // What is looked at from here on has at least this event in it.
            let counter = self.app.store().counter(self.account).await.map_err(ActError::from)?;
            let position = counter.map_or(0, |counter| counter.last_seq);
            self.frame = self.frame.clone().seen(position, self.now());
        }
        Ok(Me { credential, principal, user, email })
    }

    /// From here on in their own language, whatever the browser prefers. Who has to enrol first cannot change it yet,
    /// and goes on in the browser's.
    fn speak_as(&mut self, principal: &Principal) {
        let own = Language::of_tag(self.state.settings.language(&principal.who.language));
        let Some(language) = own.filter(|_| principal.session.scope == Scope::Full) else { return };
        self.frame.language = language;
        if let Some(said) = self.said {
            let text = self.frame.s(&said.key());
            self.frame = self.frame.clone().notice(said.tone(), text);
        }
    }

    /// Asks whether whoever is here may help somebody so. Of a member of the team who may not, that they tried is on
    /// record.
    pub(super) async fn tries(&self, user: UserId, help: Help) -> Result<(), Refused> {
        let credential = self.session.clone().ok_or_else(|| self.refuse(ActError::NotSignedIn))?;
        let (own, other) = (help.family(), help.family());
        let (user, help) = (Some(user), Some(help));
        let ask = AuthenticateUpon { credential, user, own, other, help, counts_as_activity: true };
        self.perform(ask).await.map(drop).map_err(|error| self.refuse(error))
    }

    /// Records what whoever was let in is about to be shown of other people.
    pub(super) async fn shows(&self, me: &Me, look: impl Into<Look> + Send) -> Result<(), Refused> {
        let ShownTo { context, onlooker, .. } = self.shown_to(me);
        let recorded = self.app.desk.record_read(self.account, context, onlooker, look.into()).await;
        recorded.map_err(|error| self.refuse(error))
    }

    /// Whoever was let in, to take a file away.
    pub(super) fn shown_to(&self, me: &Me) -> ShownTo {
        let onlooker = Onlooker::Shown(me.credential.clone(), Reader::User(me.principal.user));
        ShownTo { context: self.context(), onlooker, as_file: true }
    }

    /// How many acts that take two wait for somebody.
    fn turns(&self, user: UserId, role: Role) -> usize {
        let open = self.state.approvals.values();
        open.filter(|open| self.state.turn(open, user, role, self.now()).is_some()).count()
    }

    /// Goes on to another page of this account, and says something there.
    pub(super) fn go(&self, rest: &str, said: Option<Said>) -> Response {
        redirect(&with_query(&self.path(rest), [("said", said.map_or("", Said::word))]))
    }

    /// Goes on to where the reader wanted to go, if that is a page of this account.
    pub(super) fn go_on(&self, next: Option<&str>, otherwise: &str) -> String {
        let own = format!("/a/{}/", self.state.slug());
        let next = next.filter(|path| is_own_path(path) && path.starts_with(&own));
        next.map_or_else(|| self.path(otherwise), str::to_owned)
    }

    /// The cookie of a session; it outlives the browser only where that was chosen and the policy lets it.
    pub(super) fn session_cookie(&self, grant: &SessionGrant, stay: bool) -> SetCookie {
        let keep = grant.stays.filter(|_| stay);
        let keep = keep.map(|span| Duration::from_secs(span.whole_seconds().unsigned_abs()));
        self.cookies().session(&grant.token, keep)
    }
}

/// The places of the menu that a role may see.
fn sees(role: Role) -> Vec<Section> {
    let all = [
        (Section::Own, Deed::ReadOwn),
        (Section::People, Deed::ReadPeople),
        (Section::Status, Deed::ReadStatus),
        (Section::Policy, Deed::ReadAccount),
        (Section::Approvals, Deed::ReadApprovals),
        (Section::Recovery, Deed::ReadRecoveries),
        (Section::Programs, Deed::ManageOwnTokens),
        (Section::Programs, Deed::ReadIntegrations),
        (Section::Log, Deed::ReadAudit),
        (Section::Settings, Deed::ReadAccount),
        (Section::Clock, Deed::SetClock),
        (Section::Profile, Deed::EditOwn),
    ];
    all.into_iter().filter(|(_, deed)| need(role, *deed) != Need::Never).map(|(section, _)| section).collect()
}

/// See other (RFC 9110 section 15.4.4): the next request is a GET.
pub(super) fn redirect(to: &str) -> Response {
    Redirect::to(to).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_sees_more_of_the_menu_than_they_may() {
        assert_eq!(sees(Role::EndUser), [Section::Own, Section::Profile]);
        assert_eq!(sees(Role::Agent), [Section::Own, Section::People, Section::Programs, Section::Profile]);
        assert!(!sees(Role::Admin).contains(&Section::Clock) && sees(Role::Owner).contains(&Section::Clock));
    }
}
