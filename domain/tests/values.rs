//! Ids, instants, and sealed values: read back as written, and nothing else is read.

use proptest::prelude::*;
use twofold_domain::ids::{
    AccountId, CodeSetId, DeviceId, EventId, FactorId, LinkId, MailedCodeId, MessageId, SessionId, SignInId,
    StreamId, UserId, VerifierId,
};
use twofold_domain::sealed::{Email, IpAddress, Kind, PersonName, Sealed, UserAgent};
use twofold_domain::time::{Span, Timestamp};
use uuid::Uuid;

macro_rules! each_id {
    ($check:ident: $($id:ident),+) => { $($check!($id);)+ };
}

proptest! {
    #[test]
    fn an_id_reads_back_as_written(n: u128) {
        let uuid = Uuid::from_u128(n);
        macro_rules! check {
            ($id:ident) => {
                let id = $id::from_uuid(uuid);
                let text = id.to_string();
                prop_assert_eq!(text.parse(), Ok(id));
                prop_assert!(text.starts_with($id::PREFIX));
                let json = serde_json::to_string(&id).map_err(|e| TestCaseError::fail(e.to_string()))?;
                prop_assert_eq!(serde_json::from_str::<$id>(&json).ok(), Some(id));
            };
        }
        each_id!(check: AccountId, UserId, DeviceId, SessionId, SignInId, FactorId, CodeSetId, LinkId,
            MailedCodeId, VerifierId, MessageId, EventId);
        let stream = StreamId::user(AccountId::from_uuid(uuid), UserId::from_uuid(Uuid::from_u128(!n)));
        prop_assert_eq!(stream.to_string().parse(), Ok(stream));
    }

    #[test]
    fn an_id_of_another_kind_is_refused(n: u128) {
        let user = UserId::from_uuid(Uuid::from_u128(n)).to_string();
        prop_assert!(user.parse::<AccountId>().is_err());
        prop_assert!(user.parse::<SessionId>().is_err());
    }

    #[test]
    fn no_text_makes_the_parsers_panic(text in ".{0,80}") {
        let _ = text.parse::<UserId>();
        let _ = text.parse::<StreamId>();
        let _ = text.parse::<Timestamp>();
    }

    #[test]
    fn an_instant_reads_back_as_written(micros in 0..=Timestamp::MAX.micros()) {
        let at = Timestamp::from_micros(micros);
        prop_assert_eq!(at.to_string().parse(), Ok(at));
        prop_assert_eq!(serde_json::to_value(at).ok(), Some(serde_json::json!(micros)));
    }

    #[test]
    fn a_sealed_value_is_a_string_that_reads_back(bytes: Vec<u8>) {
        let sealed: Sealed<Email> = Sealed::from_bytes(bytes.clone());
        let json = serde_json::to_value(&sealed).map_err(|e| TestCaseError::fail(e.to_string()))?;
        prop_assert!(json.is_string());
        let back: Sealed<Email> =
            serde_json::from_value(json).map_err(|e| TestCaseError::fail(e.to_string()))?;
        prop_assert_eq!(back.bytes(), &bytes[..]);
    }
}

#[test]
fn an_id_names_its_kind_to_people() {
    let nil = UserId::from_uuid(Uuid::nil()).to_string();
    assert_eq!(nil, format!("usr_{}", "0".repeat(26)));
    for text in
        ["", "usr_", "usr", "user_01h455vb4pex5vsknk084sn02q", "usr_01H455VB4PEX5VSKNK084SN02Q", "usr_zzzz"]
    {
        assert!(text.parse::<UserId>().is_err(), "{text}");
    }
    let wrong = "acc_01h455vb4pex5vsknk084sn02q".parse::<UserId>();
    assert_eq!(wrong.map_err(|e| e.to_string()), Err("expected an id that starts with `usr_`".into()));
}

#[test]
fn a_bare_date_is_the_end_of_that_day_in_utc() {
    let read = |text: &str| text.parse::<Timestamp>().map(|t| t.to_string()).ok();
    let rows = [
        ("2026-03-31", Some("2026-03-31T23:59:59.999999Z")),
        ("2026-03-31T23:59:59Z", Some("2026-03-31T23:59:59.000000Z")),
        ("2026-03-31T23:59:59+02:00", Some("2026-03-31T21:59:59.000000Z")),
        ("1970-01-01T00:00:00Z", Some("1970-01-01T00:00:00.000000Z")),
        ("2026-02-30", None),
        ("2026-13-01", None),
        ("2026-03-31T25:00:00Z", None),
        ("2026-03-31T23:59:59", None),
        ("yesterday", None),
        ("", None),
        // Beyond what canonical JSON holds exactly.
        ("2256-01-01", None),
        ("9999-12-31T23:59:59Z", None),
    ];
    for (text, expected) in rows {
        assert_eq!(read(text).as_deref(), expected, "{text}");
    }
}

#[test]
fn time_neither_overflows_nor_runs_backwards() {
    assert_eq!(Timestamp::MAX + Span::days(400), Timestamp::MAX);
    let (early, late) = (Timestamp::from_micros(5), Timestamp::from_micros(9));
    assert_eq!((late.since(early).micros(), early.since(late)), (4, Span::ZERO));
    assert_eq!(Span::seconds(1).whole_seconds(), 1);
    assert_eq!((Timestamp::from_micros(1).since(Timestamp::default())).whole_seconds(), 1);
    assert_eq!(Timestamp::from_micros(-1).unix_seconds(), 0);
}

#[test]
fn a_sealed_value_prints_its_length_only_and_kinds_differ() {
    let sealed: Sealed<PersonName> = Sealed::from_bytes(vec![7; 32]);
    assert_eq!(format!("{sealed:?}"), "Sealed(32 bytes)");
    assert!(serde_json::from_str::<Sealed<PersonName>>("\"not base64!\"").is_err());
    let names = [PersonName::NAME, Email::NAME, IpAddress::NAME, UserAgent::NAME];
    assert_eq!(names, ["name", "email", "ip", "user_agent"]);
}
