//! An account-wide disable over hundreds of people who go on signing in: it holds from its own event on, the
//! report says so at the next read, and the writing of the resets comes after, once to each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use anyhow::{Context as _, Result, ensure};
use axum::body::Body;
use axum::http::Request;
use serde_json::Value;
use twofold_domain::account::AccountEvent;
use twofold_domain::device::Method;
use twofold_domain::ids::UserId;
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_infra::acts::{StepUp, Switch};
use twofold_infra::desk::Desk;
use twofold_infra::store::Recorded;
use twofold_projections::projector::Projector;
use twofold_projections::reset_fanout::ResetFanOut;
use twofold_tests::crowd::{Brings, arrive};
use twofold_tests::doors::Doors;
use twofold_tests::person::{Browser, Came, Person, otp};
use twofold_tests::race::rounds;
use twofold_tests::stories;
use twofold_tests::town::Town;

/// Everybody who is enrolled, the owner aside.
const ENROLLED: usize = 500;
/// Who never was, and keeps signing in.
const VISITORS: usize = 8;

async fn manager(desk: &Desk) -> Result<ResetFanOut> {
    let projector = Projector::install(desk.store().clone(), twofold_projections::all()).await?;
    Ok(ResetFanOut::new(desk.clone(), projector))
}

async fn get(doors: &Doors, who: &Person, path: &str) -> Result<Value> {
    let request = Request::get(path).header("authorization", format!("Bearer {}", who.session()?));
    let answer = doors.ask(request.body(Body::empty())?).await?;
    ensure!(answer.status.is_success(), "{path}: {} {}", answer.gist(), answer.body);
    Ok(answer.body)
}

/// How many people are in each state, and how many have anything of a second factor, by the report.
async fn standings(doors: &Doors, who: &Person) -> Result<(BTreeMap<String, usize>, usize)> {
    let report = get(doors, who, "/v1/reports/mfa-status").await?;
    let people = report["people"].as_array().context("a report of people")?;
    let mut states = BTreeMap::new();
    for person in people {
        *states.entry(person["state"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
    }
    let bare = |p: &&Value| p["factors"] == "" && p["trusted_devices"] == 0 && p["recovery_codes"].is_null();
    Ok((states, people.len() - people.iter().filter(bare).count()))
}

/// Signs in again and again, on both instances, until it is told to stop, and then once more.
async fn keep_coming(
    town: Arc<Town>,
    person: Person,
    stop: Arc<AtomicBool>,
    came: Arc<AtomicUsize>,
) -> Result<()> {
    for n in 0.. {
        let last = stop.load(Ordering::Acquire);
        let mut again = Person { browser: Browser::default(), ..person.clone() };
        let method = again.sign_in(&town, town.desk(n)).await?;
        ensure!(method == Method::Password, "{}: nothing was ever bound, but {method:?}", person.email);
        came.fetch_add(1, Ordering::Release);
        if last {
            break;
        }
    }
    Ok(())
}

/// The resets in somebody's stream, and their bindings, in the order of the log.
fn course_of(log: &[Recorded], user: UserId) -> Vec<&str> {
    let theirs = log.iter().filter(|event| event.stream.id.aggregate == user.uuid());
    let names = theirs.map(|event| event.event_type.as_str());
    names.filter(|name| matches!(*name, "TwoFactorReset" | "TwoFactorEnabled")).collect()
}

stories! {
    /// Rules: D1, D3.
    async fn a_disable_over_hundreds_who_sign_in_holds_at_the_next_read_and_reaches_each_once(town) {
        // Given hundreds of enrolled people, and others who sign in all the time.
        let people = rounds(ENROLLED);
        let mut owner = town.owner().await?;
        let mut enrolled = arrive(&town, &owner, people, Brings::Authenticator).await?;
        let visitors = arrive(&town, &owner, VISITORS, Brings::Password).await?;
        let mut auditor = owner.welcome(&town, Role::Auditor).await?;
        auditor.sign_in(&town, town.here()).await?;
        let doors = Doors::open(&town).await?;
        let everybody = people + 1 + VISITORS + 1;
        let (before, with_factors) = standings(&doors, &auditor).await?;
        ensure!(before["enabled"] == people + 1 && with_factors == people + 1, "{before:?}");
        let mut browser = Browser::default();
        let challenge = enrolled[0].challenged(&town, town.there(), &mut browser).await?;

        // When the owner switches it off for everyone while they come.
        let (stop, came) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let coming: Vec<_> = visitors
            .iter()
            .map(|v| tokio::spawn(keep_coming(Arc::clone(&town), v.clone(), Arc::clone(&stop), Arc::clone(&came))))
            .collect();
        while came.load(Ordering::Acquire) < VISITORS {
            tokio::task::yield_now().await;
        }
        let done = owner.disable_for(&town, town.here(), people as u64 + 1).await?;
        let position = done.position.context("a disable has a place in the log")?;

        // Then the next read, wherever it is, says that nobody has a second factor.
        let person = get(&doors, &auditor, &format!("/v1/users?min_position={position}&limit=1")).await?;
        ensure!(person["items"][0]["state"] == "off", "{person}");
        let (off, with_factors) = standings(&doors, &auditor).await?;
        ensure!(off == [("off".to_owned(), everybody)].into() && with_factors == 0, "{off:?}, {with_factors}");
        stop.store(true, Ordering::Release);
        for visitor in coming {
            visitor.await??;
        }
        ensure!(town.count("TwoFactorReset").await? == 0, "no reset is written yet, and none was needed");

        // And a challenge from before takes no code any more.
        let code = otp(&enrolled[0].code(&town)?)?;
        let late = enrolled[0].prove(&town, town.here(), &challenge, code, false).await?;
        ensure!(matches!(late, Came::Over(_)), "a code for a challenge from before the disable: {late:?}");

        // Nor does anybody's old code when it is on again: all stand where those stand who never enrolled.
        town.wait(Span::minutes(1));
        owner.sign_in(&town, town.here()).await?;
        owner.switch(&town, town.here(), Switch::Enable).await?;
        let (on, with_factors) = standings(&doors, &auditor).await?;
        ensure!(on == [("optional".to_owned(), everybody)].into() && with_factors == 0, "{on:?}, {with_factors}");
        for (n, person) in enrolled.iter_mut().enumerate() {
            let method = person.sign_in(&town, town.desk(n)).await?;
            ensure!(method == Method::Password, "{}: an old factor is still asked for", person.email);
            let act = StepUp { credential: person.credential()?, proof: otp(&person.code(&town)?)? };
            let came = Came::of_step_up(town.perform(town.desk(n), act).await)?;
            ensure!(!came.accepted(), "{}: an old code was good", person.email);
        }

        // When somebody enrols anew before the writing comes by, on two instances at once.
        let early = enrolled.first_mut().context("hundreds of people")?;
        early.enrol(&town, town.there()).await?;
        let early = early.user;
        let (here, there) = (manager(town.here()).await?, manager(town.there()).await?);
        let (one, other) = tokio::join!(here.finish(), there.finish());
        one?;
        other?;

        // Then each of those announced has one reset, and the closing event says exactly that.
        let log = town.log().await?;
        let reset: Vec<UserId> = log
            .iter()
            .filter(|event| event.event_type == "TwoFactorReset")
            .map(|event| UserId::from_uuid(event.stream.id.aggregate))
            .collect();
        let announced: BTreeSet<UserId> = enrolled.iter().map(|p| p.user).chain([owner.user]).collect();
        ensure!(reset.len() == announced.len(), "{} resets for {} people", reset.len(), announced.len());
        ensure!(reset.into_iter().collect::<BTreeSet<_>>() == announced, "exactly those announced");
        let (_, disabled) = town.last_disable().await?;
        let AccountEvent::AccountTwoFactorDisabled { digest, people: count, .. } = disabled else {
            anyhow::bail!("the last disable is one");
        };
        let closed: Vec<&Recorded> = log.iter().filter(|e| e.event_type == "ResetFanOutCompleted").collect();
        let [closed] = closed.as_slice() else { anyhow::bail!("closed {} times", closed.len()) };
        let proof: Value = serde_json::from_str(&closed.payload)?;
        let said = &proof["ResetFanOutCompleted"];
        ensure!(said["digest"] == digest && said["people"] == count, "{proof} for {digest}, {count}");
        ensure!(count == announced.len() as u64, "{count} announced");

        // And whoever enrolled anew was reset before that, and not again.
        ensure!(course_of(&log, early) == ["TwoFactorEnabled", "TwoFactorReset", "TwoFactorEnabled"]);
        town.wait(Span::minutes(1));
        enrolled[0].challenged(&town, town.here(), &mut Browser::default()).await?;
        let (after, _) = standings(&doors, &auditor).await?;
        ensure!(after["enabled"] == 1 && after["optional"] == everybody - 1, "{after:?}");
        Ok(())
    }
}
