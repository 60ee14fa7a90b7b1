//! The way in, and second factors wherever they are asked for.

use askama::Template;

use super::{bare, inside, key, when};
use crate::pages::entry::{
    Answers, Challenge, CodeField, ConfirmAddress, Enrol, EnrolKey, EnrolPhone, EnrolStart, Forgot, Home,
    Key, Lost, Mailed, PhoneStart, Recover, RecoveryCodes, SetUp, SignIn, StepUp, TextWay,
};
use crate::pages::frame::{Account, Field, Section, Tone, When};
use crate::pages::{Language, qr};

fn lost(l: Language, mailed: bool, due: Option<When>) -> askama::Result<String> {
    let (action, back) = ("/somewhere".to_owned(), "/somewhere".to_owned());
    let hidden = vec![("sign_in", "sin_0".to_owned())];
    Lost { f: bare(l), action, hidden, mailed, code: Field::default(), due, back }.render()
}

fn otpauth() -> String {
    "otpauth://totp/Twofold%20%28Acme%29:ada@example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Twofold%20%28Acme%29".to_owned()
}

pub(super) fn pages(l: Language) -> Vec<(&'static str, String)> {
    let action = || "/somewhere".to_owned();
    let wrong = || Field::wrong("<b>Wrong</b> or expired code. 4 tries left.");
    vec![
        (
            "home",
            Home {
                f: bare(l),
                account: Field::default(),
                accounts: vec![Account { name: "Acme".into(), slug: "acme".into() }],
            }
            .render(),
        ),
        (
            "step_up",
            StepUp {
                f: inside(l, Section::Own),
                action: action(),
                next: "/a/acme/policy".into(),
                enrolled: true,
                answers: answers(l),
                texts: vec![text_way(l)],
                enrol: action(),
                cancel: action(),
                code: wrong(),
                key: Some(key("get")),
            }
            .render(),
        ),
        (
            "enrol_start",
            EnrolStart {
                f: bare(l),
                action: action(),
                required: false,
                mailed_to: "a••@example.org".into(),
                called: Field::of("Phone"),
                app: true,
                key: true,
                token: action(),
                phone: Some(PhoneStart { action: action(), number: wrong() }),
                cancel: action(),
            }
            .render(),
        ),
        (
            "set_up",
            SetUp {
                f: bare(l),
                action: action(),
                name: "Ada Okafor".into(),
                email: "ada@example.org".into(),
                expires: when("2026-03-01T12:30:00Z"),
                shortest: 8,
                again: false,
                password: Field::default(),
            }
            .render(),
        ),
        ("forgot", Forgot { f: bare(l), action: action(), back: action(), email: Field::default() }.render()),
        (
            "confirm_address",
            ConfirmAddress {
                f: bare(l),
                action: action(),
                name: "Ada Okafor".into(),
                email: "ada@example.org".into(),
                expires: when("2026-03-01T12:30:00Z"),
                keeps: false,
            }
            .render(),
        ),
        (
            "keep_address",
            ConfirmAddress {
                f: bare(l),
                action: action(),
                name: "Ada Okafor".into(),
                email: "ada@example.org".into(),
                expires: when("2026-03-01T12:30:00Z"),
                keeps: true,
            }
            .render(),
        ),
        (
            "recover",
            Recover {
                f: bare(l),
                action: action(),
                name: "Ada Okafor".into(),
                email: "ada@example.org".into(),
                expires: when("2026-03-01T12:30:00Z"),
                code: String::new(),
                required: true,
                sign_in: action(),
            }
            .render(),
        ),
        (
            "recover_shown",
            Recover {
                f: bare(l),
                action: action(),
                name: "Ada Okafor".into(),
                email: "ada@example.org".into(),
                expires: when("2026-03-01T12:30:00Z"),
                code: "R-ABCD-EFGH-JKMN-PQRS".into(),
                required: false,
                sign_in: action(),
            }
            .render(),
        ),
        ("lost", lost(l, false, None)),
        ("lost_mailed", lost(l, true, None)),
        ("lost_waits", lost(l, false, Some(when("2026-03-04T12:30:00Z")))),
        (
            "sign_in",
            SignIn {
                f: bare(l).notice(Tone::Bad, "Sample notice"),
                action: action(),
                forgot: action(),
                next: "/a/acme/status".into(),
                email: Field::of("ada@example.org"),
                password: Field::default(),
                stay: true,
            }
            .render(),
        ),
        (
            "challenge",
            Challenge {
                f: bare(l),
                action: action(),
                hidden: vec![("sign_in", "sin_0".into())],
                recovery: false,
                text: None,
                codes: Some(CodeField { label: l.say("app-code"), hint: l.with("code-from", "<spare>") }),
                key: Some(key("get")),
                key_names: l.with("quoted", "<spare>"),
                others: vec![
                    (
                        "?with=fac_1".into(),
                        l.with("use-factor", l.with_two("factor-called", "Mobile", "SMS")),
                    ),
                    ("?with=recovery-code".into(), l.say("use-recovery-code")),
                ],
                code: wrong(),
                trust_days: Some(30),
                lost: "lost".into(),
                why: String::new(),
            }
            .render(),
        ),
        (
            "challenge_recovery",
            Challenge {
                f: bare(l),
                action: action(),
                hidden: vec![],
                recovery: true,
                text: None,
                codes: None,
                key: None,
                key_names: String::new(),
                others: vec![("?".into(), l.with("use-factor", "Phone"))],
                code: Field::default(),
                trust_days: None,
                lost: "lost".into(),
                why: String::new(),
            }
            .render(),
        ),
        (
            "enrol_key",
            EnrolKey {
                f: bare(l),
                action: action(),
                required: false,
                factor: "fac_0".into(),
                anew: action(),
                cancel: action(),
                key: Key { wrong: l.say("key-wrong"), ..key("create") },
                mailed: None,
            }
            .render(),
        ),
        (
            "challenge_text",
            Challenge {
                f: bare(l),
                action: action(),
                hidden: vec![("sign_in", "sin_0".into())],
                recovery: false,
                text: Some(text_way(l)),
                codes: None,
                key: None,
                key_names: String::new(),
                others: vec![("?with=fac_1".into(), l.with("use-factor", "Phone"))],
                code: Field::default(),
                trust_days: None,
                lost: "lost".into(),
                why: String::new(),
            }
            .render(),
        ),
        (
            "enrol_phone",
            EnrolPhone {
                f: bare(l),
                action: action(),
                required: true,
                factor: "fac_0".into(),
                text: text_way(l),
                anew: action(),
                cancel: String::new(),
                code: wrong(),
                mailed: None,
            }
            .render(),
        ),
        (
            "enrol",
            Enrol {
                f: bare(l),
                action: action(),
                required: true,
                factor: "fac_0".into(),
                anew: action(),
                cancel: String::new(),
                qr: qr::svg(&otpauth(), &l.say("qr-label")).unwrap(),
                key: ["JBSW", "Y3DP", "EHPK", "3PXP", "JBSW", "Y3DP", "EHPK", "3PXP"]
                    .map(String::from)
                    .to_vec(),
                otpauth: otpauth(),
                code: Field::default(),
                mailed: Some(Mailed {
                    mode: "numeric",
                    to: "a••@example.org".into(),
                    expires: Some(when("2026-03-01T12:10:00Z")),
                    code: Field::default(),
                    again: action(),
                }),
            }
            .render(),
        ),
        (
            "recovery_codes",
            RecoveryCodes {
                f: bare(l),
                action: action(),
                made: when("2026-03-01T12:00:00Z"),
                codes: (0..10).map(|n| format!("k7{n}q-4hxw-m2v9-t8dz")).collect(),
            }
            .render(),
        ),
    ]
    .into_iter()
    .map(|(name, text)| (name, text.unwrap()))
    .collect()
}

pub(super) fn text_way(l: Language) -> TextWay {
    TextWay {
        number: "••56".into(),
        send: "/somewhere".into(),
        hidden: vec![("sign_in", "sin_0".into())],
        sent: true,
        state: l.say("texts-queued"),
        bad: false,
    }
}

pub(super) fn answers(l: Language) -> Answers {
    let all = vec![l.with_two("factor-called", "<spare>", l.say("factor-token")), l.say("a-recovery-code")];
    let hint = l.say("token-code-hint");
    Answers { all, lost: "/somewhere".into(), words: l.say("repair-offer"), hint }
}
