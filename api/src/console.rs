//! The console's handlers: parse, act, fill a page. No rule stands here; what a page shows about permission
//! comes from the domain's table, what it shows about a person from the log and its read models.
//!
//! Every page works without a script. A form that went well ends with a redirect, so that a reload repeats
//! nothing; the one exception shows recovery codes, which exist nowhere else.

mod approvals;
mod browser;
mod cells;
mod challenge;
mod clock;
mod close;
mod devices_of;
mod door;
mod enrol;
mod enrol_phone;
mod enrol_token;
mod factors;
mod files;
mod floor;
mod forecast;
mod forgot;
mod freeze;
mod governance;
mod grant;
mod groups;
mod help;
mod helped;
mod home;
mod import;
mod invite;
mod log;
mod log_rows;
mod logo;
mod lost;
mod messages;
mod names;
mod new_email;
mod offered;
mod operator;
mod outbox;
mod own_profile;
mod people;
mod person;
mod person_asks;
mod place;
mod places;
mod policy;
mod policy_form;
mod previewed;
mod profile;
mod programs;
mod recover;
mod recovery;
mod refused;
mod repair;
mod reports;
mod said;
mod schedule;
mod security;
mod set_up;
mod settings;
mod sign_in;
mod sign_ins;
mod status;
mod step_up;
mod stock;
mod switch;
pub(crate) mod telling;
mod texted;
mod thaw;
mod then;
mod tokens;
mod typed;
mod uploads;
mod what_if;
mod words;

#[cfg(test)]
pub(crate) use {cells::heading, reports::report_title};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};

use crate::app::App;
use crate::layers::{Surface, on};
use crate::limits::strangers;
use crate::named;

/// Groups of people, and people from another system.
fn groups_and_import() -> Router<App> {
    let large = DefaultBodyLimit::max(import::FORM_LIMIT);
    Router::new()
        .route("/people/groups", get(groups::list).post(groups::make))
        .route("/people/groups/{group}", get(groups::show).post(groups::rename))
        .route("/people/groups/{group}/delete", get(groups::ask_to_delete).post(groups::delete))
        .route("/people/import", get(import::ask).post(import::check).layer(large))
        .route("/people/import/confirm", post(import::confirm).layer(large))
        .route("/people/import/people.csv", get(import::template))
}

/// Sign-ins and why, devices, sessions: one's own, and somebody's.
fn sign_ins_and_devices() -> Router<App> {
    Router::new()
        .route("/security/sign-ins", get(sign_ins::own))
        .route("/security/sign-ins/{position}", get(sign_ins::own_why))
        .route("/people/{user}/sign-ins", get(sign_ins::of_person))
        .route("/people/{user}/sign-ins/{position}", get(sign_ins::why_of_person))
        .route("/people/{user}/devices", get(devices_of::show))
        .route("/people/{user}/devices/{device}/distrust", post(devices_of::distrust))
        .route("/people/{user}/devices/{device}/lost", post(devices_of::lost))
        .route("/people/{user}/devices/{device}/sessions/{session}/end", post(devices_of::end))
        .route("/people/{user}/sessions/end-chosen", post(devices_of::end_chosen))
        .route("/people/{user}/sessions/end-others", post(devices_of::end_others))
        .route("/people/{user}/sessions/end-all", post(devices_of::end_all))
}

/// Programs and tokens, settings, one's own profile.
fn programs_and_settings() -> Router<App> {
    Router::new()
        .route("/programs", get(programs::show).post(programs::register))
        .route("/programs/in-use", get(programs::in_use))
        .route("/programs/own/new", get(tokens::ask_own).post(tokens::issue_own))
        .route("/programs/own/{token}/end", post(tokens::end_own))
        .route("/programs/{client}", get(programs::one))
        .route("/programs/{client}/remove", get(programs::ask_to_remove).post(programs::remove))
        .route("/programs/{client}/tokens", get(tokens::ask_program).post(tokens::issue_program))
        .route("/programs/{client}/tokens/{token}/end", post(programs::end_token))
        .route("/settings", get(settings::show).post(settings::save))
        .route("/clock", get(clock::show).post(clock::set))
        .route("/profile", get(own_profile::show).post(own_profile::change))
        .route("/language", post(own_profile::speak))
}

/// One's own factors, and the account's stock of hardware tokens.
fn factors_and_tokens() -> Router<App> {
    let large = DefaultBodyLimit::max(stock::FORM_LIMIT);
    Router::new()
        .route("/security/factors/{factor}", get(factors::show).post(factors::rename))
        .route("/security/factors/{factor}/prefer", post(factors::prefer))
        .route("/security/factors/{factor}/remove", post(factors::remove))
        .route("/people/tokens", get(stock::show))
        .route("/people/tokens/import", get(stock::ask_import).post(stock::import).layer(large))
        .route("/people/tokens/assign", get(stock::ask_assign).post(stock::assign))
        .route("/people/{user}/tokens/withdraw", post(stock::withdraw))
}

/// Ways back in: the cases, a grant, one's own new handset.
fn recoveries() -> Router<App> {
    Router::new()
        .route("/recovery", get(recovery::list))
        .route("/recovery/{case}", get(recovery::one))
        .route("/people/{user}/grant", get(grant::ask).post(grant::decide))
        .route("/people/{user}/recovery/stop", post(recovery::stop))
        .route("/security/recovery", get(repair::show).post(repair::submit))
        .route("/security/recovery/stop", post(repair::stop))
}

/// The console's routes. Where messages are kept instead of being sent, they can be read at `/dev/outbox`.
pub fn routes(app: App, keeps_messages: bool) -> Router {
    let account = Router::new()
        .route("/", get(home::enter))
        .route("/sign-in", post(sign_in::submit).layer(from_fn(strangers)).get(sign_in::show))
        .route("/forgot", get(forgot::show).post(forgot::submit))
        .route("/frozen", get(freeze::ask_link).post(freeze::send_link))
        .route("/security/freeze", get(freeze::ask_own).post(freeze::own))
        .route("/sign-out", post(sign_in::out))
        .route("/challenge", post(challenge::submit).layer(from_fn(strangers)).get(challenge::show))
        .route("/challenge/text", post(challenge::text).layer(from_fn(strangers)))
        .route("/step-up", get(step_up::show).post(step_up::submit))
        .route("/step-up/text", post(step_up::text))
        .route("/enrol", get(enrol::show).post(enrol::start))
        .route("/enrol/mail", post(enrol::mail))
        .route("/enrol/phone", post(enrol_phone::start))
        .route("/enrol/text", post(enrol_phone::text))
        .route("/enrol/token", get(enrol_token::show).post(enrol_token::start))
        .route("/enrol/confirm", post(enrol::confirm))
        .route("/enrol/kept", post(enrol::kept))
        .route("/security", get(security::show))
        .route("/security/codes", post(security::new_codes))
        .route("/security/switch-off", get(security::ask_to_switch_off).post(security::switch_off))
        .route("/security/switch-off/text", post(security::text))
        .route("/security/devices/{device}/distrust", post(security::distrust))
        .route("/security/devices/{device}/lost", post(security::lost))
        .route("/security/devices/{device}/sessions/{session}/end", post(security::end))
        .route("/security/sessions/end-others", post(security::end_others))
        .route("/security/sessions/end-chosen", post(security::end_chosen))
        .route("/security/sessions/end-all", post(security::end_all))
        .route("/lost", get(lost::show).post(lost::submit))
        .route("/messages", get(messages::own))
        .route("/delivery", get(messages::delivery))
        .route("/people/{user}/messages", get(messages::of_person))
        .route("/people", get(people::list))
        .route("/people/invite", get(invite::ask_to_invite).post(invite::invite))
        .route("/people/{user}", get(person::show).post(person::change))
        .route("/people/{user}/reset", get(help::ask_to_reset).post(help::reset))
        .route("/people/{user}/unlock", get(help::ask_to_unlock).post(help::unlock))
        .route("/people/{user}/freeze", get(help::ask_to_freeze).post(help::freeze))
        .route("/people/{user}/unfreeze", get(help::ask_to_unfreeze).post(help::unfreeze))
        .route("/people/{user}/exempt", get(help::ask_to_exempt).post(help::exempt))
        .route("/people/{user}/exempt/end", post(help::end_exemption))
        .route("/people/{user}/ticket", get(help::ask_for_ticket).post(help::ticket))
        .route("/people/{user}/{ask}", get(person_asks::ask).post(person_asks::decide))
        .merge(groups_and_import())
        .merge(sign_ins_and_devices())
        .merge(programs_and_settings())
        .merge(factors_and_tokens())
        .merge(recoveries())
        .route("/approvals", get(approvals::show))
        .route("/approvals/{approval}/approve", post(approvals::approve))
        .route("/approvals/{approval}/carry-out", post(approvals::carry_out))
        .route("/approvals/{approval}/cancel", post(approvals::cancel))
        .route("/security/keep-factor", post(security::keep_factor))
        .route("/policy", get(policy::show))
        .route("/policy/{audience}", post(policy::save))
        .route("/policy/switch/{throw}", get(switch::ask).post(switch::decide))
        .route("/policy/governance", get(governance::show).post(governance::save))
        .route("/policy/floor", get(floor::show))
        .route("/policy/floor/{audience}", post(floor::save))
        .route("/policy/profile", get(profile::show).post(profile::choose))
        .route("/policy/schedule", get(schedule::list))
        .route("/policy/schedule/{audience}", get(schedule::ask).post(schedule::schedule))
        .route("/policy/what-if/{audience}", get(what_if::show))
        .route("/policy/withdraw/{schedule}", get(schedule::ask_to_withdraw).post(schedule::withdraw))
        .route("/policy/forecast", get(forecast::show))
        .route("/operator", get(operator::show).post(operator::grant))
        .route("/operator/{grant}/end", post(operator::end))
        .route("/close", get(close::ask).post(close::close))
        .route("/status", get(status::show))
        .route("/status.csv", get(status::csv))
        .route("/status.json", get(status::json))
        .route("/reports", get(reports::catalogue))
        .route("/reports/{name}", get(reports::show).post(files::order))
        .route("/files", get(files::list))
        .route("/files/{job}", get(files::one))
        .route("/files/{job}/take", get(files::take))
        .route("/files/{job}/cancel", post(files::cancel))
        .route("/reports/{name}/{form}", get(reports::file))
        .route("/log", get(log::show))
        .route("/log.csv", get(log::csv))
        .route("/log.jsonl", get(log::jsonl))
        .route("/log.ocsf", get(log::ocsf))
        .merge(on(Surface::Asset, Router::new().route("/logo/{name}", get(logo::show))));
    let mut routes = Router::new()
        .route("/", get(home::show).post(home::choose))
        .route("/setup/{token}", get(set_up::show).post(set_up::submit).layer(from_fn(strangers)))
        .route("/recover/{token}", get(recover::show).post(recover::submit).layer(from_fn(strangers)))
        .route("/not-me/{token}", get(freeze::show).post(freeze::submit).layer(from_fn(strangers)))
        .route("/thaw/{token}", get(thaw::show).post(thaw::submit).layer(from_fn(strangers)))
        .route("/thaw/{token}/text", get(thaw::show).post(thaw::text).layer(from_fn(strangers)))
        .route("/thaw/{token}/wait", get(thaw::show).post(thaw::wait).layer(from_fn(strangers)))
        .route("/email/{token}", get(new_email::show).post(new_email::submit))
        .nest("/a/{slug}", account);
    if keeps_messages {
        routes = routes.route("/dev/outbox", get(outbox::show));
    }
    routes.layer(from_fn_with_state(app.clone(), named::announce)).with_state(app)
}
