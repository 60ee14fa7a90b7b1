//! What ends a session ends it everywhere, at its place in the log.

use std::sync::Arc;

use anyhow::{Result, ensure};
use twofold_domain::policy::Role;
use twofold_infra::acts::{
    EndSession, RegenerateCodes, ResetFactor, Revocation, RevokeDevice, SignOut, StepUp, SteppedUp,
};
use twofold_infra::verify::{Bearer, SessionToken};
use twofold_tests::person::{Browser, Came, Person, otp};
use twofold_tests::race::{at_once, dice, rounds, stroll, turns};
use twofold_tests::stories;
use twofold_tests::town::Town;

/// The ways in which a session ends from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    SignOut,
    ByStaff,
    DeviceLost,
}

async fn end(town: &Town, how: End, person: &Person, owner: &Person) -> Result<Option<u64>> {
    let token = Bearer::<SessionToken>::parse(person.session()?)?;
    let (device, session) = (token.holder(), token.id());
    let (desk, own) = (town.here(), person.credential()?);
    Ok(match how {
        End::SignOut => town.perform(desk, SignOut { credential: own }).await?.position,
        End::ByStaff => {
            let act = EndSession { credential: owner.credential()?, device, session };
            town.perform(desk, act).await?.position
        }
        End::DeviceLost => {
            let act = RevokeDevice { credential: own, device, revocation: Revocation::Lost };
            town.perform(desk, act).await?.position
        }
    })
}

/// Both happened: then the sensitive act came first.
fn in_order(what: &str, act: Option<u64>, end: Option<u64>) -> Result<bool> {
    let Some((act, end)) = act.zip(end) else { return Ok(false) };
    ensure!(act < end, "{what} was accepted at {act}, after the end at {end}");
    Ok(true)
}

stories! {
    /// Rules: D7.
    async fn nothing_sensitive_is_accepted_after_the_end_of_its_session(town) {
        let races = rounds(60);
        let mut dice = dice("a sensitive act against the end of its session, on two instances", races);
        let mut owner = town.owner().await?;
        let mut customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let mut first = 0;
        for round in 0..races {
            let how = [End::SignOut, End::ByStaff, End::DeviceLost][round % 3];
            owner.step_up(&town, town.here()).await?;
            customer.browser = Browser::default();
            customer.sign_in(&town, town.there()).await?;
            let delays = [turns(&mut dice, 300), turns(&mut dice, 1_500)];
            let results = at_once(2, |i| {
                let (town, owner, customer) = (Arc::clone(&town), owner.clone(), customer.clone());
                async move {
                    stroll(delays[i]).await;
                    if i == 0 {
                        return end(&town, how, &customer, &owner).await;
                    }
                    let act = RegenerateCodes { credential: customer.credential()? };
                    match town.perform(town.there(), act).await {
                        Ok(done) => Ok(done.position),
                        Err(error) => Came::of_error(error).map(|_| None),
                    }
                }
            });
            let results = results.await?.into_iter().collect::<Result<Vec<_>>>()?;
            ensure!(results[0].is_some(), "{how:?} ends the session");
            first += usize::from(in_order(&format!("{how:?}: new recovery codes"), results[1], results[0])?);
            let late = RegenerateCodes { credential: customer.credential()? };
            let late = town.perform(town.there(), late).await.map(|_| ());
            ensure!(late.is_err(), "{how:?}: after the end nothing is accepted");
        }
        eprintln!("the sensitive act came first in {first} of {races} rounds");
        Ok(())
    }

    /// Rules: D7.
    async fn no_step_up_is_accepted_after_a_reset(town) {
        let races = rounds(40);
        let mut dice = dice("a step-up against a reset by staff, on two instances", races);
        let mut owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let mut first = 0;
        for _ in 0..races {
            owner.step_up(&town, town.here()).await?;
            let code = agent.next_code(&town)?;
            let delays = [turns(&mut dice, 300), turns(&mut dice, 300)];
            let results = at_once(2, |i| {
                let (town, owner, agent, code) = (Arc::clone(&town), owner.clone(), agent.clone(), code.clone());
                async move {
                    stroll(delays[i]).await;
                    if i == 0 {
                        let (user, reason) = (agent.user, "a race".to_owned());
                        let circle = town.circle(town.here()).await?;
                        let credential = owner.credential()?;
                        let act = ResetFactor { credential, user, reason, compromise: false, seen: None, circle };
                        return Ok(town.perform(town.here(), act).await?.position);
                    }
                    let act = StepUp { credential: agent.credential()?, proof: otp(&code)? };
                    match town.perform(town.there(), act).await {
                        Ok(done) => Ok(matches!(done.reply, SteppedUp::Raised(_)).then_some(done.position).flatten()),
                        Err(error) => Came::of_error(error).map(|_| None),
                    }
                }
            });
            let results = results.await?.into_iter().collect::<Result<Vec<_>>>()?;
            ensure!(results[0].is_some(), "the reset is accepted");
            first += usize::from(in_order("a step-up", results[1], results[0])?);
            agent.browser = Browser::default();
            agent.sign_in(&town, town.here()).await?;
            agent.enrol(&town, town.there()).await?;
        }
        eprintln!("the step-up came first in {first} of {races} rounds");
        Ok(())
    }
}
