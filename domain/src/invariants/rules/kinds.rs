//! Proofs of the kinds of factor that are no one-time password: codes by SMS, security keys and passkeys.

use std::collections::HashMap;

use super::super::meaning::Spent;
use super::super::{Event, Rule, rule};
use crate::factor::webauthn::CHALLENGE_LIFE;
use crate::ids::{ChallengeId, FactorId, SmsCodeId, UserId};
use crate::time::Timestamp;
use crate::user::{Purpose, UserEvent};

pub(super) fn rules() -> Vec<Rule> {
    vec![sms_code_once(), assertion_once()]
}

/// NIST SP 800-63B-4 §3.1.3.2. A code is known from its sending on, until it ends or is accepted.
fn sms_code_once() -> Rule {
    let mut sent: HashMap<UserId, Vec<(SmsCodeId, Purpose, Timestamp)>> = HashMap::new();
    rule(
        "sms-code-once",
        "A code by SMS is accepted at most once, before it ends, and only for what it was sent for.",
        move |on, find| {
            let Event::User(user, event) = &on.entry.event else { return };
            let open = sent.entry(*user).or_default();
            if let UserEvent::SmsCodeIssued { code, purpose, expires_at, .. } = event {
                open.retain(|(_, _, end)| on.decided() < *end);
                open.push((*code, *purpose, *expires_at));
            }
            if let Some(Spent::Sms { code, purpose }) = on.meaning.spends {
                let place = open.iter().position(|(id, ..)| *id == code).map(|place| open.remove(place));
                let good = place.is_some_and(|(_, sent_for, end)| sent_for == purpose && on.decided() < end);
                find.expect(good, || format!("{code} for {purpose:?}, sent {place:?}"));
            }
        },
    )
}

/// WebAuthn level 3 §7.2. Challenges are remembered as long as one lives.
fn assertion_once() -> Rule {
    let mut spent: HashMap<UserId, Vec<(ChallengeId, Timestamp)>> = HashMap::new();
    let mut counters: HashMap<FactorId, u32> = HashMap::new();
    rule(
        "assertion-once",
        "A challenge is answered by at most one assertion, whatever it was used for, and a security key's counter never goes back.",
        move |on, find| {
            let Some(Spent::Challenge { factor, challenge, sign_count, .. }) = on.meaning.spends else {
                return;
            };
            let Some(user) = on.meaning.subject else { return };
            let lately = spent.entry(user).or_default();
            find.expect(!lately.iter().any(|(id, _)| *id == challenge), || challenge.to_string());
            lately.retain(|(_, at)| on.decided() < *at + CHALLENGE_LIFE);
            lately.push((challenge, on.decided()));
            let before = counters.insert(factor, sign_count).unwrap_or_default();
            find.expect(sign_count > before || (sign_count, before) == (0, 0), || {
                format!("{factor} counts {sign_count} after {before}")
            });
        },
    )
}

#[cfg(test)]
pub(super) fn cases() -> Vec<super::super::history::Case> {
    use super::super::history::{ANA, History, case};
    use crate::ids::VerifierId;
    use crate::time::Span;
    use crate::user::Familiarity::Stranger;
    use uuid::Uuid;

    const CODE: SmsCodeId = SmsCodeId::from_uuid(Uuid::from_u128(0xc0de));
    const CHALLENGE: ChallengeId = ChallengeId::from_uuid(Uuid::from_u128(0xcafe));

    fn texted(h: &mut History) {
        h.town();
        h.enrol(ANA);
        let (factor, at, verifier) = (h.factor(ANA), h.now(), VerifierId::from_uuid(Uuid::from_u128(1)));
        let (purpose, familiarity) = (Purpose::Disable, Stranger);
        let expires_at = at + Span::minutes(10);
        let code = CODE;
        let sent = UserEvent::SmsCodeIssued { factor, code, verifier, purpose, familiarity, expires_at, at };
        h.person_act(ANA, sent);
        let at = h.now();
        h.person_act(ANA, UserEvent::SmsCodeAccepted { factor, code, purpose, familiarity, at });
    }
    fn asserted(h: &mut History, challenge: ChallengeId, sign_count: u32) {
        let (factor, at) = (h.factor(ANA), h.now());
        let (purpose, familiarity, user_verified) = (Purpose::Disable, Stranger, true);
        let event = UserEvent::AssertionAccepted {
            factor,
            challenge,
            sign_count,
            user_verified,
            purpose,
            familiarity,
            at,
        };
        h.person_act(ANA, event);
    }
    vec![
        case("sms-code-once", texted, |h| h.again("SmsCodeAccepted")),
        case(
            "assertion-once",
            |h| {
                h.town();
                h.enrol(ANA);
                asserted(h, CHALLENGE, 4);
            },
            |h| asserted(h, CHALLENGE, 5),
        ),
        case(
            "assertion-once",
            |h| {
                h.town();
                h.enrol(ANA);
                asserted(h, CHALLENGE, 4);
            },
            |h| asserted(h, ChallengeId::from_uuid(Uuid::from_u128(0xbeef)), 3),
        ),
    ]
}
