//! Refusals that leave an event: a code that came too late for its sign-in, and help that somebody's role does not
//! give.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use twofold_domain::device::{DeviceEvent, Over};
use twofold_domain::policy::Role;
use twofold_domain::reading::{MOST_EXPORTS, Question, ReadingEvent};
use twofold_domain::time::Span;
use twofold_domain::user::{Help, NoHelp, UserEvent};
use twofold_projections::fact::{Event, decode};
use twofold_tests::person::Person;
use twofold_tests::stories;
use twofold_tests::town::Town;

use super::visit::{Visit, code, text};

/// What was recorded of codes that came too late, in order.
async fn late(town: &Town) -> Result<Vec<Over>> {
    let facts = town.log().await?.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
    let over = |fact: twofold_projections::fact::Fact| match fact.event {
        Event::Device(_, DeviceEvent::ProofCameLate { over, .. }) => Some(over),
        _ => None,
    };
    Ok(facts.into_iter().filter_map(over).collect())
}

/// What was recorded of help that somebody is refused for another one: what, why, in order.
async fn refused(town: &Town, by: &Person) -> Result<Vec<(Help, NoHelp)>> {
    let facts = town.log().await?.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
    let theirs = |fact: twofold_projections::fact::Fact| match fact.event {
        Event::User(_, UserEvent::HelpRefused { help, by: Some(asked), why, .. }) if asked == by.user => {
            Some((help, why))
        }
        _ => None,
    };
    Ok(facts.into_iter().filter_map(theirs).collect())
}

/// What was recorded of reading, in order: the question, and whether its words are there.
async fn asked(town: &Town) -> Result<Vec<(Question, Option<()>)>> {
    let facts = town.log().await?.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
    let read = |fact: twofold_projections::fact::Fact| match fact.event {
        Event::Reading(ReadingEvent::DataRead { question, words, .. }) => Some((question, words.map(drop))),
        _ => None,
    };
    Ok(facts.into_iter().filter_map(read).collect())
}

stories! {
    /// Rules: P1.
    async fn a_code_for_a_sign_in_that_is_over_is_refused_on_the_record_and_not_looked_at(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        town.wait(Span::minutes(1));

        // Its time is over, and the code would have been right.
        let begun = visit.begin(&agent).await?;
        let proofs = format!("/v1/sign-ins/{}/proofs", text(&begun, "/sign_in")?);
        town.wait(Span::minutes(10));
        let right = agent.next_code(&town)?;
        code(&visit.proving(&begun, &proofs, &right).await?, "410 sign_in_over")?;
        ensure!(late(&town).await? == [Over::Expired]);
        // Wrong or right, the answer is one, nothing is charged, and no flood of them fills the log.
        for otp in ["000000", right.as_str(), "123456"] {
            code(&visit.proving(&begun, &proofs, otp).await?, "410 sign_in_over")?;
        }
        ensure!(late(&town).await?.len() == 1 && town.count("ProofRejected").await? == 0);
        ensure!(town.count("OtpAccepted").await? == 0, "the code is not spent");
        // Without the device's token nobody learns more, and nothing is recorded.
        let stranger = visit.bare("POST", &proofs, json!({ "otp": right })).await?;
        ensure!(stranger.status == 401, "{} {}", stranger.gist(), stranger.body);

        // It is good for the sign-in that waits for it; the same sign-in takes no second one.
        agent.browser.device = Some(text(&begun, "/device_token")?);
        let begun = visit.begin(&agent).await?;
        let proofs = format!("/v1/sign-ins/{}/proofs", text(&begun, "/sign_in")?);
        let proved = visit.proving(&begun, &proofs, &right).await?;
        ensure!(proved.status == 200, "{} {}", proved.gist(), proved.body);
        town.never_in_log(text(&proved.body, "/session/token")?);
        town.wait(Span::minutes(1));
        code(&visit.proving(&begun, &proofs, &right).await?, "410 sign_in_over")?;
        ensure!(late(&town).await? == [Over::Expired, Over::Closed]);
        ensure!(town.count("ProofRejected").await? == 0);
        Ok(())
    }

    /// Rules: S10.
    async fn words_that_are_searched_for_are_on_record_whatever_was_asked_before(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let customer = owner.welcome(&town, Role::EndUser).await?;
        visit.sign_in(&mut owner).await?;
        for n in 0..25_u8 {
            let junk = format!("/v1/events?cause=x{}", char::from(b'a' + n));
            visit.grant(&owner, "GET", &junk, Value::Null).await?;
        }
        let before = asked(&town).await?.len();
        let by = format!("/v1/events?actor={}", customer.user);
        for path in ["/v1/events?q=Gulliver", "/v1/events?q=Flimnap", by.as_str(), "/v1/events?q=Gulliver&cause=xa"] {
            visit.grant(&owner, "GET", path, Value::Null).await?;
        }
        let after = asked(&town).await?.split_off(before);
        let searched: Vec<bool> = after.iter().map(|(question, _)| question.search.is_some()).collect();
        ensure!(searched == [true, true, false, true] && after.iter().all(|(question, _)| !question.and_more));
        ensure!(after.iter().all(|(_, words)| words.is_none()), "what names somebody would outlive their erasure");
        ensure!(after[2].0.narrowed["actor"] == customer.user.to_string());
        Ok(())
    }

    /// Rules: S10.
    async fn many_files_taken_away_at_once_are_all_recorded_and_have_a_bound(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        visit.sign_in(&mut owner).await?;
        let path = "/v1/events/export?format=jsonl&type=AccountOpened";
        let files = (0..64).map(|_| visit.ask(&owner, "GET", path, Value::Null));
        for file in futures::future::join_all(files).await {
            ensure!(file?.status == 200, "a read that is recorded waits for its turn");
        }
        ensure!(town.count("DataExported").await? == 64);
        for _ in 64..MOST_EXPORTS {
            ensure!(visit.ask(&owner, "GET", path, Value::Null).await?.status == 200);
        }
        code(&visit.ask(&owner, "GET", path, Value::Null).await?, "429 reads_spent")?;
        ensure!(town.count("DataExported").await? == MOST_EXPORTS as usize);
        town.wait(Span::hours(1));
        visit.sign_in(&mut owner).await?;
        ensure!(visit.ask(&owner, "GET", path, Value::Null).await?.status == 200);
        Ok(())
    }

    /// Rules: S7, S10.
    async fn each_asking_of_a_sample_is_on_record_with_its_nonce_and_its_event(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        owner.welcome(&town, Role::EndUser).await?;
        visit.sign_in(&mut owner).await?;
        let end = town.log().await?.len();
        // One nonce while the log grows, many nonces at one event, and the same again.
        let mut seeds = vec![];
        for path in [
            "nonce=ravens".to_owned(),
            "nonce=ravens".to_owned(),
            format!("nonce=ravens&at_event={end}"),
            format!("nonce=larks&at_event={end}"),
            format!("nonce=larks&at_event={end}"),
        ] {
            let drawn = visit.grant(&owner, "GET", &format!("/v1/reports/sample?{path}"), Value::Null).await?;
            seeds.push(text(&drawn, "/sample/0/seed")?);
        }
        let of_samples = |question: &Question| question.matter.report() == Some("sample");
        let recorded = asked(&town).await?;
        let recorded: Vec<_> = recorded.iter().filter(|(question, _)| of_samples(question)).collect();
        let told = |name: &str| recorded.iter().map(|(q, _)| q.narrowed[name].clone()).collect::<Vec<_>>();
        let events = [end, end + 1, end, end, end].map(|event| event.to_string());
        ensure!(told("at_event") == events && told("seed") == seeds, "{recorded:?}\n{seeds:?}");
        ensure!(recorded.iter().all(|(question, words)| words.is_none() && question.as_of.is_some()), "{recorded:?}");
        let nonces: BTreeSet<_> = recorded.iter().map(|(question, _)| &question.search).collect();
        ensure!(nonces.len() == 2 && !format!("{recorded:?}").contains("ravens"));
        Ok(())
    }

    /// Rules: S10.
    async fn the_event_that_was_asked_for_is_on_record_and_what_moves_with_the_clock_is_one_question(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        visit.sign_in(&mut owner).await?;
        // Events of one act are of one instant.
        let instants: Vec<_> = town.log().await?.iter().map(|event| event.recorded_at).collect();
        let twin = (1..instants.len()).rev().find(|n| instants[*n] == instants[n - 1]).context("twins")?;
        let asking = [
            "/v1/reports/mfa-status?".to_owned(),
            "/v1/users?".to_owned(),
            format!("/v1/users/{}?", customer.user),
            format!("/v1/users/{}/devices?", customer.user),
        ];
        for path in &asking {
            for event in [twin, twin + 1, twin] {
                visit.grant(&owner, "GET", &format!("{path}at_event={event}"), Value::Null).await?;
            }
        }
        let recorded = asked(&town).await?;
        let recorded: Vec<_> = recorded.iter().map(|(q, _)| q.narrowed["at_event"].clone()).collect();
        let events = [twin, twin + 1].repeat(asking.len());
        let expected: Vec<_> = events.iter().map(ToString::to_string).collect();
        ensure!(recorded == expected, "{recorded:?} for {expected:?}");

        // An imagined policy of the last 30 days is one question, whenever it is asked.
        let path = format!("/v1/accounts/{}/policy/what-if", town.slug());
        for _ in 0..3 {
            town.wait(Span::minutes(1));
            visit.grant(&owner, "POST", &path, json!({ "team": { "required": true } })).await?;
        }
        let imagined = asked(&town).await?.split_off(expected.len());
        ensure!(imagined.len() == 1 && imagined[0].0.from.is_none() && imagined[0].0.to.is_none(), "{imagined:?}");
        Ok(())
    }

    /// Rules: C3, C4.
    async fn help_that_staff_may_not_give_is_on_record_whoever_tries_and_whatever_it_is(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut admin = owner.welcome_enrolled(&town, Role::Admin).await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let mut auditor = owner.welcome_enrolled(&town, Role::Auditor).await?;
        let customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        town.wait(Span::minutes(1));
        for who in [&mut owner, &mut admin, &mut agent, &mut auditor] {
            visit.sign_in(who).await?;
        }
        let why = || json!({ "reason": "they ask so nicely" });
        let until = (town.now() + Span::hours(8)).to_string();
        let leave = || json!({ "reason": "they ask so nicely", "until": until });
        let address = town.somebody(Role::Owner).email;

        // An admin upon an owner: every door of help, and each attempt at it.
        let upon = |what: &str| format!("/v1/users/{}/{what}", owner.user);
        let doors = [
            ("POST", upon("reset-two-factor"), why(), Help::Reset),
            ("POST", upon("exemptions"), leave(), Help::Exemption),
            ("POST", upon("recovery-grants"), why(), Help::Grant),
            ("POST", upon("enrolment-tickets"), why(), Help::Ticket),
            ("POST", upon("unlock"), why(), Help::Unlock),
            ("POST", upon("email-change"), json!({ "email": address }), Help::Address),
            ("DELETE", upon("email-change"), Value::Null, Help::Sessions),
            ("POST", upon("freeze"), why(), Help::Freeze),
            ("POST", upon("unfreeze"), why(), Help::Vouch),
            ("POST", upon("invitation"), json!({}), Help::Invitation),
            ("POST", upon("reactivate"), json!({}), Help::Return),
        ];
        for (method, path, body, _) in &doors {
            code(&visit.ask(&admin, method, path, body.clone()).await?, "403 forbidden")?;
        }
        let expected: Vec<_> = doors.iter().map(|(.., help)| (*help, NoHelp::Outranked)).collect();
        ensure!(refused(&town, &admin).await? == expected, "{:?}", refused(&town, &admin).await?);
        // Again and again is once an hour.
        for (method, path, body, _) in &doors {
            code(&visit.ask(&admin, method, path, body.clone()).await?, "403 forbidden")?;
        }
        ensure!(refused(&town, &admin).await?.len() == doors.len(), "the log is not filled");

        // Whoever of the team may help nobody so: it is on record as well.
        let customers = |what: &str| format!("/v1/users/{}/{what}", customer.user);
        for (who, path, body) in [
            (&agent, customers("enrolment-tickets"), why()),
            (&agent, customers("exemptions"), leave()),
            (&auditor, customers("unlock"), why()),
            (&auditor, upon("unlock"), why()),
        ] {
            code(&visit.ask(who, "POST", &path, body).await?, "403 forbidden")?;
        }
        let customer_s = NoHelp::Customer;
        ensure!(refused(&town, &agent).await? == [(Help::Ticket, customer_s), (Help::Exemption, customer_s)]);
        ensure!(refused(&town, &auditor).await? == [(Help::Unlock, customer_s), (Help::Unlock, NoHelp::Outranked)]);
        // Nobody lets themself in.
        let own = format!("/v1/users/{}/exemptions", owner.user);
        code(&visit.ask(&owner, "POST", &own, leave()).await?, "409 own_help")?;
        ensure!(refused(&town, &owner).await? == [(Help::Exemption, NoHelp::Own)]);
        // An end user is nobody's staff.
        let mut customer = customer;
        visit.sign_in(&mut customer).await?;
        code(&visit.ask(&customer, "POST", &upon("unlock"), why()).await?, "403 forbidden")?;
        ensure!(refused(&town, &customer).await?.is_empty());
        ensure!(town.count("Unlocked").await? == 0 && town.count("TwoFactorReset").await? == 0);
        // An hour later it is news again.
        town.wait(Span::hours(1));
        visit.sign_in(&mut admin).await?;
        code(&visit.ask(&admin, "POST", &upon("unlock"), why()).await?, "403 forbidden")?;
        ensure!(refused(&town, &admin).await?.len() == doors.len() + 1);
        Ok(())
    }
}
