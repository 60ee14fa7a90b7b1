//! Everybody who can come to a door: people of every role, in two accounts, as sure of themselves as a session
//! can be.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use twofold_domain::account::{Governance, GuardedAct};
use twofold_domain::device::{Decision, Method};
use twofold_domain::ids::{DeviceId, SessionId, UserId};
use twofold_domain::policy::{Audience, Role};
use twofold_domain::time::{Span, Timestamp};
use twofold_infra::acts::{Begun, ChangeGovernance, Circle, RequestAct, UseApproval};
use twofold_infra::verify::Bearer;
use twofold_infra::verify::token::SessionToken;

use crate::person::{Browser, Person, recovery, save_policies};
use crate::town::Town;

/// How sure a session is of its person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Level 1: a password where no second factor is asked; there is none.
    Password,
    /// Level 1: a trusted device stood in for the second factor.
    Trusted,
    /// Level 2: a second factor was just shown.
    Fresh,
    /// Level 2: a second factor was shown more than ten minutes ago.
    Stale,
    /// Good for nothing but enrolling.
    Enrolling,
}

impl Standing {
    /// Whether the person has a second factor.
    pub const fn has_factor(self) -> bool {
        match self {
            Self::Trusted | Self::Fresh | Self::Stale => true,
            Self::Password | Self::Enrolling => false,
        }
    }
}

/// Somebody in a session.
#[derive(Clone)]
pub struct Somebody {
    /// Who.
    pub user: UserId,
    /// Their role.
    pub role: Role,
    /// Their address.
    pub email: String,
    /// Their password.
    pub password: String,
    /// Their session's token.
    pub token: String,
    /// Their device.
    pub device: DeviceId,
    /// Their session.
    pub session: SessionId,
}

impl Somebody {
    fn of(person: &Person) -> Result<Self> {
        let token = person.session()?.to_owned();
        let bearer = Bearer::<SessionToken>::parse(&token)?;
        let (device, session) = (bearer.holder(), bearer.id());
        let (email, password) = (person.email.clone(), person.password.clone());
        Ok(Self { user: person.user, role: person.role, email, password, token, device, session })
    }
}

/// An account, and its first two owners, who make everybody else.
pub struct Land {
    /// The account.
    pub town: Arc<Town>,
    /// Somebody of each role, whom one can try to act upon.
    pub subjects: BTreeMap<Role, Somebody>,
    owner: Person,
    /// Who approves: so that no further owner takes a wait.
    second: Person,
    proved_at: Timestamp,
}

impl Land {
    /// Opens it, with nobody but two owners. That takes more than three days: there is one at first.
    pub async fn found(town: &Arc<Town>) -> Result<Self> {
        let mut owner = town.owner().await?;
        let mut second = owner.welcome_enrolled(town, Role::Admin).await?;
        owner.make_owner(town, second.user).await?;
        second.role = Role::Owner;
        second.sign_in(town, town.here()).await?;
        let town = Arc::clone(town);
        let proved_at = town.now() - Span::minutes(1);
        Ok(Self { town, subjects: BTreeMap::new(), owner, second, proved_at })
    }

    /// One subject of each role comes. Their factors are bound this very moment.
    pub async fn settle(&mut self) -> Result<()> {
        for role in Role::ALL {
            let subject = self.somebody(role, Standing::Fresh).await?;
            self.subjects.insert(role, subject);
        }
        Ok(())
    }

    /// From now on everybody who signs in without a second factor enrols first.
    pub async fn require(&mut self) -> Result<()> {
        self.sure().await?;
        let town = &self.town;
        for audience in [Audience::Team, Audience::EndUsers] {
            let stream = twofold_domain::ids::StreamId::account(town.account);
            let account = town.here().log().accounts.load(stream).await?;
            let mut policy = account.state.policy(audience, town.now()).clone();
            policy.required = true;
            save_policies(town, town.here(), &self.owner, [(audience, policy)].into()).await?;
        }
        Ok(())
    }

    /// From now on admins may throw the account's switch.
    pub async fn let_admins_switch(&mut self) -> Result<()> {
        self.sure().await?;
        let town = &self.town;
        let stream = twofold_domain::ids::StreamId::account(town.account);
        let account = town.here().log().accounts.load(stream).await?;
        let to = Governance { admins_may_switch: true, ..account.state.governance.clone() };
        let circle = Circle { owners: vec![self.owner.user, self.second.user] };
        let (credential, seen) = (self.owner.credential()?, account.sequence);
        let act = ChangeGovernance { credential, seen, to, reason: None, circle };
        town.perform(town.here(), act).await?;
        Ok(())
    }

    /// Somebody new of a role, whose session stands so. No time passes, but for [`Standing::Stale`]: that is a
    /// fresh one, to be left alone for eleven minutes.
    pub async fn somebody(&mut self, role: Role, standing: Standing) -> Result<Somebody> {
        self.sure().await?;
        let (town, desk) = (&self.town, self.town.here());
        let mut person = match role {
            Role::Owner => self.new_owner().await?,
            _ => self.owner.welcome(town, role).await?,
        };
        let mut browser = Browser::default();
        let begun = person.begin(town, desk, &mut browser).await?;
        let Begun::Session { decision, .. } = begun else { bail!("{role:?}: nothing is bound yet") };
        let enrolling = decision == Decision::Enrol;
        ensure!(
            enrolling == (standing == Standing::Enrolling),
            "{standing:?}, but the session is {decision:?}"
        );
        person.browser = browser;
        if standing.has_factor() {
            person.enrol(town, desk).await?;
        }
        if standing == Standing::Trusted {
            let mut browser = person.browser.clone();
            let challenge = person.challenged(town, desk, &mut browser).await?;
            let paper = recovery(&person.codes.pop().context("recovery codes")?)?;
            person.browser = browser;
            let came = person.prove(town, desk, &challenge, paper, true).await?;
            ensure!(came.accepted(), "{role:?}: a recovery code, with trust: {came:?}");
            ensure!(person.sign_in(town, desk).await? == Method::Trust, "{role:?}: the device is trusted");
        }
        Somebody::of(&person)
    }

    /// Somebody whom one owner wants to be an owner, and the other one as well.
    async fn new_owner(&self) -> Result<Person> {
        let (town, desk) = (&self.town, self.town.here());
        let mut person = self.owner.welcome(town, Role::Admin).await?;
        let circle = Circle { owners: vec![self.owner.user, self.second.user] };
        let (act, reason) = (GuardedAct::GrantOwner { user: person.user }, "we agreed on it".to_owned());
        let request =
            RequestAct { credential: self.owner.credential()?, act, reason, circle: circle.clone() };
        let approval = town.perform(desk, request).await?.reply.approval;
        let credential = self.second.credential()?;
        let approve = UseApproval { credential, approval, approves: true, circle, devices: vec![] };
        town.perform(desk, approve).await?;
        person.role = Role::Owner;
        Ok(person)
    }

    /// The owners who make people have just shown a second factor.
    async fn sure(&mut self) -> Result<()> {
        if self.town.now() < self.proved_at + Span::minutes(9) {
            return Ok(());
        }
        let town = Arc::clone(&self.town);
        self.proved_at = town.now();
        self.owner.sign_in(&town, town.here()).await?;
        self.second.sign_in(&town, town.here()).await?;
        Ok(())
    }
}
