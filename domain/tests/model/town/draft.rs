//! An act in the making: each of its steps is decided on what the steps before it led to.

use cqrs_es::Aggregate;
use twofold_domain::owners::Owners;
use twofold_domain::user::{Help, HelpCommand};

use super::*;

/// The domain refuses; nothing is recorded.
pub(super) struct No;

impl<E: std::error::Error> From<E> for No {
    fn from(_: E) -> Self {
        Self
    }
}

pub(super) struct Draft<'t> {
    town: &'t mut Town,
    pub(super) account: Account,
    people: BTreeMap<usize, User>,
    /// Whose each is: a person's, or a machine's.
    pub(super) events: Vec<(usize, Event)>,
}

impl<'t> Draft<'t> {
    pub(super) fn of(town: &'t mut Town) -> Self {
        let account = town.account.state.clone();
        Self { town, account, people: BTreeMap::new(), events: vec![] }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.town.now
    }

    pub(super) fn uuid(&mut self) -> Uuid {
        self.town.uuid()
    }

    pub(super) fn verifier(&mut self) -> VerifierId {
        self.town.verifier()
    }

    pub(super) fn id_of(&self, who: usize) -> UserId {
        self.town.ids[who]
    }

    pub(super) fn person_of(&self, user: UserId) -> Result<usize, No> {
        self.town.ids.iter().position(|id| *id == user).ok_or(No)
    }

    pub(super) fn state(&self, who: usize) -> &User {
        self.people.get(&who).unwrap_or_else(|| self.town.state(who))
    }

    /// The role of somebody who is still here.
    pub(super) fn role(&self, who: usize) -> Option<Role> {
        self.state(who).role().filter(|_| !self.state(who).erased)
    }

    pub(super) fn owners(&self) -> Owners {
        Owners::among((0..self.town.people.len()).map(|who| self.state(who)))
    }

    pub(super) fn account(&mut self, command: AccountCommand) -> Result<(), No> {
        for event in self.account.decide(command)? {
            self.account.apply(event.clone());
            self.events.push((0, Event::Account(event)));
        }
        Ok(())
    }

    pub(super) fn user(&mut self, who: usize, command: UserCommand) -> Result<Vec<UserEvent>, No> {
        let (mut state, user) = (self.state(who).clone(), self.id_of(who));
        let events = state.decide(&self.account.era(self.now()), command)?;
        for event in &events {
            state.apply(event.clone());
            self.events.push((who, Event::User(user, event.clone())));
        }
        self.people.insert(who, state);
        Ok(events)
    }

    pub(super) fn new_person(&mut self, who: usize, user: UserId, command: UserCommand) -> Result<(), No> {
        let events = User::default().decide(&self.account.era(self.now()), command)?;
        self.events.extend(events.into_iter().map(|event| (who, Event::User(user, event))));
        Ok(())
    }

    /// Whether an act may happen at once; it is asked for if it may not.
    pub(super) fn consent(&mut self, by: usize, act: GuardedAct) -> Result<bool, No> {
        let (by, owners, at) = (self.id_of(by), self.owners(), self.now());
        if self.account.consent(&act, by, &owners, at) == Consent::AtOnce {
            return Ok(true);
        }
        let approval = twofold_domain::ids::ApprovalId::from_uuid(self.uuid());
        let request = ApprovalCommand::Request { approval, act, by, reason: sealed(), owners, at };
        self.account(AccountCommand::Approval(request))?;
        Ok(false)
    }

    /// Whether somebody may be helped so by one like this; a refusal is recorded.
    pub(super) fn may_help(&mut self, who: usize, upon: usize, help: Help) -> Result<bool, No> {
        let (by, role, at) = (self.id_of(who), self.role(who).ok_or(No)?, self.now());
        self.user(upon, UserCommand::Help(HelpCommand::Try { help, by, role, at }))?;
        Ok(self.state(upon).no_help(help, by, role, at).is_none())
    }

    /// The same, charged to whoever helps; whoever helped as many as one may is refused on record, too.
    pub(super) fn helps(&mut self, who: usize, upon: usize, help: Help) -> Result<bool, No> {
        if !self.may_help(who, upon, help)? {
            return Ok(false);
        }
        let (by, subject, at) = (self.id_of(who), self.id_of(upon), self.now());
        let spent = self.state(who).out_of_reach(help, subject, at).is_some();
        if spent {
            self.user(upon, UserCommand::Help(HelpCommand::Decline { help, by, at }))?;
        } else {
            self.user(who, UserCommand::Help(HelpCommand::Charge { help, subject, at }))?;
        }
        Ok(!spent)
    }

    /// No act leaves the account without an owner.
    pub(super) fn keeps_an_owner(&self, who: usize) -> Result<(), No> {
        if self.role(who) == Some(Role::Owner) {
            self.owners().without(self.id_of(who))?;
        }
        Ok(())
    }

    /// Everybody whom a disable resets.
    pub(super) fn census(&self) -> Census {
        let enrolled = |who: &usize| self.state(*who).enrolled(self.account.generation).is_some();
        let people: BTreeSet<UserId> =
            (0..self.town.people.len()).filter(enrolled).map(|who| self.id_of(who)).collect();
        Census { people: people.len() as u64, digest: digest(&people) }
    }
}
