//! Every link of the console leads somewhere, and every form is taken.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use axum::response::Response;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;
use twofold_domain::account::GuardedAct;
use twofold_domain::factor::otp::OtpAlgorithm;
use twofold_domain::factor::token::{Moves, TokenFile};
use twofold_domain::ids::StreamId;
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_infra::acts::{
    AssignToken, ChangeGroup, Exempt, GroupChange, ImportTokens, RegisterClient, RegisterUser, RequestAct,
    ResetFactor, TokenSeed,
};
use twofold_infra::import::FoundToken;
use twofold_infra::verify::totp::Seed;
use zeroize::Zeroizing;

use crate::site::Served;

/// Pages looked at at most: nobody comes to an end of filters that lead to filters.
const MOST: usize = 400;

async fn ask(site: &Served, session: &str, method: Method, path: &str) -> Result<Response> {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::ACCEPT, "text/html")
        .header("sec-fetch-site", "same-origin")
        .header(header::COOKIE, format!("twofold_session={session}"));
    Ok(site.router.clone().oneshot(request.body(Body::empty())?).await?)
}

/// The values of an attribute on a page, as a browser reads them.
fn values<'a>(page: &'a str, attribute: &'a str) -> impl Iterator<Item = String> + 'a {
    let values = page.split(attribute).skip(1).filter_map(|rest| rest.split('"').next());
    values.map(|value| value.replace("&#38;", "&").replace("&amp;", "&"))
}

/// What the console leads somebody to from their own page on.
struct Found {
    pages: BTreeSet<String>,
    forms: BTreeSet<String>,
}

/// Follows every link that somebody is offered.
async fn wander(site: &Served, session: &str, inside: &str) -> Result<Found> {
    let (mut to_do, mut pages) = (vec![format!("{inside}security")], BTreeSet::new());
    let mut forms = BTreeSet::new();
    while let Some(path) = to_do.pop() {
        // Filters lead to filters: one page of each kind will do.
        let kind = path.split(['?', '#']).next().unwrap_or_default().to_owned();
        if pages.len() > MOST || !pages.insert(kind.clone()) {
            continue;
        }
        let response = ask(site, session, Method::GET, &path).await?;
        let status = response.status();
        ensure!(status == StatusCode::OK, "{path} answers {status}");
        let media_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !kind.starts_with(inside) || !media_type.is_some_and(|name| name.starts_with("text/html")) {
            continue;
        }
        let page = String::from_utf8(response.into_body().collect().await?.to_bytes().into())?;
        let own = |value: &String| value.starts_with('/');
        to_do.extend(values(&page, " href=\"").filter(own));
        forms.extend(values(&page, " action=\"").filter(own));
    }
    Ok(Found { pages, forms })
}

#[tokio::test(flavor = "multi_thread")]
async fn every_link_leads_somewhere_and_every_form_is_taken() -> Result<()> {
    let site = Served::start().await?;
    let (town, desk) = (site.town.clone(), site.town.here().clone());
    let mut owner = town.owner().await?;
    let mut staff = vec![];
    for role in [Role::Admin, Role::Agent, Role::Auditor, Role::EndUser] {
        staff.push(owner.welcome_enrolled(&town, role).await?);
    }
    owner.sign_in(&town, &desk).await?;
    let customer = staff[3].user;
    let credential = owner.credential()?;
    let person = town.somebody(Role::Auditor).card();
    let invited = person.user;
    town.perform(&desk, RegisterUser { credential: credential.clone(), person }).await?;
    // Something to see on every page.
    let (reason, circle) = ("so that there is something to see".to_owned(), town.circle(&desk).await?);
    let until = town.now() + Span::days(1);
    let exempt = Exempt {
        credential: credential.clone(),
        user: invited,
        reason: reason.clone(),
        until,
        circle: circle.clone(),
    };
    town.perform(&desk, exempt).await?;
    let reset = ResetFactor {
        credential: credential.clone(),
        user: customer,
        reason: reason.clone(),
        compromise: false,
        seen: None,
        circle: circle.clone(),
    };
    town.perform(&desk, reset).await?;
    let (group, change) = (desk.mint().id(), GroupChange::Create("Night shift".to_owned()));
    town.perform(&desk, ChangeGroup { credential: credential.clone(), group, change }).await?;
    let seed = Seed::from_bytes(Zeroizing::new(b"12345678901234567890".to_vec()))?;
    let (seed, algorithm, moves) = (Arc::new(seed), OtpAlgorithm::Sha1, Moves::Clock { period: 30 });
    let token = TokenSeed { seed, algorithm, digits: 6, moves };
    let found =
        |(line, serial): (u64, &str)| FoundToken { line, serial: serial.into(), token: token.clone() };
    let tokens = [(1, "A-1"), (2, "A-2")].map(found);
    let (stock, format) = (Some(credential.clone()), TokenFile::Csv);
    let import =
        ImportTokens { credential: stock, tokens: tokens.into(), format, dry_run: false, owners: vec![] };
    town.perform(&desk, import).await?;
    let assign =
        AssignToken { credential: credential.clone(), user: staff[1].user, serial: "A-1".to_owned() };
    town.perform(&desk, assign).await?;
    let program = RegisterClient { credential: credential.clone(), name: "Help desk".to_owned() };
    town.perform(&desk, program).await?;
    town.perform(&desk, RequestAct { credential, act: GuardedAct::CloseAccount, reason, circle }).await?;

    let account = desk.log().accounts.load(StreamId::account(town.account)).await?.state;
    let inside = format!("/a/{}/", account.slug());
    let Found { pages, forms } = wander(&site, owner.session()?, &inside).await?;
    let governing = ["policy/governance", "policy/floor", "policy/schedule/team", "close", "approvals"];
    let people =
        ["people/groups", "people/import", "programs/own/new", "programs/in-use", "settings", "profile"];
    let found = ["/make-owner", "/transfer-ownership", "/erase", "/tokens", "/remove", "/grant", "/assign"];
    for end in found {
        ensure!(pages.iter().any(|path| path.ends_with(end)), "nothing leads to …{end}: {pages:?}");
    }
    for part in ["/recovery/rec_", "/security/factors/fac_"] {
        ensure!(pages.iter().any(|path| path.contains(part)), "nothing leads to {part}…: {pages:?}");
    }
    for end in ["/tokens/withdraw", "/recovery/stop"] {
        ensure!(forms.iter().any(|path| path.ends_with(end)), "no form goes to …{end}: {forms:?}");
    }
    let second = ["recovery", "people/tokens/import", "enrol/token"];
    for page in governing.iter().chain(&people).chain(&second) {
        ensure!(pages.contains(&format!("{inside}{page}")), "nothing leads to {page}: {pages:?}");
    }
    for form in &forms {
        // Nothing is sent: a path that is there says which methods it takes.
        let response = ask(&site, owner.session()?, Method::DELETE, form).await?;
        let status = response.status();
        ensure!(status == StatusCode::METHOD_NOT_ALLOWED, "nothing takes {form}: {status}");
        let allowed = response.headers().get(header::ALLOW).context("says what it takes")?.to_str()?;
        ensure!(allowed.contains("POST"), "{form} takes {allowed}");
    }
    ensure!(forms.len() > 20, "{forms:?}");
    // Whoever may less is offered less, and nothing that is refused.
    for person in &mut staff {
        person.sign_in(&town, &desk).await?;
        let theirs = wander(&site, person.session()?, &inside).await;
        let theirs = theirs.with_context(|| format!("as {}", person.role.name()))?;
        ensure!(theirs.pages.len() < pages.len(), "{:?}", theirs.pages);
    }
    Ok(())
}
