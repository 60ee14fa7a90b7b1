//! What the console's pages say to whoever opens them: in which language, and how long a password they take.

use anyhow::{Result, ensure};
use axum::body::Body;
use axum::http::Request;
use serde_json::json;
use twofold_domain::policy::{Audience, AudiencePolicy, Role};
use twofold_domain::time::Span;
use twofold_tests::doors::Doors;
use twofold_tests::person::{Browser, Person, save_policies};
use twofold_tests::stories;

use super::visit::Visit;

/// A page as a browser gets it that prefers English, in somebody's session or in nobody's.
async fn page(doors: &Doors, who: Option<&Person>, path: &str) -> Result<String> {
    let mut request = Request::get(path).header("accept-language", "en").header("accept", "text/html");
    if let Some(who) = who {
        request = request.header("cookie", format!("__Host-twofold_session={}", who.session()?));
    }
    let (status, text) = doors.read(request.body(Body::empty())?).await?;
    ensure!(status == 200, "{path}: {status} {text}");
    Ok(text)
}

fn speaks(page: &str, language: &str) -> bool {
    page.contains(&format!("<html lang=\"{language}\">"))
}

stories! {
    /// Rules: H1, H2, P12.
    async fn a_link_says_how_long_a_password_it_takes_of_this_person(town) {
        let doors = Doors::open(&town).await?;
        let owner = town.owner().await?;
        let asks = |p: AudiencePolicy| save_policies(&town, town.here(), &owner, [(Audience::Team, p)].into());
        let alone = AudiencePolicy { password_length_alone: 20, ..AudiencePolicy::TEAM };
        let beside = AudiencePolicy { required: true, password_length: 11, ..alone.clone() };
        for (policy, least) in [(AudiencePolicy::TEAM, 15), (alone, 20), (beside, 11)] {
            asks(policy).await?;
            let mut person = town.somebody(Role::Agent);
            owner.invite(&town, town.here(), person.card()).await?;
            let link = town.mailed_link(person.user).await?;
            let at = link.find("/setup/").map_or(&*link, |at| &link[at..]);
            let shown = page(&doors, None, at).await?;
            ensure!(shown.contains(&format!("At least {least} characters")), "{least}: {shown}");
            // What it says is what is asked.
            person.password = "quilt harbour lantern mosaic".chars().take(least - 1).collect();
            ensure!(person.redeem(&town, town.there(), &link).await.is_err(), "{least}: one character less");
            person.password = "quilt harbour lantern mosaic".chars().take(least).collect();
            person.redeem(&town, town.there(), &link).await?;
        }
        Ok(())
    }

    /// Letters follow them as well; see `twofold_infra::mail`.
    async fn pages_follow_the_language_of_whoever_is_signed_in_in_every_browser(town) {
        let visit = Visit::open(&town).await?;
        let (here, there) = (Doors::open(&town).await?, Doors::open_at(&town, town.there()).await?);
        let owner = town.owner().await?;
        let mut agent = owner.welcome(&town, Role::Agent).await?;
        visit.sign_in(&mut agent).await?;
        let mut elsewhere = Person { browser: Browser::default(), ..agent.clone() };
        visit.sign_in(&mut elsewhere).await?;
        let path = format!("/a/{}/security", town.slug());
        for language in ["ko", "es", "en"] {
            visit.grant(&agent, "PATCH", "/v1/users/me", json!({ "language": language })).await?;
            for (doors, who) in [(&here, &agent), (&there, &elsewhere)] {
                let shown = page(doors, Some(who), &path).await?;
                ensure!(speaks(&shown, language), "{language}: {shown}");
            }
            // Nobody is known at the door: as the browser prefers.
            let door = page(&here, None, &format!("/a/{}/sign-in", town.slug())).await?;
            ensure!(speaks(&door, "en"), "{door}");
        }
        Ok(())
    }

    /// Rules: D5, E5.
    async fn whoever_is_exempt_is_told_until_when_and_offered_nothing_that_is_refused(town) {
        let visit = Visit::open(&town).await?;
        let doors = Doors::open(&town).await?;
        let owner = town.owner().await?;
        let required = AudiencePolicy { required: true, ..AudiencePolicy::TEAM };
        save_policies(&town, town.here(), &owner, [(Audience::Team, required)].into()).await?;
        let mut agent = owner.welcome(&town, Role::Agent).await?;
        let exempt = format!("/v1/users/{}/exemptions", agent.user);
        let granted = json!({ "reason": "new handset on its way", "until": (town.now() + Span::hours(24)).to_string() });
        visit.grant(&owner, "POST", &exempt, granted).await?;
        visit.sign_in(&mut agent).await?;
        let path = |page: &str| format!("/a/{}/{page}", town.slug());
        let shown = page(&doors, Some(&agent), &path("security")).await?;
        ensure!(shown.contains("No second factor is asked of you until"), "{shown}");
        ensure!(!shown.contains(&format!("href=\"{}\"", path("enrol"))), "{shown}");
        let cookie = format!("__Host-twofold_session={}", agent.session()?);
        let request = Request::get(path("enrol")).header("cookie", cookie).header("accept", "text/html");
        let (status, told) = doors.read(request.body(Body::empty())?).await?;
        ensure!(status == 403 && told.contains("Not while you are exempt"), "{status} {told}");
        Ok(())
    }
}
