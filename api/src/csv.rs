//! CSV that a spreadsheet only reads, never runs (RFC 4180; OWASP ASVS 5.0, V 1.2.10).
//!
//! Text that a spreadsheet would take for a formula gets a leading `'`. Every cell is quoted, so that no
//! separator or line break inside a text can start a cell of its own. Numbers of ours are written as they
//! are: a negative number is not a formula.

use std::fmt::Write as _;

use twofold_domain::ids::UserId;
use twofold_domain::time::Timestamp;

/// One cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// Words that somebody may have typed.
    Text(&'a str),
    /// A person's id.
    Person(UserId),
    /// An instant.
    Instant(Timestamp),
    /// A number that we computed.
    Number(i64),
    /// A decimal number that we computed, in digits.
    Decimal(&'a str),
    /// Nothing known.
    Empty,
}

/// The characters that make a spreadsheet compute, at the start of a cell: ASCII and full-width.
const FORMULA: [char; 12] = ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠'];

/// One row on its way into a text, cell by cell.
#[must_use = "a row ends with its line end"]
pub struct Line<'a> {
    out: &'a mut String,
    first: bool,
}

impl<'a> Line<'a> {
    /// Begins a row behind what is there.
    pub const fn on(out: &'a mut String) -> Self {
        Self { out, first: true }
    }

    /// Appends a cell.
    pub fn cell(&mut self, cell: Cell<'_>) {
        let out = &mut *self.out;
        if !std::mem::take(&mut self.first) {
            out.push(',');
        }
        match cell {
            Cell::Empty => {}
            Cell::Number(number) => {
                let _ = write!(out, "{number}");
            }
            // Neither begins like a formula, nor holds a quote.
            Cell::Person(user) => {
                let _ = write!(out, "\"{user}\"");
            }
            Cell::Instant(at) => {
                let _ = write!(out, "\"{at}\"");
            }
            Cell::Decimal(digits) => out.push_str(digits),
            Cell::Text(text) => {
                out.push('"');
                // Spreadsheets skip leading blanks before they look for a formula.
                if text.trim_start_matches(' ').starts_with(FORMULA) {
                    out.push('\'');
                }
                if text.bytes().any(|byte| matches!(byte, b'"' | b'\0')) {
                    out.push_str(&text.replace('"', "\"\"").replace('\0', ""));
                } else {
                    out.push_str(text);
                }
                out.push('"');
            }
        }
    }

    /// Ends the row.
    pub fn end(self) {
        self.out.push_str("\r\n");
    }
}

/// Appends one row, with its line end.
pub fn write_row<'a>(out: &mut String, cells: impl IntoIterator<Item = Cell<'a>>) {
    let mut line = Line::on(out);
    for cell in cells {
        line.cell(cell);
    }
    line.end();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_a_formula() {
        let cases = [
            ("Ada", "\"Ada\""),
            ("=1+1", "\"'=1+1\""),
            (" =1+1", "\"' =1+1\""),
            ("+49", "\"'+49\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("＝1", "\"'＝1\""),
            ("a=b", "\"a=b\""),
            ("say \"hi\",\r\n=2", "\"say \"\"hi\"\",\r\n=2\""),
            ("", "\"\""),
        ];
        for (text, expected) in cases {
            let mut out = String::new();
            write_row(&mut out, [Cell::Text(text)]);
            assert_eq!(out, format!("{expected}\r\n"), "{text:?}");
        }
    }

    #[test]
    fn numbers_stay_numbers() {
        let mut out = String::new();
        write_row(&mut out, [Cell::Number(-3), Cell::Empty, Cell::Text("x")]);
        assert_eq!(out, "-3,,\"x\"\r\n");
    }
}
