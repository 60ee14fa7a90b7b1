//! A refused sign-in tells nobody who is here: not by what it says, nor by what it writes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::{Context as _, Result, ensure};
use axum::body::Body;
use axum::http::Request;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use twofold_domain::account::AccountEvent;
use twofold_domain::ids::{StreamId, UserId};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_infra::acts::{BeginSignIn, Begun, Circle, Deactivate, ErasePerson};
use twofold_infra::desk::Desk;
use twofold_infra::verify::password::Cost;
use twofold_projections::foreign_passwords::ForeignPasswords;
use twofold_projections::projector::Projector;
use twofold_tests::doors::Doors;
use twofold_tests::person::{Person, password};
use twofold_tests::race::{dice, rounds, stroll, turns};
use twofold_tests::stories;
use twofold_tests::town::Town;

use super::people::bcrypt_of;

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

/// How many hashes an act takes, by what each costs.
async fn hashes<T>(desk: &Desk, act: impl Future<Output = Result<T>>) -> Result<BTreeMap<Cost, u64>> {
    let mut before = desk.passwords().computed();
    act.await?;
    let mut after = desk.passwords().computed();
    for (cost, count) in &mut after {
        *count -= before.remove(cost).unwrap_or_default();
    }
    after.retain(|_, count| *count > 0);
    Ok(after)
}

/// Imports people with the hashes that they bring along: their addresses.
async fn import(town: &Town, owner: &Person, hashes: &[&str]) -> Result<Vec<String>> {
    let doors = Doors::open(town).await?;
    let (mut table, mut addresses) = ("name,email,role,password_hash\n".to_owned(), vec![]);
    for hash in hashes {
        let address = town.somebody(Role::Agent).email;
        writeln!(table, "Munodi,{address},agent,\"{hash}\"")?;
        addresses.push(address);
    }
    let request = Request::post("/v1/imports")
        .header("content-type", "text/csv")
        .header("authorization", format!("Bearer {}", owner.session()?));
    let done = doors.ask(request.body(Body::from(table))?).await?;
    ensure!(done.body["created"] == hashes.len(), "{} {}", done.status, done.body);
    Ok(addresses)
}

/// A projector at work, until it is stopped.
struct Behind {
    stop: oneshot::Sender<()>,
    at_work: JoinHandle<()>,
}

impl Behind {
    fn of(projector: &Projector) -> Self {
        let (projector, (stop, stopped)) = (projector.clone(), oneshot::channel());
        let at_work = tokio::spawn(async move { projector.run(async { drop(stopped.await) }).await });
        Self { stop, at_work }
    }

    async fn stop(self) -> Result<()> {
        drop(self.stop);
        Ok(self.at_work.await?)
    }
}

stories! {
    /// Work is counted, not time: which people came from another system shows in neither.
    async fn every_refused_password_takes_the_same_hashes_wherever_people_came_from(town) {
        let owner = town.owner().await?;
        let at_home = owner.welcome(&town, Role::Agent).await?;
        let (here, wrong, secret) = (town.here(), "open sesame, please", "glubbdubdrib by the sea");
        // Whoever last saw them without a password looks twice, once.
        knock(&town, here, &at_home.email, wrong).await?;
        let alone = hashes(here, knock(&town, here, &at_home.email, wrong)).await?;
        ensure!(alone == [(here.passwords().usual(), 1)].into(), "one of the usual cost: {alone:?}");

        let digest = "AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
        let pbkdf2 = format!("$pbkdf2-sha256$i=1000,l=32${digest}");
        let argon2 = format!("$argon2id$v=19$m=64,t=1,p=1${digest}");
        let brought = import(&town, &owner, &[&bcrypt_of(secret)?, &pbkdf2, &argon2]).await?;
        let waiting = owner.welcome(&town, Role::Agent).await?;
        let mut all = BTreeMap::new();
        for (who, address, typed) in [
            ("a person of this system", &at_home.email, wrong),
            ("one with a hash of bcrypt", &brought[0], wrong),
            ("one with a hash of PBKDF2", &brought[1], wrong),
            ("one with a cheaper hash of Argon2", &brought[2], wrong),
            ("nobody", &"nobody@lilliput.example".to_owned(), wrong),
            ("no address", &"not an address".to_owned(), wrong),
        ] {
            for desk in [here, town.there()] {
                let took = hashes(desk, knock(&town, desk, address, typed)).await?;
                if all.is_empty() {
                    all.clone_from(&took);
                }
                ensure!(took == all, "{who} takes {took:?}, not {all:?}");
            }
        }
        ensure!(all.len() == 4 && all.values().all(|count| *count == 1), "one of each cost: {all:?}");
        // Behind a lock the right password takes what a wrong one takes.
        for address in [&waiting.email, &brought[0]] {
            for _ in 0..5 {
                knock(&town, here, address, wrong).await?;
            }
        }
        for (address, typed) in [(&waiting.email, waiting.password.as_str()), (&brought[0], secret)] {
            let took = hashes(here, knock(&town, here, address, typed)).await?;
            ensure!(took == all, "the right one takes {took:?}, not {all:?}");
        }
        Ok(())
    }

    /// Rules: H1.
    async fn the_work_for_foreign_passwords_ends_with_the_last_of_them_and_begins_anew(town) {
        let mut owner = town.owner().await?;
        let at_home = owner.welcome(&town, Role::Agent).await?;
        let (here, there, secret) = (town.here(), town.there(), "glubbdubdrib by the sea");
        let digest = "AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
        let pbkdf2 = format!("$pbkdf2-sha256$i=1000,l=32${digest}");
        let bcrypt = bcrypt_of(secret)?;
        // Two with bcrypt: one will sign in, one will be sent away. One with PBKDF2 never comes.
        let brought = import(&town, &owner, &[&bcrypt, &bcrypt, &pbkdf2]).await?;
        let projector = Projector::install(here.store().clone(), twofold_projections::all()).await?;
        let managers = [here, there].map(|desk| ForeignPasswords::new(desk.clone(), projector.clone()));
        let look = async || {
            projector.catch_up().await?;
            let behind = Behind::of(&projector);
            for manager in &managers {
                manager.look().await?;
            }
            behind.stop().await?;
            town.count("ForeignPasswordsGone").await
        };
        // What everybody pays: known or not, from here or from there. Alike in hashes and in appends.
        let everybody = ["nobody@lilliput.example", at_home.email.as_str(), &brought[1], &brought[2]];
        let price = async || {
            let mut price = BTreeSet::new();
            for email in everybody {
                for desk in [here, there] {
                    let mut appends = 0;
                    let took = hashes(desk, async {
                        appends = knock(&town, desk, email, "open sesame, please").await?.0;
                        Ok(())
                    });
                    price.insert((took.await?.into_values().collect::<Vec<_>>(), appends));
                }
            }
            ensure!(price.len() == 1, "they can be told apart: {price:?}");
            price.into_iter().next().context("a price")
        };
        for desk in [here, there] {
            knock(&town, desk, &at_home.email, "open sesame, please").await?;
        }
        town.wait(Span::hours(3));
        ensure!(look().await? == 0, "three people have one");
        ensure!(price().await? == (vec![1, 1, 1], 1), "the usual, bcrypt, and PBKDF2");
        town.wait(Span::hours(1));

        let begun = BeginSignIn::new(brought[0].clone(), password(secret)?, None);
        town.perform(there, begun).await?;
        ensure!(town.count("PasswordRehashed").await? == 1 && look().await? == 0, "one with bcrypt is left");
        let left = here.vault().account_keys(town.account).await?.blind_index(&brought[1]).bytes();
        let left = here.store().claim(town.account, "email", &left).await?.context("somebody")?;
        owner.sign_in(&town, here).await?;
        let (credential, user) = (owner.credential()?, UserId::from_uuid(left));
        town.perform(here, Deactivate { credential, user, reason: None, circle: Circle::default() }).await?;
        ensure!(look().await? == 1 && look().await? == 1, "said once, whoever looks");
        // Whoever last saw them with a password looks twice, once.
        knock(&town, there, &brought[1], "open sesame, please").await?;
        ensure!(price().await? == (vec![1, 1], 1), "the usual and PBKDF2");

        // Whoever comes afterwards is paid for by everybody again, and not forgotten within two hours.
        import(&town, &owner, &[&bcrypt]).await?;
        ensure!(look().await? == 1);
        ensure!(price().await? == (vec![1, 1, 1], 1), "bcrypt, once more");
        Ok(())
    }

    /// Rules: H1.
    async fn nobody_comes_behind_the_count_of_foreign_passwords(town) {
        let mut owner = town.owner().await?;
        let mut dice = dice("an import against the end of its scheme, on two instances", rounds(20));
        let (secret, projector) = (
            "glubbdubdrib by the sea",
            Projector::install(town.here().store().clone(), twofold_projections::all()).await?,
        );
        let bcrypt = bcrypt_of(secret)?;
        let (mut ended, mut held) = (0, 0);
        for _ in 0..rounds(20) {
            owner.sign_in(&town, town.here()).await?;
            let brought = import(&town, &owner, &[&bcrypt]).await?;
            town.perform(town.there(), BeginSignIn::new(brought[0].clone(), password(secret)?, None)).await?;
            town.wait(Span::hours(2));
            owner.sign_in(&town, town.here()).await?;
            let before = town.count("ForeignPasswordsGone").await?;
            let delays = [turns(&mut dice, 400), turns(&mut dice, 400)];
            // A count waits for whatever has come by then.
            let behind = Behind::of(&projector);
            let (coming, ending) = tokio::join!(
                async {
                    stroll(delays[0]).await;
                    import(&town, &owner, &[&bcrypt]).await
                },
                async {
                    stroll(delays[1]).await;
                    ForeignPasswords::new(town.there().clone(), projector.clone()).look().await
                },
            );
            behind.stop().await?;
            let came = coming?;
            ending?;
            match town.count("ForeignPasswordsGone").await? - before {
                0 => held += 1,
                _ => ended += 1,
            }
            let account = town.here().log().accounts.load(StreamId::account(town.account)).await?.state;
            ensure!(account.foreign_costs().count() == 1, "whoever came is paid for");
            // The next round begins without them.
            town.perform(town.there(), BeginSignIn::new(came[0].clone(), password(secret)?, None)).await?;
        }
        eprintln!("of {} races {ended} ended the scheme first, {held} did not", ended + held);
        Ok(())
    }

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
