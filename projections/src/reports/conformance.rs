//! `conformance`: where an account meets a profile, rule by rule, and where it misses it.

use futures::{StreamExt as _, stream};
use twofold_domain::permission::Act;
use twofold_domain::policy::{Audience, Bound, Finding, Profile};
use twofold_infra::store::StoreError;

use super::ask::{Parameter, Takes};
use super::cell::{Cell, Kind, Row, column};
use super::{Asked, Pages, Report, history};
use crate::status;

const PROFILE: Parameter = Parameter {
    name: "profile",
    takes: Takes::Word { of: &["nist-aal2", "pci-dss-4", "seed"] },
    default: None,
    required: false,
    meaning: "Which profile; the account's own where it is left out, and all of them where it has chosen none.",
};

/// The report.
pub const REPORT: Report = Report {
    name: "conformance",
    meaning: "Conformance: for each rule of a profile (a named set of bounds, each with its source) and each audience, \
              what the policy in force at that instant says, what the rule wants, and whether it is met. A \
              comparison of settings, no certificate: what people do under them is in the other reports.",
    definition: 2,
    reads: Act::ReadStatus,
    from: &[status::NAME],
    rows: "rules",
    parameters: &[PROFILE],
    columns: &[
        column("profile", Kind::Word, "Which profile."),
        column("chosen", Kind::Flag, "Whether the account held itself to it then."),
        column("rule", Kind::Word, "A stable word for the rule."),
        column("audience", Kind::Word, "Whose policy: `team` or `end_users`."),
        column("meets", Kind::Flag, "Whether it is met."),
        column(
            "value",
            Kind::Number,
            "What the policy says; 1 is yes and 0 no where the bound is one of these.",
        ),
        column("bound", Kind::Word, "`at_most`, `at_least`, `is`."),
        column("wanted", Kind::Number, "The bound's figure; 1 is yes and 0 no."),
        column("source", Kind::Text, "Where the rule is written."),
    ],
    pages,
};

fn pages(asked: Asked) -> Pages {
    stream::once(found(asked)).boxed()
}

async fn found(asked: Asked) -> Result<Vec<Row>, StoreError> {
    let Some(posture) = history::postures(&asked).await?.pop().map(|version| version.row) else {
        return Ok(vec![]);
    };
    let own: Option<Profile> = posture.profile.as_deref().and_then(|name| name.parse().ok());
    let wanted = asked.arguments.text(PROFILE.name).and_then(|name| name.parse().ok()).or(own);
    let policy = |audience| posture.demand(audience).policy(asked.as_of.instant);
    let profiles = Profile::all().filter(|profile| wanted.is_none_or(|wanted| wanted == *profile));
    let rows = profiles.flat_map(|profile| {
        let findings = profile.findings(policy, posture.switch, asked.as_of.instant).into_iter();
        findings.map(move |finding| row(profile, own == Some(profile), finding))
    });
    Ok(rows.collect())
}

fn row(profile: Profile, chosen: bool, finding: Finding) -> Row {
    let (bound, wanted) = match finding.bound {
        Bound::AtMost(most) => ("at_most", most),
        Bound::AtLeast(least) => ("at_least", least),
        Bound::Is(wanted) => ("is", wanted.into()),
    };
    let audience = match finding.audience {
        Audience::Team => "team",
        Audience::EndUsers => "end_users",
    };
    vec![
        Cell::word(profile.name()),
        chosen.into(),
        Cell::word(finding.rule),
        Cell::word(audience),
        finding.meets.into(),
        Cell::count(finding.value),
        Cell::word(bound),
        Cell::count(wanted),
        Cell::word(finding.source),
    ]
}
