//! An instant that has passed has one answer, from the first time that it is asked for.

use anyhow::{Context as _, Result, ensure};
use axum::body::Body;
use axum::http::Request;
use futures::future::{join_all, try_join};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_tests::doors::Doors;
use twofold_tests::person::{Browser, Person};
use twofold_tests::stories;

/// Rounds of somebody who asks while others write.
const ROUNDS: usize = 40;
/// Who writes at once, on two servers.
const WRITERS: usize = 8;

/// The event that a path is answered as of, and the body.
async fn ask(doors: &Doors, who: &Person, path: &str) -> Result<(String, String)> {
    let request = Request::builder().uri(path).header("authorization", format!("Bearer {}", who.session()?));
    let (status, headers, body) = doors.take(request.body(Body::empty())?).await?;
    let body = String::from_utf8_lossy(&body).into_owned();
    ensure!(status.is_success(), "{path}: {status} {body}");
    let event = headers.get("twofold-position").context("no event")?;
    Ok((event.to_str()?.to_owned(), body))
}

stories! {
    /// Whoever asks for an instant, and for the same one again later, gets the same event and the same bytes, however
    /// many others were writing the first time.
    ///
    /// Rules: S3.
    async fn an_instant_has_one_answer_while_others_write(town) {
        let mut owner = town.owner().await?;
        owner.enrol(&town, town.here()).await?;
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let doors = Doors::open(&town).await?;
        let mut answered = vec![];
        for round in 0..ROUNDS {
            let now = town.wait(Span::seconds(1));
            let write = |n: usize| {
                let (town, agent) = (&town, &agent);
                async move { agent.begin(town, town.desk(n % 2), &mut Browser::default()).await }
            };
            let path = match round % 4 {
                0 => format!("/v1/reports/timeline?subject={}&as_of={now}", agent.user),
                1 => format!("/v1/reports/mfa-status?as_of={now}"),
                2 => format!("/v1/events?to={now}&limit=5"),
                _ => format!("/v1/users/{}/devices?as_of={now}", agent.user),
            };
            let (told, wrote) = try_join(ask(&doors, &owner, &path), async {
                Ok(join_all((0..WRITERS).map(write)).await)
            })
            .await?;
            ensure!(wrote.into_iter().all(|done| done.is_ok()), "somebody could not write");
            answered.push((path, told));
        }
        for (path, (event, body)) in answered {
            let again = ask(&doors, &owner, &path).await?;
            ensure!(again.0 == event, "{path}: as of event {event} first, and of {} later", again.0);
            ensure!(again.1 == body, "{path}: other bytes as of event {event}");
        }
        Ok(())
    }

    /// The log up to an event is as of that event's own instant, and the same bytes whenever it is asked for.
    ///
    /// Rules: S3, S9.
    async fn the_log_up_to_an_event_is_as_of_its_instant(town) {
        let mut owner = town.owner().await?;
        owner.enrol(&town, town.here()).await?;
        let doors = Doors::open(&town).await?;
        let events = town.log().await?;
        for event in [&events[2], &events[events.len() - 1]] {
            let (number, at) = (event.account_seq, event.recorded_at.to_string());
            let path = format!("/v1/events?at_event={number}&limit=3");
            let first = ask(&doors, &owner, &path).await?;
            let body: serde_json::Value = serde_json::from_str(&first.1)?;
            ensure!(body["as_of"]["event"] == number && body["as_of"]["at"] == at, "{}", body["as_of"]);
            town.wait(Span::minutes(1));
            ensure!(ask(&doors, &owner, &path).await? == first, "other bytes up to event {number}");
            // Both ends at once: the sooner.
            let both = ask(&doors, &owner, &format!("{path}&to={at}")).await?;
            ensure!(both.0 == number.to_string(), "{}", both.0);
        }
        Ok(())
    }

    /// What is of today's session says nothing of the past, and who was erased since is said to be.
    ///
    /// Rules: S3.
    async fn a_view_of_the_past_says_nothing_of_the_session_that_asks_and_who_was_erased_since(town) {
        let mut owner = town.owner().await?;
        owner.enrol(&town, town.here()).await?;
        let customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let doors = Doors::open(&town).await?;
        owner.step_up(&town, town.here()).await?;
        let post = async |owner: &Person, path: String, body: &'static str| -> Result<()> {
            let post = Request::builder().method("POST").uri(path);
            let post = post.header("authorization", format!("Bearer {}", owner.session()?));
            let post = post.header("content-type", "application/json").body(Body::from(body))?;
            let (status, _, body) = doors.take(post).await?;
            ensure!(status.is_success(), "{status} {}", String::from_utf8_lossy(&body));
            Ok(())
        };
        post(&owner, format!("/v1/users/{}/freeze", customer.user), r#"{"reason":"a call at night"}"#).await?;
        let end = town.log().await?.len();
        let of = async |path: &str, event: Option<usize>| -> Result<serde_json::Value> {
            let event = event.map(|event| format!("?at_event={event}")).unwrap_or_default();
            Ok(serde_json::from_str(&ask(&doors, &owner, &format!("{path}{event}")).await?.1)?)
        };
        for what in ["devices", "sessions"] {
            let path = format!("/v1/users/{}/{what}", owner.user);
            let (now, then) = (of(&path, None).await?, of(&path, Some(end)).await?);
            ensure!(now["items"][0]["current"] == true, "{now}");
            ensure!(then["items"][0].get("id").is_some() && then["items"][0].get("current").is_none(), "{then}");
        }
        let person = format!("/v1/users/{}", customer.user);
        ensure!(of(&person, Some(end)).await?.get("erased_since").is_none());
        owner.step_up(&town, town.here()).await?;
        let at = town.wait(Span::minutes(1));
        post(&owner, format!("{person}/erase"), r#"{"reason":"they asked"}"#).await?;
        let of = async |path: &str, event: usize| -> Result<serde_json::Value> {
            Ok(serde_json::from_str(&ask(&doors, &owner, &format!("{path}?at_event={event}")).await?.1)?)
        };
        let listed = of("/v1/users", end).await?;
        let listed = listed["items"].as_array().context("people")?;
        let listed = listed.iter().find(|row| row["id"] == customer.user.to_string()).context("the row")?;
        for shown in [&of(&person, end).await?, listed] {
            ensure!(shown["erased"] == false && shown.get("name").is_none(), "{shown}");
            ensure!(shown["erased_since"] == at.to_string(), "{shown} at {at}");
        }
        let cases = of("/v1/recovery-cases", end).await?;
        let case = cases["cases"][0]["case"].as_str().context("a case")?.to_owned();
        let case = of(&format!("/v1/recovery-cases/{case}"), end).await?;
        for shown in [&of(&format!("{person}/devices"), end).await?, &cases["cases"][0], &case] {
            ensure!(shown["erased_since"] == at.to_string(), "{shown} at {at}");
        }
        Ok(())
    }
}
