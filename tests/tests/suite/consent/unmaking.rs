//! Owners unmade, and owners helped: never by one alone.

use anyhow::ensure;
use serde_json::{Value, json};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_tests::stories;

use super::super::visit::{Visit, code};
use super::{two_owners, waits};

stories! {
    /// Rules: H4, D2.
    async fn an_owner_is_demoted_or_deactivated_with_a_second_one_or_after_a_wait(town) {
        let visit = Visit::open(&town).await?;
        let [mut owner, mut second] = two_owners(&town, &visit).await?;
        let of = |user| format!("/v1/users/{user}");
        let why = json!({ "reason": "we part" });
        let role = json!({ "role": "agent", "reason": "we part" });

        // Of the other of two there is nobody to approve it but them: it waits.
        let path = format!("{}/role", of(second.user));
        code(&visit.ask(&owner, "POST", &path, json!({ "role": "agent" })).await?, "422 invalid_fields")?;
        let approval = waits(&visit.ask(&owner, "POST", &path, role).await?)?;
        let approve = format!("/v1/approvals/{approval}/approve");
        code(&visit.ask(&second, "POST", &approve, json!({})).await?, "409 another_owner_needed")?;
        let carry_out = format!("/v1/approvals/{approval}/carry-out");
        code(&visit.ask(&owner, "POST", &carry_out, json!({})).await?, "409 not_due")?;

        // One's own place is given up with the other's approval; not when it is the last one.
        let path = format!("{}/deactivate", of(owner.user));
        let own = waits(&visit.ask(&owner, "POST", &path, why.clone()).await?)?;
        visit.grant(&owner, "POST", &format!("/v1/approvals/{own}/cancel"), json!({})).await?;
        town.wait(Span::hours(72));
        visit.sign_in(&mut owner).await?;
        visit.sign_in(&mut second).await?;
        visit.grant(&owner, "POST", &carry_out, json!({})).await?;
        visit.out(&second).await?;
        visit.sign_in(&mut second).await?;
        let me = visit.grant(&second, "GET", "/v1/me", Value::Null).await?;
        ensure!(me["role"] == "agent", "{me}");
        code(&visit.ask(&owner, "POST", &path, why).await?, "409 last_owner")?;
        ensure!(town.count("UserDeactivated").await? == 0);
        Ok(())
    }

    /// Rules: C3, C4, D5.
    async fn help_that_nobody_of_a_role_gives_is_refused_on_the_record(town) {
        let visit = Visit::open(&town).await?;
        let mut owner = town.owner().await?;
        let mut admin = owner.welcome_enrolled(&town, Role::Admin).await?;
        let customer = owner.welcome_enrolled(&town, Role::EndUser).await?;
        visit.sign_in(&mut admin).await?;
        let of = |user, what: &str| format!("/v1/users/{user}/{what}");
        let why = json!({ "reason": "they ask so nicely" });
        let leave = |hours| {
            let until = (town.now() + Span::hours(hours)).to_string();
            json!({ "reason": "they ask so nicely", "until": until })
        };
        let exempt = of(customer.user, "exemptions");
        code(&visit.ask(&admin, "POST", &exempt, leave(8)).await?, "403 forbidden")?;
        code(&visit.ask(&admin, "POST", &of(customer.user, "enrolment-tickets"), why.clone()).await?, "403 forbidden")?;
        for what in ["recovery-grants", "enrolment-tickets"] {
            code(&visit.ask(&admin, "POST", &of(owner.user, what), why.clone()).await?, "403 forbidden")?;
        }
        ensure!(town.count("HelpRefused").await? == 4, "each is on record");
        // A change of role is no way around it, for as long as the wait is.
        visit.grant(&admin, "POST", &of(customer.user, "role"), json!({ "role": "agent" })).await?;
        code(&visit.ask(&admin, "POST", &exempt, leave(8)).await?, "403 forbidden")?;
        ensure!(town.count("HelpRefused").await? == 5 && town.count("ExemptionGranted").await? == 0);
        // An owner lets nobody in alone who is one, and not themself.
        visit.sign_in(&mut owner).await?;
        code(&visit.ask(&owner, "POST", &of(owner.user, "exemptions"), leave(8)).await?, "409 own_help")?;
        code(&visit.ask(&owner, "POST", &of(owner.user, "recovery-grants"), why).await?, "409 own_help")?;
        town.wait(Span::hours(72));
        visit.sign_in(&mut admin).await?;
        let held = visit.ask(&admin, "POST", &exempt, leave(8)).await?;
        ensure!(held.status == 201, "after the wait they are of the team: {} {}", held.gist(), held.body);
        Ok(())
    }
}
