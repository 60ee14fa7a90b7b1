//! Every door that somebody can come in by, and what opens it, before and after their sign-in is frozen or they are
//! deactivated: shut at the next request, on the other server.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use twofold_domain::ids::FactorId;
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_tests::doors::{Answer, Doors};
use twofold_tests::person::{Browser, Challenge, Person, otp};
use twofold_tests::stories;
use twofold_tests::town::Town;

use super::{Both, Shows, ask, gist, own_token, program, send, text};
use crate::freeze::link;
use crate::people::link_at;

/// What shuts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// The person, by the link of a notice.
    Notice,
    /// The person, in their session.
    Own,
    /// Somebody of the team.
    Staff,
    /// Somebody of the team, for good.
    Deactivation,
}

impl Cause {
    /// It happens, on one server.
    async fn happens(self, doors: &Doors, owner: &Person, whom: &Keys) -> Result<()> {
        let path = format!("/v1/users/{}", whom.person.user);
        let (verb, shows, body) = match self {
            Self::Notice => ("/v1/not-me".to_owned(), Shows::Nothing, json!({ "token": whom.notice })),
            Self::Own => ("/v1/users/me/freeze".to_owned(), Shows::Bearer(whom.person.session()?), json!({})),
            Self::Staff | Self::Deactivation => {
                let verb = if self == Self::Staff { "freeze" } else { "deactivate" };
                let shows = Shows::Bearer(owner.session()?);
                (format!("{path}/{verb}"), shows, json!({ "reason": "the boats have left" }))
            }
        };
        let done = ask(doors, "POST", &verb, shows, body).await?;
        ensure!(done.status.is_success(), "{self:?}: {} {}", done.gist(), done.body);
        Ok(())
    }
}

/// Everything that somebody can show; each kind of person has some of it.
struct Keys {
    person: Person,
    notice: Option<String>,
    /// An attempt that waits for its code.
    attempt: Option<Challenge>,
    /// One-time links that set a password: for a forgotten one, or made by the operator.
    reset: String,
    /// The link that confirms a new address.
    address: Option<String>,
    /// An API token.
    token: Option<String>,
    /// A binding under way, and the ticket that it takes.
    binding: Option<(FactorId, String)>,
}

/// Reads with an e-mail address and a password on the request.
async fn basic(town: &Town, doors: &Doors, who: &Person) -> Result<Answer> {
    let (account, shows) = (town.account.to_string(), Shows::Password(&who.email, &who.password));
    send(doors, "GET", "/v1/users", shows, Value::Null, &[("twofold-account", &account)]).await
}

/// Types an e-mail address and a password, on a device or on none.
async fn sign_in(town: &Town, doors: &Doors, who: &Person, device: Option<&str>) -> Result<Answer> {
    let path = format!("/v1/accounts/{}/sign-ins", town.account);
    let body = json!({ "email": who.email, "password": who.password });
    let device: Vec<_> = device.map(|token| ("twofold-device", token)).into_iter().collect();
    send(doors, "POST", &path, Shows::Nothing, body, &device).await
}

/// A program vouches for somebody.
async fn vouch(town: &Town, doors: &Doors, token: &str, who: &Person) -> Result<Answer> {
    let body = json!({ "first_factor": "asserted", "user": who.user });
    ask(doors, "POST", &format!("/v1/accounts/{}/sign-ins", town.account), Shows::Bearer(token), body).await
}

async fn forgotten(town: &Town, doors: &Doors, who: &Person) -> Result<()> {
    let body = json!({ "account": town.account.to_string(), "email": who.email });
    let asked = ask(doors, "POST", "/v1/password-resets", Shows::Nothing, body).await?;
    gist(&asked, "202", "a forgotten password is looked at")
}

/// Trusts the device that somebody signs in on, and comes in by that trust alone.
async fn trusted(town: &Town, who: &mut Person) -> Result<()> {
    let mut browser = Browser::default();
    let challenge = who.challenged(town, town.here(), &mut browser).await?;
    who.browser.device = browser.device;
    let code = otp(&who.next_code(town)?)?;
    ensure!(who.prove(town, town.here(), &challenge, code, true).await?.accepted(), "a good code");
    Ok(())
}

impl Keys {
    /// Of somebody with a second factor: a session, a trusted device, an attempt that waits for its code, a link for
    /// a forgotten password; of the team an API token and the link of a new address as well.
    async fn of(town: &Town, doors: &Both, mut person: Person) -> Result<Self> {
        let notice = Some(link(town, &person, "/not-me/").await?);
        let (mut token, mut address) = (None, None);
        if person.role != Role::EndUser {
            token = Some(own_token(town, &doors.here, &person, &["read_audit"]).await?);
        }
        trusted(town, &mut person).await?;
        let attempt = Some(person.challenged(town, town.here(), &mut Browser::default()).await?);
        forgotten(town, &doors.here, &person).await?;
        let reset = link(town, &person, "/setup/").await?;
        if person.role != Role::EndUser {
            let moved = format!("elsewhere-{}@lilliput.example", person.user.uuid().simple());
            town.never_in_log(&moved);
            let (shows, body) = (Shows::Bearer(person.session()?), json!({ "email": moved }));
            let asked = ask(&doors.here, "POST", "/v1/users/me/email-change", shows, body).await?;
            ensure!(asked.status.is_success(), "{} {}", asked.gist(), asked.body);
            let url = link_at(town, person.user, &moved, "/email/").await?;
            address = url.rsplit('/').next().map(str::to_owned);
        }
        Ok(Self { person, notice, attempt, reset, address, token, binding: None })
    }

    /// Of a member of the team without a second factor: a session, a binding under way with the ticket that was handed
    /// to them, and a link that the operator made.
    async fn of_newcomer(town: &Town, doors: &Both, owner: &Person) -> Result<Self> {
        let mut person = owner.welcome(town, Role::Agent).await?;
        town.let_operator(owner).await?;
        let url = town.admin_link(town.here(), person.user).await?.url;
        let reset = url.rsplit('/').next().unwrap_or_default().to_owned();
        person.sign_in(town, town.here()).await?;
        let started = person.scan(town, town.here()).await?;
        let path = format!("/v1/users/{}/enrolment-tickets", person.user);
        let why = json!({ "reason": "came to the desk with a passport" });
        let issued = ask(&doors.here, "POST", &path, Shows::Bearer(owner.session()?), why).await?;
        let ticket = text(&issued, "/ticket")?;
        town.never_in_log(&ticket);
        let binding = Some((started.factor, ticket));
        Ok(Self { person, notice: None, attempt: None, reset, address: None, token: None, binding })
    }

    /// Tries every door on a server: which, and what was answered there.
    async fn try_all(&self, town: &Town, doors: &Doors, client: &str) -> Result<Vec<(&'static str, Answer)>> {
        let (who, session) = (&self.person, Shows::Bearer(self.person.session()?));
        let set_up = json!({ "token": self.reset, "password": "a shore without a boat" });
        let code = || Ok::<_, anyhow::Error>(json!({ "otp": who.next_code(town)? }));
        let mut tried = vec![
            ("session", ask(doors, "GET", "/v1/me", session, Value::Null).await?),
            ("password", sign_in(town, doors, who, None).await?),
            ("link for a password", ask(doors, "POST", "/v1/set-up", Shows::Nothing, set_up).await?),
        ];
        if let Some(attempt) = &self.attempt {
            let proofs = format!("/v1/sign-ins/{}/proofs", attempt.sign_in);
            let device = [("twofold-device", attempt.device.as_str())];
            tried.extend([
                ("attempt", send(doors, "POST", &proofs, Shows::Nothing, code()?, &device).await?),
                ("step-up", ask(doors, "POST", "/v1/step-up", session, code()?).await?),
                ("trusted device", sign_in(town, doors, who, who.browser.device.as_deref()).await?),
            ]);
        }
        if let Some(token) = &self.token {
            tried.push((
                "API token",
                ask(doors, "GET", "/v1/events", Shows::Bearer(token), Value::Null).await?,
            ));
        }
        if let Some(address) = &self.address {
            let body = json!({ "token": address });
            tried.push(("new address", ask(doors, "POST", "/v1/email-changes", Shows::Nothing, body).await?));
        }
        if let Some((factor, ticket)) = &self.binding {
            let mut body = code()?;
            body["ticket"] = json!(ticket);
            let confirm = format!("/v1/users/me/factors/{factor}/confirm");
            tried.push(("enrolment ticket", ask(doors, "POST", &confirm, session, body).await?));
            tried.push(("HTTP Basic", basic(town, doors, who).await?));
        }
        if who.role == Role::EndUser {
            tried.push(("vouched for", vouch(town, doors, client, who).await?));
        }
        Ok(tried)
    }

    /// That what can be used more than once is good on both servers.
    async fn open(&self, town: &Town, doors: &Both, client: &str) -> Result<()> {
        let who = &self.person;
        for side in [&doors.here, &doors.there] {
            gist(
                &ask(side, "GET", "/v1/me", Shows::Bearer(who.session()?), Value::Null).await?,
                "200",
                "in",
            )?;
            if let Some(token) = &self.token {
                let read = ask(side, "GET", "/v1/events", Shows::Bearer(token), Value::Null).await?;
                gist(&read, "200", "the API token")?;
            }
            if self.binding.is_some() {
                gist(&basic(town, side, who).await?, "200", "the password on a request")?;
            }
            if who.role == Role::EndUser {
                gist(&vouch(town, side, client, who).await?, "200", "the program's word")?;
            }
        }
        Ok(())
    }
}

/// What is answered at each door once it is shut. Whoever has no more than a password, or a link, learns nothing of
/// why; a session is told what ended it, and a program for whom it cannot vouch.
fn shut(door: &str, cause: Cause) -> &'static str {
    match (door, cause) {
        ("session" | "step-up" | "enrolment ticket", _) => "401 session_ended",
        ("password" | "trusted device" | "HTTP Basic", _) => "401 sign_in_refused",
        ("link for a password" | "new address", _) => "410 link_over",
        ("attempt", _) => "410 sign_in_over",
        ("API token", _) => "401 unauthenticated",
        ("vouched for", Cause::Deactivation) => "409 deactivated",
        ("vouched for", _) => "409 frozen",
        _ => "",
    }
}

async fn story(town: &Town, cause: Cause) -> Result<()> {
    let doors = Both::open(town).await?;
    let mut owner = town.owner().await?;
    let (_, client) = program(town, &doors.here, &owner, "Shop", &["assert_sign_in"]).await?;
    let mut wrong = vec![];
    for kind in [Some(Role::Admin), Some(Role::EndUser), None] {
        owner.step_up(town, town.here()).await?;
        let keys = match kind {
            Some(role) => {
                let person = owner.welcome_enrolled(town, role).await?;
                Keys::of(town, &doors, person).await?
            }
            None => Keys::of_newcomer(town, &doors, &owner).await?,
        };
        if cause == Cause::Notice && keys.notice.is_none() {
            continue;
        }
        keys.open(town, &doors, &client).await?;
        cause.happens(&doors.here, &owner, &keys).await?;
        for (door, answer) in keys.try_all(town, &doors.there, &client).await? {
            if answer.gist() != shut(door, cause) {
                wrong.push(format!("{cause:?}, {kind:?}, {door}: {} {}", answer.gist(), answer.body));
            }
        }
        // Nothing new comes by mail that would open one of them.
        town.letters(keys.person.user).await?;
        town.wait(Span::minutes(2));
        forgotten(town, &doors.there, &keys.person).await?;
        let mailed = town.letters(keys.person.user).await?;
        ensure!(mailed.is_empty(), "{cause:?}, {kind:?}: {} letters", mailed.len());
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

stories! {
    /// Rules: C6.
    async fn a_freeze_by_a_notice_shuts_every_door_on_the_other_server(town) {
        story(&town, Cause::Notice).await
    }

    /// Rules: C6.
    async fn a_freeze_by_its_person_shuts_every_door_on_the_other_server(town) {
        story(&town, Cause::Own).await
    }

    /// Rules: C6.
    async fn a_freeze_by_staff_shuts_every_door_on_the_other_server(town) {
        story(&town, Cause::Staff).await
    }

    /// Rules: H4.
    async fn a_deactivation_shuts_every_door_on_the_other_server(town) {
        story(&town, Cause::Deactivation).await
    }
}
