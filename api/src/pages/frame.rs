//! What every page has around it, and the small parts that pages share.

use std::fmt::Display;

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use twofold_domain::account::Settings;
use twofold_domain::time::Timestamp;

use super::assets;
use super::words::Language;
use crate::extract::Cookies;
use crate::layers::concern;
use crate::problem::Problem;
use crate::site::{Site, ThisSite};

/// What every page has around it. As a handler's argument it comes in the reader's language, without an
/// account or a person; the handler adds those.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The reader's language.
    pub language: Language,
    /// What the product calls itself.
    pub product: String,
    /// The account that asks; every prompt names it.
    pub account: Option<Account>,
    /// Who is signed in.
    pub person: Option<Person>,
    /// Where the reader is, for the menu.
    pub section: Section,
    /// Where the language switch leads back to; empty where there is no way back.
    pub path: String,
    /// The languages that the account offers; all where no account asks.
    pub offered: Vec<Language>,
    /// Where the account's logo is, on this site.
    pub logo: Option<String>,
    /// Where the account offers help.
    pub help: Option<String>,
    /// Is this the demo?
    pub demo: bool,
    /// What the account's own clock shows, where it is a sandbox.
    pub sandbox: Option<When>,
    /// What just happened.
    pub notice: Option<Notice>,
    /// The event and the instant that the page is as of.
    pub seen: Option<(u64, When)>,
}

/// The account that asks.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// Its short name in paths.
    pub slug: String,
}

/// Who is signed in.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their name.
    pub name: String,
    /// `owner`, `admin`, `agent`, `auditor`, or `end_user`.
    pub role: &'static str,
    /// The places of the menu that they may see.
    pub sees: Vec<Section>,
    /// Acts that wait for their approval, or to be carried out by them.
    pub waiting: usize,
}

/// The places of the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Section {
    /// Not in the menu.
    #[default]
    None,
    /// The reader's own security.
    Own,
    /// People.
    People,
    /// The status report.
    Status,
    /// The policy.
    Policy,
    /// Acts that wait for approval.
    Approvals,
    /// Ways back in of people who lost their second factor.
    Recovery,
    /// Programs and API tokens.
    Programs,
    /// The audit log.
    Log,
    /// The settings of the account.
    Settings,
    /// The clock of a sandbox; behind its banner, not in the menu.
    Clock,
    /// The reader's own profile; behind their name, not in the menu.
    Profile,
}

/// A sentence at the top of a page.
#[derive(Debug, Clone)]
pub struct Notice {
    /// How it looks.
    pub tone: Tone,
    /// What it says, in the reader's language.
    pub text: String,
}

/// How a notice or a mark looks. Never the only carrier of a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    Good,
    /// Look at this.
    Warn,
    /// Wrong, or dangerous.
    Bad,
    /// Neither.
    Plain,
}

impl Tone {
    /// Its class in the style sheet.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Plain => "plain",
        }
    }
}

/// A word with a colour: a state.
#[derive(Debug, Clone)]
pub struct Mark {
    /// How it looks.
    pub tone: Tone,
    /// The key of its word: `state-enabled`.
    pub key: &'static str,
    /// More, after the word: `sso: google`.
    pub more: String,
}

impl Mark {
    /// A mark without more.
    pub const fn new(tone: Tone, key: &'static str) -> Self {
        Self { tone, key, more: String::new() }
    }
}

/// A field of a form: what was typed, and what is wrong with it. Never give a secret back as `value`.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// What was typed.
    pub value: String,
    /// What is wrong with it, in the reader's language; empty if nothing.
    pub error: String,
}

impl Field {
    /// A field with a value.
    pub fn of(value: impl Into<String>) -> Self {
        Self { value: value.into(), error: String::new() }
    }

    /// An empty field with something wrong.
    pub fn wrong(error: impl Into<String>) -> Self {
        Self { value: String::new(), error: error.into() }
    }
}

/// An instant for the page: exact for machines, plain for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    /// RFC 3339.
    pub exact: String,
    /// `2026-03-01 14:05 UTC`, in the time zone of the account that the page is about.
    pub plain: String,
    /// `2026-03-01` there, where the minute would only be in the way.
    pub day: String,
}

impl From<Timestamp> for When {
    fn from(at: Timestamp) -> Self {
        let zone = concern::zone();
        Self { exact: at.to_string(), plain: zone.minute(at), day: zone.day(at) }
    }
}

impl Frame {
    /// A bare frame.
    pub fn new(language: Language, site: &Site) -> Self {
        Self {
            language,
            product: site.product.clone(),
            account: None,
            person: None,
            section: Section::None,
            path: "/".to_owned(),
            offered: Language::ALL.to_vec(),
            logo: None,
            help: None,
            demo: site.demo,
            sandbox: None,
            notice: None,
            seen: None,
        }
    }

    /// Names the account that asks.
    #[must_use]
    pub fn account(mut self, name: impl Into<String>, slug: impl Into<String>) -> Self {
        self.account = Some(Account { name: name.into(), slug: slug.into() });
        self
    }

    /// Where the choice of a language goes: somebody's own is theirs in every browser.
    pub fn language_switch(&self) -> String {
        match (&self.account, &self.person) {
            (Some(account), Some(_)) => format!("/a/{}/language", account.slug),
            _ => "/language".to_owned(),
        }
    }

    /// In a language that the account offers: the reader's choice or what their browser prefers among them,
    /// else the account's first.
    #[must_use]
    pub fn offering(mut self, settings: &Settings, site: &Site, headers: &HeaderMap) -> Self {
        let offered: Vec<Language> =
            settings.languages.iter().filter_map(|tag| Language::of_tag(tag)).collect();
        if !offered.is_empty() {
            let choice = Cookies::of(&site.origin).language_of(headers);
            self.language = Language::of_request(choice.as_deref(), headers, &offered);
            self.offered = offered;
        }
        self
    }

    /// Says that the account is a sandbox, and what its clock shows.
    #[must_use]
    pub fn sandbox(mut self, now: Option<Timestamp>) -> Self {
        self.sandbox = now.map(When::from);
        self
    }

    /// Names who is signed in.
    #[must_use]
    pub fn person(mut self, name: impl Into<String>, role: &'static str, sees: Vec<Section>) -> Self {
        self.person = Some(Person { name: name.into(), role, sees, waiting: 0 });
        self
    }

    /// Says how many acts wait for whoever is signed in.
    #[must_use]
    pub fn waiting(mut self, acts: usize) -> Self {
        if let Some(person) = &mut self.person {
            person.waiting = acts;
        }
        self
    }

    /// Says where the reader is.
    #[must_use]
    pub const fn section(mut self, section: Section) -> Self {
        self.section = section;
        self
    }

    /// Says which event and instant the page is as of.
    #[must_use]
    pub fn seen(mut self, event: u64, at: Timestamp) -> Self {
        self.seen = Some((event, When::from(at)));
        self
    }

    /// Says what just happened.
    #[must_use]
    pub fn notice(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.notice = Some(Notice { tone, text: text.into() });
        self
    }

    /// The words of `key`.
    pub fn s(&self, key: &str) -> String {
        self.language.say(key)
    }

    /// The words of `key`, if there are any.
    pub(crate) fn find(&self, key: &str) -> Option<String> {
        self.language.find(key)
    }

    /// The words of `key` with a number.
    pub fn n(&self, key: &str, n: impl Display) -> String {
        self.language.count(key, n)
    }

    /// The words of `key` with a value.
    pub fn v(&self, key: &str, v: impl Display) -> String {
        self.language.with(key, v)
    }

    /// The words of `key` with two values.
    pub fn vw(&self, key: &str, v: impl Display, w: impl Display) -> String {
        self.language.with_two(key, v, w)
    }

    pub(crate) fn role(&self, role: &str) -> String {
        self.language.say(&format!("role-{}", role.replace('_', "-")))
    }

    pub(super) fn stylesheet(&self) -> &'static str {
        let _ = self;
        assets::stylesheet()
    }

    pub(super) fn key_script(&self) -> &'static str {
        let _ = self;
        assets::key_script()
    }

    /// Where a place is that only some may see; nothing where the reader may not, or nobody is signed in.
    pub(super) fn way(&self, section: Section, path: &str) -> Option<String> {
        let account = self.account.as_ref()?;
        let sees = self.person.as_ref().is_some_and(|person| person.sees.contains(&section));
        sees.then(|| format!("/a/{}/{path}", account.slug))
    }

    /// The time zone in which times are shown and typed.
    pub(super) fn zone(&self) -> String {
        let _ = self;
        concern::zone().name().to_owned()
    }

    /// Product and account, as titles and prompts name them.
    pub(super) fn asks(&self) -> String {
        match &self.account {
            Some(account) => format!("{} · {}", account.name, self.product),
            None => self.product.clone(),
        }
    }

    pub(super) fn menu(&self) -> Vec<Entry> {
        let (Some(account), Some(person)) = (&self.account, &self.person) else { return Vec::new() };
        let all = [
            (Section::Own, "menu-own", "security"),
            (Section::People, "menu-people", "people"),
            (Section::Status, "menu-status", "status"),
            (Section::Policy, "menu-policy", "policy"),
            (Section::Approvals, "menu-approvals", "approvals"),
            (Section::Recovery, "menu-recovery", "recovery"),
            (Section::Programs, "menu-programs", "programs"),
            (Section::Log, "menu-log", "log"),
            (Section::Settings, "menu-settings", "settings"),
        ];
        all.into_iter()
            .filter(|(section, ..)| person.sees.contains(section))
            .map(|(section, key, path)| Entry {
                href: format!("/a/{}/{path}", account.slug),
                text: self.s(key),
                here: section == self.section,
                waiting: if section == Section::Approvals { person.waiting } else { 0 },
            })
            .collect()
    }
}

/// One entry of the menu.
pub(super) struct Entry {
    pub(super) href: String,
    pub(super) text: String,
    pub(super) here: bool,
    /// What waits there for the reader.
    pub(super) waiting: usize,
}

/// The address as it was asked for; within nested routes a request only has the rest of it.
pub(crate) fn asked_for(parts: &Parts) -> &Uri {
    parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0)
}

impl<S: Send + Sync> FromRequestParts<S> for Frame {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let site = ThisSite::from_request_parts(parts, state).await?;
        let choice = Cookies::of(&site.origin).language_of(&parts.headers);
        let mut frame =
            Self::new(Language::of_request(choice.as_deref(), &parts.headers, &Language::ALL), &site);
        let here = asked_for(parts);
        here.path_and_query().map_or(here.path(), |here| here.as_str()).clone_into(&mut frame.path);
        Ok(frame)
    }
}
