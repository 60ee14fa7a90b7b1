//! A refused sign-in tells nobody who is here: not by what it says, nor by what it writes.

use anyhow::{Context as _, Result, ensure};
use twofold_domain::account::AccountEvent;
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_infra::acts::{BeginSignIn, Begun, ErasePerson};
use twofold_infra::desk::Desk;
use twofold_tests::person::{Person, password};
use twofold_tests::stories;
use twofold_tests::town::Town;

/// Tries a password at an address; says how many appends that took, and how many events it left.
async fn knock(town: &Town, desk: &Desk, email: &str, typed: &str) -> Result<(u64, usize)> {
    let (appends, events) = (desk.store().appends(), town.log().await?.len());
    let begun = town.perform(desk, BeginSignIn::new(email.to_owned(), password(typed)?, None)).await?.reply;
    ensure!(matches!(begun, Begun::Refused), "{email} with {typed} is refused");
    Ok((desk.store().appends() - appends, town.log().await?.len() - events))
}

async fn locked(town: &Town, person: &Person) -> Result<()> {
    for _ in 0..5 {
        knock(town, town.here(), &person.email, "open sesame, please").await?;
    }
    Ok(())
}

stories! {
    async fn every_refused_password_costs_one_append_whoever_it_names(town) {
        let owner = town.owner().await?;
        let known = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let waiting = owner.welcome(&town, Role::EndUser).await?;
        locked(&town, &waiting).await?;
        let gone = owner.welcome(&town, Role::Agent).await?;
        let (credential, circle) = (owner.credential()?, town.circle(town.here()).await?);
        let erase = ErasePerson { credential, user: gone.user, devices: vec![], reason: None, circle };
        town.perform(town.here(), erase).await?;
        let invited = town.somebody(Role::EndUser);
        owner.invite(&town, town.here(), invited.card()).await?;

        let wrong = "open sesame, please";
        for (who, email, typed, events) in [
            ("a known person", known.email.as_str(), wrong, 1),
            ("one without a password", &invited.email, wrong, 1),
            ("one who must wait", &waiting.email, wrong, 0),
            ("the same, with the right password", &waiting.email, &waiting.password, 0),
            ("one who was erased", &gone.email, &gone.password, 0),
            ("nobody", "nobody@lilliput.example", wrong, 0),
            ("no address", "not an address", wrong, 0),
        ] {
            for desk in [town.here(), town.there(), town.here()] {
                let cost = knock(&town, desk, email, typed).await?;
                ensure!(cost == (1, events), "{who} costs {cost:?}");
            }
        }
        for n in 0..100 {
            knock(&town, town.here(), &format!("stranger{n}@lilliput.example"), wrong).await?;
        }
        let rows = town.here().store().verifiers_of(town.account, town.account.uuid()).await?.len();
        ensure!((1..=64).contains(&rows), "nothing grows: {rows} rows that mean nothing");
        Ok(())
    }

    async fn refused_sign_ins_that_charge_nobody_are_recorded_once_an_hour(town) {
        let owner = town.owner().await?;
        let waiting = owner.welcome(&town, Role::EndUser).await?;
        locked(&town, &waiting).await?;
        let began = town.now();
        for _ in 0..3 {
            knock(&town, town.here(), "nobody@lilliput.example", "open sesame, please").await?;
        }
        town.wait(Span::seconds(10));
        knock(&town, town.here(), &waiting.email, "open sesame, please").await?;
        let ended = town.now();
        town.here().record_refusals().await;
        ensure!(town.count("SignInsRefused").await? == 0, "not yet");
        town.time.set(began + Span::hours(1));
        for _ in 0..2 {
            town.here().record_refusals().await;
        }
        let recorded = |log: Vec<twofold_infra::store::Recorded>| -> Result<Vec<AccountEvent>> {
            let of_them = log.into_iter().filter(|e| e.event_type == "SignInsRefused");
            of_them.map(|e| serde_json::from_str(&e.payload).context("an event")).collect()
        };
        let hour = AccountEvent::SignInsRefused { unknown: 3, locked: 1, from: began, to: ended };
        ensure!(recorded(town.log().await?)? == [hour], "one event with the counts");
        // And whatever is left when the server stops.
        knock(&town, town.here(), "nobody@lilliput.example", "open sesame, please").await?;
        town.here().record_all_refusals().await;
        town.here().record_all_refusals().await;
        ensure!(town.count("SignInsRefused").await? == 2, "nothing twice");
        Ok(())
    }
}
