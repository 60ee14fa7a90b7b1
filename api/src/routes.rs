//! The JSON API, `/v1`. One endpoint a file: what it takes, what it answers, why it refuses.
//!
//! A handler parses, performs one act or asks one read model, and maps. Who may do what is asked inside the
//! act; a route is registered with the [`Guard`] that says what, so that none stands outside the table.

mod accounts;
mod approvals;
mod as_of;
mod asked_first;
mod change;
mod consent;
mod devices;
mod door;
mod entry;
mod evidence;
mod factors;
mod freeze;
mod groups;
mod guard;
mod messages;
mod operator;
mod programs;
mod reader;
mod reads;
mod recovery;
mod show;
#[cfg(test)]
mod tests;
mod tokens;
mod users;
mod usual;

pub(crate) use accounts::NewPolicy;
pub(crate) use approvals::devices_of_subject;
use axum::middleware::from_fn_with_state;
pub(crate) use change::POSITION;
pub(crate) use users::erased_by_now;
use utoipa::openapi::tag::TagBuilder;
use utoipa_axum::router::OpenApiRouter;

pub use as_of::Sight;
pub use guard::{Ask, Case, Guard, Guarded, When};

use crate::app::App;
use crate::named;
use asked_first::{Table, asked_first};
use guard::Routes;

const TAGS: [(&str, &str); 11] = [
    ("accounts", "Tenants: their policy, and the switch for everyone."),
    ("entry", "Signing in and out, step-up, one-time links."),
    ("people", "The people of an account, and help for them."),
    ("approvals", "Acts that take two owners, or a wait."),
    ("recovery", "Ways back in for people who lost their second factor, and their cases."),
    ("factors", "One's own second factors and recovery codes."),
    ("devices", "Devices and sessions."),
    ("messages", "Messages by mail and SMS, and what became of each."),
    ("reports", "Who has two-factor authentication, now and at any past instant."),
    ("events", "The audit log."),
    ("programs", "Programs that use this API: their tokens, and who still shows a password."),
];

/// Every route of the API.
pub fn router(app: App) -> OpenApiRouter {
    let table = Table::of(app.clone(), guarded());
    let asked_first = from_fn_with_state(table, asked_first);
    described().layer(asked_first).layer(from_fn_with_state(app.clone(), named::announce)).with_state(app)
}

/// Every route of the API, not yet served by anything.
pub fn described() -> OpenApiRouter<App> {
    let (mut routes, _) = all().into_parts();
    let tags = TAGS.map(|(name, words)| TagBuilder::new().name(name).description(Some(words)).build());
    routes.get_openapi_mut().tags = Some(tags.into());
    routes
}

/// Every operation of the API, and what it asks of whoever calls it.
pub fn guarded() -> Vec<Guarded> {
    all().into_parts().1
}

fn all() -> Routes {
    Routes::new()
        .merge(accounts::routes())
        .merge(entry::routes())
        .merge(users::routes())
        .merge(approvals::routes())
        .merge(recovery::routes())
        .merge(freeze::routes())
        .merge(operator::routes())
        .merge(groups::routes())
        .merge(factors::routes())
        .merge(tokens::routes())
        .merge(devices::routes())
        .merge(messages::routes())
        .merge(evidence::routes())
        .merge(programs::routes())
}
