//! A recipient who does not answer: whom that keeps waiting, and whom not.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use async_trait::async_trait;
use tokio::sync::{Notify, Semaphore};
use twofold_domain::delivery::Channel;
use twofold_domain::ids::MessageId;
use twofold_domain::policy::Role;
use twofold_infra::delivery::{Carried, Carrier, Carriers};
use twofold_infra::mail::Message;
use twofold_projections::courier::Courier;
use twofold_tests::stories;

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
