//! Who looks at whose data, and takes them away.

use twofold_domain::reading::{FileForm, Matter, Question, Reader, ReadingEvent};

use super::{Generator, Says};

impl Generator {
    /// Somebody, or the operator, is shown something about somebody, or everybody.
    pub(super) fn read(&mut self, tenant: usize, who: usize) -> Vec<Says> {
        let (at, about) = (self.now, self.below(self.tenants[tenant].people.len()));
        let human = |n: usize| self.tenants[tenant].people[n].id;
        let (me, subject) = (human(who), human(about));
        let reader = if self.chance(10) { Reader::Operator } else { Reader::User(me) };
        let question = match self.below(4) {
            0 => Question::of(Matter::People),
            1 => Question::of(Matter::Person).about(subject),
            2 => {
                Question::of(Matter::Events).between(None, Some(at)).narrowed("type", Some("TwoFactorReset"))
            }
            _ => Question::of(Matter::Report("mfa-status".to_owned())).as_of(Some(at)),
        };
        let words = if self.chance(10) { Some(self.sealed()) } else { None };
        let event = if self.chance(25) {
            ReadingEvent::DataExported { reader, question, words, form: FileForm::Csv, at }
        } else {
            ReadingEvent::DataRead { reader, question, words, at }
        };
        vec![Says::Reading(reader, event)]
    }
}
