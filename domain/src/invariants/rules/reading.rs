//! Who read what.

use super::super::{By, Event, Rule, rule};
use crate::reading::{Reader, ReadingEvent};

pub(super) fn rules() -> Vec<Rule> {
    vec![read_by_reader()]
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

#[cfg(test)]
pub(super) fn cases() -> Vec<super::super::history::Case> {
    use super::super::history::{ANA, History, OWNER, case};
    use crate::reading::{Matter, Question};
    let read = |reader| {
        move |h: &mut History| {
            let question = Question::of(Matter::Person).about(ANA);
            h.reads(OWNER, ReadingEvent::DataRead { reader, question, words: None, at: h.now() });
        }
    };
    vec![case(
        "read-by-reader",
        move |h| {
            h.town();
            h.sign_in(OWNER);
            read(Reader::User(OWNER))(h);
        },
        read(Reader::User(ANA)),
    )]
}
