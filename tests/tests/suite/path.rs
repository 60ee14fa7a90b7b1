//! The one true path, from an empty database to an account that was switched off and on again: through
//! the acts, in a person's words, with codes from an authenticator that shares nothing with the program.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail, ensure};
use twofold_domain::account::{AccountEvent, Change, Effect, Switch as SwitchIs};
use twofold_domain::device::{Decision, Method, Why};
use twofold_domain::ids::StreamId;
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::{Audience, AudiencePolicy, Role};
use twofold_domain::sign_in::Stale;
use twofold_domain::time::Span;
use twofold_domain::user::{Refusal, UserError};
use twofold_infra::acts::{
    ActError, Authenticate, Begun, ChangePolicies, CompleteFanOut, DisableOwn, Disabled, ReachReset,
    ResetFactor, SignOut, Statement, Switch, census_of, preview,
};
use twofold_infra::context::Actor;
use twofold_infra::desk::Desk;
use twofold_tests::authenticator::{Authenticator, oathtool};
use twofold_tests::person::{Browser, Came, Person, otp, password, recovery, save_policies, shown};
use twofold_tests::stories;
use twofold_tests::town::Town;

/// Asks with a session whether something may be done.
async fn may(town: &Town, desk: &Desk, person: &Person, deed: Deed) -> Result<(), ActError> {
    let credential = person.credential().map_err(|e| ActError::Bug(e.to_string()))?;
    town.perform(desk, Authenticate { credential, deed, counts_as_activity: true }).await.map(|_| ())
}

/// Writes an account-wide reset into everybody's stream, as the process manager does.
async fn fan_out(town: &Town, people: &[&Person], generation: u32) -> Result<()> {
    let context = || town.request_of(Actor::System("reset_fan_out"));
    for person in people {
        town.there().perform(town.account, context(), ReachReset { user: person.user }).await?;
    }
    let reached = census_of(people.iter().map(|person| person.user).collect());
    town.here().perform(town.account, context(), CompleteFanOut { generation, reached }).await?;
    Ok(())
}

async fn require_of_team(town: &Town, owner: &Person) -> Result<()> {
    let policy = AudiencePolicy { required: true, ..AudiencePolicy::TEAM };
    save_policies(town, town.here(), owner, [(Audience::Team, policy)].into()).await
}

stories! {
    /// Rules: P9.
    async fn whom_a_change_concerns_is_counted_by_the_act_itself(town) {
        let owner = town.owner().await?;
        owner.welcome(&town, Role::Agent).await?;
        let policy = AudiencePolicy { required: true, ..AudiencePolicy::TEAM };
        let policies: BTreeMap<_, _> = [(Audience::Team, policy)].into();
        let change = Change::Policy(policies.clone());
        let save = async |owner: &Person, statement: Option<Statement>| -> Result<String> {
            let (credential, seen) = (owner.credential()?, town.account_version(town.here()).await?);
            let act = ChangePolicies { credential, seen, policies: policies.clone(), statement };
            Ok(town.perform(town.here(), act).await.map_or_else(|error| error.to_string(), |_| "saved".to_owned()))
        };
        let preview = || preview(town.there(), town.account, &change, Role::Owner, town.now());

        // Whatever comes along, the act finds the one agent whom it concerns.
        let seen = preview().await?;
        let mut forged = seen.clone();
        forged.maxima.insert(Effect::MustEnrolNow, 1_000);
        let nobody = shown(&town, town.there(), &change, &[(Effect::MustEnrolNow, 0)].into()).await?;
        for (what, statement, refusal) in [
            ("nothing", None, "this concerns people (`must_enrol_now`: 1)"),
            ("what was never stated", Some(forged), "it is the preview of another change"),
            ("that it concerns nobody", Some(nobody), "`must_enrol_now` concerns 1 people now, at most 0"),
        ] {
            let came = save(&owner, statement).await?;
            ensure!(came.starts_with(refusal), "{what}: {came}");
        }

        // What was true a moment ago is not when somebody joined since, on whichever instance.
        owner.welcome(&town, Role::Agent).await?;
        let came = save(&owner, Some(seen)).await?;
        ensure!(came.starts_with("`must_enrol_now` concerns 2 people now, at most 1"), "{came}");
        let came = save(&owner, Some(preview().await?)).await?;
        ensure!(came == "saved", "{came}");
        Ok(())
    }

    /// Rules: P1, P3.
    async fn the_one_true_path(town) {
        // Given an installation without accounts, the operator opens one for its first owner.
        let (here, there) = (town.here(), town.there());
        let mut owner = town.open_account().await?;

        // When the owner opens the link from the command line and chooses a password, they can sign in.
        let link = town.admin_link(here, owner.user).await?;
        owner.redeem(&town, there, &link.url).await?;
        let again = owner.redeem(&town, here, &link.url).await;
        ensure!(matches!(again, Err(ActError::User(UserError::LinkOver))), "a link works once: {again:?}");
        ensure!(owner.sign_in(&town, here).await? == Method::Password, "no second factor yet");

        // Without a second factor nothing sensitive may be done.
        let denied = owner.invite(&town, here, town.somebody(Role::Agent).card()).await;
        ensure!(matches!(denied, Err(ActError::Denied(_))), "inviting takes a second factor: {denied:?}");

        // They scan a QR code that names product and account, and confirm it with the mailed code.
        let started = owner.scan(&town, here).await?;
        let phone = owner.phone.clone().ok_or_else(|| anyhow::anyhow!("a phone"))?;
        ensure!(phone.issuer == "Twofold (Lilliput)", "the app shows {:?}", phone.issuer);
        ensure!(started.mailed_code_needed, "a first factor takes a mailed code");
        let typed = Authenticator::typed(&started.app.as_ref().context("an app")?.key)?;
        ensure!(typed.code(town.now()) == phone.code(town.now()), "the typed key shows other codes than the QR");
        let other = oathtool(&phone.secret, town.now())?;
        ensure!(other == phone.code(town.now()), "another authenticator shows {other}");
        ensure!(owner.confirm(&town, there, &started).await?.accepted(), "the first code confirms the factor");
        ensure!(owner.codes.len() == 10, "ten recovery codes, not {}", owner.codes.len());

        // From now on a sign-in takes a code, each code once, and an earlier one never again.
        let mut laptop = Browser::default();
        let spent = owner.code(&town)?;
        let challenge = owner.challenged(&town, there, &mut laptop).await?;
        let came = owner.prove(&town, here, &challenge, otp(&spent)?, false).await?;
        ensure!(came == Came::Refused(Refusal::Replayed), "the confirming code is spent: {came:?}");
        let code = owner.next_code(&town)?;
        let came = owner.prove(&town, there, &challenge, otp(&code)?, false).await?;
        ensure!(came.accepted(), "a fresh code is good: {came:?}");
        let came = owner.prove(&town, here, &challenge, otp(&code)?, false).await?;
        ensure!(matches!(came, Came::Over(_)), "an answered challenge is over: {came:?}");

        // A recovery code does as well, once.
        let challenge = owner.challenged(&town, here, &mut laptop).await?;
        let paper = owner.codes[3].clone();
        ensure!(owner.prove(&town, there, &challenge, recovery(&paper)?, false).await?.accepted(), "a paper code");
        let challenge = owner.challenged(&town, there, &mut laptop).await?;
        let came = owner.prove(&town, here, &challenge, recovery(&paper)?, false).await?;
        ensure!(came == Came::Refused(Refusal::Replayed), "a recovery code is good once: {came:?}");
        owner.sign_in(&town, there).await?;

        // The owner invites a colleague, who signs in with the mailed link and is asked for nothing more.
        let mut agent = owner.welcome(&town, Role::Agent).await?;
        ensure!(agent.sign_in(&town, there).await? == Method::Password, "a second factor is optional");
        may(&town, here, &agent, Deed::ReadPeople).await?;

        // When it is required, an agent without one enrols first, and can do nothing else before.
        owner.step_up(&town, here).await?;
        require_of_team(&town, &owner).await?;
        let begun = agent.begin(&town, there, &mut Browser::default()).await?;
        let Begun::Session { decision: Decision::Enrol, reasons, grant, .. } = begun else {
            bail!("whoever must enrol gets a session for that");
        };
        ensure!(reasons == [Why::RequiredNotEnrolled], "the reason is told: {reasons:?}");
        agent.browser.session = Some(grant.token.as_str().to_owned());
        let denied = may(&town, here, &agent, Deed::ReadPeople).await;
        ensure!(matches!(denied, Err(ActError::Denied(_))), "enrol first: {denied:?}");
        agent.enrol(&town, here).await?;
        may(&town, there, &agent, Deed::ReadPeople).await?;

        // A device that is trusted with a code is not asked again.
        let mut phone_browser = Browser::default();
        let challenge = agent.challenged(&town, there, &mut phone_browser).await?;
        ensure!(challenge.trust == Some(Span::days(30)), "trust is offered for 30 days: {:?}", challenge.trust);
        let code = otp(&agent.next_code(&town)?)?;
        ensure!(agent.prove(&town, here, &challenge, code, true).await?.accepted(), "a code with trust");
        town.wait(Span::hours(1));
        let Begun::Session { grant, .. } = agent.begin(&town, there, &mut phone_browser).await? else {
            bail!("a trusted device is not asked for a code");
        };
        ensure!(grant.method == Method::Trust, "the log says that it was trust: {:?}", grant.method);

        // Signed out is signed out, on every instance.
        town.perform(here, SignOut { credential: agent.credential()? }).await?;
        let gone = may(&town, there, &agent, Deed::ReadOwn).await;
        ensure!(matches!(gone, Err(ActError::NotSignedIn)), "the session has ended: {gone:?}");

        // While required nobody switches their own off.
        agent.sign_in(&town, here).await?;
        agent.step_up(&town, there).await?;
        let own = DisableOwn {
            credential: agent.credential()?,
            password: password(&agent.password)?,
            proof: otp(&agent.next_code(&town)?)?,
        };
        let refused = town.perform(here, own).await.map(|_| ());
        ensure!(matches!(refused, Err(ActError::User(UserError::Required))), "it is required: {refused:?}");
        Ok(())
    }

    /// Rules: D2.
    async fn a_suspension_asks_nobody_and_gives_everything_back(town) {
        let (here, there) = (town.here(), town.there());
        let mut owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;

        // Given a suspension, whoever is enrolled signs in with the password alone.
        owner.switch(&town, here, Switch::Suspend).await?;
        let mut laptop = Browser::default();
        let Begun::Session { grant, reasons, .. } = agent.begin(&town, there, &mut laptop).await? else {
            bail!("nobody is asked during a suspension");
        };
        ensure!(reasons == [Why::AccountSuspended] && grant.method == Method::Password, "{reasons:?}");
        let spared = Person { browser: laptop, ..agent.clone() };
        may(&town, here, &spared, Deed::ReadPeople).await?;

        // When it is over, that session is over, and the old authenticator is asked again.
        owner.step_up(&town, there).await?;
        owner.switch(&town, there, Switch::Resume).await?;
        let over = may(&town, here, &spared, Deed::ReadPeople).await;
        ensure!(matches!(over, Err(ActError::Stale(Stale::SuspensionOver))), "{over:?}");
        ensure!(agent.sign_in(&town, there).await? == Method::Otp, "the enrolment was kept");
        Ok(())
    }

    /// Rules: P9, D1.
    async fn a_disable_resets_everyone_at_once(town) {
        let (here, there) = (town.here(), town.there());
        let mut owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let bystander = owner.welcome(&town, Role::Auditor).await?;
        let mut laptop = Browser::default();
        let challenge = agent.challenged(&town, there, &mut laptop).await?;

        // Given three people enrolled, a disable that was confirmed for two is refused.
        owner.step_up(&town, here).await?;
        let moved = owner.disable_for(&town, here, 2).await;
        ensure!(moved.is_err(), "the people it resets are not those that were shown");

        // When it is confirmed for three, it says three, and from its place in the log on nothing of
        // before is good: not the pending challenge, not a code, not a session that rests on one.
        owner.disable_account(&town, here).await?;
        let (_, event) = town.last_disable().await?;
        let AccountEvent::AccountTwoFactorDisabled { generation, people, digest, .. } = event else {
            bail!("a disable");
        };
        let census = census_of(vec![owner.user, agent.user, customer.user]);
        ensure!((generation, people, digest) == (1, census.people, census.digest), "it says whom it resets");
        let code = otp(&agent.next_code(&town)?)?;
        let came = agent.prove(&town, there, &challenge, code, false).await?;
        ensure!(matches!(came, Came::Over(_)), "a pending challenge is void: {came:?}");
        let voided = may(&town, there, &agent, Deed::ReadOwn).await;
        ensure!(matches!(voided, Err(ActError::Stale(Stale::Voided(_)))), "a session is void: {voided:?}");
        ensure!(agent.sign_in(&town, there).await? == Method::Password, "nobody is asked");
        let closed = agent.scan(&town, here).await.map(|_| ());
        ensure!(closed.is_err(), "nobody enrols while it is off");

        // The fan-out writes the reset into each stream, and its proof names the same people.
        fan_out(&town, &[&owner, &agent, &customer], 1).await?;
        let stranger = town.perform(here, ReachReset { user: bystander.user }).await?;
        ensure!(stranger.position.is_none(), "nothing is owed to somebody who was not enrolled");
        ensure!(town.count("TwoFactorReset").await? == 3 && town.count("ResetFanOutCompleted").await? == 1);

        // After enabling again everyone starts from scratch: the old phone is worth nothing.
        owner.sign_in(&town, here).await?;
        owner.switch(&town, here, Switch::Enable).await?;
        let account = here.log().accounts.load(StreamId::account(town.account)).await?;
        ensure!(account.state.switch == SwitchIs::On, "it is on again");
        let old_phone = agent.phone.clone();
        agent.sign_in(&town, here).await?;
        agent.enrol(&town, there).await?;
        let challenge = agent.challenged(&town, here, &mut laptop).await?;
        town.wait(Span::seconds(30));
        let stale = old_phone.map(|phone| phone.code(town.now())).unwrap_or_default();
        let came = agent.prove(&town, there, &challenge, otp(&stale)?, false).await?;
        ensure!(came == Came::Refused(Refusal::Wrong), "the seed of before the disable: {came:?}");
        let came = agent.prove(&town, there, &challenge, otp(&agent.code(&town)?)?, false).await?;
        ensure!(came.accepted(), "the new one is good: {came:?}");
        Ok(())
    }

    /// Rules: D4.
    async fn a_reset_touches_one_person_only(town) {
        let (here, there) = (town.here(), town.there());
        let owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let other = owner.welcome_enrolled(&town, Role::Agent).await?;
        let reset = ResetFactor {
            credential: owner.credential()?,
            user: agent.user,
            reason: "lost the phone in the harbour".to_owned(),
            compromise: false,
            seen: None,
            circle: town.circle(here).await?,
        };
        town.never_in_log("lost the phone in the harbour");
        town.perform(here, reset).await?;
        let voided = may(&town, there, &agent, Deed::ReadOwn).await;
        ensure!(matches!(voided, Err(ActError::Stale(Stale::Voided(_)))), "{voided:?}");
        may(&town, there, &other, Deed::ReadPeople).await?;
        let told = town.letters(agent.user).await?;
        ensure!(told.iter().any(|l| l.subject.contains("was reset")), "the person is told");
        ensure!(agent.sign_in(&town, there).await? == Method::Password, "they enrol again");
        agent.enrol(&town, there).await?;
        Ok(())
    }

    /// Rules: D6.
    async fn switching_off_ones_own_takes_the_password_and_a_fresh_code(town) {
        let (here, there) = (town.here(), town.there());
        let owner = town.owner().await?;
        let customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        town.letters(customer.user).await?;
        let off = |typed: &str, code: &str| {
            anyhow::Ok(DisableOwn {
                credential: customer.credential()?,
                password: password(typed)?,
                proof: otp(code)?,
            })
        };
        let wrong = town.perform(here, off("not the password at all", &customer.next_code(&town)?)?).await?;
        ensure!(matches!(wrong.reply, Disabled::Refused(_)), "a wrong password switches nothing off");
        let spent = customer.code(&town)?;
        let fresh = town.perform(there, off(&customer.password, &spent)?).await?;
        ensure!(matches!(fresh.reply, Disabled::Off(_)), "a code behind a wrong password was not looked at");
        let told = town.letters(customer.user).await?;
        let words: String = told.iter().map(|letter| letter.body.as_str()).collect();
        ensure!(!words.is_empty(), "they are told");
        ensure!(!words.contains("for everyone"), "nobody else's was switched off, but the letter says: {words}");
        Ok(())
    }
}
