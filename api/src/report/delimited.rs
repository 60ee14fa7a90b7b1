//! CSV: a line of names, then the rows. With the annex, a name and an address stand behind every person.

use std::collections::BTreeMap;

use futures::StreamExt as _;
use twofold_domain::ids::UserId;
use twofold_infra::acts::ActError;
use twofold_infra::desk::Desk;
use twofold_projections::reports::{Cell as Value, Pages, Report, Row};

use super::names::Called;
use super::{AHEAD, Names, Out, Written, decimal, send};
use crate::csv::{Cell, Line, write_row};

/// Bytes of one line, roughly.
const LINE: usize = 160;

/// The columns of a table with names: its own, and behind each person what they are called.
pub(super) fn columns(report: &Report, with_names: bool) -> Vec<String> {
    let mut columns = Vec::new();
    for column in report.columns {
        columns.push(column.name.to_owned());
        if with_names && report.people_columns().any(|(_, named)| named == column) {
            // Whoever a row is about needs no more words.
            let before = if column.name == "user" { String::new() } else { format!("{}_", column.name) };
            columns.extend([format!("{before}name"), format!("{before}email")]);
        }
    }
    columns
}

impl Written {
    pub(super) async fn csv(&self, desk: &Desk, pages: Pages, out: &Out) -> Result<(), Option<ActError>> {
        let mut text = String::new();
        let columns = columns(self.report, self.with_names);
        write_row(&mut text, columns.iter().map(|name| Cell::Text(name)));
        send(out, text).await?;
        let written = pages.map(|page| {
            let (me, desk) = (self.clone(), desk.clone());
            // A task each: a page is written on one core while another writes the next one.
            tokio::spawn(async move { me.page(&desk, page.map_err(ActError::from)?).await })
        });
        let mut written = written.buffered(AHEAD);
        while let Some(text) = written.next().await {
            send(out, text.map_err(super::bug)??).await?;
        }
        Ok(())
    }

    /// The lines of one page.
    async fn page(&self, desk: &Desk, page: Vec<Row>) -> Result<String, ActError> {
        let names = self.names_in(desk, &page).await?;
        let mut text = String::with_capacity(page.len() * LINE);
        for row in &page {
            self.line(&mut text, row, &names);
        }
        Ok(text)
    }

    /// What everybody in these rows is called; nothing without the annex.
    pub(super) async fn names_in(
        &self,
        desk: &Desk,
        rows: &[Row],
    ) -> Result<BTreeMap<UserId, Called>, ActError> {
        if !self.with_names {
            return Ok(BTreeMap::new());
        }
        let places: Vec<usize> = self.report.people_columns().map(|(place, _)| place).collect();
        Names { desk, account: self.asked.account }.in_rows(rows, &places).await
    }

    fn line(&self, text: &mut String, row: &Row, names: &BTreeMap<UserId, Called>) {
        let mut line = Line::on(text);
        let mut people = self.report.people_columns().map(|(place, _)| place).peekable();
        for (place, value) in row.iter().enumerate() {
            match value {
                Value::Person(user) => line.cell(Cell::Person(*user)),
                Value::Instant(at) => line.cell(Cell::Instant(*at)),
                Value::Text(text) if !text.is_empty() => line.cell(Cell::Text(text)),
                Value::Empty | Value::Text(_) => line.cell(Cell::Empty),
                Value::Number(n) | Value::Seconds(n) => line.cell(Cell::Number(*n)),
                Value::Event(seq) => line.cell(Cell::Number(*seq as i64)),
                Value::Share(share) => line.cell(Cell::Decimal(&decimal(*share))),
                Value::Flag(flag) => line.cell(Cell::Text(if *flag { "true" } else { "false" })),
            }
            if people.next_if_eq(&place).is_some() && self.with_names {
                let called = value.person().and_then(|user| names.get(&user));
                let texts =
                    called.map_or([None, None], |called| [&called.name, &called.email].map(Option::as_deref));
                for text in texts {
                    line.cell(text.map_or(Cell::Empty, Cell::Text));
                }
            }
        }
        line.end();
    }
}
