//! `integrations`: who uses the API without a person at the keyboard, and whom a stricter policy would break.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use twofold_domain::access::{PasswordOff, password_door};
use twofold_domain::account::Switch;
use twofold_domain::ids::{AccountId, ClientId};
use twofold_domain::permission::Act;
use twofold_domain::policy::{AudiencePolicy, RequiredOf, Role};
use twofold_domain::time::Timestamp;
use twofold_domain::user::{Familiarity, Gate};
use twofold_infra::store::{StoreError, Value, Views};
use uuid::Uuid;

use super::cell::{Cell, Kind, Row, column};
use super::{Asked, Pages, Report};
use crate::as_of::{self, Ranges};
use crate::integrations::{self, PasswordRow, PasswordUsers, TokenRow, Tokens};
use crate::record::Record as _;
use crate::status::report::posture_at;
use crate::status::{self, AsOf, PostureRow, StatusRow, UserStatus};

/// The report.
pub const REPORT: Report = Report {
    name: "integrations",
    meaning: "Integrations: who uses the API without a person at the keyboard. First everybody whose right password a \
              program showed on a request, in the order of their ids, with what became of it last, what would become \
              of it at that instant (`off` also where the hard cap of wrong passwords is reached), and when or whether a stricter policy breaks it; then every API token that was \
              good, of people and of programs, with its last use. No policy on second factors breaks a token. A use \
              of a password is recorded once a day and outcome, one of a token at most once an hour. What a person \
              calls a token, and what a program calls itself, are personal values and not listed; the account's own \
              programs are listed by name.",
    definition: 2,
    reads: Act::ReadIntegrations,
    from: &[integrations::NAME, status::NAME],
    rows: "integrations",
    parameters: &[],
    columns: &[
        column("by", Kind::Word, "`password` or `token`."),
        column("user", Kind::Person, "Whose; nobody where it is a program's own."),
        column("role", Kind::Word, "Their role, where a password is shown."),
        column("program", Kind::Id, "The program whose own token it is."),
        column("called", Kind::Text, "What the account calls that program."),
        column("token", Kind::Id, "The token."),
        column("scopes", Kind::Word, "What the token may be used for."),
        column("issued", Kind::Instant, "When the token was issued."),
        column("issued_event", Kind::Event, "By which event."),
        column("last_used", Kind::Instant, "When it was last used, as far as that was recorded."),
        column("outcome", Kind::Word, "What became of the password then: `allowed`, `warned`, `refused`."),
        column(
            "now",
            Kind::Word,
            "What would become of it at that instant: `open`, `ending` (an end is announced), `off`.",
        ),
        column(
            "breaks_if_required",
            Kind::Flag,
            "Whether it opens something and would not if a second factor were required of everybody.",
        ),
        column(
            "ends",
            Kind::Instant,
            "When it ends as things stand: a token's own end, an announced one, or a policy that begins.",
        ),
    ],
    pages,
};

/// Rows per statement.
const PAGE: u32 = 1_024;

/// What is to be said of somebody whose password a program shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// What is recorded.
    pub row: PasswordRow,
    /// Their role.
    pub role: Role,
    /// When it was last shown.
    pub last_used: Timestamp,
    /// What became of it: `allowed`, `warned`, `refused`.
    pub outcome: &'static str,
    /// What would become of it: `open`, `ending`, `off`.
    pub now: &'static str,
    /// Whether it would break if a second factor were required of everybody.
    pub breaks_if_required: bool,
    /// When it breaks as things stand.
    pub breaks_at: Option<Timestamp>,
}

impl Shown {
    /// The program that showed it last, sealed.
    pub fn agent(&self) -> Option<&[u8]> {
        let agent = match self.outcome {
            "allowed" => &self.row.allowed_agent,
            "warned" => &self.row.warned_agent,
            _ => &self.row.refused_agent,
        };
        agent.as_deref()
    }
}

/// What would become of somebody's password at an instant.
fn door(posture: &PostureRow, user: &StatusRow, at: Timestamp) -> Result<Option<Timestamp>, PasswordOff> {
    // A program is on no known device: it counts as a stranger.
    let locked = user.locks.shut(Gate::Password, Familiarity::Stranger);
    if posture.closed || user.erased || user.deactivated || user.frozen || locked || !user.has_password {
        return Err(PasswordOff::Setting { since: None });
    }
    let demand = posture.demand(user.role.audience());
    let policy = demand.policy(at);
    let required = !matches!(posture.switch, Switch::Off { .. }) && policy.requires(user.whom());
    let enrolled = user.enabled_since.filter(|_| user.enrolled_at(posture.generation, at));
    let (since, off) = (posture.required_since_of(user.whom(), at), demand.password_api_since(at));
    password_door(&AudiencePolicy { required, ..policy.clone() }, user.whom(), since, enrolled, off, at)
}

/// The earliest instant from which it opens nothing any more, as things stand.
fn breaks_at(posture: &PostureRow, user: &StatusRow, now: Timestamp) -> Option<Timestamp> {
    let announced = door(posture, user, now).ok()?;
    let begins = posture.demand(user.role.audience()).scheduled(now).map(|s| s.begins_at);
    // Under a policy that is going to begin, the announced end may be another one.
    let scheduled = begins.and_then(|at| match door(posture, user, at) {
        Err(_) => Some(at),
        Ok(end) => end,
    });
    match (announced, begins) {
        (Some(end), Some(begin)) if begin <= end => scheduled,
        (Some(end), _) => Some(end),
        (None, _) => scheduled,
    }
}

fn breaks_if_required(posture: &PostureRow, user: &StatusRow, now: Timestamp) -> bool {
    let policy = posture.demand(user.role.audience()).policy(now);
    let stricter = AudiencePolicy { required: true, required_of: RequiredOf::EVERYONE, ..policy.clone() };
    door(posture, user, now).is_ok() && password_door(&stricter, user.whom(), None, None, None, now).is_err()
}

/// What is to be said of somebody whose password a program shows; nothing where it never did, or they were erased.
/// Pure.
pub fn shown(posture: &PostureRow, user: &StatusRow, row: PasswordRow, at: Timestamp) -> Option<Shown> {
    let outcomes = [(row.allowed_at, "allowed"), (row.warned_at, "warned"), (row.refused_at, "refused")];
    let last = outcomes.into_iter().filter_map(|(at, outcome)| Some((at?, outcome)));
    let (last_used, outcome) = last.max_by_key(|(at, _)| *at)?;
    Some(Shown {
        row,
        role: user.role,
        last_used,
        outcome,
        now: match door(posture, user, at) {
            Err(_) => "off",
            Ok(Some(_)) => "ending",
            Ok(None) => "open",
        },
        breaks_if_required: breaks_if_required(posture, user, at),
        breaks_at: breaks_at(posture, user, at),
    })
    .filter(|_| !user.erased)
}

/// One page of people whose password a program showed, behind a person; and the last one that was looked at.
async fn password_page(
    views: &Views,
    account: AccountId,
    as_of: AsOf,
    posture: &PostureRow,
    (after, last): (Uuid, Uuid),
) -> Result<Vec<Shown>, StoreError> {
    let binds: [Value; 4] = [account.uuid().into(), as_of.position.into(), after.into(), last.into()];
    let rows = views.fetch(&as_of::range::<PasswordUsers>(views, "user_id", ""), &binds).await?;
    let which = "account_id = $1 and user_id in (select p.user_id from views.password_users p \
                 where p.account_id = $1 and p.user_id > $3 and p.user_id <= $4)";
    let mut people = HashMap::new();
    for row in views.fetch(&as_of::sql::<UserStatus>(views, which, ""), &binds).await? {
        let row = StatusRow::get(&row, 0)?;
        people.insert(row.user_id, row);
    }
    let mut all = vec![];
    for row in rows {
        let row = PasswordRow::get(&row, 0)?;
        let Some(user) = people.get(&row.user_id) else { continue };
        all.extend(shown(posture, user, row, as_of.instant));
    }
    Ok(all)
}

/// One page of tokens that were good.
async fn token_page(
    views: &Views,
    account: AccountId,
    as_of: AsOf,
    (after, last): (Uuid, Uuid),
) -> Result<Vec<TokenRow>, StoreError> {
    let binds: [Value; 4] = [account.uuid().into(), as_of.position.into(), after.into(), last.into()];
    let good = "revoked_at is null and (expires_at is null or expires_at > $5)";
    let sql = as_of::range::<Tokens>(views, "token_id", good);
    let mut binds = binds.to_vec();
    binds.push(as_of.instant.micros().into());
    let rows = views.fetch(&sql, &binds).await?;
    let rows = rows.iter().map(|row| TokenRow::get(row, 0)).collect::<Result<Vec<_>, _>>()?;
    let holders: BTreeSet<Uuid> = rows.iter().filter_map(TokenRow::holder).collect();
    let ends = integrations::ends(views, account, as_of.position, &holders).await?;
    Ok(rows.into_iter().filter(|row| !row.ended(&ends)).collect())
}

/// The first people whose password a program showed, and the first tokens that were good: at most so many of each.
pub async fn first(
    views: &Views,
    account: AccountId,
    as_of: AsOf,
    most: usize,
) -> Result<(Vec<Shown>, Vec<TokenRow>), StoreError> {
    let (mut passwords, mut tokens) = (vec![], vec![]);
    let Some(posture) = posture_at(views, account, as_of.position).await? else {
        return Ok((passwords, tokens));
    };
    let mut ranges = Ranges::of::<PasswordUsers>(account, PAGE);
    while passwords.len() < most
        && let Some(range) = ranges.next(views).await?
    {
        passwords.extend(password_page(views, account, as_of, &posture, range).await?);
    }
    let mut ranges = Ranges::of::<Tokens>(account, PAGE);
    while tokens.len() < most
        && !posture.closed
        && let Some(range) = ranges.next(views).await?
    {
        tokens.extend(token_page(views, account, as_of, range).await?);
    }
    passwords.truncate(most);
    tokens.truncate(most);
    Ok((passwords, tokens))
}

fn pages(asked: Asked) -> Pages {
    let later = asked.clone();
    let passwords = stream::once(begin(asked)).map_ok(|(asked, posture, ranges)| {
        stream::try_unfold((asked, posture, ranges), async |(asked, posture, mut ranges)| {
            let (views, account, as_of) = (asked.store.views(), asked.account, asked.as_of);
            let (Some(then), Some(range)) = (&posture, ranges.next(views).await?) else { return Ok(None) };
            let people = password_page(views, account, as_of, then, range).await?;
            Ok(Some((people.iter().map(of_password).collect(), (asked, posture, ranges))))
        })
    });
    let tokens = stream::once(opened(later)).map_ok(|(asked, open)| {
        let ranges = Ranges::of::<Tokens>(asked.account, PAGE);
        stream::try_unfold((asked, open, ranges), async |(asked, open, mut ranges)| {
            let views = asked.store.views();
            let (true, Some(range)) = (open, ranges.next(views).await?) else { return Ok(None) };
            let tokens = token_page(views, asked.account, asked.as_of, range).await?;
            let programs = tokens.iter().filter_map(|row| row.client).collect();
            let called = integrations::called(views, asked.account, &programs).await?;
            Ok(Some((tokens.iter().map(|row| of_token(row, &called)).collect(), (asked, open, ranges))))
        })
    });
    passwords.try_flatten().boxed().chain(tokens.try_flatten().boxed()).boxed()
}

async fn begin(asked: Asked) -> Result<(Asked, Option<PostureRow>, Ranges), StoreError> {
    let posture = posture_at(asked.store.views(), asked.account, asked.as_of.position).await?;
    let ranges = Ranges::of::<PasswordUsers>(asked.account, PAGE);
    Ok((asked, posture, ranges))
}

/// Whether the account was open: in one that was closed no token is good.
async fn opened(asked: Asked) -> Result<(Asked, bool), StoreError> {
    let posture = posture_at(asked.store.views(), asked.account, asked.as_of.position).await?;
    Ok((asked, posture.is_some_and(|posture| !posture.closed)))
}

fn of_password(shown: &Shown) -> Row {
    vec![
        Cell::word("password"),
        shown.row.user_id.into(),
        Cell::word(shown.role),
        Cell::Empty,
        Cell::Empty,
        Cell::Empty,
        Cell::Empty,
        Cell::Empty,
        Cell::Empty,
        shown.last_used.into(),
        Cell::word(shown.outcome),
        Cell::word(shown.now),
        shown.breaks_if_required.into(),
        shown.breaks_at.into(),
    ]
}

fn of_token(row: &TokenRow, called: &BTreeMap<ClientId, String>) -> Row {
    let name = row.client.and_then(|client| called.get(&client));
    vec![
        Cell::word("token"),
        row.user_id.into(),
        Cell::Empty,
        row.client.map_or(Cell::Empty, |client| Cell::text(client.to_string())),
        name.map_or(Cell::Empty, Cell::text),
        Cell::text(row.token_id.to_string()),
        Cell::text(row.scopes.replace(' ', "+")),
        row.issued_at.into(),
        Cell::Event(row.issued_seq),
        row.last_used_at.into(),
        Cell::Empty,
        Cell::word("open"),
        false.into(),
        row.expires_at.into(),
    ]
}
