//! The JSON API, `/v1`. One endpoint a file: what it takes, what it answers, why it refuses.
//!
//! A handler parses, performs one act or asks one read model, and maps. Who may do what is asked inside the
//! act, so that no route can forget it.

mod accounts;
mod change;
mod devices;
mod door;
mod entry;
mod evidence;
mod factors;
mod show;
#[cfg(test)]
mod tests;
mod users;
mod usual;

use utoipa::openapi::OpenApi;
use utoipa::openapi::tag::TagBuilder;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

const TAGS: [(&str, &str); 7] = [
    ("accounts", "Tenants: their policy, and the switch for everyone."),
    ("entry", "Signing in and out, step-up, one-time links."),
    ("people", "The people of an account, and help for them."),
    ("factors", "One's own second factors and recovery codes."),
    ("devices", "Devices and sessions."),
    ("reports", "Who has two-factor authentication, now and at any past instant."),
    ("events", "The audit log."),
];

/// Every route of the API.
pub fn router(app: App) -> OpenApiRouter {
    described().with_state(app)
}

/// Every route of the API, not yet served by anything.
pub fn described() -> OpenApiRouter<App> {
    let mut routes = OpenApiRouter::new()
        .merge(accounts::routes())
        .merge(entry::routes())
        .merge(users::routes())
        .merge(factors::routes())
        .merge(devices::routes())
        .merge(evidence::routes());
    name_operations(routes.get_openapi_mut());
    let tags = TAGS.map(|(name, words)| TagBuilder::new().name(name).description(Some(words)).build());
    routes.get_openapi_mut().tags = Some(tags.into());
    routes
}

/// `accounts.disable`, `factors.disable`: a name that is unique and stays.
fn name_operations(document: &mut OpenApi) {
    for path in document.paths.paths.values_mut() {
        for operation in
            [&mut path.get, &mut path.put, &mut path.post, &mut path.delete].into_iter().flatten()
        {
            let tag = operation.tags.as_ref().and_then(|tags| tags.first()).map_or("api", String::as_str);
            operation.operation_id = operation.operation_id.as_ref().map(|name| format!("{tag}.{name}"));
        }
    }
}
