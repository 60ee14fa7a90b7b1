//! What the events of a reader mean: what somebody was shown.

use super::super::scene::Scene;
use super::{Meaning, Takes};
use crate::permission::Act;
use crate::policy::Role;
use crate::reading::{
    Reader, ReadingEvent,
    Withdrawal::{Cancelled, LostRight, NameErased},
};

pub(super) fn of(event: &ReadingEvent, scene: &Scene) -> Meaning {
    let (reader, act, at) = match event {
        ReadingEvent::DataRead { reader, question, at, .. } => {
            let role = question.subject.map_or(Role::EndUser, |user| scene.role(user));
            (*reader, question.matter.act(role), *at)
        }
        ReadingEvent::DataExported { reader, at, .. } => (*reader, Act::Export, *at),
        ReadingEvent::ReportOrdered { reader, at, .. } => {
            return Meaning::taking(reader.user(), Takes::Own(Act::PrepareReport)).at(*at);
        }
        ReadingEvent::ReportPrepared { reader, at, .. }
        | ReadingEvent::ReportGivenUp { reader, at, .. }
        | ReadingEvent::ReportWithdrawn { reader, why: LostRight | NameErased, at, .. } => {
            return Meaning::taking(reader.user(), Takes::System("report_files")).at(*at);
        }
        ReadingEvent::ReportWithdrawn { reader, why: Cancelled, at, .. } => {
            return Meaning::taking(reader.user(), Takes::Own(Act::EndOwn)).at(*at);
        }
    };
    let takes = match reader {
        Reader::User(_) | Reader::Client(_) => Takes::Staff(act),
        Reader::PasswordOf(_) => Takes::Door,
        Reader::Operator => Takes::Operator,
    };
    Meaning::taking(reader.user(), takes).at(at)
}
