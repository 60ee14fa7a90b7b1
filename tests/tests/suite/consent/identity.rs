//! What an owner comes in by: their own matter, and never one other owner's.

use anyhow::ensure;
use serde_json::{Value, json};
use twofold_domain::policy::Role;
use twofold_domain::time::Span;
use twofold_tests::stories;

use super::super::visit::{Visit, code};
use super::{two_owners, waits};

stories! {
    /// Rules: D2, H3.
    async fn an_owners_address_is_not_one_other_owners_to_change(town) {
        let visit = Visit::open(&town).await?;
        let [mut owner, mut second] = two_owners(&town, &visit).await?;
        let mine = "mine@blefuscu.example";
        town.never_in_log(mine);
        let path = format!("/v1/users/{}/email-change", second.user);
        let body = json!({ "email": mine, "reason": "they asked me to" });
        town.letters(second.user).await?;

        // Two owners: nobody is left to approve it, so it waits, and they hear of it where they are.
        let bare = visit.ask(&owner, "POST", &path, json!({ "email": mine })).await?;
        code(&bare, "422 invalid_fields")?;
        let approval = waits(&visit.ask(&owner, "POST", &path, body.clone()).await?)?;
        let letters = town.letters(second.user).await?;
        ensure!(letters.iter().all(|letter| letter.to.as_str() == second.email), "no link went out");
        visit.told(&second, "unless it is cancelled", "change what an owner signs in by").await?;
        let shown = visit.grant(&second, "GET", &format!("/v1/approvals/{approval}"), Value::Null).await?;
        ensure!(shown["act"] == "change_owner_identity" && shown["identity"] == mine, "{shown}");
        let early = visit.ask(&owner, "POST", &format!("/v1/approvals/{approval}/carry-out"), json!({})).await?;
        ensure!(early.status == 409, "{}", early.gist());
        let own = visit.ask(&second, "POST", &format!("/v1/approvals/{approval}/approve"), json!({})).await?;
        ensure!(own.status == 409, "nobody is their own second person: {}", own.gist());
        visit.grant(&second, "POST", &format!("/v1/approvals/{approval}/cancel"), json!({})).await?;
        town.wait(Span::hours(73));
        visit.sign_in(&mut owner).await?;
        let gone = visit.ask(&owner, "POST", &format!("/v1/approvals/{approval}/carry-out"), json!({})).await?;
        code(&gone, "404 not_found")?;

        // A third owner approves: now the link goes to the new address, and the old one is told.
        let mut third = owner.welcome_enrolled(&town, Role::Admin).await?;
        let make = format!("/v1/users/{}/make-owner", third.user);
        let made = waits(&visit.ask(&owner, "POST", &make, json!({ "reason": "we grow" })).await?)?;
        visit.sign_in(&mut second).await?;
        visit.grant(&second, "POST", &format!("/v1/approvals/{made}/approve"), json!({})).await?;
        third.role = Role::Owner;
        visit.sign_in(&mut third).await?;
        let approval = waits(&visit.ask(&owner, "POST", &path, body).await?)?;
        town.letters(second.user).await?;
        visit.grant(&third, "POST", &format!("/v1/approvals/{approval}/approve"), json!({})).await?;
        let letters = town.letters(second.user).await?;
        let to = |address: &str| letters.iter().filter(|letter| letter.to.as_str() == address).count();
        ensure!(to(mine) == 1 && to(&second.email) >= 1, "{} and {}", to(mine), to(&second.email));
        ensure!(town.count("EmailChangeRequested").await? == 1, "once");

        // Their own is their own, once what others asked for is over.
        let own = json!({ "email": "theirs@blefuscu.example" });
        town.wait(Span::minutes(2));
        visit.sign_in(&mut second).await?;
        let early = visit.ask(&second, "POST", "/v1/users/me/email-change", own.clone()).await?;
        code(&early, "409 address_in_correction")?;
        town.wait(Span::hours(24));
        visit.sign_in(&mut second).await?;
        let asked = visit.ask(&second, "POST", "/v1/users/me/email-change", own).await?;
        ensure!(asked.status == 202 && asked.body["approval"].is_null(), "{} {}", asked.gist(), asked.body);
        Ok(())
    }

    /// Rules: D2, H4.
    async fn an_owner_is_linked_to_an_identity_provider_by_two(town) {
        let visit = Visit::open(&town).await?;
        let [owner, second] = two_owners(&town, &visit).await?;
        let third = owner.welcome(&town, Role::Agent).await?;
        let links = |who: &str| format!("/v1/users/{who}/identity-providers");
        let link = |subject: &str| json!({ "provider": "google", "subject": subject, "reason": "a new directory" });
        let done = visit.ask(&owner, "POST", &links(&third.user.to_string()), link("g-1")).await?;
        ensure!(done.status == 201, "an agent's is done: {} {}", done.gist(), done.body);
        let own = links(&owner.user.to_string());
        let odd = visit.ask(&owner, "POST", &own, json!({ "provider": "No", "subject": "x", "reason": "x" }));
        code(&odd.await?, "422 invalid_fields")?;
        // Their own, too: it lets in whoever the provider says, without any factor of ours.
        let approval = waits(&visit.ask(&owner, "POST", &own, link("g-2")).await?)?;
        ensure!(town.count("IdentityProviderLinked").await? == 1, "it waits");
        visit.grant(&second, "POST", &format!("/v1/approvals/{approval}/approve"), json!({})).await?;
        ensure!(town.count("IdentityProviderLinked").await? == 2, "approved, it is done");
        let place = format!("{own}/google");
        let gone = visit.ask(&second, "DELETE", &place, Value::Null).await?;
        ensure!(gone.status == 204, "taking a way in away takes one: {} {}", gone.gist(), gone.body);
        Ok(())
    }
}
