//! The values that the words of a letter name.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::Loader as _;
use fluent_templates::fluent_bundle::FluentValue;
use twofold_domain::delivery::{BudgetOf, Share, SpentBudget};
use twofold_domain::time::Timestamp;
use twofold_domain::written::misleads;

use super::WORDS;
use crate::mail::language::{Language, identifier};
use crate::zone::Zone;

/// Values by their names.
pub(in crate::mail) struct Values<'a> {
    pub(in crate::mail) of: HashMap<Cow<'static, str>, FluentValue<'static>>,
    zone: &'a Zone,
}

impl<'a> Values<'a> {
    /// None yet; instants will be said in this zone.
    pub(in crate::mail) fn in_zone(zone: &'a Zone) -> Self {
        Self { of: HashMap::new(), zone }
    }

    pub(in crate::mail) fn text(&mut self, name: &'static str, value: &str) {
        self.of.insert(name.into(), FluentValue::String(one_line(value).into()));
    }

    /// To the minute, in the account's time zone: `2026-06-04 08:00 UTC`.
    pub(in crate::mail) fn instant(&mut self, name: &'static str, at: Timestamp) {
        let text = self.zone.minute(at);
        self.text(name, &text);
    }

    pub(in crate::mail) fn number(&mut self, name: &'static str, value: i64) {
        // As text, so that no language groups its digits.
        self.of.insert(name.into(), FluentValue::String(value.to_string().into()));
    }

    /// Which budget it is that is spent, and until when.
    pub(super) fn spent(&mut self, lang: Language, spent: &SpentBudget) {
        let way = format!("way-{}", spent.channel.name());
        self.text("way", &WORDS.lookup(&identifier(lang), &way));
        let country = match spent.whose {
            BudgetOf::Country(code) => format!("+{code}"),
            BudgetOf::Person(_) | BudgetOf::Account => String::new(),
        };
        let whose = match spent.share {
            Share::Own => spent.whose.word().to_owned(),
            Share::Anybody => format!("{}-anybody", spent.whose.word()),
            Share::Invited => format!("{}-invited", spent.whose.word()),
        };
        self.text("whose", &whose);
        self.text("country", &country);
        self.instant("until", spent.until);
    }
}

/// A value never starts a new line: that would be a header of its own, or words of its own.
pub(in crate::mail) fn one_line(value: &str) -> String {
    value.chars().map(|c| if misleads(c) { ' ' } else { c }).collect()
}
