//! `twofold audit why`: why a sign-in asked for a second factor or did not, and why somebody can set one up or
//! cannot, each with the events of the log that made it so.

use std::str::FromStr;

use clap::Args;
use serde::Serialize;
use twofold_domain::device::{DeviceEvent, FirstFactor, Why};
use twofold_domain::ids::{AccountId, DeviceId, SignInId, StreamId, UserId};
use twofold_domain::reading::{Matter, Question};
use twofold_domain::sign_in::{Explanation, obstacles};
use twofold_infra::desk::Desk;
use twofold_infra::store::EventStore;
use twofold_projections::audit::{self, Filter, Page};
use twofold_projections::fact::{Event, decode};
use twofold_projections::memory::ReplayError;

use super::export::read_by_operator;
use super::{Context, Exit, Failure, Output, evidence, setup};
use crate::explained::explain_from;
use crate::pages::Language;

/// The event that records a sign-in.
const STARTED: &str = "SignInStarted";
/// Sign-ins looked through at a time.
const PAGE: u32 = 2_000;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A sign-in, by its id or the number of its event; or a person, for setting up a second factor
    #[arg(value_name = "sin_…|NUMBER|usr_…")]
    what: What,
    /// The account's short name
    #[arg(long, value_name = "SLUG")]
    account: String,
}

/// What is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    SignIn(SignInId),
    Event(u64),
    Person(UserId),
}

impl FromStr for What {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let sign_in = text.parse().map(Self::SignIn);
        let person = || text.parse().map(Self::Person);
        let event = || text.parse().map(Self::Event);
        sign_in.or_else(|_| person()).or_else(|_| event()).map_err(|_| "`sin_…`, a number, or `usr_…`")
    }
}

/// An event, with what happened.
#[derive(Debug, Serialize)]
struct Cause {
    event: u64,
    #[serde(rename = "type")]
    name: String,
    words: String,
}

/// Why a sign-in went as it went.
#[derive(Debug, Serialize)]
struct SignInAnswer {
    sign_in: SignInId,
    event: u64,
    at: String,
    user: UserId,
    device: DeviceId,
    decision: &'static str,
    reasons: Vec<Reason>,
    /// Until when the device had been trusted, where that date ended its trust.
    #[serde(skip_serializing_if = "Option::is_none")]
    trusted_until: Option<String>,
    /// The event that set the policy in force.
    policy: Option<Cause>,
    opened_by: &'static str,
    method: Option<&'static str>,
    completed: Option<Cause>,
}

#[derive(Debug, Serialize)]
struct Reason {
    why: &'static str,
    /// None where today's rules find another course than those of that day.
    because: Option<Cause>,
}

/// Whether somebody can set up a second factor now.
#[derive(Debug, Serialize)]
struct EnrolmentAnswer {
    user: UserId,
    at: String,
    available: bool,
    obstacles: Vec<InTheWay>,
}

#[derive(Debug, Serialize)]
struct InTheWay {
    rule: &'static str,
    set_by: Option<Cause>,
}

pub(super) async fn run(context: &Context, arguments: Arguments) -> Result<(), Failure> {
    let (_, desk) = setup::open_existing(context).await?;
    let account = setup::account(&desk, &arguments.account).await?;
    let store = desk.store();
    match arguments.what {
        What::Person(user) => enrolment(context.output, &desk, account, user).await,
        What::Event(position) => sign_in(context.output, &desk, account, position).await,
        What::SignIn(id) => {
            evidence::up_to_date(&desk, account).await?;
            let position = position_of(store, account, id).await?;
            sign_in(context.output, &desk, account, position).await
        }
    }
}

/// The number of a sign-in's event.
async fn position_of(store: &EventStore, account: AccountId, id: SignInId) -> Result<u64, Failure> {
    let filter = Filter { event_type: Some(STARTED.to_owned()), ..Filter::default() };
    let (named, mut page) = (id.to_string(), Page::Newest);
    loop {
        let found = audit::page(store.views(), account, &filter, page, PAGE).await?;
        if let Some(found) = found.iter().find(|entry| entry.payload.contains(&named)) {
            return Ok(found.row.account_seq);
        }
        let Some(oldest) = found.last() else {
            return Err(Failure::new(format!("there is no sign-in {id}")).exit(Exit::NotFound));
        };
        page = Page::Before(oldest.row.account_seq);
    }
}

async fn sign_in(output: Output, desk: &Desk, account: AccountId, position: u64) -> Result<(), Failure> {
    let store = desk.store();
    let missing = || Failure::new(format!("event {position} is no sign-in")).exit(Exit::NotFound);
    let recorded = store.read(account, position.saturating_sub(1), 1).await?;
    let recorded = recorded.first().filter(|event| event.account_seq == position).ok_or_else(missing)?;
    let fact = decode(recorded).map_err(ReplayError::from)?;
    let Event::Device(device, DeviceEvent::SignInStarted { sign_in, .. }) = fact.event else {
        return Err(missing());
    };
    let user = owner(store, account, device).await?.ok_or_else(missing)?;
    let question = Question::of(Matter::SignIns).about(user).narrowed("position", Some(position));
    read_by_operator(desk, account, question.into()).await?;
    let explanation =
        explain_from(store, account, user, device, sign_in, u64::MAX).await?.ok_or_else(missing)?;
    let completed_by = explanation.told();
    let Explanation { decision, reasons, trusted_until, policy, .. } = explanation;
    let (first_factor, at, completed) = (explanation.first_factor, explanation.at, explanation.completed);
    let mut told = vec![];
    for (why, event) in reasons {
        told.push(Reason { why: why.into(), because: cause(store, account, event).await? });
    }
    let answer = SignInAnswer {
        sign_in,
        event: position,
        at: at.to_string(),
        user,
        device,
        decision: decision.into(),
        reasons: told,
        trusted_until: trusted_until.map(|until| until.to_string()),
        // What no event changed holds since the account was opened.
        policy: cause(store, account, policy.or(Some(1))).await?,
        opened_by: match first_factor {
            FirstFactor::Password => "password",
            FirstFactor::Asserted { .. } => "asserted",
        },
        method: completed_by,
        completed: cause(store, account, completed).await?,
    };
    output.result(&answer, || tell(&answer))
}

async fn owner(store: &EventStore, account: AccountId, device: DeviceId) -> Result<Option<UserId>, Failure> {
    let stream = twofold_infra::store::Stream {
        kind: twofold_infra::store::AggregateKind::Device,
        id: StreamId::device(account, device),
    };
    let first = store.read_stream(stream).await?.into_iter().next();
    let fact = first.map(|first| decode(&first)).transpose().map_err(ReplayError::from)?;
    Ok(fact.and_then(|fact| fact.subject))
}

/// What happened at an event.
async fn cause(store: &EventStore, account: AccountId, event: Option<u64>) -> Result<Option<Cause>, Failure> {
    let Some(event) = event else { return Ok(None) };
    let recorded = store.read(account, event.saturating_sub(1), 1).await?;
    Ok(recorded.into_iter().next().map(|recorded| Cause {
        event,
        words: Language::En.say(&format!("event-{}", recorded.event_type)),
        name: recorded.event_type,
    }))
}

fn tell(answer: &SignInAnswer) -> String {
    let SignInAnswer { sign_in, event, at, user, device, decision, opened_by, .. } = answer;
    let mut lines = vec![
        format!("{sign_in} (event {event}) of {user} on {device} at {at}"),
        format!("opened by: {opened_by}"),
        format!("decided: {decision}, because"),
    ];
    let named = |cause: &Cause| format!("event {}, {} ({})", cause.event, cause.words, cause.name);
    let ended: &str = Why::TrustEnded.into();
    lines.extend(answer.reasons.iter().map(|reason| {
        let because = reason.because.as_ref();
        let because = because.map_or_else(|| "today's rules find no event for it".to_owned(), named);
        let until = answer.trusted_until.as_ref().filter(|_| reason.why == ended);
        let until = until.map_or_else(String::new, |until| format!("; trusted until {until}"));
        format!("  {}: {because}{until}", reason.why)
    }));
    lines.extend(answer.policy.as_ref().map(|policy| format!("policy in force: {}", named(policy))));
    lines.push(match (&answer.method, &answer.completed) {
        (Some(method), Some(completed)) => format!("completed by: {method}, {}", named(completed)),
        _ => "not completed".to_owned(),
    });
    lines.join("\n")
}

async fn enrolment(output: Output, desk: &Desk, account: AccountId, user: UserId) -> Result<(), Failure> {
    evidence::up_to_date(desk, account).await?;
    let at = evidence::now_of(desk, account).await?;
    let state = desk.log().users.load(StreamId::user(account, user)).await?.state;
    if state.who().is_none() {
        return Err(Failure::new(format!("there is no person {user}")).exit(Exit::NotFound));
    }
    let question = Question::of(Matter::Person).about(user).narrowed("part", Some("enrolment"));
    read_by_operator(desk, account, question.into()).await?;
    let loaded = desk.log().accounts.load(StreamId::account(account)).await?.state;
    let store = desk.store();
    let mut in_the_way = vec![];
    for found in obstacles(&loaded, &state, &desk.offer(), at) {
        let subject = (!found.of_account()).then_some(user);
        let filter = Filter { event_type: Some(found.set_by().to_owned()), subject, ..Filter::default() };
        let newest = audit::page(store.views(), account, &filter, Page::Newest, 1).await?;
        let event = newest.first().map(|entry| entry.row.account_seq);
        in_the_way.push(InTheWay { rule: found.name(), set_by: cause(store, account, event).await? });
    }
    let available = in_the_way.is_empty();
    let answer = EnrolmentAnswer { user, at: at.to_string(), available, obstacles: in_the_way };
    output.result(&answer, || {
        if answer.available {
            return format!("{user} can set up a second factor: nothing stands in the way at {at}");
        }
        let mut lines = vec![format!("{user} cannot set up a second factor at {at}:")];
        lines.extend(answer.obstacles.iter().map(|obstacle| {
            let Some(cause) = &obstacle.set_by else { return format!("  {}", obstacle.rule) };
            format!("  {}: event {}, {} ({})", obstacle.rule, cause.event, cause.words, cause.name)
        }));
        lines.join("\n")
    })
}
