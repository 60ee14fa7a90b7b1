//! Named reports as they leave the program: the same bytes through every door, readable by other programs.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use futures::TryStreamExt as _;
use serde_json::Value;
use twofold_domain::time::Span;
use twofold_projections::reports::{self, Question, Report};

use super::house::House;
use crate::report::{Form, Written};

/// What a report needs that cannot be left out.
fn needed(report: &Report, then: &str, whom: &str) -> Vec<(&'static str, String)> {
    let value = |name| match name {
        "from" => then.to_owned(),
        "subject" => whom.to_owned(),
        _ => "twelve ravens".to_owned(),
    };
    report.parameters.iter().filter(|p| p.required).map(|p| (p.name, value(p.name))).collect()
}

/// Rules: S3.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_question_has_the_same_bytes_through_every_door() {
    let house = House::open().await;
    let ada = house.strong_owner("acme").await;
    let then = house.app.now().to_string();
    house.time.advance(Span::minutes(1));
    house.join(&ada, "agent", "grace").await;
    let now = house.app.now().to_string();
    house.time.advance(Span::minutes(1));
    let account = ada.account.parse().unwrap();
    for report in reports::ALL {
        for form in [Form::Json, Form::Csv, Form::Xlsx] {
            let mut given = needed(report, &then, &ada.user);
            given.push(("as_of", now.clone()));
            let query: Vec<String> =
                given.iter().map(|(name, value)| format!("{name}={}", value.replace(' ', "%20"))).collect();
            let path = format!("/v1/reports/{}?format={}&{}", report.name, form.name(), query.join("&"));
            let first = house.get(&ada, &path).bytes().await;
            let again = house.get(&ada, &path).bytes().await;
            assert!(first == again, "{path}");
            // As the command line asks it.
            let pairs = given.iter().map(|(name, value)| (*name, value.as_str()));
            let question = Question::read(report, pairs).unwrap();
            house.app.projector.bring(account).await.unwrap();
            let asked = question.settle(house.app.store(), account, house.app.now()).await.unwrap();
            let written = Written { report, asked, form, with_names: false, counts: None };
            let pieces: Vec<_> = written.write(house.app.desk.clone()).try_collect().await.unwrap();
            assert!(pieces.concat() == first, "{path}");
        }
    }
}

/// Rules: S1.
#[tokio::test(flavor = "multi_thread")]
async fn a_report_opens_in_other_programs_and_no_cell_is_a_formula() {
    let house = House::open().await;
    let ada = house.strong_owner("acme").await;
    let formula = "=HYPERLINK(\"https://example.org\",\"1,2\")";
    house.join(&ada, "agent", "grace").await;
    let eve = serde_json::json!({ "name": formula, "email": "eve@example.org", "role": "end_user" });
    house.post(&ada, "/v1/users").json(&eve).go().await.good();
    let then = house.app.now().to_string();
    house.time.advance(Span::minutes(1));
    let ask = |rest: &str| house.get(&ada, &format!("/v1/reports/mfa-status?as_of={then}{rest}"));
    let json = ask("").go().await.good();
    let people = json.body["people"].as_array().unwrap();
    assert_eq!((people.len(), json.body["count"].as_u64()), (3, Some(3)));
    assert_eq!(json.header("twofold-definition"), reports::mfa_status::REPORT.definition.to_string());
    assert!(json.header("twofold-projections").starts_with("status="));
    assert_eq!(json.header("twofold-events"), format!("1-{}", json.header("twofold-position")));
    let columns: Vec<&str> = reports::mfa_status::REPORT.columns.iter().map(|column| column.name).collect();

    let bytes = ask("&format=csv").bytes().await;
    let mut table = csv::Reader::from_reader(bytes.as_slice());
    assert_eq!(table.headers().unwrap().iter().collect::<Vec<_>>(), columns);
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    let said = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    for (row, person) in rows.iter().zip(people) {
        let expected: Vec<String> = columns.iter().map(|column| said(&person[column])).collect();
        assert_eq!(row.iter().collect::<Vec<_>>(), expected);
    }
    let with_names = ask("&format=csv&annex=names").bytes().await;
    let mut called = csv::Reader::from_reader(with_names.as_slice());
    assert_eq!(called.headers().unwrap().iter().take(3).collect::<Vec<_>>(), ["user", "name", "email"]);
    let names: Vec<String> = called.records().map(|row| row.unwrap()[1].to_owned()).collect();
    assert!(names.contains(&format!("'{formula}")), "{names:?}");

    let bytes = ask("&format=xlsx&annex=names").bytes().await;
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    assert_eq!(book.sheet_names(), ["people", "about"]);
    assert!(book.worksheet_formula("people").unwrap().is_empty());
    let sheet = book.worksheet_range("people").unwrap();
    assert_eq!(sheet.height(), 4);
    let texts = |row: &[Data]| row.iter().map(ToString::to_string).collect::<Vec<_>>();
    let sheet: Vec<Vec<String>> = sheet.rows().map(texts).collect();
    assert!(sheet.iter().any(|row| row[1] == formula), "text stays what it is: {sheet:?}");
    for (row, person) in sheet.iter().skip(1).zip(people) {
        assert_eq!((row[0].clone(), row[4].clone()), (said(&person["user"]), said(&person["state"])));
    }
    let about = book.worksheet_range("about").unwrap();
    let about: Vec<Vec<String>> = about.rows().map(texts).collect();
    assert!(about.contains(&vec!["count".to_owned(), "3".to_owned()]), "{about:?}");
    assert!(about.contains(&vec!["report".to_owned(), "mfa-status".to_owned()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_catalogue_says_what_there_is_and_a_wrong_question_what_is_wrong() {
    let house = House::open().await;
    let ada = house.strong_owner("acme").await;
    let grace = house.join(&ada, "agent", "grace").await;
    let catalogue = house.get(&ada, "/v1/reports").go().await.good();
    let listed = catalogue.body["reports"].as_array().unwrap();
    let names: Vec<_> = listed.iter().filter_map(|report| report["name"].as_str()).collect();
    assert_eq!(names, reports::ALL.iter().map(|report| report.name).collect::<Vec<_>>());
    assert!(listed.iter().all(|report| report["meaning"].is_string() && report["columns"].is_array()));
    assert_eq!(house.get(&grace, "/v1/reports").go().await.gist(), "403 forbidden");
    house.time.advance(Span::minutes(1));
    let now = house.app.now();
    let hour_ago = now - Span::minutes(1);
    for (path, expected) in [
        ("no-such-report".to_owned(), "404 not_found"),
        ("coverage?population=team".to_owned(), "422 invalid_fields query/population unknown_field"),
        ("sample".to_owned(), "422 invalid_fields query/nonce missing_field"),
        ("sample?nonce=x&n=0".to_owned(), "422 invalid_fields query/n invalid_value"),
        ("diff".to_owned(), "422 invalid_fields query/from missing_field"),
        (format!("diff?from={now}&to={hour_ago}"), "422 invalid_fields query/from after_the_end"),
        ("exposure?at_event=100000".to_owned(), "422 invalid_fields query/at_event no_such_event"),
        ("exposure?as_of=2200-01-01".to_owned(), "422 invalid_fields query/as_of in_the_future"),
        ("exposure?as_of=2200-01-01&to=2200-01-01".to_owned(), "422 invalid_fields query/to duplicate_field"),
        ("mfa-status?annex=secrets".to_owned(), "422 invalid_fields query/annex unknown_value"),
    ] {
        let answer = house.get(&ada, &format!("/v1/reports/{path}")).go().await;
        assert_eq!(answer.gist(), expected, "{path}");
    }
    let record = house.get(&ada, "/v1/events/1/record").go().await.good();
    assert_eq!(record.text("/event_type"), "AccountOpened");
    assert_eq!(house.get(&ada, "/v1/events/0/record").go().await.gist(), "404 not_found");
}
