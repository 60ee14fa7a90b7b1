//! What every operation asks of whoever calls it. A route can only be registered together with its guard, so
//! none stands outside the permission table; the OpenAPI document repeats it as `x-twofold-permission`.
//!
//! The guard says what the handler and its act ask; it asks nothing itself. That they do ask it, a generated
//! test finds out by calling every operation as everybody.

use axum::middleware::from_fn;
use serde_json::{Map, Value, json};
use twofold_domain::account::TokenScope;
use twofold_domain::permission::{Act, Family, Move, Need, need, scope_for};
use twofold_domain::policy::Role;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::as_of::{Sight, only_now};
use crate::app::App;
use crate::limits::{passwords, strangers};

/// Where the document says it.
const EXTENSION: &str = "x-twofold-permission";

/// What one operation asks of whoever calls it.
#[derive(Debug, Clone)]
pub enum Guard {
    /// Anybody may call it, for this reason.
    Open(&'static str),
    /// Whoever holds the one-time link that the request carries.
    Link,
    /// Whoever holds the token of the device that the request is about.
    DeviceToken,
    /// Whoever holds the operator's token of the installation.
    Operator,
    /// Whoever is in a session that is good for an act, which may depend on the request.
    Acts(Vec<Case>),
}

/// One kind of request to an operation, and the act that it is.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// Which requests.
    pub when: When,
    /// What they ask for.
    pub ask: Ask,
}

/// Which requests to an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum When {
    /// All.
    Always,
    /// About oneself.
    Own,
    /// About somebody else.
    Another,
    /// About everybody at once.
    Everybody,
    /// Of somebody who has no second factor yet.
    FirstFactor,
    /// Of somebody who has one.
    FurtherFactor,
    /// For a page to read.
    Page,
    /// For a file to take away.
    File,
}

/// What a request asks for.
#[derive(Debug, Clone, Copy)]
pub enum Ask {
    /// An act.
    Act(Act),
    /// An act upon a person, by the role of that person.
    Upon(Family),
    /// An act upon a person that gives them the role that the request names.
    Giving(Move),
}

impl When {
    /// In words; nothing where it is every request.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Always => "",
            Self::Own => "about oneself",
            Self::Another => "about somebody else",
            Self::Everybody => "about everybody",
            Self::FirstFactor => "without a second factor yet",
            Self::FurtherFactor => "with a second factor already",
            Self::Page => "to read",
            Self::File => "as a file",
        }
    }
}

impl Ask {
    /// The act's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Act(act) => act.name(),
            Self::Upon(family) => family(Role::EndUser).name(),
            Self::Giving(role) => role(Role::EndUser, Role::EndUser).name(),
        }
    }

    /// The scope of an API token that does it, where one does; upon somebody, only upon end users.
    pub fn scope(self) -> Option<&'static str> {
        let act = match self {
            Self::Act(act) => act,
            Self::Upon(family) => family(Role::EndUser),
            Self::Giving(change) => change(Role::EndUser, Role::EndUser),
        };
        scope_for(act).map(TokenScope::name)
    }

    /// What it takes of each role that may, as JSON: `"step_up"`, or by the role it is upon, and then by the
    /// role that it gives.
    fn of_roles(self) -> Value {
        by_role(|role| match self {
            Self::Act(act) => taken(role, act),
            Self::Upon(family) => by_role(|subject| taken(role, family(subject))),
            Self::Giving(act) => by_role(|from| by_role(|to| taken(role, act(from, to)))),
        })
    }
}

/// What an act takes of a role.
fn taken(role: Role, act: Act) -> Value {
    match need(role, act) {
        Need::Never => Value::Null,
        Need::Session => json!("session"),
        Need::StepUp => json!("step_up"),
        Need::Delegated => json!("step_up_where_delegated"),
        Need::Approved => json!("step_up_and_approval"),
    }
}

/// A member for each role that has something to say.
fn by_role(of: impl Fn(Role) -> Value) -> Value {
    let said = Role::ALL.into_iter().map(|role| (role.name().to_owned(), of(role)));
    let said: Map<_, _> = said.filter(|(_, value)| !value.is_null()).collect();
    if said.is_empty() { Value::Null } else { Value::Object(said) }
}

impl Guard {
    /// An act, whatever the request.
    pub fn act(act: Act) -> Self {
        Self::cases([(When::Always, Ask::Act(act))])
    }

    /// An act upon the person that the request names.
    pub fn upon(family: Family) -> Self {
        Self::cases([(When::Always, Ask::Upon(family))])
    }

    /// An act that gives the person whom the request names the role that it names.
    pub fn giving(act: Move) -> Self {
        Self::cases([(When::Always, Ask::Giving(act))])
    }

    /// One act about oneself, another about anybody else.
    pub fn own_or(own: Act, other: Act) -> Self {
        Self::cases([(When::Own, Ask::Act(own)), (When::Another, Ask::Act(other))])
    }

    /// One act about oneself, another upon somebody else, by their role.
    pub fn own_or_upon(own: Act, other: Family) -> Self {
        Self::cases([(When::Own, Ask::Act(own)), (When::Another, Ask::Upon(other))])
    }

    /// An act for each kind of request.
    pub fn cases<const N: usize>(cases: [(When, Ask); N]) -> Self {
        Self::Acts(cases.map(|(when, ask)| Case { when, ask }).to_vec())
    }

    /// Whether only somebody who is signed in passes.
    const fn asks_for_a_session(&self) -> bool {
        matches!(self, Self::Acts(_))
    }

    /// As the document says it.
    fn as_json(&self) -> Value {
        match self {
            Self::Open(why) => json!({ "anybody": why }),
            Self::Link => json!({ "holder_of": "one_time_link" }),
            Self::DeviceToken => json!({ "holder_of": "device_token" }),
            Self::Operator => json!({ "holder_of": "operator_token" }),
            Self::Acts(cases) => cases
                .iter()
                .map(|Case { when, ask }| json!({ "when": when.words(), "act": ask.name(), "roles": ask.of_roles(), "scope": ask.scope() }))
                .collect(),
        }
    }
}

/// An operation and its guard.
#[derive(Debug, Clone)]
pub struct Guarded {
    /// `accounts.disable`: unique, and it stays.
    pub operation: String,
    /// `GET`, and so on.
    pub method: &'static str,
    /// With its parameters in braces.
    pub path: String,
    /// What it asks.
    pub guard: Guard,
    /// As of when it answers, where it reads.
    pub sight: Option<Sight>,
}

/// Routes with their guards.
#[derive(Default)]
pub(super) struct Routes {
    router: OpenApiRouter<App>,
    guarded: Vec<Guarded>,
}

impl Routes {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Adds `routes!(handler)` with what it asks.
    #[expect(clippy::needless_pass_by_value, reason = "a table of routes reads better without references")]
    pub(super) fn route(mut self, guard: Guard, handler: UtoipaMethodRouter<App>) -> Self {
        let (schemas, mut paths, mut methods) = handler;
        for (path, item) in &mut paths.paths {
            for (method, operation) in operations(item) {
                // `accounts.disable`, `factors.disable`: handlers of different folders share names.
                let tag = operation.tags.iter().flatten().next().map_or("api", String::as_str);
                let name = format!("{tag}.{}", operation.operation_id.as_deref().unwrap_or_default());
                operation.operation_id = Some(name.clone());
                let extensions = operation.extensions.get_or_insert_with(Extensions::default);
                extensions.insert(EXTENSION.to_owned(), guard.as_json());
                let sight = (method == "GET").then(|| Sight::of(&name));
                if let Some(sight) = sight {
                    sight.describe(operation);
                    if let Sight::Now(why) = sight {
                        methods = methods.layer(from_fn(move |request, next| only_now(why, request, next)));
                    }
                }
                let guard = guard.clone();
                self.guarded.push(Guarded { operation: name, method, path: path.clone(), guard, sight });
            }
        }
        // Whoever nobody has signed in for yet has to share.
        let methods = if guard.asks_for_a_session() {
            methods.layer(from_fn(passwords))
        } else {
            methods.layer(from_fn(strangers))
        };
        self.router = self.router.routes((schemas, paths, methods));
        self
    }

    /// Adds more of them.
    pub(super) fn merge(mut self, more: Self) -> Self {
        self.router = self.router.merge(more.router);
        self.guarded.extend(more.guarded);
        self
    }

    pub(super) fn into_parts(self) -> (OpenApiRouter<App>, Vec<Guarded>) {
        (self.router, self.guarded)
    }
}

/// The operations of one path.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let all = [
        ("GET", &mut item.get),
        ("PUT", &mut item.put),
        ("POST", &mut item.post),
        ("PATCH", &mut item.patch),
        ("DELETE", &mut item.delete),
    ];
    all.into_iter().filter_map(|(method, operation)| operation.as_mut().map(|operation| (method, operation)))
}
