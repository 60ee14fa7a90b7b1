//! Messages on their way out, with a mail server and a provider of text messages on the other side: each has
//! one outcome, whatever fails, is killed, or races meanwhile.

mod budgets;
mod slow;
mod tls;

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use tokio::sync::Notify;
use twofold_domain::account::AccountEvent;
use twofold_domain::delivery::{Allowance, Channel, Undelivered};
use twofold_domain::ids::UserId;
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_domain::user::UserEvent;
use twofold_infra::acts::{ActError, ErasePerson, text};
use twofold_infra::delivery::Carriers;
use twofold_infra::desk::{Act, Desk};
use twofold_infra::mail::{Letter, Number};
use twofold_infra::work::Work;
use twofold_projections::as_of::NOW;
use twofold_projections::courier::{Courier, LEASE};
use twofold_projections::messages;
use twofold_projections::projector::Projector;
use twofold_projections::wishes::Wishes;
use twofold_tests::post::{Dying, Got, Post, SILENCE};
use twofold_tests::stories;
use twofold_tests::town::Town;
use zeroize::Zeroizing;

/// A number as it is dialled.
const NUMBER: &str = "+447911123456";

/// Text somebody a code, or a notice.
struct Text {
    user: UserId,
    number: Number,
    code: Option<&'static str>,
}

impl Act for Text {
    type Reply = ();

    async fn run(&self, work: &mut Work) -> Result<(), ActError> {
        let letter = match self.code {
            Some(code) => {
                Letter::FirstBindingCode { code: Zeroizing::new(code.to_owned()), lasts: Span::minutes(10) }
            }
            None => Letter::PasswordChanged,
        };
        text(work, self.user, &self.number, &letter).await?;
        Ok(())
    }
}

async fn texts(town: &Town, user: UserId, code: Option<&'static str>) -> Result<()> {
    town.never_in_log(NUMBER);
    if let Some(word) = code {
        town.never_in_log(word);
    }
    town.perform(town.here(), Text { user, number: NUMBER.parse()?, code }).await?;
    Ok(())
}

/// A way out on both sides, and nothing that waits.
async fn open(town: &Town) -> Result<(Post, Carriers, Courier)> {
    let post = Post::open().await?;
    let carriers = post.carriers(town.here().clock())?;
    // Who is to be told of trouble, and of what, stands in the read models.
    Projector::install(town.here().store().clone(), twofold_projections::all()).await?;
    let courier = Courier::new(town.here().clone(), carriers.clone());
    courier.round().await;
    Ok((post, carriers, courier))
}

/// How the messages of one way to somebody ended, oldest first: the tries, and why where one failed.
async fn ends(town: &Town, user: UserId, way: Channel) -> Result<Vec<(u16, Option<Undelivered>)>> {
    let mut ends = vec![];
    for event in town.log().await? {
        if event.stream.id.aggregate != user.uuid() || !event.event_type.starts_with("Message") {
            continue;
        }
        let (posted, why) = match serde_json::from_str(&event.payload)? {
            UserEvent::MessageSent { posted, .. } => (posted, None),
            UserEvent::MessageFailed { posted, why, .. } => (posted, Some(why)),
            other => anyhow::bail!("no end of a message: {other:?}"),
        };
        if posted.channel == way {
            ends.push((posted.attempts, why));
        }
    }
    Ok(ends)
}

fn to<'a>(mails: &'a [Got], address: &str) -> Vec<&'a Got> {
    mails.iter().filter(|mail| mail.to == address).collect()
}

async fn waiting(desk: &Desk, town: &Town) -> Result<usize> {
    Ok(desk.store().outbox(town.account, 100).await?.len())
}

stories! {
    /// Rules: E7.
    async fn a_letter_goes_out_once_and_nothing_of_what_it_said_stays(town) {
        let owner = town.owner().await?;
        let (post, _, courier) = open(&town).await?;
        let ada = town.somebody(Role::EndUser);
        owner.invite(&town, town.here(), ada.card()).await?;
        let row = &town.here().store().outbox_of(town.account, ada.user, 10).await?[0];
        ensure!(courier.round().await == 1, "one letter is due");
        ensure!(courier.round().await == 0, "and then none");

        let mails = post.mails();
        let of = to(&mails, &ada.email);
        ensure!(of.len() == 1 && of[0].id == format!("{}@lilliput.example", row.id), "{of:?}");
        for part in ["Auto-Submitted: auto-generated", "From: Twofold <no-reply@lilliput.example>", "/setup/"] {
            ensure!(of[0].text.contains(part), "{part} in {}", of[0].text);
        }
        ensure!(ends(&town, ada.user, Channel::Mail).await? == [(1, None)], "one outcome");
        ensure!(waiting(town.here(), &town).await? == 0, "nothing lies around");
        Ok(())
    }

    /// Rules: E7.
    async fn what_is_refused_fails_and_what_is_put_off_is_tried_again(town) {
        let owner = town.owner().await?;
        let (post, _, courier) = open(&town).await?;
        let [refused, put_off] = [town.somebody(Role::EndUser), town.somebody(Role::EndUser)];
        post.mails_get(&[550]);
        owner.invite(&town, town.here(), refused.card()).await?;
        courier.round().await;
        ensure!(ends(&town, refused.user, Channel::Mail).await? == [(1, Some(Undelivered::Refused))]);

        post.mails_get(&[451, 421]);
        owner.invite(&town, town.here(), put_off.card()).await?;
        for wait in [0, 10, 20] {
            ensure!(waiting(town.here(), &town).await? == 1 && to(&post.mails(), &put_off.email).is_empty());
            town.wait(Span::seconds(wait));
            ensure!(courier.round().await == 1, "due after {wait} s");
            ensure!(courier.round().await == 0, "and not before the next wait is over");
        }
        ensure!(ends(&town, put_off.user, Channel::Mail).await? == [(3, None)]);
        ensure!(to(&post.mails(), &put_off.email).len() == 1);
        Ok(())
    }

    /// Rules: E7.
    async fn a_text_message_is_signed_and_its_repeats_carry_its_own_id(town) {
        let owner = town.owner().await?;
        let ada = owner.welcome(&town, Role::EndUser).await?;
        let (post, _, courier) = open(&town).await?;
        // A provider that takes it, but whose answer is lost; one that is busy; one that takes it.
        post.texts_get(&[SILENCE, 503, 202]);
        texts(&town, ada.user, Some("4711 0815")).await?;
        for wait in [0, 10, 20] {
            town.wait(Span::seconds(wait));
            courier.round().await;
        }
        let got = post.texts();
        ensure!(got.len() == 3 && got.iter().all(|one| one == &got[0]), "three times the same: {got:?}");
        ensure!(got[0].to == NUMBER && got[0].text.contains("4711 0815"), "{got:?}");
        ensure!(got[0].text.contains("Twofold") && got[0].text.contains(&town.name), "{}", got[0].text);
        ensure!(ends(&town, ada.user, Channel::Sms).await? == [(3, None)], "one outcome");

        post.texts_get(&[422]);
        texts(&town, ada.user, None).await?;
        courier.round().await;
        ensure!(ends(&town, ada.user, Channel::Sms).await?[1] == (1, Some(Undelivered::Refused)));
        Ok(())
    }

    /// Rules: E7.
    async fn a_code_is_not_sent_once_it_is_over(town) {
        let owner = town.owner().await?;
        let ada = owner.welcome(&town, Role::EndUser).await?;
        let (post, _, courier) = open(&town).await?;
        post.texts_get(&[503; 40]);
        texts(&town, ada.user, Some("4711 0815")).await?;
        for _ in 0..40 {
            courier.round().await;
            town.wait(Span::seconds(30));
        }
        let ended = ends(&town, ada.user, Channel::Sms).await?;
        ensure!(matches!(ended[..], [(2..=7, Some(Undelivered::Expired))]), "{ended:?}");
        let tried = post.texts().len();
        // A server that was away finds it over, and does not hand it over at all.
        texts(&town, ada.user, Some("1234 5678")).await?;
        town.wait(Span::minutes(10));
        courier.round().await;
        ensure!(ends(&town, ada.user, Channel::Sms).await?[1] == (1, Some(Undelivered::Expired)));
        ensure!(post.texts().len() == tried);
        Ok(())
    }

    /// Rules: E7.
    async fn a_courier_killed_before_it_recorded_repeats_the_id_and_the_outcome_is_one(town) {
        let owner = town.owner().await?;
        let ada = owner.welcome(&town, Role::EndUser).await?;
        let (post, carriers, courier) = open(&town).await?;
        texts(&town, ada.user, Some("4711 0815")).await?;
        let handed = Arc::new(Notify::new());
        let sms = carriers.sms.clone().context("a way out")?;
        let dying = Carriers { sms: Some(Arc::new(Dying(sms, Arc::clone(&handed)))), ..carriers };
        let dying = Courier::new(town.there().clone(), dying);
        let doomed = tokio::spawn(async move { dying.round().await });
        handed.notified().await;
        doomed.abort();
        ensure!(doomed.await.is_err(), "it was killed");

        ensure!(courier.round().await == 0, "until its lease ends it is nobody else's");
        town.wait(LEASE);
        ensure!(courier.round().await == 1);
        let got = post.texts();
        ensure!(got.len() == 2 && got[0].id == got[1].id, "the receiver can tell: {got:?}");
        ensure!(ends(&town, ada.user, Channel::Sms).await? == [(2, None)]);
        Ok(())
    }

    /// Rules: E7.
    async fn two_couriers_send_each_message_once(town) {
        let owner = town.owner().await?;
        let (post, carriers, here) = open(&town).await?;
        let there = Courier::new(town.there().clone(), carriers);
        let mut people = vec![];
        for _ in 0..30 {
            let somebody = town.somebody(Role::EndUser);
            owner.invite(&town, town.here(), somebody.card()).await?;
            people.push(somebody);
        }
        let before = post.mails().len();
        let (one, other) = tokio::join!(here.round(), there.round());
        ensure!(one + other == 30, "each was taken once: {one} and {other}");
        ensure!(post.mails().len() - before == 30);
        for somebody in people {
            ensure!(to(&post.mails(), &somebody.email).len() == 1);
            ensure!(ends(&town, somebody.user, Channel::Mail).await? == [(1, None)]);
        }
        Ok(())
    }

    /// Rules: E7.
    async fn budgets_refuse_codes_with_the_reason_and_never_a_notice(town) {
        let owner = town.owner().await?;
        let ada = owner.welcome(&town, Role::EndUser).await?;
        let bob = owner.welcome(&town, Role::EndUser).await?;
        let (post, carriers, _) = open(&town).await?;
        let desk = town.here().clone();
        let with = |texts| Courier::new(desk.clone(), Carriers { texts, ..carriers.clone() });
        let wide = Allowance { person: 100, account: 100, country: 100 };
        let why = |why| (1, Some(why));

        let courier = with(Allowance { person: 1, ..wide });
        for _ in 0..2 {
            texts(&town, ada.user, Some("4711 0815")).await?;
            texts(&town, ada.user, None).await?;
            courier.round().await;
        }
        let sent = (1, None);
        let expected = [sent, sent, why(Undelivered::PersonBudget), sent];
        let mut ended = ends(&town, ada.user, Channel::Sms).await?;
        ended[..2].sort_unstable();
        ended[2..].sort_unstable_by_key(|(_, why)| why.is_none());
        ensure!(ended == expected, "{ended:?}");
        for (texts_most, reason) in [
            (Allowance { account: 1, ..wide }, Undelivered::AccountBudget),
            (Allowance { country: 1, ..wide }, Undelivered::CountryBudget),
        ] {
            texts(&town, bob.user, Some("1234 5678")).await?;
            with(texts_most).round().await;
            ensure!(ends(&town, bob.user, Channel::Sms).await?.last() == Some(&why(reason)));
        }
        ensure!(post.texts().len() == 3, "what is over budget is not handed over");
        town.wait(Span::days(1));
        texts(&town, bob.user, Some("1234 5678")).await?;
        with(Allowance { account: 1, ..wide }).round().await;
        ensure!(ends(&town, bob.user, Channel::Sms).await?.last() == Some(&sent), "another day");
        Ok(())
    }

    /// Rules: E7.
    async fn what_keeps_failing_is_told_to_owners_and_admins_once_a_day(town) {
        let owner = town.owner().await?;
        let ada = owner.welcome(&town, Role::EndUser).await?;
        let (post, _, courier) = open(&town).await?;
        let projector = Projector::install(town.here().store().clone(), twofold_projections::all()).await?;
        projector.catch_up().await?;
        let told = |mails: &[Got]| to(mails, &owner.email).iter().filter(|m| m.text.contains("/people/")).count();
        for n in 1..=5 {
            post.texts_get(&[400]);
            texts(&town, ada.user, Some("4711 0815")).await?;
            courier.round().await;
            projector.catch_up().await?;
            Wishes::new(town.there().clone()).tell_news().await?;
            courier.round().await;
            ensure!(told(&post.mails()) == usize::from(n >= 3), "after {n} failures");
        }
        let raised = town.log().await?.into_iter().filter(|e| e.event_type == "DeliveryTroubleRaised");
        let raised: Vec<AccountEvent> =
            raised.map(|e| serde_json::from_str(&e.payload)).collect::<Result<_, _>>()?;
        ensure!(raised.len() == 1, "{raised:?}");

        projector.catch_up().await?;
        let views = town.here().store().views();
        let unreached = messages::unreached(views, town.account, NOW).await?;
        let failing: Vec<_> = unreached.iter().flat_map(messages::UnreachedRow::failing).collect();
        ensure!(unreached.len() == 1 && unreached[0].user_id == ada.user && failing[0].failures == 5);
        let rows = messages::messages_of(views, town.account, NOW, ada.user, None, 3).await?;
        ensure!(rows.len() == 3 && rows.iter().all(|row| row.reply == Some(400)), "{rows:?}");
        let next = messages::messages_of(views, town.account, NOW, ada.user, Some(rows[2].ended_seq), 100).await?;
        ensure!(!next.is_empty() && next.iter().all(|row| row.ended_seq < rows[2].ended_seq));

        texts(&town, ada.user, None).await?;
        courier.round().await;
        projector.catch_up().await?;
        ensure!(messages::unreached(views, town.account, NOW).await?.is_empty(), "one that arrives mends it");
        Ok(())
    }

    /// Rules: E7.
    async fn messages_to_somebody_who_is_erased_vanish(town) {
        let owner = town.owner().await?;
        let ada = owner.welcome(&town, Role::EndUser).await?;
        let (post, _, courier) = open(&town).await?;
        texts(&town, ada.user, Some("4711 0815")).await?;
        let (credential, circle) = (owner.credential()?, town.circle(town.here()).await?);
        let erase = ErasePerson { credential, user: ada.user, devices: vec![], reason: None, circle };
        town.perform(town.here(), erase).await?;
        courier.round().await;
        ensure!(post.texts().is_empty() && ends(&town, ada.user, Channel::Sms).await?.is_empty());
        ensure!(town.here().store().outbox_of(town.account, ada.user, 10).await?.is_empty());
        Ok(())
    }

    /// Rules: E7.
    async fn without_a_way_out_a_message_fails_and_says_so(town) {
        let owner = town.owner().await?;
        Projector::install(town.here().store().clone(), twofold_projections::all()).await?;
        let courier = Courier::new(town.here().clone(), Carriers::none());
        let ada = town.somebody(Role::EndUser);
        owner.invite(&town, town.here(), ada.card()).await?;
        courier.round().await;
        ensure!(ends(&town, ada.user, Channel::Mail).await? == [(1, Some(Undelivered::NoTransport))]);
        ensure!(waiting(town.here(), &town).await? == 0);
        Ok(())
    }
}
