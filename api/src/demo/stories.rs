//! What is worth finding in the year, as a table: each story with its beats, when they are played, and
//! the events by which it can be found in the log afterwards.
//!
//! A beat is played alone, at its own time; what takes a person days is put on the agenda.

use anyhow::{Context as _, Result, bail, ensure};
use futures::future::LocalBoxFuture;
use twofold_domain::account::{Account, ClockKind};
use twofold_domain::ids::StreamId;
use twofold_domain::policy::{Audience, AudiencePolicy};
use twofold_domain::time::Span;
use twofold_infra::acts::{
    ActError, AdminLink, Begun, ChangePolicy, CompleteFanOut, DisableOwn, Disabled, ErasePerson, OpenAccount,
    Proof, ProveSignIn, Proved, ReachReset, RegisterUser, RemoveFactor, ResetFactor, Revocation,
    RevokeDevice, Switch, SwitchAccount, Unlock, preview_disable,
};
use twofold_infra::context::{Actor, Context};
use twofold_infra::store::{AggregateKind, Stream};

use super::cast;
use super::person::{Browser, Here, LAPTOP, PHONE, Person};
use super::year::{ADMIN, Deed, FOUNDER, Year};

/// Something that happened to somebody at Acme.
pub struct Story {
    /// Its name.
    pub name: &'static str,
    /// What it tells.
    pub tells: &'static str,
    /// Types of events by which it can be found.
    pub leaves: &'static [&'static str],
    pub(super) beats: &'static [Beat],
}

/// One scene of a story.
pub(super) struct Beat {
    /// The share of the year after which it is played, on the next working day.
    pub(super) through: f64,
    /// So many days later than that.
    pub(super) days_later: u32,
    /// Hour and minute.
    pub(super) at: (u8, u8),
    pub(super) play: Play,
}

type Play = for<'a> fn(&'a mut Year) -> LocalBoxFuture<'a, Result<()>>;

macro_rules! beat {
    ($through:literal, +$days:literal, $hour:literal : $minute:literal, $play:path) => {
        Beat {
            through: $through,
            days_later: $days,
            at: ($hour, $minute),
            play: |year| Box::pin($play(year)),
        }
    };
}

/// All stories, in the order in which they begin.
pub const STORIES: &[Story] = &[
    Story {
        name: "opening",
        tells: "The founder opens the account with a one-time link, binds a second factor, and invites the admins.",
        leaves: &["AccountOpened", "OperatorActed", "LinkRedeemed", "TwoFactorEnabled", "UserRegistered"],
        beats: &[beat!(0.0, +0, 8:30, opening)],
    },
    Story {
        name: "requirement",
        tells: "Two-factor authentication becomes a duty of the team, with two weeks of grace; one agent is on leave \
                and stays pending until she is back, when she must enrol before anything else.",
        leaves: &["PolicyChanged", "SignInStarted", "TwoFactorEnabled"],
        beats: &[
            beat!(0.10, +0, 9:40, an_agent_goes_on_leave),
            beat!(0.12, +0, 10:5, the_team_must),
            beat!(0.24, +0, 8:15, the_pending_agent_is_back),
        ],
    },
    Story {
        name: "locked out",
        tells: "An agent's new phone has no codes; he tries until he must wait, calls an admin, is reset with a \
                reason, and binds the new phone with a mailed code.",
        leaves: &["ProofRejected", "TwoFactorReset", "MailedCodeAccepted", "TwoFactorEnabled"],
        beats: &[beat!(0.28, +0, 9:20, locked_out)],
    },
    Story {
        name: "phone change",
        tells: "An agent binds the new phone before she removes the old one: no day without a second factor.",
        leaves: &["FactorConfirmed", "FactorRemoved"],
        beats: &[beat!(0.33, +0, 11:10, phone_change)],
    },
    Story {
        name: "broken phone",
        tells: "A customer's phone breaks on a journey; recovery codes last for days, run low, and are replaced.",
        leaves: &["RecoveryCodeUsed", "RecoveryCodesLow", "RecoveryCodesRegenerated", "FactorConfirmed"],
        beats: &[
            beat!(0.36, +0, 16:0, broken_phone),
            // Only so that the chapter reaches to the end of the story.
            beat!(0.36, +9, 20:0, nothing_more),
        ],
    },
    Story {
        name: "own disable",
        tells: "A customer switches off his own second factor, with his password and a fresh code.",
        leaves: &["TwoFactorDisabled"],
        beats: &[beat!(0.42, +0, 17:30, own_disable)],
    },
    Story {
        name: "replayed code",
        tells: "Somebody reads an agent's password and code over her shoulder and types both seconds after her.",
        leaves: &["DeviceRegistered", "OtpAccepted", "ProofRejected"],
        beats: &[beat!(0.46, +0, 9:3, replayed_code)],
    },
    Story {
        name: "lost laptop",
        tells: "A trusted laptop is left on a train; its owner reports it lost from his phone.",
        leaves: &["DeviceTrusted", "DeviceReportedLost", "DeviceDistrusted", "SessionEnded"],
        beats: &[beat!(0.50, +0, 18:20, lost_laptop)],
    },
    Story {
        name: "every sign-in",
        tells: "After the laptop, the founder has every team member asked at every sign-in; weeks later, once in 7 days.",
        leaves: &["PolicyChanged"],
        beats: &[beat!(0.52, +0, 9:45, every_sign_in), beat!(0.62, +0, 15:0, once_in_seven_days)],
    },
    Story {
        name: "suspension",
        tells: "A day without second factors, by suspending: nobody loses an enrolment, and what was opened without \
                one ends with the suspension.",
        leaves: &["AccountTwoFactorSuspended", "AccountTwoFactorResumed"],
        beats: &[beat!(0.66, +0, 8:40, suspend), beat!(0.66, +1, 10:30, resume)],
    },
    Story {
        name: "password wave",
        tells: "For two days somebody guesses an admin's password from many addresses until strangers are locked \
                out; the admin signs in as ever on a known device; the founder lifts the lock.",
        leaves: &["PasswordRejected", "LockedOut", "SignInCompleted", "Unlocked"],
        beats: &[beat!(0.70, +0, 1:10, password_wave), beat!(0.70, +3, 10:0, the_wave_is_over)],
    },
    Story {
        name: "account-wide disable",
        tells: "The founder disables two-factor authentication for the whole account: everybody enrolled is reset, \
                with one event and then one in each stream; two days later it is on again and people enrol anew.",
        leaves: &[
            "AccountTwoFactorDisabled",
            "TwoFactorReset",
            "ResetFanOutCompleted",
            "AccountTwoFactorEnabled",
            "TwoFactorEnabled",
        ],
        beats: &[beat!(0.77, +0, 12:0, disable_for_everyone), beat!(0.77, +2, 8:50, enable_again)],
    },
    Story {
        name: "erasure",
        tells: "An agent who left asks to be forgotten: the key to everything personal is destroyed, the events stay.",
        leaves: &["PersonErased", "SessionEnded"],
        beats: &[beat!(0.88, +0, 14:20, erasure)],
    },
    Story {
        name: "newcomer",
        tells: "A second owner is invited: whoever started the demo.",
        leaves: &["UserRegistered", "LinkIssued"],
        beats: &[beat!(0.985, +0, 13:0, newcomer)],
    },
];

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
        let policy = change(self.the_account().await?.policy(Audience::Team));
        let founder = self.present(FOUNDER).await?;
        let credential = founder.credential()?;
        founder.perform(LAPTOP, ChangePolicy { credential, seen, audience: Audience::Team, policy }).await?;
        Ok(())
    }

    /// The founder throws the account-wide switch.
    async fn throw(&mut self, switch: Switch, reason: Option<&str>) -> Result<()> {
        let seen = self.seen().await?;
        let founder = &self.people[FOUNDER];
        let reason = reason.map(str::to_owned);
        let act = SwitchAccount { credential: founder.credential()?, seen, switch, reason };
        founder.perform(LAPTOP, act).await?;
        Ok(())
    }

    /// Somebody of the cast who is here, and by now has a second factor.
    async fn with_factor(&mut self, who: usize) -> Result<&mut Person> {
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
async fn opening(year: &mut Year) -> Result<()> {
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
    let link = founder.as_operator(AdminLink { user: founder.user }).await?;
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
async fn an_agent_goes_on_leave(year: &mut Year) -> Result<()> {
    let who = year.agent(4);
    year.people[who].here = Here::Away;
    Ok(())
}

/// The team must have a second factor, after a grace.
async fn the_team_must(year: &mut Year) -> Result<()> {
    let grace_days = year.scaled(14) as u16;
    year.set_team_policy(|policy| AudiencePolicy { required: true, grace_days, ..policy }).await
}

/// The grace is over: the sign-in leads to the enrolment and nowhere else.
async fn the_pending_agent_is_back(year: &mut Year) -> Result<()> {
    let who = year.agent(4);
    let (now, person) = (year.now, &mut year.people[who]);
    person.here = Here::Yes;
    person.signed_in(now).await?;
    year.as_late_as(who);
    Ok(())
}

/// Wrong codes until there is a wait, an admin's help, a new start.
async fn locked_out(year: &mut Year) -> Result<()> {
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
            Ok(Proved::Refused(_)) => {}
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
    let act = ResetFactor { credential: admin.credential()?, user, reason, seen: None };
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
async fn phone_change(year: &mut Year) -> Result<()> {
    let who = year.agent(1);
    let agent = year.with_factor(who).await?;
    let old = agent.factor()?;
    agent.enrol(LAPTOP, "New phone").await?;
    agent.pause(20..60);
    agent.perform(LAPTOP, RemoveFactor { credential: agent.credential()?, factor: old }).await?;
    year.as_late_as(who);
    Ok(())
}

/// Seven evenings with recovery codes, then new ones and a new phone.
async fn broken_phone(year: &mut Year) -> Result<()> {
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
async fn nothing_more(year: &mut Year) -> Result<()> {
    let who = year.customer(1);
    year.people[who].here = Here::Yes;
    Ok(())
}

/// Password and a fresh code; nobody else is needed where no policy requires a factor.
async fn own_disable(year: &mut Year) -> Result<()> {
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
async fn replayed_code(year: &mut Year) -> Result<()> {
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
        Proved::Refused(_) => {}
        Proved::Session { .. } => bail!("a code was good twice"),
    }
    year.as_late_as(who);
    Ok(())
}

/// From the phone: the laptop's trust and sessions end at once.
async fn lost_laptop(year: &mut Year) -> Result<()> {
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
async fn every_sign_in(year: &mut Year) -> Result<()> {
    year.set_team_policy(|policy| AudiencePolicy { trust_days: 0, ..policy }).await
}

/// A compromise.
async fn once_in_seven_days(year: &mut Year) -> Result<()> {
    year.set_team_policy(|policy| AudiencePolicy { trust_days: 7, ..policy }).await
}

/// The requirement and the challenges stop; enrolments stay.
async fn suspend(year: &mut Year) -> Result<()> {
    year.present(FOUNDER).await?;
    let reason = "The phones' clocks are wrong after the operator's network failure; nobody gets in.";
    year.throw(Switch::Suspend, Some(reason)).await
}

/// Everything is exactly as before.
async fn resume(year: &mut Year) -> Result<()> {
    year.present(FOUNDER).await?;
    year.throw(Switch::Resume, None).await
}

/// A guess every hour or so: often enough to find, too seldom to be made to wait.
async fn password_wave(year: &mut Year) -> Result<()> {
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
async fn the_wave_is_over(year: &mut Year) -> Result<()> {
    let user = year.people[ADMIN].user;
    let founder = year.present(FOUNDER).await?;
    founder.pause(30..60);
    let reason = "Guessing from outside stopped after a block at the firewall.".to_owned();
    founder.perform(LAPTOP, Unlock { credential: founder.credential()?, user, reason }).await?;
    Ok(())
}

/// One event resets everybody; then each stream says so itself, and a closing event proves it.
async fn disable_for_everyone(year: &mut Year) -> Result<()> {
    let account = year.account;
    year.present(FOUNDER).await?;
    let generation = year.the_account().await?.generation;
    let roster = year.desk.store().roster(account).await?;
    let census = preview_disable(&year.desk, account, generation).await?;
    let reason = "The authenticator is to be replaced by another product. (It was not.)";
    year.throw(Switch::Disable(census.clone()), Some(reason)).await?;
    // What the server's process manager does, in the year's own time.
    let founder = &mut year.people[FOUNDER];
    founder.pause(1..2);
    for user in roster.users() {
        founder.as_system(ReachReset { user }).await?;
    }
    founder.as_system(CompleteFanOut { generation: generation + 1, reached: census }).await?;
    year.as_late_as(FOUNDER);
    Ok(())
}

/// On again: a new generation, and everybody from scratch.
async fn enable_again(year: &mut Year) -> Result<()> {
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
async fn erasure(year: &mut Year) -> Result<()> {
    let who = year.agent(5);
    let now = year.now;
    let agent = &mut year.people[who];
    agent.signed_in(now).await?;
    agent.here = Here::Gone;
    let (user, devices) = (agent.user, agent.devices());
    year.as_late_as(who);
    let founder = year.present(FOUNDER).await?;
    founder.pause(30..60);
    founder.perform(LAPTOP, ErasePerson { credential: founder.credential()?, user, devices }).await?;
    year.as_late_as(FOUNDER);
    Ok(())
}

/// The owner for whom the console waits.
async fn newcomer(year: &mut Year) -> Result<()> {
    let (user, cast::Casting { role, name, email, language, .. }) = (year.newcomer, cast::newcomer());
    let founder = year.present(FOUNDER).await?;
    founder.pause(20..40);
    let person = twofold_infra::acts::NewPerson { user, role, name, email, language: language.to_owned() };
    founder.perform(LAPTOP, RegisterUser { credential: founder.credential()?, person }).await?;
    Ok(())
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
    async fn trusting(&mut self, browser: usize) -> Result<()> {
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
