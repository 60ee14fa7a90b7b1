//! Programs that use the API in their own name: registered, removed, their tokens; and who still shows a password.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::account::{AccountError, Client};
use twofold_domain::ids::{ClientId, TokenId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::reading::{Matter, Question};
use twofold_domain::time::Timestamp;
use twofold_infra::acts::{ActError, RegisterClient, RemoveClient, RevokeClientToken};
use twofold_projections::integrations::{self, TokenRow};
use twofold_projections::status;

use super::door::{Door, Me, Said};
use super::names::Names;
use super::people::may;
use super::policy_form::Typed;
use super::refused::Refused;
use super::then::linked;
use super::tokens;
use crate::extract::{Form, Path, Query};
use crate::integrations::{PasswordUser as User, TokenInUse, report};
use crate::pages::account::Confirm;
use crate::pages::frame::{Field, Mark, Section, Tone};
use crate::pages::programs::{InUse, PasswordUser, Program, ProgramRow, Programs, Token};
use crate::pages::render;
use crate::pages::then::Then;
use crate::problem::Problem;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    #[serde(default)]
    name: String,
}

/// One's own tokens, and the programs of the account.
pub(super) async fn show(mut door: Door, Query(typed): Query<Typed>) -> Result<Response, Refused> {
    let me = enter(&mut door, Deed::ReadOwn, "programs").await?;
    let then = door.look_back(&typed, &door.path("programs")).await?;
    page(&door, &me, Field::default(), then).await
}

/// Registers a program.
pub(super) async fn register(mut door: Door, Form(named): Form<Named>) -> Result<Response, Refused> {
    let me = enter(&mut door, Deed::ManageClients, "programs").await?;
    let act = RegisterClient { credential: me.credential.clone(), name: named.name.clone() };
    let error = match door.perform(act).await {
        Ok(done) => {
            return Ok(door.go(&format!("programs/{}", done.reply), Some(Said::ProgramRegistered)));
        }
        Err(ActError::Account(AccountError::BadClientName)) => door.frame.s("program-name-wrong"),
        Err(ActError::Account(AccountError::ClientNameTaken)) => door.frame.s("program-name-taken"),
        Err(ActError::Account(AccountError::TooManyClients(most))) => door.frame.n("program-too-many", most),
        Err(error) => return Err(door.refuse(error)),
    };
    let then = door.at_present("programs").await?;
    let page = page(&door, &me, Field { value: named.name, error }, then).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// One program and its tokens.
pub(super) async fn one(
    mut door: Door,
    Path((_, client)): Path<(String, ClientId)>,
    Query(typed): Query<Typed>,
) -> Result<Response, Refused> {
    let here = format!("programs/{client}");
    let me = enter(&mut door, Deed::ReadIntegrations, &here).await?;
    let then = door.look_back(&typed, &door.path(&here)).await?;
    door.shows(&me, Question::of(Matter::Integrations).as_of(door.asked_at())).await?;
    let program = door.state.clients.get(&client).ok_or_else(Problem::not_found)?;
    let rows = rows(&door).await?;
    let manages = may(&me, Deed::ManageClients);
    let offer = |rest: &str| door.offer(manages, &format!("{here}/{rest}"));
    let tokens = good(program, &rows, door.now()).into_iter();
    Ok(render(&Program {
        back: linked(&then, &door.path("programs")),
        called: program.name.clone(),
        tokens: tokens
            .map(|row| {
                token(
                    &door,
                    row,
                    String::new(),
                    String::new(),
                    offer(&format!("tokens/{}/end", row.token_id)),
                )
            })
            .collect(),
        issue: offer("tokens"),
        remove: offer("remove"),
        then,
        f: door.frame.clone(),
    }))
}

/// Says what removing a program does.
pub(super) async fn ask_to_remove(
    mut door: Door,
    Path((_, client)): Path<(String, ClientId)>,
) -> Result<Response, Refused> {
    let here = format!("programs/{client}");
    enter(&mut door, Deed::ManageClients, &format!("{here}/remove")).await?;
    let program = door.state.clients.get(&client).ok_or_else(Problem::not_found)?;
    let rows = rows(&door).await?;
    let f = &door.frame;
    let tokens = good(program, &rows, door.now()).len();
    Ok(render(&Confirm {
        title: "program-remove-title",
        subject: program.name.clone(),
        effects: vec![
            f.n("effect-program-tokens", tokens),
            f.s("effect-program-sessions"),
            f.s("effect-program-log"),
        ],
        findings: None,
        hidden: vec![],
        action: door.path(&format!("{here}/remove")),
        version: door.version,
        reason_asked: false,
        reason_needed: false,
        reason: Field::default(),
        button: "program-remove",
        compromise: false,
        danger: true,
        cancel: door.path(&here),
        f: f.clone(),
    }))
}

/// Removes a program.
pub(super) async fn remove(
    mut door: Door,
    Path((_, client)): Path<(String, ClientId)>,
) -> Result<Response, Refused> {
    let me = enter(&mut door, Deed::ManageClients, &format!("programs/{client}/remove")).await?;
    match door.perform(RemoveClient { credential: me.credential, client }).await {
        Ok(_) => Ok(door.go("programs", Some(Said::ProgramRemoved))),
        Err(error) => Err(door.refuse(error)),
    }
}

/// A program's token, in a path.
#[derive(Deserialize)]
pub(super) struct TokenPlace {
    #[serde(rename = "slug")]
    _slug: String,
    client: ClientId,
    token: TokenId,
}

/// Ends one of its tokens.
pub(super) async fn end_token(mut door: Door, Path(place): Path<TokenPlace>) -> Result<Response, Refused> {
    let TokenPlace { client, token, .. } = place;
    let here = format!("programs/{client}");
    let me = enter(&mut door, Deed::ManageClients, &here).await?;
    match door.perform(RevokeClientToken { credential: me.credential, client, token }).await {
        Ok(_) => Ok(door.go(&here, Some(Said::TokenEnded))),
        Err(error) => Err(door.refuse(error)),
    }
}

/// Who uses the API without a person at the keyboard.
pub(super) async fn in_use(mut door: Door, Query(typed): Query<Typed>) -> Result<Response, Refused> {
    let me = enter(&mut door, Deed::ReadIntegrations, "programs/in-use").await?;
    door.caught_up(integrations::NAME).await?;
    let then = door.look_back(&typed, &door.path("programs/in-use")).await?;
    door.shows(&me, Question::of(Matter::Integrations).as_of(door.asked_at())).await?;
    let at = door.stands(&[integrations::NAME, status::NAME]).await?;
    let found = report(&door.app.desk, door.account, at.as_of()).await?;
    let mut names = Names::default();
    let mut passwords = vec![];
    for user in &found.passwords {
        let name = names.of(&door, user.user).await?.shown(&door);
        passwords.push(password_user(&door, &then, user, name));
    }
    let mut tokens = vec![];
    for used in &found.tokens {
        let called = used.name.clone().unwrap_or_default();
        let (whose, name) = match used.user {
            Some(user) => (names.of(&door, user).await?.shown(&door), called),
            None => (called, String::new()),
        };
        tokens.push((whose, token_in_use(&door, used, name)));
    }
    Ok(render(&InUse {
        back: linked(&then, &door.path("programs")),
        breaks: found.passwords.iter().filter(|user| user.breaks_if_required).count() as u64,
        passwords,
        tokens,
        more: found.more,
        then,
        f: door.frame.clone(),
    }))
}

fn password_user(door: &Door, then: &Then, user: &User, name: String) -> PasswordUser {
    let f = &door.frame;
    let outcome = match user.outcome {
        "allowed" => Mark::new(Tone::Plain, "value-allowed"),
        "warned" => Mark::new(Tone::Warn, "value-warned"),
        _ => Mark::new(Tone::Bad, "value-refused"),
    };
    let mut says = vec![f.s(match user.now {
        "open" => "password-now-open",
        "ending" => "password-now-ending",
        _ => "password-now-off",
    })];
    if let Some(at) = user.breaks_at {
        says.push(f.v("password-breaks-at", crate::pages::frame::When::from(at).plain));
    }
    if user.breaks_if_required {
        says.push(f.s("password-breaks-if-required"));
    }
    PasswordUser {
        name,
        href: linked(then, &door.path(&format!("people/{}", user.user))),
        role: user.role.name(),
        agent: user.user_agent.clone().unwrap_or_default(),
        used: user.last_used_at.into(),
        outcome,
        says,
    }
}

pub(super) async fn enter(door: &mut Door, deed: Deed, here: &str) -> Result<Me, Refused> {
    door.back = door.path(here);
    let me = door.enter(deed).await?;
    door.frame = door.frame.clone().section(Section::Programs);
    Ok(me)
}

/// What the read model knows of the programs' tokens.
async fn rows(door: &Door) -> Result<Vec<TokenRow>, Refused> {
    door.caught_up(integrations::NAME).await?;
    let views = door.app.store().views();
    let known: Vec<TokenId> =
        door.state.clients.values().flat_map(|client| client.tokens.keys().copied()).collect();
    let rows = integrations::tokens(views, door.account, door.position(), &known).await;
    Ok(rows.map_err(ActError::from)?)
}

/// The tokens of a program that are good: which, the account says; how they were used, the read model.
fn good<'r>(program: &Client, rows: &'r [TokenRow], now: Timestamp) -> Vec<&'r TokenRow> {
    let is_good = |row: &&TokenRow| program.tokens.get(&row.token_id).is_some_and(|token| token.good(now));
    rows.iter().filter(is_good).collect()
}

/// A token as a page shows it.
pub(super) fn token(door: &Door, row: &TokenRow, name: String, used_by: String, end: String) -> Token {
    let scope = |scope: &str| door.frame.s(&format!("value-{}", scope.replace('_', "-")));
    Token {
        name,
        scopes: row.scopes.split_whitespace().map(scope).collect(),
        issued: row.issued_at.into(),
        ends: row.expires_at.map(Into::into),
        used: row.last_used_at.map(Into::into),
        used_by,
        end,
    }
}

fn token_in_use(door: &Door, used: &TokenInUse, name: String) -> Token {
    let scope = |scope: &String| door.frame.s(&format!("value-{}", scope.replace('_', "-")));
    Token {
        name,
        scopes: used.scopes.iter().map(scope).collect(),
        issued: used.issued_at.into(),
        ends: used.expires_at.map(Into::into),
        used: used.last_used_at.map(Into::into),
        used_by: String::new(),
        end: String::new(),
    }
}

async fn page(door: &Door, me: &Me, name: Field, then: Then) -> Result<Response, Refused> {
    let sees = may(me, Deed::ReadIntegrations);
    if sees {
        door.shows(me, Question::of(Matter::Integrations).as_of(door.asked_at())).await?;
    }
    let own = may(me, Deed::ManageOwnTokens);
    let rows = rows(door).await?;
    let program = |(id, program): (&ClientId, &Client)| {
        let tokens = good(program, &rows, door.now());
        ProgramRow {
            name: program.name.clone(),
            tokens: tokens.len() as u64,
            used: tokens.iter().filter_map(|row| row.last_used_at).max().map(Into::into),
            href: linked(&then, &door.path(&format!("programs/{id}"))),
        }
    };
    let mut programs: Vec<ProgramRow> = door.state.clients.iter().filter(|_| sees).map(program).collect();
    programs.sort_by_cached_key(|program| program.name.to_lowercase());
    Ok(render(&Programs {
        own,
        tokens: if own { tokens::own(door, me).await? } else { vec![] },
        issue: door.offer(own, "programs/own/new"),
        sees,
        programs,
        register: door.offer(may(me, Deed::ManageClients), "programs"),
        naming: name,
        in_use: if sees { linked(&then, &door.path("programs/in-use")) } else { String::new() },
        then,
        f: door.frame.clone(),
    }))
}
