//! Tokens as answers show them, and as requests wish for them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use twofold_domain::access::TOKEN_DAYS;
use twofold_domain::account::TokenScope;
use twofold_domain::ids::TokenId;
use twofold_infra::acts::{IssuedToken, TokenWish};
use utoipa::ToSchema;

use crate::routes::change::Repeatably;
use crate::routes::show::{Instant, Secret};

/// What a new token is to be.
pub(super) fn wish(scopes: BTreeSet<TokenScope>, days: Option<u32>) -> TokenWish {
    TokenWish { scopes, days: days.unwrap_or(TOKEN_DAYS.1) }
}

/// A token to issue to a program.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewClientToken {
    /// What it may be used for: `read_account`, `read_people`, `read_status`, `read_audit`, `export`,
    /// `manage_end_users`, `assert_sign_in`, `assert_trust`.
    #[schema(value_type = Vec<String>, example = json!(["assert_sign_in"]))]
    pub(super) scopes: BTreeSet<TokenScope>,
    /// How many days it lasts; 90 if not said.
    #[schema(minimum = 1, maximum = 365, example = 90)]
    pub(super) days: Option<u32>,
}

/// A token that was issued. Its secret is shown this once.
#[derive(Serialize, ToSchema)]
pub(super) struct Issued {
    /// The token.
    #[schema(value_type = String, example = "tok_01kabcdefghjkmnpqrstvwxyz0")]
    pub(super) id: TokenId,
    /// Send it as `Authorization: Bearer`. Absent where the request was a repeat.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<Secret>,
    /// Whether it was shown before.
    already_shown: bool,
    /// When it ends.
    expires_at: Instant,
}

impl From<&IssuedToken> for Issued {
    fn from(issued: &IssuedToken) -> Self {
        Self {
            id: issued.token,
            token: Some(issued.secret.clone().into()),
            already_shown: false,
            expires_at: issued.expires_at.into(),
        }
    }
}

impl Repeatably for Issued {
    fn repeated(self) -> Self {
        Self { token: None, already_shown: true, ..self }
    }
}
