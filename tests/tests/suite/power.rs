//! Acts that take two, resets that wait, exemptions, and tickets, on two instances of either database.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use twofold_domain::account::{AccountError, ApprovalError, GuardedAct};
use twofold_domain::device::Method;
use twofold_domain::ids::ApprovalId;
use twofold_domain::permission::{Act as Deed, Denied};
use twofold_domain::policy::Role;
use twofold_domain::sign_in::Stale;
use twofold_domain::time::Span;
use twofold_domain::user::UserError;
use twofold_infra::acts::{
    ActError, Authenticate, Beside, Binding, CancelApproval, CancelReset, Circle, ConfirmFactor,
    Confirmation, Consented, EndExemption, Exempt, IssueTicket, RequestAct, Reset, ResetFactor, ShownFirst,
    StartEnrolment, Switch, UseApproval,
};
use twofold_infra::desk::Desk;
use twofold_infra::verify::{EnrolmentTicket, OtpCode};
use twofold_projections::projector::Projector;
use twofold_projections::wait_notices::{BATCH, WaitNotices};
use twofold_tests::authenticator::Authenticator;
use twofold_tests::crowd::{Brings, arrive, arrive_as};
use twofold_tests::person::{Browser, Person};
use twofold_tests::stories;
use twofold_tests::town::Town;
use uuid::Uuid;

/// A second owner: asked for by the only one, and carried out after the wait.
async fn second_owner(town: &Town, owner: &mut Person) -> Result<Person> {
    let mut second = owner.welcome_enrolled(town, Role::Admin).await?;
    owner.make_owner(town, second.user).await?;
    second.sign_in(town, town.here()).await?;
    Ok(second)
}

async fn ask(town: &Town, owner: &Person, act: GuardedAct) -> Result<ApprovalId> {
    let (credential, circle) = (owner.credential()?, town.circle(town.here()).await?);
    let request = RequestAct { credential, act, reason: "we agreed on it".to_owned(), circle };
    Ok(town.perform(town.here(), request).await?.reply.approval)
}

async fn use_approval(
    town: &Town,
    who: &Person,
    approval: ApprovalId,
    approves: bool,
) -> Result<(), ActError> {
    let credential = who.credential().map_err(|e| ActError::Bug(e.to_string()))?;
    let circle = town.circle(town.there()).await.map_err(|e| ActError::Bug(e.to_string()))?;
    let act = UseApproval { credential, approval, approves, circle, devices: vec![] };
    town.perform(town.there(), act).await.map(|_| ())
}

fn refused(result: &Result<(), ActError>, why: &ApprovalError) -> Result<()> {
    match result {
        Err(ActError::Account(AccountError::Approval(found))) if found == why => Ok(()),
        other => bail!("should be refused with {why:?}, came to {other:?}"),
    }
}

async fn may(town: &Town, who: &Person, deed: Deed) -> Result<(), ActError> {
    let credential = who.credential().map_err(|e| ActError::Bug(e.to_string()))?;
    let act = Authenticate { credential, deed, counts_as_activity: false };
    town.perform(town.there(), act).await.map(|_| ())
}

async fn reset(
    town: &Town,
    by: &Person,
    user: &Person,
    compromise: bool,
) -> Result<Consented<Reset>, ActError> {
    let credential = by.credential().map_err(|e| ActError::Bug(e.to_string()))?;
    let circle = town.circle(town.here()).await.map_err(|e| ActError::Bug(e.to_string()))?;
    let reason = "lost the phone".to_owned();
    let act = ResetFactor { credential, user: user.user, reason, compromise, seen: None, circle };
    Ok(town.perform(town.here(), act).await?.reply)
}

async fn notices(desk: &Desk) -> Result<WaitNotices> {
    let projector = Projector::install(desk.store().clone(), twofold_projections::all()).await?;
    Ok(WaitNotices::new(desk.clone(), projector))
}

async fn told(town: &Town, who: &Person, words: &str) -> Result<()> {
    let letters = town.letters(who.user).await?;
    ensure!(letters.iter().any(|letter| letter.subject.contains(words)), "nobody told them: {words}");
    Ok(())
}

/// Binds with a ticket in place of the mailed code.
async fn bind(town: &Town, who: &mut Person, ticket: &str) -> Result<Confirmation, ActError> {
    let bug = |e: &dyn std::fmt::Display| ActError::Bug(e.to_string());
    let credential = who.credential().map_err(|e| bug(&e))?;
    let start =
        StartEnrolment { credential: credential.clone(), name: "Phone".to_owned(), binding: Binding::App };
    let started = town.perform(town.here(), start).await?.reply;
    let phone =
        Authenticator::scan(&started.app.as_ref().ok_or_else(|| bug(&"no app"))?.uri).map_err(|e| bug(&e))?;
    let otp = OtpCode::parse(&phone.code(town.now())).map_err(|e| bug(&e))?;
    let ticket = EnrolmentTicket::parse(ticket).map_err(|e| bug(&e))?;
    let warrant = Some(Beside::Ticket(Arc::new(ticket)));
    let act =
        ConfirmFactor { credential, factor: started.factor, shown: ShownFirst::Otp(Arc::new(otp)), warrant };
    let came = town.perform(town.there(), act).await?.reply;
    if let Confirmation::Confirmed(confirmed) = &came {
        who.confirmed(town, confirmed);
    }
    Ok(came)
}

stories! {
    /// Rules: D2.
    async fn a_team_of_hundreds_is_told_of_what_waits_each_once_and_in_no_one_append(town) {
        // Given more members of the team than are gone through at once, and somebody who is none.
        let mut owner = town.owner().await?;
        let team = arrive_as(&town, &owner, Role::Agent, 2 * BATCH as usize + 7, Brings::Password).await?;
        arrive(&town, &owner, 1, Brings::Password).await?;
        town.wait(Span::minutes(1));
        owner.sign_in(&town, town.here()).await?;
        for letter in town.here().store().outbox(town.account, 10_000).await? {
            town.here().store().drop_message(letter.id).await?;
        }

        // When the sole owner asks for something that waits, then the request itself writes to nobody.
        ask(&town, &owner, GuardedAct::GrantOwner { user: team[0].user }).await?;
        ensure!(town.here().store().outbox(town.account, 1).await?.is_empty(), "in the append of the request");

        // And everybody of the team is told once, the owner too, whoever tells them and however often they begin.
        town.wait(Span::minutes(1));
        let late = arrive_as(&town, &owner, Role::Agent, 1, Brings::Password).await?;
        let (here, there) = (notices(town.here()).await?, notices(town.there()).await?);
        let (one, other) = tokio::join!(here.finish(), there.finish());
        one?;
        other?;
        notices(&town.newcomer().await?).await?.finish().await?;
        let mut letters: Vec<Uuid> = vec![];
        for letter in town.here().store().outbox(town.account, 10_000).await? {
            letters.extend(letter.subject);
        }
        letters.sort_unstable();
        let mut expected: Vec<Uuid> = team.iter().chain([&owner]).map(|member| member.user.uuid()).collect();
        expected.sort_unstable();
        ensure!(letters == expected, "{} letters to a team of {}", letters.len(), expected.len());
        ensure!(!letters.contains(&late[0].user.uuid()), "who came later was not of that team");
        told(&town, &team[0], "unless it is cancelled").await?;
        Ok(())
    }

    /// Rules: D2.
    async fn a_sole_owner_waits_and_everybody_of_the_team_is_told(town) {
        let mut owner = town.owner().await?;
        let admin = owner.welcome_enrolled(&town, Role::Admin).await?;
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let approval = ask(&town, &owner, GuardedAct::GrantOwner { user: admin.user }).await?;
        notices(town.here()).await?.finish().await?;
        for member in [&admin, &agent] {
            told(&town, member, "unless it is cancelled").await?;
        }
        let early = use_approval(&town, &owner, approval, false).await;
        ensure!(
            matches!(&early, Err(ActError::Account(AccountError::Approval(ApprovalError::NotYet(_))))),
            "{early:?}"
        );
        refused(&use_approval(&town, &owner, approval, true).await, &ApprovalError::OwnRequest)?;
        // An admin can say no, and then nothing comes of it.
        let credential = admin.credential()?;
        town.perform(town.here(), CancelApproval { credential, approval }).await?;
        told(&town, &owner, "your request was cancelled").await?;
        town.wait(Span::hours(73));
        owner.sign_in(&town, town.here()).await?;
        let gone = use_approval(&town, &owner, approval, false).await;
        ensure!(matches!(gone, Err(ActError::UnknownApproval)), "{gone:?}");
        ensure!(town.count("RoleChanged").await? == 0, "nobody was made an owner");
        Ok(())
    }

    /// Rules: H4, D2.
    async fn ownership_is_handed_over_after_a_wait_and_both_sign_in_anew(town) {
        let mut owner = town.owner().await?;
        let mut heir = owner.welcome_enrolled(&town, Role::Admin).await?;
        let act = GuardedAct::TransferOwnership { from: owner.user, to: heir.user };
        let approval = ask(&town, &owner, act).await?;
        let early = use_approval(&town, &owner, approval, false).await;
        ensure!(matches!(early, Err(ActError::Account(AccountError::Approval(ApprovalError::NotYet(_))))), "{early:?}");
        town.wait(Span::hours(73));
        owner.sign_in(&town, town.here()).await?;
        heir.sign_in(&town, town.there()).await?;
        use_approval(&town, &owner, approval, false).await?;
        for person in [&owner, &heir] {
            let gone = may(&town, person, Deed::ReadOwn).await;
            ensure!(matches!(gone, Err(ActError::Stale(Stale::Voided(_)))), "another role ends sessions: {gone:?}");
        }
        owner.sign_in(&town, town.here()).await?;
        heir.sign_in(&town, town.here()).await?;
        may(&town, &heir, Deed::ChangeGovernance).await?;
        let denied = may(&town, &owner, Deed::ChangeGovernance).await;
        ensure!(matches!(denied, Err(ActError::Denied(Denied::Role(_)))), "an admin from now on: {denied:?}");
        Ok(())
    }

    /// Rules: D2.
    async fn a_closed_account_is_closed_at_the_next_request_everywhere(town) {
        let mut owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let approval = ask(&town, &owner, GuardedAct::CloseAccount).await?;
        town.wait(Span::hours(73));
        owner.sign_in(&town, town.here()).await?;
        agent.sign_in(&town, town.here()).await?;
        use_approval(&town, &owner, approval, false).await?;
        for person in [&owner, &agent] {
            let gone = may(&town, person, Deed::ReadOwn).await;
            ensure!(matches!(gone, Err(ActError::Stale(_))), "{gone:?}");
        }
        let begun = agent.begin(&town, town.there(), &mut Browser::default()).await;
        ensure!(begun.is_err(), "nobody signs in any more: it is as if it were not there");
        Ok(())
    }

    /// Rules: D1, D2.
    async fn with_two_owners_a_disable_takes_both_and_is_asked_anew_when_it_happens(town) {
        let mut owner = town.owner().await?;
        let mut second = second_owner(&town, &mut owner).await?;
        let came = owner.ask_to_switch(&town, town.here(), Switch::Disable).await?.reply;
        let Consented::Waits(requested) = came else { bail!("it happened: {came:?}") };
        ensure!(requested.matures_at.is_none(), "there is somebody to approve it");
        told(&town, &second, "waits for your approval").await?;
        ensure!(town.count("AccountTwoFactorDisabled").await? == 0, "it waits");
        // Somebody more enrolled meanwhile: it would reset more people than were named.
        let more = owner.welcome_enrolled(&town, Role::Agent).await?;
        second.step_up(&town, town.here()).await?;
        let moved = use_approval(&town, &second, requested.approval, true).await;
        ensure!(matches!(moved, Err(ActError::Account(AccountError::Unconfirmed(_)))), "{moved:?}");
        owner.step_up(&town, town.here()).await?;
        ensure!(reset(&town, &owner, &more, false).await? == Consented::Done(Reset::Done), "an agent's is done");
        use_approval(&town, &second, requested.approval, true).await?;
        ensure!(town.count("AccountTwoFactorDisabled").await? == 1, "approved, it is done");
        let again = use_approval(&town, &second, requested.approval, true).await;
        ensure!(again.is_err(), "an approval is used once");
        Ok(())
    }

    /// Rules: D4.
    async fn staffs_reset_of_a_customer_waits_and_holds_by_time_alone(town) {
        let owner = town.owner().await?;
        let agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let mut customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        let Consented::Done(Reset::Scheduled(due)) = reset(&town, &agent, &customer, false).await? else {
            bail!("a customer was reset at once")
        };
        ensure!(due == town.now() + Span::hours(72), "three days");
        told(&town, &customer, "will be reset").await?;
        // Nothing ended, and showing the factor cancels it.
        may(&town, &customer, Deed::ReadOwn).await?;
        town.wait(Span::minutes(1));
        customer.sign_in(&town, town.there()).await?;
        ensure!(town.count("TwoFactorResetCancelled").await? == 1, "the factor was shown");
        told(&town, &customer, "will not be reset").await?;
        // Their own word does the same.
        let mut agent = agent;
        agent.step_up(&town, town.here()).await?;
        reset(&town, &agent, &customer, false).await?;
        let twice = reset(&town, &agent, &customer, false).await;
        ensure!(matches!(twice, Err(ActError::User(UserError::AlreadyWaiting(_)))), "{twice:?}");
        let credential = customer.credential()?;
        town.perform(town.there(), CancelReset { credential }).await?;
        ensure!(town.count("TwoFactorResetCancelled").await? == 2, "they said so");
        // Left alone, it holds when it is due, on every instance, though nothing wrote it down.
        agent.step_up(&town, town.here()).await?;
        reset(&town, &agent, &customer, false).await?;
        town.wait(Span::hours(72));
        let voided = may(&town, &customer, Deed::ReadOwn).await;
        ensure!(matches!(voided, Err(ActError::Stale(Stale::Voided(_) | Stale::Expired))), "{voided:?}");
        ensure!(town.count("TwoFactorReset").await? == 0, "time alone");
        let method = customer.sign_in(&town, town.here()).await?;
        ensure!(method == Method::Password, "nothing is left to ask for: {method:?}");
        ensure!(town.count("TwoFactorReset").await? == 1, "written before what came next");
        Ok(())
    }

    /// Rules: P5.
    async fn after_a_compromise_only_the_ticket_binds(town) {
        let owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        reset(&town, &owner, &agent, true).await?;
        agent.sign_in(&town, town.here()).await?;
        let bare = agent.scan(&town, town.here()).await;
        ensure!(bare.is_err(), "a password binds nothing");
        let issue = IssueTicket {
            credential: owner.credential()?,
            user: agent.user,
            reason: "came to the desk with a passport".to_owned(),
        };
        let issued = town.perform(town.here(), issue).await?.reply;
        told(&town, &agent, "enrolment ticket").await?;
        town.never_in_log(issued.code.as_str());
        let wrong = bind(&town, &mut agent, "0000-0000-0000-0000").await?;
        ensure!(matches!(wrong, Confirmation::Refused(_)), "a wrong one");
        ensure!(town.count("EnrolmentTicketRejected").await? == 1, "is charged");
        let right = bind(&town, &mut agent, &issued.code).await?;
        ensure!(matches!(right, Confirmation::Confirmed(_)), "the right one binds");
        ensure!(town.count("EnrolmentTicketUsed").await? == 1, "and is spent");
        Ok(())
    }

    /// Rules: D5.
    async fn an_exemption_lets_in_for_a_while_binds_nothing_and_ends_everywhere(town) {
        let owner = town.owner().await?;
        let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
        let until = town.now() + Span::hours(48);
        let exempt = |until| -> Result<Exempt> {
            let (credential, user) = (owner.credential()?, agent.user);
            Ok(Exempt { credential, user, reason: "forgot the phone".to_owned(), until, circle: Circle::default() })
        };
        let too_long = town.perform(town.here(), exempt(town.now() + Span::days(8))?).await;
        ensure!(matches!(too_long, Err(ActError::User(UserError::ExemptionSpan(7)))), "at most a week");
        let held = town.perform(town.here(), exempt(until)?).await?.reply;
        let Consented::Done(held) = held else { bail!("an agent's needs nobody else") };
        told(&town, &agent, "without a code for a while").await?;
        let method = agent.sign_in(&town, town.here()).await?;
        ensure!(method == Method::Password, "the password alone: {method:?}");
        may(&town, &agent, Deed::ReadPeople).await?;
        let binds = may(&town, &agent, Deed::EnrolOwn).await;
        ensure!(matches!(binds, Err(ActError::Denied(Denied::Exempted))), "{binds:?}");
        let changes = may(&town, &agent, Deed::ChangeOwnFactors).await;
        ensure!(matches!(changes, Err(ActError::Denied(Denied::StepUp))), "{changes:?}");
        // Ended early here, it is over at the next request there.
        let end = EndExemption { credential: owner.credential()?, user: agent.user, exemption: held.exemption };
        town.perform(town.here(), end).await?;
        let over = may(&town, &agent, Deed::ReadPeople).await;
        ensure!(matches!(over, Err(ActError::Stale(Stale::ExemptionOver))), "{over:?}");
        town.wait(Span::minutes(1));
        let method = agent.sign_in(&town, town.here()).await?;
        ensure!(method == Method::Otp, "asked again: {method:?}");
        town.log().await.context("the log reads back")?;
        Ok(())
    }
}
