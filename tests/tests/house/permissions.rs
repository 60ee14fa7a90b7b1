//! `docs/permissions.md` is the permission table and the routes' guards, in words.

use std::fmt::Write as _;

use twofold_api::routes::{Ask, Guard, Guarded, guarded};
use twofold_domain::permission::{Act, Need, need};
use twofold_domain::policy::Role;

use crate::repository::{text, top};

const DOCUMENT: &str = "docs/permissions.md";

const HEAD: &str = "# Who may do what

Made from the code by a test; change the code, then run it once more:

```sh
TWOFOLD_WRITE_DOCS=1 cargo test -p twofold-tests --test house permissions
```

The table below is the function `need` of `domain/src/permission.rs`. Every operation of `/v1` is registered with
the act that it is, and the story `every_operation_answers_everybody_as_the_table_says` asks every operation as
everybody: each role, each assurance level, with and without a session, about people of each role, of this account
and of another.

A new operation takes a guard where it is registered (`api/src/routes/…`; without one it does not compile), a request
in `tests/tests/suite/permission/calls.rs` that everybody can send, and this document written once more.

- `session`: a good session suffices. `step-up`: a second factor was shown in it within ten minutes; a remembered
  device does not count. `step-up and approval`: besides, a second owner agrees, or, where there is one owner only, a
  wait with notice passes. `–`: never.
- To `Erase` an owner always takes the approval; to erase anybody else, where dual control guards it: where the owner
  chose that, and, where nothing was ever chosen, as soon as there are two owners. Otherwise it is `step-up`. The
  same dual control adds an approval to the `step-up` of a disable, a suspension, and `GrantOperator`.
- Of an act upon a person, the cell names the roles that the person may have.
- A session that is only good for enrolling may do `ReadOwn`, `EnrolOwn`, and `EndOwn`, nothing else.
- What is in another account answers 404, as if it were nowhere.
- The operator of the installation has no role in any account.
";

/// What a variant's own documentation says, in one line.
fn meaning(name: &str) -> String {
    let code = text("domain/src/permission.rs");
    let (_, variants) = code.split_once("pub enum Act {").unwrap();
    let mut words = String::new();
    for line in variants.lines().map(str::trim) {
        if let Some(more) = line.strip_prefix("///") {
            words.push_str(more);
        } else if line.split(['(', ' ', ',']).next() == Some(name) {
            return words.trim().trim_end_matches('.').to_owned();
        } else {
            words.clear();
        }
    }
    panic!("{name} is not documented")
}

fn word(taken: Need) -> &'static str {
    match taken {
        Need::Never => "–",
        Need::Session => "session",
        Need::StepUp => "step-up",
        Need::Delegated => "step-up where the owner lets admins",
        Need::Approved => "step-up and approval",
    }
}

/// What an act takes of a role; upon whom, where it is upon somebody.
fn cell(role: Role, acts: &[Act]) -> String {
    if let [act] = acts {
        return word(need(role, *act)).to_owned();
    }
    let mut lines = vec![];
    for taken in [Need::Session, Need::StepUp, Need::Delegated, Need::Approved] {
        let upon: Vec<&str> =
            acts.iter().filter(|act| need(role, **act) == taken).map(|act| subject(*act)).collect();
        if upon.len() == acts.len() {
            lines.push(format!("{}: anybody", word(taken)));
        } else if !upon.is_empty() {
            lines.push(format!("{}: {}", word(taken), upon.join(", ")));
        }
    }
    if lines.is_empty() { word(Need::Never).to_owned() } else { lines.join("; ") }
}

/// The role that an act is upon.
fn subject(act: Act) -> &'static str {
    let shown = format!("{act:?}");
    let upon =
        |role: &Role| shown.contains(&format!("({role:?})")) || shown.contains(&format!("from: {role:?},"));
    Role::ALL.into_iter().find(upon).unwrap().name()
}

/// What a row is called: acts upon people of different roles share one, unless they give different roles.
fn title(act: Act) -> String {
    match act {
        Act::ChangeRole { to, .. } => format!("`{}` to {}", act.name(), to.name()),
        _ => format!("`{}`", act.name()),
    }
}

fn acts() -> String {
    let mut table = "| act | what it is |".to_owned();
    for role in Role::ALL {
        let _ = write!(table, " {} |", role.name());
    }
    let _ = writeln!(table, "\n|---|---|{}", "---|".repeat(Role::ALL.len()));
    let all = Act::all();
    for acts in all.chunk_by(|a, b| title(*a) == title(*b)) {
        let act = acts[0];
        let _ = write!(table, "| {} | {} |", title(act), meaning(act.name()));
        for role in Role::ALL {
            let _ = write!(table, " {} |", cell(role, acts));
        }
        table.push('\n');
    }
    table
}

fn asked(guard: &Guard) -> String {
    let acts = match guard {
        Guard::Open(why) => return format!("anybody: {why}"),
        Guard::Link => return "whoever holds the one-time link".to_owned(),
        Guard::DeviceToken => return "whoever holds the device's token".to_owned(),
        Guard::Operator => return "whoever holds the operator's token".to_owned(),
        Guard::Acts(cases) => cases.iter().map(|case| {
            let upon = match case.ask {
                Ask::Act(_) => "",
                Ask::Upon(_) => " upon the person's role",
                Ask::Giving(_) => " from the person's role to the new one",
            };
            let when = case.when.words();
            let comma = if when.is_empty() { "" } else { ", " };
            format!("`{}`{upon}{comma}{when}", case.ask.name())
        }),
    };
    acts.collect::<Vec<_>>().join("; ")
}

fn operations() -> String {
    let mut table = "| operation | request | what it is |\n|---|---|---|\n".to_owned();
    for Guarded { operation, method, path, guard, .. } in guarded() {
        let _ = writeln!(table, "| `{operation}` | `{method} {path}` | {} |", asked(&guard));
    }
    table
}

#[test]
fn the_document_of_permissions_is_the_table_in_the_code() {
    let now = format!("{HEAD}\n## Acts\n\n{}\n## Operations\n\n{}", acts(), operations());
    if std::env::var_os("TWOFOLD_WRITE_DOCS").is_some() {
        std::fs::write(top().join(DOCUMENT), &now).unwrap();
    }
    let written = std::fs::read_to_string(top().join(DOCUMENT)).unwrap_or_default();
    let differs = written.lines().zip(now.lines()).find(|(written, now)| written != now);
    assert!(
        written == now,
        "{DOCUMENT} is not what the code says, first at {differs:#?}; write it anew: \
         TWOFOLD_WRITE_DOCS=1 cargo test -p twofold-tests --test house permissions"
    );
}
