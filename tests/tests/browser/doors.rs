//! Who gets to see which page. No browser is needed for that.

use anyhow::{Context as _, Result, ensure};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use axum::response::Response;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;
use twofold_domain::ids::StreamId;
use twofold_domain::policy::Role;
use twofold_infra::acts::RegisterUser;
use twofold_tests::person::Person;

use crate::site::Served;

/// The pages that take a session, and the deeds behind them that a mere user may not do.
const OWN: [&str; 6] =
    ["security", "security/switch-off", "security/recovery", "enrol/token", "step-up", "profile"];
const STAFF: [&str; 25] = [
    "people",
    "people/invite",
    "people/groups",
    "people/import",
    "people?role=agent",
    "people/tokens",
    "people/tokens/import",
    "people/tokens/assign",
    "recovery",
    "programs/own/new",
    "programs/in-use",
    "settings",
    "policy",
    "policy/switch/disable",
    "policy/governance",
    "policy/floor",
    "policy/profile",
    "policy/schedule",
    "policy/schedule/team",
    "policy/forecast",
    "close",
    "approvals",
    "status",
    "status.csv",
    "log",
];
const POSTS: [&str; 26] = [
    "people/groups",
    "people/import",
    "people/import/confirm",
    "people/tokens/import",
    "people/tokens/assign",
    "enrol/token",
    "security/recovery",
    "security/recovery/stop",
    "programs",
    "settings",
    "profile",
    "policy/governance",
    "policy/floor/team",
    "policy/profile",
    "policy/schedule/team",
    "close",
    "enrol",
    "enrol/mail",
    "security/codes",
    "security/sessions/end-others",
    "security/sessions/end-chosen",
    "security/sessions/end-all",
    "people/invite",
    "policy/team",
    "policy/switch/disable",
    "step-up",
];

struct Visitor<'a> {
    site: &'a Served,
    slug: String,
    session: Option<String>,
}

impl Visitor<'_> {
    /// A page that is there for them, as text.
    async fn page(&self, path: &str) -> Result<String> {
        let response = self.ask(Method::GET, path, "").await?;
        ensure!(response.status() == StatusCode::OK, "{path}: {}", response.status());
        Ok(String::from_utf8(response.into_body().collect().await?.to_bytes().into())?)
    }

    async fn ask(&self, method: Method, path: &str, body: &'static str) -> Result<Response> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/a/{}/{path}", self.slug))
            .header(header::ACCEPT, "text/html")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        if let Some(session) = &self.session {
            request = request.header(header::COOKIE, format!("twofold_session={session}"));
        }
        Ok(self.site.router.clone().oneshot(request.body(Body::from(body))?).await?)
    }

    fn leads_to(&self, response: &Response) -> Result<String> {
        let place = response.headers().get(header::LOCATION).context("leads somewhere")?.to_str()?;
        Ok(place.trim_start_matches(&format!("/a/{}/", self.slug)).to_owned())
    }
}

async fn served() -> Result<(Served, Person, String)> {
    let site = Served::start().await?;
    let owner = site.town.owner().await?;
    let account = site.town.here().log().accounts.load(StreamId::account(site.town.account)).await?;
    let slug = account.state.slug().to_owned();
    Ok((site, owner, slug))
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_led_to_the_sign_in_and_back() -> Result<()> {
    let (site, _, slug) = served().await?;
    let stranger = Visitor { site: &site, slug, session: None };
    for path in OWN.iter().chain(&STAFF) {
        let response = stranger.ask(Method::GET, path, "").await?;
        ensure!(response.status() == StatusCode::SEE_OTHER, "{path}: {}", response.status());
        let place = stranger.leads_to(&response)?;
        ensure!(place.starts_with("sign-in?next=%2Fa%2F"), "{path} leads to {place}");
    }
    for path in POSTS {
        let response = stranger.ask(Method::POST, path, "version=1").await?;
        ensure!(!response.status().is_success(), "{path}: {}", response.status());
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_sees_their_own_page_and_no_other() -> Result<()> {
    let (site, owner, slug) = served().await?;
    let (town, desk) = (&site.town, site.town.here());
    let mut user = town.somebody(Role::EndUser);
    let person = user.card();
    town.perform(desk, RegisterUser { credential: owner.credential()?, person }).await?;
    user.redeem(town, desk, &town.mailed_link(user.user).await?).await?;
    user.sign_in(town, desk).await?;
    let user = Visitor { site: &site, slug, session: Some(user.session()?.to_owned()) };
    let response = user.ask(Method::GET, "security", "").await?;
    ensure!(response.status() == StatusCode::OK);
    let page = String::from_utf8(response.into_body().collect().await?.to_bytes().into())?;
    for place in ["people", "status", "policy", "log"] {
        ensure!(!page.contains(&format!("/{place}\"")), "the menu offers {place}");
    }
    for path in STAFF {
        let response = user.ask(Method::GET, path, "").await?;
        ensure!(response.status() == StatusCode::FORBIDDEN, "{path}: {}", response.status());
    }
    Ok(())
}

/// Rules: S3.
#[tokio::test(flavor = "multi_thread")]
async fn a_report_refuses_what_it_does_not_know_and_understands_an_exact_instant() -> Result<()> {
    let (site, owner, slug) = served().await?;
    let owner = Visitor { site: &site, slug, session: Some(owner.session()?.to_owned()) };
    // path | status
    let cases = [
        ("reports/mfa-status", StatusCode::OK),
        ("reports/mfa-status?day=&time=&event=&population=team", StatusCode::OK),
        ("reports/mfa-status?said=proof_again", StatusCode::OK),
        ("reports/mfa-status?bogus=1", StatusCode::UNPROCESSABLE_ENTITY),
        ("reports/mfa-status?from=2026-01-01", StatusCode::UNPROCESSABLE_ENTITY),
        ("reports/mfa-status/csv?bogus=1", StatusCode::UNPROCESSABLE_ENTITY),
    ];
    for (path, status) in cases {
        let response = owner.ask(Method::GET, path, "").await?;
        ensure!(response.status() == status, "{path}: {}", response.status());
    }
    let first = owner.page("reports/mfa-status?at_event=1").await?;
    ensure!(first.contains("log?event=1\""), "as of the first event: {first}");
    let ahead = owner.page("reports/mfa-status?as_of=2999-01-01T00:00:00Z").await?;
    ensure!(ahead.contains("day-error"), "no table of today for a day to come: {ahead}");
    Ok(())
}

/// Rules: S3.
#[tokio::test(flavor = "multi_thread")]
async fn a_report_from_a_day_to_the_same_one_is_that_day() -> Result<()> {
    let (site, owner, slug) = served().await?;
    let user = owner.user;
    let owner = Visitor { site: &site, slug, session: Some(owner.session()?.to_owned()) };
    // Everything was recorded at noon: from | whether anything was between that and the end of the day
    site.town.wait(twofold_domain::time::Span::minutes(1));
    for (from, some) in
        [("2026-03-31", true), ("2026-03-31T12:00:00Z", true), ("2026-03-31T12:00:00.000001Z", false)]
    {
        let page = owner.page(&format!("reports/timeline?subject={user}&from={from}&to=2026-03-31")).await?;
        ensure!(page.contains(">#2<") == some, "from {from}: {page}");
    }
    Ok(())
}

/// Rules: T4, T7, T8.
#[tokio::test(flavor = "multi_thread")]
async fn staff_see_why_somebody_was_asked_and_end_what_they_left_open() -> Result<()> {
    let (site, owner, slug) = served().await?;
    let mut agent = owner.welcome_enrolled(&site.town, Role::Agent).await?;
    agent.sign_in(&site.town, site.town.here()).await?;
    let visitor = |who: &Person| -> Result<Visitor<'_>> {
        Ok(Visitor { site: &site, slug: slug.clone(), session: Some(who.session()?.to_owned()) })
    };
    let (staff, own) = (visitor(&owner)?, visitor(&agent)?);
    for (visitor, base) in [(&own, "security".to_owned()), (&staff, format!("people/{}", agent.user))] {
        let list = visitor.page(&format!("{base}/sign-ins")).await?;
        let first = list.split("/sign-ins/").nth(1).and_then(|rest| rest.split('"').next());
        let why = visitor.page(&format!("{base}/sign-ins/{}", first.unwrap_or_default())).await?;
        ensure!(why.contains("has a second factor") && why.contains("event "), "{why}");
        // Whoever may not read the log is told the event's number, and not led there.
        ensure!(why.contains("log?event=") == (base != "security"), "{why}");
    }
    let devices = staff.page(&format!("people/{}/devices", agent.user)).await?;
    ensure!(devices.contains("session_ses_") && devices.contains("end-chosen"), "{devices}");
    let chosen = own.ask(Method::POST, "security/sessions/end-chosen", "session_none=on").await?;
    ensure!(chosen.status() == StatusCode::SEE_OTHER, "{}", chosen.status());
    own.page("security").await?;
    let ended = staff.ask(Method::POST, &format!("people/{}/sessions/end-all", agent.user), "").await?;
    ensure!(ended.status() == StatusCode::SEE_OTHER, "{}", ended.status());
    let gone = own.ask(Method::GET, "security", "").await?;
    ensure!(gone.status() == StatusCode::SEE_OTHER, "{}", gone.status());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_leads_to_another_site() -> Result<()> {
    let (site, _, slug) = served().await?;
    let stranger = Visitor { site: &site, slug, session: None };
    let response = stranger.ask(Method::GET, "sign-in?next=//evil.example/a", "").await?;
    ensure!(response.status() == StatusCode::OK);
    let refused = Request::builder()
        .method(Method::POST)
        .uri(format!("/a/{}/sign-in", stranger.slug))
        .header(header::ACCEPT, "text/html")
        .header("sec-fetch-site", "cross-site");
    let refused = site.router.clone().oneshot(refused.body(Body::empty())?).await?;
    ensure!(refused.status() == StatusCode::FORBIDDEN, "{}", refused.status());
    Ok(())
}
