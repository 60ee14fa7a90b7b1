//! A visit over HTTP: who asks for what, signs in, reads what was mailed.

use std::ops::Deref;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use twofold_projections::status;
use twofold_projections::wait_notices::WaitNotices;
use twofold_tests::doors::{Answer, Doors};
use twofold_tests::person::Person;
use twofold_tests::town::Town;

/// How long the read models may take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// The town, and its doors.
pub(super) struct Visit<'a> {
    town: &'a Town,
    doors: Doors,
}

impl Deref for Visit<'_> {
    type Target = Doors;

    fn deref(&self) -> &Doors {
        &self.doors
    }
}

/// A text in an answer.
pub(super) fn text(body: &Value, pointer: &str) -> Result<String> {
    let found = body.pointer(pointer).and_then(Value::as_str);
    Ok(found.with_context(|| format!("no text at {pointer} in {body}"))?.to_owned())
}

/// That an answer is this one.
#[track_caller]
pub(super) fn code(answer: &Answer, expected: &str) -> Result<()> {
    ensure!(answer.gist() == expected, "{} {}, not {expected}", answer.gist(), answer.body);
    Ok(())
}

impl<'a> Visit<'a> {
    /// Where the same doors are open to clients of other makers.
    pub(super) async fn served(&self) -> Result<std::net::SocketAddr> {
        self.doors.serve().await
    }

    /// The text that somebody gets in their session.
    pub(super) async fn text(&self, who: &Person, path: &str) -> Result<String> {
        let request = Request::get(path).header("authorization", format!("Bearer {}", who.session()?));
        let answer = self.doors.read(request.body(Body::empty())?).await?;
        ensure!(answer.0 == 200, "{path}: {} {}", answer.0, answer.1);
        Ok(answer.1)
    }

    pub(super) async fn open(town: &'a Town) -> Result<Self> {
        Ok(Self { town, doors: Doors::open(town).await? })
    }

    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Value) -> Result<Answer> {
        let request = Request::builder().method(method).uri(path);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let request = match body {
            Value::Null => request.body(Body::empty())?,
            body => request.header("content-type", "application/json").body(Body::from(body.to_string()))?,
        };
        self.doors.ask(request).await
    }

    /// Nobody asks.
    pub(super) async fn bare(&self, method: &str, path: &str, body: Value) -> Result<Answer> {
        self.send(method, path, &[], body).await
    }

    /// Whoever shows the token of a device asks.
    pub(super) async fn showing(
        &self,
        device: &str,
        method: &str,
        path: &str,
        body: Value,
    ) -> Result<Answer> {
        self.send(method, path, &[("twofold-device", device)], body).await
    }

    /// Somebody's program looks, while nobody is at the keyboard.
    pub(super) async fn polling(&self, who: &Person, path: &str) -> Result<Answer> {
        let bearer = format!("Bearer {}", who.session()?);
        self.send("GET", path, &[("authorization", &bearer), ("twofold-background", "1")], Value::Null).await
    }

    /// Whoever holds this token asks.
    pub(super) async fn bearing(&self, token: &str, method: &str, path: &str, body: Value) -> Result<Answer> {
        self.send(method, path, &[("authorization", &format!("Bearer {token}"))], body).await
    }

    /// Somebody asks in their session.
    pub(super) async fn ask(&self, who: &Person, method: &str, path: &str, body: Value) -> Result<Answer> {
        self.bearing(who.session()?, method, path, body).await
    }

    /// The same, where it is granted.
    pub(super) async fn grant(&self, who: &Person, method: &str, path: &str, body: Value) -> Result<Value> {
        let answer = self.ask(who, method, path, body).await?;
        ensure!(answer.status.is_success(), "{method} {path}: {} {}", answer.gist(), answer.body);
        Ok(answer.body)
    }

    /// The same under an idempotency key.
    pub(super) async fn once(&self, who: &Person, path: &str, key: &str, body: Value) -> Result<Answer> {
        let bearer = format!("Bearer {}", who.session()?);
        self.send("POST", path, &[("authorization", &bearer), ("idempotency-key", key)], body).await
    }

    /// Somebody shows their e-mail address and password to read something.
    pub(super) async fn basic(&self, who: &Person, path: &str) -> Result<Answer> {
        let shown = format!("Basic {}", STANDARD.encode(format!("{}:{}", who.email, who.password)));
        let account = self.town.account.to_string();
        self.send("GET", path, &[("authorization", &shown), ("twofold-account", &account)], Value::Null).await
    }

    /// Somebody brings a table of people.
    pub(super) async fn import(&self, who: &Person, table: &str) -> Result<Answer> {
        let request = Request::post("/v1/imports").header("content-type", "text/csv");
        let request = request.header("authorization", format!("Bearer {}", who.session()?));
        self.doors.ask(request.body(Body::from(table.to_owned()))?).await
    }

    /// Changes what stands at a path, having read it.
    pub(super) async fn put(&self, who: &Person, path: &str, body: Value) -> Result<Answer> {
        self.versioned(who, "PUT", path, path, body).await
    }

    /// Asks for something, having read the version of something.
    pub(super) async fn versioned(
        &self,
        who: &Person,
        method: &str,
        path: &str,
        read: &str,
        body: Value,
    ) -> Result<Answer> {
        let seen = self.ask(who, "GET", read, Value::Null).await?;
        let version = seen.headers.get("etag").and_then(|etag| etag.to_str().ok()).context("a version")?;
        let bearer = format!("Bearer {}", who.session()?);
        self.send(method, path, &[("authorization", &bearer), ("if-match", version)], body).await
    }

    /// Throws the account's switch, having read what that does.
    pub(super) async fn throw(&self, who: &Person, verb: &str) -> Result<Answer> {
        let account = format!("/v1/accounts/{}", self.town.account);
        let question = json!({ "change": { "kind": verb } });
        let seen = self.ask(who, "POST", &format!("{account}/policy/preview"), question).await?;
        ensure!(seen.status == 200, "a preview of {verb}: {} {}", seen.gist(), seen.body);
        let version = seen.headers.get("etag").and_then(|etag| etag.to_str().ok()).context("a version")?;
        let mut body = json!({ "preview": seen.body["confirmation"] });
        if ["disable", "suspend"].contains(&verb) {
            body["reason"] = json!("because the story needs it");
        }
        let bearer = format!("Bearer {}", who.session()?);
        let path = format!("{account}/two-factor/{verb}");
        self.send("POST", &path, &[("authorization", &bearer), ("if-match", version)], body).await
    }

    /// Types an e-mail address and a password, whatever comes of it.
    pub(super) async fn try_in(&self, who: &Person) -> Result<Answer> {
        let path = format!("/v1/accounts/{}/sign-ins", self.town.account);
        let body = json!({ "email": who.email, "password": who.password });
        match &who.browser.device {
            Some(device) => self.send("POST", &path, &[("twofold-device", device)], body).await,
            None => self.bare("POST", &path, body).await,
        }
    }

    /// The same, where the password opens something: a session, or a challenge.
    pub(super) async fn begin(&self, who: &Person) -> Result<Value> {
        let begun = self.try_in(who).await?;
        ensure!(begun.status == 200, "{} {}", begun.gist(), begun.body);
        self.town.never_in_log(text(&begun.body, "/device_token")?);
        Ok(begun.body)
    }

    /// Answers a challenge.
    pub(super) async fn proving(&self, begun: &Value, proofs: &str, otp: &str) -> Result<Answer> {
        let device = text(begun, "/device_token")?;
        self.send("POST", proofs, &[("twofold-device", &device)], json!({ "otp": otp })).await
    }

    /// Asks for something, on the device of a challenge.
    pub(super) async fn at_device(&self, begun: &Value, path: &str, body: Value) -> Result<Answer> {
        let device = text(begun, "/device_token")?;
        self.send("POST", path, &[("twofold-device", &device)], body).await
    }

    /// Signs in with whatever it takes, and says what that was.
    pub(super) async fn sign_in(&self, who: &mut Person) -> Result<Value> {
        let begun = self.begin(who).await?;
        who.browser.device = Some(text(&begun, "/device_token")?);
        let entered = if begun["result"] == "challenge" {
            let proofs = format!("/v1/sign-ins/{}/proofs", text(&begun, "/sign_in")?);
            let proved = self.proving(&begun, &proofs, &who.next_code(self.town)?).await?;
            ensure!(proved.status == 200, "{} {}", proved.gist(), proved.body);
            proved.body
        } else {
            begun.clone()
        };
        let session = text(&entered, "/session/token")?;
        self.town.never_in_log(&session);
        who.browser.session = Some(session);
        Ok(begun)
    }

    /// Shows a second factor again.
    pub(super) async fn freshen(&self, who: &mut Person) -> Result<()> {
        let otp = json!({ "otp": who.next_code(self.town)? });
        let raised = self.grant(who, "POST", "/v1/step-up", otp).await?;
        let session = text(&raised, "/session/token")?;
        self.town.never_in_log(&session);
        who.browser.session = Some(session);
        Ok(())
    }

    /// Their session is over.
    pub(super) async fn out(&self, who: &Person) -> Result<()> {
        let answer = self.ask(who, "GET", "/v1/me", Value::Null).await?;
        ensure!(answer.status == 401, "{} is still in: {} {}", who.email, answer.gist(), answer.body);
        Ok(())
    }

    /// A letter reached them with these words in its subject, and those in its body. Takes their mail.
    pub(super) async fn told(&self, who: &Person, subject: &str, body: &str) -> Result<()> {
        let (desk, projector) = (self.town.here().clone(), self.doors.projector.clone());
        let counter = desk.store().counter(self.town.account).await?;
        let last = counter.map_or(0, |counter| counter.last_seq);
        // The doors' own projector is at work: what it has not taken in is waited for.
        let there = projector.wait_for(status::NAME, self.town.account, last, PATIENCE).await?;
        ensure!(there, "the read models lag behind");
        WaitNotices::new(desk, projector).finish().await?;
        let letters = self.town.letters(who.user).await?;
        let fits = letters.iter().any(|l| l.subject.contains(subject) && l.body.contains(body));
        let subjects: Vec<&str> = letters.iter().map(|letter| letter.subject.as_str()).collect();
        ensure!(fits, "nobody told {:?}: {subject}; {body}; but {subjects:?}", who.role);
        Ok(())
    }
}
