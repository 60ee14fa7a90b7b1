//! What is recorded of reading, as a table.

use super::*;

const ME: Reader = Reader::User(UserId::from_uuid(Uuid::from_u128(1)));
const ADA: UserId = UserId::from_uuid(Uuid::from_u128(2));
const BOB: UserId = UserId::from_uuid(Uuid::from_u128(3));

fn at(minute: i64) -> Timestamp {
    Timestamp::from_micros(1_780_000_000_000_000) + Span::minutes(minute)
}

fn person(user: UserId) -> Question {
    Question::of(Matter::Person).about(user)
}

fn log(from: i64) -> Question {
    Question::of(Matter::Events).between(Some(at(from)), None)
}

/// Reads, and says what was recorded.
fn reads(
    reading: &mut Reading,
    question: Question,
    form: Option<FileForm>,
    minute: i64,
) -> Vec<ReadingEvent> {
    let note = Note { reader: ME, question, words: None, form, at: at(minute) };
    let events = reading.decide(note);
    events.iter().cloned().for_each(|event| reading.apply(event));
    events
}

/// Rules: S10.
#[test]
fn the_same_question_is_recorded_once_an_hour() {
    let mut reading = Reading::default();
    let rows = [
        (0, person(ADA), 1),
        (1, person(ADA), 0),
        (1, person(BOB), 1),
        (2, Question::of(Matter::People), 1),
        (2, Question::of(Matter::People).narrowed("role", Some("agent")), 1),
        (2, Question::of(Matter::People).as_of(Some(at(-9))), 1),
        (59, person(ADA), 0),
        (60, person(ADA), 1),
        (61, person(BOB), 1),
        (61, person(ADA), 0),
    ];
    for (minute, question, recorded) in rows {
        let known = reading.knows(&question, at(minute));
        assert_eq!(known, recorded == 0, "minute {minute}: {question:?}");
        assert_eq!(reads(&mut reading, question.clone(), None, minute).len(), recorded, "minute {minute}");
    }
}

/// Rules: S10.
#[test]
fn a_file_is_recorded_each_time() {
    let mut reading = Reading::default();
    for _ in 0..2 {
        let events = reads(&mut reading, log(0), Some(FileForm::Csv), 0);
        assert!(matches!(events[..], [ReadingEvent::DataExported { form: FileForm::Csv, .. }]));
    }
    assert_eq!(reads(&mut reading, log(0), None, 0).len(), 1, "a file is not a look");
}

/// Rules: S10.
#[test]
fn a_range_that_moves_along_fills_no_log() {
    let mut reading = Reading::default();
    let recorded: Vec<_> =
        (0..50).flat_map(|minute| reads(&mut reading, log(minute), None, minute)).collect();
    assert_eq!(recorded.len(), TOLD_APART + 1);
    let Some(ReadingEvent::DataRead { question, .. }) = recorded.last() else { panic!() };
    assert_eq!(*question, Question { and_more: true, ..Question::of(Matter::Events) });
    assert_eq!(reads(&mut reading, person(ADA), None, 51).len(), 1, "of something else it says nothing");
}
