//! A client that goes away leaves a command whole or absent, and whoever asks again gets the first answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_infra::acts::{ActError, NewPerson, RegisterUser, Registered, StepUp, SteppedUp};
use twofold_infra::desk::{Desk, Once, Repeatable};
use twofold_tests::person::{Came, Person, otp};
use twofold_tests::race::{at_once, cut, dice, rounds, turns};
use twofold_tests::stories;
use twofold_tests::town::Town;

/// A request with an idempotency key, as a client sends it again when no answer came.
async fn invite_once(
    town: &Town,
    desk: &Desk,
    owner: &Person,
    card: NewPerson,
    key: [u8; 32],
) -> Result<Once<Registered>, ActError> {
    let mut fingerprint = [0; 32];
    let body = format!("{} {}", card.email, card.name);
    for (i, byte) in body.bytes().enumerate() {
        fingerprint[i % 32] ^= byte.rotate_left((i / 32) as u32);
    }
    let repeatable = Repeatable {
        scope: key,
        fingerprint,
        expires_at: town.now() + Span::hours(24),
        render: Box::new(|reply: &Registered, at| format!("{} at {at}", reply.user).into_bytes()),
    };
    let credential = owner.credential().map_err(|e| ActError::Bug(e.to_string()))?;
    let act = RegisterUser { credential, person: card };
    desk.perform_once(town.account, town.request(), act, Some(repeatable)).await
}

fn answer(once: Once<Registered>) -> String {
    match once {
        Once::Fresh(done) => format!("{} at {}", done.reply.user, done.at),
        Once::Repeated(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
    }
}

stories! {
    async fn a_command_whose_client_vanished_is_whole_or_absent(town) {
        let owner = town.owner().await?;
        let cuts = rounds(120);
        let mut dice = dice("invitations cut at random points", cuts);
        let people: Vec<_> = (0..cuts).map(|_| (town.somebody(Role::EndUser), turns(&mut dice, 3_000))).collect();
        let answered = at_once(cuts, |i| {
            let (town, owner, (person, patience)) = (Arc::clone(&town), owner.clone(), people[i].clone());
            async move { cut(owner.invite(&town, town.desk(i), person.card()), patience).await.is_some() }
        });
        let answered = answered.await?;
        // What was asked for is done in its own time; the same people again, until each is there or taken.
        for (person, _) in &people {
            match owner.invite(&town, town.there(), person.card()).await {
                Ok(()) | Err(ActError::Taken(_) | ActError::User(_)) => {}
                Err(other) => return Err(other.into()),
            }
        }
        let log = town.log().await?;
        let mut acts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for event in &log {
            let metadata: BTreeMap<&str, &str> = serde_json::from_str(&event.metadata)?;
            let correlation = metadata.get("correlation").copied().context("a correlation")?;
            acts.entry(correlation).or_default().push(&event.event_type);
        }
        for (act, events) in acts.iter().filter(|(_, events)| events.contains(&"UserRegistered")) {
            let opening = events.contains(&"AccountOpened");
            let whole = opening || **events == ["UserRegistered", "LinkIssued"];
            ensure!(whole, "{act} is half done: {events:?}");
        }
        for (person, _) in &people {
            let events = log.iter().filter(|e| e.stream.id.aggregate == person.user.uuid());
            let kinds: Vec<&str> = events.map(|e| e.event_type.as_str()).collect();
            ensure!(kinds == ["UserRegistered", "LinkIssued"], "{}: {kinds:?}", person.email);
        }
        // Whole means the letter, too: with the link in it they set a password and sign in.
        for (person, _) in people.iter().step_by(20) {
            let link = town.mailed_link(person.user).await?;
            person.redeem(&town, town.here(), &link).await?;
            person.clone().sign_in(&town, town.there()).await?;
        }
        eprintln!("{} of {cuts} clients waited for the answer", answered.iter().filter(|a| **a).count());
        Ok(())
    }

    async fn who_asks_again_with_the_same_key_gets_the_first_answer(town) {
        let owner = town.owner().await?;
        let keys = rounds(60);
        let mut dice = dice("requests cut and repeated on the other instance", keys);
        for n in 0..keys {
            let (person, patience) = (town.somebody(Role::EndUser), turns(&mut dice, 300));
            let key = [n as u8; 32];
            let first = cut(invite_once(&town, town.here(), &owner, person.card(), key), patience).await;
            let second = answer(invite_once(&town, town.there(), &owner, person.card(), key).await?);
            let third = answer(invite_once(&town, town.here(), &owner, person.card(), key).await?);
            ensure!(second == third, "the same question, two answers: {second} and {third}");
            if let Some(first) = first {
                let first = answer(first?);
                ensure!(first == second, "the first answer was {first}, then {second}");
            }
            let mut other = person.card();
            "Somebody Else".clone_into(&mut other.name);
            match invite_once(&town, town.desk(n), &owner, other, key).await {
                Err(ActError::KeyReused) => {}
                Ok(_) => bail!("the key of one request was good for another"),
                Err(error) => return Err(error.into()),
            }
        }
        let registered = town.count("UserRegistered").await?;
        ensure!(registered == keys + 1, "each was registered once: {registered} for {keys} and the owner");
        Ok(())
    }

    async fn many_repeats_at_once_get_one_answer(town) {
        let owner = town.owner().await?;
        let person = town.somebody(Role::EndUser);
        let answers = at_once(32, |i| {
            let (town, owner, card) = (Arc::clone(&town), owner.clone(), person.card());
            async move { invite_once(&town, town.desk(i), &owner, card, [7; 32]).await.map(answer) }
        });
        let answers = answers.await?.into_iter().collect::<Result<std::collections::BTreeSet<_>, _>>()?;
        ensure!(answers.len() == 1, "one answer for all: {answers:?}");
        Ok(())
    }

    async fn a_code_whose_sender_vanished_is_spent_or_untouched(town) {
        let owner = town.owner().await?;
        let mut customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let races = rounds(30);
        let mut dice = dice("step-ups cut at random points", races);
        let mut lost = 0;
        for _ in 0..races {
            let code = customer.next_code(&town)?;
            let act = StepUp { credential: customer.credential()?, proof: otp(&code)? };
            let patience = turns(&mut dice, 300);
            if let Some(result) = cut(town.perform(town.here(), act), patience).await {
                let SteppedUp::Raised(grant) = result?.reply else { bail!("a good code") };
                customer.browser.session = Some(grant.token.as_str().to_owned());
                continue;
            }
            // The new token is lost with the answer; the person signs in again, with a fresh code.
            let again = StepUp { credential: customer.credential()?, proof: otp(&code)? };
            lost += usize::from(!Came::of_step_up(town.perform(town.there(), again).await)?.accepted());
            town.wait(Span::minutes(2));
            customer.sign_in(&town, town.there()).await?;
        }
        eprintln!("{lost} of {races} codes were spent by a step-up whose client had gone");
        Ok(())
    }
}
