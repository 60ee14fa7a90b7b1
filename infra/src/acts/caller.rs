//! Who calls the API: a person in a session, or a token. Acts and reads that a token may do ask here; every
//! other one asks `principal`, which takes a person.

use std::sync::Arc;

use twofold_domain::access::{self, Holder};
use twofold_domain::account::Account;
use twofold_domain::device::Origin;
use twofold_domain::ids::{AccountId, ClientId, DeviceId, TokenId, UserId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::Role;
use twofold_domain::sign_in::Stale;
use twofold_domain::time::Timestamp;
use twofold_domain::user::{Help, Registered, User};

use super::principal::{Credential, Principal};
use super::{ActError, words};
use crate::context::Actor;
use crate::desk::Act;
use crate::vault::kind;
use crate::verify::token::{ApiToken, Bearer};
use crate::work::Work;

/// Whoever calls, and may.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The account.
    pub account: AccountId,
    /// Who, and how they showed it.
    pub by: By,
}

/// How a caller shows who they are.
#[derive(Debug, Clone)]
pub enum By {
    /// A person in a session.
    Session(Box<Principal>),
    /// A token, of a person or of a program.
    Token {
        /// Whose.
        holder: Holder,
        /// Which.
        token: TokenId,
    },
    /// E-mail address and password, on the request itself.
    Password {
        /// The person.
        user: UserId,
        /// Their role.
        role: Role,
    },
}

impl Caller {
    /// The person, where it is not a program in its own name.
    pub fn user(&self) -> Option<UserId> {
        match &self.by {
            By::Session(person) => Some(person.user),
            By::Password { user, .. } | By::Token { holder: Holder::Person { user, .. }, .. } => Some(*user),
            By::Token { holder: Holder::Program(_), .. } => None,
        }
    }

    /// The role in which they act. What takes an owner takes one in person: whoever shows a token is at most an admin.
    pub fn in_person(&self) -> Role {
        match &self.by {
            By::Session(person) => person.role,
            By::Password { role, .. } => (*role).max(Role::Admin),
            By::Token { .. } => Role::Admin,
        }
    }

    /// The same name for the same caller, whatever they show: `usr_…`, `cli_…`.
    pub fn name(&self) -> String {
        match &self.by {
            By::Token { holder: Holder::Program(client), .. } => client.to_string(),
            _ => self.user().map(|user| user.to_string()).unwrap_or_default(),
        }
    }
}

/// A token whose secret is right, and the states that say what it is good for.
pub(super) struct Borne {
    account: Arc<Account>,
    user: Option<Arc<User>>,
    token: TokenId,
    holder: ClientId,
    at: Timestamp,
}

impl Borne {
    /// Who is behind it, if it is good.
    pub(super) fn bearer(&self) -> Result<access::Bearer<'_>, Stale> {
        match &self.user {
            Some(user) => access::Bearer::of_person(&self.account, user, self.token, self.at),
            None => access::Bearer::of_program(&self.account, self.holder, self.token, self.at),
        }
    }
}

/// Finds what a token claims to be, and compares its secret before anything is said of it. Account and person
/// are among the work's reads: nothing is done by a token that was revoked meanwhile.
pub(super) async fn bear(work: &mut Work, shown: &Bearer<ApiToken>) -> Result<Borne, ActError> {
    if shown.account() != work.account_id() {
        return Err(ActError::NotSignedIn);
    }
    let account = work.account().await?;
    account.id().ok_or(ActError::NotSignedIn)?;
    let (token, holder, at) = (shown.id(), ClientId::from_uuid(shown.holder()), work.at());
    let (known, user) = if let Some(client) = account.clients.get(&holder) {
        (client.tokens.get(&token).cloned(), None)
    } else {
        let user = work.user(UserId::from_uuid(shown.holder())).await?;
        (user.tokens.get(&token).cloned(), Some(user))
    };
    let known = known.ok_or(ActError::NotSignedIn)?;
    let vault = work.desk().vault().clone();
    let stored = vault.secret(work.account_id(), known.verifier, kind::TOKEN).await?;
    let keys = vault.account_keys(work.account_id()).await?;
    if !stored.is_some_and(|tag| shown.matches(keys.tokens(), &tag)) {
        return Err(ActError::NotSignedIn);
    }
    let actor = match &user {
        Some(_) => Actor::User(UserId::from_uuid(shown.holder())),
        None => Actor::Client(holder),
    };
    let borne = Borne { account, user, token, holder, at };
    if let Err(stale) = borne.bearer().map(drop) {
        if let (Stale::TokenOver, Some(ended)) = (stale, known.expires_at) {
            work.found_over(ended);
        }
        return Err(stale.into());
    }
    work.act_by_token(actor, token);
    Ok(borne)
}

/// Records now and then that a token is in use, on a stream of its own.
pub(super) async fn note_use(work: &mut Work, borne: &Borne) -> Result<(), ActError> {
    let stream = DeviceId::from_uuid(borne.token.uuid());
    let seen = work.device(stream).await?;
    let bearer = borne.bearer()?;
    // Asked before anything is sealed, which is not free.
    if bearer.used(&seen, Origin { ip: None, user_agent: None }).is_empty() {
        return Ok(());
    }
    let origin = match bearer.holder() {
        Holder::Person { user, .. } => words::origin(work, user).await?,
        // A program is nobody under whose key its address could be sealed.
        Holder::Program(_) => Origin { ip: None, user_agent: None },
    };
    let used = bearer.used(&seen, origin);
    work.record_device(stream, used).await
}

impl Credential {
    /// Whoever this is, if they may: a person in a session, or a token.
    pub(crate) async fn caller(&self, work: &mut Work, deed: Deed) -> Result<Caller, ActError> {
        match self {
            Self::Session(_) => Ok(in_session(self.principal(work, deed).await?)),
            Self::Token(token) => {
                let borne = bear(work, token).await?;
                borne.bearer()?.permit(deed)?;
                by_token(work, &borne).await
            }
        }
    }

    /// The same for what they want to do to somebody; and who that is.
    pub(crate) async fn caller_upon(
        &self,
        work: &mut Work,
        user: UserId,
        family: impl Fn(Role) -> Deed + Send,
    ) -> Result<(Caller, Registered), ActError> {
        match self {
            Self::Session(_) => {
                let (principal, who) = self.principal_upon(work, user, family).await?;
                Ok((in_session(principal), who))
            }
            Self::Token(token) => {
                let borne = bear(work, token).await?;
                let who = work.user(user).await?.who().cloned();
                borne.bearer()?.permit_upon(who.as_ref().map(|who| who.role), family)?;
                let caller = by_token(work, &borne).await?;
                Ok((caller, who.ok_or(ActError::UnknownUser)?))
            }
        }
    }

    /// The same for help of somebody. A token that may not is refused as anywhere.
    pub(crate) async fn helping_caller(
        &self,
        work: &mut Work,
        user: UserId,
        help: Help,
    ) -> Result<(), ActError> {
        match self {
            Self::Session(_) => self.helper(work, user, help).await.map(drop),
            Self::Token(_) => self.caller_upon(work, user, help.family()).await.map(drop),
        }
    }

    /// Whoever this is, whatever they want.
    pub(super) async fn anybody(&self, work: &mut Work) -> Result<Caller, ActError> {
        match self {
            Self::Session(_) => Ok(in_session(self.principal(work, Deed::EndOwn).await?)),
            Self::Token(token) => {
                let borne = bear(work, token).await?;
                by_token(work, &borne).await
            }
        }
    }
}

fn in_session(person: Principal) -> Caller {
    Caller { account: person.account, by: By::Session(Box::new(person)) }
}

async fn by_token(work: &mut Work, borne: &Borne) -> Result<Caller, ActError> {
    note_use(work, borne).await?;
    let by = By::Token { holder: borne.bearer()?.holder(), token: borne.token };
    Ok(Caller { account: work.account_id(), by })
}

/// Asks who calls, and whether they may do something. Records at most that the session or token is in use.
pub struct Identify {
    /// What they show.
    pub credential: Credential,
    /// What they want to do; nothing where only their name is asked.
    pub deed: Option<Deed>,
    /// Whether this is a person's doing; background polling does not keep a session alive.
    pub counts_as_activity: bool,
}

impl Act for Identify {
    type Reply = Caller;

    async fn run(&self, work: &mut Work) -> Result<Caller, ActError> {
        let caller = match self.deed {
            Some(deed) => self.credential.caller(work, deed).await?,
            None => self.credential.anybody(work).await?,
        };
        if let By::Session(_) = &caller.by
            && self.counts_as_activity
        {
            let (person, seat) = self.credential.sit(work).await?;
            let touched = seat.signed_in()?.touch()?;
            work.record_device(person.device, touched).await?;
        }
        Ok(caller)
    }
}
