//! A workbook: the rows on sheets of at most a million, and a last sheet that says what they are.
//!
//! The library writes each row to a temporary file as it comes (its constant-memory mode), so that a workbook
//! takes the same memory whatever its size; what is sent is that file, from its beginning. Text stays text: no
//! cell is ever a formula.

use std::fs::File;
use std::io::{Read as _, Seek as _};

use axum::body::Bytes;
use futures::StreamExt as _;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use tokio::sync::mpsc;
use twofold_domain::ids::UserId;
use twofold_infra::acts::ActError;
use twofold_infra::desk::Desk;
use twofold_projections::reports::{Cell, Pages, Row};

use super::delimited::columns;
use super::names::Called;
use super::{Out, Written, bug, plain};

/// Rows of one sheet; the form holds 1,048,576 (ISO/IEC 29500-1 §18.3.1.73 as spreadsheets read it).
const ROWS: u32 = 1_000_000;
/// Pages of rows that wait for the sheet.
const AHEAD: usize = 2;
/// Bytes of one piece of the file.
const PIECE: usize = 64 * 1024;
/// Characters of one cell that spreadsheets read; what is longer is cut.
const CELL: usize = 32_767;

type Named = (Vec<Row>, std::collections::BTreeMap<UserId, Called>);

impl Written {
    pub(super) async fn xlsx(
        &self,
        desk: &Desk,
        mut pages: Pages,
        out: &Out,
    ) -> Result<(), Option<ActError>> {
        let (send, receive) = mpsc::channel::<Named>(AHEAD);
        let written = self.clone();
        let file = tokio::task::spawn_blocking(move || written.workbook(receive));
        while let Some(page) = pages.next().await {
            let page = page.map_err(ActError::from)?;
            let names = self.names_in(desk, &page).await?;
            // A workbook that failed says so below.
            if send.send((page, names)).await.is_err() {
                break;
            }
        }
        drop(send);
        let mut file = file.await.map_err(bug)?.map_err(bug)?;
        loop {
            let (back, piece) = tokio::task::spawn_blocking(move || {
                let mut piece = vec![0; PIECE];
                let read = file.read(&mut piece);
                (
                    file,
                    read.map(|n| {
                        piece.truncate(n);
                        piece
                    }),
                )
            })
            .await
            .map_err(bug)?;
            file = back;
            let piece = piece.map_err(bug)?;
            if piece.is_empty() {
                return Ok(());
            }
            out.send(Ok(Bytes::from(piece))).await.map_err(|_| None)?;
        }
    }

    /// Writes the workbook as pages come, and hands back the file at its beginning.
    fn workbook(&self, mut pages: mpsc::Receiver<Named>) -> Result<File, XlsxError> {
        let mut book = Workbook::new();
        // The same question has the same bytes whenever it is asked.
        let at = ExcelDateTime::from_timestamp(self.asked.as_of.instant.unix_seconds() as i64)?;
        book.set_properties(&DocProperties::new().set_creation_datetime(&at));
        let (bold, percent) = (Format::new().set_bold(), Format::new().set_num_format("0.00%"));
        let columns = columns(self.report, self.with_names);
        let (mut sheets, mut next, mut count) = (0_usize, 0_u32, 0_u64);
        while let Some((rows, names)) = pages.blocking_recv() {
            for row in rows {
                if next == 0 || next > ROWS {
                    self.begin(&mut book, sheets, &columns, &bold)?;
                    (sheets, next) = (sheets + 1, 1);
                }
                let sheet = book.worksheet_from_index(sheets - 1)?;
                let mut place = 0;
                for (cell, column) in row.iter().zip(self.report.columns) {
                    put(sheet, next, place, cell, &percent)?;
                    place += 1;
                    if self.with_names && self.report.people_columns().any(|(_, named)| named == column) {
                        let called = cell.person().and_then(|user| names.get(&user));
                        for text in
                            [called.and_then(|c| c.name.as_ref()), called.and_then(|c| c.email.as_ref())]
                        {
                            if let Some(text) = text {
                                sheet.write_string(next, place, cut(text))?;
                            }
                            place += 1;
                        }
                    }
                }
                (next, count) = (next + 1, count + 1);
            }
        }
        if sheets == 0 {
            self.begin(&mut book, 0, &columns, &bold)?;
        }
        self.say(&mut book, count, &bold)?;
        let mut file = tempfile::tempfile()?;
        book.save_to_writer(&mut file)?;
        file.rewind()?;
        Ok(file)
    }

    fn begin(
        &self,
        book: &mut Workbook,
        sheets: usize,
        columns: &[String],
        bold: &Format,
    ) -> Result<(), XlsxError> {
        let sheet = book.add_worksheet_with_constant_memory()?;
        let name = if sheets == 0 {
            self.report.rows.to_owned()
        } else {
            format!("{} {}", self.report.rows, sheets + 1)
        };
        sheet.set_name(name)?;
        sheet.set_freeze_panes(1, 0)?;
        for (place, column) in (0_u16..).zip(columns) {
            sheet.set_column_width(place, 22)?;
            sheet.write_string_with_format(0, place, column, bold)?;
        }
        Ok(())
    }

    /// The last sheet: the question, how many rows there are, what they and their columns mean.
    fn say(&self, book: &mut Workbook, count: u64, bold: &Format) -> Result<(), XlsxError> {
        let sheet = book.add_worksheet_with_constant_memory()?;
        sheet.set_name("about")?;
        sheet.set_column_width(0, 22)?;
        sheet.set_column_width(1, 100)?;
        let mut about = self.about().map_err(|error| XlsxError::CustomError(error.to_string()))?;
        about.push(("count".to_owned(), count.to_string()));
        about.push(("meaning".to_owned(), self.report.meaning.to_owned()));
        let meanings = self.report.columns.iter().map(|c| (c.name.to_owned(), c.meaning.to_owned()));
        for (row, (name, value)) in (0_u32..).zip(about.into_iter().chain(meanings)) {
            sheet.write_string_with_format(row, 0, name, bold)?;
            sheet.write_string(row, 1, cut(&value))?;
        }
        Ok(())
    }
}

fn put(sheet: &mut Worksheet, row: u32, place: u16, cell: &Cell, percent: &Format) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        Cell::Number(n) | Cell::Seconds(n) => _ = sheet.write_number(row, place, *n as f64)?,
        Cell::Event(seq) => _ = sheet.write_number(row, place, *seq as f64)?,
        Cell::Share(share) => {
            sheet.write_number_with_format(row, place, f64::from(*share) / 10_000.0, percent)?;
        }
        Cell::Flag(flag) => _ = sheet.write_boolean(row, place, *flag)?,
        // A spreadsheet's own instants have no microseconds; text sorts as well.
        Cell::Person(_) | Cell::Text(_) | Cell::Instant(_) => {
            let text = plain(cell);
            if !text.is_empty() {
                sheet.write_string(row, place, cut(&text))?;
            }
        }
    }
    Ok(())
}

fn cut(text: &str) -> &str {
    text.char_indices().nth(CELL).map_or(text, |(end, _)| &text[..end])
}
