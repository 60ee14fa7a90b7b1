//! `POST /v1/accounts`: open an account with its first owner. For the operator of the installation only.

use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use hmac::{Hmac, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use twofold_domain::account::ClockKind;
use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_infra::acts::{ActError, AdminLink, IssuedLink, NewPerson, OpenAccount, OpenedAccount};
use twofold_infra::context::Actor;
use twofold_infra::desk::{Once, Repeatable};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::extract::{Credentials, Presented, unauthenticated};
use crate::problem::{Problem, kinds};
use crate::routes::change::{Answer, Change, Placed, Repeat};
use crate::routes::door::Visitor;
use crate::routes::show::{Instant, Secret};
use crate::routes::usual::Changing;

/// The first language of an account's owner, where none is said.
const LANGUAGE: &str = "en";

/// An account to open.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAccount {
    /// Unique, for addresses: 2 to 40 of a-z, 0-9 and `-`.
    #[schema(example = "acme")]
    slug: String,
    /// As prompts and messages show it.
    #[schema(example = "Acme")]
    name: String,
    /// Whether it is a sandbox: with a clock of its own that its owner sets forwards, for trying out what time
    /// does. It stays one. Its short name begins with `sandbox-`; that of no other account does.
    #[serde(default)]
    sandbox: bool,
    /// Its first owner.
    owner: FirstOwner,
}

/// The first owner of an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FirstOwner {
    name: String,
    /// Where they are reached.
    #[schema(example = "ada@example.com")]
    email: String,
    /// `en`, `es`, or `ko`; `en` if not said.
    language: Option<String>,
}

/// An account that was opened.
#[derive(Serialize, ToSchema)]
pub(super) struct Opened {
    /// The account.
    #[schema(value_type = String)]
    account: AccountId,
    /// Its first owner.
    #[schema(value_type = String)]
    owner: UserId,
    /// With which its owner sets a password. Shown once; `twofold admin link` makes another.
    #[serde(skip_serializing_if = "Option::is_none")]
    set_up: Option<SetUpLink>,
    /// The request was repeated: what is shown once was shown.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    already_shown: bool,
}

/// A one-time link.
#[derive(Serialize, ToSchema)]
struct SetUpLink {
    url: Secret,
    expires_at: Instant,
}

impl From<IssuedLink> for SetUpLink {
    fn from(link: IssuedLink) -> Self {
        Self { url: link.url.into(), expires_at: link.expires_at.into() }
    }
}

/// Whoever shows the operator's token.
pub(super) struct Operator(Presented);

impl FromRequestParts<App> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let shown = <Credentials as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        match shown {
            Credentials::Bearer(token) if app.operator.matches(token.expose()) => Ok(Self(token)),
            Credentials::Bearer(_) | Credentials::Cookie(_) => Err(unauthenticated()),
        }
    }
}

impl Operator {
    /// A keyed hash that only the holder of the token can make.
    fn tag(&self, label: &str, parts: &[&[u8]]) -> [u8; 32] {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.0.expose().as_bytes()) else {
            // HMAC takes keys of any length.
            return [0; 32];
        };
        for part in std::iter::once(label.as_bytes()).chain(parts.iter().copied()) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// The account of a request: under a key always the same one, so that a repeat finds it.
    fn account(&self, app: &App, repeat: &Repeat) -> AccountId {
        let Some(key) = repeat.key() else { return app.desk.mint().id() };
        let tag = self.tag("twofold/account-of-key/v1", &[key.as_bytes()]);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&tag[..16]);
        AccountId::from_uuid(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }
}

/// Open an account.
///
/// Takes the operator's token (the file `operator.token` of the installation), no session. The operator has
/// no role in the account; its owner begins with the link in the answer. Code `taken` where the short name is.
#[utoipa::path(post, path = "/v1/accounts", tag = "accounts", security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeats are answered as before.")),
    request_body = NewAccount,
    responses((status = 201, description = "It is open.", body = Placed<Opened>), Changing))]
pub(super) async fn open(
    State(app): State<App>,
    operator: Operator,
    Visitor(mut context): Visitor,
    change: Change<NewAccount>,
) -> Result<Response, Problem> {
    let Change { body, repeat } = change;
    context.actor = Actor::Operator;
    let account = operator.account(&app, &repeat);
    let act = OpenAccount {
        account,
        slug: body.slug,
        name: body.name,
        clock: if body.sandbox { ClockKind::Sandbox } else { ClockKind::Real },
        owner: NewPerson {
            user: app.desk.mint().id(),
            role: Role::Owner,
            name: body.owner.name,
            email: body.owner.email,
            language: Some(body.owner.language.unwrap_or_else(|| LANGUAGE.to_owned())),
        },
    };
    let repeatable = repeat.key().map(|key| Repeatable {
        scope: repeat.scope("operator", key),
        fingerprint: operator.tag("twofold/idempotent-request/v1", &repeat.asked()),
        expires_at: app.now() + Span::hours(24),
        render: Box::new(|opened: &OpenedAccount, _| opened.owner.uuid().as_bytes().to_vec()),
    });
    let once = app.desk.perform_once(account, context.clone(), act, repeatable).await;
    app.concerns(account);
    let opened = match once {
        Ok(Once::Fresh(done)) => done,
        Ok(Once::Repeated(owner)) => {
            let owner = UserId::from_uuid(Uuid::from_slice(&owner).map_err(Problem::internal)?);
            let body = Opened { account, owner, set_up: None, already_shown: true };
            return Ok(answer(body).at(Some(app.position(account).await?)));
        }
        Err(error) => return Err(of_owner(&app, error)),
    };
    // The account is open whatever becomes of the link: another can be made.
    let owner = opened.reply.owner;
    let link = app.perform(account, context, AdminLink { user: owner, owners: vec![owner] }).await.ok();
    let position = link.as_ref().and_then(|done| done.position).or(opened.position);
    let set_up = link.map(|done| done.reply.into());
    Ok(answer(Opened { account, owner, set_up, already_shown: false }).at(position))
}

fn answer(body: Opened) -> Answer<Opened> {
    Answer {
        status: StatusCode::CREATED,
        etag: None,
        location: Some(format!("/v1/accounts/{}", body.account)),
        body: Ok(body),
    }
}

/// Fields of the person lie below `/owner`.
fn of_owner(app: &App, error: ActError) -> Problem {
    let below = |field: &str, code: &'static str, why: String| {
        Problem::new(kinds::INVALID_FIELDS).field(format!("/owner/{field}"), code, why)
    };
    match error {
        ActError::Field { field, why } => below(field, "invalid_value", why),
        ActError::User(twofold_domain::user::UserError::BadLanguage) => {
            below("language", "unknown_value", "the language must be one of en, es, ko".to_owned())
        }
        other => app.problem(other),
    }
}
