//! A recipient who does not answer: whom that keeps waiting, and whom not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use async_trait::async_trait;
use tokio::sync::{Notify, Semaphore};
use twofold_domain::delivery::{Allowance, Channel};
use twofold_domain::ids::{MessageId, UserId};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_infra::acts::{ActError, text};
use twofold_infra::clock::Clock;
use twofold_infra::delivery::{Carried, Carrier, Carriers};
use twofold_infra::desk::Act;
use twofold_infra::mail::{Language, Letter, Message};
use twofold_infra::work::Work;
use twofold_projections::courier::Courier;
use twofold_tests::post::{Post, SILENCE};
use twofold_tests::stories;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::budgets::{Links, Send};
use super::{NUMBER, Text, ends, open};

/// A number whose messages nobody answers for.
const SILENT: &str = "+34612345678";
/// So long this is waited for what should be at once.
const AT_MOST: Duration = Duration::from_secs(30);

/// A provider that does not answer for one number until it is told to.
struct Slow {
    carrier: Arc<dyn Carrier>,
    begun: Notify,
    answers: Semaphore,
    others: Notify,
}

#[async_trait]
impl Carrier for Slow {
    async fn carry(&self, id: MessageId, message: &Message) -> Carried {
        if message.to.as_str() == SILENT {
            self.begun.notify_one();
            if let Ok(answer) = self.answers.acquire().await {
                answer.forget();
            }
        }
        let carried = self.carrier.carry(id, message).await;
        if message.to.as_str() != SILENT {
            self.others.notify_one();
        }
        carried
    }
}

stories! {
    /// Rules: E7.
    async fn who_does_not_answer_keeps_nobody_elses_message_waiting(town) {
        let owner = town.owner().await?;
        let ada = owner.welcome(&town, Role::EndUser).await?;
        let bob = owner.welcome(&town, Role::EndUser).await?;
        let (_post, carriers, _) = open(&town).await?;
        let carrier = carriers.sms.clone().context("a way out")?;
        let (begun, answers, others) = (Notify::new(), Semaphore::new(0), Notify::new());
        let slow = Arc::new(Slow { carrier, begun, answers, others });
        let courier = Courier::new(town.here().clone(), Carriers { sms: Some(slow.clone()), ..carriers });
        let (stop, stopped) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let until = Arc::clone(&stop);
        let ended = Arc::clone(&stopped);
        let running = tokio::spawn(async move {
            courier.run(async move { until.notified().await }).await;
            ended.notify_one();
        });
        town.never_in_log(SILENT);
        town.never_in_log(NUMBER);
        let text = |user, number: &str| -> Result<Text> {
            Ok(Text { user, number: number.parse()?, code: Some("4711 0815") })
        };
        // Two to somebody who does not answer, and a third that waits for these.
        for _ in 0..3 {
            town.perform(town.here(), text(ada.user, SILENT)?).await?;
        }
        for _ in 0..2 {
            tokio::time::timeout(AT_MOST, slow.begun.notified()).await.context("handed over")?;
        }
        town.perform(town.here(), text(bob.user, NUMBER)?).await?;
        tokio::time::timeout(AT_MOST, slow.others.notified()).await.context("another's goes out meanwhile")?;
        ensure!(ends(&town, ada.user, Channel::Sms).await?.is_empty(), "nobody answered");
        slow.answers.add_permits(3);
        stop.notify_one();
        tokio::time::timeout(AT_MOST, stopped.notified()).await.context("it ends what it took")?;
        running.await?;
        ensure!(ends(&town, ada.user, Channel::Sms).await? == [(1, None); 3]);
        ensure!(ends(&town, bob.user, Channel::Sms).await? == [(1, None)]);
        Ok(())
    }
}

/// Messages of an import, to many whose provider does not answer: so many, one after the other.
struct Import {
    user: UserId,
    people: u32,
}

impl Act for Import {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        for n in 0..self.people {
            let number = format!("+346{n:08}").parse();
            let number = number.map_err(|_| ActError::Bug("a number".to_owned()))?;
            let link = Zeroizing::new("http://localhost/x".to_owned());
            let letter = Letter::Invitation { link, lasts: Span::days(3) };
            text(work, self.user, &number, &letter).await?;
        }
        Ok(())
    }
}

/// A provider that answers for nobody in a country until it is told to, and counts how many wait for it.
struct Hangs {
    carrier: Arc<dyn Carrier>,
    waiting: AtomicUsize,
    most: AtomicUsize,
    answers: Semaphore,
    others: Notify,
}

#[async_trait]
impl Carrier for Hangs {
    async fn carry(&self, id: MessageId, message: &Message) -> Carried {
        if !message.to.starts_with("+34") {
            let carried = self.carrier.carry(id, message).await;
            self.others.notify_one();
            return carried;
        }
        let waiting = self.waiting.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(waiting, Ordering::SeqCst);
        let answered = self.answers.acquire().await.is_ok();
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        if answered { Carried::Taken } else { Carried::PutOff { reply: None } }
    }
}

stories! {
    /// Rules: E7.
    async fn an_import_whose_recipients_hang_delays_no_other_accounts_letter(town) {
        const PEOPLE: u32 = 2_000;
        let owner = town.owner().await?;
        let ada = owner.welcome(&town, Role::EndUser).await?;
        let next_door = town.neighbour();
        let bob = next_door.owner().await?.user;
        let (_post, carriers, _) = open(&town).await?;
        let carrier = carriers.sms.clone().context("a way out")?;
        let (waiting, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let (answers, others) = (Semaphore::new(0), Notify::new());
        let hangs = Arc::new(Hangs { carrier, waiting, most, answers, others });
        let plenty = Allowance { person: 10_000, account: 10_000, country: 10_000 };
        let carriers = Carriers { sms: Some(hangs.clone()), texts: plenty, ..carriers };
        let courier = Courier::new(town.here().clone(), carriers);
        for _ in 0..PEOPLE / 500 {
            town.perform(town.here(), Import { user: ada.user, people: 500 }).await?;
        }
        let stop = Arc::new(Notify::new());
        let until = Arc::clone(&stop);
        let running = tokio::spawn(async move { courier.run(async move { until.notified().await }).await });
        tokio::time::timeout(AT_MOST, async {
            while hangs.waiting.load(Ordering::SeqCst) == 0 {
                tokio::task::yield_now().await;
            }
        })
        .await
        .context("the import is under way")?;
        town.never_in_log(NUMBER);
        next_door.perform(next_door.here(), Send(bob, Links::Forgotten)).await?;
        tokio::time::timeout(AT_MOST, hangs.others.notified()).await.context("another account's goes out")?;
        let held = town.here().store().outbox(town.account, PEOPLE).await?;
        let taken = held.iter().filter(|due| due.attempts > 0).count();
        ensure!(taken <= 16, "{taken} messages to many are held, the rest stays in the table");
        ensure!(hangs.most.load(Ordering::SeqCst) <= 16, "of one account");
        hangs.answers.close();
        stop.notify_one();
        tokio::time::timeout(AT_MOST, running).await.context("it ends what it took")??;
        Ok(())
    }
}

/// Rules: E7.
#[tokio::test]
async fn a_mail_that_nobody_answers_for_spoils_no_connection_for_the_next_one() -> Result<()> {
    let post = Post::open().await?;
    let carrier = post.carriers(&Clock::system())?.mail.context("a way out")?;
    let sent = async |to: &str, id: u128| {
        let message = Message {
            channel: Channel::Mail,
            to: to.to_owned().into(),
            subject: "Lilliput".into(),
            body: "Nobody waits for this.".to_owned().into(),
            lang: Language::En,
        };
        carrier.carry(MessageId::from_uuid(Uuid::from_u128(id)), &message).await
    };
    ensure!(sent("first@lilliput.example", 1).await == Carried::Taken, "a connection to go on with");
    post.mails_get(&[SILENCE]);
    ensure!(sent("silent@lilliput.example", 2).await == Carried::PutOff { reply: None });
    for id in 3..7 {
        ensure!(
            sent("next@lilliput.example", id).await == Carried::Taken,
            "mail {id} went over a spoilt connection"
        );
    }
    let got: Vec<String> = post.mails().into_iter().map(|mail| mail.to).collect();
    ensure!(
        got == [
            "first@lilliput.example",
            "next@lilliput.example",
            "next@lilliput.example",
            "next@lilliput.example",
            "next@lilliput.example"
        ],
        "{got:?}"
    );
    Ok(())
}
