//! Programs at the doors: tokens of people and of programs, passwords on requests, and a program's word at the
//! sign-in. Over HTTP, on two instances.

mod passwords;
mod shut;
mod tokens;
mod vouched;

use anyhow::{Context as _, Result, ensure};
use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use twofold_domain::policy::{Audience, AudiencePolicy};
use twofold_tests::doors::{Answer, Doors};
use twofold_tests::person::{Person, save_policies};
use twofold_tests::town::Town;

/// The same account behind two servers.
struct Both {
    here: Doors,
    there: Doors,
}

impl Both {
    async fn open(town: &Town) -> Result<Self> {
        Ok(Self { here: Doors::open(town).await?, there: Doors::open_at(town, town.there()).await? })
    }
}

/// What a request shows of whoever sends it.
#[derive(Clone, Copy)]
enum Shows<'a> {
    Nothing,
    Bearer(&'a str),
    Password(&'a str, &'a str),
}

async fn ask(doors: &Doors, method: &str, path: &str, shows: Shows<'_>, body: Value) -> Result<Answer> {
    send(doors, method, path, shows, body, &[]).await
}

async fn send(
    doors: &Doors,
    method: &str,
    path: &str,
    shows: Shows<'_>,
    body: Value,
    headers: &[(&str, &str)],
) -> Result<Answer> {
    let request = Request::builder().method(method).uri(path);
    let request = match shows {
        Shows::Nothing => request,
        Shows::Bearer(token) => request.header("authorization", format!("Bearer {token}")),
        Shows::Password(email, password) => {
            let encoded = STANDARD.encode(format!("{email}:{password}"));
            request.header("authorization", format!("Basic {encoded}"))
        }
    };
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let request = if body.is_null() {
        request.body(Body::empty())?
    } else {
        request.header("content-type", "application/json").body(Body::from(body.to_string()))?
    };
    doors.ask(request).await
}

fn text(answer: &Answer, pointer: &str) -> Result<String> {
    let found = answer.body.pointer(pointer).and_then(Value::as_str);
    Ok(found
        .with_context(|| format!("no text at {pointer} in {} {}", answer.status, answer.body))?
        .to_owned())
}

#[track_caller]
fn gist(answer: &Answer, expected: &str, when: &str) -> Result<()> {
    ensure!(answer.gist() == expected, "{when}: {} {}, not {expected}", answer.gist(), answer.body);
    Ok(())
}

/// Issues a token to whoever's session it is.
async fn own_token(town: &Town, doors: &Doors, who: &Person, scopes: &[&str]) -> Result<String> {
    let body = json!({ "name": "nightly", "scopes": scopes });
    let issued = ask(doors, "POST", "/v1/api-tokens", Shows::Bearer(who.session()?), body).await?;
    gist(&issued, "201", "issuing one's own token")?;
    let token = text(&issued, "/token")?;
    town.never_in_log(&token);
    Ok(token)
}

/// Registers a program, and issues a token to it: the program's id, and the token.
async fn program(
    town: &Town,
    doors: &Doors,
    owner: &Person,
    name: &str,
    scopes: &[&str],
) -> Result<(String, String)> {
    let session = Shows::Bearer(owner.session()?);
    let made = ask(doors, "POST", "/v1/clients", session, json!({ "name": name })).await?;
    gist(&made, "201", "registering a program")?;
    let client = text(&made, "/client")?;
    let path = format!("/v1/clients/{client}/tokens");
    let issued = ask(doors, "POST", &path, session, json!({ "scopes": scopes })).await?;
    gist(&issued, "201", "issuing a program's token")?;
    let token = text(&issued, "/token")?;
    town.never_in_log(&token);
    Ok((client, token))
}

/// Saves a policy.
async fn save(
    town: &Town,
    owner: &Person,
    audience: Audience,
    change: impl FnOnce(&mut AudiencePolicy),
) -> Result<()> {
    let mut policy = AudiencePolicy::of_new(audience);
    change(&mut policy);
    save_policies(town, town.here(), owner, [(audience, policy)].into()).await
}
