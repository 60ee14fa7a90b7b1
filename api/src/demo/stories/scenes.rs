//! The scenes, one function each. Who acts stands at the desk like anybody; what is missing before a scene
//! can be played is done first.

#![expect(clippy::unused_async, reason = "every scene has the same shape, whether or not it waits")]

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail, ensure};
use twofold_domain::account::{
    Account, Change, ClockKind, Governance, Guarded, GuardedAct, OPERATOR_HOURS_AT_MOST, OperatorScope,
};
use twofold_domain::ids::StreamId;
use twofold_domain::policy::{Audience, AudiencePolicy};
use twofold_domain::time::Span;
use twofold_infra::acts::{
    ActError, AdminLink, Begun, ChangeGovernance, ChangePolicies, Circle, CompleteFanOut, Consented,
    DisableOwn, Disabled, ErasePerson, GrantOperator, OpenAccount, Proof, ProveSignIn, Proved, ReachReset,
    RegisterUser, RemoveFactor, RequestAct, ResetFactor, Revocation, RevokeDevice, Switch, SwitchAccount,
    Unlock, UseApproval, census_of,
};
use twofold_infra::context::{Actor, Context};
use twofold_infra::store::{AggregateKind, Stream};

use crate::demo::cast;
use crate::demo::person::{Browser, Here, LAPTOP, PHONE, Person};
use crate::demo::year::{ADMIN, Deed, FOUNDER, Year};

impl Year {
    /// The version of the account that somebody sees.
    async fn seen(&self) -> Result<u64> {
        let stream = Stream { kind: AggregateKind::Account, id: StreamId::account(self.account) };
        self.desk.store().heads(&[stream]).await?.first().copied().context("no head")
    }

    async fn the_account(&self) -> Result<std::sync::Arc<Account>> {
        Ok(self.desk.log().accounts.load(StreamId::account(self.account)).await?.state)
    }

    /// The founder saves a policy for the team.
    async fn set_team_policy(&mut self, change: impl FnOnce(AudiencePolicy) -> AudiencePolicy) -> Result<()> {
        let seen = self.seen().await?;
        let now = self.desk.clock().now();
        let policy = change(self.the_account().await?.policy(Audience::Team, now).clone());
        let founder = self.present(FOUNDER).await?;
        let credential = founder.credential()?;
        let policies: BTreeMap<_, _> = [(Audience::Team, policy)].into();
        let change = Change::Policy(policies.clone());
        let statement = Some(founder.previewed(&change).await?);
        founder.perform(LAPTOP, ChangePolicies { credential, seen, policies, statement }).await?;
        Ok(())
    }

    /// Who has a say: the founder, until the newcomer is made an owner.
    fn circle(&self) -> Circle {
        Circle { owners: vec![self.people[FOUNDER].user] }
    }

    /// The founder throws the account-wide switch.
    async fn throw(&mut self, switch: Switch, reason: Option<&str>) -> Result<()> {
        let seen = self.seen().await?;
        let founder = &self.people[FOUNDER];
        let reason = reason.map(str::to_owned);
        let statement = Some(founder.previewed(&switch.change()).await?);
        let (credential, circle) = (founder.credential()?, self.circle());
        let act = SwitchAccount { credential, seen, switch, reason, statement, circle };
        founder.perform(LAPTOP, act).await?;
        Ok(())
    }

    /// Somebody of the cast who is here, and by now has a second factor.
    pub(super) async fn with_factor(&mut self, who: usize) -> Result<&mut Person> {
        if self.people[who].here == Here::NotYet {
            let now = self.now;
            self.people[who].until(now);
            match self.people[who].join().await {
                Ok(()) => {}
                Err(error) => bail!("{} was not invited in time: {error}", self.people[who].casting.email),
            }
        }
        self.present(who).await
    }
}

/// The operator opens the account; its first owner follows the link from the command line.
pub(super) async fn opening(year: &mut Year) -> Result<()> {
    let account = year.account;
    let founder = &mut year.people[FOUNDER];
    founder.until(year.now);
    let open = OpenAccount {
        account,
        slug: "acme".to_owned(),
        name: "Acme".to_owned(),
        clock: ClockKind::Real,
        owner: founder.new_person(),
    };
    founder.as_operator(open).await?;
    founder.pause(20..60);
    let link = founder.as_operator(AdminLink { user: founder.user, owners: vec![founder.user] }).await?;
    founder.pause(60..180);
    founder.redeem(&link.url).await?;
    founder.pause(10..30);
    let now = founder.now();
    founder.present(now).await?;
    year.as_late_as(FOUNDER);
    let admins = ADMIN..ADMIN + year.parts.admins;
    year.register(FOUNDER, admins.start, admins.end).await
}

/// Before the duty is announced, somebody leaves for weeks.
pub(super) async fn an_agent_goes_on_leave(year: &mut Year) -> Result<()> {
    let who = year.agent(4);
    year.people[who].here = Here::Away;
    Ok(())
}

/// The team must have a second factor, after a grace.
pub(super) async fn the_team_must(year: &mut Year) -> Result<()> {
    let grace_days = year.scaled(14) as u16;
    year.set_team_policy(|policy| AudiencePolicy { required: true, grace_days, ..policy }).await
}

/// The grace is over: the sign-in leads to the enrolment and nowhere else.
pub(super) async fn the_pending_agent_is_back(year: &mut Year) -> Result<()> {
    let who = year.agent(4);
    let (now, person) = (year.now, &mut year.people[who]);
    person.here = Here::Yes;
    person.signed_in(now).await?;
    year.as_late_as(who);
    Ok(())
}

/// Wrong codes until there is a wait, an admin's help, a new start.
pub(super) async fn locked_out(year: &mut Year) -> Result<()> {
    let who = year.agent(0);
    year.with_factor(who).await?.sign_out().await?;
    let agent = &mut year.people[who];
    agent.pause(300..600);
    // The new phone came without the app's keys; codes of another account look just like one's own.
    agent.browsers[LAPTOP].token = None;
    let Begun::Challenge { sign_in, .. } = agent.knock(LAPTOP, &agent.password()?).await? else {
        bail!("no challenge");
    };
    for _ in 0..8 {
        agent.pause(4..9);
        let otp = agent.wrong_code()?;
        match agent.answer(LAPTOP, sign_in, Proof::Otp(otp), false).await {
            Ok(Proved::Refused(_) | Proved::NotRecognised) => {}
            Ok(Proved::Session { .. }) => bail!("a wrong code was good"),
            Err(error) if matches!(error.downcast_ref(), Some(ActError::User(_))) => break,
            Err(other) => return Err(other),
        }
    }
    agent.lose_app();
    let user = agent.user;
    year.as_late_as(who);
    let admin = year.present(ADMIN).await?;
    admin.pause(90..150);
    let reason = "New phone without the app. Called back on the number in the staff list.".to_owned();
    let circle = Circle::default();
    let credential = admin.credential()?;
    let act = ResetFactor { credential, user, reason, compromise: false, seen: None, circle };
    admin.perform(LAPTOP, act).await?;
    year.as_late_as(ADMIN);
    let (now, agent) = (year.now, &mut year.people[who]);
    agent.until(now);
    agent.pause(60..120);
    let now = agent.now();
    agent.signed_in(now).await?;
    year.as_late_as(who);
    Ok(())
}

/// The second app before the first is removed.
pub(super) async fn phone_change(year: &mut Year) -> Result<()> {
    let who = year.agent(1);
    let agent = year.with_factor(who).await?;
    let old = agent.factor()?;
    agent.enrol(LAPTOP, "New phone").await?;
    agent.pause(20..60);
    let grant = agent.perform(LAPTOP, RemoveFactor { credential: agent.credential()?, factor: old }).await?;
    agent.enter(&grant)?;
    year.as_late_as(who);
    Ok(())
}

/// Seven evenings with recovery codes, then new ones and a new phone.
pub(super) async fn broken_phone(year: &mut Year) -> Result<()> {
    let who = year.customer(1);
    let person = year.with_factor(who).await?;
    person.here = Here::Away;
    let uses = person.codes_left().saturating_sub(3) as i64;
    ensure!(uses > 0, "no codes to use");
    let now = year.now;
    for evening in 1..=uses {
        let deed = if evening == uses { Deed::WithLastCode } else { Deed::WithCode };
        year.later(now + Span::days(evening) + Span::minutes(evening * 7), who, deed);
    }
    Ok(())
}

/// The journey is over.
pub(super) async fn nothing_more(year: &mut Year) -> Result<()> {
    let who = year.customer(1);
    year.people[who].here = Here::Yes;
    Ok(())
}

/// Password and a fresh code; nobody else is needed where no policy requires a factor.
pub(super) async fn own_disable(year: &mut Year) -> Result<()> {
    let who = year.customer(0);
    let customer = year.with_factor(who).await?;
    customer.casting.habit.eager = 0.0;
    customer.pause(20..40);
    let proof = Proof::Otp(customer.code()?);
    let act = DisableOwn { credential: customer.credential()?, password: customer.password()?, proof };
    match customer.perform(LAPTOP, act).await? {
        Disabled::Refused(why) => bail!("refused: {why:?}"),
        Disabled::Off(_) => customer.lose_app(),
    }
    year.as_late_as(who);
    Ok(())
}

/// The same code, twice within its half minute: the second time it is refused.
pub(super) async fn replayed_code(year: &mut Year) -> Result<()> {
    let who = year.agent(2);
    let now = year.now;
    let agent = &mut year.people[who];
    agent.signed_in(now).await?;
    agent.pause(600..700);
    agent.browsers[LAPTOP].token = None;
    let password = agent.password()?;
    let Begun::Challenge { sign_in, .. } = agent.knock(LAPTOP, &password).await? else {
        bail!("no challenge")
    };
    agent.pause(5..8);
    let code = agent.code()?;
    agent.answer(LAPTOP, sign_in, Proof::Otp(code.clone()), false).await?;
    agent.pause(4..7);
    let stranger = Browser::new("Mozilla/5.0 (X11; Linux x86_64) Chrome/137.0.0.0", "192.0.2.77".to_owned());
    let begin = twofold_infra::acts::BeginSignIn::new(agent.casting.email.clone(), password, None);
    let Begun::Challenge { sign_in, device_token, .. } = agent.perform_from(&stranger, begin).await? else {
        bail!("a stranger was not challenged");
    };
    let device = std::sync::Arc::new(twofold_infra::verify::Bearer::parse(&device_token)?);
    let act = ProveSignIn { device, sign_in, proof: Proof::Otp(code), trust: true };
    match agent.perform_from(&stranger, act).await? {
        Proved::Refused(_) | Proved::NotRecognised => {}
        Proved::Session { .. } => bail!("a code was good twice"),
    }
    year.as_late_as(who);
    Ok(())
}

/// From the phone: the laptop's trust and sessions end at once.
pub(super) async fn lost_laptop(year: &mut Year) -> Result<()> {
    let who = year.agent(3);
    let agent = year.with_factor(who).await?;
    agent.sign_out().await?;
    agent.pause(120..300);
    agent.browsers[LAPTOP].token = None;
    agent.trusting(LAPTOP).await?;
    let laptop = agent.browsers[LAPTOP].token.as_ref().map(|token| token.id()).context("no laptop")?;
    agent.pause(1_800..3_600);
    agent.browsers[PHONE].token = None;
    agent.trusting(PHONE).await?;
    agent.pause(30..60);
    let act = RevokeDevice { credential: agent.credential()?, device: laptop, revocation: Revocation::Lost };
    agent.perform(PHONE, act).await?;
    agent.browsers[LAPTOP].token = None;
    year.as_late_as(who);
    Ok(())
}

/// No device is trusted any more, whatever was granted.
pub(super) async fn every_sign_in(year: &mut Year) -> Result<()> {
    year.set_team_policy(|policy| AudiencePolicy { trust_days: 0, ..policy }).await
}

/// A compromise.
pub(super) async fn once_in_seven_days(year: &mut Year) -> Result<()> {
    year.set_team_policy(|policy| AudiencePolicy { trust_days: 7, ..policy }).await
}

/// The requirement and the challenges stop; enrolments stay.
pub(super) async fn suspend(year: &mut Year) -> Result<()> {
    year.present(FOUNDER).await?;
    let reason = "The phones' clocks are wrong after the operator's network failure; nobody gets in.";
    year.throw(Switch::Suspend, Some(reason)).await
}

/// Everything is exactly as before.
pub(super) async fn resume(year: &mut Year) -> Result<()> {
    year.present(FOUNDER).await?;
    year.throw(Switch::Resume, None).await
}

/// A guess every hour or so: often enough to find, too seldom to be made to wait.
pub(super) async fn password_wave(year: &mut Year) -> Result<()> {
    for guess in 0..60_i64 {
        let jitter = rand::Rng::random_range(&mut year.rng, 0..120);
        year.later(year.now + Span::minutes(guess * 63) + Span::seconds(jitter), ADMIN, Deed::Guessed);
    }
    // Known devices have a budget of their own.
    let morning = Span::hours(24 + 8);
    year.later(year.now + morning, ADMIN, Deed::Visit(LAPTOP));
    Ok(())
}

/// The founder lifts the lock, in so many words.
pub(super) async fn the_wave_is_over(year: &mut Year) -> Result<()> {
    let user = year.people[ADMIN].user;
    let founder = year.present(FOUNDER).await?;
    founder.pause(30..60);
    let reason = "Guessing from outside stopped after a block at the firewall.".to_owned();
    founder.perform(LAPTOP, Unlock { credential: founder.credential()?, user, reason }).await?;
    Ok(())
}

/// One event resets everybody; then each stream says so itself, and a closing event proves it.
pub(super) async fn disable_for_everyone(year: &mut Year) -> Result<()> {
    let account = year.account;
    year.present(FOUNDER).await?;
    let generation = year.the_account().await?.generation;
    let roster = year.desk.store().roster(account).await?;
    let reason = "The authenticator is to be replaced by another product. (It was not.)";
    year.throw(Switch::Disable, Some(reason)).await?;
    // What the server's process manager does, in the year's own time.
    let founder = &mut year.people[FOUNDER];
    founder.pause(1..2);
    for user in roster.users() {
        founder.as_system(ReachReset { user }).await?;
    }
    founder
        .as_system(CompleteFanOut { generation: generation + 1, reached: census_of(roster.users()) })
        .await?;
    year.as_late_as(FOUNDER);
    Ok(())
}

/// On again: a new generation, and everybody from scratch.
pub(super) async fn enable_again(year: &mut Year) -> Result<()> {
    let (now, founder) = (year.now, &mut year.people[FOUNDER]);
    founder.signed_in(now).await?;
    founder.pause(20..40);
    year.throw(Switch::Enable, None).await?;
    let founder = &mut year.people[FOUNDER];
    founder.pause(20..40);
    founder.enrol(LAPTOP, "Authenticator").await?;
    year.as_late_as(FOUNDER);
    let admin = year.present(ADMIN).await?;
    admin.pause(5..10);
    year.as_late_as(ADMIN);
    Ok(())
}

/// Somebody left, and is forgotten.
pub(super) async fn erasure(year: &mut Year) -> Result<()> {
    let who = year.agent(5);
    let now = year.now;
    let agent = &mut year.people[who];
    agent.signed_in(now).await?;
    agent.here = Here::Gone;
    let (user, devices) = (agent.user, agent.devices());
    year.as_late_as(who);
    let circle = year.circle();
    let founder = year.present(FOUNDER).await?;
    founder.pause(30..60);
    let reason = Some("Left the company, and asked for it.".to_owned());
    let act = ErasePerson { credential: founder.credential()?, user, devices, reason, circle };
    founder.perform(LAPTOP, act).await?;
    year.as_late_as(FOUNDER);
    Ok(())
}

/// The owner for whom the console waits.
pub(super) async fn newcomer(year: &mut Year) -> Result<()> {
    let (user, cast::Casting { role, name, email, language, .. }) = (year.newcomer, cast::newcomer());
    let founder = year.present(FOUNDER).await?;
    founder.pause(20..40);
    let person =
        twofold_infra::acts::NewPerson { user, role, name, email, language: Some(language.to_owned()) };
    founder.perform(LAPTOP, RegisterUser { credential: founder.credential()?, person }).await?;
    let (credential, act) = (founder.credential()?, GuardedAct::GrantOwner { user });
    let reason = "two of us should be able to act".to_owned();
    let circle = year.circle();
    let founder = &year.people[FOUNDER];
    founder.perform(LAPTOP, RequestAct { credential, act, reason, circle }).await?;
    Ok(())
}

/// The wait is over, and nobody objected.
pub(super) async fn newcomer_owns(year: &mut Year) -> Result<()> {
    let granting = GuardedAct::GrantOwner { user: year.newcomer };
    let account = year.the_account().await?;
    let open = account.approvals.iter().find(|(_, open)| open.act == granting);
    let approval = *open.context("nothing waits for the newcomer")?.0;
    let circle = year.circle();
    let seen = year.seen().await?;
    let founder = year.present(FOUNDER).await?;
    // From two owners on everything of this kind takes both; letting the operator in does not here, because the
    // second one has no way in before the operator makes them one.
    let both = Guarded::ALL.into_iter().filter(|act| *act != Guarded::Operator).collect();
    let to = Governance { dual_control: Some(both), ..account.governance.clone() };
    let (credential, reason) = (founder.credential()?, None);
    founder
        .perform(LAPTOP, ChangeGovernance { credential, seen, to, reason, circle: circle.clone() })
        .await?;
    let credential = founder.credential()?;
    let carry_out = UseApproval { credential, approval, approves: false, circle, devices: vec![] };
    founder.perform(LAPTOP, carry_out).await?;
    Ok(())
}

/// The founder lets the operator make a link for the newcomer, for as long as one can.
pub(in crate::demo) async fn the_operator_may(year: &mut Year) -> Result<()> {
    let circle = Circle { owners: vec![year.people[FOUNDER].user, year.newcomer] };
    let founder = year.present(FOUNDER).await?;
    let act = GrantOperator {
        credential: founder.credential()?,
        scopes: [OperatorScope::Link].into(),
        hours: OPERATOR_HOURS_AT_MOST,
        reason: "the new owner gets their first link from the command line".to_owned(),
        circle,
    };
    match founder.perform(LAPTOP, act).await? {
        Consented::Done(_) => Ok(()),
        Consented::Waits(_) => bail!("letting the operator act takes two"),
    }
}

impl Person {
    /// What the installation's operator does about them.
    async fn as_operator<A: twofold_infra::desk::Act>(&self, act: A) -> Result<A::Reply> {
        self.as_nobody(Actor::Operator, act).await
    }

    /// What a process manager does at this moment.
    async fn as_system<A: twofold_infra::desk::Act>(&self, act: A) -> Result<A::Reply> {
        self.as_nobody(Actor::System("reset_fan_out"), act).await
    }

    /// Signs in on a device and has it trusted, without slips.
    pub(super) async fn trusting(&mut self, browser: usize) -> Result<()> {
        let Begun::Challenge { sign_in, .. } = self.knock(browser, &self.password()?).await? else {
            bail!("no challenge");
        };
        self.pause(6..20);
        let code = self.code()?;
        match self.answer(browser, sign_in, Proof::Otp(code), true).await? {
            Proved::Session { trusted_until: Some(_), .. } => Ok(()),
            _ => bail!("not trusted"),
        }
    }

    async fn as_nobody<A: twofold_infra::desk::Act>(&self, actor: Actor, act: A) -> Result<A::Reply> {
        let context = Context::of(actor, "demo");
        Ok(self.at_desk(context, act).await?)
    }
}
