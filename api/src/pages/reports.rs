//! The pages of named reports: which there are, and each as a table with its figure.

use askama::Template;

use super::frame::{Frame, Mark, When};
use super::then::Then;

/// Which reports there are.
#[derive(Debug, Clone, Template)]
#[template(path = "reports.html")]
pub struct Reports {
    /// What stands around it.
    pub f: Frame,
    /// Each report: its page, its title, and what it says in a sentence.
    pub reports: Vec<(String, String, String)>,
    /// The reader's own files.
    pub files: String,
}

/// One report.
#[derive(Debug, Clone, Template)]
#[template(path = "report.html")]
pub struct Report {
    /// What stands around it.
    pub f: Frame,
    /// The page of all reports.
    pub back: String,
    /// Its title.
    pub title: String,
    /// What it says in a sentence.
    pub about: String,
    /// Its name, and the number of its definition.
    pub name: (&'static str, u32),
    /// What can be asked: the day, the time, the event, and its own parameters.
    pub inputs: Vec<Input>,
    /// What it answers; nothing while something must be said first.
    pub answer: Option<Answer>,
    /// Its columns: the name, and what it says, in English.
    pub columns: Vec<(String, &'static str, &'static str)>,
    /// What it means, in English.
    pub meaning: &'static str,
}

/// One thing that can be asked.
#[derive(Debug, Clone)]
pub struct Input {
    /// The field's name.
    pub name: String,
    /// What it is called, in the reader's language.
    pub label: String,
    /// `date`, `time`, `number`, `text`; `select` has `choices`.
    pub kind: &'static str,
    /// What was asked.
    pub value: String,
    /// What is wrong with it; empty where nothing is.
    pub error: String,
    /// Value, words, and whether it is chosen.
    pub choices: Vec<(String, String, bool)>,
    /// Whether it must be said.
    pub required: bool,
}

/// What a report answers.
#[derive(Debug, Clone)]
pub struct Answer {
    /// As of when.
    pub at: When,
    /// As of which event.
    pub position: u64,
    /// That event in the log; empty where the reader may not read it.
    pub position_href: String,
    /// The figure, where it says more than the rows.
    pub plot: Option<Plot>,
    /// The first rows.
    pub rows: Vec<Vec<Shown>>,
    /// Whether there are more.
    pub more: bool,
    /// The form and the path of each download; none where the reader may not export.
    pub downloads: Vec<(&'static str, String)>,
    /// Where it is ordered as a file; empty where the reader may not export.
    pub prepare: String,
    /// The reader's own files.
    pub files: String,
    /// What was asked, as it was typed.
    pub typed: Vec<(String, String)>,
}

/// The reader's own files.
#[derive(Debug, Clone, Template)]
#[template(path = "files.html")]
pub struct Files {
    /// What stands around it.
    pub f: Frame,
    /// As of when.
    pub then: Then,
    /// The page of all reports.
    pub reports: String,
    /// The files, the newest first.
    pub files: Vec<FileLine>,
}

/// A report that was ordered as a file.
#[derive(Debug, Clone)]
pub struct FileLine {
    /// The report's title.
    pub title: String,
    /// Its form.
    pub form: String,
    /// As of when.
    pub at: When,
    /// When it was ordered.
    pub ordered: When,
    /// How it stands.
    pub state: Mark,
    /// Why it cannot be had; empty where it can.
    pub why: String,
    /// Is it being written?
    pub running: bool,
    /// Rows that are written, and that there are; 0 while they are not counted.
    pub rows: (u64, u64),
    /// How large it is so far.
    pub size: String,
    /// Until when it can be taken.
    pub until: Option<When>,
    /// Where it is taken; empty while it cannot be.
    pub take: String,
    /// Where it is cancelled; empty where it is over.
    pub cancel: String,
}

/// A cell as it is shown.
#[derive(Debug, Clone)]
pub enum Shown {
    /// A text, or nothing.
    Text(String),
    /// A number.
    Number(String),
    /// An instant.
    Time(When),
}

/// A figure over time, drawn here. What it shows stands in the table below it.
#[derive(Debug, Clone, Default)]
pub struct Plot {
    /// What it shows.
    pub title: String,
    /// The same in a sentence, for whoever does not see it.
    pub about: String,
    /// Each line: its name, its class, and its points.
    pub lines: Vec<(String, &'static str, String)>,
    /// Each bar: its class, left edge, top, width, height.
    pub bars: Vec<(&'static str, u32, u32, u32, u32)>,
    /// Marks of the upright axis: how high, and the words.
    pub marks: Vec<(u32, String)>,
    /// The first and the last day.
    pub ends: (String, String),
}

/// Width and height of the drawing within its frame.
const WIDTH: u32 = 600;
const HEIGHT: u32 = 160;
/// Room for the words of the upright axis.
const LEFT: u32 = 56;
const TOP: u32 = 10;

impl Plot {
    /// Lines of shares in ten thousandths; a gap where there is none.
    #[must_use]
    pub fn of_shares(mut self, lines: &[(String, &'static str, Vec<Option<u32>>)]) -> Self {
        for (name, class, shares) in lines {
            let steps = (shares.len().max(2) - 1) as u32;
            let point = |(place, share): (usize, &Option<u32>)| {
                let x = LEFT + place as u32 * WIDTH / steps;
                share.map(|share| format!("{x},{}", TOP + HEIGHT - share.min(10_000) * HEIGHT / 10_000))
            };
            let points: Vec<String> = shares.iter().enumerate().filter_map(point).collect();
            self.lines.push((name.clone(), class, points.join(" ")));
        }
        self.marks = [0, 50, 100].map(|n| (TOP + HEIGHT - n * HEIGHT / 100, format!("{n} %"))).to_vec();
        self
    }

    /// Bars of hours.
    #[must_use]
    pub fn of_hours(mut self, hours: &[u64]) -> Self {
        let most = hours.iter().copied().max().unwrap_or_default().max(1);
        let width = WIDTH / (hours.len().max(1) as u32);
        for (place, n) in hours.iter().enumerate() {
            let height = (u128::from(*n) * u128::from(HEIGHT) / u128::from(most)) as u32;
            let left = LEFT + place as u32 * width;
            self.bars.push(("bar", left, TOP + HEIGHT - height, width.saturating_sub(2).max(1), height));
        }
        self.marks = vec![(TOP + HEIGHT, "0 h".to_owned()), (TOP, format!("{most} h"))];
        self
    }

    /// Bars of how many more on each day, upwards, and how many fewer, downwards.
    #[must_use]
    pub fn of_more_and_fewer(mut self, days: &[(u64, u64)]) -> Self {
        let most = days.iter().map(|(more, _)| *more).max().unwrap_or_default();
        let fewest = days.iter().map(|(_, fewer)| *fewer).max().unwrap_or_default();
        let high = |n: u64| (u128::from(n) * u128::from(HEIGHT) / u128::from((most + fewest).max(1))) as u32;
        let zero = if most + fewest == 0 { TOP + HEIGHT } else { TOP + high(most) };
        // A bar that stands for anything is seen.
        let seen = |n: u64| if n == 0 { 0 } else { high(n).max(1) };
        let width = WIDTH / (days.len().max(1) as u32);
        for (place, (more, fewer)) in days.iter().enumerate() {
            let (left, wide) = (LEFT + place as u32 * width, width.saturating_sub(2).max(1));
            for (class, n, top) in [("bar", *more, zero - seen(*more).min(zero)), ("bar less", *fewer, zero)]
            {
                if n > 0 {
                    self.bars.push((class, left, top, wide, seen(n)));
                }
            }
        }
        let mark = |n: u64, y: u32, sign: &str| (n > 0).then(|| (y, format!("{sign}{n}")));
        let ends = [mark(most, TOP, "+"), mark(fewest, TOP + HEIGHT, "−")];
        self.marks = ends.into_iter().flatten().chain([(zero, "0".to_owned())]).collect();
        self
    }
}
