//! `integrations` says what the domain's own states say, at many random points of invented histories.

use std::collections::BTreeMap;

use anyhow::ensure;
use twofold_domain::access::password_door;
use twofold_domain::account::Account;
use twofold_domain::policy::{AudiencePolicy, RequiredOf};
use twofold_domain::time::Timestamp;
use twofold_domain::user::{Familiarity, PasswordAccess, User, UserEvent};
use twofold_projections::fact::Event;
use twofold_projections::reports::Cell;
use twofold_tests::both;

use super::naive::Naive;
use super::{History, text};

/// What would become of a password: as a request that shows it would be answered.
fn door(account: &Account, user: &User, at: Timestamp) -> &'static str {
    let locked = user.password_locked(Familiarity::Stranger);
    if account.closed || user.deactivated || user.frozen.is_some() || locked || user.password.is_none() {
        return "off";
    }
    // A reset that fell due is written before anything else.
    let mut user = user.clone();
    if let Some(due) = user.due_reset(at) {
        let (cause, effective_at) =
            (twofold_domain::user::ResetCause::StaffAfterWait { scheduled_at: due.since }, due.due_at);
        user.evolve(&UserEvent::TwoFactorReset { cause, effective_at });
    }
    match account.password_door(&user, at) {
        Err(_) => "off",
        Ok(Some(_)) => "ending",
        Ok(None) => "open",
    }
}

fn breaks_if_required(account: &Account, user: &User, at: Timestamp) -> bool {
    let Some(whom) = user.whom() else { return false };
    let policy = account.policy(whom.role.audience(), at);
    let stricter = AudiencePolicy { required: true, required_of: RequiredOf::EVERYONE, ..policy.clone() };
    door(account, user, at) != "off" && password_door(&stricter, whom, None, None, None, at).is_err()
}

both! {
    /// Rules: S7.
    async fn integrations_are_those_of_the_domains_own_fold(db) {
        let history = History::new(db.store().await?, 3_000).await?;
        let (mut passwords, mut tokens) = (0, 0);
        for as_of in history.points().await? {
            let at = as_of.instant;
            let (mut naive, mut shown) = (Naive::default(), BTreeMap::new());
            naive.read(&history.store, history.account, as_of.position, |_, fact| {
                if let Event::User(user, UserEvent::PasswordAccessUsed { outcome, at, .. }) = &fact.event {
                    let last: &mut BTreeMap<PasswordAccess, Timestamp> = shown.entry(*user).or_default();
                    last.insert(*outcome, *at);
                }
            }).await?;
            let rows = history.ask("integrations", as_of, &[]).await?;
            let mut expected = vec![];
            for (user, outcomes) in &shown {
                let person = &naive.people[user];
                let Some(last) = outcomes.values().max().filter(|_| !person.erased) else { continue };
                let now = door(&naive.account, person, at);
                expected.push((user.to_string(), last.to_string(), now.to_owned(), breaks_if_required(&naive.account, person, at).to_string()));
            }
            let found: Vec<_> = rows.iter().filter(|row| text(&row[0]) == "password")
                .map(|row| (text(&row[1]), text(&row[9]), text(&row[11]), text(&row[12]))).collect();
            ensure!(found == expected, "{found:?}, not {expected:?} at {as_of:?}");
            passwords += found.len();

            let of_people = naive.people.iter().flat_map(|(user, person)| {
                person.tokens.iter().map(move |(token, held)| (token, held, user.to_string()))
            });
            let of_programs = naive.account.clients.iter().flat_map(|(client, program)| {
                program.tokens.iter().map(move |(token, held)| (token, held, client.to_string()))
            });
            let good = of_people.chain(of_programs).filter(|(_, held, _)| held.good(at) && !naive.account.closed);
            let expected: BTreeMap<_, _> = good.map(|(token, held, whose)| {
                (token.to_string(), (whose, held.expires_at.map(|end| end.to_string()).unwrap_or_default()))
            }).collect();
            let found: BTreeMap<_, _> = rows.iter().filter(|row| text(&row[0]) == "token").map(|row| {
                let whose = if row[1] == Cell::Empty { text(&row[3]) } else { text(&row[1]) };
                (text(&row[5]), (whose, text(&row[13])))
            }).collect();
            ensure!(found == expected, "{found:?}, not {expected:?} at {as_of:?}");
            ensure!(rows.iter().all(|row| row[3] == Cell::Empty || row[4] != Cell::Empty), "programs have names");
            tokens += found.len();
        }
        ensure!(passwords > 0 && tokens > 0, "{passwords} passwords, {tokens} tokens");
        Ok(())
    }
}
