//! What one reader saw of other people's data: which data, about whom, in which range, as of when, and when.
//!
//! Readers have a stream each, apart from those they read about, so that a page of people or of the log never
//! grows by having been read. The same question is recorded once an hour, whatever page of it is looked at;
//! a file that is taken away and a sample that is drawn are recorded each time. Files of reports that a reader ordered are in the same stream.

mod bounds;
mod orders;
#[cfg(test)]
mod spec;

use std::collections::{BTreeMap, BTreeSet};

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};
use uuid::Uuid;

use crate::ids::{AccountId, ClientId, DeviceId, ReportJobId, UserId};
use crate::permission::Act;
use crate::policy::Role;
use crate::sealed::{Sealed, SearchText};
use crate::time::{Span, Timestamp};
use crate::upcast;

pub use bounds::{MOST_EXPORTS, MOST_SOUGHT, ReadingError, TooMuch};
pub use orders::{
    FILE_LASTS, JobCommand, JobError, MOST_ATTEMPTS, MOST_FILES, ReportFile, ReportJob, ReportOrder,
    Unwritten, Withdrawal, ended_by_erasure,
};

/// How long the same question counts as asked.
const ASKED_FOR: Span = Span::hours(1);

/// Questions about the same thing that are told apart in that time. A program that moves a range along with the
/// clock fills no log: from then on one event says that more was asked.
const TOLD_APART: usize = 20;

/// The report that draws people by a nonce: each asking of it is on record, or draws could be tried until one pleases.
pub const SAMPLE: &str = "sample";

/// Who read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    /// A person, in a session or by one of their API tokens.
    User(UserId),
    /// A program that showed somebody's e-mail address and password on the request.
    PasswordOf(UserId),
    /// A program, in its own name.
    Client(ClientId),
    /// The installation's operator, at the command line.
    Operator,
}

impl Reader {
    /// The person, where it is one, or a program with their password.
    pub const fn user(self) -> Option<UserId> {
        match self {
            Self::User(user) | Self::PasswordOf(user) => Some(user),
            Self::Client(_) | Self::Operator => None,
        }
    }

    /// The last part of the address of their stream.
    pub const fn stream(self, account: AccountId) -> Uuid {
        match self {
            Self::User(user) | Self::PasswordOf(user) => user.uuid(),
            Self::Client(client) => client.uuid(),
            Self::Operator => account.uuid(),
        }
    }
}

/// What was read.
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr, VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Matter {
    /// The list of people.
    People,
    /// What stands of one person.
    Person,
    /// Somebody's devices and sessions.
    Devices,
    /// Somebody's sign-ins, and why they were asked.
    SignIns,
    /// What became of messages to somebody.
    Messages,
    /// Whom messages of the account do not reach.
    Delivery,
    /// Cases of people who lost their second factor.
    Recoveries,
    /// Acts that wait for a second approval.
    Approvals,
    /// Programs, their tokens, and whose passwords they show.
    Integrations,
    /// Hardware tokens, and who holds them.
    Stock,
    /// Who would not comply on a day.
    Forecast,
    /// Whom a change of the policy or of the switch would concern.
    Preview,
    /// How recorded sign-ins would have gone under another policy.
    WhatIf,
    /// Which reports others have as files.
    ReportJobs,
    /// The audit log.
    Events,
    /// The audit log, as it goes on.
    EventStream,
    /// A report of people's standing, by its name.
    Report(String),
    /// A report of what happened, by its name.
    EventReport(String),
}

impl Matter {
    /// The name of the report, where it is one.
    pub const fn report(&self) -> Option<&str> {
        match self {
            Self::Report(name) | Self::EventReport(name) => Some(name.as_str()),
            _ => None,
        }
    }

    /// Whether chance has a part in what is shown.
    fn is_drawn(&self) -> bool {
        self.report() == Some(SAMPLE)
    }

    /// The power that it takes to read it, about somebody of this role.
    pub const fn act(&self, subject: Role) -> Act {
        match self {
            Self::People | Self::Person => Act::ReadPeople,
            Self::Devices | Self::SignIns | Self::Messages => Act::ReadDevices(subject),
            Self::Delivery | Self::Forecast | Self::Report(_) => Act::ReadStatus,
            Self::Recoveries => Act::ReadRecoveries,
            Self::Approvals => Act::ReadApprovals,
            Self::Integrations => Act::ReadIntegrations,
            Self::Stock => Act::ManageStock,
            Self::Preview | Self::WhatIf => Act::PreviewChange,
            Self::ReportJobs => Act::ReadReportJobs,
            Self::Events | Self::EventStream | Self::EventReport(_) => Act::ReadAudit,
        }
    }
}

/// Of which past something was asked; by default of the present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Then {
    /// The instant that it was seen at.
    pub at: Option<Timestamp>,
    /// The event, where one was named: several may be of one instant.
    pub event: Option<u64>,
}

impl From<Option<Timestamp>> for Then {
    fn from(at: Option<Timestamp>) -> Self {
        Self { at, event: None }
    }
}

/// What somebody wanted to see.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Question {
    /// What.
    pub matter: Matter,
    /// Whose data, where it is one person's.
    pub subject: Option<UserId>,
    /// As it was at this instant, where that was asked.
    pub as_of: Option<Timestamp>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Not after.
    pub to: Option<Timestamp>,
    /// What else narrowed it: ids and words of this program, never a personal value.
    pub narrowed: BTreeMap<String, String>,
    /// The same for the same words that were searched for; says nothing of what they are.
    pub search: Option<String>,
    /// Whether it stands for more questions about the same, however narrowed.
    pub and_more: bool,
}

impl Question {
    /// Everything there is of a matter.
    pub const fn of(matter: Matter) -> Self {
        Self {
            matter,
            subject: None,
            as_of: None,
            from: None,
            to: None,
            narrowed: BTreeMap::new(),
            search: None,
            and_more: false,
        }
    }

    /// The same of one person.
    #[must_use]
    pub fn about(self, subject: UserId) -> Self {
        Self { subject: Some(subject), ..self }
    }

    /// The same as of a past instant, or right after a past event.
    #[must_use]
    pub fn as_of(self, then: impl Into<Then>) -> Self {
        let Then { at, event } = then.into();
        Self { as_of: at, ..self }.narrowed("at_event", event)
    }

    /// The same between two instants.
    #[must_use]
    pub fn between(self, from: Option<Timestamp>, to: Option<Timestamp>) -> Self {
        Self { from, to, ..self }
    }

    /// The same, narrowed by a parameter if it has a value.
    #[must_use]
    pub fn narrowed(mut self, parameter: &str, value: Option<impl ToString>) -> Self {
        if let Some(value) = value {
            self.narrowed.insert(parameter.to_owned(), value.to_string());
        }
        self
    }

    /// Whatever is asked about the same: the same people, and found by the same words. Those are never summed up,
    /// or throw-away questions would hide whom somebody looked for.
    fn and_more(&self) -> Self {
        let people = self.narrowed.iter().filter(|(_, value)| names_somebody(value));
        Self {
            subject: self.subject,
            search: self.search.clone(),
            narrowed: people.map(|(name, value)| (name.clone(), value.clone())).collect(),
            and_more: true,
            ..Self::of(self.matter.clone())
        }
    }

    /// Whether somebody is looked for: by words, or by their id or their device's in a list of many.
    fn seeks(&self) -> bool {
        self.search.is_some() || self.narrowed.values().any(|value| names_somebody(value))
    }
}

fn names_somebody(value: &str) -> bool {
    value.parse::<UserId>().is_ok() || value.parse::<DeviceId>().is_ok()
}

/// In which form something was taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FileForm {
    /// JSON.
    Json,
    /// JSON Lines.
    Jsonl,
    /// Comma-separated values.
    Csv,
    /// A workbook.
    Xlsx,
    /// Events of the Open Cybersecurity Schema Framework.
    Ocsf,
}

/// A command: something was shown, or is about to be.
#[derive(Debug, Clone)]
pub struct Note {
    /// To whom.
    pub reader: Reader,
    /// What; of words that were searched for, only their mark.
    pub question: Question,
    /// The file that it is taken away in; nothing where it is looked at.
    pub form: Option<FileForm>,
    /// Now.
    pub at: Timestamp,
}

/// A command to a reader's stream.
#[derive(Debug, Clone)]
pub enum ReadingCommand {
    /// Note that something is shown.
    Note(Note),
    /// Order a file, or end one.
    Job {
        /// Whose.
        reader: Reader,
        /// Which.
        job: ReportJobId,
        /// What.
        command: JobCommand,
        /// Now.
        at: Timestamp,
    },
}

/// An event of a reader's stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, VariantNames)]
pub enum ReadingEvent {
    /// Data of other people were looked at. Once an hour for the same question; a sample each time.
    DataRead {
        /// Who.
        reader: Reader,
        /// What.
        question: Question,
        /// The words that were searched for, sealed under the key of whoever searched. Not kept any more: what names
        /// somebody would outlive their erasure. Their mark stands in the question.
        words: Option<Sealed<SearchText>>,
        /// When first.
        at: Timestamp,
    },
    /// Data of other people were taken away as a file.
    DataExported {
        /// Who.
        reader: Reader,
        /// What.
        question: Question,
        /// The words that were searched for, sealed under the key of whoever searched. Not kept any more: what names
        /// somebody would outlive their erasure. Their mark stands in the question.
        words: Option<Sealed<SearchText>>,
        /// In which form.
        form: FileForm,
        /// When.
        at: Timestamp,
    },
    /// A report was ordered as a file.
    ReportOrdered {
        /// By whom.
        reader: Reader,
        /// The file.
        job: ReportJobId,
        /// What it is to say.
        order: ReportOrder,
        /// When.
        at: Timestamp,
    },
    /// A file that was ordered is ready to be taken.
    ReportPrepared {
        /// By whom it was ordered.
        reader: Reader,
        /// The file.
        job: ReportJobId,
        /// What was written.
        file: ReportFile,
        /// When.
        at: Timestamp,
    },
    /// A file that was ordered is not written.
    ReportGivenUp {
        /// By whom it was ordered.
        reader: Reader,
        /// The file.
        job: ReportJobId,
        /// Why.
        why: Unwritten,
        /// When.
        at: Timestamp,
    },
    /// A file that was ordered is not to be had any more.
    ReportWithdrawn {
        /// By whom it was ordered.
        reader: Reader,
        /// The file.
        job: ReportJobId,
        /// Why.
        why: Withdrawal,
        /// When.
        at: Timestamp,
    },
}

impl ReadingEvent {
    /// Whose stream it is in.
    pub const fn reader(&self) -> Reader {
        match self {
            Self::DataRead { reader, .. }
            | Self::DataExported { reader, .. }
            | Self::ReportOrdered { reader, .. }
            | Self::ReportPrepared { reader, .. }
            | Self::ReportGivenUp { reader, .. }
            | Self::ReportWithdrawn { reader, .. } => *reader,
        }
    }

    /// What was asked, where it is a question.
    pub const fn question(&self) -> Option<&Question> {
        match self {
            Self::DataRead { question, .. } | Self::DataExported { question, .. } => Some(question),
            Self::ReportOrdered { order, .. } => Some(&order.question),
            Self::ReportPrepared { .. } | Self::ReportGivenUp { .. } | Self::ReportWithdrawn { .. } => None,
        }
    }
}

impl DomainEvent for ReadingEvent {
    fn event_type(&self) -> String {
        let name: &'static str = self.into();
        name.to_owned()
    }

    fn event_version(&self) -> String {
        upcast::version_today(self.into()).to_owned()
    }
}

/// What a reader asked lately.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reading {
    /// Since when the questions below count: the first of them.
    since: Option<Timestamp>,
    /// The questions of that hour.
    asked: BTreeSet<Question>,
    /// Since when the files and samples below count: the first of them.
    taking_since: Option<Timestamp>,
    /// Files that were taken away in that hour, and samples that were drawn.
    taken: u32,
    /// Files that were ordered, until one is over; those whose time is over go with the next order.
    jobs: BTreeMap<ReportJobId, ReportJob>,
}

impl Reading {
    /// Whether the question was recorded lately, or one that stands for it.
    pub fn knows(&self, question: &Question, at: Timestamp) -> bool {
        !question.matter.is_drawn()
            && self.lately(at)
            && (self.asked.contains(question) || self.asked.contains(&question.and_more()))
    }

    fn lately(&self, at: Timestamp) -> bool {
        within(self.since, at)
    }

    /// What is to be recorded of something that is shown. The operator, who has the database, is not counted.
    pub fn decide(&self, note: Note) -> Result<Vec<ReadingEvent>, TooMuch> {
        let Note { reader, question, form, at } = note;
        // Whoever they name may be erased, and they would stay under the key of whoever searched.
        let words = None;
        let counted = reader != Reader::Operator;
        if form.is_some() || question.matter.is_drawn() {
            return match self.taking_since.filter(|_| within(self.taking_since, at)) {
                Some(since) if counted && self.taken >= MOST_EXPORTS => {
                    Err(TooMuch::Exports { until: since + ASKED_FOR })
                }
                _ => Ok(vec![match form {
                    Some(form) => ReadingEvent::DataExported { reader, question, words, form, at },
                    None => ReadingEvent::DataRead { reader, question, words, at },
                }]),
            };
        }
        if self.knows(&question, at) {
            return Ok(vec![]);
        }
        let more = question.and_more();
        let Some(since) = self.since.filter(|_| self.lately(at)) else {
            return Ok(vec![ReadingEvent::DataRead { reader, question, words, at }]);
        };
        let same = self.asked.iter().filter(|asked| asked.and_more() == more).count();
        if counted && question.seeks() && same == 0 && self.sought() >= MOST_SOUGHT {
            return Err(TooMuch::Sought { until: since + ASKED_FOR });
        }
        let question = if same >= TOLD_APART { more } else { question };
        Ok(vec![ReadingEvent::DataRead { reader, question, words, at }])
    }

    /// How many were looked for.
    fn sought(&self) -> usize {
        let sought = self.asked.iter().filter(|asked| asked.seeks()).map(Question::and_more);
        sought.collect::<BTreeSet<_>>().len()
    }

    /// The state after one more event.
    pub fn evolve(&mut self, event: ReadingEvent) {
        match event {
            ReadingEvent::DataRead { question, at, .. } if question.matter.is_drawn() => self.take(at),
            ReadingEvent::DataRead { question, at, .. } => {
                if !self.lately(at) {
                    self.since = Some(at);
                    self.asked.clear();
                }
                self.asked.insert(question);
            }
            ReadingEvent::DataExported { at, .. } => self.take(at),
            ReadingEvent::ReportOrdered { job, order, at, .. } => self.order(job, order, at),
            ReadingEvent::ReportPrepared { job, file, .. } => {
                if let Some(job) = self.jobs.get_mut(&job) {
                    job.file = Some(file);
                }
            }
            ReadingEvent::ReportGivenUp { job, .. } | ReadingEvent::ReportWithdrawn { job, .. } => {
                self.jobs.remove(&job);
            }
        }
    }

    /// Counts a file or a sample.
    fn take(&mut self, at: Timestamp) {
        if !within(self.taking_since, at) {
            self.taking_since = Some(at);
            self.taken = 0;
        }
        self.taken = self.taken.saturating_add(1);
    }
}

/// Whether an instant is in the hour that began then.
fn within(since: Option<Timestamp>, at: Timestamp) -> bool {
    since.is_some_and(|since| since <= at && at < since + ASKED_FOR)
}

impl Aggregate for Reading {
    const TYPE: &'static str = "reading";
    type Command = ReadingCommand;
    type Event = ReadingEvent;
    type Error = ReadingError;
    type Services = ();

    async fn handle(
        &mut self,
        command: ReadingCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), ReadingError> {
        let events = match command {
            ReadingCommand::Note(note) => self.decide(note)?,
            ReadingCommand::Job { reader, job, command, at } => self.decide_job(reader, job, command, at)?,
        };
        for event in events {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: ReadingEvent) {
        self.evolve(event);
    }
}
