//! The console's handlers: parse, act, fill a page. No rule stands here; what a page shows about permission
//! comes from the domain's table, what it shows about a person from the log and its read models.
//!
//! Every page works without a script. A form that went well ends with a redirect, so that a reload repeats
//! nothing; the one exception shows recovery codes, which exist nowhere else.

mod approvals;
mod browser;
mod challenge;
mod door;
mod enrol;
mod forgot;
mod home;
mod log;
mod logo;
mod names;
mod new_email;
mod outbox;
mod people;
mod person;
mod policy;
mod policy_form;
mod previewed;
mod refused;
mod security;
mod set_up;
mod sign_in;
mod status;
mod step_up;
mod switch;
mod telling;
mod typed;
mod words;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};

use crate::app::App;
use crate::layers::{Surface, on};
use crate::limits::strangers;
use crate::named;

/// The console's routes. Where messages are kept instead of being sent, they can be read at `/dev/outbox`.
pub fn routes(app: App, keeps_messages: bool) -> Router {
    let account = Router::new()
        .route("/", get(home::enter))
        .route("/sign-in", post(sign_in::submit).layer(from_fn(strangers)).get(sign_in::show))
        .route("/forgot", get(forgot::show).post(forgot::submit))
        .route("/sign-out", post(sign_in::out))
        .route("/challenge", post(challenge::submit).layer(from_fn(strangers)).get(challenge::show))
        .route("/step-up", get(step_up::show).post(step_up::submit))
        .route("/enrol", get(enrol::show).post(enrol::start))
        .route("/enrol/mail", post(enrol::mail))
        .route("/enrol/confirm", post(enrol::confirm))
        .route("/enrol/kept", post(enrol::kept))
        .route("/security", get(security::show))
        .route("/security/codes", post(security::new_codes))
        .route("/security/switch-off", get(security::ask_to_switch_off).post(security::switch_off))
        .route("/security/factors/{factor}/remove", post(security::remove_factor))
        .route("/security/devices/{device}/distrust", post(security::distrust))
        .route("/security/devices/{device}/lost", post(security::lost))
        .route("/security/devices/{device}/sessions/{session}/end", post(security::end))
        .route("/security/sessions/end-others", post(security::end_others))
        .route("/people", get(people::list))
        .route("/people/invite", get(people::ask_to_invite).post(people::invite))
        .route("/people/{user}", get(person::show).post(person::change))
        .route("/people/{user}/reset", get(people::ask_to_reset).post(people::reset))
        .route("/people/{user}/unlock", get(people::ask_to_unlock).post(people::unlock))
        .route("/approvals", get(approvals::show))
        .route("/approvals/{approval}/approve", post(approvals::approve))
        .route("/approvals/{approval}/carry-out", post(approvals::carry_out))
        .route("/approvals/{approval}/cancel", post(approvals::cancel))
        .route("/security/keep-factor", post(security::keep_factor))
        .route("/policy", get(policy::show))
        .route("/policy/{audience}", post(policy::save))
        .route("/policy/switch/{throw}", get(switch::ask).post(switch::decide))
        .route("/status", get(status::show))
        .route("/status.csv", get(status::csv))
        .route("/status.json", get(status::json))
        .route("/log", get(log::show))
        .merge(on(Surface::Asset, Router::new().route("/logo/{name}", get(logo::show))));
    let mut routes = Router::new()
        .route("/", get(home::show).post(home::choose))
        .route("/setup/{token}", get(set_up::show).post(set_up::submit).layer(from_fn(strangers)))
        .route("/email/{token}", get(new_email::show).post(new_email::submit))
        .nest("/a/{slug}", account);
    if keeps_messages {
        routes = routes.route("/dev/outbox", get(outbox::show));
    }
    routes.layer(from_fn_with_state(app.clone(), named::announce)).with_state(app)
}
