//! A page as it was: what was typed into its as-of fields, and the account as it stood then. What such a page would
//! let its reader do is not offered: nothing is done in the past.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use twofold_domain::reading::Then as Asked;
use twofold_projections::as_of::NOW;
use twofold_projections::reports::ask::{Point, Wrong};
use twofold_projections::status;

use super::door::{Door, with_query};
use super::refused::Refused;
use super::reports::{Typed, field_of, point_pairs, said};
use crate::as_of::Standpoint;
use crate::extract::read_pairs;
use crate::pages::frame::{Field, When};
use crate::pages::then::Then;
use crate::problem::Problem;

/// The query of a page that takes an instant beside other things: what was typed into its as-of fields, and the rest.
pub(super) struct AsOf<Q> {
    /// Into the as-of fields.
    pub(super) typed: Typed,
    /// What else was asked.
    pub(super) rest: Q,
}

impl<S: Sync, Q: DeserializeOwned> FromRequestParts<S> for AsOf<Q> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let pairs: Vec<(String, String)> = read_pairs("query", parts.uri.query().unwrap_or_default())?;
        let (typed, rest): (Vec<_>, Vec<_>) =
            pairs.into_iter().partition(|(name, _)| ["day", "time", "event"].contains(&name.as_str()));
        let rest = form_urlencoded::Serializer::new(String::new()).extend_pairs(rest).finish();
        Ok(Self { typed: typed.into_iter().collect(), rest: read_pairs("query", &rest)? })
    }
}

/// The next page of a list: the same question, from another place on, of the same event.
pub(super) fn onward<const N: usize>(
    door: &Door,
    page: &str,
    asked: [(&'static str, String); N],
    then: &Then,
) -> String {
    let pairs: Vec<_> = asked.into_iter().chain(then.onward()).collect();
    with_query(&door.path(page), pairs.iter().map(|(name, value)| (*name, value.as_str())))
}

/// The same event's page somewhere else.
pub(super) fn linked(then: &Then, path: &str) -> String {
    let pairs = then.onward();
    with_query(path, pairs.iter().map(|(name, value)| (*name, value.as_str())))
}

impl Door {
    /// Where the account stands now; these read models have come there.
    pub(super) async fn stands(&self, read_models: &[&str]) -> Result<Standpoint, Refused> {
        if let Some(then) = self.then {
            return Ok(then);
        }
        let now = self.app.stands(self.account, Point::default(), read_models).await?;
        now.map_err(|wrong| crate::report::misread(wrong).into())
    }

    /// Goes to the event and the instant that were typed, if any were: from here on the door's state and its time
    /// are those. What is wrong with them stands beside their fields, and the page is as of now.
    pub(super) async fn look_back(&mut self, typed: &Typed, path: &str) -> Result<Then, Refused> {
        let wrong = match self.point(typed).await? {
            Ok(Some(then)) => {
                let loaded = then.account(&self.app).await?;
                (self.state, self.version) = (loaded.state, loaded.sequence);
                self.frame = self.frame.clone().seen(then.position(), then.instant());
                self.then = Some(then);
                None
            }
            Ok(None) => None,
            Err(wrong) => Some(wrong),
        };
        let field = |name: &str| Field {
            value: typed.get(name).cloned().unwrap_or_default(),
            error: wrong
                .as_ref()
                .filter(|wrong| field_of(wrong) == name)
                .map_or_else(String::new, |wrong| self.frame.s(said(wrong))),
        };
        let log = |position: u64| with_query(&self.path("log"), [("event", position.to_string().as_str())]);
        Ok(Then {
            day: field("day"),
            time: field("time"),
            event: field("event"),
            today: When::from(self.state.now(self.app.now())).day,
            past: self.then.map(|then| (When::from(then.instant()), then.position(), log(then.position()))),
            now: path.to_owned(),
            keep: vec![],
        })
    }

    /// As of when a page is that is no question about the past: now.
    pub(super) async fn at_present(&mut self, rest: &str) -> Result<Then, Refused> {
        let path = self.path(rest);
        self.look_back(&Typed::new(), &path).await
    }

    /// Where something is done, where the reader may: in the past nothing is.
    pub(super) fn offer(&self, may: bool, rest: &str) -> String {
        if may && !self.is_past() { self.path(rest) } else { String::new() }
    }

    async fn point(&self, typed: &Typed) -> Result<Result<Option<Standpoint>, Wrong>, Refused> {
        let pairs = match point_pairs(typed, self.now()) {
            Ok(pairs) => pairs,
            Err(wrong) => return Ok(Err(wrong)),
        };
        let mut point = Point::default();
        for (name, value) in &pairs {
            if let Err(wrong) = point.take(name, value) {
                return Ok(Err(wrong));
            }
        }
        if !point.is_of_the_past() {
            return Ok(Ok(None));
        }
        Ok(self.app.stands(self.account, point, &[status::NAME]).await?.map(Some))
    }

    /// The instant and the event that were asked for; nothing of the present.
    pub(super) fn asked_at(&self) -> Asked {
        self.then.map(|then| then.recorded()).unwrap_or_default()
    }

    /// The last event that counts on the page.
    pub(super) fn position(&self) -> u64 {
        self.then.map_or(NOW, |then| then.position())
    }

    /// Whether it is a page of the past.
    pub(super) const fn is_past(&self) -> bool {
        self.then.is_some()
    }
}
