//! What `/readyz` looks at.

use futures::future::BoxFuture;
use twofold_domain::ids::AccountId;

use crate::app::App;
use crate::health::{Check, Finding};

/// The database answers.
pub struct Database(pub App);

impl Check for Database {
    fn name(&self) -> &'static str {
        "database"
    }

    fn check(&self) -> BoxFuture<'_, Finding> {
        Box::pin(async {
            match self.0.store().counter(AccountId::INSTALLATION).await {
                Ok(_) => Finding::well(),
                Err(error) => Finding::failed("away", error),
            }
        })
    }
}

/// The read models keep up. Parked accounts do not take the server down; they are an alarm of their own.
pub struct ReadModels(pub App);

/// A projector that is further behind than this does not serve its readers well.
const LAG: u64 = 10_000;

impl Check for ReadModels {
    fn name(&self) -> &'static str {
        "projections"
    }

    fn check(&self) -> BoxFuture<'_, Finding> {
        Box::pin(async {
            let listed = match self.0.projector.list().await {
                Ok(listed) => listed,
                Err(error) => return Finding::failed("away", error),
            };
            let lag = listed.iter().map(|projection| projection.lag).max().unwrap_or_default();
            let parked: usize = listed.iter().map(|projection| projection.parked.len()).sum();
            let words = format!("lag {lag} events, {parked} accounts parked");
            if lag > LAG {
                Finding::failed("behind", &words).with(words)
            } else {
                Finding::well().with(words)
            }
        })
    }
}
