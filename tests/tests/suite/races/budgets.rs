//! Guesses in parallel cost as much as guesses one by one.

use std::sync::Arc;

use anyhow::{Result, ensure};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::Role;
use twofold_domain::sign_in::Stale;
use twofold_domain::time::Span;
use twofold_domain::user::Refusal;
use twofold_infra::acts::{
    ActError, Authenticate, BeginSignIn, Begun, DisableOwn, Disabled, RequestPasswordReset, StepUp,
};
use twofold_infra::desk::Done;
use twofold_tests::person::{
    Browser, Came, Challenge, Person, answer, confirmation, otp, password, recovery,
};
use twofold_tests::race::{at_once, rounds};
use twofold_tests::stories;
use twofold_tests::town::Town;

use super::{accepted, tally};

const CROWD: usize = 64;
/// Wrong tries in a row that are looked at before the first wait.
const LOOKED_AT: usize = 5;

async fn guess_at_once(town: &Arc<Town>, challenges: &[Challenge], code: &str) -> Result<Vec<Came>> {
    let answers = at_once(CROWD, |i| {
        let (town, code) = (Arc::clone(town), code.to_owned());
        let challenge = challenges[i % challenges.len()].clone();
        async move { Came::of_proof(town.perform(town.desk(i), answer(&challenge, otp(&code)?, false)?).await) }
    });
    answers.await?.into_iter().collect()
}

async fn strangers(town: &Arc<Town>, person: &Person, how_many: usize) -> Result<Vec<Challenge>> {
    let challenges = at_once(how_many, |i| {
        let (town, person) = (Arc::clone(town), person.clone());
        async move { person.challenged(&town, town.desk(i), &mut Browser::default()).await }
    });
    challenges.await?.into_iter().collect()
}

stories! {
    async fn guesses_in_parallel_are_each_charged_and_never_exceed_the_budget(town) {
        let owner = town.owner().await?;
        for _ in 0..rounds(3) {
            let mut boss = owner.clone();
            boss.sign_in(&town, town.here()).await?;
            let mut customer = boss.welcome_enrolled(&town, Role::EndUser).await?;
            // A code that nobody showed yet, for afterwards.
            let right = otp(&customer.next_code(&town)?)?;
            let challenges = strangers(&town, &customer, 16).await?;
            let wrong = customer.phone.as_ref().map(|p| p.wrong_code(town.now())).unwrap_or_default();
            let before = town.count("ProofRejected").await?;
            let answers = guess_at_once(&town, &challenges, &wrong).await?;
            let refused = answers.iter().filter(|c| matches!(c, Came::Refused(Refusal::Wrong))).count();
            ensure!(
                accepted(&answers) == 0 && refused == LOOKED_AT,
                "of {CROWD} guesses {LOOKED_AT} are looked at: {}", tally(&answers)
            );
            let charged = town.count("ProofRejected").await? - before;
            ensure!(charged == refused, "each answer was charged before it was given: {charged}, not {refused}");

            // Behind the wait even the right code is not looked at, on any route that a stranger has.
            let came = customer.prove(&town, town.here(), &challenges[0], right.clone(), false).await?;
            ensure!(came == Came::NotLookedAt, "behind the wait a right code came to {came:?}");
            // A known device has a budget of its own.
            let step_up = StepUp { credential: customer.credential()?, proof: right };
            let came = Came::of_step_up(town.perform(town.there(), step_up).await)?;
            ensure!(came.accepted(), "strangers do not lock out a known device: {came:?}");
        }
        Ok(())
    }

    async fn a_recovery_code_a_step_up_and_a_new_attempt_share_one_budget(town) {
        let owner = town.owner().await?;
        let customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let challenges = strangers(&town, &customer, 16).await?;
        let wrong = customer.phone.as_ref().map(|p| p.wrong_code(town.now())).unwrap_or_default();
        let last = customer.codes[9].clone();
        let guess = format!("8-{}", last.split_once('-').map_or("", |(_, random)| random));
        let answers = at_once(CROWD, |i| {
            let (town, wrong, guess) = (Arc::clone(&town), wrong.clone(), guess.clone());
            let challenge = challenges[i % challenges.len()].clone();
            async move {
                let proof = if i % 2 == 0 { otp(&wrong)? } else { recovery(&guess)? };
                Came::of_proof(town.perform(town.desk(i / 2), answer(&challenge, proof, false)?).await)
            }
        });
        let answers = answers.await?.into_iter().collect::<Result<Vec<_>>>()?;
        let refused = answers.iter().filter(|came| matches!(came, Came::Refused(_))).count();
        ensure!(refused == LOOKED_AT, "one budget for every kind of guess: {}", tally(&answers));
        Ok(())
    }

    async fn wrong_passwords_in_parallel_never_exceed_the_budget(town) {
        let owner = town.owner().await?;
        let customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let mut intruder = customer.clone();
        "open sesame, please".clone_into(&mut intruder.password);
        let answers = at_once(CROWD, |i| {
            let (town, intruder) = (Arc::clone(&town), intruder.clone());
            async move { intruder.begin(&town, town.desk(i), &mut Browser::default()).await }
        });
        for begun in answers.await? {
            ensure!(matches!(begun?, Begun::Refused), "a wrong password opens nothing");
        }
        let charged = town.count("PasswordRejected").await?;
        ensure!(charged == LOOKED_AT, "of {CROWD} wrong passwords {LOOKED_AT} are looked at, not {charged}");

        // While strangers wait, the right password opens nothing on a new device, and says no more than that.
        let begun = customer.begin(&town, town.here(), &mut Browser::default()).await?;
        ensure!(matches!(begun, Begun::Refused), "a lock looks like a wrong password");
        // Whoever sits at a device that completed a sign-in is not locked out by strangers.
        let begun = customer.begin(&town, town.there(), &mut customer.browser.clone()).await?;
        ensure!(matches!(begun, Begun::Challenge { .. }), "a known device has a budget of its own");
        Ok(())
    }

    async fn wrong_mailed_codes_in_parallel_never_exceed_their_tries(town) {
        let owner = town.owner().await?;
        let mut person = owner.welcome(&town, Role::EndUser).await?;
        person.sign_in(&town, town.here()).await?;
        let started = person.scan(&town, town.here()).await?;
        let right = town.mailed_code(person.user).await?;
        let wrong = if right.starts_with('1') { "2222 2222" } else { "1111 1111" };
        let (session, code) = (person.session()?.to_owned(), person.code(&town)?);
        let answers = at_once(CROWD, |i| {
            let (town, session, code) = (Arc::clone(&town), session.clone(), code.clone());
            let factor = started.factor;
            async move {
                let act = confirmation(&session, factor, &code, Some(wrong))?;
                Came::of_confirmation(town.perform(town.desk(i), act).await)
            }
        });
        let answers = answers.await?.into_iter().collect::<Result<Vec<_>>>()?;
        let refused = answers.iter().filter(|came| matches!(came, Came::Refused(_))).count();
        ensure!(refused == 5 && accepted(&answers) == 0, "five tries of a mailed code: {}", tally(&answers));
        let act = confirmation(&session, started.factor, &code, Some(&right))?;
        let came = Came::of_confirmation(town.perform(town.here(), act).await)?;
        ensure!(matches!(came, Came::Over(_)), "after five even the right one is not looked at: {came:?}");
        Ok(())
    }

    async fn a_patient_guesser_is_locked_out_at_the_hard_cap(town) {
        let owner = town.owner().await?;
        let mut customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let mut looked_at = 0;
        // In a session that was left open: at a sign-in the password would bear only ten.
        for _ in 0..80 {
            town.wait(Span::hours(1));
            let (credential, deed) = (customer.credential()?, Deed::ReadOwn);
            town.perform(town.here(), Authenticate { credential, deed, counts_as_activity: true }).await?;
            let wrong = customer.phone.as_ref().map(|p| p.wrong_code(town.now())).unwrap_or_default();
            let step_up = StepUp { credential: customer.credential()?, proof: otp(&wrong)? };
            match Came::of_step_up(town.perform(town.there(), step_up).await)? {
                Came::Refused(_) => looked_at += 1,
                Came::NotLookedAt => break,
                other => anyhow::bail!("a wrong code came to {other:?}"),
            }
        }
        ensure!(looked_at == 50, "fifty failures in a row are the cap, not {looked_at}");
        let came = customer.step_up(&town, town.here()).await?;
        ensure!(came == Came::NotLookedAt, "only an audited unlock opens it again: {came:?}");
        Ok(())
    }

    async fn no_route_session_device_or_instance_has_a_budget_of_its_own(town) {
        let owner = town.owner().await?;
        let mut customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        // Three sessions of two known devices, one of which is binding another factor.
        customer.sign_in(&town, town.here()).await?;
        let mut tablet = Person { browser: Browser::default(), ..customer.clone() };
        tablet.sign_in(&town, town.there()).await?;
        let mut again = tablet.clone();
        again.sign_in(&town, town.here()).await?;
        let started = again.clone().scan(&town, town.here()).await?;
        let sessions = [customer.clone(), tablet, again];
        let challenges = strangers(&town, &customer, 4).await?;
        let wrong = customer.phone.as_ref().map(|p| p.wrong_code(town.now())).unwrap_or_default();
        let answers = at_once(CROWD, |i| {
            let (town, wrong) = (Arc::clone(&town), wrong.clone());
            let (session, binding) = (sessions[i % 3].clone(), sessions[2].clone());
            let challenge = challenges[i % 4].clone();
            async move {
                let (desk, proof) = (town.desk(i / 4), otp(&wrong)?);
                match i % 4 {
                    0 => Came::of_proof(town.perform(desk, answer(&challenge, proof, false)?).await),
                    1 => {
                        let step_up = StepUp { credential: session.credential()?, proof };
                        Came::of_step_up(town.perform(desk, step_up).await)
                    }
                    2 => {
                        let confirm = confirmation(binding.session()?, started.factor, &wrong, None)?;
                        Came::of_confirmation(town.perform(desk, confirm).await)
                    }
                    _ => {
                        let (credential, password) = (session.credential()?, password(&session.password)?);
                        match town.perform(desk, DisableOwn { credential, password, proof }).await {
                            Ok(Done { reply: Disabled::Refused(why), .. }) => Ok(Came::Refused(why.refusal)),
                            Ok(_) => anyhow::bail!("a wrong code switched it off"),
                            Err(error) => Came::of_error(error),
                        }
                    }
                }
            }
        });
        let answers = answers.await?.into_iter().collect::<Result<Vec<_>>>()?;
        let refused = answers.iter().filter(|came| matches!(came, Came::Refused(_))).count();
        let charged = town.count("ProofRejected").await?;
        ensure!(accepted(&answers) == 0, "a wrong code is wrong everywhere: {}", tally(&answers));
        ensure!(charged == refused, "each is charged before it is told: {charged} for {}", tally(&answers));
        ensure!(refused == 2 * LOOKED_AT, "one budget for known devices, one for strangers: {}", tally(&answers));
        Ok(())
    }

    async fn no_spelling_of_an_address_has_a_budget_of_its_own(town) {
        let owner = town.owner().await?;
        let customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let spellings = [
            customer.email.clone(),
            customer.email.to_uppercase(),
            format!("  {}\n", customer.email),
            customer.email.replacen('n', "ｎ", 1),
        ];
        let answers = at_once(CROWD, |i| {
            let (town, email) = (Arc::clone(&town), spellings[i % 4].clone());
            async move {
                let act = BeginSignIn::new(email, password("open sesame, please")?, None);
                anyhow::Ok(town.perform(town.desk(i / 4), act).await?.reply)
            }
        });
        for begun in answers.await? {
            ensure!(matches!(begun?, Begun::Refused), "a wrong password opens nothing");
        }
        let charged = town.count("PasswordRejected").await?;
        ensure!(charged == LOOKED_AT, "{charged} wrong passwords were looked at");
        Ok(())
    }

    /// Rules: D7.
    async fn ten_wrong_codes_behind_the_right_password_end_that_password(town) {
        let owner = town.owner().await?;
        let mut customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let mut browser = Browser::default();
        let challenge = customer.challenged(&town, town.here(), &mut browser).await?;
        let code = otp(&customer.next_code(&town)?)?;
        ensure!(customer.prove(&town, town.here(), &challenge, code, true).await?.accepted(), "with trust");
        town.letters(customer.user).await?;

        // Sixty-four at once, again and again: never an eleventh.
        let mut looked_at = 0;
        for _ in 0..12 {
            let mut challenges = vec![];
            for desk in [town.here(), town.there()] {
                if let Begun::Challenge { sign_in, device_token, trust, .. } =
                    customer.begin(&town, desk, &mut Browser::default()).await?
                {
                    challenges.push(Challenge { sign_in, device: device_token.to_string(), trust });
                }
            }
            if challenges.is_empty() {
                break;
            }
            let wrong = customer.phone.as_ref().map(|p| p.wrong_code(town.now())).unwrap_or_default();
            let answers = guess_at_once(&town, &challenges, &wrong).await?;
            looked_at += answers.iter().filter(|came| matches!(came, Came::Refused(_))).count();
            town.wait(Span::hours(1));
        }
        ensure!(looked_at == 10, "ten are looked at, not {looked_at}");
        ensure!(town.count("PasswordChangeDemanded").await? == 1, "once it is demanded");

        // The password opens nothing, trusted or not; nothing that it opened goes on.
        for browser in [&mut browser, &mut Browser::default()] {
            let begun = customer.begin(&town, town.there(), browser).await?;
            ensure!(matches!(begun, Begun::Refused), "like a wrong one");
        }
        let (credential, deed) = (customer.credential()?, Deed::ReadOwn);
        let gone = town.perform(town.here(), Authenticate { credential, deed, counts_as_activity: false }).await;
        ensure!(matches!(gone, Err(ActError::Stale(Stale::Voided(_)))), "a session of that password goes on");
        let letters = town.letters(customer.user).await?;
        let told = letters.iter().filter(|l| l.body.contains("/sign-in") && l.subject.contains("password"));
        ensure!(told.count() == 1, "the person is told, once, and where to go");

        // Another one opens again, and the second factor is what it was; the same one does not do.
        let forgotten = RequestPasswordReset { email: customer.email.clone() };
        town.perform(town.here(), forgotten).await?;
        let link = town.mailed_link(customer.user).await?;
        let same = customer.redeem(&town, town.here(), &link).await;
        ensure!(matches!(same, Err(ActError::Field { field: "password", .. })), "{same:?}");
        "another one, at last".clone_into(&mut customer.password);
        customer.redeem(&town, town.there(), &link).await?;
        town.wait(Span::hours(1));
        customer.browser = Browser::default();
        customer.sign_in(&town, town.here()).await?;
        Ok(())
    }
}
