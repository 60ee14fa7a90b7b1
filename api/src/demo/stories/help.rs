//! Scenes of people who lost something, and came back: by a granted code, after a wait, from a freeze, on an exemption.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use twofold_domain::time::Span;
use twofold_infra::acts::{
    Begun, Circle, ConfirmWayBack, Consented, Exempt, FreezeByLink, GrantRecovery, Proof, Proved,
    RemoveFactor, RequestThaw, RequestWayBack, RevealGrant, Thaw, Thawing, Way,
};
use twofold_infra::verify::grant::GrantCode;
use twofold_infra::verify::{Bearer, MailedCode, NotMe};

use crate::demo::person::{Here, LAPTOP, PHONE};
use crate::demo::year::{ADMIN, Year};

/// The code goes to the agent as a link; the admin who grants it does not see it.
pub(in crate::demo) async fn granted_code(year: &mut Year) -> Result<()> {
    let who = year.agent(1);
    let agent = year.with_factor(who).await?;
    agent.sign_out().await?;
    let (user, old) = (agent.user, agent.factor()?);
    agent.lose_app();
    agent.keep_codes(vec![]);
    year.as_late_as(who);
    let admin = year.present(ADMIN).await?;
    admin.pause(60..120);
    let reason = "Bag stolen with the phone and the printed codes. Came to the desk in person.".to_owned();
    let (credential, circle) = (admin.credential()?, Circle::default());
    let grant = GrantRecovery { credential, user, reason, hours: 24, to_issuer: false, circle };
    if let Consented::Waits(_) = admin.perform(LAPTOP, grant).await? {
        bail!("helping an agent takes two");
    }
    year.as_late_as(ADMIN);
    let (now, agent) = (year.now, &mut year.people[who]);
    agent.until(now);
    agent.pause(120..300);
    let token = Arc::new(Bearer::parse(&agent.mailed_link("/recover/").await?)?);
    let shown = agent.perform(LAPTOP, RevealGrant { token }).await?;
    agent.pause(20..60);
    let Begun::Challenge { sign_in, .. } = agent.knock(LAPTOP, &agent.password()?).await? else {
        bail!("no challenge");
    };
    agent.pause(10..30);
    let code = Proof::Grant(Arc::new(GrantCode::parse(&shown.code)?));
    let Proved::Session { .. } = agent.answer(LAPTOP, sign_in, code, false).await? else {
        bail!("the granted code is refused");
    };
    agent.pause(20..60);
    agent.enrol(LAPTOP, "Replacement phone").await?;
    // Where the code did not take the lost factor along, its owner does.
    let act = RemoveFactor { credential: agent.credential()?, factor: old };
    if let Ok(grant) = agent.perform(LAPTOP, act).await {
        agent.enter(&grant)?;
    }
    year.as_late_as(who);
    Ok(())
}

/// A customer whom nobody can give a code asks for the way by mail, which takes days.
pub(in crate::demo) async fn asks_for_a_way_back(year: &mut Year) -> Result<()> {
    let who = year.customer(2);
    let customer = year.with_factor(who).await?;
    customer.sign_out().await?;
    customer.pause(300..600);
    customer.lose_app();
    customer.keep_codes(vec![]);
    customer.here = Here::Away;
    customer.browsers[LAPTOP].token = None;
    let Begun::Challenge { sign_in, .. } = customer.knock(LAPTOP, &customer.password()?).await? else {
        bail!("no challenge");
    };
    customer.pause(30..60);
    let device = customer.browsers[LAPTOP].token.clone().context("a challenge without a device")?;
    let way = || Way::Door { device: device.clone(), sign_in };
    let ask = RequestWayBack { way: way(), password: None, circle: Circle::default() };
    customer.perform(LAPTOP, ask).await?;
    customer.pause(40..90);
    let code = Arc::new(customer.mailed(|line| MailedCode::parse(line).ok()).await?);
    customer.perform(LAPTOP, ConfirmWayBack { way: way(), code, circle: Circle::default() }).await?;
    year.as_late_as(who);
    Ok(())
}

/// Nobody objected: the old factor is gone, and the next sign-in binds another one.
pub(in crate::demo) async fn comes_back_after_the_wait(year: &mut Year) -> Result<()> {
    let who = year.customer(2);
    let now = year.now;
    let customer = &mut year.people[who];
    customer.here = Here::Yes;
    customer.signed_in(now).await?;
    year.as_late_as(who);
    Ok(())
}

/// A mail tells of a device that is trusted now, and it is none of hers: its link freezes the sign-in.
pub(in crate::demo) async fn not_me(year: &mut Year) -> Result<()> {
    let who = year.agent(3);
    let agent = year.with_factor(who).await?;
    agent.sign_out().await?;
    agent.pause(300..600);
    agent.browsers[PHONE].token = None;
    agent.trusting(PHONE).await?;
    agent.pause(600..1_200);
    let token = Arc::new(NotMe::parse(&agent.mailed_link("/not-me/").await?)?);
    agent.perform(LAPTOP, FreezeByLink { token }).await?;
    year.as_late_as(who);
    Ok(())
}

/// The way back from the freeze: the mailed link, a code of the app, and another password.
pub(in crate::demo) async fn thawed(year: &mut Year) -> Result<()> {
    let who = year.agent(3);
    let now = year.now;
    let agent = &mut year.people[who];
    agent.until(now);
    agent.perform(LAPTOP, RequestThaw { email: agent.casting.email.clone() }).await?;
    agent.pause(60..120);
    let token = Arc::new(Bearer::parse(&agent.mailed_link("/thaw/").await?)?);
    agent.choose_password("a better umbrella by the canal");
    let (proof, password) = (Some(Proof::Otp(agent.code()?)), agent.password()?);
    match agent.perform(LAPTOP, Thaw { token, proof, password: Some(password) }).await? {
        Thawing::Refused(why) => bail!("refused: {why:?}"),
        Thawing::Back { .. } => {}
    }
    agent.pause(10..30);
    let now = agent.now();
    agent.signed_in(now).await?;
    year.as_late_as(who);
    Ok(())
}

/// The phone lies at home: for a day the password alone will do, and then it will not.
pub(in crate::demo) async fn exempted(year: &mut Year) -> Result<()> {
    let who = year.agent(2);
    let agent = year.with_factor(who).await?;
    agent.sign_out().await?;
    let user = agent.user;
    let admin = year.present(ADMIN).await?;
    admin.pause(60..120);
    let reason = "Phone left at home. Sits at the next desk.".to_owned();
    let (credential, until) = (admin.credential()?, admin.now() + Span::hours(8));
    let act = Exempt { credential, user, reason, until, circle: Circle::default() };
    if let Consented::Waits(_) = admin.perform(LAPTOP, act).await? {
        bail!("exempting an agent takes two");
    }
    year.as_late_as(ADMIN);
    let (now, agent) = (year.now, &mut year.people[who]);
    agent.until(now);
    agent.pause(60..120);
    let Begun::Session { .. } = agent.knock(LAPTOP, &agent.password()?).await? else {
        bail!("asked although exempt");
    };
    year.as_late_as(who);
    Ok(())
}
