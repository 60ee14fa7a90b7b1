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

mod files {
    use super::super::*;
    use super::{ADA, ME, at};
    use crate::permission::Act;
    use crate::policy::Role;
    use crate::sealed::Sealed;

    const fn job(n: u128) -> ReportJobId {
        ReportJobId::from_uuid(Uuid::from_u128(n))
    }

    fn order() -> ReportOrder {
        ReportOrder {
            question: Question::of(Matter::Report("mfa-status".to_owned())),
            arguments: Sealed::from_bytes(vec![1]),
            definition: 1,
            position: 7,
            instant: at(0),
            form: FileForm::Csv,
            names: false,
        }
    }

    fn file(minute: i64) -> ReportFile {
        let until = at(minute) + FILE_LASTS;
        ReportFile { attempt: 1, rows: 2, bytes: 3, digest: "00".to_owned(), until }
    }

    fn told(
        reading: &mut Reading,
        n: u128,
        command: JobCommand,
        minute: i64,
    ) -> Result<Vec<ReadingEvent>, JobError> {
        let events = reading.decide_job(ME, job(n), command, at(minute))?;
        events.iter().cloned().for_each(|event| reading.apply(event));
        Ok(events)
    }

    /// Rules: S2.
    #[test]
    fn a_file_is_written_once_and_lasts_a_week() {
        let week = 7 * 24 * 60;
        let mut reading = Reading::default();
        let deliver = |minute| JobCommand::Deliver(file(minute));
        let rows = [
            (0, 1, deliver(0), Err(JobError::Unknown)),
            (0, 1, JobCommand::Order(order()), Ok(true)),
            (1, 1, deliver(1), Ok(true)),
            (2, 1, deliver(2), Err(JobError::Written)),
            (2, 1, JobCommand::GiveUp(Unwritten::GivenUp), Err(JobError::Written)),
            (week, 1, JobCommand::Order(order()), Ok(true)),
        ];
        for (minute, n, command, said) in rows {
            let known = format!("minute {minute}: {command:?}");
            // An id is minted for each order; here a second one stands for another file.
            let n = if minute == week { 2 } else { n };
            assert_eq!(
                told(&mut reading, n, command, minute).map(|events| events.len() == 1),
                said,
                "{known}"
            );
        }
        assert!(reading.job(job(1), at(week)).is_some(), "a minute is left");
        assert!(reading.job(job(1), at(week + 1)).is_none());
        assert_eq!(
            told(&mut reading, 1, JobCommand::Withdraw(Withdrawal::Cancelled), week + 1).unwrap_err(),
            JobError::Unknown
        );
    }

    /// Rules: S2.
    #[test]
    fn a_file_that_is_cancelled_or_given_up_is_over() {
        for end in [JobCommand::Withdraw(Withdrawal::Cancelled), JobCommand::GiveUp(Unwritten::Redefined)] {
            let mut reading = Reading::default();
            told(&mut reading, 1, JobCommand::Order(order()), 0).unwrap();
            told(&mut reading, 1, end, 1).unwrap();
            assert_eq!(
                told(&mut reading, 1, JobCommand::Deliver(file(2)), 2).unwrap_err(),
                JobError::Unknown
            );
        }
    }

    /// Rules: S2.
    #[test]
    fn nobody_keeps_more_files_than_a_few() {
        let mut reading = Reading::default();
        for n in 0..MOST_FILES as u128 {
            told(&mut reading, n, JobCommand::Order(order()), 0).unwrap();
        }
        let again = |reading: &mut Reading| told(reading, 99, JobCommand::Order(order()), 1);
        assert_eq!(again(&mut reading).unwrap_err(), JobError::TooMany(MOST_FILES));
        told(&mut reading, 0, JobCommand::Withdraw(Withdrawal::Cancelled), 1).unwrap();
        assert!(again(&mut reading).is_ok());
    }

    /// Rules: S2.
    #[test]
    fn a_file_takes_whatever_its_report_and_its_names_take() {
        let plain = order();
        let named = ReportOrder { names: true, ..order() };
        let of_log = Question::of(Matter::EventReport("resets".to_owned())).about(ADA);
        let of_log = ReportOrder { question: of_log, ..order() };
        assert_eq!(plain.acts().collect::<Vec<_>>(), [Act::PrepareReport, Act::ReadStatus]);
        assert_eq!(named.acts().collect::<Vec<_>>(), [Act::PrepareReport, Act::ReadStatus, Act::ReadPeople]);
        assert_eq!(of_log.acts().collect::<Vec<_>>(), [Act::PrepareReport, Act::ReadAudit]);
        for role in Role::ALL {
            let may = matches!(role, Role::Owner | Role::Admin | Role::Auditor);
            assert_eq!([&plain, &named, &of_log].map(|order| order.is_for(role)), [may; 3], "{role:?}");
        }
    }
}
