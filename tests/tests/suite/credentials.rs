//! What a change of somebody's credentials ends, and what it leaves alone.

use anyhow::{Result, bail, ensure};
use twofold_domain::device::{Method, Why};
use twofold_domain::permission::Act as Deed;
use twofold_domain::policy::Role;
use twofold_domain::sign_in::Stale;
use twofold_infra::acts::{ActError, Authenticate, Begun, RemoveFactor};
use twofold_tests::person::{Browser, Came, Person, confirmation, otp};
use twofold_tests::stories;
use twofold_tests::town::Town;

async fn who(town: &Town, session: &Person) -> Result<(), ActError> {
    let credential = session.credential().map_err(|e| ActError::Bug(e.to_string()))?;
    let act = Authenticate { credential, deed: Deed::ReadOwn, counts_as_activity: true };
    town.perform(town.there(), act).await.map(|_| ())
}

/// The same person in another window.
async fn elsewhere(town: &Town, person: &Person) -> Result<Person> {
    let mut other = Person { browser: Browser::default(), ..person.clone() };
    other.sign_in(town, town.there()).await?;
    Ok(other)
}

stories! {
    async fn no_session_ends_a_binding_that_another_began(town) {
        let owner = town.owner().await?;
        let mut person = owner.welcome(&town, Role::EndUser).await?;
        person.sign_in(&town, town.here()).await?;
        let started = person.scan(&town, town.here()).await?;
        let mailed = town.mailed_code(person.user).await?;
        // Somebody who knows the password begins bindings in session after session.
        for _ in 0..3 {
            let mut intruder = elsewhere(&town, &person).await?;
            let theirs = intruder.scan(&town, town.there()).await?;
            intruder.scan(&town, town.there()).await?;
            // Neither sees the other's, and nobody binds without the mail.
            let act = confirmation(intruder.session()?, started.factor, &person.code(&town)?, Some(&mailed))?;
            let came = Came::of_confirmation(town.perform(town.here(), act).await)?;
            ensure!(matches!(came, Came::Over(_)), "a binding belongs to its session: {came:?}");
            let act = confirmation(intruder.session()?, theirs.factor, &intruder.code(&town)?, None)?;
            let came = Came::of_confirmation(town.perform(town.here(), act).await)?;
            ensure!(matches!(came, Came::Over(_)), "a first binding takes the mailed code: {came:?}");
        }
        let intruder = elsewhere(&town, &person).await?;
        let act = confirmation(person.session()?, started.factor, &person.code(&town)?, Some(&mailed))?;
        let came = Came::of_confirmation(town.perform(town.there(), act).await)?;
        ensure!(came.accepted(), "the binding under way is confirmed: {came:?}");
        let gone = who(&town, &intruder).await;
        ensure!(matches!(gone, Err(ActError::Stale(Stale::Voided(_)))), "a first factor ends other sessions: {gone:?}");
        Ok(())
    }

    /// Rules: D7.
    async fn removing_a_factor_ends_trust_and_every_other_session(town) {
        let owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let lost = agent.phone.clone();
        // What the first phone earned: a trusted device, and sessions.
        let mut tablet = Browser::default();
        let challenge = agent.challenged(&town, town.there(), &mut tablet).await?;
        let code = otp(&agent.next_code(&town)?)?;
        let mut at_the_tablet = Person { browser: tablet.clone(), ..agent.clone() };
        ensure!(at_the_tablet.prove(&town, town.there(), &challenge, code, true).await?.accepted(), "with trust");
        let attempt = agent.challenged(&town, town.there(), &mut Browser::default()).await?;

        agent.sign_in(&town, town.here()).await?;
        let before = agent.clone();
        let old = town.factors(agent.user).await?;
        agent.enrol(&town, town.here()).await?;
        let act = RemoveFactor { credential: agent.credential()?, factor: old[0] };
        let grant = town.perform(town.here(), act).await?.reply;
        ensure!(grant.method == Method::Otp, "the session goes on as it was, not as {:?}", grant.method);
        agent.browser.session = Some(grant.token.as_str().to_owned());
        town.never_in_log(grant.token.as_str());
        who(&town, &agent).await?;

        for (session, what) in [(&before, "its old token"), (&at_the_tablet, "another session")] {
            let gone = who(&town, session).await;
            let ended = matches!(gone, Err(ActError::Stale(Stale::Voided(_)) | ActError::NotSignedIn));
            ensure!(ended, "{what} is good for nothing: {gone:?}");
        }
        let came = agent.prove(&town, town.there(), &attempt, otp(&agent.next_code(&town)?)?, false).await?;
        ensure!(matches!(came, Came::Over(_)), "an attempt of before is void: {came:?}");
        let Begun::Challenge { reasons, .. } = agent.begin(&town, town.there(), &mut tablet).await? else {
            bail!("trust that the removed factor earned");
        };
        ensure!(reasons == [Why::Enrolled, Why::TrustEnded], "{reasons:?}");
        let challenge = agent.challenged(&town, town.there(), &mut Browser::default()).await?;
        if let Some(lost) = lost {
            let came = agent.prove(&town, town.here(), &challenge, otp(&lost.code(town.now()))?, false).await?;
            ensure!(!came.accepted(), "the removed phone: {came:?}");
        }
        Ok(())
    }
}
