//! Whoever may not do something is told so whatever they sent: a body that cannot be read, a field that breaks a rule
//! and a precondition that is missing are only spoken of to those who may.
//!
//! Handlers read a request before their act asks who is behind it. Where that came to a refusal of the request, the
//! permission table is asked once more, before the answer leaves. A request that is understood pays nothing.

use std::collections::BTreeMap;
use std::str::FromStr as _;
use std::sync::Arc;

use axum::extract::{FromRequestParts as _, MatchedPath, RawPathParams, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use twofold_infra::acts::{Identify, Might, Wanted};

use super::door::{Session, UserName};
use super::guard::{Ask, Case, Guard, Guarded, When};
use super::reader::password_reads_only;
use crate::app::App;
use crate::problem::{Missing, Problem};

/// What each operation asks, by method and path.
#[derive(Clone)]
pub(super) struct Table {
    app: App,
    guards: Arc<BTreeMap<(&'static str, String), Vec<Case>>>,
}

impl Table {
    pub(super) fn of(app: App, guarded: Vec<Guarded>) -> Self {
        let guards = guarded.into_iter().filter_map(|operation| match operation.guard {
            Guard::Acts(cases) => Some(((operation.method, operation.path), cases)),
            Guard::Open(_) | Guard::Link | Guard::DeviceToken | Guard::Operator => None,
        });
        Self { app, guards: Arc::new(guards.collect()) }
    }

    fn cases(&self, parts: &Parts) -> Option<&[Case]> {
        let path = parts.extensions.get::<MatchedPath>()?.as_str();
        let found = self.guards.iter().find(|((method, of), _)| parts.method == *method && of == path);
        found.map(|(_, cases)| cases.as_slice())
    }

    /// Why a request would be refused that says the same in good order.
    async fn refuses(&self, mut parts: Parts) -> Result<(), Problem> {
        let Some(cases) = self.cases(&parts).map(<[Case]>::to_vec) else { return Ok(()) };
        // What an address and a password read is asked of them before, and alone.
        if password_reads_only(&parts.headers).is_some() {
            return Ok(());
        }
        let Session { credential, context, .. } = Session::from_request_parts(&mut parts, &()).await?;
        let account = credential.account();
        let who = Identify { credential: credential.clone(), deed: None, counts_as_activity: false };
        let me = self.app.perform(account, context.clone(), who).await?.reply.user();
        let named = named(&mut parts).await?;
        let upon = named.and_then(|name| if let UserName::Id(user) = name { Some(user) } else { me });
        let own = named.map(|_| upon == me);
        let meant = |case: &&Case| match case.when {
            When::Own => own != Some(false),
            When::Another => own != Some(true),
            _ => true,
        };
        let wanted = |case: &Case| match case.ask {
            Ask::Act(deed) => Wanted::Deed(deed),
            Ask::Upon(family) => Wanted::Upon(upon, family),
            Ask::Giving(change) => Wanted::Giving(upon, change),
        };
        let any = cases.iter().filter(meant).map(wanted).collect();
        self.app.perform(account, context, Might { credential, any }).await?;
        Ok(())
    }
}

/// Whom the path names.
async fn named(parts: &mut Parts) -> Result<Option<UserName>, Problem> {
    let Ok(params) = RawPathParams::from_request_parts(parts, &()).await else { return Ok(None) };
    let Some((_, name)) = params.iter().find(|(name, _)| *name == "user") else { return Ok(None) };
    UserName::from_str(name).map(Some).map_err(|_| Problem::missing(Missing::Person))
}

/// Passes a request on, and puts “you may not” in the place of “this cannot be read”.
pub(super) async fn asked_first(State(table): State<Table>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let seen = parts.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    let of_the_request = matches!(
        response.status(),
        StatusCode::BAD_REQUEST
            | StatusCode::PAYLOAD_TOO_LARGE
            | StatusCode::UNSUPPORTED_MEDIA_TYPE
            | StatusCode::UNPROCESSABLE_ENTITY
            | StatusCode::PRECONDITION_REQUIRED
    );
    if !of_the_request {
        return response;
    }
    match table.refuses(seen).await {
        Err(refused) if matches!(refused.kind().status, 401 | 403) => refused.into_response(),
        Ok(()) | Err(_) => response,
    }
}
