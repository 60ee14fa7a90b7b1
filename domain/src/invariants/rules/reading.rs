//! Who read what.

use std::collections::HashMap;

use super::super::{By, Event, Rule, rule};
use crate::ids::ReportJobId;
use crate::reading::{Reader, ReadingEvent};

pub(super) fn rules() -> Vec<Rule> {
    vec![read_by_reader(), file_once()]
}

fn read_by_reader() -> Rule {
    rule("read-by-reader", "What was read is recorded of whoever read it, and of nobody else.", |on, find| {
        let Event::Reading(ReadingEvent::DataRead { reader, .. } | ReadingEvent::DataExported { reader, .. }) =
            &on.entry.event
        else {
            return;
        };
        let holds = match (*reader, &on.entry.by) {
            (Reader::User(user), By::Person(by)) => user == *by,
            (Reader::Client(client), By::Program(by)) => client == *by,
            // A password on a request opens no session.
            (Reader::PasswordOf(_), By::Nobody) | (Reader::Operator, By::Operator) => true,
            _ => false,
        };
        find.expect(holds, || format!("{reader:?} by {:?}", on.entry.by));
    })
}

fn file_once() -> Rule {
    // Files that were ordered, and whether they were written.
    let mut files: HashMap<ReportJobId, (Reader, bool)> = HashMap::new();
    rule(
        "file-once",
        "A report is written as a file once, after it was ordered and before it was given up or withdrawn, for whoever ordered it.",
        move |on, find| {
            let Event::Reading(event) = &on.entry.event else { return };
            let (reader, job) = match event {
                ReadingEvent::DataRead { .. } | ReadingEvent::DataExported { .. } => return,
                ReadingEvent::ReportOrdered { reader, job, .. } => {
                    let before = files.insert(*job, (*reader, false));
                    return find.expect(before.is_none(), || format!("{job} is ordered twice"));
                }
                ReadingEvent::ReportPrepared { reader, job, .. }
                | ReadingEvent::ReportGivenUp { reader, job, .. }
                | ReadingEvent::ReportWithdrawn { reader, job, .. } => (*reader, *job),
            };
            let known = files.get(&job).copied();
            let holds = match (known, event) {
                (Some((owner, _)), ReadingEvent::ReportWithdrawn { .. }) => owner == reader,
                (Some((owner, written)), _) => owner == reader && !written,
                (None, _) => false,
            };
            if let ReadingEvent::ReportPrepared { .. } = event {
                files.entry(job).and_modify(|(_, written)| *written = true);
            } else {
                files.remove(&job);
            }
            find.expect(holds, || format!("{job} for {reader:?}, known {known:?}"));
        },
    )
}

#[cfg(test)]
pub(super) fn cases() -> Vec<super::super::history::Case> {
    use super::super::history::{ANA, History, OWNER, case};
    use uuid::Uuid;

    use crate::reading::{FileForm, Matter, Question, ReportFile, ReportOrder};
    use crate::sealed::Sealed;
    let read = |reader| {
        move |h: &mut History| {
            let question = Question::of(Matter::Person).about(ANA);
            h.reads(OWNER, ReadingEvent::DataRead { reader, question, words: None, at: h.now() });
        }
    };
    let (reader, job) = (Reader::User(OWNER), ReportJobId::from_uuid(Uuid::from_u128(77)));
    let order = move |h: &mut History| {
        let question = Question::of(Matter::Report("mfa-status".to_owned()));
        let order = ReportOrder {
            question,
            arguments: Sealed::from_bytes(vec![0; 8]),
            definition: 1,
            position: 1,
            instant: h.now(),
            form: FileForm::Csv,
            names: false,
        };
        h.reads(OWNER, ReadingEvent::ReportOrdered { reader, job, order, at: h.now() });
    };
    let write = move |h: &mut History| {
        let file = ReportFile { attempt: 1, rows: 1, bytes: 1, digest: "00".to_owned(), until: h.now() };
        h.writes_file(ReadingEvent::ReportPrepared { reader, job, file, at: h.now() });
    };
    let mut cases = vec![case(
        "file-once",
        move |h| {
            h.town();
            h.sign_in(OWNER);
            h.step_up(OWNER);
            order(h);
            write(h);
        },
        write,
    )];
    cases.push(case(
        "read-by-reader",
        move |h| {
            h.town();
            h.sign_in(OWNER);
            read(Reader::User(OWNER))(h);
        },
        read(Reader::User(ANA)),
    ));
    cases
}
