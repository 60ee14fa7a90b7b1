//! As of when a page is: the fields that ask for another instant, and what says that it is not the present.

use super::frame::{Field, When};

/// As of when a page is.
#[derive(Debug, Clone, Default)]
pub struct Then {
    /// `day`: `2026-03-01`; empty for now.
    pub day: Field,
    /// `time`: `14:05`; empty for the end of the day.
    pub time: Field,
    /// `event`: the number of an event; empty where an instant was asked for.
    pub event: Field,
    /// The latest day that may be asked for.
    pub today: String,
    /// The instant, the last event that counts, and where the log has it; nothing of the present.
    pub past: Option<(When, u64, String)>,
    /// The same page as of now.
    pub now: String,
    /// What else the page was asked, by name: it is asked again with another instant.
    pub keep: Vec<(&'static str, String)>,
}

impl Then {
    /// The same with what else the page was asked; what is empty was not.
    #[must_use]
    pub fn keeping<'a>(mut self, asked: impl IntoIterator<Item = (&'static str, &'a str)>) -> Self {
        let said = asked.into_iter().filter(|(_, value)| !value.is_empty());
        self.keep = said.map(|(name, value)| (name, value.to_owned())).collect();
        self
    }

    /// Its own fields, as they were typed, for the page's other forms.
    pub fn typed(&self) -> Vec<(&'static str, &str)> {
        let all = [("day", &self.day), ("time", &self.time), ("event", &self.event)];
        let filled = all.into_iter().filter(|(_, field)| !field.value.is_empty());
        filled.map(|(name, field)| (name, field.value.as_str())).collect()
    }

    /// The same for the next page of a list: it speaks of the same event, whatever was typed.
    pub fn onward(&self) -> Vec<(&'static str, String)> {
        let Some((_, event, _)) = &self.past else { return vec![] };
        let typed = self.typed().into_iter().filter(|(name, _)| *name != "event");
        let typed = typed.map(|(name, value)| (name, value.to_owned()));
        typed.chain([("event", event.to_string())]).collect()
    }
}
