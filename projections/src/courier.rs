//! The process manager of messages: takes what is due, hands it to the way out, records what became of it.
//!
//! A message is taken for a while, so several servers can run beside each other; where the database is
//! PostgreSQL they pass over what another one takes. Whoever is killed between handing a message over and
//! recording that leaves it taken until its lease ends; then it is handed over once more **under the same
//! id**, by which the receiver can tell. Its outcome is recorded once: the append that records it deletes the
//! row, and finds it only if nobody took it since.
//!
//! Each way has a queue of its own, so that a provider that does not answer keeps nobody's mail waiting.

use std::time::Duration;

use futures::StreamExt as _;
use futures::future::join;
use tokio::time::{Instant, sleep};
use twofold_domain::delivery::{BudgetOf, Channel, Ended, Next, Undelivered, after_failure, day_of};
use twofold_domain::ids::UserId;
use twofold_domain::time::{Span, Timestamp};
use twofold_infra::acts::{ActError, RecordDelivery};
use twofold_infra::context::{Actor, Context};
use twofold_infra::delivery::{Carried, Carriers, budgets_of};
use twofold_infra::desk::Desk;
use twofold_infra::mail::Message;
use twofold_infra::store::DueMessage;

/// Who the log says did it.
const NAME: &str = "courier";
/// Messages of one way taken at once, and handed over at once: however slow each is, all of them end well
/// within the lease.
const AT_ONCE: u32 = 16;
/// How long a taken message is nobody else's. Longer than one try, a count, and an append together.
pub const LEASE: Span = Span::minutes(2);
/// Between looks at what is due.
const LOOK: Duration = Duration::from_millis(250);
/// Between looks at how much waits.
const MEASURE: Duration = Duration::from_secs(5);

/// Sends messages.
#[derive(Clone)]
pub struct Courier {
    desk: Desk,
    carriers: Carriers,
}

impl Courier {
    /// A courier on this desk with these ways out.
    pub const fn new(desk: Desk, carriers: Carriers) -> Self {
        Self { desk, carriers }
    }

    /// Runs until `stop` is ready; what was taken is handed over and recorded first.
    pub async fn run(&self, stop: impl Future<Output = ()> + Send) {
        let mut stop = std::pin::pin!(stop);
        let mut measured: Option<Instant> = None;
        let mut purged = None;
        loop {
            self.round().await;
            if measured.is_none_or(|last| last.elapsed() >= MEASURE) {
                self.measure().await;
                measured = Some(Instant::now());
            }
            let today = day_of(self.now());
            if purged != Some(today) {
                // Yesterday's counts may still be another server's today.
                match self.desk.store().purge_counts(today - 1).await {
                    Ok(()) => purged = Some(today),
                    Err(error) => tracing::warn!(%error, "old counts of messages stay"),
                }
            }
            tokio::select! {
                () = &mut stop => return,
                () = sleep(LOOK) => {}
            }
        }
    }

    /// Hands over everything that is due now. How many messages were taken.
    pub async fn round(&self) -> usize {
        let (mails, texts) = join(self.empty(Channel::Mail), self.empty(Channel::Sms)).await;
        mails + texts
    }

    fn now(&self) -> Timestamp {
        self.desk.clock().now()
    }

    /// Takes what is due by one way until nothing is.
    async fn empty(&self, channel: Channel) -> usize {
        let mut taken = 0;
        loop {
            match self.take(channel).await {
                Ok(due) if due.is_empty() => return taken,
                Ok(due) => {
                    taken += due.len();
                    let each = |message| self.deliver(message);
                    futures::stream::iter(due).for_each_concurrent(AT_ONCE as usize, each).await;
                }
                Err(error) => {
                    tracing::warn!(%error, "messages that are due cannot be seen");
                    return taken;
                }
            }
        }
    }

    async fn take(&self, channel: Channel) -> Result<Vec<DueMessage>, ActError> {
        let (store, now) = (self.desk.store(), self.now());
        if !store.any_due(channel, now).await? {
            return Ok(vec![]);
        }
        Ok(store.take_messages(channel, now, LEASE, AT_ONCE).await?)
    }

    /// One message: what becomes of it now, or when it is tried again.
    async fn deliver(&self, due: DueMessage) {
        let (id, channel) = (due.id, due.channel);
        let settled = match self.hand_over(&due).await {
            Ok(Next::Again(at)) => {
                count("twofold_message_tries_put_off_total", channel);
                self.desk.store().delay_message(id, due.attempts, at).await.map_err(ActError::from)
            }
            Ok(Next::Over(ended)) => self.record(due, ended).await,
            Err(error) => Err(error),
        };
        if let Err(error) = settled {
            // It stays taken, and is handed over again under its own id when the lease ends.
            tracing::error!(%id, %error, "what became of a message is not recorded");
        }
    }

    async fn hand_over(&self, due: &DueMessage) -> Result<Next<Ended>, ActError> {
        let failed = |why, reply| Ok(Next::Over(Ended::Failed { why, reply }));
        let now = self.now();
        if now >= due.expires_at {
            return failed(Undelivered::Expired, None);
        }
        let Some(carrier) = self.carriers.of(due.channel) else {
            return failed(Undelivered::NoTransport, None);
        };
        let message = match self.desk.vault().open_message(due.account, due.id, &due.sealed).await {
            Ok(message) => message,
            Err(ActError::Store(error)) => return Err(error.into()),
            Err(_) => return failed(Undelivered::Unreadable, None),
        };
        // It counts once, however often it is tried.
        if due.attempts <= 1
            && let Some(whose) = self.spent(due, &message).await?
        {
            return failed(whose.spent(), None);
        }
        match carrier.carry(due.id, &message).await {
            Carried::Taken => Ok(Next::Over(Ended::Sent)),
            Carried::Refused { why, reply } => failed(why, reply),
            Carried::PutOff { reply } => Ok(self.again(due).map(|why| Ended::Failed { why, reply })),
            Carried::NotSecure => {
                let (why, reply) = (Undelivered::NotSecure, None);
                Ok(self.again(due).map(|_| Ended::Failed { why, reply }))
            }
        }
    }

    /// When a message is tried again that was not taken, if it is.
    fn again(&self, due: &DueMessage) -> Next {
        let jitter = u16::from_le_bytes(self.desk.mint().bytes()) % 1_000;
        let attempts = u16::try_from(due.attempts).unwrap_or(u16::MAX);
        after_failure(due.purpose, attempts, jitter, due.expires_at, self.now())
    }

    /// Whose budget of the day is spent, if any is; otherwise the message is counted.
    async fn spent(&self, due: &DueMessage, message: &Message) -> Result<Option<BudgetOf>, ActError> {
        if !due.purpose.counts() {
            return Ok(None);
        }
        let budgets = budgets_of(message, due.subject.map(UserId::from_uuid));
        let allowance = self.carriers.allowance(due.channel);
        let most: Vec<_> = budgets.iter().map(|(whose, name)| (name.clone(), allowance.of(*whose))).collect();
        let day = day_of(self.now());
        let spent = self.desk.store().count_message(due.account, day, due.channel, &most).await?;
        Ok(spent.and_then(|index| budgets.get(index)).map(|(whose, _)| *whose))
    }

    async fn record(&self, due: DueMessage, ended: Ended) -> Result<(), ActError> {
        let context = Context::of(Actor::System(NAME), due.id.to_string());
        let act = RecordDelivery { message: due.id, fence: due.attempts, ended };
        if self.desk.perform(due.account, context, act).await?.reply {
            let outcome = match ended {
                Ended::Sent => "sent",
                Ended::Failed { why, .. } => why.name(),
            };
            let channel = due.channel.name();
            metrics::counter!("twofold_messages_total", "channel" => channel, "outcome" => outcome)
                .increment(1);
            let seconds = seconds(self.now().since(due.queued_at));
            metrics::histogram!("twofold_message_seconds", "channel" => channel).record(seconds);
        }
        Ok(())
    }

    /// How much waits, and for how long.
    async fn measure(&self) {
        let backlog = match self.desk.store().backlog(None).await {
            Ok(backlog) => backlog,
            Err(error) => {
                tracing::warn!(%error, "what waits to be sent cannot be seen");
                return;
            }
        };
        for channel in [Channel::Mail, Channel::Sms] {
            let of = backlog.iter().find(|of| of.channel == channel);
            let waiting = of.map_or(0, |of| of.waiting);
            let oldest = of.map_or(0.0, |of| seconds(self.now().since(of.oldest)));
            metrics::gauge!("twofold_messages_waiting", "channel" => channel.name()).set(waiting as f64);
            metrics::gauge!("twofold_messages_oldest_seconds", "channel" => channel.name()).set(oldest);
        }
    }
}

fn count(name: &'static str, channel: Channel) {
    metrics::counter!(name, "channel" => channel.name()).increment(1);
}

fn seconds(span: Span) -> f64 {
    span.micros() as f64 / 1e6
}
