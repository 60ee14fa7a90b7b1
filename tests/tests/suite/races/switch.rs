//! From the instant that a disable is accepted nothing of before is good: not a code, not a recovery code,
//! not trust, not a session, on whichever instance; and it announces exactly whom it resets.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use twofold_domain::account::{AccountError, AccountEvent};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_domain::user::UserEvent;
use twofold_infra::acts::{ActError, Begun, DisableOwn, Disabled, Proved, StepUp, SteppedUp, Switch};
use twofold_tests::person::{Browser, Challenge, Person, answer, confirmation, otp, password, recovery};
use twofold_tests::race::{at_once, dice, rounds, stroll, turns};
use twofold_tests::stories;
use twofold_tests::town::Town;

/// The ways in that race against the switch.
#[derive(Clone)]
enum Way {
    Otp(Challenge, String),
    Recovery(Challenge, String),
    Trust(Browser),
    StepUp(String),
}

/// Goes in, and says where in the log that is; `None` if it did not lead in on a second factor.
async fn go_in(town: &Town, person: &Person, way: &Way) -> Result<Option<u64>> {
    let desk = town.there();
    let outcome = match way {
        Way::Otp(challenge, code) => {
            let done = town.perform(desk, answer(challenge, otp(code)?, true)?).await;
            done.map(|d| matches!(d.reply, Proved::Session { .. }).then_some(d.position).flatten())
        }
        Way::Recovery(challenge, code) => {
            let done = town.perform(desk, answer(challenge, recovery(code)?, false)?).await;
            done.map(|d| matches!(d.reply, Proved::Session { .. }).then_some(d.position).flatten())
        }
        Way::StepUp(code) => {
            let act = StepUp { credential: person.credential()?, proof: otp(code)? };
            let done = town.perform(desk, act).await;
            done.map(|d| matches!(d.reply, SteppedUp::Raised(_)).then_some(d.position).flatten())
        }
        Way::Trust(browser) => {
            let device = browser.device.as_deref().context("a trusted browser has a token")?;
            let device = Some(Arc::new(twofold_infra::verify::Bearer::parse(device)?));
            let typed = password(&person.password)?;
            let act = twofold_infra::acts::BeginSignIn::new(person.email.clone(), typed, device);
            let done = town.perform(desk, act).await;
            done.map(|d| match d.reply {
                Begun::Session { grant, .. } => {
                    (grant.method == twofold_domain::device::Method::Trust).then_some(d.position).flatten()
                }
                Begun::Refused | Begun::Challenge { .. } => None,
            })
        }
    };
    match outcome {
        Ok(position) => Ok(position),
        Err(error) => twofold_tests::person::Came::of_error(error).map(|_| None),
    }
}

/// Everybody signs in with the password and binds a new authenticator.
async fn everybody_enrols(town: &Arc<Town>, people: Vec<Person>) -> Result<Vec<Person>> {
    let enrolled = at_once(people.len(), |i| {
        let (town, mut person) = (Arc::clone(town), people[i].clone());
        async move {
            person.browser = Browser::default();
            person.sign_in(&town, town.desk(i)).await?;
            person.enrol(&town, town.desk(i + 1)).await?;
            anyhow::Ok(person)
        }
    });
    enrolled.await?.into_iter().collect()
}

/// The owner switches it on again, after a disable, and enrols.
async fn switched_on_again(town: &Arc<Town>, owner: &mut Person) -> Result<()> {
    owner.browser = Browser::default();
    owner.sign_in(town, town.here()).await?;
    owner.switch(town, town.here(), Switch::Enable).await?;
    owner.enrol(town, town.here()).await
}

/// Disables, looking again whenever the people moved meanwhile, and says where in the log that is.
async fn disable(town: &Town, owner: &Person) -> Result<(u64, u32)> {
    for again in 0..50 {
        match owner.disable_account(town, town.here()).await {
            Ok(done) => return Ok((done.position.context("a disable is recorded")?, again)),
            Err(error) => match error.downcast_ref::<ActError>() {
                Some(ActError::Account(AccountError::CensusMoved { .. })) => {}
                _ => return Err(error),
            },
        }
    }
    bail!("the people kept moving")
}

stories! {
    /// Rules: D3.
    async fn nothing_of_an_old_generation_is_accepted_after_a_disable(town) {
        let races = rounds(150);
        let mut dice = dice("a disable against four ways in, on two instances", races);
        let mut owner = town.owner().await?;
        let mut people = vec![];
        for _ in 0..4 {
            owner.step_up(&town, town.here()).await?;
            people.push(owner.welcome(&town, Role::EndUser).await?);
        }
        let (mut before, mut after) = ([0; 4], [0; 4]);
        for round in 0..races {
            people = everybody_enrols(&town, people).await?;
            town.wait(Span::seconds(30));
            let mut ways = vec![];
            let mut laptop = Browser::default();
            let challenge = people[0].challenged(&town, town.here(), &mut laptop).await?;
            ways.push(Way::Otp(challenge, String::new()));
            let challenge = people[1].challenged(&town, town.there(), &mut people[1].browser.clone()).await?;
            ways.push(Way::Recovery(challenge, people[1].codes[round % 10].clone()));
            let mut trusted = Browser::default();
            let challenge = people[2].challenged(&town, town.here(), &mut trusted).await?;
            let code = otp(&people[2].code(&town)?)?;
            ensure!(people[2].prove(&town, town.here(), &challenge, code, true).await?.accepted(), "trust");
            ways.push(Way::Trust(trusted));
            ways.push(Way::StepUp(String::new()));
            town.wait(Span::seconds(30));
            if let Way::Otp(_, code) = &mut ways[0] { *code = people[0].code(&town)?; }
            if let Way::StepUp(code) = &mut ways[3] { *code = people[3].code(&town)?; }

            let delays: Vec<u32> = (0..5).map(|_| turns(&mut dice, 400)).collect();
            let results = at_once(5, |i| {
                let (town, owner) = (Arc::clone(&town), owner.clone());
                let racer = people.get(i).cloned().zip(ways.get(i).cloned());
                let delay = delays[i];
                async move {
                    stroll(delay).await;
                    match racer {
                        Some((person, way)) => go_in(&town, &person, &way).await,
                        None => disable(&town, &owner).await.map(|(position, _)| Some(position)),
                    }
                }
            });
            let results = results.await?.into_iter().collect::<Result<Vec<_>>>()?;
            let disabled = results[4].context("the disable is accepted")?;
            for (i, result) in results[..4].iter().enumerate() {
                match result {
                    Some(position) => {
                        ensure!(*position < disabled, "round {round}: way {i} was accepted at {position}, after the disable at {disabled}");
                        before[i] += 1;
                    }
                    None => after[i] += 1,
                }
            }
            switched_on_again(&town, &mut owner).await?;
        }
        eprintln!("otp, recovery code, trust, step-up: {before:?} came before the disable, {after:?} too late");
        Ok(())
    }

    /// Rules: D1.
    async fn a_disable_announces_exactly_those_enrolled_at_its_place(town) {
        let races = rounds(100);
        let mut dice = dice("a disable against enrolments and switchings off", races);
        let mut owner = town.owner().await?;
        let mut people = vec![];
        for _ in 0..4 {
            owner.step_up(&town, town.here()).await?;
            people.push(owner.welcome(&town, Role::EndUser).await?);
        }
        let (mut announced, mut looked_again) = (BTreeSet::new(), 0);
        for round in 0..races {
            // Three are about to confirm a first factor, one is about to switch it off again.
            let mut leaver = everybody_enrols(&town, vec![people[3].clone()]).await?.remove(0);
            leaver.browser.device = None;
            let mut bindings = vec![];
            for person in &mut people[..3] {
                person.browser = Browser::default();
                person.sign_in(&town, town.here()).await?;
                let started = person.scan(&town, town.here()).await?;
                bindings.push((started.factor, town.mailed_code(person.user).await?));
            }
            // Long enough for another code to be mailed next time.
            town.wait(Span::minutes(2));
            let delays: Vec<u32> = (0..5).map(|_| turns(&mut dice, 600)).collect();
            let results = at_once(5, |i| {
                let (town, owner, leaver) = (Arc::clone(&town), owner.clone(), leaver.clone());
                let binding = people.get(i).cloned().zip(bindings.get(i).cloned());
                let delay = delays[i];
                async move {
                    stroll(delay).await;
                    if i == 4 {
                        return disable(&town, &owner).await.map(Some);
                    }
                    let error = if let Some((person, (factor, mailed))) = binding {
                        let act = confirmation(person.session()?, factor, &person.code(&town)?, Some(&mailed))?;
                        town.perform(town.there(), act).await.err()
                    } else {
                        let act = DisableOwn {
                            credential: leaver.credential()?,
                            password: password(&leaver.password)?,
                            proof: otp(&leaver.code(&town)?)?,
                        };
                        let result = town.perform(town.there(), act).await;
                        ensure!(!matches!(&result, Ok(d) if matches!(d.reply, Disabled::Refused(_))), "a good code");
                        result.err()
                    };
                    error.map_or(Ok(None), |error| twofold_tests::person::Came::of_error(error).map(|_| None))
                }
            });
            let results = results.await?.into_iter().collect::<Result<Vec<_>>>()?;
            let (position, again) = results[4].context("the disable is accepted")?;
            looked_again += again;

            // Who was enrolled at that place, by the events of the people before it.
            let mut enrolled = BTreeSet::new();
            let mut said = None;
            for event in town.log().await?.iter().filter(|event| event.account_seq <= position) {
                let user = event.stream.id.aggregate;
                match serde_json::from_str::<UserEvent>(&event.payload) {
                    Ok(UserEvent::TwoFactorEnabled { .. }) => drop(enrolled.insert(user)),
                    Ok(UserEvent::TwoFactorDisabled { .. }) => drop(enrolled.remove(&user)),
                    _ => {}
                }
                if let Ok(AccountEvent::AccountTwoFactorDisabled { people, .. }) = serde_json::from_str(&event.payload) {
                    said = Some((people, enrolled.len() as u64));
                    enrolled.clear();
                }
            }
            let (said, counted) = said.context("a disable")?;
            ensure!(said == counted, "round {round}: {said} announced, {counted} enrolled at {position}");
            announced.insert(said);
            switched_on_again(&town, &mut owner).await?;
        }
        eprintln!("announced {announced:?} people in turn; looked again {looked_again} times");
        Ok(())
    }
}
