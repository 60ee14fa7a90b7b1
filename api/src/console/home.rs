//! The front page: which account?

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::ids::{AccountId, StreamId};
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::ActError;

use super::door::{Door, redirect};
use super::refused::Refused;
use crate::app::App;
use crate::extract::Form;
use crate::pages::entry::Home;
use crate::pages::frame::{Account, Field, Frame};
use crate::pages::render;
use crate::site::ThisSite;

/// Accounts that the demo offers to choose from.
const OFFERED: usize = 12;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Choice {
    #[serde(default)]
    account: String,
}

/// Asks for the account's short name.
pub(super) async fn show(State(app): State<App>, site: ThisSite, f: Frame) -> Result<Response, Refused> {
    let accounts = offered(&app, &site).await?;
    Ok(render(&Home { f, account: Field::default(), accounts }))
}

/// Leads to the account.
pub(super) async fn choose(
    State(app): State<App>,
    site: ThisSite,
    f: Frame,
    Form(choice): Form<Choice>,
) -> Result<Response, Refused> {
    let slug = choice.account.trim().to_lowercase();
    if app.store().slug(&slug).await.map_err(ActError::from)?.is_some() {
        return Ok(redirect(&format!("/a/{slug}/sign-in")));
    }
    let error = f.s("account-unknown");
    let account = Field { value: choice.account, error };
    let accounts = offered(&app, &site).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, render(&Home { f, account, accounts })).into_response())
}

/// Leads to one's own page, or to the way in.
pub(super) async fn enter(mut door: Door) -> Result<Response, Refused> {
    door.back = door.path("security");
    door.enter(Deed::ReadOwn).await?;
    Ok(door.go("security", None))
}

/// A demo names its accounts; anywhere else that would tell strangers who is a customer.
async fn offered(app: &App, site: &ThisSite) -> Result<Vec<Account>, ActError> {
    if !site.demo {
        return Ok(Vec::new());
    }
    let mut offered = Vec::new();
    for (account, _) in app.store().accounts().await?.into_iter().take(OFFERED) {
        if account != AccountId::INSTALLATION {
            let state = app.desk.log().accounts.load(StreamId::account(account)).await?.state;
            offered.push(Account { name: state.name().to_owned(), slug: state.slug().to_owned() });
        }
    }
    Ok(offered)
}
