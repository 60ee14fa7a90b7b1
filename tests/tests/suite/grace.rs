//! Days of grace, for each person from when they came into the requirement: over HTTP, with sign-ins, reports, and time.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use twofold_domain::ids::GroupId;
use twofold_domain::policy::{Audience, AudiencePolicy, RequiredOf, Role};
use twofold_domain::time::{Span, Timestamp};
use twofold_tests::person::{Person, save_policies};
use twofold_tests::stories;
use twofold_tests::town::Town;

use super::visit::{Visit, code, text};

const GRACE_DAYS: u16 = 7;

/// What the report says of somebody: their state, the rule behind it, and since when one is required of them.
async fn reported(
    visit: &Visit<'_>,
    who: &Person,
    of: &Person,
    asked: &str,
) -> Result<(String, String, Value)> {
    let report = visit.grant(who, "GET", &format!("/v1/reports/mfa-status{asked}"), Value::Null).await?;
    let people = report["people"].as_array().context("a report of people")?;
    let line = people.iter().find(|line| line["user"] == of.user.to_string()).context("a line of theirs")?;
    Ok((text(line, "/state")?, text(line, "/rule")?, line["required_since"].clone()))
}

/// Requires a second factor of some of the team, with days of grace.
async fn require(town: &Town, owner: &Person, of: RequiredOf) -> Result<()> {
    let grace_days = GRACE_DAYS;
    let policy = AudiencePolicy { required: true, required_of: of, grace_days, ..AudiencePolicy::TEAM };
    save_policies(town, town.here(), owner, [(Audience::Team, policy)].into()).await
}

/// Lets days pass; the owner comes back with a fresh proof.
async fn days(town: &Town, visit: &Visit<'_>, owner: &mut Person, days: i64) -> Result<Timestamp> {
    town.wait(Span::days(days));
    visit.sign_in(owner).await?;
    Ok(town.now())
}

/// What a sign-in leads to: with `enrol` nothing else can be done.
async fn comes_to(visit: &Visit<'_>, who: &mut Person) -> Result<String> {
    text(&visit.sign_in(who).await?, "/result")
}

async fn group(visit: &Visit<'_>, owner: &Person, name: &str) -> Result<(String, GroupId)> {
    let made = visit.grant(owner, "POST", "/v1/groups", json!({ "name": name })).await?;
    let group = text(&made, "/group")?;
    let id = group.parse().ok().context("an id")?;
    Ok((group, id))
}

stories! {
    /// Rules: P5, S1.
    async fn grace_begins_for_each_person_when_they_come_into_the_requirement(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let (night, id) = group(&visit, &owner, "Night shift").await?;
        let mut in_group = owner.welcome(&town, Role::Agent).await?;
        let mut promoted = owner.welcome(&town, Role::Agent).await?;
        let mut bystander = owner.welcome(&town, Role::Auditor).await?;
        let some = RequiredOf { roles: BTreeSet::from([Role::Admin]), groups: BTreeSet::from([id]) };
        let asked_at = town.now();
        require(&town, &owner, some).await?;

        // Long after the account's own grace was over, somebody is put into the group, somebody becomes an
        // administrator, and somebody is registered as one.
        let came_at = days(&town, &visit, &mut owner, 30).await?;
        let groups = |groups: Value| json!({ "groups": groups });
        let of_group = format!("/v1/users/{}", in_group.user);
        visit.grant(&owner, "PATCH", &of_group, groups(json!([night]))).await?;
        visit.grant(&owner, "POST", &format!("/v1/users/{}/role", promoted.user), json!({ "role": "admin" })).await?;
        let mut late = owner.welcome(&town, Role::Admin).await?;
        let since = json!(came_at.to_string());
        for who in [&mut in_group, &mut promoted, &mut late] {
            ensure!(comes_to(&visit, who).await? == "complete", "{} has the whole grace", who.email);
            let (state, rule, said) = reported(&visit, &owner, who, "").await?;
            ensure!((&*state, &*rule) == ("optional", "grace") && said == since, "{state} {rule} {said}");
        }
        let (_, rule, said) = reported(&visit, &owner, &bystander, "").await?;
        ensure!(rule == "policy_optional" && said.is_null(), "{rule} {said}");
        let (_, _, said) = reported(&visit, &owner, &owner, "").await?;
        ensure!(said.is_null(), "owners are not named: {said}");

        // To the day, and not longer.
        days(&town, &visit, &mut owner, i64::from(GRACE_DAYS) - 1).await?;
        for who in [&mut in_group, &mut promoted, &mut late] {
            ensure!(comes_to(&visit, who).await? == "complete", "{} has a day left", who.email);
        }
        days(&town, &visit, &mut owner, 1).await?;
        for who in [&mut in_group, &mut promoted, &mut late] {
            ensure!(comes_to(&visit, who).await? == "enrol", "{}: the grace is over", who.email);
            let (state, _, said) = reported(&visit, &owner, who, "").await?;
            ensure!(state == "pending" && said == since, "{state} {said}");
        }

        // Wider: whoever was in it keeps their date, whoever was not has the date of the widening.
        let widened_at = days(&town, &visit, &mut owner, 1).await?;
        require(&town, &owner, RequiredOf::EVERYONE).await?;
        let (state, rule, said) = reported(&visit, &owner, &bystander, "").await?;
        ensure!((&*state, &*rule) == ("optional", "grace") && said == json!(widened_at.to_string()), "{rule} {said}");
        ensure!(comes_to(&visit, &mut bystander).await? == "complete", "a grace of their own");
        for who in [&mut in_group, &mut promoted, &mut late] {
            ensure!(comes_to(&visit, who).await? == "enrol", "{}: nothing began anew", who.email);
        }

        // Another role within the requirement, and leaving a group that is not what holds them, begin nothing anew.
        visit.grant(&owner, "PATCH", &of_group, groups(json!([]))).await?;
        visit.grant(&owner, "POST", &format!("/v1/users/{}/role", promoted.user), json!({ "role": "auditor" })).await?;
        for who in [&mut in_group, &mut promoted] {
            ensure!(comes_to(&visit, who).await? == "enrol", "{}: nothing began anew", who.email);
            let (_, _, said) = reported(&visit, &owner, who, "").await?;
            ensure!(said == since, "{said}");
        }

        // Of a day long ago the report says what was so then.
        let then = format!("?as_of={}", (came_at - Span::days(1)));
        let (state, rule, said) = reported(&visit, &owner, &in_group, &then).await?;
        ensure!((&*state, &*rule) == ("optional", "policy_optional") && said.is_null(), "{state} {rule} {said}");
        let then = format!("?as_of={}", (came_at + Span::days(1)));
        let (state, rule, said) = reported(&visit, &owner, &in_group, &then).await?;
        ensure!((&*state, &*rule) == ("optional", "grace") && said == since, "{state} {rule} {said}");

        // Exposure says what set the time at which the grace was over.
        let path = format!("/v1/reports/exposure?from={asked_at}&population=team");
        let spans = visit.grant(&owner, "GET", &path, Value::Null).await?;
        let spans: Vec<&Value> = spans["spans"].as_array().context("spans")?.iter().collect();
        for (who, event) in [(&in_group, "GroupsChanged"), (&promoted, "RoleChanged"), (&late, "UserRegistered")] {
            let theirs: Vec<_> = spans.iter().filter(|span| span["user"] == who.user.to_string()).collect();
            let [grace, over] = theirs[..] else { anyhow::bail!("{theirs:?}") };
            ensure!(grace["why"] == "grace" && grace["began"] == since && grace["began_by"] == event, "{grace}");
            ensure!(over["why"] == "policy_requires" && over["began_by"] == "grace_over", "{over}");
            ensure!(over["began_event"] == grace["began_event"], "the time was set by {event}: {over}");
        }
        Ok(())
    }

    /// Rules: P5.
    async fn whoever_leaves_and_returns_has_a_new_grace_in_the_log_and_nobody_gives_it_to_themselves(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let (night, id) = group(&visit, &owner, "Night shift").await?;
        let mut admin = owner.welcome(&town, Role::Admin).await?;
        require(&town, &owner, RequiredOf { roles: BTreeSet::new(), groups: BTreeSet::from([id]) }).await?;
        let path = format!("/v1/users/{}", admin.user);
        visit.grant(&owner, "PATCH", &path, json!({ "groups": [night] })).await?;
        days(&town, &visit, &mut owner, i64::from(GRACE_DAYS) - 1).await?;
        ensure!(comes_to(&visit, &mut admin).await? == "complete", "a day is left");

        // An administrator without a second factor moves nobody between groups, themselves least of all.
        let own = visit.ask(&admin, "PATCH", &path, json!({ "groups": [] })).await?;
        code(&own, "401 insufficient_user_authentication")?;
        days(&town, &visit, &mut owner, 1).await?;
        ensure!(comes_to(&visit, &mut admin).await? == "enrol", "the grace is over");
        let own = visit.ask(&admin, "PATCH", &path, json!({ "groups": [] })).await?;
        code(&own, "403 enrol_first")?;

        // Somebody else can, and that is on record each time.
        visit.grant(&owner, "PATCH", &path, json!({ "groups": [] })).await?;
        let returned = days(&town, &visit, &mut owner, 1).await?;
        ensure!(comes_to(&visit, &mut admin).await? == "complete", "nothing is required of them");
        visit.grant(&owner, "PATCH", &path, json!({ "groups": [night] })).await?;
        let (state, rule, said) = reported(&visit, &owner, &admin, "").await?;
        ensure!((&*state, &*rule) == ("optional", "grace") && said == json!(returned.to_string()), "{rule} {said}");
        let log = format!("/v1/events?type=GroupsChanged&subject={}", admin.user);
        let log = visit.grant(&owner, "GET", &log, Value::Null).await?;
        let moves = log["items"].as_array().context("events")?;
        ensure!(moves.len() == 3 && moves.iter().all(|moved| moved["actor"] == owner.user.to_string()), "{log}");

        // An owner who suspends, and resumes, begins no grace anew.
        days(&town, &visit, &mut owner, i64::from(GRACE_DAYS) - 1).await?;
        let suspended = visit.throw(&owner, "suspend").await?;
        ensure!(suspended.status == 200, "{} {}", suspended.gist(), suspended.body);
        days(&town, &visit, &mut owner, 2).await?;
        visit.freshen(&mut owner).await?;
        let resumed = visit.throw(&owner, "resume").await?;
        ensure!(resumed.status == 200, "{} {}", resumed.gist(), resumed.body);
        ensure!(comes_to(&visit, &mut admin).await? == "enrol", "the days went on");
        Ok(())
    }
}
