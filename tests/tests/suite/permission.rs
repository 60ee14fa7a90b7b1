//! Who may do what, at the doors: every operation × everybody who can come × everybody it can be about. What
//! must come is computed from the table in the domain and from the operation's guard; what comes is asked for.
//!
//! | who comes | |
//! |---|---|
//! | may, and it is there | the answer of the operation itself |
//! | may, but it is of another account, or nowhere | 404, the same for both |
//! | must show a second factor again | 401 `insufficient_user_authentication` |
//! | must enrol before anything else | 403 `enrol_first` |
//! | may not do it alone | as the row of the operation says |
//! | may not with this role, upon somebody of that role | 403 `forbidden` |
//! | shows an API token that was not issued for it | 403 `insufficient_scope` |
//! | shows any API token, or a password, and it takes a person | 403 `needs_person` |
//! | shows e-mail address and password where nothing is read by them | 401 `unauthenticated` |
//! | is nobody, or the operator | 401 `unauthenticated` |
//!
//! Where somebody is not there, what counts is whether the caller might do it to anybody at all: so nobody
//! learns who is there from a door that is closed to them anyway.

mod calls;
mod cells;
mod reads;
mod shapes;
mod views;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result, bail, ensure};
use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use twofold_api::routes::{self, Ask, Guard, Guarded, When, guarded};
use twofold_domain::account::TokenScope;
use twofold_domain::ids::{
    AccountId, ApprovalId, ClientId, DeviceId, ExemptionId, FactorId, GroupId, OperatorGrantId, RecoveryId,
    ReportJobId, ScheduleId, SessionId, SignInId, TicketId, TokenId, UserId,
};
use twofold_domain::permission::{Need, need};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_tests::doors::Doors;
use twofold_tests::stories;
use twofold_tests::world::{Land, Somebody, Standing};
use uuid::Uuid;

use calls::{Call, Sent, UsesUp, calls};
use cells::{About, Caller, Cell, Governed, Holder, Named, cells};

/// The doors, and everybody.
struct World {
    doors: Doors,
    document: Value,
    home: Land,
    elsewhere: Land,
    callers: BTreeMap<(Role, Standing), Somebody>,
    /// API tokens by whose they are, and which scope they lack.
    tokens: BTreeMap<(Holder, Option<TokenScope>), String>,
    governed: Governed,
    number: AtomicUsize,
}

impl World {
    /// A person of every role who stands so.
    async fn gather(&mut self, standing: Standing) -> Result<()> {
        for role in Role::ALL {
            let somebody = self.home.somebody(role, standing).await?;
            self.callers.insert((role, standing), somebody);
        }
        Ok(())
    }

    /// Everybody who may have tokens issues them, with every scope and with all but one each.
    async fn issue(&mut self) -> Result<()> {
        let fresh = |role| self.callers.get(&(role, Standing::Fresh)).context("somebody of every role");
        let owner = fresh(Role::Owner)?.token.clone();
        let body = json!({ "name": "Everything" });
        let program = self.doors.ask(post("/v1/clients", &owner, &body)?).await?;
        let program = program.body["client"].as_str().context("a program")?.to_owned();
        let mut tokens = BTreeMap::new();
        for holder in Holder::ALL {
            let (path, session) = match holder {
                Holder::Person(role) => ("/v1/api-tokens".to_owned(), fresh(role)?.token.clone()),
                Holder::Program => (format!("/v1/clients/{program}/tokens"), owner.clone()),
            };
            let all = holder.scopes();
            for lacks in std::iter::once(None).chain(all.iter().copied().map(Some)) {
                let scopes: Vec<&str> = all.iter().filter(|s| Some(**s) != lacks).map(|s| s.name()).collect();
                if scopes.is_empty() {
                    continue;
                }
                let body = match holder {
                    Holder::Person(_) => json!({ "name": "some", "scopes": scopes }),
                    Holder::Program => json!({ "scopes": scopes }),
                };
                let issued = self.doors.ask(post(&path, &session, &body)?).await?;
                let token = issued.body["token"].as_str();
                let token = token.with_context(|| format!("{holder:?} {scopes:?}: {}", issued.body))?;
                tokens.insert((holder, lacks), token.to_owned());
            }
        }
        self.tokens = tokens;
        Ok(())
    }

    /// Asks every cell of these callers, and says which answers were not the expected ones.
    async fn ask_all(
        &mut self,
        operations: &[Guarded],
        requests: &[Call],
        callers: &[Caller],
    ) -> Result<Asked> {
        let cells = cells(operations, requests, callers, self.governed)?;
        let mut spares = vec![];
        for cell in &cells {
            spares.push(match (cell.uses_up(), cell.caller, cell.about) {
                (UsesUp::Caller, Caller::Person(role, standing), _) => {
                    Some(self.home.somebody(role, standing).await?)
                }
                (UsesUp::Subject, _, About::Colleague(role)) => {
                    Some(self.home.somebody(role, Standing::Password).await?)
                }
                _ => None,
            });
        }
        if callers.iter().any(|caller| matches!(caller, Caller::Person(_, Standing::Stale))) {
            self.home.town.wait(Span::minutes(11));
        }
        let mut asked = Asked { cells: cells.len(), wrong: vec![] };
        for (cell, spare) in cells.iter().zip(spares) {
            let refused = cell.expected().iter().all(|one| one.starts_with("401") || one.starts_with("403"));
            // Whoever may not is told so, also of what nobody could read.
            let guarded = decided_by_the_path(cell);
            if guarded
                && refused
                && cell.operation.method != "GET"
                && !(cell.call.body)(&Sent::nothing()).is_null()
            {
                let (mut parts, _) = self.request(cell, spare.as_ref())?.into_parts();
                parts.headers.remove("if-match");
                for garbage in ["{\"nothing\": [\"of this\"]}", "{"] {
                    let request = Request::from_parts(parts.clone(), Body::from(garbage));
                    let came = self.doors.ask(request).await?.gist();
                    if !came.starts_with("401") && !came.starts_with("403") {
                        asked.wrong.push(format!("{}, and sends garbage: {came}", cell.told()));
                    }
                }
            }
            let answer = self.doors.ask(self.request(cell, spare.as_ref())?).await?;
            let (came, expected) = (answer.gist(), cell.expected());
            if !expected.contains(&came.as_str()) {
                asked.wrong.push(format!("{}: {came}, not {}", cell.told(), expected.join(" or ")));
            }
        }
        Ok(asked)
    }

    fn request(&self, cell: &Cell<'_>, spare: Option<&Somebody>) -> Result<Request<Body>> {
        let uses = cell.uses_up();
        let usual = match cell.caller {
            Caller::Nobody | Caller::Operator | Caller::Token(Holder::Program, _) => None,
            Caller::Person(role, standing) => self.callers.get(&(role, standing)),
            Caller::Token(Holder::Person(role), _) => self.callers.get(&(role, Standing::Fresh)),
            Caller::Basic(role) => self.callers.get(&(role, Standing::Password)),
        };
        let caller = if uses == UsesUp::Caller { spare } else { usual };
        let subject = match cell.about {
            About::Colleague(_) if uses == UsesUp::Subject => spare,
            About::Colleague(role) | About::Crossed(role) => self.home.subjects.get(&role),
            About::Stranger(role) => self.elsewhere.subjects.get(&role),
            _ => caller,
        };
        let mut path = cell.operation.path.clone();
        while let Some((before, rest)) = path.split_once('{') {
            let (name, after) = rest.split_once('}').context("a parameter ends")?;
            path = format!("{before}{}{after}", self.fill(name, cell, subject)?);
        }
        if !cell.call.query.is_empty() {
            path = format!("{path}?{}", cell.call.query);
        }
        let mut request = Request::builder().method(cell.operation.method).uri(path);
        if self.takes_version(cell.operation) {
            request = request.header("if-match", "\"999999\"");
        }
        let there = || caller.context("everybody is there");
        let shows = match cell.caller {
            Caller::Nobody => None,
            Caller::Operator => Some(format!("Bearer {}", self.doors.operator)),
            Caller::Person(..) => Some(format!("Bearer {}", there()?.token)),
            Caller::Token(holder, _) => {
                let token = self.tokens.get(&(holder, cell.lacks())).context("every token is there")?;
                Some(format!("Bearer {token}"))
            }
            Caller::Basic(_) => {
                request = request.header("twofold-account", self.home.town.account.to_string());
                let Somebody { email, password, .. } = there()?;
                Some(format!("Basic {}", STANDARD.encode(format!("{email}:{password}"))))
            }
        };
        if let Some(shows) = shows {
            request = request.header("authorization", shows);
        }
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        let body = (cell.call.body)(&Sent { number, role: cell.named });
        if body.is_null() {
            return Ok(request.body(Body::empty())?);
        }
        Ok(request.header("content-type", "application/json").body(Body::from(body.to_string()))?)
    }

    /// What stands in a path for a parameter.
    fn fill(&self, name: &str, cell: &Cell<'_>, subject: Option<&Somebody>) -> Result<String> {
        let subject = if cell.about == About::NoOne { None } else { subject };
        let things = match cell.about {
            About::Crossed(role) => {
                let other = if role == Role::Agent { Role::EndUser } else { Role::Agent };
                let other = if cell.call.when == When::Own { Role::Owner } else { other };
                self.home.subjects.get(&other)
            }
            _ => subject,
        };
        let own = cell.call.when == When::Own;
        let never = Uuid::from_u128(7);
        Ok(match name {
            "account" => match cell.about {
                About::OtherAccount => self.elsewhere.town.account.to_string(),
                About::NoAccount => AccountId::from_uuid(never).to_string(),
                _ => self.home.town.account.to_string(),
            },
            "user" if own => "me".to_owned(),
            "user" => subject.map_or(UserId::from_uuid(never), |s| s.user).to_string(),
            "device" => things.map_or(DeviceId::from_uuid(never), |s| s.device).to_string(),
            "session" => things.map_or(SessionId::from_uuid(never), |s| s.session).to_string(),
            // Ids that nobody has: whoever may, is told so.
            "approval" => ApprovalId::from_uuid(never).to_string(),
            "case" => RecoveryId::from_uuid(never).to_string(),
            "client" => ClientId::from_uuid(never).to_string(),
            "exemption" => ExemptionId::from_uuid(never).to_string(),
            "factor" => FactorId::from_uuid(never).to_string(),
            "grant" => OperatorGrantId::from_uuid(never).to_string(),
            "group" => GroupId::from_uuid(never).to_string(),
            "job" => ReportJobId::from_uuid(never).to_string(),
            "schedule" => ScheduleId::from_uuid(never).to_string(),
            "sign_in" => SignInId::from_uuid(never).to_string(),
            "ticket" => TicketId::from_uuid(never).to_string(),
            "token" => TokenId::from_uuid(never).to_string(),
            "provider" => "google".to_owned(),
            "position" => "1".to_owned(),
            "name" => "mfa-status".to_owned(),
            other => bail!(
                "{} has a parameter {{{other}}} that suite/permission.rs does not know how to fill: teach it",
                cell.operation.path
            ),
        })
    }

    /// Whether the operation's document asks for the version that was seen.
    fn takes_version(&self, operation: &Guarded) -> bool {
        let said = &self.document["paths"][&operation.path][operation.method.to_lowercase()]["parameters"];
        said.as_array().into_iter().flatten().any(|parameter| parameter["name"] == "If-Match")
    }
}

fn post(path: &str, session: &str, body: &Value) -> Result<Request<Body>> {
    let request = Request::post(path).header("content-type", "application/json");
    let request = request.header("authorization", format!("Bearer {session}"));
    Ok(request.body(Body::from(body.to_string()))?)
}

/// What came of asking.
struct Asked {
    cells: usize,
    wrong: Vec<String>,
}

/// Whether who may is told by the path alone: not by a role that the body names, nor by whether they have a factor.
fn decided_by_the_path(cell: &Cell<'_>) -> bool {
    let Guard::Acts(cases) = &cell.operation.guard else { return false };
    let named = cell.operation.path.contains("{user}");
    let by_factor = |when| matches!(when, When::FirstFactor | When::FurtherFactor);
    cases.iter().all(|case| match case.ask {
        Ask::Act(_) => !by_factor(case.when),
        Ask::Upon(_) => named && !by_factor(case.when),
        Ask::Giving(_) => false,
    })
}

/// Whether it is for admins only where the owners let them.
fn is_delegated(operation: &Guarded) -> bool {
    let Guard::Acts(cases) = &operation.guard else { return false };
    cases.iter().any(|case| matches!(case.ask, Ask::Act(act) if need(Role::Admin, act) == Need::Delegated))
}

fn people(standings: &[Standing]) -> Vec<Caller> {
    standings.iter().flat_map(|&standing| Role::ALL.map(|role| Caller::Person(role, standing))).collect()
}

stories! {
    async fn every_operation_answers_everybody_as_the_table_says(town) {
        let (operations, calls) = (guarded(), calls());
        let known: BTreeSet<&str> = operations.iter().map(|o| o.operation.as_str()).collect();
        let gone: Vec<_> = calls.iter().map(|c| c.operation).filter(|name| !known.contains(name)).collect();
        ensure!(gone.is_empty(), "suite/permission/calls.rs has requests for operations that are not there: {gone:?}");

        let neighbour = town.neighbour();
        let mut world = World {
            doors: Doors::open(&town).await?,
            document: serde_json::to_value(routes::described().into_openapi())?,
            home: Land::found(&town).await?,
            elsewhere: Land::found(&neighbour).await?,
            callers: BTreeMap::new(),
            tokens: BTreeMap::new(),
            governed: Governed::ByOwners,
            number: AtomicUsize::new(0),
        };
        let mut asked = vec![];

        // Nobody has to have a second factor; whoever has shown one has just done so.
        for land in [&mut world.home, &mut world.elsewhere] {
            land.settle().await?;
        }
        for standing in [Standing::Password, Standing::Trusted, Standing::Fresh, Standing::Stale] {
            world.gather(standing).await?;
        }
        let outside = [Caller::Nobody, Caller::Operator];
        let callers = [&outside[..], &people(&[Standing::Fresh, Standing::Password, Standing::Trusted])].concat();
        asked.push(world.ask_all(&operations, &calls, &callers).await?);
        // Programs: by token, and by somebody's password.
        world.issue().await?;
        let named = [Named::All, Named::ButThisOne];
        let tokens = Holder::ALL.into_iter().flat_map(|holder| named.map(|named| Caller::Token(holder, named)));
        let programs: Vec<Caller> = tokens.chain(Role::ALL.map(Caller::Basic)).collect();
        asked.push(world.ask_all(&operations, &calls, &programs).await?);
        // More than ten minutes later.
        asked.push(world.ask_all(&operations, &calls, &people(&[Standing::Stale])).await?);
        // The owners let admins throw the account's switch.
        world.home.let_admins_switch().await?;
        world.governed = Governed::ByAdminsToo;
        world.gather(Standing::Fresh).await?;
        let admins = [Standing::Fresh, Standing::Password, Standing::Trusted];
        let admins = admins.map(|standing| Caller::Person(Role::Admin, standing));
        let delegated: Vec<Guarded> = operations.iter().filter(|o| is_delegated(o)).cloned().collect();
        ensure!(!delegated.is_empty(), "admins have the switch only where the owners let them");
        asked.push(world.ask_all(&delegated, &calls, &admins).await?);
        // Everybody must have one, and these have none yet.
        world.home.require().await?;
        world.gather(Standing::Enrolling).await?;
        asked.push(world.ask_all(&operations, &calls, &people(&[Standing::Enrolling])).await?);

        let total: usize = asked.iter().map(|asked| asked.cells).sum();
        let wrong: Vec<String> = asked.into_iter().flat_map(|asked| asked.wrong).collect();
        println!("{total} cells, {} operations", operations.len());
        ensure!(wrong.is_empty(), "{} of {total} cells are wrong:\n{}", wrong.len(), wrong.join("\n"));
        neighbour.close().await
    }
}
