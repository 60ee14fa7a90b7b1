//! What ends by itself ends at its instant, and a clock that jumps gives nothing back.

use std::collections::BTreeSet;

use anyhow::{Result, bail, ensure};
use rand::Rng as _;
use twofold_domain::device::{Method, Why};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::{Audience, AudiencePolicy, Role};
use twofold_domain::sign_in::Stale;
use twofold_domain::time::{Span, Timestamp};
use twofold_domain::user::{Refusal, UserError};
use twofold_infra::acts::{ActError, Authenticate, Begun, SignOut};
use twofold_infra::clock::ManualClock;
use twofold_tests::person::{Browser, Came, Challenge, Person, answer, confirmation, otp, save_policies};
use twofold_tests::race::{dice, rounds};
use twofold_tests::stories;
use twofold_tests::town::{Town, instance};

/// A microsecond before `instant`.
fn just_before(instant: Timestamp) -> Timestamp {
    Timestamp::from_micros(instant.micros() - 1)
}

async fn who(town: &Town, session: &Person) -> Result<(), ActError> {
    let credential = session.credential().map_err(|e| ActError::Bug(e.to_string()))?;
    let act = Authenticate { credential, deed: Deed::ReadOwn, counts_as_activity: true };
    town.perform(town.there(), act).await.map(|_| ())
}

/// A browser that is trusted from now on.
async fn trusted(town: &Town, person: &mut Person) -> Result<Browser> {
    let mut browser = Browser::default();
    let challenge = person.challenged(town, town.here(), &mut browser).await?;
    let code = otp(&person.next_code(town)?)?;
    ensure!(person.prove(town, town.there(), &challenge, code, true).await?.accepted(), "a code with trust");
    Ok(browser)
}

stories! {
    /// Rules: P7.
    async fn trust_lasts_exactly_its_days(town) {
        let owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let mut browser = trusted(&town, &mut agent).await?;
        let granted = town.now();
        for (after, asked) in [
            (Span::days(15), false),
            (Span::seconds(30 * 86_400 - 60), false),
            (Span::days(30), true),
            (Span::days(31), true),
        ] {
            town.time.set(granted + after);
            let asks = match agent.begin(&town, town.there(), &mut browser).await? {
                Begun::Challenge { reasons, .. } => {
                    ensure!(reasons == [Why::Enrolled, Why::TrustEnded], "{reasons:?}");
                    true
                }
                Begun::Session { grant, .. } => {
                    ensure!(grant.method == Method::Trust, "by trust, not {:?}", grant.method);
                    false
                }
                Begun::Refused => bail!("refused"),
            };
            ensure!(asks == asked, "at {} after the grant: asked {asks}", after.whole_seconds());
        }
        Ok(())
    }

    /// Rules: P6, T3.
    async fn shortened_trust_ends_at_once_and_every_sign_in_offers_none(town) {
        let mut owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let mut browser = trusted(&town, &mut agent).await?;
        town.wait(Span::days(8));
        owner.sign_in(&town, town.here()).await?;
        for (trust_days, reason) in [(7, Why::TrustEnded), (0, Why::EverySignIn)] {
            let policy = AudiencePolicy { trust_days, ..AudiencePolicy::TEAM };
            save_policies(&town, town.here(), &owner, [(Audience::Team, policy)].into()).await?;
            let Begun::Challenge { reasons, trust, .. } = agent.begin(&town, town.there(), &mut browser).await? else {
                bail!("trust of eight days ends where seven are allowed");
            };
            ensure!(reasons.contains(&reason), "{reasons:?}");
            ensure!(trust.is_some() == (trust_days > 0), "the box is gone: {trust:?}");
        }
        // Asked for by the interface all the same, it is refused and nothing is spent.
        let challenge = agent.challenged(&town, town.here(), &mut browser).await?;
        let code = agent.next_code(&town)?;
        let refused = town.perform(town.there(), answer(&challenge, otp(&code)?, true)?).await.map(|_| ());
        ensure!(matches!(refused, Err(ActError::TrustNotOffered)), "{refused:?}");
        ensure!(agent.prove(&town, town.here(), &challenge, otp(&code)?, false).await?.accepted(), "unspent");
        Ok(())
    }

    /// Rules: H1.
    async fn links_and_codes_end_at_their_instant(town) {
        let mut owner = town.owner().await?;
        let begin = town.now();
        let invited = [town.somebody(Role::EndUser), town.somebody(Role::EndUser)];
        let mut links = vec![];
        for person in &invited {
            owner.invite(&town, town.here(), person.card()).await?;
            links.push(town.mailed_link(person.user).await?);
        }
        town.let_operator(&owner).await?;
        let boss = town.admin_link(town.here(), owner.user).await?;
        town.time.set(begin + Span::minutes(30));
        let over = owner.redeem(&town, town.here(), &boss.url).await;
        ensure!(matches!(over, Err(ActError::User(UserError::LinkOver))), "30 minutes of set-up: {over:?}");
        town.time.set(just_before(begin + Span::days(7)));
        let person = invited[0].clone();
        person.redeem(&town, town.there(), &links[0]).await?;
        town.time.set(begin + Span::days(7));
        let over = invited[1].redeem(&town, town.there(), &links[1]).await;
        ensure!(matches!(over, Err(ActError::User(UserError::LinkOver))), "7 days of invitation: {over:?}");
        owner.sign_in(&town, town.here()).await?;
        for (waits, good) in [(Span::minutes(10), false), (Span::seconds(599), true)] {
            let mut person = owner.welcome(&town, Role::EndUser).await?;
            person.sign_in(&town, town.here()).await?;
            let started = person.scan(&town, town.here()).await?;
            let mailed = town.mailed_code(person.user).await?;
            town.wait(waits);
            let act = confirmation(person.session()?, started.factor, &person.code(&town)?, Some(&mailed))?;
            let came = Came::of_confirmation(town.perform(town.there(), act).await)?;
            ensure!(came.accepted() == good, "a mailed code after {} s: {came:?}", waits.whole_seconds());
            ensure!(good || came == Came::Refused(Refusal::Expired), "{came:?}");
            owner.sign_in(&town, town.here()).await?;
        }
        Ok(())
    }

    /// Rules: P1.
    async fn an_otp_is_good_in_its_step_and_the_next(town) {
        let owner = town.owner().await?;
        let mut customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let Some(phone) = customer.phone.clone() else { bail!("a phone") };
        // At the start of a step, each time far from the one before.
        for (code_of, expected) in [
            (Span::seconds(0), Came::Accepted),
            (Span::seconds(30), Came::Accepted),
            (Span::seconds(60), Came::Refused(Refusal::Expired)),
            (Span::seconds(330), Came::Refused(Refusal::Expired)),
            (Span::seconds(360), Came::Refused(Refusal::Wrong)),
        ] {
            town.wait(Span::hours(1));
            let challenge = customer.challenged(&town, town.here(), &mut Browser::default()).await?;
            let code = phone.code(town.now() - code_of);
            let came = customer.prove(&town, town.there(), &challenge, otp(&code)?, false).await?;
            ensure!(came == expected, "a code of {} seconds ago: {came:?}", code_of.whole_seconds());
        }
        let challenge = customer.challenged(&town, town.here(), &mut Browser::default()).await?;
        let ahead = phone.code(town.now() + Span::seconds(30));
        let came = customer.prove(&town, town.there(), &challenge, otp(&ahead)?, false).await?;
        ensure!(came == Came::Refused(Refusal::Wrong), "nobody can have read the next code yet: {came:?}");
        // And an attempt waits for ten minutes.
        town.wait(Span::minutes(10));
        let code = otp(&customer.code(&town)?)?;
        let came = customer.prove(&town, town.here(), &challenge, code, false).await?;
        ensure!(matches!(came, Came::Over(_)), "{came:?}");
        Ok(())
    }

    /// Rules: T5.
    async fn a_copied_device_token_is_found_out(town) {
        let owner = town.owner().await?;
        let mut customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let mut browser = trusted(&town, &mut customer).await?;
        let copy = browser.clone();
        let begun = customer.begin(&town, town.here(), &mut browser).await?;
        ensure!(matches!(begun, Begun::Session { .. }), "the person goes on");
        // Two tabs, or a lost response: for a minute the token before is good as well.
        town.wait(Span::seconds(59));
        let mut second_tab = copy.clone();
        let begun = customer.begin(&town, town.there(), &mut second_tab).await?;
        ensure!(matches!(begun, Begun::Session { .. }), "the predecessor is good for a minute");
        ensure!(second_tab.device == browser.device, "and whoever shows it is told the same next one");
        // So neither tab gives the other away, however late; each goes on with it.
        let shared = second_tab.clone();
        town.wait(Span::minutes(2));
        let begun = customer.begin(&town, town.there(), &mut second_tab).await?;
        ensure!(matches!(begun, Begun::Session { .. }), "the second tab goes on");
        // Whoever still shows it when its minute is over has copied it: trust and sessions of that device end.
        town.wait(Span::minutes(2));
        let held = Person { browser: second_tab.clone(), ..customer.clone() };
        let begun = customer.begin(&town, town.here(), &mut shared.clone()).await?;
        ensure!(matches!(begun, Begun::Challenge { .. }), "a replayed token signs in as a stranger");
        let gone = who(&town, &held).await;
        ensure!(matches!(gone, Err(ActError::NotSignedIn)), "sessions of the device end: {gone:?}");
        Ok(())
    }

    /// Rules: T5.
    async fn any_older_token_of_a_device_is_a_replay_wherever_it_is_shown(town) {
        let owner = town.owner().await?;
        let mut customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        for (at_proofs, wait) in [(false, Span::seconds(61)), (false, Span::days(3)), (true, Span::seconds(61))] {
            let mut browser = trusted(&town, &mut customer).await?;
            let copy = browser.clone();
            for _ in 0..3 {
                let begun = customer.begin(&town, town.here(), &mut browser).await?;
                ensure!(matches!(begun, Begun::Session { .. }), "the person goes on");
            }
            let held = Person { browser: browser.clone(), ..customer.clone() };
            who(&town, &held).await?;
            town.wait(wait);
            if at_proofs {
                // The thief has the password, too, and a code; it is not looked at.
                let challenge = customer.challenged(&town, town.here(), &mut Browser::default()).await?;
                let device = copy.device.clone().unwrap_or_default();
                let code = otp(&customer.next_code(&town)?)?;
                let challenge = Challenge { device, ..challenge };
                let came = customer.prove(&town, town.there(), &challenge, code, false).await?;
                ensure!(matches!(came, Came::Over(_)), "{came:?}");
            } else {
                let begun = customer.begin(&town, town.there(), &mut copy.clone()).await?;
                ensure!(matches!(begun, Begun::Challenge { .. }), "a copy signs in as a stranger");
            }
            let gone = who(&town, &held).await;
            ensure!(matches!(gone, Err(ActError::NotSignedIn)), "sessions of the device end: {gone:?}");
            let begun = customer.begin(&town, town.here(), &mut browser).await?;
            ensure!(matches!(begun, Begun::Challenge { .. }), "and its trust");
        }
        ensure!(town.count("DeviceDistrusted").await? == 3, "each time it is recorded");
        Ok(())
    }

    /// Rules: P8.
    async fn a_session_ends_idle_and_after_its_life(town) {
        let owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        agent.sign_in(&town, town.here()).await?;
        let began = town.now();
        town.time.set(just_before(began + Span::hours(8)));
        who(&town, &agent).await?;
        town.wait(Span::hours(8));
        let over = who(&town, &agent).await;
        ensure!(matches!(over, Err(ActError::Stale(Stale::Expired))), "eight hours idle: {over:?}");
        agent.sign_in(&town, town.here()).await?;
        let began = town.now();
        for hour in 1..(14 * 24) / 7 {
            town.time.set(began + Span::hours(hour * 7));
            who(&town, &agent).await?;
        }
        town.time.set(began + Span::days(14));
        let over = who(&town, &agent).await;
        ensure!(matches!(over, Err(ActError::Stale(Stale::Expired))), "14 days are its life: {over:?}");
        Ok(())
    }

    async fn a_clock_that_jumps_accepts_no_otp_twice(town) {
        let owner = town.owner().await?;
        let mut customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let Some(phone) = customer.phone.clone() else { bail!("a phone") };
        let jumps = rounds(40);
        let mut dice = dice("a clock that jumps by two hours either way", jumps);
        let (base, mut spent) = (town.now(), BTreeSet::new());
        for _ in 0..jumps {
            town.time.set(base + Span::seconds(dice.random_range(0..4 * 3_600)));
            let challenge = customer.challenged(&town, town.here(), &mut Browser::default()).await?;
            let code = phone.code(town.now());
            let came = customer.prove(&town, town.there(), &challenge, otp(&code)?, false).await?;
            let step = town.now().unix_seconds() / 30;
            if came.accepted() {
                ensure!(spent.last().is_none_or(|last| step > *last), "step {step} is not above {spent:?}");
                spent.insert(step);
            }
        }
        ensure!(!spent.is_empty(), "some codes are accepted");
        Ok(())
    }

    async fn a_clock_that_jumps_back_lengthens_no_session(town) {
        let owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        agent.sign_in(&town, town.here()).await?;
        let began = town.now();
        for (wait, back) in [(7, 2), (4, 2), (5, 1)] {
            let seen = town.wait(Span::hours(wait));
            who(&town, &agent).await?;
            // Seen before the jump, it is not idle since the earlier time that the clock shows after it.
            town.time.set(seen - Span::hours(back));
            who(&town, &agent).await?;
            town.time.set(seen);
        }
        town.time.set(began + Span::days(14));
        let over = who(&town, &agent).await;
        ensure!(matches!(over, Err(ActError::Stale(Stale::Expired))), "14 days are its life: {over:?}");
        // What was ended stays ended, whatever the clock shows.
        agent.sign_in(&town, town.here()).await?;
        let signed_out = agent.clone();
        town.perform(town.there(), SignOut { credential: agent.credential()? }).await?;
        town.time.set(town.now() - Span::hours(2));
        let gone = who(&town, &signed_out).await;
        ensure!(matches!(gone, Err(ActError::NotSignedIn)), "signed out is signed out: {gone:?}");
        Ok(())
    }

    async fn a_clock_that_jumps_back_revives_no_session(town) {
        let mut owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let back = |to: Timestamp| town.time.set(to - Span::hours(2));
        // Found over, it is over for every instance, now and later, even if nothing was recorded since.
        agent.sign_in(&town, town.here()).await?;
        let idle = town.wait(Span::hours(8));
        let over = who(&town, &agent).await;
        ensure!(matches!(over, Err(ActError::Stale(Stale::Expired))), "eight hours idle: {over:?}");
        back(idle);
        for desk in [town.here(), town.there(), &town.newcomer().await?] {
            let act = Authenticate { credential: agent.credential()?, deed: Deed::ReadOwn, counts_as_activity: true };
            let over = town.perform(desk, act).await.map(|_| ());
            ensure!(matches!(over, Err(ActError::Stale(Stale::Expired))), "two hours earlier: {over:?}");
        }
        // Never looked at, but the account's own time has passed its end: an instance whose clock is behind,
        // and which knows nothing yet, decides on that.
        town.time.set(idle);
        agent.sign_in(&town, town.here()).await?;
        let idle = town.wait(Span::hours(8));
        owner.sign_in(&town, town.here()).await?;
        let behind = ManualClock::starting_at(idle - Span::hours(2));
        let desk = instance(&town.config()?, behind.clock()).await?;
        let act = Authenticate { credential: agent.credential()?, deed: Deed::ReadOwn, counts_as_activity: true };
        let over = town.perform(&desk, act).await.map(|_| ());
        ensure!(matches!(over, Err(ActError::Stale(Stale::Expired))), "a clock that is behind: {over:?}");
        Ok(())
    }

    async fn a_clock_that_jumps_back_revives_no_trust_no_link_and_no_wait(town) {
        let owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let invited = town.somebody(Role::EndUser);
        owner.invite(&town, town.here(), invited.card()).await?;
        let link = town.mailed_link(invited.user).await?;
        let over = |came: Result<(), ActError>| matches!(came, Err(ActError::User(UserError::LinkOver)));
        let after = town.wait(Span::days(7));
        ensure!(over(invited.redeem(&town, town.here(), &link).await), "seven days of invitation");
        town.time.set(after - Span::hours(2));
        ensure!(over(invited.redeem(&town, town.here(), &link).await), "and two hours earlier");

        town.time.set(after);
        let mut browser = trusted(&town, &mut agent).await?;
        let ended = town.wait(Span::days(30));
        for at in [ended, ended - Span::hours(2)] {
            town.time.set(at);
            let begun = agent.begin(&town, town.there(), &mut browser).await?;
            let Begun::Challenge { reasons, .. } = begun else { bail!("trust that had ended at {at}") };
            ensure!(reasons == [Why::Enrolled, Why::TrustEnded], "{reasons:?}");
        }
        // A wait after wrong codes grows no shorter, and no code of before the jump is good again.
        town.time.set(ended + Span::hours(1));
        let challenge = agent.challenged(&town, town.here(), &mut Browser::default()).await?;
        let spent = agent.code(&town)?;
        ensure!(agent.prove(&town, town.here(), &challenge, otp(&spent)?, false).await?.accepted(), "a fresh code");
        town.time.set(ended);
        for desk in [town.here(), town.there()] {
            let challenge = agent.challenged(&town, desk, &mut Browser::default()).await?;
            for code in [spent.clone(), agent.code(&town)?] {
                let came = agent.prove(&town, desk, &challenge, otp(&code)?, false).await?;
                ensure!(!came.accepted(), "a code of before the jump: {came:?}");
            }
        }
        Ok(())
    }
}
