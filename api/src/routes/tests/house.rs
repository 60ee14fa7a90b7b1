//! An installation for one test, its callers, and an authenticator app.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt as _;
use twofold_domain::factor::otp::OtpParameters;
use twofold_domain::ids::{AccountId, UserId};
use twofold_domain::time::{Span, Timestamp};
use twofold_infra::clock::ManualClock;
use twofold_infra::config::{Config, Layers};
use twofold_infra::installation;
use twofold_infra::keys::OperatorToken;
use twofold_infra::mint::Mint;
use twofold_infra::verify::Passwords;
use twofold_infra::verify::totp::{Otp, Seed};
use twofold_projections::projector::Projector;
use zeroize::Zeroizing;

use crate::app::{App, Parts};
use crate::console;
use crate::health::Health;
use crate::server;
use crate::site::Site;

const NOON: Timestamp = Timestamp::from_micros(1_774_958_400_000_000);
pub(super) const PASSWORD: &str = "gulliver wakes at five";

/// One installation, with its projector at work.
pub(super) struct House {
    pub(super) app: App,
    pub(super) time: ManualClock,
    pub(super) operator: String,
    router: Router,
    stop: Arc<tokio::sync::Notify>,
    _dir: TempDir,
}

impl Drop for House {
    fn drop(&mut self) {
        self.stop.notify_one();
    }
}

/// An answer: status, headers, and the body as JSON or as text.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
}

impl Answer {
    /// The answer to something that should have gone well.
    #[track_caller]
    pub(super) fn good(self) -> Self {
        assert!(self.status.is_success(), "{} {}", self.status, self.body);
        self
    }

    /// Status, code, and the first field at fault.
    #[track_caller]
    pub(super) fn gist(&self) -> String {
        assert_eq!(self.headers["content-type"], "application/problem+json", "{} {}", self.status, self.body);
        let field = &self.body["errors"][0];
        let words = [
            self.status.as_str(),
            self.body["code"].as_str().unwrap_or("?"),
            field["pointer"].as_str().unwrap_or_default(),
            field["code"].as_str().unwrap_or_default(),
        ];
        words.join(" ").trim_end().to_owned()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(super) fn etag(&self) -> String {
        self.header("etag").to_owned()
    }

    #[track_caller]
    pub(super) fn text(&self, pointer: &str) -> String {
        let found = self.body.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("no text at {pointer} in {}", self.body)).to_owned()
    }
}

/// A request under way.
pub(super) struct Ask<'h> {
    house: &'h House,
    request: axum::http::request::Builder,
    body: Body,
}

impl Ask<'_> {
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub(super) fn bearer(self, token: &str) -> Self {
        self.with("authorization", &format!("Bearer {token}"))
    }

    pub(super) fn json(self, body: &Value) -> Self {
        self.raw(body.to_string())
    }

    pub(super) fn raw(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self.with("content-type", "application/json")
    }

    pub(super) async fn go(self) -> Answer {
        let request = self.request.body(self.body).unwrap();
        let (parts, body) = self.house.router.clone().oneshot(request).await.unwrap().into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = || Value::String(String::from_utf8_lossy(&bytes).into_owned());
        let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| text());
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

impl Ask<'_> {
    /// The bytes of an answer that went well, as they came.
    pub(super) async fn bytes(self) -> Vec<u8> {
        let request = self.request.body(self.body).unwrap();
        let response = self.house.router.clone().oneshot(request).await.unwrap();
        assert!(response.status().is_success(), "{}", response.status());
        response.into_body().collect().await.unwrap().to_bytes().to_vec()
    }
}

/// Somebody with a session.
#[derive(Clone)]
pub(super) struct Somebody {
    pub(super) account: String,
    pub(super) user: String,
    pub(super) email: String,
    pub(super) token: String,
    pub(super) device: String,
    pub(super) key: String,
    pub(super) codes: Vec<String>,
}

impl House {
    pub(super) async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let layers = Layers::default().with_flag("data_dir", &dir.path().display().to_string());
        let config = Config::load(&layers, 1).unwrap();
        let time = ManualClock::starting_at(NOON);
        let mint = Mint::system(time.clock());
        let desk = installation::open(&config, mint.clone(), Passwords::cheap(mint.clone())).await.unwrap();
        let operator = OperatorToken::open(&config.keys.operator_token, &mint).unwrap();
        let projector = Projector::install(desk.store().clone(), twofold_projections::all()).await.unwrap();
        let stop = Arc::new(tokio::sync::Notify::new());
        let (running, stopped) = (projector.clone(), Arc::clone(&stop));
        tokio::spawn(async move { running.run(stopped.notified()).await });
        let app = App::from(Parts { desk, operator, projector });
        let site = Site::new("http://localhost:8420".parse().unwrap());
        let (api, console) = (super::super::router(app.clone()), console::routes(app.clone(), true));
        let router = server::app(api, console, Health::default(), site).unwrap();
        let operator = std::fs::read_to_string(&config.keys.operator_token).unwrap().trim().to_owned();
        Self { app, time, operator, router, stop, _dir: dir }
    }

    pub(super) fn ask(&self, method: &str, path: &str) -> Ask<'_> {
        Ask { house: self, request: Request::builder().method(method).uri(path), body: Body::empty() }
    }

    pub(super) fn get(&self, who: &Somebody, path: &str) -> Ask<'_> {
        self.ask("GET", path).bearer(&who.token)
    }

    pub(super) fn post(&self, who: &Somebody, path: &str) -> Ask<'_> {
        self.ask("POST", path).bearer(&who.token)
    }

    pub(super) fn delete(&self, who: &Somebody, path: &str) -> Ask<'_> {
        self.ask("DELETE", path).bearer(&who.token)
    }

    /// Lets time pass: enough for the next code of an authenticator app.
    pub(super) fn next_step(&self) {
        self.time.advance(Span::seconds(30));
    }

    /// What an authenticator app shows now.
    pub(super) fn otp(&self, key: &str) -> String {
        let seed = Seed::from_bytes(Zeroizing::new(base32(key))).unwrap();
        Otp::new(&seed, OtpParameters::APP).unwrap().code_at(self.app.now()).as_str().to_owned()
    }

    /// Everything that was mailed to somebody, the newest last.
    pub(super) async fn mail(&self, who: &Somebody) -> Vec<String> {
        let account: AccountId = who.account.parse().unwrap();
        let user: UserId = who.user.parse().unwrap();
        let mut letters = vec![];
        for row in self.app.store().outbox(account, 1_000).await.unwrap() {
            if row.subject == Some(user.uuid()) {
                let letter = self.app.desk.vault().open_message(account, row.id, &row.sealed).await.unwrap();
                letters.push(letter.body.as_str().to_owned());
            }
        }
        letters
    }

    /// The newest mailed code.
    pub(super) async fn mailed_code(&self, who: &Somebody) -> String {
        let letters = self.mail(who).await;
        let code = |line: &&str| line.len() == 9 && line.chars().all(|c| c.is_ascii_digit() || c == ' ');
        let mut lines = letters.iter().flat_map(|letter| letter.lines().map(str::trim));
        lines.rfind(code).unwrap().to_owned()
    }

    /// The token in the newest mailed link.
    pub(super) async fn mailed_link(&self, who: &Somebody) -> String {
        let letters = self.mail(who).await;
        let mut words = letters.iter().flat_map(|letter| letter.split_whitespace());
        let link = words.rfind(|word| word.contains("/setup/")).unwrap();
        link.rsplit('/').next().unwrap().to_owned()
    }

    pub(super) async fn open_account(&self, slug: &str) -> Answer {
        let owner = json!({"name": "Ada", "email": format!("ada@{slug}.example")});
        let sandbox = slug.starts_with("sandbox-");
        let body = json!({"slug": slug, "name": slug, "sandbox": sandbox, "owner": owner});
        self.ask("POST", "/v1/accounts").bearer(&self.operator).json(&body).go().await
    }

    pub(super) async fn set_up(&self, link: &str) -> Answer {
        let body = json!({"token": link, "password": PASSWORD});
        self.ask("POST", "/v1/set-up").json(&body).go().await
    }

    pub(super) async fn sign_in(&self, who: &Somebody) -> Answer {
        let path = format!("/v1/accounts/{}/sign-ins", who.account);
        let ask = self.ask("POST", &path).json(&json!({"email": who.email, "password": PASSWORD}));
        let ask = if who.device.is_empty() { ask } else { ask.with("twofold-device", &who.device) };
        ask.go().await
    }

    /// An account's owner with a password and a session, and no second factor yet.
    pub(super) async fn owner(&self, slug: &str) -> Somebody {
        let opened = self.open_account(slug).await.good();
        let url = opened.text("/set_up/url");
        self.set_up(url.rsplit('/').next().unwrap()).await.good();
        let mut owner = Somebody {
            account: opened.text("/account"),
            user: opened.text("/owner"),
            email: format!("ada@{slug}.example"),
            token: String::new(),
            device: String::new(),
            key: String::new(),
            codes: vec![],
        };
        self.enter(&mut owner).await;
        owner
    }

    /// Signs in where no second factor is asked.
    pub(super) async fn enter(&self, who: &mut Somebody) {
        let answer = self.sign_in(who).await.good();
        who.token = answer.text("/session/token");
        who.device = answer.text("/device_token");
    }

    /// Binds a first factor.
    pub(super) async fn enrol(&self, who: &mut Somebody) {
        let started =
            self.post(who, "/v1/users/me/factors").json(&json!({"name": "Phone"})).go().await.good();
        who.key = started.text("/key");
        let body = json!({"otp": self.otp(&who.key), "mailed_code": self.mailed_code(who).await});
        let path = format!("/v1/users/me/factors/{}/confirm", started.text("/id"));
        let bound = self.post(who, &path).json(&body).go().await.good();
        who.token = bound.text("/session/token");
        let codes = bound.body["recovery_codes"].as_array().unwrap();
        who.codes = codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
        self.next_step();
    }

    /// An owner with a second factor that was just shown.
    pub(super) async fn strong_owner(&self, slug: &str) -> Somebody {
        let mut owner = self.owner(slug).await;
        self.enrol(&mut owner).await;
        owner
    }

    /// Somebody whom the owner registers, and who sets a password and signs in.
    pub(super) async fn join(&self, owner: &Somebody, role: &str, name: &str) -> Somebody {
        let email = format!("{name}@example.org");
        let body = json!({"name": name, "email": email, "role": role});
        let made = self.post(owner, "/v1/users").json(&body).go().await.good();
        let mut who = Somebody {
            user: made.text("/user"),
            email,
            token: String::new(),
            device: String::new(),
            key: String::new(),
            codes: vec![],
            ..owner.clone()
        };
        self.set_up(&self.mailed_link(&who).await).await.good();
        self.enter(&mut who).await;
        who
    }
}

fn base32(text: &str) -> Vec<u8> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut bytes, mut buffer, mut bits) = (vec![], 0_u32, 0);
    for c in text.chars().filter(|c| !c.is_whitespace() && *c != '=') {
        buffer = (buffer << 5) | ALPHABET.find(c).unwrap() as u32;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits) as u8);
            buffer &= (1 << bits) - 1;
        }
    }
    bytes
}
