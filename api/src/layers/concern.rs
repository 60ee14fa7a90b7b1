//! Which account an answer is about: one of a sandbox says so, so that none is taken for one about a real
//! account, and what people read in it follows the account's settings.

use std::cell::RefCell;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use twofold_domain::account::{Account, ClockKind};
use twofold_infra::zone::Zone;

tokio::task_local! {
    static CONCERNED: RefCell<Option<Arc<Account>>>;
}

/// The header of every answer about a sandbox: `true`.
const HEADER: HeaderName = HeaderName::from_static("twofold-sandbox");

/// The answer of the request that is being served is about this account.
pub(crate) fn about(account: Arc<Account>) {
    // Outside of any request there is no answer.
    let _ = CONCERNED.try_with(|concerned| concerned.replace(Some(account)));
}

/// The account that the answer is about, as far as it is known by now.
pub(crate) fn account() -> Option<Arc<Account>> {
    CONCERNED.try_with(|concerned| concerned.borrow().clone()).ok().flatten()
}

/// In which people read times in the answer: the account's zone, or UTC where it is about none.
pub(crate) fn zone() -> Zone {
    account().map_or(Zone::UTC, |account| Zone::of(account.settings.time_zone.as_deref()))
}

pub(super) async fn announce(request: Request, next: Next) -> Response {
    let served = async {
        let mut response = next.run(request).await;
        if account().is_some_and(|account| account.clock() == ClockKind::Sandbox) {
            response.headers_mut().insert(HEADER, HeaderValue::from_static("true"));
        }
        response
    };
    CONCERNED.scope(RefCell::new(None), served).await
}
