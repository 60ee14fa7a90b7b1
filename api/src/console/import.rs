//! People from another system: a table is looked at line by line, and imported when its reader says so. In between
//! it waits in the page, sealed under the reader's own key, so that what is imported is what was shown.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use twofold_domain::permission::Act as Deed;
use twofold_domain::sealed::Sealed;
use twofold_infra::acts::{Foreseen, Imported as Became, MayImport, foresee, import};
use twofold_infra::import::{Flaws, MAX_BYTES, PeopleTable, Row, look};
use zeroize::Zeroizing;

use super::door::{Door, Me};
use super::people::may;
use super::refused::Refused;
use super::uploads::Upload;
use crate::extract::Path;
use crate::pages::frame::{Frame, Mark, Section, Tone};
use crate::pages::people::{Import, ImportRow, Imported};
use crate::pages::render;
use crate::problem::Problem;

/// Lines on the page.
const SHOWN: usize = 500;
/// The largest form: a table as it is, or sealed and in base64, and what is around it.
pub(super) const FORM_LIMIT: usize = MAX_BYTES / 3 * 4 + 64 * 1024;

const NEW: Mark = Mark::new(Tone::Good, "import-new");
const CREATED: Mark = Mark::new(Tone::Good, "import-created");
const EXISTS: Mark = Mark::new(Tone::Plain, "import-exists");
const WRONG: Mark = Mark::new(Tone::Bad, "import-wrong");
const FAILED: Mark = Mark::new(Tone::Bad, "import-failed");

/// Asks for a table.
pub(super) async fn ask(mut door: Door) -> Result<Response, Refused> {
    enter(&mut door).await?;
    Ok(empty(&door, String::new()))
}

/// Looks at a table, and registers nobody.
pub(super) async fn check(mut door: Door, request: Request) -> Result<Response, Refused> {
    let me = enter(&mut door).await?;
    let form = Upload::read(request).await?;
    let Some(table) = form.bytes("file").or_else(|| form.bytes("table")) else {
        return Ok(refused(&door, "import-nothing"));
    };
    if table.len() > MAX_BYTES {
        return Ok(refused(&door, "import-too-large"));
    }
    let Ok(table) = std::str::from_utf8(table) else { return Ok(refused(&door, "import-not-utf8")) };
    let (rows, flaws) = read(&door, table.as_bytes()).await?;
    let foreseen = foresee(&door.app.desk, door.account, &rows).await?;
    let mut lines: BTreeMap<u64, ImportRow> = BTreeMap::new();
    let mut new = 0;
    for (row, foreseen) in rows.iter().zip(foreseen) {
        let line = before(&door, &me, row, foreseen);
        new += u64::from(line.mark.key == NEW.key);
        lines.insert(row.line, line);
    }
    add(&door.frame, &mut lines, &flaws);
    let fine = flaws.count == 0 && new > 0 && !lines.values().any(|line| line.wrong);
    let waiting = if fine {
        let vault = door.app.desk.vault();
        let sealed = vault.seal::<PeopleTable>(door.account, me.principal.user, table).await?;
        URL_SAFE_NO_PAD.encode(sealed.bytes())
    } else {
        String::new()
    };
    let status = if flaws.count == 0 { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let unlisted = (flaws.count - flaws.listed.len()) as u64;
    let mut page = shown(&door, lines.into_values().collect(), unlisted);
    if fine {
        page.action = door.path("people/import/confirm");
        (page.table, page.new) = (waiting, new);
    }
    Ok((status, render(&page)).into_response())
}

/// Imports the table that was looked at.
pub(super) async fn confirm(mut door: Door, request: Request) -> Result<Response, Refused> {
    let me = enter(&mut door).await?;
    let form = Upload::read(request).await?;
    let Ok(sealed) = URL_SAFE_NO_PAD.decode(form.text("table")) else {
        return Ok(refused(&door, "import-nothing"));
    };
    let sealed = Sealed::<PeopleTable>::from_bytes(sealed);
    // Sealed by somebody else, or not by us: there is nothing to import.
    let table = door.app.desk.vault().unseal(door.account, me.principal.user, &sealed).await;
    let Ok(Some(table)) = table else { return Ok(refused(&door, "import-nothing")) };
    let (rows, flaws) = read(&door, table.as_bytes()).await?;
    if flaws.count > 0 {
        // A group that it names is gone meanwhile.
        let mut lines = BTreeMap::new();
        add(&door.frame, &mut lines, &flaws);
        let page = shown(&door, lines.into_values().collect(), 0);
        return Ok((StatusCode::CONFLICT, render(&page)).into_response());
    }
    let rows: Arc<[Row]> = rows.into();
    let act = MayImport { credential: me.credential.clone(), rows: Arc::clone(&rows) };
    door.perform(act).await.map_err(|error| door.refuse(error))?;
    let done = import(&door.app.desk, door.account, &door.context(), &me.credential, &rows).await;
    let done = done.map_err(|error| door.refuse(error))?;
    let became: BTreeMap<u64, Became> = done.into_iter().collect();
    let lines = rows.iter().filter_map(|row| Some(after(&door, row, became.get(&row.line)?))).collect();
    let mut page = shown(&door, lines, 0);
    page.done = true;
    Ok(render(&page))
}

/// A table to begin with: its header, and nobody.
pub(super) async fn template(Path(_): Path<String>) -> Response {
    const HEADER: &str =
        "name,email,role,language,groups,provider,provider_subject,password_hash,otp_uri\r\n";
    let headers = [
        (axum::http::header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (axum::http::header::CONTENT_DISPOSITION, "attachment; filename=\"people.csv\""),
    ];
    (headers, HEADER).into_response()
}

async fn enter(door: &mut Door) -> Result<Me, Refused> {
    door.back = door.path("people/import");
    let me = door.enter(Deed::ImportPeople).await?;
    door.frame = door.frame.clone().section(Section::People);
    Ok(me)
}

async fn read(door: &Door, table: &[u8]) -> Result<(Vec<Row>, Flaws), Refused> {
    let (table, groups) = (Zeroizing::new(table.to_vec()), door.state.groups.clone());
    let read = tokio::task::spawn_blocking(move || look(&table, &groups)).await;
    Ok(read.map_err(Problem::internal)?)
}

fn empty(door: &Door, wrong: String) -> Response {
    render(&Import {
        f: door.frame.clone(),
        action: door.path("people/import"),
        cancel: door.path("people"),
        wrong,
    })
}

fn refused(door: &Door, key: &str) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, empty(door, door.frame.s(key))).into_response()
}

/// What comes along with somebody, and that it is claimed.
fn brings(f: &Frame, row: &Row) -> Vec<String> {
    let mut says = vec![];
    if let Some((provider, _)) = &row.provider {
        says.push(f.v("import-provider", provider));
    }
    if row.password.is_some() {
        says.push(f.s("import-password"));
    }
    if row.otp.is_some() {
        says.push(f.s("import-factor"));
    }
    if row.password.is_none() && row.provider.is_none() {
        says.push(f.s("import-invited"));
    }
    if !row.groups.is_empty() {
        says.push(f.n("import-groups", row.groups.len()));
    }
    says
}

fn line(row: &Row, mark: Mark, says: Vec<String>) -> ImportRow {
    ImportRow {
        line: row.line,
        name: row.name.clone(),
        email: row.email.clone(),
        role: row.role.name(),
        wrong: mark.tone == Tone::Bad,
        mark,
        says,
    }
}

/// What would become of a line.
fn before(door: &Door, me: &Me, row: &Row, foreseen: Foreseen) -> ImportRow {
    let f = &door.frame;
    match foreseen {
        _ if !may(me, Deed::Register(row.role)) => line(row, WRONG, vec![f.s("import-not-yours")]),
        Foreseen::New => line(row, NEW, brings(f, row)),
        Foreseen::Exists => line(row, EXISTS, vec![f.s("import-exists-hint")]),
        Foreseen::Kept => line(row, WRONG, vec![f.s("email-kept")]),
        Foreseen::SubjectTaken => line(row, WRONG, vec![f.s("subject-taken")]),
    }
}

/// What became of it.
fn after(door: &Door, row: &Row, became: &Became) -> ImportRow {
    let f = &door.frame;
    match became {
        Became::Created(_) => line(row, CREATED, brings(f, row)),
        Became::Exists(_) => line(row, EXISTS, vec![f.s("import-exists-hint")]),
        Became::Failed(_) => line(row, FAILED, vec![f.s("import-taken-meanwhile")]),
    }
}

/// Adds what is wrong with a table, each under its line.
fn add(f: &Frame, lines: &mut BTreeMap<u64, ImportRow>, flaws: &Flaws) {
    for flaw in &flaws.listed {
        let key = match (flaw.line, flaw.field) {
            (1, "") => "import-flaw-header".to_owned(),
            (1, _) => "import-flaw-column".to_owned(),
            (_, "") => "import-flaw-line".to_owned(),
            (_, field) => format!("import-flaw-{}", field.replace('_', "-")),
        };
        let says = if flaw.field.is_empty() { f.s(&key) } else { format!("{}: {}", flaw.field, f.s(&key)) };
        let row = lines.entry(flaw.line).or_insert_with(|| ImportRow {
            line: flaw.line,
            name: String::new(),
            email: String::new(),
            role: "",
            mark: WRONG,
            says: vec![],
            wrong: true,
        });
        if !row.says.contains(&says) {
            row.says.push(says);
        }
    }
}

/// A page of lines: what is wrong first, where not all of them have a place.
fn shown(door: &Door, mut lines: Vec<ImportRow>, unlisted: u64) -> Imported {
    let mut counts: Vec<(u64, Mark)> = vec![];
    for mark in [NEW, CREATED, EXISTS, WRONG, FAILED] {
        let count = lines.iter().filter(|line| line.mark.key == mark.key).count() as u64;
        if count > 0 {
            counts.push((count, mark));
        }
    }
    let more = lines.len().saturating_sub(SHOWN) as u64 + unlisted;
    if lines.len() > SHOWN {
        lines.sort_by_key(|line| !line.wrong);
        lines.truncate(SHOWN);
        lines.sort_by_key(|line| line.line);
    }
    Imported {
        f: door.frame.clone(),
        done: false,
        counts,
        rows: lines,
        more,
        action: String::new(),
        table: String::new(),
        new: 0,
        again: door.path("people/import"),
        back: door.path("people"),
    }
}
