//! Codes by SMS over HTTP, with a provider on the other side that checks each signature and sometimes fails.

mod back;
mod beside;
mod limits;
mod unoffered;

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use twofold_domain::delivery::Allowance;
use twofold_domain::policy::{Audience, AudiencePolicy, Role};
use twofold_domain::time::Span;
use twofold_domain::user::UserEvent;
use twofold_infra::delivery::Carriers;
use twofold_projections::courier::Courier;
use twofold_projections::projector::Projector;
use twofold_projections::wishes::Wishes;
use twofold_tests::doors::{Answer, Doors};
use twofold_tests::person::{Person, save_policies};
use twofold_tests::post::Post;
use twofold_tests::race::at_once;
use twofold_tests::stories;
use twofold_tests::town::Town;

const NUMBER: &str = "+447911123456";
const OTHER: &str = "+34612345678";

/// How often a courier is asked for a text that was not read before.
const ROUNDS: usize = 100;

/// A town with a provider of text messages.
struct Exchange {
    town: Arc<Town>,
    doors: Doors,
    post: Post,
    courier: Courier,
}

impl Exchange {
    async fn open(town: &Arc<Town>) -> Result<Self> {
        Self::open_with(town, Some(Allowance::SMS)).await
    }

    async fn open_with(town: &Arc<Town>, texts: Option<Allowance>) -> Result<Self> {
        let desk = town.here().texting(texts);
        let doors = Doors::open_at(town, &desk).await?;
        let post = Post::open().await?;
        let carriers = post.carriers(desk.clock())?;
        let carriers = Carriers { texts: texts.unwrap_or(Allowance::SMS), ..carriers };
        let courier = Courier::new(desk, carriers);
        town.never_in_log(NUMBER);
        town.never_in_log(OTHER);
        Ok(Self { town: Arc::clone(town), doors, post, courier })
    }

    async fn ask(&self, tokens: [Option<&str>; 2], verb: &str, path: &str, body: Value) -> Result<Answer> {
        let mut request =
            Request::builder().method(verb).uri(path).header("content-type", "application/json");
        if let Some(session) = tokens[0] {
            request = request.header("authorization", format!("Bearer {session}"));
        }
        if let Some(device) = tokens[1] {
            request = request.header("twofold-device", device);
        }
        self.doors.ask(request.body(Body::from(body.to_string()))?).await
    }

    async fn by(&self, who: &Person, verb: &str, path: &str, body: Value) -> Result<Answer> {
        self.ask([Some(who.session()?), None], verb, path, body).await
    }

    async fn granted(&self, who: &Person, verb: &str, path: &str, body: Value) -> Result<Value> {
        let answer = self.by(who, verb, path, body).await?;
        ensure!(answer.status.is_success(), "{verb} {path}: {} {}", answer.gist(), answer.body);
        Ok(answer.body)
    }

    /// Sends what waits, and reads the last code that came to a number.
    async fn code(&self, number: &str) -> Result<String> {
        let mut code = String::new();
        // Another server's courier may carry the newest one, which then comes a moment later.
        for _ in 0..ROUNDS {
            while self.courier.round().await > 0 {}
            let texts = self.post.texts();
            let last = texts.iter().rev().find(|got| got.to == number && got.text.contains(" code for "));
            code = last.context("a code came")?.text.get(..7).context("a code")?.to_owned();
            ensure!(code.len() == 7 && code.replace(' ', "").parse::<u32>().is_ok(), "six digits: {code}");
            if !self.town.secrets().contains(&code) {
                break;
            }
            tokio::task::yield_now().await;
        }
        self.town.never_in_log(code.clone());
        Ok(code)
    }

    async fn begin(&self, who: &Person, number: &str) -> Result<Answer> {
        let body = json!({ "kind": "sms", "name": format!("Phone {number}"), "number": number });
        self.by(who, "POST", "/v1/users/me/factors", body).await
    }

    /// Binds a number; as a first factor with the mailed code.
    async fn bind(&self, who: &mut Person, number: &str) -> Result<String> {
        let begun = self.begin(who, number).await?;
        ensure!(begun.status == 201, "{} {}", begun.gist(), begun.body);
        let factor = begun.body["id"].as_str().context("a factor")?.to_owned();
        let mut codes = json!({ "sms_code": self.code(number).await? });
        if begun.body["mailed_code_needed"] == true {
            // Whatever is mailed is not sent here; the story reads it from its own post.
            let mailed = self.post.mails().into_iter().rev().find(|mail| mail.to == who.email);
            let text = mailed.context("a mail")?.text;
            let line = text.lines().find(|line| {
                let line = line.trim();
                line.len() == 9 && line.replace(' ', "").parse::<u32>().is_ok()
            });
            codes["mailed_code"] = json!(line.context("a mailed code")?.trim());
        }
        let path = format!("/v1/users/me/factors/{factor}/confirm");
        let done = self.granted(who, "POST", &path, codes).await?;
        who.browser.session = done["session"]["token"].as_str().map(str::to_owned);
        who.codes.extend(
            done["recovery_codes"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|c| c.as_str())
                .map(Into::into),
        );
        Ok(factor)
    }

    /// A challenge, with the device's token.
    async fn challenged(&self, who: &Person) -> Result<(Value, String)> {
        let path = format!("/v1/accounts/{}/sign-ins", self.town.account);
        let body = json!({ "email": who.email, "password": who.password });
        let answer = self.ask([None, None], "POST", &path, body).await?;
        ensure!(answer.body["result"] == "challenge", "{} {}", answer.gist(), answer.body);
        let device = answer.body["device_token"].as_str().context("a device token")?.to_owned();
        Ok((answer.body, device))
    }

    async fn prove(&self, challenge: &(Value, String), body: Value) -> Result<Answer> {
        let path = format!("/v1/sign-ins/{}/proofs", challenge.0["sign_in"].as_str().context("a sign-in")?);
        self.ask([None, Some(&challenge.1)], "POST", &path, body).await
    }

    async fn resend(&self, challenge: &(Value, String)) -> Result<Answer> {
        let path = format!("/v1/sign-ins/{}/resend", challenge.0["sign_in"].as_str().context("a sign-in")?);
        self.ask([None, Some(&challenge.1)], "POST", &path, json!({})).await
    }

    async fn look(&self, challenge: &(Value, String)) -> Result<Value> {
        self.doors.projector.catch_up().await?;
        let path = format!("/v1/sign-ins/{}", challenge.0["sign_in"].as_str().context("a sign-in")?);
        Ok(self.ask([None, Some(&challenge.1)], "GET", &path, Value::Null).await?.body)
    }

    /// Somebody whose only factor is a number.
    async fn somebody(&self, owner: &Person) -> Result<Person> {
        let mut ada = owner.welcome(&self.town, Role::Agent).await?;
        ada.sign_in(&self.town, self.town.here()).await?;
        self.bind(&mut ada, NUMBER).await?;
        self.town.wait(Span::minutes(2));
        Ok(ada)
    }
}

fn wrong(code: &str) -> String {
    let last = if code.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", &code[..6])
}

stories! {
    /// Rules: E2.
    async fn a_number_is_bound_by_the_code_that_came_to_it_and_opens_a_sign_in(town) {
        let exchange = Exchange::open(&town).await?;
        let owner = town.owner().await?;
        let mut ada = owner.welcome(&town, Role::Agent).await?;
        ada.sign_in(&town, town.here()).await?;
        for number in ["07911 123456", "+999 12345678", "nobody"] {
            let refused = exchange.begin(&ada, number).await?;
            ensure!(refused.gist() == "422 invalid_fields", "{number}: {}", refused.body);
            ensure!(refused.body["errors"][0]["pointer"] == "/number", "{}", refused.body);
        }
        let begun = exchange.begin(&ada, "+44 7911 123456").await?;
        ensure!(begun.body["text"]["number"] == "••56", "shown masked: {}", begun.body);
        let id = begun.body["id"].as_str().context("a factor")?.to_owned();
        let path = format!("/v1/users/me/factors/{id}/confirm");
        let alone = exchange.by(&ada, "POST", &path, json!({ "sms_code": exchange.code(NUMBER).await? })).await?;
        ensure!(alone.gist() == "422 invalid_fields", "a first binding takes the mailed code: {}", alone.body);
        let at_once = exchange.by(&ada, "POST", &format!("/v1/users/me/factors/{id}/resend"), json!({})).await?;
        ensure!(at_once.gist() == "429 text_later", "{}", at_once.body);
        ensure!(exchange.begin(&ada, OTHER).await?.gist() == "429 text_later", "beginning anew buys no text");
        town.wait(Span::minutes(1));
        exchange.bind(&mut ada, NUMBER).await?;
        let mine = exchange.granted(&ada, "GET", "/v1/users/me/factors", Value::Null).await?;
        ensure!(mine["items"][0]["kind"] == "sms" && mine["items"][0]["number"] == "••56", "{mine}");

        town.wait(Span::minutes(2));
        let challenge = exchange.challenged(&ada).await?;
        ensure!(challenge.0["methods"] == json!(["sms_code", "recovery_code"]), "{}", challenge.0);
        ensure!(challenge.0["text"]["state"] == "sent" && challenge.0["text"]["number"] == "••56");
        let code = exchange.code(NUMBER).await?;
        let answer = exchange.prove(&challenge, json!({ "sms_code": code })).await?;
        ensure!(answer.body["session"]["method"] == "sms_code", "{} {}", answer.gist(), answer.body);
        ensure!(answer.body["session"]["assurance"] == 2, "{}", answer.body);
        let again = exchange.prove(&challenge, json!({ "sms_code": code })).await?;
        ensure!(again.gist() == "410 sign_in_over", "once: {}", again.body);
        // It finishes no other sign-in, and is on record as a wrong guess there.
        town.wait(Span::minutes(2));
        let other = exchange.challenged(&ada).await?;
        let replayed = exchange.prove(&other, json!({ "sms_code": code })).await?;
        ensure!(replayed.gist() == "401 proof_rejected", "{}", replayed.body);
        ensure!(town.count("ProofRejected").await? == 1, "it is charged");
        Ok(())
    }

    /// Rules: E2.
    async fn a_code_of_one_sign_in_answers_no_other_while_both_are_open(town) {
        let exchange = Exchange::open(&town).await?;
        let owner = town.owner().await?;
        let ada = exchange.somebody(&owner).await?;
        let one = exchange.challenged(&ada).await?;
        let code = exchange.code(NUMBER).await?;
        let other = exchange.challenged(&ada).await?;
        ensure!(other.0["text"]["state"] == "later", "one a minute: {}", other.0);
        let stolen = exchange.prove(&other, json!({ "sms_code": code })).await?;
        ensure!(stolen.gist() == "401 proof_rejected" && stolen.body["reason"] == "wrong", "{}", stolen.body);
        let answer = exchange.prove(&one, json!({ "sms_code": code })).await?;
        ensure!(answer.status.is_success(), "where it was asked for: {}", answer.body);
        Ok(())
    }

    /// Rules: E2, E7.
    async fn another_code_leaves_the_earlier_one_good_and_every_wrong_try_counted(town) {
        let exchange = Exchange::open(&town).await?;
        let owner = town.owner().await?;
        let ada = exchange.somebody(&owner).await?;
        let challenge = exchange.challenged(&ada).await?;
        let earlier = exchange.code(NUMBER).await?;
        let at_once = exchange.resend(&challenge).await?;
        ensure!(at_once.gist() == "429 text_later" && at_once.headers.contains_key("retry-after"));
        let refused = exchange.prove(&challenge, json!({ "sms_code": wrong(&earlier) })).await?;
        ensure!(refused.gist() == "401 proof_rejected", "{}", refused.body);
        town.wait(Span::minutes(1));
        let resent = exchange.resend(&challenge).await?;
        ensure!(resent.status.is_success() && resent.body["number"] == "••56", "{}", resent.body);
        ensure!(exchange.code(NUMBER).await? != earlier, "another code");
        exchange.prove(&challenge, json!({ "sms_code": wrong(&earlier) })).await?;
        let charged: Vec<u16> = town.log().await?.iter().filter(|e| e.event_type == "ProofRejected").filter_map(|e| {
            match serde_json::from_str(&e.payload) {
                Ok(UserEvent::ProofRejected { consecutive, .. }) => Some(consecutive),
                _ => None,
            }
        }).collect();
        ensure!(charged == [1, 2], "asking again buys no tries: {charged:?}");
        let answer = exchange.prove(&challenge, json!({ "sms_code": earlier })).await?;
        ensure!(answer.status.is_success(), "the earlier one stays good: {} {}", answer.gist(), answer.body);
        Ok(())
    }

    /// Rules: E2.
    async fn a_new_number_is_a_new_binding_that_the_old_one_is_told_of(town) {
        let exchange = Exchange::open(&town).await?;
        let owner = town.owner().await?;
        let mut ada = owner.welcome(&town, Role::Agent).await?;
        ada.sign_in(&town, town.here()).await?;
        let old = exchange.bind(&mut ada, NUMBER).await?;
        town.wait(Span::minutes(2));
        exchange.bind(&mut ada, OTHER).await?;
        exchange.courier.round().await;
        let told = |to: &str, words: &str| {
            exchange.post.texts().iter().filter(|got| got.to == to && got.text.contains(words)).count()
        };
        ensure!(told(NUMBER, "also go to the number ending in 78") == 1, "{:?}", exchange.post.texts());
        ensure!(told(OTHER, "also go to") == 0, "the new one need not be told");
        let mailed = |words: &str| {
            exchange.post.mails().iter().filter(|got| got.to == ada.email && got.text.contains(words)).count()
        };
        ensure!(mailed("go to another phone number") == 1, "{:?}", exchange.post.mails().last());

        let path = format!("/v1/users/me/factors/{old}");
        exchange.granted(&ada, "DELETE", &path, Value::Null).await?;
        exchange.courier.round().await;
        ensure!(told(NUMBER, "no more codes are sent to this number, which ends in 56") == 1);
        ensure!(mailed("A phone number was removed") == 1, "and its owner by mail");
        town.wait(Span::minutes(2));
        let challenge = exchange.challenged(&ada).await?;
        ensure!(challenge.0["text"]["number"] == "••78", "{}", challenge.0);
        let answer = exchange.prove(&challenge, json!({ "sms_code": exchange.code(OTHER).await? })).await?;
        ensure!(answer.status.is_success(), "{}", answer.body);
        Ok(())
    }

    /// Rules: E7.
    async fn a_code_that_does_not_come_is_seen_and_another_method_opens(town) {
        let exchange = Exchange::open(&town).await?;
        let owner = town.owner().await?;
        let ada = exchange.somebody(&owner).await?;
        let challenge = exchange.challenged(&ada).await?;
        ensure!(exchange.look(&challenge).await?["delivery"]["state"] == "queued");
        for n in 1..=3 {
            exchange.post.texts_get(&[422]);
            exchange.courier.round().await;
            let looked = exchange.look(&challenge).await?;
            ensure!(looked["delivery"] == json!({ "state": "failed", "why": "refused" }), "{looked}");
            ensure!(looked["failures"].is_null() == (n < 3), "after {n}: {looked}");
            if n < 3 {
                town.wait(Span::minutes(1));
                let resent = exchange.resend(&challenge).await?;
                ensure!(resent.status.is_success(), "{} {}", resent.gist(), resent.body);
            }
        }
        let looked = exchange.look(&challenge).await?;
        ensure!(looked["methods"] == json!(["sms_code", "recovery_code"]), "{looked}");
        // And whoever minds the account is told.
        Projector::install(town.here().store().clone(), twofold_projections::all()).await?.catch_up().await?;
        Wishes::new(town.here().clone()).tell_news().await?;
        while exchange.courier.round().await > 0 {}
        let told = exchange.post.mails();
        let told = told.iter().filter(|mail| mail.to == owner.email && mail.text.contains("do not arrive"));
        ensure!(told.count() == 1, "{:?}", exchange.post.mails().last());
        let paper = ada.codes.first().context("a recovery code")?.clone();
        let answer = exchange.prove(&challenge, json!({ "recovery_code": paper })).await?;
        ensure!(answer.status.is_success(), "{}", answer.body);
        Ok(())
    }

    /// Rules: E7.
    async fn where_no_code_can_be_sent_the_answer_says_so_and_what_else_there_is(town) {
        let exchange = Exchange::open(&town).await?;
        let mut owner = town.owner().await?;
        let ada = exchange.somebody(&owner).await?;
        let without = Exchange::open_with(&town, None).await?;
        let refused = without.begin(&owner, OTHER).await?;
        ensure!(refused.gist() == "409 not_texted" && refused.body["why"] == "no_transport", "{}", refused.body);
        ensure!(refused.body["instead"] == json!(["totp", "token", "webauthn"]), "{}", refused.body);
        let challenge = without.challenged(&ada).await?;
        ensure!(challenge.0["text"]["state"] == "not_sent", "{}", challenge.0);
        ensure!(challenge.0["text"]["instead"] == json!(["recovery_code"]), "{}", challenge.0);
        ensure!(without.resend(&challenge).await?.gist() == "409 not_texted");
        ensure!(without.look(&challenge).await?["not_texted"]["why"] == "no_transport");

        owner.sign_in(&town, town.here()).await?;
        let kinds = [twofold_domain::factor::FactorKind::Totp].into();
        let policy = AudiencePolicy { allowed_kinds: kinds, ..AudiencePolicy::TEAM };
        save_policies(&town, town.here(), &owner, [(Audience::Team, policy)].into()).await?;
        let refused = exchange.begin(&owner, OTHER).await?;
        ensure!(refused.gist() == "409 kind_not_allowed", "{}", refused.body);
        Ok(())
    }

    /// Rules: E7.
    async fn a_days_codes_are_numbered_and_strangers_use_up_half_of_them(town) {
        let texts = Allowance { person: 4, ..Allowance::SMS };
        let exchange = Exchange::open_with(&town, Some(texts)).await?;
        let owner = town.owner().await?;
        let ada = exchange.somebody(&owner).await?;
        // One went out to bind the number; a device that nobody knows gets one more.
        let stranger = exchange.challenged(&ada).await?;
        exchange.code(NUMBER).await?;
        town.wait(Span::minutes(1));
        let spent = exchange.resend(&stranger).await?;
        ensure!(spent.gist() == "429 not_texted" && spent.body["why"] == "person_budget", "{}", spent.body);
        ensure!(spent.body["instead"] == json!(["recovery_code"]), "{}", spent.body);
        ensure!(spent.headers.contains_key("retry-after"), "until the day ends");
        // In the session that proved a second factor, two more.
        for n in 0..2 {
            town.wait(Span::minutes(1));
            let sent = exchange.by(&ada, "POST", "/v1/step-up/resend", json!({})).await?;
            ensure!(sent.status.is_success(), "{n}: {} {}", sent.gist(), sent.body);
            exchange.code(NUMBER).await?;
        }
        town.wait(Span::minutes(1));
        ensure!(exchange.by(&ada, "POST", "/v1/step-up/resend", json!({})).await?.gist() == "429 not_texted");
        Ok(())
    }

    /// Rules: E2.
    async fn a_code_is_good_for_what_it_was_asked_for_only(town) {
        let exchange = Exchange::open(&town).await?;
        let owner = town.owner().await?;
        let mut ada = exchange.somebody(&owner).await?;
        let off = |code: &str| json!({ "password": ada.password.clone(), "sms_code": code });
        ensure!(exchange.by(&ada, "POST", "/v1/step-up/resend", json!({})).await?.status.is_success());
        let raising = exchange.code(NUMBER).await?;
        let refused = exchange.by(&ada, "POST", "/v1/users/me/two-factor/disable", off(&raising)).await?;
        ensure!(refused.gist() == "422 proof_rejected", "{}", refused.body);
        town.wait(Span::minutes(1));
        let raised = exchange.granted(&ada, "POST", "/v1/step-up", json!({ "sms_code": raising })).await?;
        ada.browser.session = raised["session"]["token"].as_str().map(str::to_owned);
        let off = |code: &str| json!({ "password": ada.password.clone(), "sms_code": code });
        let asked = json!({ "for": "disable" });
        ensure!(exchange.by(&ada, "POST", "/v1/step-up/resend", asked).await?.status.is_success());
        let code = exchange.code(NUMBER).await?;
        let done = exchange.by(&ada, "POST", "/v1/users/me/two-factor/disable", off(&code)).await?;
        ensure!(done.status.is_success(), "{} {}", done.gist(), done.body);
        Ok(())
    }

    /// Rules: E2.
    async fn of_sixty_four_who_show_one_code_at_once_one_gets_in(town) {
        let exchange = Arc::new(Exchange::open(&town).await?);
        let owner = town.owner().await?;
        let ada = exchange.somebody(&owner).await?;
        let challenge = Arc::new(exchange.challenged(&ada).await?);
        let code = exchange.code(NUMBER).await?;
        let answers = at_once(64, |_| {
            let (exchange, challenge, code) = (Arc::clone(&exchange), Arc::clone(&challenge), code.clone());
            async move { exchange.prove(&challenge, json!({ "sms_code": code })).await }
        }).await?;
        let mut accepted = 0;
        for answer in answers {
            let answer = answer?;
            ensure!(!answer.status.is_server_error(), "{} {}", answer.gist(), answer.body);
            accepted += usize::from(answer.status.is_success());
        }
        ensure!(accepted == 1, "{accepted} got in");
        ensure!(town.count("SmsCodeAccepted").await? == 1);
        Ok(())
    }
}
