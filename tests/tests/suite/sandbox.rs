//! A sandbox lives by a clock of its own, and a real account by everybody's.

use anyhow::{Result, bail, ensure};
use twofold_domain::account::AccountError;
use twofold_domain::device::{Method, Why};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_domain::user::Refusal;
use twofold_infra::acts::{ActError, Begun, ResetFactor, SetClock};
use twofold_projections::projector::Projector;
use twofold_projections::reset_fanout::ResetFanOut;
use twofold_tests::person::{Came, Person, otp};
use twofold_tests::stories;
use twofold_tests::town::Town;

async fn set_clock(town: &Town, owner: &Person, ahead: Span) -> Result<Result<(), ActError>> {
    let act = SetClock { credential: owner.credential()?, to: town.now() + ahead };
    Ok(town.perform(town.here(), act).await.map(|_| ()))
}

stories! {
    /// Rules: H7.
    async fn in_a_sandbox_a_month_passes_at_once_and_goes_on_from_there(town) {
        let month = Span::days(31);
        let mut owner = town.owner_of_sandbox().await?;
        let mut browser = owner.browser.clone();
        let challenge = owner.challenged(&town, town.there(), &mut browser).await?;
        let code = otp(&owner.next_code(&town)?)?;
        ensure!(owner.prove(&town, town.there(), &challenge, code, true).await?.accepted(), "trusted");
        let Begun::Session { grant, .. } = owner.begin(&town, town.there(), &mut browser).await? else {
            bail!("a trusted device is not asked");
        };
        ensure!(grant.method == Method::Trust, "{:?}", grant.method);

        set_clock(&town, &owner, month).await??;
        let back = set_clock(&town, &owner, month).await?;
        ensure!(back.is_err(), "the session of a month ago is over, and time does not stand still");

        // The other instance had seen the account before its clock was set.
        let Begun::Challenge { reasons, .. } = owner.begin(&town, town.there(), &mut browser).await? else {
            bail!("trust of thirty days is over");
        };
        ensure!(reasons == [Why::Enrolled, Why::TrustEnded], "{reasons:?}");
        let phone = owner.phone.clone();
        let shown = |ahead| phone.as_ref().map(|phone| phone.code(town.now() + ahead)).unwrap_or_default();
        town.wait(Span::seconds(30));
        let challenge = owner.challenged(&town, town.here(), &mut browser).await?;
        let old = owner.prove(&town, town.there(), &challenge, otp(&shown(Span::seconds(0)))?, false).await?;
        ensure!(matches!(old, Came::Refused(Refusal::Wrong)), "a code of the server's time: {old:?}");
        let today = otp(&shown(month))?;
        let good = owner.prove(&town, town.there(), &challenge, today, true).await?;
        ensure!(good.accepted(), "a code of the sandbox's time: {good:?}");

        // Its clock goes on as every clock does, for whoever starts with nothing in memory, too.
        let newcomer = town.newcomer().await?;
        for (days, asked) in [(29, false), (1, true)] {
            town.wait(Span::days(days));
            let asks = matches!(owner.begin(&town, &newcomer, &mut browser).await?, Begun::Challenge { .. });
            ensure!(asks == asked, "{days} more days: asked {asks}");
        }
        ensure!(town.count("SandboxClockSet").await? == 1, "set once");
        Ok(())
    }

    /// Rules: H7.
    async fn a_real_account_refuses_to_have_its_clock_set(town) {
        let owner = town.owner().await?;
        let refused = set_clock(&town, &owner, Span::days(1)).await?;
        ensure!(matches!(refused, Err(ActError::Account(AccountError::NotASandbox))), "{refused:?}");
        ensure!(town.count("SandboxClockSet").await? == 0, "nothing is recorded");
        Ok(())
    }

    /// Rules: D4, H7.
    async fn a_reset_that_waited_is_written_once_the_accounts_own_clock_is_past_it(town) {
        let owner = town.owner_of_sandbox().await?;
        let customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let real = town.neighbour();
        let neighbour = real.owner().await?;
        let resident = neighbour.welcome_enrolled(&real, Role::EndUser).await?;
        for (town, owner, user) in [(&town, &owner, customer.user), (&real, &neighbour, resident.user)] {
            let act = ResetFactor {
                credential: owner.credential()?,
                user,
                reason: "lost the phone".to_owned(),
                compromise: false,
                seen: None,
                circle: town.circle(town.here()).await?,
            };
            town.perform(town.here(), act).await?;
        }
        // Another instance writes; it has seen neither account yet.
        let writer = town.newcomer().await?;
        let projector = Projector::install(writer.store().clone(), twofold_projections::all()).await?;
        let resets = ResetFanOut::new(writer, projector.clone());
        let written = async || {
            projector.catch_up().await?;
            resets.write_due().await?;
            projector.catch_up().await?;
            Ok::<_, anyhow::Error>((town.count("TwoFactorReset").await?, real.count("TwoFactorReset").await?))
        };
        ensure!(written().await? == (0, 0), "both wait");
        set_clock(&town, &owner, Span::hours(73)).await??;
        for _ in 0..2 {
            ensure!(written().await? == (1, 0), "the sandbox's is due, and written once: {:?}", written().await?);
        }
        town.wait(Span::hours(72));
        ensure!(written().await? == (1, 1), "in due time: {:?}", written().await?);
        Ok(())
    }
}
