//! Ways back in over the HTTP API, with mails read from the outbox: as a member of the team, as an end user, from
//! a trusted device, and, in files of their own, as an owner; each cancelled, refused, raced, replayed.

mod codes;
mod doubt;
mod held;
mod owners;
mod told;

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_tests::authenticator::{Authenticator, oathtool};
use twofold_tests::doors::{Answer, Doors};
use twofold_tests::person::Person;
use twofold_tests::race;
use twofold_tests::stories;
use twofold_tests::town::Town;

/// A town and its doors.
struct Scene<'t> {
    town: &'t Town,
    doors: Arc<Doors>,
}

/// A sign-in that waits for its second factor.
#[derive(Clone)]
struct Waiting {
    sign_in: String,
    device: String,
}

fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Result<Request<Body>> {
    let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    Ok(request.body(body)?)
}

fn text(answer: &Answer, pointer: &str) -> Result<String> {
    let found = answer.body.pointer(pointer).and_then(Value::as_str);
    Ok(found.with_context(|| format!("{pointer} in {} {}", answer.status, answer.body))?.to_owned())
}

impl<'t> Scene<'t> {
    async fn of(town: &'t Town) -> Result<Self> {
        Ok(Self { town, doors: Arc::new(Doors::open(town).await?) })
    }

    async fn post(&self, who: &Person, path: &str, body: Value) -> Result<Answer> {
        let bearer = format!("Bearer {}", who.session()?);
        self.doors.ask(request("POST", path, &[("authorization", &bearer)], &body)?).await
    }

    async fn get(&self, who: &Person, path: &str) -> Result<Answer> {
        let bearer = format!("Bearer {}", who.session()?);
        self.doors.ask(request("GET", path, &[("authorization", &bearer)], &Value::Null)?).await
    }

    /// E-mail and password, on the browser that they have.
    async fn sign_in(&self, who: &mut Person) -> Result<Answer> {
        let path = format!("/v1/accounts/{}/sign-ins", self.town.account);
        let body = json!({ "email": who.email, "password": who.password });
        let device = who.browser.device.clone();
        let headers: Vec<(&str, &str)> = device.iter().map(|d| ("twofold-device", d.as_str())).collect();
        let answer = self.doors.ask(request("POST", &path, &headers, &body)?).await?;
        ensure!(answer.status.is_success(), "{} {}", answer.status, answer.body);
        who.browser.device = Some(text(&answer, "/device_token")?);
        if let Some(token) = answer.body.pointer("/session/token").and_then(Value::as_str) {
            who.browser.session = Some(token.to_owned());
        }
        Ok(answer)
    }

    /// The same, where a code is asked for that they do not have.
    async fn stuck(&self, who: &mut Person) -> Result<Waiting> {
        let answer = self.sign_in(who).await?;
        ensure!(text(&answer, "/result")? == "challenge", "{}", answer.body);
        Ok(Waiting { sign_in: text(&answer, "/sign_in")?, device: text(&answer, "/device_token")? })
    }

    async fn at_the_door(&self, at: &Waiting, what: &str, body: Value) -> Result<Answer> {
        let path = format!("/v1/sign-ins/{}/{what}", at.sign_in);
        self.doors.ask(request("POST", &path, &[("twofold-device", &at.device)], &body)?).await
    }

    /// How an open challenge stands.
    async fn challenge(&self, at: &Waiting) -> Result<Value> {
        let path = format!("/v1/sign-ins/{}", at.sign_in);
        let asked = request("GET", &path, &[("twofold-device", &at.device)], &Value::Null)?;
        Ok(self.doors.ask(asked).await?.body)
    }

    /// Asks for a way back in at the door, with the code from the mail: from when the reset holds, and the case.
    async fn waits(&self, who: &mut Person) -> Result<String> {
        let at = self.stuck(who).await?;
        self.town.letters(who.user).await?;
        let asked = self.at_the_door(&at, "recovery", json!({})).await?;
        ensure!(asked.gist() == "202", "{} {}", asked.status, asked.body);
        let code = self.town.mailed_code(who.user).await?;
        let begun = self.at_the_door(&at, "recovery/confirm", json!({ "mailed_code": code })).await?;
        ensure!(begun.gist() == "202", "{} {}", begun.status, begun.body);
        let due = text(&begun, "/due_at")?;
        ensure!(due > self.town.now().to_string(), "{due}");
        text(&begun, "/case")
    }

    /// Binds an authenticator, its codes read by another program.
    async fn bind(&self, who: &mut Person) -> Result<()> {
        let started = who.scan(self.town, self.town.here()).await?;
        let mailed = self.town.mailed_code(who.user).await?;
        let phone: &Authenticator = who.phone.as_ref().context("a phone")?;
        let now = self.town.now();
        let code = oathtool(&phone.secret, now)?;
        let path = format!("/v1/users/me/factors/{}/confirm", started.factor);
        let done = self.post(who, &path, json!({ "otp": code, "mailed_code": mailed })).await?;
        ensure!(done.status.is_success(), "{} {}", done.status, done.body);
        who.browser.session = Some(text(&done, "/session/token")?);
        Ok(())
    }

    async fn case(&self, by: &Person, case: &str) -> Result<Value> {
        let answer = self.get(by, &format!("/v1/recovery-cases/{case}")).await?;
        ensure!(answer.status.is_success(), "{} {}", answer.status, answer.body);
        Ok(answer.body)
    }

    async fn grant(&self, by: &Person, whom: &Person) -> Result<Answer> {
        let path = format!("/v1/users/{}/recovery-grants", whom.user);
        self.post(by, &path, json!({ "reason": "phone in the lake, codes used up", "hours": 24 })).await
    }

    /// The token of the link in the mail.
    async fn link(&self, who: &Person) -> Result<String> {
        let letters = self.town.letters(who.user).await?;
        let mut words = letters.iter().flat_map(|letter| letter.body.split_whitespace());
        let link = words.rfind(|word| word.contains("/recover/")).context("a letter with a link")?;
        let token = link.rsplit('/').next().unwrap_or_default().to_owned();
        self.town.never_in_log(token.clone());
        Ok(token)
    }

    async fn redeem(&self, token: &str) -> Result<Answer> {
        let body = json!({ "token": token });
        self.doors.ask(request("POST", "/v1/recovery-grants/redeem", &[], &body)?).await
    }

    /// A new password by mail, as whoever has the mailbox gets it.
    async fn reset_password(&self, who: &mut Person) -> Result<()> {
        self.town.letters(who.user).await?;
        let body = json!({ "account": self.town.account.to_string(), "email": who.email });
        let asked = self.doors.ask(request("POST", "/v1/password-resets", &[], &body)?).await?;
        ensure!(asked.status.is_success(), "{} {}", asked.status, asked.body);
        let link = self.town.mailed_link(who.user).await?;
        who.password.push_str(" again");
        who.redeem(self.town, self.town.here(), &link).await?;
        Ok(())
    }
}

stories! {
    /// A member of the team without phone and codes: a code from the owner, by a link that only they get.
    ///
    /// Rules: C3, C5.
    async fn a_member_of_the_team_comes_back_with_a_granted_code(town) {
        let mut owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let customer = owner.welcome(&town, Role::EndUser).await?;
        let scene = Scene::of(&town).await?;
        owner.step_up(&town, town.here()).await?;
        agent.browser.session = None;
        let lost = agent.phone.clone();

        // They are sent to their team; staff give an end user nothing, and that is on record.
        let at = scene.stuck(&mut agent).await?;
        let asked = scene.challenge(&at).await?;
        ensure!(asked["recovery_route"] == "grant" && asked["factors"][0]["name"].is_string(), "{asked}");
        ensure!(scene.at_the_door(&at, "recovery", json!({})).await?.gist() == "409 ask_your_team");
        ensure!(scene.grant(&owner, &customer).await?.gist() == "403 forbidden");
        ensure!(town.count("RecoveryRefused").await? == 1, "refused, and remembered");

        town.letters(agent.user).await?;
        let granted = scene.grant(&owner, &agent).await?;
        ensure!(granted.gist() == "201" && granted.body.get("code").is_none(), "{}", granted.body);
        let case = text(&granted, "/case")?;
        let token = scene.link(&agent).await?;

        // Sixty-four show the link at once: one sees the code.
        let doors = Arc::clone(&scene.doors);
        let answers = race::at_once(64, |_| {
            let (doors, token) = (Arc::clone(&doors), token.clone());
            async move {
                let body = json!({ "token": token });
                doors.ask(request("POST", "/v1/recovery-grants/redeem", &[], &body)?).await
            }
        }).await?;
        let answers = answers.into_iter().collect::<Result<Vec<_>>>()?;
        let shown: Vec<&Answer> = answers.iter().filter(|a| a.status.is_success()).collect();
        ensure!(shown.len() == 1, "{} saw the code", shown.len());
        let code = text(shown[0], "/code")?;
        town.never_in_log(code.clone());
        let asked = scene.challenge(&at).await?;
        ensure!(asked["methods"] == json!(["otp", "recovery_code"]), "a granted code answers: {asked}");
        ensure!(scene.redeem(&token).await?.gist() == "410 link_over", "the link is spent");

        // The same for the code.
        let mut attempts = vec![];
        for _ in 0..8 {
            let mut browser = agent.clone();
            browser.browser.device = None;
            attempts.push(scene.stuck(&mut browser).await?);
        }
        let answers = race::at_once(8, |n| {
            let (doors, at, code) = (Arc::clone(&doors), attempts[n].clone(), code.clone());
            async move {
                let path = format!("/v1/sign-ins/{}/proofs", at.sign_in);
                let body = json!({ "recovery_code": code });
                doors.ask(request("POST", &path, &[("twofold-device", &at.device)], &body)?).await
            }
        }).await?;
        let answers = answers.into_iter().collect::<Result<Vec<_>>>()?;
        let entered: Vec<&Answer> = answers.iter().filter(|a| a.status.is_success()).collect();
        ensure!(entered.len() == 1, "{} came in", entered.len());
        ensure!(text(entered[0], "/session/method")? == "recovery_grant");
        agent.browser.session = Some(text(entered[0], "/session/token")?);

        // In the session they bind another factor, and nothing else; the lost one is worth nothing.
        let barred = scene.get(&agent, "/v1/users").await?;
        ensure!(barred.gist() == "403 enrol_first", "{}", barred.gist());
        let open = scene.case(&owner, &case).await?;
        ensure!(open["stage"] == "open" && open["used_at"].is_string(), "{open}");
        town.letters(agent.user).await?;
        scene.bind(&mut agent).await?;
        let closed = scene.case(&owner, &case).await?;
        ensure!(closed["stage"] == "completed" && closed["asked_by"] == owner.user.to_string(), "{closed}");
        ensure!(closed["issuer_saw"] == false && closed["reason"].is_string(), "{closed}");
        let again = scene.stuck(&mut agent).await?;
        let replayed = scene.at_the_door(&again, "proofs", json!({ "recovery_code": code })).await?;
        ensure!(replayed.gist() == "401 proof_rejected", "{}", replayed.gist());
        ensure!(replayed.body["reason"] == "replayed", "it is known as the one that was used: {}", replayed.body);
        town.wait(Span::minutes(1));
        let old = lost.context("a phone")?.code(town.now());
        let dead = scene.at_the_door(&again, "proofs", json!({ "otp": old })).await?;
        ensure!(dead.gist() == "401 proof_rejected", "{}", dead.gist());
        Ok(())
    }

    /// A grant ends with a stop, with a used factor, with a password that came by mail, and by itself.
    ///
    /// Rules: C3, C5.
    async fn a_grant_that_is_not_used_ends_and_is_flagged(town) {
        let mut owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let scene = Scene::of(&town).await?;
        owner.step_up(&town, town.here()).await?;
        let stopped = text(&scene.grant(&owner, &agent).await?, "/case")?;
        let path = format!("/v1/users/{}/recovery/stop", agent.user);
        let stop = scene.post(&owner, &path, json!({ "case": stopped })).await?;
        ensure!(stop.gist() == "200", "{}", stop.gist());
        let token = scene.link(&agent).await?;
        ensure!(scene.redeem(&token).await?.gist() == "410 link_over");

        let found = text(&scene.grant(&owner, &agent).await?, "/case")?;
        agent.sign_in(&town, town.here()).await?;
        ensure!(scene.case(&owner, &found).await?["stopped"] == "factor", "they have their phone");

        owner.step_up(&town, town.here()).await?;
        let mailed = text(&scene.grant(&owner, &agent).await?, "/case")?;
        scene.reset_password(&mut agent).await?;
        ensure!(scene.case(&owner, &mailed).await?["stopped"] == "password");
        owner.step_up(&town, town.here()).await?;
        ensure!(scene.grant(&owner, &agent).await?.gist() == "409 recovery_refused", "the mailbox is in doubt");

        town.wait(Span::hours(73));
        owner.sign_in(&town, town.here()).await?;
        let unused = text(&scene.grant(&owner, &agent).await?, "/case")?;
        let token = scene.link(&agent).await?;
        town.wait(Span::hours(24));
        ensure!(scene.redeem(&token).await?.gist() == "410 link_over", "its end has come");
        owner.sign_in(&town, town.here()).await?;
        let orphan = scene.case(&owner, &unused).await?;
        ensure!(orphan["stage"] == "expired" && orphan["orphan"] == "never_used", "{orphan}");

        // It stays so, whatever happens later: a freeze, and an erasure, which is what ended the freeze.
        let froze = crate::freeze::freeze(&scene.doors, &owner, &agent).await?;
        ensure!(froze.gist() == "200", "{} {}", froze.gist(), froze.body);
        let listed = scene.get(&owner, "/v1/recovery-cases").await?;
        let frozen = listed.body["cases"].as_array().and_then(|cases| cases.iter().find(|c| c["route"] == "frozen"));
        let frozen = text(&Answer { body: frozen.context("a case")?.clone(), ..listed }, "/case")?;
        owner.step_up(&town, town.here()).await?;
        let erase = format!("/v1/users/{}/erase", agent.user);
        let erased = scene.post(&owner, &erase, json!({ "reason": "asked for it" })).await?;
        ensure!(erased.status.is_success(), "{} {}", erased.gist(), erased.body);
        let orphan = scene.case(&owner, &unused).await?;
        ensure!(orphan["stage"] == "expired" && orphan["orphan"] == "never_used", "{orphan}");
        ensure!(orphan["stopped_at"].is_null(), "{orphan}");
        let ended = scene.case(&owner, &frozen).await?;
        ensure!(ended["stage"] == "stopped" && ended["stopped"] == "erased", "{ended}");
        ensure!(ended["stopped_by"] == owner.user.to_string() && ended["stopped_at"].is_string(), "{ended}");
        Ok(())
    }

    /// An end user: password, a code by mail, a wait; refused after a password by mail; a used factor cancels it.
    ///
    /// Rules: C4, C5.
    async fn an_end_user_comes_back_after_a_wait_that_anybody_concerned_can_end(town) {
        let mut owner = town.owner().await?;
        let mut customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let scene = Scene::of(&town).await?;

        // A wrong code is charged; a right one begins the wait; the same one begins no other.
        let at = scene.stuck(&mut customer).await?;
        ensure!(scene.at_the_door(&at, "recovery/confirm", json!({ "mailed_code": "00000000" })).await?.gist()
            == "409 nothing_requested");
        let case = scene.waits(&mut customer).await?;
        let mut told = town.letters(customer.user).await?;
        ensure!(told.pop().is_some_and(|letter| letter.subject.contains("will be reset")), "they are told");

        // They found their phone: nothing is reset.
        customer.sign_in(&town, town.here()).await?;
        let ended = scene.case(&owner, &case).await?;
        ensure!(ended["stage"] == "stopped" && ended["stopped"] == "factor", "{ended}");
        town.wait(Span::hours(73));
        scene.stuck(&mut customer).await?;

        // Whoever has the mailbox resets the password and asks at once: refused, and on record.
        scene.reset_password(&mut customer).await?;
        let at = scene.stuck(&mut customer).await?;
        let doubted = scene.at_the_door(&at, "recovery", json!({})).await?;
        ensure!(doubted.gist() == "409 recovery_refused", "{}", doubted.gist());
        ensure!(doubted.body["reason"] == "password_mailed", "{}", doubted.body);
        ensure!(town.count("RecoveryRefused").await? == 1);
        // Asked once more they are told the same; nothing is recorded, and nothing mailed.
        town.letters(customer.user).await?;
        let again = scene.at_the_door(&at, "recovery", json!({})).await?;
        ensure!(again.gist() == "409 recovery_refused", "{}", again.gist());
        ensure!(town.count("RecoveryRefused").await? == 1 && town.letters(customer.user).await?.is_empty());

        // Three days later it is let: and a password by mail in the wait ends the wait.
        town.wait(Span::hours(72));
        let doomed = scene.waits(&mut customer).await?;
        scene.reset_password(&mut customer).await?;
        owner.sign_in(&town, town.here()).await?;
        ensure!(scene.case(&owner, &doomed).await?["stopped"] == "password");

        town.wait(Span::hours(72));
        let case = scene.waits(&mut customer).await?;
        town.wait(Span::hours(71));
        scene.stuck(&mut customer).await?;
        town.wait(Span::hours(1));
        let due = scene.sign_in(&mut customer).await?;
        ensure!(text(&due, "/result")? == "complete", "nothing is required of them: {}", due.body);
        town.letters(customer.user).await?;
        scene.bind(&mut customer).await?;
        owner.sign_in(&town, town.here()).await?;
        let closed = scene.case(&owner, &case).await?;
        ensure!(closed["stage"] == "completed" && closed["route"] == "mailbox", "{closed}");
        ensure!(closed["asked_by"] == "anonymous" && closed["reset_at"].is_string(), "{closed}");
        Ok(())
    }

    /// A new handset, and a laptop that is still trusted: password, code by mail, a shorter wait.
    ///
    /// Rules: C8, C5.
    async fn a_new_handset_is_bound_from_a_trusted_device(town) {
        let mut owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let scene = Scene::of(&town).await?;
        let at = scene.stuck(&mut agent).await?;
        let otp = agent.next_code(&town)?;
        let trusted = scene.at_the_door(&at, "proofs", json!({ "otp": otp, "trust_device": true })).await?;
        ensure!(trusted.status.is_success(), "{} {}", trusted.status, trusted.body);
        agent.browser.session = Some(text(&trusted, "/session/token")?);
        let own = "/v1/users/me/recovery";
        let first = scene.post(&agent, own, json!({ "password": agent.password })).await?;
        ensure!(first.gist() == "409 not_trusted", "that session showed its code: {}", first.gist());
        town.wait(Span::days(1));
        let back = scene.sign_in(&mut agent).await?;
        ensure!(text(&back, "/session/method")? == "trust", "{}", back.body);

        let wrong = scene.post(&agent, own, json!({ "password": "not the password at all" })).await?;
        ensure!(wrong.gist() == "422 proof_rejected", "{}", wrong.gist());
        town.letters(agent.user).await?;
        let asked = scene.post(&agent, own, json!({ "password": agent.password })).await?;
        ensure!(asked.gist() == "202", "{} {}", asked.status, asked.body);
        let code = town.mailed_code(agent.user).await?;
        let begun = scene.post(&agent, &format!("{own}/confirm"), json!({ "mailed_code": code })).await?;
        let case = text(&begun, "/case")?;
        let replay = scene.post(&agent, &format!("{own}/confirm"), json!({ "mailed_code": code })).await?;
        ensure!(replay.gist() == "409 nothing_requested", "{}", replay.gist());

        // After the wait the trust, too, is gone: the password, and another factor.
        town.wait(Span::hours(24));
        let over = scene.get(&agent, "/v1/me").await?;
        ensure!(over.status == 401, "the session fell with the factor");
        scene.sign_in(&mut agent).await?;
        town.letters(agent.user).await?;
        scene.bind(&mut agent).await?;
        owner.sign_in(&town, town.here()).await?;
        let closed = scene.case(&owner, &case).await?;
        ensure!(closed["stage"] == "completed" && closed["route"] == "trusted_device", "{closed}");
        Ok(())
    }
}
