//! The process manager of messages: takes what is due, hands it to the way out, records what became of it.
//!
//! A message is taken for a while, so several servers can run beside each other; where the database is
//! PostgreSQL they pass over what another one takes. Whoever is killed between handing a message over and
//! recording that leaves it taken until its lease ends; then it is handed over once more **under the same
//! id**, by which the receiver can tell. Its outcome is recorded once: the append that records it deletes the
//! row, and finds it only if nobody took it since.
//!
//! Each way has a queue of its own, so that a provider that does not answer keeps nobody's mail waiting; and within
//! it each account has only so much in hand (`hand`), and each account, domain, and recipient only so many places
//! (`lanes`). What waits for a place has counted nothing and asks the database for nothing.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::join;
use tokio::sync::{Semaphore, watch};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{interval, sleep};
use twofold_domain::delivery::{BudgetOf, Channel, Ended, Next, Undelivered, after_failure, day_of};
use twofold_domain::ids::{AccountId, MessageId, UserId};
use twofold_domain::time::{Span, Timestamp};
use twofold_infra::acts::{ActError, RecordDelivery, RecordSpent};
use twofold_infra::context::{Actor, Context};
use twofold_infra::delivery::{Carried, Carriers, budgets_of, counted_as};
use twofold_infra::desk::Desk;
use twofold_infra::mail::Message;
use twofold_infra::store::{DueMessage, StoreError};

use crate::hand::Hand;
use crate::lanes::Lanes;

/// Who the log says did it.
const NAME: &str = "courier";
/// How long a taken message is nobody else's. Longer than one try, a count, and an append together.
pub const LEASE: Span = Span::minutes(2);
/// Between times at which everything that is held is held anew.
const RENEW: Duration = Duration::from_secs(30);
/// Between looks at what is due.
const LOOK: Duration = Duration::from_millis(250);
/// Between looks at how much waits.
const MEASURE: Duration = Duration::from_secs(5);
/// Messages that are counted at once: the connections that write are those of every request as well.
const COUNTING: usize = 1;

/// Sends messages.
#[derive(Clone)]
pub struct Courier {
    desk: Desk,
    carriers: Carriers,
    counting: Arc<Semaphore>,
}

/// What is held of the messages of one way.
#[derive(Default)]
struct UnderWay {
    lanes: Arc<Lanes>,
    hand: Hand,
    tasks: JoinSet<Option<Timestamp>>,
    held: HashMap<Id, Held>,
}

/// A message that is held.
struct Held {
    id: MessageId,
    account: AccountId,
    fence: u64,
    to_many: bool,
}

impl Courier {
    /// A courier on this desk with these ways out.
    pub fn new(desk: Desk, carriers: Carriers) -> Self {
        Self { desk, carriers, counting: Arc::new(Semaphore::new(COUNTING)) }
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
        let (mut under_way, mut renew) = (UnderWay::default(), interval(RENEW));
        while !*stopped.borrow() {
            self.take(channel, &mut under_way).await;
            tokio::select! {
                () = ended(&mut stopped) => break,
                Some(done) = under_way.tasks.join_next_with_id() => self.settle(&mut under_way, done).await,
                _ = renew.tick() => self.renew(&under_way).await,
                () = sleep(LOOK) => {}
            }
            under_way.lanes.sweep();
        }
        loop {
            tokio::select! {
                done = under_way.tasks.join_next_with_id() => match done {
                    Some(done) => self.settle(&mut under_way, done).await,
                    None => return,
                },
                _ = renew.tick() => self.renew(&under_way).await,
            }
        }
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
                () = ended(&mut stopped) => return,
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
        let (mut under_way, mut taken) = (UnderWay::default(), 0);
        loop {
            taken += self.take(channel, &mut under_way).await;
            let Some(done) = under_way.tasks.join_next_with_id().await else { return taken };
            self.settle(&mut under_way, done).await;
        }
    }

    /// Begins with what is due by one way, as much as there is room for. How many messages were taken.
    async fn take(&self, channel: Channel, under_way: &mut UnderWay) -> usize {
        let taken = self.choose(channel, &under_way.hand).await.unwrap_or_else(|error: StoreError| {
            tracing::warn!(%error, "messages that are due cannot be seen");
            vec![]
        });
        let count = taken.len();
        for (due, to_many) in taken {
            let held = Held { id: due.id, account: due.account, fence: due.attempts, to_many };
            under_way.hand.hold(due.account, to_many);
            // A task of its own: whoever waits for a connection in it gets on while others are looked for.
            let (courier, lanes) = (self.clone(), Arc::clone(&under_way.lanes));
            let task = under_way.tasks.spawn(async move { courier.deliver(due, &lanes).await });
            under_way.held.insert(task.id(), held);
        }
        count
    }

    async fn choose(&self, channel: Channel, hand: &Hand) -> Result<Vec<(DueMessage, bool)>, StoreError> {
        let (store, now) = (self.desk.store(), self.now());
        if !store.any_due(channel, now).await? {
            return Ok(vec![]);
        }
        let mut due = vec![];
        for (account, most) in hand.room(store.due_accounts(channel, now).await?) {
            due.push(store.due_of(account, channel, now, most as u32).await?);
        }
        let chosen = hand.choose(due);
        let to_many: HashMap<MessageId, bool> = chosen.iter().map(|due| (due.id, due.to_many)).collect();
        let taken = store.take_messages(channel, &chosen, now, LEASE).await?;
        let of = |due: DueMessage| {
            let to_many = to_many.get(&due.id).copied().unwrap_or_default();
            (due, to_many)
        };
        Ok(taken.into_iter().map(of).collect())
    }

    /// Lets go of what is done, and puts off what is tried again.
    async fn settle(&self, under_way: &mut UnderWay, done: Result<(Id, Option<Timestamp>), JoinError>) {
        let (mut next, mut again) = (Some(done), vec![]);
        while let Some(done) = next {
            let (task, at) = match done {
                Ok(done) => done,
                Err(error) => {
                    tracing::error!(%error, "a message's delivery broke");
                    (error.id(), None)
                }
            };
            if let Some(held) = under_way.held.remove(&task) {
                under_way.hand.let_go(held.account, held.to_many);
                again.extend(at.map(|at| (held.id, held.fence, at)));
            }
            next = under_way.tasks.try_join_next_with_id();
        }
        self.put_off(&again).await;
    }

    /// Whoever waits for a place stays the one who took it.
    async fn renew(&self, under_way: &UnderWay) {
        let until = self.now() + LEASE;
        let held: Vec<_> = under_way.held.values().map(|held| (held.id, held.fence, until)).collect();
        self.put_off(&held).await;
    }

    async fn put_off(&self, messages: &[(MessageId, u64, Timestamp)]) {
        if let Err(error) = self.desk.store().put_off_messages(messages).await {
            // They stay taken, and are handed over again under their own ids when the lease ends.
            tracing::error!(%error, messages = messages.len(), "until when messages wait is not recorded");
        }
    }

    /// One message: what becomes of it now; or when it is tried again.
    async fn deliver(&self, due: DueMessage, lanes: &Lanes) -> Option<Timestamp> {
        let (id, channel) = (due.id, due.channel);
        let settled = match self.hand_over(&due, lanes).await {
            Ok(Next::Again(at)) => {
                count("twofold_message_tries_put_off_total", channel);
                return Some(at);
            }
            Ok(Next::Over(ended)) => self.record(due, ended).await,
            Err(error) => Err(error),
        };
        if let Err(error) = settled {
            // It stays taken, and is handed over again under its own id when the lease ends.
            tracing::error!(%id, %error, "what became of a message is not recorded");
        }
        None
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
        // Whoever waits here has asked the database for nothing.
        let _place = lanes.place(due.account, &message.to).await;
        if self.now() >= due.expires_at {
            return failed(Undelivered::Expired, None);
        }
        // It counts once, however often it is tried.
        if due.attempts <= 1
            && let Some(whose) = self.spent(due, &message).await?
        {
            return failed(whose.spent(), None);
        }
        let began = Instant::now();
        let became = carrier.carry(due.id, &message).await;
        lanes.took(due.account, began.elapsed());
        match became {
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
        let counting = self.counting.acquire().await;
        let over = store.count_message(due.account, day, due.channel, &counted).await?;
        let used = store.counted(due.account, day, due.channel, &names).await?;
        drop(counting);
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

/// Until it is stopped, or nobody is there to stop it.
async fn ended(stopped: &mut watch::Receiver<bool>) {
    stopped.wait_for(|stopped| *stopped).await.ok();
}

fn count(name: &'static str, channel: Channel) {
    metrics::counter!(name, "channel" => channel.name()).increment(1);
}

fn seconds(span: Span) -> f64 {
    span.micros() as f64 / 1e6
}
