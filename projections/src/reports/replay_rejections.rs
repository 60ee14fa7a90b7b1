//! `replay-rejections`: what was shown a second time.

use twofold_domain::device::{DeviceEvent, DistrustCause, EndCause};
use twofold_domain::ids::DeviceId;
use twofold_domain::permission::Act;
use twofold_domain::user::{Refusal, UserEvent};

use super::ask::FROM;
use super::cell::{Cell, Kind, Row, column};
use super::events::row_each;
use super::{Asked, Pages, Report};
use crate::audit;
use crate::fact::{Event, Fact};

/// The report.
pub const REPORT: Report = Report {
    name: "replay-rejections",
    meaning: "Replays: every code that was shown although it was used before, every key whose counter went back, and \
              every device whose token was shown again after it was renewed, with the sessions that ended by it, in \
              the order of the log. Each was refused; none let anybody in.",
    definition: 2,
    reads: Act::ReadAudit,
    from: &[audit::NAME],
    rows: "replays",
    parameters: &[FROM],
    columns: &[
        column("at", Kind::Instant, "When it was recorded."),
        column("event", Kind::Event, "By which event."),
        column(
            "what",
            Kind::Word,
            "What was shown: `otp`, `recovery_code`, `mailed_code`, `device_token`, and so on.",
        ),
        column("why", Kind::Word, "`replayed`, or `counter_back`."),
        column("user", Kind::Person, "Whose it was."),
        column("device", Kind::Id, "On which device, where it was its token."),
        column("session", Kind::Id, "The session that ended by it."),
    ],
    pages,
};

const NAMES: &[&str] = &["ProofRejected", "MailedCodeRejected", "DeviceDistrusted", "SessionEnded"];

#[expect(clippy::needless_pass_by_value, reason = "the shape of every report's rows")]
fn pages(asked: Asked) -> Pages {
    row_each(&asked, NAMES, row)
}

/// Whether a refusal is one of a replay.
const fn again(refusal: Refusal) -> bool {
    matches!(refusal, Refusal::Replayed | Refusal::CounterBack)
}

fn row(fact: &Fact) -> Option<Row> {
    let device = |device: &DeviceId| Cell::text(device.to_string());
    let (what, why, device, session) = match &fact.event {
        Event::User(_, UserEvent::ProofRejected { kind, refusal, .. }) if again(*refusal) => {
            (Cell::word(*kind), refusal.name(), Cell::Empty, Cell::Empty)
        }
        Event::User(_, UserEvent::MailedCodeRejected { refusal, .. }) if again(*refusal) => {
            (Cell::word("mailed_code"), refusal.name(), Cell::Empty, Cell::Empty)
        }
        Event::Device(id, DeviceEvent::DeviceDistrusted { cause: DistrustCause::TokenReplayed }) => {
            (Cell::word("device_token"), "replayed", device(id), Cell::Empty)
        }
        Event::Device(id, DeviceEvent::SessionEnded { session, cause: EndCause::TokenReplayed }) => {
            (Cell::word("device_token"), "replayed", device(id), Cell::text(session.to_string()))
        }
        _ => return None,
    };
    let (at, event) = (fact.at.into(), Cell::Event(fact.seq));
    Some(vec![at, event, what, Cell::word(why), fact.subject.into(), device, session])
}
