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
    tries(reading, ME, question, form, minute).unwrap()
}

/// The same where it may be too much.
fn tries(
    reading: &mut Reading,
    reader: Reader,
    question: Question,
    form: Option<FileForm>,
    minute: i64,
) -> Result<Vec<ReadingEvent>, TooMuch> {
    let events = reading.decide(Note { reader, question, form, at: at(minute) })?;
    events.iter().cloned().for_each(|event| reading.apply(event));
    Ok(events)
}

fn search(words: &str) -> Question {
    Question { search: Some(words.to_owned()), ..Question::of(Matter::Events) }
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
        (3, person(ADA).as_of(Then { at: Some(at(-9)), event: Some(5) }), 1),
        (3, person(ADA).as_of(Then { at: Some(at(-9)), event: Some(6) }), 1),
        (4, person(ADA).as_of(Then { at: Some(at(-9)), event: Some(5) }), 0),
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

/// Rules: S10.
#[test]
fn throw_away_questions_hide_nobody_who_is_looked_for() {
    let device = DeviceId::from_uuid(Uuid::from_u128(4));
    let mut reading = Reading::default();
    for n in 0..2 * TOLD_APART {
        reads(&mut reading, Question::of(Matter::Events).narrowed("cause", Some(n)), None, 0);
    }
    let pointed = [
        search("olga"),
        search("7"),
        Question::of(Matter::Events).about(ADA),
        Question::of(Matter::Events).narrowed("actor", Some(BOB)),
        Question::of(Matter::Events).narrowed("device", Some(device)),
    ];
    for question in pointed {
        let recorded = reads(&mut reading, question.clone(), None, 1);
        assert_eq!(recorded.len(), 1, "{question:?}");
        assert_eq!(recorded[0].question(), Some(&question));
        // However often it is narrowed further, the same words and people stay named.
        for n in 0..2 * TOLD_APART {
            reads(&mut reading, question.clone().narrowed("cause", Some(n)), None, 2);
        }
        assert!(reading.knows(&question.clone().narrowed("cause", Some("last")), at(3)));
        assert!(reading.asked.contains(&question.and_more()), "{question:?}");
    }
    let unpointed = Question::of(Matter::Events).narrowed("actor", Some("operator"));
    assert_eq!(reads(&mut reading, unpointed, None, 4).len(), 0, "nobody is looked for");
}

/// Rules: S10.
#[test]
fn whoever_looks_for_more_than_can_be_on_record_is_refused() {
    let mut reading = Reading::default();
    for n in 0..MOST_SOUGHT {
        assert_eq!(reads(&mut reading, search(&n.to_string()), None, 5).len(), 1);
    }
    let too_much = TooMuch::Sought { until: at(65) };
    let again = |reading: &mut Reading, question, minute| tries(reading, ME, question, None, minute);
    assert_eq!(again(&mut reading, search("one more"), 64), Err(too_much));
    assert_eq!(
        again(&mut reading, Question::of(Matter::Events).narrowed("actor", Some(ADA)), 64),
        Err(too_much)
    );
    assert_eq!(again(&mut reading, search("0"), 64), Ok(vec![]), "what is on record can be asked again");
    assert_eq!(again(&mut reading, person(ADA), 64).unwrap().len(), 1, "nobody is looked for");
    let operator = tries(&mut reading, Reader::Operator, search("one more"), None, 64);
    assert_eq!(operator.unwrap().len(), 1);
    assert_eq!(again(&mut reading, search("later"), 65).unwrap().len(), 1);
}

/// Rules: S10.
#[test]
fn each_asking_of_a_sample_is_recorded_and_they_have_a_bound() {
    let mut reading = Reading::default();
    let sample = || Question::of(Matter::Report("sample".to_owned())).narrowed("n", Some(2));
    for _ in 0..MOST_EXPORTS {
        assert!(!reading.knows(&sample(), at(5)));
        let events = reads(&mut reading, sample(), None, 5);
        assert!(matches!(&events[..], [ReadingEvent::DataRead { question, .. }] if *question == sample()));
    }
    let too_much = Err(TooMuch::Exports { until: at(65) });
    assert_eq!(tries(&mut reading, ME, sample(), None, 64), too_much);
    assert_eq!(tries(&mut reading, ME, log(0), Some(FileForm::Csv), 64), too_much, "they count together");
    assert_eq!(tries(&mut reading, Reader::Operator, sample(), None, 64).unwrap().len(), 1);
    assert_eq!(reads(&mut reading, log(0), None, 64).len(), 1, "another report is no sample");
    assert_eq!(reads(&mut reading, sample(), None, 65).len(), 1);
}

/// Rules: S10.
#[test]
fn nobody_takes_more_files_away_than_a_few_an_hour() {
    let mut reading = Reading::default();
    let file = Some(FileForm::Csv);
    for _ in 0..MOST_EXPORTS {
        assert_eq!(reads(&mut reading, log(0), file, 5).len(), 1);
    }
    assert_eq!(tries(&mut reading, ME, log(0), file, 64), Err(TooMuch::Exports { until: at(65) }));
    assert_eq!(reads(&mut reading, log(0), None, 64).len(), 1, "looking is no file");
    assert_eq!(tries(&mut reading, Reader::Operator, log(0), file, 64).unwrap().len(), 1);
    assert_eq!(reads(&mut reading, log(0), file, 65).len(), 1);
    assert_eq!(reads(&mut reading, log(0), file, 124).len(), 1, "the next hour is another one");
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
    fn a_file_with_names_is_over_once_somebody_is_erased() {
        let rows = [
            (true, None, false),
            (true, Some(4), false),
            (true, Some(5), true),
            (true, Some(6), true),
            (false, Some(6), false),
        ];
        for (names, erased, over) in rows {
            let mut reading = Reading::default();
            told(&mut reading, 1, JobCommand::Order(ReportOrder { names, ..order() }), 5).unwrap();
            told(&mut reading, 1, JobCommand::Deliver(file(7)), 7).unwrap();
            let job = reading.job(job(1), at(8)).unwrap();
            assert_eq!(job.is_ended_by_erasure(erased.map(at)), over, "{names} {erased:?}");
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
