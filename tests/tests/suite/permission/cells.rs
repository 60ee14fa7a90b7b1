//! The cells: who asks for what about whom, and what must come of it.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use twofold_api::routes::{Ask, Case, Guard, Guarded, When};
use twofold_domain::account::TokenScope;
use twofold_domain::permission::{Act, Need, need, password_suffices, scope_for};
use twofold_domain::policy::Role;
use twofold_tests::world::Standing;

use super::calls::{Call, UsesUp};

/// Who comes to the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Caller {
    Nobody,
    Operator,
    Person(Role, Standing),
    /// An API token: of a person of a role, or of a program.
    Token(Holder, Named),
    /// E-mail address and password on the request, of somebody who has no second factor.
    Basic(Role),
}

/// Whose API token it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Holder {
    Person(Role),
    Program,
}

/// Which scopes were named for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Named {
    /// Every one that its holder may have.
    All,
    /// All of them but the one that the act takes.
    ButThisOne,
}

impl Holder {
    pub(super) const ALL: [Self; 5] = [
        Self::Person(Role::Owner),
        Self::Person(Role::Admin),
        Self::Person(Role::Agent),
        Self::Person(Role::Auditor),
        Self::Program,
    ];

    /// The scopes that may be named for it, apart from those by which a program vouches for people.
    pub(super) fn scopes(self) -> BTreeSet<TokenScope> {
        let may = |act: &Act| match self {
            Self::Person(role) => need(role, *act) != Need::Never,
            Self::Program => true,
        };
        TokenScope::ALL.into_iter().filter(|scope| scope.acts().iter().any(may)).collect()
    }
}

/// What or whom a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// Nothing that the path names.
    Nothing,
    /// Somebody of a role that the request names, who is nobody yet.
    ARole(Role),
    OwnAccount,
    OtherAccount,
    NoAccount,
    Oneself,
    Colleague(Role),
    /// Oneself or a colleague, but with a device or session that is somebody else's.
    Crossed(Role),
    /// Somebody of another account.
    Stranger(Role),
    /// An id that nobody has.
    NoOne,
}

/// One cell of the matrix.
pub(super) struct Cell<'a> {
    pub(super) operation: &'a Guarded,
    /// The act, where the guard asks for one.
    ask: Option<Ask>,
    pub(super) call: &'a Call,
    pub(super) caller: Caller,
    pub(super) about: About,
    /// The role that the request names: of the person to make, or to give to one.
    pub(super) named: Role,
    governed: Governed,
}

/// What somebody comes to, before the operation itself is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    May,
    /// They may ask for it, and somebody else must agree.
    NotAlone,
    StepUp,
    Role,
    EnrolFirst,
    /// No token and no password does it.
    NeedsPerson,
    /// The token was not issued for it.
    Scope,
}

/// How the account is governed where it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Governed {
    /// As a new one is: admins keep their hands off the account's switch.
    ByOwners,
    /// Admins may throw it.
    ByAdminsToo,
}

/// What an API token comes to.
fn borne(holder: Holder, named: Named, act: Act) -> Verdict {
    let Some(scope) = scope_for(act) else { return Verdict::NeedsPerson };
    if let Holder::Person(role) = holder {
        match need(role, act) {
            Need::Never => return Verdict::Role,
            Need::Delegated | Need::Approved => return Verdict::NeedsPerson,
            Need::Session | Need::StepUp => {}
        }
    }
    if named == Named::All && holder.scopes().contains(&scope) { Verdict::May } else { Verdict::Scope }
}

/// What an e-mail address and a password come to, where they are looked at.
fn shown(role: Role, act: Act) -> Verdict {
    match need(role, act) {
        Need::Never => Verdict::Role,
        _ if password_suffices(role, act) => Verdict::May,
        _ => Verdict::NeedsPerson,
    }
}

fn verdict(governed: Governed, role: Role, standing: Standing, act: Act) -> Verdict {
    if standing == Standing::Enrolling && !matches!(act, Act::EnrolOwn | Act::ReadOwn | Act::EndOwn) {
        return Verdict::EnrolFirst;
    }
    // Whoever has no second factor to show signs in again for it, and these just did.
    if act == Act::ChangeOwnEmail && standing == Standing::Password {
        return Verdict::May;
    }
    match need(role, act) {
        Need::Never => Verdict::Role,
        Need::Delegated if governed == Governed::ByOwners => Verdict::Role,
        Need::StepUp | Need::Delegated | Need::Approved if standing != Standing::Fresh => Verdict::StepUp,
        Need::StepUp | Need::Delegated | Need::Session => Verdict::May,
        Need::Approved => Verdict::NotAlone,
    }
}

/// The best that somebody can hope for where nobody is there to have a role.
fn best(of: impl Fn(Role) -> Verdict) -> Verdict {
    let verdicts = Role::ALL.map(of);
    let order = [Verdict::May, Verdict::NotAlone, Verdict::StepUp, Verdict::EnrolFirst, Verdict::Scope];
    // Whom nothing of this kind is open to is told what holds of end users.
    order.into_iter().find(|verdict| verdicts.contains(verdict)).unwrap_or(verdicts[Role::ALL.len() - 1])
}

impl Cell<'_> {
    /// The answers that are right.
    pub(super) fn expected(&self) -> Vec<&'static str> {
        match (&self.operation.guard, self.caller) {
            // Which accounts there are is no secret: people sign in at their account's address.
            (Guard::Open(_), _) if self.about == About::NoAccount => return vec!["404 not_found"],
            (Guard::Open(_) | Guard::Link | Guard::DeviceToken, _) | (Guard::Operator, Caller::Operator) => {
                return self.call.answers.to_vec();
            }
            (Guard::Operator, _) | (Guard::Acts(_), Caller::Nobody | Caller::Operator) => {
                return vec!["401 unauthenticated"];
            }
            // An e-mail address and a password are looked at only where something is read by them.
            (Guard::Acts(cases), Caller::Basic(_)) if !cases.iter().any(read_by_password) => {
                return vec!["401 unauthenticated"];
            }
            // They are somebody's of one account, so another one is not there whoever they are.
            (Guard::Acts(_), Caller::Basic(_))
                if matches!(self.about, About::OtherAccount | About::NoAccount) =>
            {
                return vec!["404 not_found"];
            }
            (Guard::Acts(_), Caller::Person(..) | Caller::Token(..) | Caller::Basic(_)) => {}
        }
        match self.verdict() {
            Verdict::StepUp => vec!["401 insufficient_user_authentication"],
            Verdict::Role => vec!["403 forbidden"],
            Verdict::EnrolFirst => vec!["403 enrol_first"],
            Verdict::NeedsPerson => vec!["403 needs_person"],
            Verdict::Scope => vec!["403 insufficient_scope"],
            Verdict::May | Verdict::NotAlone if self.is_elsewhere() => vec!["404 not_found"],
            Verdict::NotAlone => self.call.not_alone.to_vec(),
            Verdict::May => self.call.answers.to_vec(),
        }
    }

    /// What the caller comes to by the table.
    fn verdict(&self) -> Verdict {
        let of = |act: Act| match self.caller {
            Caller::Nobody | Caller::Operator => Verdict::Role,
            Caller::Person(role, standing) => verdict(self.governed, role, standing, act),
            Caller::Token(holder, named) => borne(holder, named, act),
            Caller::Basic(role) => shown(role, act),
        };
        let upon = |family: &dyn Fn(Role) -> Act| match (self.about, self.caller) {
            (About::ARole(subject) | About::Colleague(subject) | About::Crossed(subject), _) => {
                of(family(subject))
            }
            (About::Oneself, Caller::Person(role, _)) => of(family(role)),
            _ => best(|subject| of(family(subject))),
        };
        match self.ask {
            None => Verdict::May,
            Some(Ask::Act(act)) => of(act),
            Some(Ask::Upon(family)) => upon(&family),
            Some(Ask::Giving(act)) => upon(&|from| act(from, self.named)),
        }
    }

    /// The scope that a token is to lack.
    pub(super) fn lacks(&self) -> Option<TokenScope> {
        match (self.caller, self.ask?) {
            (Caller::Token(_, Named::ButThisOne), ask) => {
                TokenScope::ALL.into_iter().find(|scope| ask.scope() == Some(scope.name()))
            }
            _ => None,
        }
    }

    /// Whether what it is about is not there, as far as the caller's account goes.
    fn is_elsewhere(&self) -> bool {
        match self.about {
            About::OtherAccount
            | About::NoAccount
            | About::Crossed(_)
            | About::Stranger(_)
            | About::NoOne => true,
            About::Nothing | About::ARole(_) | About::OwnAccount | About::Oneself | About::Colleague(_) => {
                false
            }
        }
    }

    /// What the request, granted, uses up.
    pub(super) fn uses_up(&self) -> UsesUp {
        let granted = [self.call.answers, self.call.not_alone];
        if granted.contains(&self.expected().as_slice()) { self.call.uses_up } else { UsesUp::Nothing }
    }

    /// In words.
    pub(super) fn told(&self) -> String {
        let Guarded { operation, method, path, .. } = self.operation;
        let words = self.call.when.words();
        format!("{operation} ({method} {path}) {words} by {:?} about {:?}", self.caller, self.about)
    }
}

/// What a request of this kind can be about, and the role that it names.
fn abouts(operation: &Guarded, case: Option<Case>) -> Vec<(About, Role)> {
    let names = |parameter: &str| operation.path.contains(parameter);
    let has_things = names("{user}") && (names("{device}") || names("{session}"));
    let crossed = |roles: &[Role]| {
        let roles = roles.iter().filter(|_| has_things);
        roles.map(|role| About::Crossed(*role)).collect::<Vec<_>>()
    };
    let persons = || {
        let of = |about: fn(Role) -> About| Role::ALL.map(about).to_vec();
        [of(About::Colleague), of(About::Stranger), crossed(&Role::ALL), vec![About::NoOne]].concat()
    };
    let plainly = |about: About| (about, Role::EndUser);
    let upon = case.is_some_and(|case| matches!(case.ask, Ask::Upon(_)));
    let about = match case.map_or(When::Always, |case| case.when) {
        When::Own => [vec![About::Oneself], crossed(&[Role::EndUser])].concat(),
        When::Another => persons(),
        _ if names("{user}") => persons(),
        _ if upon => return Role::ALL.map(|role| (About::ARole(role), role)).to_vec(),
        _ if names("{account}") => vec![About::OwnAccount, About::OtherAccount, About::NoAccount],
        _ => vec![About::Nothing],
    };
    if case.is_some_and(|case| matches!(case.ask, Ask::Giving(_))) {
        return about.iter().flat_map(|about| Role::ALL.map(|role| (*about, role))).collect();
    }
    about.into_iter().map(plainly).collect()
}

/// Whether an e-mail address and a password may do this for somebody.
fn read_by_password(case: &Case) -> bool {
    matches!(case.ask, Ask::Act(act) if Role::ALL.into_iter().any(|role| password_suffices(role, act)))
}

/// Whether a person who stands so makes this kind of request.
fn makes(standing: Standing, when: When) -> bool {
    match when {
        When::FirstFactor => !standing.has_factor(),
        When::FurtherFactor => standing.has_factor(),
        When::Always | When::Own | When::Another | When::Everybody | When::Page | When::File => true,
    }
}

/// Every cell with these callers.
pub(super) fn cells<'a>(
    operations: &'a [Guarded],
    requests: &'a [Call],
    callers: &[Caller],
    governed: Governed,
) -> Result<Vec<Cell<'a>>> {
    let mut cells = vec![];
    for operation in operations {
        let cases = match &operation.guard {
            Guard::Acts(cases) => cases.iter().copied().map(Some).collect(),
            Guard::Open(_) | Guard::Link | Guard::DeviceToken | Guard::Operator => vec![None],
        };
        for case in cases {
            let when = case.map_or(When::Always, |case| case.when);
            let call =
                requests.iter().find(|call| (call.operation, call.when) == (&operation.operation, when));
            let call = call.with_context(|| {
                format!(
                    "{} ({} {}) has no request for {when:?}: add a row to suite/permission/calls.rs, so that \
                     everybody can ask it",
                    operation.operation, operation.method, operation.path
                )
            })?;
            for &caller in callers {
                if let Caller::Person(_, standing) = caller
                    && !makes(standing, when)
                {
                    continue;
                }
                let ask = case.map(|case| case.ask);
                let of = |(about, named)| Cell { operation, ask, call, caller, about, named, governed };
                let all = abouts(operation, case).into_iter().map(of);
                // A token that lacks what is asked of it: there is one only where a scope is, and another beside.
                let there = |cell: &Cell<'_>| match caller {
                    Caller::Token(holder, Named::ButThisOne) => {
                        let scopes = holder.scopes();
                        cell.lacks().is_some_and(|scope| scopes.contains(&scope) && scopes.len() > 1)
                    }
                    _ => true,
                };
                cells.extend(all.filter(there));
            }
        }
    }
    Ok(cells)
}
