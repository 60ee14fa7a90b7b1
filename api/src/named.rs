//! The account that a request names, in its path or by a token, for a request that failed before anybody
//! looked at it: its answer says that the account is a sandbox, as every other does.
//!
//! A name is no proof, and nothing is told here but what every answer about that account tells. A request of
//! another site is refused before it gets here, unseen.

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use twofold_domain::ids::AccountId;
use twofold_infra::verify::token::{ApiToken, Bearer, DeviceToken, LinkToken, SessionToken, TokenKind};

use crate::app::App;
use crate::extract::Cookies;
use crate::layers::concern;
use crate::site::ThisSite;

/// What a request calls an account.
#[derive(Debug, PartialEq, Eq)]
enum Name {
    Id(AccountId),
    Slug(String),
}

/// Has the answer to a refused request say whose it is, where nobody said it yet.
pub(crate) async fn announce(State(app): State<App>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let name = name_in(&parts);
    let response = next.run(Request::from_parts(parts, body)).await;
    let refused = response.status().is_client_error() || response.status().is_server_error();
    if let Some(name) = name.filter(|_| refused && concern::account().is_none()) {
        // Where even this cannot be looked at, the answer says what failed.
        let account = match name {
            Name::Id(account) => Some(account),
            Name::Slug(slug) => app.store().slug(&slug).await.ok().flatten(),
        };
        if let Some(account) = account {
            app.comes_to_know(account).await;
        }
    }
    response
}

fn name_in(parts: &Parts) -> Option<Name> {
    in_path(parts.uri.path()).or_else(|| in_tokens(parts).map(Name::Id))
}

fn in_path(path: &str) -> Option<Name> {
    let mut segments = path.split('/').skip(1);
    match (segments.next()?, segments.next()?, segments.next()) {
        ("v1", "accounts", Some(name)) => match name.parse() {
            Ok(account) => Some(Name::Id(account)),
            Err(_) => Some(Name::Slug(name.to_owned())),
        },
        ("a", slug, _) => Some(Name::Slug(slug.to_owned())),
        ("setup" | "email", token, _) => account_of::<LinkToken>(token).map(Name::Id),
        _ => None,
    }
}

fn in_tokens(parts: &Parts) -> Option<AccountId> {
    let headers = &parts.headers;
    let cookies = parts.extensions.get::<ThisSite>().map(|site| Cookies::of(&site.origin));
    bearer(headers)
        .and_then(|token| account_of::<SessionToken>(token).or_else(|| account_of::<ApiToken>(token)))
        .or_else(|| account_of::<DeviceToken>(headers.get("twofold-device")?.to_str().ok()?))
        .or_else(|| account_of::<SessionToken>(cookies?.session_of(headers)?.expose()))
        .or_else(|| account_of::<DeviceToken>(cookies?.device_of(headers)?.expose()))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

fn account_of<K: TokenKind>(token: &str) -> Option<AccountId> {
    Bearer::<K>::parse(token).ok().map(|token| token.account())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rules: H7.
    #[test]
    fn a_path_names_its_account() {
        let id = AccountId::from_uuid(uuid::Uuid::from_u128(7));
        for (path, name) in [
            (format!("/v1/accounts/{id}/policy"), Some(Name::Id(id))),
            ("/v1/accounts/acme".to_owned(), Some(Name::Slug("acme".into()))),
            ("/a/acme/sign-in".to_owned(), Some(Name::Slug("acme".into()))),
            ("/v1/accounts".to_owned(), None),
            ("/v1/users/me".to_owned(), None),
            ("/setup/tfl_nonsense".to_owned(), None),
            ("/".to_owned(), None),
        ] {
            assert_eq!(in_path(&path), name, "{path}");
        }
    }
}
