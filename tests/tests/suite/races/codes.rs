//! Whatever is good once is good once, however many show it at the same moment, and wherever.

use std::sync::Arc;

use anyhow::{Result, ensure};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_infra::acts::{Proof, StepUp};
use twofold_tests::person::{Browser, Came, Challenge, Person, answer, confirmation, otp, recovery};
use twofold_tests::race::{at_once, dice, rounds, stroll, turns};
use twofold_tests::stories;
use twofold_tests::town::Town;

use super::{accepted, tally};

/// As many as the attack that others fell for.
const CROWD: usize = 64;

/// Answers challenges with the same proof, all at the same moment; `spread` over both instances or on one.
async fn answered_at_once(
    town: &Arc<Town>,
    challenges: &[Challenge],
    proof: &Proof,
    spread: bool,
) -> Result<Vec<Came>> {
    let answers = at_once(CROWD, |i| {
        let (town, proof) = (Arc::clone(town), proof.clone());
        let challenge = challenges[i % challenges.len()].clone();
        async move {
            let desk = town.desk(if spread { i } else { 0 });
            Came::of_proof(town.perform(desk, answer(&challenge, proof, false)?).await)
        }
    });
    answers.await?.into_iter().collect()
}

/// Attempts on a device that is known, and on as many that nobody has seen.
async fn attempts(town: &Arc<Town>, person: &Person, known: &Browser) -> Result<Vec<Challenge>> {
    let mut challenges = vec![];
    let mut familiar = known.clone();
    for _ in 0..8 {
        challenges.push(person.challenged(town, town.here(), &mut familiar).await?);
    }
    // The device's token was renewed with each; the last is good.
    if let Some(newest) = familiar.device {
        for challenge in &mut challenges {
            challenge.device.clone_from(&newest);
        }
    }
    let strange = at_once(CROWD - challenges.len(), |i| {
        let (town, person) = (Arc::clone(town), person.clone());
        async move { person.challenged(&town, town.desk(i), &mut Browser::default()).await }
    });
    for challenge in strange.await? {
        challenges.push(challenge?);
    }
    Ok(challenges)
}

fn one_of(what: &str, answers: &[Came]) -> Result<()> {
    ensure!(
        accepted(answers) == 1,
        "{what}, shown {} times, is good once: {}",
        answers.len(),
        tally(answers)
    );
    Ok(())
}

stories! {
    async fn one_otp_for_one_attempt_is_good_once(town) {
        let owner = town.owner().await?;
        let customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        for round in 0..rounds(6) {
            let mut browser = Browser::default();
            let challenge = customer.challenged(&town, town.here(), &mut browser).await?;
            town.wait(Span::minutes(2));
            let proof = otp(&customer.next_code(&town)?)?;
            let answers = answered_at_once(&town, &[challenge], &proof, round % 2 == 1).await?;
            one_of("one OTP for one attempt", &answers)?;
        }
        Ok(())
    }

    /// Rules: P1.
    async fn one_otp_for_many_attempts_on_known_and_unknown_devices_is_good_once(town) {
        let owner = town.owner().await?;
        for _ in 0..rounds(3) {
            let mut boss = owner.clone();
            boss.sign_in(&town, town.here()).await?;
            let mut customer = boss.welcome_enrolled(&town, Role::EndUser).await?;
            customer.sign_in(&town, town.here()).await?;
            let challenges = attempts(&town, &customer, &customer.browser).await?;
            let proof = otp(&customer.next_code(&town)?)?;
            let answers = answered_at_once(&town, &challenges, &proof, true).await?;
            one_of("one OTP for many attempts", &answers)?;
        }
        Ok(())
    }

    async fn one_recovery_code_is_good_once(town) {
        let owner = town.owner().await?;
        let customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        for round in 0..rounds(4) {
            let challenges = attempts(&town, &customer, &Browser::default()).await?;
            let proof = recovery(&customer.codes[round % 10])?;
            let answers = answered_at_once(&town, &challenges, &proof, round % 2 == 0).await?;
            one_of("one recovery code", &answers)?;
            town.wait(Span::hours(2));
        }
        ensure!(town.count("RecoveryCodeUsed").await? == rounds(4), "each code is used once, and charged once");
        Ok(())
    }

    async fn one_otp_for_two_purposes_is_good_for_one(town) {
        let owner = town.owner().await?;
        let mut customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let races = rounds(12);
        let mut dice = dice("one OTP for a sign-in and a step-up", races);
        let mut wins = [0, 0];
        for _ in 0..races {
            customer.sign_in(&town, town.here()).await?;
            let challenge = customer.challenged(&town, town.here(), &mut Browser::default()).await?;
            let proof = otp(&customer.next_code(&town)?)?;
            let delay = [turns(&mut dice, 3_000), turns(&mut dice, 200)];
            let answers = at_once(2, |i| {
                let (town, proof) = (Arc::clone(&town), proof.clone());
                let (customer, challenge) = (customer.clone(), challenge.clone());
                async move {
                    stroll(delay[i]).await;
                    if i == 0 {
                        return Came::of_proof(town.perform(town.here(), answer(&challenge, proof, false)?).await);
                    }
                    let act = StepUp { credential: customer.credential()?, proof };
                    Came::of_step_up(town.perform(town.there(), act).await)
                }
            });
            let answers = answers.await?.into_iter().collect::<Result<Vec<_>>>()?;
            one_of("one OTP for two purposes", &answers)?;
            wins[usize::from(answers[1].accepted())] += 1;
            town.wait(Span::minutes(1));
        }
        eprintln!("won by sign-in {}, by step-up {}", wins[0], wins[1]);
        Ok(())
    }

    /// Rules: P5.
    async fn one_first_binding_is_confirmed_once(town) {
        let owner = town.owner().await?;
        for round in 0..rounds(4) {
            let mut boss = owner.clone();
            boss.sign_in(&town, town.here()).await?;
            let mut person = boss.welcome(&town, Role::EndUser).await?;
            person.sign_in(&town, town.here()).await?;
            let started = person.scan(&town, town.here()).await?;
            let (mailed, code) = (town.mailed_code(person.user).await?, person.code(&town)?);
            let session = person.session()?.to_owned();
            let answers = at_once(CROWD, |i| {
                let (town, session) = (Arc::clone(&town), session.clone());
                let (mailed, code, factor) = (mailed.clone(), code.clone(), started.factor);
                async move {
                    let desk = town.desk(if round % 2 == 0 { i } else { 0 });
                    let act = confirmation(&session, factor, &code, Some(&mailed))?;
                    Came::of_confirmation(town.perform(desk, act).await)
                }
            });
            let answers = answers.await?.into_iter().collect::<Result<Vec<_>>>()?;
            one_of("one mailed code with one OTP", &answers)?;
        }
        ensure!(
            town.count("MailedCodeAccepted").await? == rounds(4) + 1,
            "each mailed code is accepted once"
        );
        Ok(())
    }
}
