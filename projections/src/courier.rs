//! The process manager of messages: takes what is due, hands it to the way out, records what became of it.
//!
//! A message is taken for a while, so several servers can run beside each other; where the database is
//! PostgreSQL they pass over what another one takes. Whoever is killed between handing a message over and
//! recording that leaves it taken until its lease ends; then it is handed over once more **under the same
//! id**, by which the receiver can tell. Its outcome is recorded once: the append that records it deletes the
//! row, and finds it only if nobody took it since.
//!
//! Each way has a queue of its own, so that a provider that does not answer keeps nobody's mail waiting; and within
//! it each account, and each recipient, has only so many places (`lanes`).

use std::time::Duration;

use futures::future::join;
use futures::stream::FuturesUnordered;
use futures::{FutureExt as _, StreamExt as _};
use tokio::sync::watch;
use tokio::time::sleep;
use twofold_domain::delivery::{BudgetOf, Channel, Ended, Next, Undelivered, after_failure, day_of};
use twofold_domain::ids::UserId;
use twofold_domain::time::{Span, Timestamp};
use twofold_infra::acts::{ActError, RecordDelivery, RecordSpent};
use twofold_infra::context::{Actor, Context};
use twofold_infra::delivery::{Carried, Carriers, budgets_of, counted_as};
use twofold_infra::desk::Desk;
use twofold_infra::mail::Message;
use twofold_infra::store::{DueMessage, StoreError};

use crate::lanes::{Lanes, Place};

/// Who the log says did it.
const NAME: &str = "courier";
/// Messages of one way that are under way at once, those that wait for a lane included.
const HELD: usize = 1_024;
/// How long a taken message is nobody else's. Longer than one try, a count, and an append together.
pub const LEASE: Span = Span::minutes(2);
/// After so long a message that waits for a place is held anew.
const RENEW: Duration = Duration::from_secs(30);
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
        let (stopping, stopped) = watch::channel(false);
        let until_then = async move {
            stop.await;
            stopping.send_replace(true);
        };
        let ways =
            join(self.serve(Channel::Mail, stopped.clone()), self.serve(Channel::Sms, stopped.clone()));
        join(until_then, join(ways, self.keep_house(stopped))).await;
    }

    /// Sends by one way until it is stopped. What is slow keeps its own place, and nothing else waiting.
    async fn serve(&self, channel: Channel, mut stopped: watch::Receiver<bool>) {
        let (lanes, mut under_way) = (Lanes::default(), FuturesUnordered::new());
        while !*stopped.borrow() {
            self.take(channel, HELD - under_way.len()).await.into_iter().for_each(|due| {
                under_way.push(self.deliver(due, &lanes));
            });
            tokio::select! {
                _ = stopped.wait_for(|stopped| *stopped) => break,
                Some(()) = under_way.next(), if !under_way.is_empty() => {
                    while let Some(Some(())) = under_way.next().now_or_never() {}
                }
                () = sleep(LOOK) => {}
            }
            lanes.sweep();
        }
        while under_way.next().await.is_some() {}
    }

    /// Measures what waits, and forgets yesterday's counts.
    async fn keep_house(&self, mut stopped: watch::Receiver<bool>) {
        let mut purged = None;
        loop {
            self.measure().await;
            let today = day_of(self.now());
            if purged != Some(today) {
                // Yesterday's counts may still be another server's today.
                match self.desk.store().purge_counts(today - 1).await {
                    Ok(()) => purged = Some(today),
                    Err(error) => tracing::warn!(%error, "old counts of messages stay"),
                }
            }
            tokio::select! {
                _ = stopped.wait_for(|stopped| *stopped) => return,
                () = sleep(MEASURE) => {}
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

    /// Takes what is due by one way until nothing is, and nothing is under way.
    async fn empty(&self, channel: Channel) -> usize {
        let (lanes, mut under_way, mut taken) = (Lanes::default(), FuturesUnordered::new(), 0);
        loop {
            for due in self.take(channel, HELD - under_way.len()).await {
                taken += 1;
                under_way.push(self.deliver(due, &lanes));
            }
            if under_way.next().await.is_none() {
                return taken;
            }
        }
    }

    /// What is due by one way, as much as there is room for.
    async fn take(&self, channel: Channel, room: usize) -> Vec<DueMessage> {
        let (store, now) = (self.desk.store(), self.now());
        let due = async {
            if room == 0 || !store.any_due(channel, now).await? {
                return Ok(vec![]);
            }
            store.take_messages(channel, now, LEASE, u32::try_from(room).unwrap_or(u32::MAX)).await
        };
        due.await.unwrap_or_else(|error: StoreError| {
            tracing::warn!(%error, "messages that are due cannot be seen");
            vec![]
        })
    }

    /// One message: what becomes of it now, or when it is tried again.
    async fn deliver(&self, due: DueMessage, lanes: &Lanes) {
        let (id, channel) = (due.id, due.channel);
        let settled = match self.hand_over(&due, lanes).await {
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

    async fn hand_over(&self, due: &DueMessage, lanes: &Lanes) -> Result<Next<Ended>, ActError> {
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
        let _place = self.place(due, &message, lanes).await;
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

    /// Waits until there is a place to hand a message over. Whoever waits long stays the one who took it.
    async fn place(&self, due: &DueMessage, message: &Message, lanes: &Lanes) -> Place {
        let mut place = std::pin::pin!(lanes.place(due.account, &message.to));
        loop {
            tokio::select! {
                place = &mut place => return place,
                () = sleep(RENEW) => {
                    let until = self.now() + LEASE;
                    if let Err(error) = self.desk.store().delay_message(due.id, due.attempts, until).await {
                        tracing::warn!(id = %due.id, %error, "a message that waits for a place is not held");
                    }
                }
            }
        }
    }

    /// Whose budget of the day is spent, if any is; otherwise the message is counted. A budget that it was the last of is
    /// put on record.
    async fn spent(&self, due: &DueMessage, message: &Message) -> Result<Option<BudgetOf>, ActError> {
        let Some(share) = due.purpose.share() else { return Ok(None) };
        let budgets = budgets_of(message, due.subject.map(UserId::from_uuid));
        let allowance = self.carriers.allowance(due.channel);
        let names: Vec<_> =
            budgets.iter().map(|whose| counted_as(*whose, share, due.letter.as_str())).collect();
        let most: Vec<_> = budgets.iter().map(|whose| allowance.of_share(*whose, share)).collect();
        let (store, day) = (self.desk.store(), day_of(self.now()));
        let counted: Vec<_> = names.iter().cloned().zip(most.iter().copied()).collect();
        let over = store.count_message(due.account, day, due.channel, &counted).await?;
        let used = store.counted(due.account, day, due.channel, &names).await?;
        for (whose, (used, most)) in budgets.iter().zip(used.into_iter().zip(most)) {
            if used >= u64::from(most) {
                let spent = RecordSpent { channel: due.channel, whose: *whose, share };
                let context = Context::of(Actor::System(NAME), due.id.to_string());
                self.desk.perform(due.account, context, spent).await?;
            }
        }
        Ok(over.and_then(|index| budgets.get(index)).copied())
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
