//! API tokens, one's own and those of programs: issued, shown once, ended.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use twofold_domain::access::{TOKEN_DAYS, TokenRefused, may_hold};
use twofold_domain::account::{AccountError, TokenScope};
use twofold_domain::ids::{ClientId, StreamId, TokenId};
use twofold_domain::permission::Act as Deed;
use twofold_domain::sealed::{Kind, Sealed, TokenName, UserAgent};
use twofold_domain::user::UserError;
use twofold_infra::acts::{
    ActError, IssueClientToken, IssueOwnToken, IssuedToken, RevokeOwnToken, TokenWish,
};
use twofold_projections::integrations;

use super::browser;
use super::door::{Door, Me, Said};
use super::policy_form::Typed;
use super::programs::{enter, token};
use super::refused::Refused;
use crate::extract::{Form, Path};
use crate::pages::frame::Field;
use crate::pages::people::Choice;
use crate::pages::programs::{NewToken, Scope, Token, TokenShown};
use crate::pages::render;
use crate::problem::Problem;

/// One's own tokens that are good, as the page shows them.
pub(super) async fn own(door: &Door, me: &Me) -> Result<Vec<Token>, Refused> {
    let (views, now) = (door.app.store().views(), door.now());
    let stream = StreamId::user(door.account, me.principal.user);
    let person = match door.then {
        // Whoever was not here yet had none.
        Some(then) => {
            let then = door.app.desk.log().users.load_as_of(stream, then.position()).await;
            then.map_err(ActError::from)?.state
        }
        None => Arc::clone(&me.user),
    };
    let mut tokens = vec![];
    // The list has the names; whether a token is good, its person's history decides.
    let good: Vec<TokenId> =
        person.tokens.iter().filter(|(_, token)| token.good(now)).map(|(id, _)| *id).collect();
    let rows = integrations::tokens(views, door.account, door.position(), &good).await;
    for row in rows.map_err(ActError::from)? {
        let name = clear::<TokenName>(door, me, row.name.clone()).await?;
        let agent = clear::<UserAgent>(door, me, row.user_agent.clone()).await?;
        let used_by = browser::words(&agent).unwrap_or(agent);
        let end = door.offer(true, &format!("programs/own/{}/end", row.token_id));
        tokens.push(token(door, &row, name, used_by, end));
    }
    Ok(tokens)
}

async fn clear<K: Kind>(door: &Door, me: &Me, sealed: Option<Vec<u8>>) -> Result<String, Refused> {
    let Some(bytes) = sealed else { return Ok(String::new()) };
    let vault = door.app.desk.vault();
    let text = vault.unseal(door.account, me.principal.user, &Sealed::<K>::from_bytes(bytes)).await?;
    Ok(text.map_or_else(String::new, |text| text.as_str().to_owned()))
}

/// Whose token it is to be.
enum Holder {
    Own,
    Program(ClientId, String),
}

impl Holder {
    /// Where its form goes.
    fn action(&self, door: &Door) -> String {
        match self {
            Self::Own => door.path("programs/own/new"),
            Self::Program(client, _) => door.path(&format!("programs/{client}/tokens")),
        }
    }

    /// Where its tokens are listed.
    fn back(&self, door: &Door) -> String {
        match self {
            Self::Own => door.path("programs"),
            Self::Program(client, _) => door.path(&format!("programs/{client}")),
        }
    }

    const fn is_own(&self) -> bool {
        matches!(self, Self::Own)
    }
}

/// Asks what a token of one's own is to be.
pub(super) async fn ask_own(mut door: Door) -> Result<Response, Refused> {
    let me = enter(&mut door, Deed::ManageOwnTokens, "programs/own/new").await?;
    Ok(page(&door, &me, &Holder::Own, &Typed::new(), &Wrong::default()))
}

/// Issues one to oneself, and shows it once.
pub(super) async fn issue_own(mut door: Door, Form(typed): Form<Typed>) -> Result<Response, Refused> {
    let me = enter(&mut door, Deed::ManageOwnTokens, "programs/own/new").await?;
    let (name, wish) = (text(&typed, "name").to_owned(), wish(&typed));
    let act = IssueOwnToken { credential: me.credential.clone(), name, wish };
    let done = door.perform(act).await.map(|done| done.reply);
    answer(&door, &me, &Holder::Own, &typed, done)
}

/// Ends one of one's own.
pub(super) async fn end_own(
    mut door: Door,
    Path((_, token)): Path<(String, TokenId)>,
) -> Result<Response, Refused> {
    let me = enter(&mut door, Deed::ManageOwnTokens, "programs").await?;
    match door.perform(RevokeOwnToken { credential: me.credential, token }).await {
        Ok(_) => Ok(door.go("programs", Some(Said::TokenEnded))),
        Err(error) => Err(door.refuse(error)),
    }
}

/// Asks what a token of a program is to be.
pub(super) async fn ask_program(
    mut door: Door,
    Path((_, client)): Path<(String, ClientId)>,
) -> Result<Response, Refused> {
    let (me, holder) = enter_program(&mut door, client).await?;
    Ok(page(&door, &me, &holder, &Typed::new(), &Wrong::default()))
}

/// Issues one to a program, and shows it once.
pub(super) async fn issue_program(
    mut door: Door,
    Path((_, client)): Path<(String, ClientId)>,
    Form(typed): Form<Typed>,
) -> Result<Response, Refused> {
    let (me, holder) = enter_program(&mut door, client).await?;
    let act = IssueClientToken { credential: me.credential.clone(), client, wish: wish(&typed) };
    let done = door.perform(act).await.map(|done| done.reply);
    answer(&door, &me, &holder, &typed, done)
}

async fn enter_program(door: &mut Door, client: ClientId) -> Result<(Me, Holder), Refused> {
    let me = enter(door, Deed::ManageClients, &format!("programs/{client}/tokens")).await?;
    let program = door.state.clients.get(&client).ok_or_else(Problem::not_found)?;
    Ok((me, Holder::Program(client, program.name.clone())))
}

fn text<'t>(typed: &'t Typed, field: &str) -> &'t str {
    typed.get(field).map_or("", String::as_str)
}

fn scope_field(scope: TokenScope) -> String {
    format!("scope_{}", scope.name())
}

/// What was asked for. Days that are no number are none, which no token lasts.
fn wish(typed: &Typed) -> TokenWish {
    let ticked = |scope: &TokenScope| typed.contains_key(&scope_field(*scope));
    let scopes: BTreeSet<TokenScope> = TokenScope::ALL.into_iter().filter(ticked).collect();
    TokenWish { scopes, days: text(typed, "days").trim().parse().unwrap_or(0) }
}

/// What is wrong with each field.
#[derive(Default)]
struct Wrong {
    name: String,
    scopes: String,
    days: String,
}

fn answer(
    door: &Door,
    me: &Me,
    holder: &Holder,
    typed: &Typed,
    done: Result<IssuedToken, ActError>,
) -> Result<Response, Refused> {
    let f = &door.frame;
    let mut wrong = Wrong::default();
    let refused = match done {
        Ok(issued) => {
            return Ok(render(&TokenShown {
                f: f.clone(),
                token: issued.secret.as_str().to_owned(),
                ends: issued.expires_at.into(),
                back: holder.back(door),
            }));
        }
        Err(ActError::Field { field: "name", .. }) => {
            wrong.name = f.s("name-wrong");
            None
        }
        Err(ActError::User(UserError::Token(why)) | ActError::Account(AccountError::Token(why))) => Some(why),
        Err(error) => return Err(door.refuse(error)),
    };
    match refused {
        None => {}
        Some(TokenRefused::Days) => wrong.days = f.vw("token-days-wrong", TOKEN_DAYS.0, TOKEN_DAYS.2),
        Some(TokenRefused::NoScope) => wrong.scopes = f.s("token-no-scope"),
        Some(TokenRefused::TrustAlone) => wrong.scopes = f.s("token-trust-alone"),
        Some(TokenRefused::BeyondRole(scope) | TokenRefused::ForPrograms(scope)) => {
            wrong.scopes = f.v("token-beyond-role", f.s(&scope_key(scope)));
        }
        Some(TokenRefused::TooMany(most)) => wrong.scopes = f.n("token-too-many", most),
    }
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(door, me, holder, typed, &wrong)).into_response())
}

fn scope_key(scope: TokenScope) -> String {
    format!("value-{}", scope.name().replace('_', "-"))
}

fn page(door: &Door, me: &Me, holder: &Holder, typed: &Typed, wrong: &Wrong) -> Response {
    let f = &door.frame;
    let offered = |scope: &TokenScope| !holder.is_own() || may_hold(me.principal.role, *scope).is_ok();
    let scope = |scope: TokenScope| Scope {
        choice: Choice {
            value: scope_field(scope),
            text: f.s(&scope_key(scope)),
            chosen: typed.contains_key(&scope_field(scope)),
        },
        hint: f.s(&format!("scope-{}-hint", scope.name().replace('_', "-"))),
    };
    let days = typed
        .get("days")
        .cloned()
        .unwrap_or_else(|| if typed.is_empty() { TOKEN_DAYS.1.to_string() } else { String::new() });
    render(&NewToken {
        f: f.clone(),
        program: match holder {
            Holder::Own => String::new(),
            Holder::Program(_, name) => name.clone(),
        },
        action: holder.action(door),
        cancel: holder.back(door),
        naming: Field { value: text(typed, "name").to_owned(), error: wrong.name.clone() },
        scopes: TokenScope::ALL.into_iter().filter(offered).map(scope).collect(),
        scopes_wrong: wrong.scopes.clone(),
        days: Field { value: days, error: wrong.days.clone() },
        days_hint: f.n("token-days-hint", TOKEN_DAYS.1),
    })
}
