//! Requests that change something: answered with the position of what they recorded, and, under an
//! `Idempotency-Key`, done once however often they come.
//!
//! The key belongs to one person and one route; a keyed hash over path, precondition, and body tells a repeat
//! from another request. Only committed answers are kept, for a day, and never a secret: a repeat of an
//! answer that showed one says `already_shown`.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, MatchedPath, OptionalFromRequestParts, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use twofold_domain::ids::AccountId;
use twofold_domain::time::Span;
use twofold_infra::acts::Identify;
use twofold_infra::context::Context;
use twofold_infra::desk::{Act, Done, Once, Repeatable};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::door::Session;
use crate::app::App;
use crate::extract::{ETag, Exact, IdempotencyKey, Json};
use crate::problem::Problem;

/// The position of what a request recorded; reads accept it as `min_position`.
pub(crate) const POSITION: HeaderName = HeaderName::from_static("twofold-position");
/// How long an answer is kept.
const KEPT: Span = Span::hours(24);
const FINGERPRINT: &str = "twofold/idempotent-request/v1";

/// A request that changes something: its body, and what makes it known again.
pub(super) struct Change<T> {
    pub(super) body: T,
    pub(super) repeat: Repeat,
}

/// What makes a request known again.
pub(super) struct Repeat {
    key: Option<IdempotencyKey>,
    /// Method and route, as the table of routes spells it.
    route: String,
    /// What the caller asked for, to the letter.
    asked: Vec<Zeroizing<Vec<u8>>>,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Change<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let key =
            <IdempotencyKey as OptionalFromRequestParts<S>>::from_request_parts(&mut parts, state).await?;
        let matched = <MatchedPath as FromRequestParts<S>>::from_request_parts(&mut parts, state).await;
        let matched = matched.map_err(Problem::internal)?;
        let route = format!("{} {}", parts.method, matched.as_str());
        let seen = parts.headers.get(header::IF_MATCH).map(|value| value.as_bytes().to_vec());
        let path = parts.uri.path().as_bytes().to_vec();
        let exact = Exact::<T>::from_request(Request::from_parts(parts, body), state).await?;
        let text = Zeroizing::new(exact.text.as_bytes().to_vec());
        let asked = vec![Zeroizing::new(path), Zeroizing::new(seen.unwrap_or_default()), text];
        Ok(Self { body: exact.value, repeat: Repeat { key, route, asked } })
    }
}

impl Repeat {
    /// The caller's key, if they sent one.
    pub(super) fn key(&self) -> Option<&str> {
        self.key.as_ref().map(IdempotencyKey::as_str)
    }

    /// Where its answer is kept.
    pub(super) fn scope(&self, principal: &str, key: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        for part in [principal, &self.route, key] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }

    /// What was asked for, for a keyed hash.
    pub(super) fn asked(&self) -> Vec<&[u8]> {
        self.asked.iter().map(|part| part.as_slice()).collect()
    }
}

/// An answer on its way.
pub(super) struct Answer<V> {
    pub(super) status: StatusCode,
    pub(super) etag: Option<u64>,
    pub(super) location: Option<String>,
    pub(super) body: Result<V, Problem>,
}

impl<V> Answer<V> {
    /// 200 with a body.
    pub(super) const fn ok(body: V) -> Self {
        Self { status: StatusCode::OK, etag: None, location: None, body: Ok(body) }
    }

    /// A refusal that was recorded: it is committed like any other answer, and kept like one.
    pub(super) fn refused(why: Problem) -> Self {
        Self { status: why.status(), etag: None, location: None, body: Err(why) }
    }

    /// 201 with where it is from now on.
    pub(super) fn created(location: String, body: V) -> Self {
        Self { status: StatusCode::CREATED, etag: None, location: Some(location), body: Ok(body) }
    }

    /// Adds the version that it left.
    pub(super) fn version(mut self, version: u64) -> Self {
        self.etag = Some(version);
        self
    }

    /// The answer, with the position of what was recorded.
    pub(super) fn at(self, position: Option<u64>) -> Response
    where
        V: Serialize,
    {
        let Self { status, etag, location, body } = self;
        let body = match body {
            Ok(body) => Json(Placed { body, position }).into_response(),
            Err(refused) => refused.into_response(),
        };
        finish(body, status, etag, location.as_deref(), position)
    }
}

/// Something that was written, and where in the account's history.
#[derive(Serialize, ToSchema)]
pub(super) struct Placed<V> {
    #[serde(flatten)]
    body: V,
    /// The event's position; a read with `min_position` sees it. Absent where nothing had to change.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<u64>,
}

/// Nothing but its position.
#[derive(Serialize, Clone, Copy, ToSchema)]
pub(super) struct Nothing {}

/// Nothing is sent.
#[derive(Deserialize, Clone, Copy, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Empty {}

/// What a repeat of the request may learn.
pub(super) trait Repeatably: Serialize {
    /// The same without what is shown only once.
    #[must_use]
    fn repeated(self) -> Self;
}

impl Repeatably for Nothing {
    fn repeated(self) -> Self {
        self
    }
}

/// An answer as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    status: u16,
    etag: Option<u64>,
    location: Option<String>,
    body: Value,
}

fn finish(
    mut response: Response,
    status: StatusCode,
    etag: Option<u64>,
    location: Option<&str>,
    position: Option<u64>,
) -> Response {
    *response.status_mut() = status;
    let headers = response.headers_mut();
    if let Some(position) = position {
        headers.insert(POSITION, HeaderValue::from(position));
    }
    if let Some(location) = location.and_then(|l| HeaderValue::from_str(l).ok()) {
        headers.insert(header::LOCATION, location);
    }
    match etag {
        Some(version) => (ETag(version), response).into_response(),
        None => response,
    }
}

/// 204 with the position of what was recorded.
pub(super) fn no_content<R>(done: &Done<R>) -> Response {
    finish(().into_response(), StatusCode::NO_CONTENT, None, None, done.position)
}

/// Performs a person's act: once, if they gave it a key.
pub(super) async fn perform<A, V>(
    app: &App,
    session: &Session,
    repeat: &Repeat,
    act: A,
    view: impl Fn(&A::Reply) -> Answer<V> + Send + Sync + 'static,
) -> Result<Response, Problem>
where
    A: Act,
    V: Repeatably,
{
    let account = session.credential.account();
    let Some(key) = repeat.key() else {
        let done = app.perform(account, session.context.clone(), act).await?;
        return Ok(view(&done.reply).at(done.position));
    };
    // Before anything is looked up under the key: whose key it is.
    let act_as = Identify { credential: session.credential.clone(), deed: None, counts_as_activity: false };
    let caller = app.perform(account, session.context.clone(), act_as).await?.reply;
    let keys = app.desk.vault().account_keys(account).await.map_err(|error| app.problem(error))?;
    let mark = Mark {
        scope: repeat.scope(&caller.name(), key),
        fingerprint: keys.tokens().tag(FINGERPRINT, &repeat.asked()),
    };
    perform_marked(app, account, session.context.clone(), mark, act, view).await
}

/// What a request is known by.
pub(super) struct Mark {
    pub(super) scope: [u8; 32],
    pub(super) fingerprint: [u8; 32],
}

/// Performs an act once under its mark.
pub(super) async fn perform_marked<A, V>(
    app: &App,
    account: AccountId,
    context: Context,
    mark: Mark,
    act: A,
    view: impl Fn(&A::Reply) -> Answer<V> + Send + Sync + 'static,
) -> Result<Response, Problem>
where
    A: Act,
    V: Repeatably,
{
    let view = Arc::new(view);
    let kept = Arc::clone(&view);
    let repeatable = Repeatable {
        scope: mark.scope,
        fingerprint: mark.fingerprint,
        expires_at: app.now() + KEPT,
        render: Box::new(move |reply, _| {
            let Answer { status, etag, location, body } = kept(reply);
            let body = match body {
                Ok(body) => serde_json::to_value(body.repeated()).unwrap_or_default(),
                Err(refused) => refused.kept(),
            };
            let kept = Kept { status: status.as_u16(), etag, location, body };
            serde_json::to_vec(&kept).unwrap_or_default()
        }),
    };
    let once = app.desk.perform_once(account, context, act, Some(repeatable)).await;
    app.concerns(account);
    match once {
        Ok(Once::Fresh(done)) => Ok(view(&done.reply).at(done.position)),
        Ok(Once::Repeated(bytes)) => repeated(app, account, &bytes).await,
        Err(error) => Err(app.problem_of(account, error)),
    }
}

/// The answer to a repeat. What the first one recorded lies at or before the account's present position.
async fn repeated(app: &App, account: AccountId, kept: &[u8]) -> Result<Response, Problem> {
    let kept: Kept = serde_json::from_slice(kept).map_err(Problem::internal)?;
    let status = StatusCode::from_u16(kept.status).map_err(Problem::internal)?;
    let position = Some(app.position(account).await?);
    if status.is_client_error() {
        return Ok(finish(Problem::repeated(status, kept.body), status, None, None, position));
    }
    let answer = Answer { status, etag: kept.etag, location: kept.location, body: Ok(kept.body) };
    Ok(answer.at(position))
}
