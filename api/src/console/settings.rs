//! The settings of an account: how it shows itself, and whom it tells what.

use std::collections::BTreeSet;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use twofold_domain::account::{AccountError, Notice, Settings as Kept, SettingsError};
use twofold_domain::permission::Act as Deed;
use twofold_infra::acts::{ActError, ChangeSettings, change_settings};
use twofold_infra::zone::Zone;

use super::door::{Door, Me, Said};
use super::logo;
use super::people::may;
use super::policy_form::Typed;
use super::refused::Refused;
use super::then::linked;
use super::uploads::Upload;
use crate::extract::Query;
use crate::pages::account::Tick;
use crate::pages::frame::{Field, Section, Tone};
use crate::pages::settings::Settings;
use crate::pages::then::Then;
use crate::pages::{Language, render};

/// How every logo begins.
const PNG_URL: &str = "data:image/png;base64,";

/// What somebody typed, and what its fields have to say about it.
struct Filled {
    to: Kept,
    wrong: Vec<(&'static str, String)>,
}

impl Filled {
    fn wrong(&self, field: &str) -> String {
        self.wrong.iter().find(|(at, _)| *at == field).map_or_else(String::new, |(_, why)| why.clone())
    }
}

/// Shows them.
pub(super) async fn show(mut door: Door, Query(typed): Query<Typed>) -> Result<Response, Refused> {
    let me = enter(&mut door, Deed::ReadAccount).await?;
    let then = door.look_back(&typed, &door.path("settings")).await?;
    let filled = Filled { to: door.state.settings.clone(), wrong: vec![] };
    Ok(page(&door, &me, &filled, then))
}

/// Saves them.
pub(super) async fn save(mut door: Door, request: Request) -> Result<Response, Refused> {
    let me = enter(&mut door, Deed::ChangeSettings).await?;
    let form = Upload::read(request).await?;
    let seen = form.text("version").parse().unwrap_or(0);
    let to = read(&form, &door.state.settings);
    let act = ChangeSettings { credential: me.credential.clone(), seen, to: to.clone() };
    let f = &door.frame;
    let done = change_settings(&door.app.desk, door.account, door.context(), act).await;
    door.app.concerns(door.account);
    let wrong = match done {
        Ok(done) if done.reply.0 == seen => return Ok(door.go("settings", Some(Said::Unchanged))),
        Ok(_) => return Ok(door.go("settings", Some(Said::SettingsSaved))),
        Err(ActError::Account(AccountError::BadName)) => ("name", f.s("account-name-wrong")),
        Err(ActError::Taken(_)) => ("name", f.s("account-name-taken")),
        Err(ActError::Field { field: "time_zone", .. }) => ("time_zone", f.s("time-zone-wrong")),
        Err(ActError::Account(AccountError::Settings(SettingsError::Help))) => ("help", f.s("help-wrong")),
        Err(ActError::Account(AccountError::Settings(SettingsError::Logo))) => ("logo", f.s("logo-wrong")),
        Err(ActError::Outdated { .. }) => {
            let text = f.s("changed-meanwhile");
            door.frame = door.frame.clone().notice(Tone::Warn, text);
            let filled = Filled { to, wrong: vec![] };
            let then = door.at_present("settings").await?;
            return Ok((StatusCode::CONFLICT, page(&door, &me, &filled, then)).into_response());
        }
        Err(error) => return Err(door.refuse(error)),
    };
    let filled = Filled { to, wrong: vec![wrong] };
    let then = door.at_present("settings").await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&door, &me, &filled, then)).into_response())
}

async fn enter(door: &mut Door, deed: Deed) -> Result<Me, Refused> {
    door.back = door.path("settings");
    let me = door.enter(deed).await?;
    door.frame = door.frame.clone().section(Section::Settings);
    Ok(me)
}

/// The settings that a form means. The languages ticked keep their order, but for the one that comes first. All
/// of them in the common order are as if none were ticked: those to come are offered as well.
fn read(form: &Upload, now: &Kept) -> Kept {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let (before, first) = (offered(now), form.text("first_language"));
    let others = Language::ALL.into_iter().filter(|language| !before.contains(language));
    let ticked = |language: &Language| form.ticked(&format!("language_{}", language.tag()));
    let mut languages: Vec<Language> = before.iter().copied().chain(others).filter(ticked).collect();
    languages.sort_by_key(|language| language.tag() != first);
    let all = languages == Language::ALL;
    let logo = match form.bytes("logo") {
        Some(png) => Some(format!("{PNG_URL}{}", STANDARD.encode(png))),
        None if form.ticked("no_logo") => None,
        None => now.logo.clone(),
    };
    Kept {
        name: form.text("name").to_owned(),
        logo,
        languages: languages.iter().filter(|_| !all).map(|l| l.tag().to_owned()).collect(),
        time_zone: some(form.text("time_zone")),
        help: some(form.text("help")),
        notices: Notice::ALL.into_iter().filter(|n| form.ticked(&notice_field(*n))).collect::<BTreeSet<_>>(),
    }
}

/// The languages that settings offer, in their order.
fn offered(settings: &Kept) -> Vec<Language> {
    let named: Vec<Language> = settings.languages.iter().filter_map(|tag| Language::of_tag(tag)).collect();
    if named.is_empty() { Language::ALL.to_vec() } else { named }
}

fn notice_field(notice: Notice) -> String {
    format!("notice_{}", notice.name())
}

fn page(door: &Door, me: &Me, filled: &Filled, then: Then) -> Response {
    let (f, to) = (&door.frame, &filled.to);
    let field = |name: &str, value: &str| Field { value: value.to_owned(), error: filled.wrong(name) };
    let speaks = offered(to);
    let language = |l: Language| Tick {
        name: format!("language_{}", l.tag()),
        label: l.own_name().to_owned(),
        hint: String::new(),
        on: speaks.contains(&l),
    };
    let notice = |n: Notice| {
        let key = format!("notice-{}", n.name().replace('_', "-"));
        Tick {
            name: notice_field(n),
            label: f.s(&key),
            hint: f.s(&format!("{key}-hint")),
            on: to.notices.contains(&n),
        }
    };
    render(&Settings {
        action: door.path("settings"),
        version: door.version,
        may_change: !door.is_past() && may(me, Deed::ChangeSettings),
        naming: field("name", &to.name),
        slug: door.state.slug().to_owned(),
        logo: logo::path(&door.state).map(|logo| linked(&then, &logo)).unwrap_or_default(),
        logo_wrong: filled.wrong("logo"),
        languages: Language::ALL.map(language).to_vec(),
        first_language: Language::ALL.map(|l| (l.tag(), l.own_name(), speaks.first() == Some(&l))).to_vec(),
        time_zone: field("time_zone", to.time_zone.as_deref().unwrap_or_default()),
        zones: Zone::names(),
        help: field("help", to.help.as_deref().unwrap_or_default()),
        notices: Notice::ALL.map(notice).to_vec(),
        then,
        f: f.clone(),
    })
}
