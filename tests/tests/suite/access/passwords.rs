//! E-mail address and password on requests.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use twofold_domain::account::{AccountError, Change, Counts, Effect, PolicyError, Unconfirmed};
use twofold_domain::policy::{Audience, AudiencePolicy, PasswordApi, Role};
use twofold_domain::time::Span;
use twofold_infra::acts::{ActError, Begun, ChangePolicies, SchedulePolicy, SetFloors};
use twofold_tests::doors::{Answer, Doors};
use twofold_tests::person::{Browser, Person, shown};
use twofold_tests::race::at_once;
use twofold_tests::stories;
use twofold_tests::town::Town;

use super::{Both, Shows, ask, gist, save, send};

const CROWD: usize = 64;
/// Wrong tries in a row that are looked at before the first wait.
const LOOKED_AT: usize = 5;

/// Reads the people of the account with somebody's password.
async fn read(town: &Town, doors: &Doors, who: &Person, password: &str) -> Result<Answer> {
    let account = town.account.to_string();
    let named = [("twofold-account", account.as_str()), ("user-agent", "nightly/1")];
    send(doors, "GET", "/v1/users", Shows::Password(&who.email, password), Value::Null, &named).await
}

stories! {
    /// Rules: A2.
    async fn guesses_on_requests_share_the_budget_of_sign_ins(town) {
        let owner = town.owner().await?;
        let agent = owner.welcome(&town, Role::Agent).await?;
        let doors = Arc::new(Both::open(&town).await?);
        let before = town.count("PasswordRejected").await?;
        let came = at_once(CROWD, |i| {
            let (town, doors, agent) = (Arc::clone(&town), Arc::clone(&doors), agent.clone());
            async move {
                // Half of them guess at the sign-in, half on requests, on both servers.
                if i % 4 < 2 {
                    let side = if i % 2 == 0 { &doors.here } else { &doors.there };
                    return read(&town, side, &agent, "not their password").await.map(|a| a.gist());
                }
                let wrong = Person { password: "not their password".to_owned(), ..agent };
                let begun = wrong.begin(&town, town.desk(i), &mut Browser::default()).await?;
                ensure!(matches!(begun, Begun::Refused), "a wrong password opens nothing");
                Ok("401 sign_in_refused".to_owned())
            }
        });
        for answer in came.await? {
            let gist = answer?;
            ensure!(gist == "401 sign_in_refused", "all look the same: {gist}");
        }
        let charged = town.count("PasswordRejected").await? - before;
        ensure!(charged == LOOKED_AT, "of {CROWD} guesses {LOOKED_AT} are looked at, not {charged}");
        // Behind the wait even the right one looks wrong, at both.
        gist(&read(&town, &doors.there, &agent, &agent.password).await?, "401 sign_in_refused", "locked")?;
        let begun = agent.begin(&town, town.here(), &mut Browser::default()).await?;
        ensure!(matches!(begun, Begun::Refused), "at the sign-in as well");
        town.wait(Span::minutes(1));
        gist(&read(&town, &doors.here, &agent, &agent.password).await?, "200", "after the wait")?;
        Ok(())
    }

    /// Rules: A2.
    async fn only_whoever_knows_the_password_learns_that_it_opens_nothing(town) {
        let owner = town.owner().await?;
        let agent = owner.welcome(&town, Role::Agent).await?;
        let enrolled = owner.welcome_enrolled(&town, Role::Agent).await?;
        let doors = Both::open(&town).await?;
        let nobody = town.somebody(Role::Agent);
        gist(&read(&town, &doors.here, &nobody, &nobody.password).await?, "401 sign_in_refused", "nobody")?;
        gist(&read(&town, &doors.here, &agent, &agent.password).await?, "200", "nothing more is asked of them")?;
        gist(&read(&town, &doors.here, &enrolled, "a guess").await?, "401 sign_in_refused", "wrong")?;
        let off = read(&town, &doors.there, &enrolled, &enrolled.password).await?;
        gist(&off, "403 password_access_off", "right, but they have a second factor")?;
        ensure!(off.body["setting"] == "second_factor" && off.body["since"].is_string(), "{}", off.body);
        ensure!(off.body["alternatives"][0] == "api_token", "{}", off.body);

        let stranger = owner.welcome(&town, Role::EndUser).await?;
        gist(&read(&town, &doors.here, &stranger, &stranger.password).await?, "403 forbidden", "not with this role")?;
        save(&town, &owner, Audience::Team, |p| p.required = true).await?;
        let off = read(&town, &doors.there, &agent, &agent.password).await?;
        gist(&off, "403 password_access_off", "one is required of them")?;
        ensure!(off.body["setting"] == "required" && off.body["since"].is_string(), "{}", off.body);
        gist(&read(&town, &doors.here, &agent, "a guess").await?, "401 sign_in_refused", "wrong, as before")?;
        // Once a day and outcome.
        ensure!(town.count("PasswordAccessUsed").await? == 4, "{}", town.count("PasswordAccessUsed").await?);
        read(&town, &doors.there, &agent, &agent.password).await?;
        ensure!(town.count("PasswordAccessUsed").await? == 4, "not twice a day");
        Ok(())
    }

    /// Rules: A2, A3.
    async fn an_announced_end_warns_until_it_comes_and_the_report_says_whom_it_breaks(town) {
        let mut owner = town.owner().await?;
        let agent = owner.welcome(&town, Role::Agent).await?;
        let doors = Both::open(&town).await?;
        let path = format!("/v1/accounts/{}/integrations", town.account);
        let report = async |owner: &Person| {
            ask(&doors.there, "GET", &path, Shows::Bearer(owner.session()?), Value::Null).await
        };
        gist(&read(&town, &doors.here, &agent, &agent.password).await?, "200", "open")?;
        let entry = |answer: &Answer| answer.body["passwords"][0].clone();
        let first = entry(&report(&owner).await?);
        ensure!(first["now"] == "open" && first["breaks_if_required"] == true, "{first}");
        ensure!(first["user_agent"] == "nightly/1" && first["outcome"] == "allowed", "{first}");
        ensure!(first["breaks_at"].is_null(), "{first}");

        let end = town.now() + Span::days(7);
        save(&town, &owner, Audience::Team, |p| {
            p.required = true;
            p.password_api = PasswordApi::Until(end);
        })
        .await?;
        let warned = read(&town, &doors.there, &agent, &agent.password).await?;
        gist(&warned, "200", "until then")?;
        for name in ["deprecation", "sunset", "warning"] {
            ensure!(warned.headers.contains_key(name), "{name}: {:?}", warned.headers);
        }
        let then = entry(&report(&owner).await?);
        ensure!(then["now"] == "ending" && then["outcome"] == "warned", "{then}");
        ensure!(then["breaks_at"] == end.to_string() && then["breaks_if_required"] == false, "{then}");

        town.wait(Span::days(7));
        let over = read(&town, &doors.here, &agent, &agent.password).await?;
        gist(&over, "403 password_access_off", "the end has come")?;
        ensure!(over.body["setting"] == "password_api" && over.body["since"] == end.to_string(), "{}", over.body);
        owner.sign_in(&town, town.here()).await?;
        let last = entry(&report(&owner).await?);
        ensure!(last["now"] == "off" && last["outcome"] == "refused", "{last}");
        Ok(())
    }

    /// Rules: P9, P10, P11, A2.
    async fn whoever_opens_the_api_to_passwords_past_second_factors_confirms_whose_and_not_below_the_floor(town) {
        let owner = town.owner().await?;
        let admin = owner.welcome_enrolled(&town, Role::Admin).await?;
        let doors = Both::open(&town).await?;
        let end = town.now() + Span::days(30);
        let opens = AudiencePolicy { password_api: PasswordApi::Until(end), ..AudiencePolicy::TEAM };
        let wish = async |by: &Person, statement| {
            let policies = [(Audience::Team, opens.clone())].into();
            let (credential, seen) = (by.credential()?, town.account_version(town.here()).await?);
            let act = ChangePolicies { credential, seen, policies, statement };
            anyhow::Ok(town.perform(town.here(), act).await)
        };
        let enrolled = [&owner, &admin].iter().filter(|person| person.phone.is_some()).count() as u64;
        let expected = Unconfirmed::Unseen { effect: Effect::PasswordSuffices, people: enrolled };
        match wish(&owner, None).await? {
            Err(ActError::Account(AccountError::Unconfirmed(unseen))) => ensure!(unseen == expected, "{unseen:?}"),
            other => bail!("it concerns people: {other:?}"),
        }
        // An owner's to allow, also where no floor says so.
        match wish(&admin, None).await? {
            Err(ActError::Account(AccountError::Demand(PolicyError::BelowFloor { field: "password_api", .. }))) => {}
            other => bail!("it is an owner's to begin: {other:?}"),
        }
        gist(&read(&town, &doors.there, &admin, &admin.password).await?, "403 password_access_off", "not saved")?;

        // The floor that an owner sets lets nobody do it, and withdraws what was scheduled so.
        let (audience, policy, begins_at) = (Audience::Team, opens.clone(), town.now() + Span::days(1));
        let change = Change::Schedule { audience, policy: policy.clone(), begins_at };
        let statement = Some(shown(&town, town.here(), &change, &Counts::new()).await?);
        let (credential, seen) = (owner.credential()?, town.account_version(town.here()).await?);
        town.perform(town.here(), SchedulePolicy { credential, seen, audience, policy, begins_at, statement }).await?;
        let (credential, seen) = (owner.credential()?, town.account_version(town.here()).await?);
        let floors = [(Audience::Team, Some(AudiencePolicy::TEAM))].into();
        town.perform(town.there(), SetFloors { credential, seen, floors }).await?;
        ensure!(town.count("PolicyScheduleCancelled").await? == 1, "what was scheduled is withdrawn");
        match wish(&admin, None).await? {
            Err(ActError::Account(AccountError::Demand(PolicyError::BelowFloor { field: "password_api", .. }))) => {}
            other => bail!("it is looser than the floor: {other:?}"),
        }
        town.wait(Span::days(2));
        gist(&read(&town, &doors.here, &admin, &admin.password).await?, "403 password_access_off", "nor by then")?;
        Ok(())
    }

    /// Rules: A2.
    async fn a_password_on_a_request_only_reads_and_no_cookie_stands_in_for_a_wrong_one(town) {
        let owner = town.owner().await?;
        let agent = owner.welcome(&town, Role::Agent).await?;
        let mut signed_in = agent.clone();
        signed_in.sign_in(&town, town.here()).await?;
        let doors = Both::open(&town).await?;
        let account = town.account.to_string();
        let cookie = format!("__Host-twofold_session={}", signed_in.session()?);
        let named = [("twofold-account", account.as_str()), ("cookie", cookie.as_str())];
        let right = Shows::Password(&agent.email, &agent.password);
        let wrong = Shows::Password(&agent.email, "a guess");

        let by_cookie = send(&doors.here, "GET", "/v1/users", Shows::Nothing, Value::Null, &named[1..]).await?;
        gist(&by_cookie, "200", "the cookie alone is good")?;
        let mixed = send(&doors.here, "GET", "/v1/users", wrong, Value::Null, &named).await?;
        gist(&mixed, "401 sign_in_refused", "a wrong password beside a good cookie")?;
        for (method, path) in [("POST", "/v1/sign-out"), ("GET", "/v1/me"), ("GET", "/v1/api-tokens")] {
            let answer = send(&doors.there, method, path, right, Value::Null, &named).await?;
            gist(&answer, "401 unauthenticated", path)?;
        }
        let nowhere = ask(&doors.here, "GET", "/v1/users", right, Value::Null).await?;
        gist(&nowhere, "401 unauthenticated", "no account named")?;
        ensure!(town.count("SessionEnded").await? == 0, "nothing was done in the cookie's session");
        let sessions = town.count("SessionStarted").await?;
        send(&doors.here, "GET", "/v1/users", right, Value::Null, &named[..1]).await?;
        ensure!(town.count("SessionStarted").await? == sessions, "no session comes of it");

        let neighbour = town.neighbour();
        neighbour.owner().await?;
        let path = format!("/v1/accounts/{}", neighbour.account);
        let other = ask(&doors.here, "GET", &path, right, Value::Null).await?;
        gist(&other, "401 sign_in_refused", "nobody of another account")?;
        neighbour.close().await.context("the neighbour")?;
        Ok(())
    }
}
