//! On whose behalf something happens: travels beside a command and ends as an event's metadata.

use twofold_domain::ids::{ClientId, EventId, SessionId, TokenId, UserId};

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// Nobody who is signed in: a sign-in under way, a link being redeemed.
    Anonymous,
    /// The installation's operator, at the command line.
    Operator,
    /// A process manager of this server, by name.
    System(&'static str),
    /// A person: signed in, or by one of their API tokens.
    User(UserId),
    /// A program, in its own name.
    Client(ClientId),
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Anonymous => f.write_str("anonymous"),
            Self::Operator => f.write_str("operator"),
            Self::System(name) => write!(f, "system:{name}"),
            Self::User(user) => write!(f, "{user}"),
            Self::Client(client) => write!(f, "{client}"),
        }
    }
}

/// Where a request came from, in clear; sealed before it is recorded.
#[derive(Clone, Default)]
pub struct ClientOrigin {
    /// The network address.
    pub ip: Option<String>,
    /// The browser or app.
    pub user_agent: Option<String>,
}

/// What is known of a request before any act runs.
#[derive(Clone)]
pub struct Context {
    /// Ties together everything that one request caused; shown to the caller as `request_id`.
    pub correlation: String,
    /// The event that made a process manager act.
    pub causation: Option<EventId>,
    /// Who acts. An act that authenticates a session replaces it.
    pub actor: Actor,
    /// The session behind the act, once it is authenticated.
    pub session: Option<SessionId>,
    /// The API token behind the act, once it is authenticated.
    pub token: Option<TokenId>,
    /// Where the request came from.
    pub origin: ClientOrigin,
}

impl Context {
    /// A context without a person or a place.
    pub fn of(actor: Actor, correlation: impl Into<String>) -> Self {
        Self {
            correlation: correlation.into(),
            causation: None,
            actor,
            session: None,
            token: None,
            origin: ClientOrigin::default(),
        }
    }
}
