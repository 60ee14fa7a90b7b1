//! API tokens: what may be issued, and who is behind one now.

use std::collections::BTreeSet;

use crate::account::{Account, ApiToken, TokenScope};
use crate::device::{Device, DeviceEvent, Origin, TokenHolder};
use crate::ids::{AccountId, ClientId, TokenId, UserId, VerifierId};
use crate::permission::{Act, Denied, Lack, Need, need, scope_for};
use crate::policy::Role;
use crate::sign_in::Stale;
use crate::time::{Span, Timestamp};
use crate::user::User;

/// The most API tokens of one person that are good at once.
pub const MOST_TOKENS: usize = 20;
/// The most programs of an account: each event about them is read by every sign-in's account.
pub const MOST_CLIENTS: usize = 50;
/// The most tokens of one program: one in use, one to change over to, and a few for separate places.
pub const MOST_CLIENT_TOKENS: usize = 10;
/// Days that a token lasts: at least, unless said otherwise, and at most.
pub const TOKEN_DAYS: (u32, u32, u32) = (1, 90, 365);

/// How often a token's use is recorded: at most hourly, so that a busy program does not fill the log.
const USE_EVERY: Span = Span::hours(1);

/// A token about to be issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// Pre-minted id.
    pub token: TokenId,
    /// Where its verifier is kept.
    pub verifier: VerifierId,
    /// What it may be used for.
    pub scopes: BTreeSet<TokenScope>,
    /// How many days it lasts.
    pub days: u32,
}

/// Why a token is not issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefused {
    /// It could do nothing.
    #[error("name at least one scope")]
    NoScope,
    /// Its person could not do it either.
    #[error("your role may not do what `{}` is for", .0.name())]
    BeyondRole(TokenScope),
    /// Only a program vouches for people.
    #[error("`{}` is for programs, not for people", .0.name())]
    ForPrograms(TokenScope),
    /// Trust counts in sign-ins that it opens, and it opens none.
    #[error("`assert_trust` is good for nothing without `assert_sign_in`")]
    TrustAlone,
    /// It would last too long, or not at all.
    #[error("a token lasts {} to {} days", TOKEN_DAYS.0, TOKEN_DAYS.2)]
    Days,
    /// As many as its holder may have.
    #[error("there are {0} tokens already; revoke one first")]
    TooMany(usize),
}

impl NewToken {
    /// When it would end.
    pub(crate) fn expires_at(&self, at: Timestamp) -> Timestamp {
        at + Span::days(self.days.into())
    }

    /// Whether somebody who has these tokens may have it as well.
    pub(crate) fn check<'t>(
        &self,
        beside: impl IntoIterator<Item = &'t ApiToken>,
        most: usize,
        at: Timestamp,
    ) -> Result<(), TokenRefused> {
        if self.scopes.is_empty() {
            return Err(TokenRefused::NoScope);
        }
        let scopes = |scope| self.scopes.contains(&scope);
        if scopes(TokenScope::AssertTrust) && !scopes(TokenScope::AssertSignIn) {
            return Err(TokenRefused::TrustAlone);
        }
        if !(TOKEN_DAYS.0..=TOKEN_DAYS.2).contains(&self.days) {
            return Err(TokenRefused::Days);
        }
        let good = beside.into_iter().filter(|t| t.good(at)).count();
        if good >= most { Err(TokenRefused::TooMany(most)) } else { Ok(()) }
    }

    /// Whether a person of this role may have it.
    pub(crate) fn check_of(&self, role: Role) -> Result<(), TokenRefused> {
        self.scopes.iter().try_for_each(|&scope| may_hold(role, scope))
    }
}

/// Whether a token of a person of this role may have a scope.
pub fn may_hold(role: Role, scope: TokenScope) -> Result<(), TokenRefused> {
    if scope.acts().is_empty() {
        return Err(TokenRefused::ForPrograms(scope));
    }
    if scope.acts().iter().all(|act| need(role, *act) == Need::Never) {
        return Err(TokenRefused::BeyondRole(scope));
    }
    Ok(())
}

impl ApiToken {
    /// Whether its time is not over.
    pub fn good(&self, at: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| at < end)
    }
}

/// Whose token it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// A person's, who has this role now.
    Person {
        /// Who.
        user: UserId,
        /// Their role.
        role: Role,
    },
    /// A program's.
    Program(ClientId),
}

/// Whoever is behind an API token that is good at this instant. The only way to have one is to ask for it,
/// so nothing is ever done by a token that is over.
#[derive(Debug, Clone, Copy)]
pub struct Bearer<'a> {
    account: AccountId,
    holder: Holder,
    token: TokenId,
    known: &'a ApiToken,
    at: Timestamp,
}

/// The word of a program that somebody showed it their first factor. Only a token with that scope has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vouch {
    pub(crate) client: ClientId,
    pub(crate) token: TokenId,
    pub(crate) trust: bool,
}

impl Vouch {
    /// Whether the device's trust counts.
    pub fn trust(&self) -> bool {
        self.trust
    }
}

impl<'a> Bearer<'a> {
    /// Who is behind a person's token, if it is good. Whether its secret is right is asked before.
    pub fn of_person(
        account: &Account,
        user: &'a User,
        token: TokenId,
        at: Timestamp,
    ) -> Result<Self, Stale> {
        let who = user.who().filter(|_| !user.erased).ok_or(Stale::Gone)?;
        let id = account.id().filter(|id| *id == who.account).ok_or(Stale::Ended)?;
        if user.deactivated || account.closed {
            return Err(Stale::Deactivated);
        }
        if user.frozen.is_some() {
            return Err(Stale::Frozen);
        }
        let known = user.tokens.get(&token).ok_or(Stale::Ended)?;
        let holder = Holder::Person { user: who.user, role: who.role };
        Self { account: id, holder, token, known, at }.in_time()
    }

    /// Which program is behind a token, if it is good.
    pub fn of_program(
        account: &'a Account,
        client: ClientId,
        token: TokenId,
        at: Timestamp,
    ) -> Result<Self, Stale> {
        let id = account.id().filter(|_| !account.closed).ok_or(Stale::Ended)?;
        let known = account.clients.get(&client).and_then(|c| c.tokens.get(&token)).ok_or(Stale::Ended)?;
        Self { account: id, holder: Holder::Program(client), token, known, at }.in_time()
    }

    fn in_time(self) -> Result<Self, Stale> {
        if self.known.good(self.at) { Ok(self) } else { Err(Stale::TokenOver) }
    }

    /// Whose it is.
    pub fn holder(&self) -> Holder {
        self.holder
    }

    /// Its verifier.
    pub fn verifier(&self) -> VerifierId {
        self.known.verifier
    }

    /// Whether it may be used for an act now. A scope stands in for the second factor that the act asks of
    /// a person, because it took one to name it; no scope stands in for a second approval.
    pub fn permit(&self, act: Act) -> Result<(), Denied> {
        let scope = scope_for(act).ok_or(Denied::NeedsPerson)?;
        if let Holder::Person { role, .. } = self.holder {
            match need(role, act) {
                Need::Session | Need::StepUp => {}
                Need::Never => return Err(Denied::Role(Lack::of(role, act))),
                Need::Delegated | Need::Approved => return Err(Denied::NeedsPerson),
            }
        }
        if self.known.scopes.contains(&scope) { Ok(()) } else { Err(Denied::Scope(scope)) }
    }

    /// The same for an act upon somebody. Where nobody is there, it learns so only if it might do it to
    /// somebody of some role.
    pub fn permit_upon(&self, subject: Option<Role>, family: impl Fn(Role) -> Act) -> Result<(), Denied> {
        if let Some(role) = subject {
            return self.permit(family(role));
        }
        let verdicts = Role::ALL.map(|role| self.permit(family(role)));
        let scoped = verdicts.iter().find(|v| matches!(v, Ok(()) | Err(Denied::Scope(_))));
        scoped.copied().unwrap_or(verdicts[Role::ALL.len() - 1])
    }

    /// Its word for somebody's first factor.
    pub fn vouch(&self) -> Result<Vouch, Denied> {
        let Holder::Program(client) = self.holder else { return Err(Denied::NeedsPerson) };
        let scopes = &self.known.scopes;
        if !scopes.contains(&TokenScope::AssertSignIn) {
            return Err(Denied::Scope(TokenScope::AssertSignIn));
        }
        Ok(Vouch { client, token: self.token, trust: scopes.contains(&TokenScope::AssertTrust) })
    }

    /// That it is in use; recorded now and then on the token's own stream.
    pub fn used(&self, stream: &Device, origin: Origin) -> Vec<DeviceEvent> {
        if stream.token_used_at.is_some_and(|last| self.at < last + USE_EVERY) {
            return vec![];
        }
        let holder = match self.holder {
            Holder::Person { user, .. } => TokenHolder::User(user),
            Holder::Program(client) => TokenHolder::Client(client),
        };
        let (account, token, at) = (self.account, self.token, self.at);
        vec![DeviceEvent::ApiTokenUsed { account, token, holder, origin, at }]
    }
}
