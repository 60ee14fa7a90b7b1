//! JSON: the question, the rows, how many there are, and what they were made from.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use futures::StreamExt as _;
use serde::Serialize;
use twofold_domain::ids::UserId;
use twofold_infra::acts::ActError;
use twofold_infra::desk::Desk;
use twofold_projections::reports::{Cell, Pages, Row};

use super::{Names, Out, Written, bug, decimal, send};

/// People whose ids are remembered for the annex. An annex of more people than these names everybody whom the
/// account ever had.
const REMEMBERED: usize = 100_000;
/// People per piece of the annex.
const PEOPLE: usize = 500;

impl Written {
    pub(super) async fn json(
        &self,
        desk: &Desk,
        mut pages: Pages,
        out: &Out,
    ) -> Result<(), Option<ActError>> {
        let mut text = to_json(&self.head())?;
        text.truncate(text.len() - 1);
        let _ = write!(text, ",\"{}\":[", self.report.rows);
        let people: Vec<usize> = self.report.people_columns().map(|(place, _)| place).collect();
        let mut named = Some(BTreeSet::new()).filter(|_| self.with_names);
        let (mut between, mut count) = ("\n", 0_u64);
        while let Some(page) = pages.next().await {
            for row in page.map_err(ActError::from)? {
                text.push_str(between);
                self.object(&mut text, &row)?;
                (between, count) = (",\n", count + 1);
                if let Some(named) = &mut named
                    && named.len() <= REMEMBERED
                {
                    named.extend(people.iter().filter_map(|place| row[*place].person()));
                }
            }
            send(out, std::mem::take(&mut text)).await?;
        }
        let _ = write!(text, "\n],\"count\":{count},\"projections\":{}", to_json(&self.report.built_from())?);
        if let Some(named) = named {
            self.annex(desk, named, out, &mut text).await?;
        }
        text.push_str("}\n");
        Ok(send(out, text).await?)
    }

    fn object(&self, text: &mut String, row: &Row) -> Result<(), ActError> {
        let mut before = '{';
        for (column, cell) in self.report.columns.iter().zip(row) {
            let _ = write!(text, "{before}\"{}\":", column.name);
            before = ',';
            let _ = match cell {
                Cell::Empty => write!(text, "null"),
                Cell::Person(user) => write!(text, "\"{user}\""),
                Cell::Text(words) => write!(text, "{}", to_json(words)?),
                Cell::Number(n) | Cell::Seconds(n) => write!(text, "{n}"),
                Cell::Share(share) => write!(text, "{}", decimal(*share)),
                Cell::Flag(flag) => write!(text, "{flag}"),
                Cell::Instant(at) => write!(text, "\"{at}\""),
                Cell::Event(seq) => write!(text, "{seq}"),
            };
        }
        text.push('}');
        Ok(())
    }

    /// The names of the people in the rows, an object by ids.
    async fn annex(
        &self,
        desk: &Desk,
        people: BTreeSet<UserId>,
        out: &Out,
        text: &mut String,
    ) -> Result<(), Option<ActError>> {
        text.push_str(",\"names\":{");
        let mut between = "\n";
        let names = Names { desk, account: self.asked.account };
        let everybody = people.len() > REMEMBERED;
        let people: Vec<UserId> = people.into_iter().collect();
        let (mut chunks, mut after) = (people.chunks(PEOPLE), None);
        loop {
            let called = if everybody {
                names.behind(after, PEOPLE).await?
            } else {
                let Some(chunk) = chunks.next() else { break };
                names.of(chunk).await?
            };
            let Some((last, _)) = called.last_key_value() else {
                if everybody {
                    break;
                }
                continue;
            };
            after = Some(*last);
            for (user, name) in called {
                let _ = write!(text, "{between}\"{user}\":{}", to_json(&name)?);
                between = ",\n";
            }
            send(out, std::mem::take(text)).await?;
        }
        text.push_str("\n}");
        Ok(())
    }
}

fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<String, ActError> {
    serde_json::to_string(value).map_err(bug)
}
