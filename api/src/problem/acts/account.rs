//! Why an account refuses.

use serde_json::Value;
use twofold_domain::account::{AccountError, ApprovalError, Moved, OperatorError, PolicyError, Unconfirmed};

use super::of_token;
use crate::problem::{Kind, Missing, Problem, kinds};

pub(super) fn of_account(error: &AccountError) -> Problem {
    let says = |kind: Kind| Problem::new(kind).detail(error.to_string());
    let field = |name: &str| {
        Problem::new(kinds::INVALID_FIELDS).field(format!("/{name}"), "invalid_value", error.to_string())
    };
    match error {
        AccountError::AlreadyOpen => says(kinds::ALREADY_OPEN),
        AccountError::Unknown => Problem::missing(Missing::Account),
        AccountError::NoGroup => Problem::missing(Missing::Group),
        AccountError::NoClient => Problem::missing(Missing::Program),
        AccountError::NoClientToken => Problem::missing(Missing::Token),
        AccountError::Closed => says(kinds::ACCOUNT_CLOSED),
        AccountError::GroupNameTaken => {
            Problem::new(kinds::TAKEN).detail(error.to_string()).field("/name", "taken", error.to_string())
        }
        AccountError::GroupInUse => says(kinds::GROUP_IN_USE),
        AccountError::TooManyGroups(_) | AccountError::TooManyClients(_) => says(kinds::TOO_MANY),
        AccountError::BadSlug | AccountError::SandboxSlug => field("slug"),
        AccountError::NotASandbox => says(kinds::NOT_A_SANDBOX),
        AccountError::ClockBackwards | AccountError::ClockTooFar => field("now"),
        AccountError::BadName | AccountError::BadClientName => field("name"),
        AccountError::Settings(error) => field(error.field()),
        AccountError::Policy(out) => Problem::new(kinds::INVALID_FIELDS).field(
            format!("/{}", out.field),
            "out_of_range",
            error.to_string(),
        ),
        AccountError::Approval(error) => of_approval(error),
        AccountError::Operator(error) => of_operator(*error),
        AccountError::AlreadyDisabled => says(kinds::ALREADY_DISABLED),
        AccountError::AlreadyEnabled => says(kinds::ALREADY_ENABLED),
        AccountError::AlreadySuspended => says(kinds::ALREADY_SUSPENDED),
        AccountError::NotSuspended => says(kinds::NOT_SUSPENDED),
        AccountError::ClientNameTaken => {
            says(kinds::TAKEN).field("/name", "taken", "in use by another program")
        }
        AccountError::Token(why) => of_token(*why),
        AccountError::Demand(demand) => of_demand(demand),
        AccountError::Unconfirmed(Unconfirmed::Unseen { effect, people }) => {
            says(kinds::PREVIEW_REQUIRED).member("category", effect.name()).member("people", *people)
        }
        AccountError::Unconfirmed(Unconfirmed::Moved(moved)) => {
            let problem = says(kinds::PREVIEW_OUTDATED);
            match moved {
                Moved::Change => problem.member("category", "change"),
                Moved::Version => problem.member("category", "version"),
                Moved::Age => problem.member("category", "age"),
                Moved::People { effect, most, now } => {
                    problem.member("category", effect.name()).member("at_most", *most).member("people", *now)
                }
            }
        }
        AccountError::FanOutMismatch { .. } | AccountError::NoFanOut(_) => Problem::internal(error),
    }
}

fn of_demand(error: &PolicyError) -> Problem {
    let field = |pointer: &str, code: &str| {
        Problem::new(kinds::INVALID_FIELDS).field(pointer.to_owned(), code.to_owned(), error.to_string())
    };
    match error {
        PolicyError::UnknownGroup(_) => field("/required_of/groups", "unknown_value"),
        PolicyError::RoleOutside(_) => field("/required_of/roles", "invalid_value"),
        PolicyError::CannotBeMet(_) => field("/allowed_kinds", "not_offered"),
        PolicyError::BadBeginning => field("/begins_at", "out_of_range"),
        PolicyError::BadSunset => field("/password_api/until", "out_of_range"),
        PolicyError::BelowFloor { field, floor } => {
            let floor =
                serde_json::to_value(floor).ok().and_then(|mut all| all.get_mut(field).map(Value::take));
            let problem = Problem::new(kinds::BELOW_FLOOR).detail(error.to_string()).member("field", *field);
            problem.member("floor", floor.unwrap_or_default()).member("set_by", "OwnerFloorChanged")
        }
        PolicyError::AlreadyScheduled(schedule) => Problem::new(kinds::ALREADY_SCHEDULED)
            .detail(error.to_string())
            .member("schedule", schedule.to_string()),
        PolicyError::NoSchedule => Problem::missing(Missing::Schedule),
    }
}

fn of_approval(error: &ApprovalError) -> Problem {
    let says = |kind: Kind| Problem::new(kind).detail(error.to_string());
    match error {
        ApprovalError::Over => Problem::missing(Missing::Approval),
        ApprovalError::AlreadyRequested(id) => {
            says(kinds::ALREADY_REQUESTED).member("approval", id.to_string())
        }
        ApprovalError::TooMany(_) => says(kinds::TOO_MANY_APPROVALS),
        ApprovalError::OwnRequest | ApprovalError::OwnMatter | ApprovalError::NotAnOwner => {
            says(kinds::ANOTHER_OWNER_NEEDED)
        }
        ApprovalError::NotYours => says(kinds::NOT_YOURS),
        ApprovalError::NotYet(at) => says(kinds::NOT_DUE).member("matures_at", at.to_string()),
        ApprovalError::Overtaken => says(kinds::OVERTAKEN),
        ApprovalError::NotNeeded => says(kinds::CONFLICT),
    }
}

fn of_operator(error: OperatorError) -> Problem {
    let field = |pointer: &str, code: &'static str| {
        Problem::new(kinds::INVALID_FIELDS).field(pointer.to_owned(), code, error.to_string())
    };
    match error {
        // Said by the command line; no request comes to it.
        OperatorError::NoGrant(_) => Problem::new(kinds::FORBIDDEN).detail(error.to_string()),
        OperatorError::NoScope => field("/scopes", "missing_value"),
        OperatorError::TooLong => field("/hours", "out_of_range"),
        OperatorError::TooMany => Problem::new(kinds::TOO_MANY).detail(error.to_string()),
        OperatorError::Over => Problem::missing(Missing::OperatorGrant),
    }
}
