//! A page as it was: what was typed into its as-of fields, and the account as it stood then. What such a page would
//! let its reader do is not offered: nothing is done in the past.

use twofold_projections::reports::ask::{Point, Wrong};
use twofold_projections::status;

use super::door::{Door, with_query};
use super::refused::Refused;
use super::reports::{Typed, field_of, point_pairs, said};
use crate::as_of::Standpoint;
use crate::pages::frame::{Field, When};
use crate::pages::then::Then;

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
        })
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

    /// Whether it is a page of the past.
    pub(super) const fn is_past(&self) -> bool {
        self.then.is_some()
    }
}
