//! What somebody read, in words.

use twofold_domain::reading::{FileForm, Matter, Question, ReadingEvent, SAMPLE};

use super::{Told, value};
use crate::pages::frame::{Frame, When};

pub(super) fn tell(f: &Frame, event: &ReadingEvent) -> Told {
    Told::lines(match event {
        ReadingEvent::DataRead { question, .. } => lines(f, question),
        ReadingEvent::DataExported { question, form, .. } => {
            let mut lines = lines(f, question);
            lines.push(self::form(*form).to_owned());
            lines
        }
        ReadingEvent::ReportOrdered { order, .. } => {
            let mut lines = lines(f, &order.question);
            lines.push(f.v("told-as-of", When::from(order.instant).plain));
            lines.push(self::form(order.form).to_owned());
            lines
        }
        ReadingEvent::ReportPrepared { file, .. } => vec![
            f.n("told-file-rows", file.rows),
            f.n("told-file-bytes", file.bytes),
            f.v("told-until", When::from(file.until).plain),
        ],
        ReadingEvent::ReportGivenUp { why, .. } => vec![value(f, (*why).into())],
        ReadingEvent::ReportWithdrawn { why, .. } => vec![value(f, (*why).into())],
    })
}

fn lines(f: &Frame, question: &Question) -> Vec<String> {
    let Question { matter, as_of, from, to, narrowed, search, and_more, subject: _ } = question;
    let mut lines = vec![self::matter(f, matter)];
    lines.extend(as_of.map(|at| f.v("told-as-of", When::from(at).plain)));
    if from.is_some() || to.is_some() {
        let plain = |at: Option<_>| at.map_or_else(|| "…".to_owned(), |at| When::from(at).plain);
        lines.push(format!("{} – {}", plain(*from), plain(*to)));
    }
    lines.extend(narrowed.iter().map(|(parameter, value)| format!("{parameter}: {value}")));
    // A nonce is no word that was searched for, and the seed says which it was.
    let searched = search.as_ref().filter(|_| matter.report() != Some(SAMPLE));
    lines.extend(searched.map(|_| f.s("told-searched")));
    lines.extend(and_more.then(|| f.s("told-and-more")));
    lines
}

fn matter(f: &Frame, matter: &Matter) -> String {
    match matter {
        Matter::Report(name) | Matter::EventReport(name) => f.v("told-report", name.clone()),
        matter => value(f, matter.into()),
    }
}

const fn form(form: FileForm) -> &'static str {
    match form {
        FileForm::Json => "JSON",
        FileForm::Jsonl => "JSON Lines",
        FileForm::Csv => "CSV",
        FileForm::Xlsx => "XLSX",
        FileForm::Ocsf => "OCSF",
    }
}

#[cfg(test)]
mod tests {
    use strum::VariantNames as _;

    use super::*;
    use crate::pages::Language;

    #[test]
    fn everything_that_is_read_has_words_in_every_language() {
        for language in Language::ALL {
            for name in Matter::VARIANTS.iter().filter(|name| !name.ends_with("report")) {
                let key = format!("value-{}", name.replace('_', "-"));
                assert_ne!(language.say(&key), key, "{}", language.tag());
            }
        }
    }
}
