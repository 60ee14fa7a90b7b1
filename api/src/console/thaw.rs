//! The link back to a sign-in that is frozen: shown by GET, used by POST.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use twofold_domain::ids::StreamId;
use twofold_domain::user::UserError;
use twofold_infra::acts::{
    ActError, AskKeyForThaw, Offered, Proof, ShowThaw, ShownThaw, TextThaw, Thaw, ThawWait, Thawing,
    WaitForThaw,
};
use twofold_infra::verify::password::Password;

use super::challenge::{key, keys_are_offered, not_a_code, refusal_of};
use super::door::{Said, redirect, with_query};
use super::offered::{Prompt, RECOVERY_CODE, called};
use super::refused::Refused;
use super::set_up::{Link, unfit_words};
use super::texted::{not_sent, say, standing};
use super::typed::{KeyAnswer, Typed};
use crate::extract::{Form, Query};
use crate::pages::entry::TextWay;
use crate::pages::frame::{Field, Tone, When};
use crate::pages::{freeze, render};

#[derive(Deserialize, Default)]
pub(super) struct Asked {
    /// `recovery-code`, or the factor that the reader wants to show.
    #[serde(default)]
    with: String,
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    #[serde(flatten)]
    asked: Asked,
    #[serde(default)]
    code: Typed,
    #[serde(default)]
    password: Typed,
    #[serde(flatten)]
    key: KeyAnswer,
    /// For the browser's password manager; whose link it is, the link says.
    #[serde(default, rename = "username")]
    _username: String,
}

/// What was wrong with what was shown last.
#[derive(Default)]
struct Wrong {
    code: Field,
    key: String,
    password: Field,
}

impl Wrong {
    fn proof(text: String, by_key: bool) -> Self {
        if by_key {
            Self { key: text, ..Self::default() }
        } else {
            Self { code: Field::wrong(text), ..Self::default() }
        }
    }

    fn password(text: String) -> Self {
        Self { password: Field::wrong(text), ..Self::default() }
    }
}

/// Says what it takes. Uses nothing.
pub(super) async fn show(link: Link, Query(asked): Query<Asked>) -> Result<Response, Refused> {
    let shown = look(&link).await?;
    page(&link, &asked, &shown, Wrong::default()).await
}

/// Weighs what is shown, and sets the password.
pub(super) async fn submit(mut link: Link, Form(chosen): Form<Chosen>) -> Result<Response, Refused> {
    let (shown, asked, by_key) = (look(&link).await?, chosen.asked, chosen.key.given());
    let f = link.door.frame.clone();
    let again = async |link: &Link, wrong: Wrong| {
        let page = page(link, &asked, &shown, wrong).await?;
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    };
    let unfit = |why: Option<&str>| {
        Wrong::password(unfit_words(&f, chosen.password.text(), shown.least_password, why))
    };
    let password = match Password::parse(chosen.password.text()) {
        _ if !shown.sets_password => None,
        Ok(password) => Some(password),
        Err(_) => return again(&link, unfit(None)).await,
    };
    let given = if by_key { chosen.key.proof() } else { chosen.code.proof() };
    let proof = given.filter(|_| shown.takes_factor);
    if shown.takes_factor && proof.is_none() {
        let words = if by_key { "key-wrong" } else { not_a_code(asked.with == RECOVERY_CODE) };
        return again(&link, Wrong::proof(f.s(words), by_key)).await;
    }
    let recovery = matches!(proof, Some(Proof::Recovery(_)));
    match link.door.perform(Thaw { token: link.token.clone(), proof, password }).await.map(|done| done.reply)
    {
        Ok(Thawing::Back { .. }) => Ok(link.door.go("sign-in", Some(Said::Thawed))),
        Ok(Thawing::Refused(why)) => {
            let text = refusal_of(&link.door, why, recovery, by_key);
            again(&link, Wrong::proof(text, by_key)).await
        }
        Err(ActError::Field { why, .. }) => again(&link, unfit(Some(&why))).await,
        Err(ActError::User(UserError::NotEnabled)) => {
            again(&link, Wrong::proof(f.s("code-wrong"), false)).await
        }
        Err(ActError::User(UserError::Locked { until, .. })) => {
            let text = format!("{} {}", f.s("error-locked"), link.door.wait(until));
            link.door.frame = f.clone().notice(Tone::Bad, text);
            let seconds = until.map_or(3600, |at| at.since(link.door.now()).whole_seconds());
            let page = page(&link, &asked, &shown, Wrong::default()).await?;
            let wait = [(header::RETRY_AFTER, seconds.to_string())];
            Ok((StatusCode::TOO_MANY_REQUESTS, wait, page).into_response())
        }
        Err(error) => Err(link.over(error)),
    }
}

/// Sends a code to a number, and asks for it.
pub(super) async fn text(mut link: Link, Form(asked): Form<Asked>) -> Result<Response, Refused> {
    let factor = asked.with.parse().ok();
    match link.door.perform(TextThaw { token: link.token.clone(), factor }).await {
        Ok(_) => {
            let said = ("said", Said::CodeTexted.word());
            Ok(redirect(&with_query(&here(&link), [("with", asked.with.as_str()), said])))
        }
        Err(error) => {
            let (status, words) = not_sent(&link.door, error).map_err(|error| link.over(error))?;
            say(&mut link.door, words);
            let shown = look(&link).await?;
            Ok((status, page(&link, &asked, &shown, Wrong::default()).await?).into_response())
        }
    }
}

/// Asks for the wait that takes the place of a factor.
pub(super) async fn wait(mut link: Link) -> Result<Response, Refused> {
    let circle = link.door.app.circle(link.door.account).await?;
    let asked = link.door.perform(WaitForThaw { token: link.token.clone(), circle }).await;
    match asked.map(|done| done.reply) {
        Ok(ThawWait::Waits(_))
        | Err(ActError::User(UserError::AlreadyWaiting(_) | UserError::AskYourTeam)) => {
            show(link, Query(Asked::default())).await
        }
        Ok(ThawWait::Doubted(_, until)) => {
            let frame = &link.door.frame;
            let text = match until {
                Some(until) => frame.v("thaw-doubted", When::from(until).plain),
                None => frame.s("thaw-team-lead"),
            };
            link.door.frame = link.door.frame.clone().notice(Tone::Warn, text);
            let shown = look(&link).await?;
            let page = page(&link, &Asked::default(), &shown, Wrong::default()).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(error) => Err(link.over(error)),
    }
}

async fn look(link: &Link) -> Result<ShownThaw, Refused> {
    let shown = link.door.perform(ShowThaw { token: link.token.clone() }).await;
    Ok(shown.map_err(|error| link.over(error))?.reply)
}

fn here(link: &Link) -> String {
    format!("/thaw/{}", link.text)
}

async fn page(link: &Link, asked: &Asked, shown: &ShownThaw, wrong: Wrong) -> Result<Response, Refused> {
    let (door, offers) = (&link.door, &shown.offers);
    // Whoever has nothing but codes to recover with is asked for one.
    let with = if offers.factors.is_empty() { RECOVERY_CODE } else { asked.with.as_str() };
    let there = |with: &str| with_query(&here(link), [("with", with)]);
    let prompt = Prompt::of(offers, with, keys_are_offered(door));
    let text = match prompt.texts() {
        Some(number) => Some(way(link, shown, number).await?),
        None => None,
    };
    let asked_key = if shown.takes_factor && prompt.asks_key() {
        let asked = door.perform(AskKeyForThaw { token: link.token.clone() }).await;
        key(asked, wrong.key).map_err(|error| link.over(error))?
    } else {
        None
    };
    let mut others: Vec<(String, String)> = prompt
        .others()
        .map(|offered| {
            (there(&offered.factor.to_string()), door.frame.v("use-factor", called(&door.frame, offered)))
        })
        .collect();
    if offers.recovery_code && !prompt.recovery_code() {
        others.push((there(RECOVERY_CODE), door.frame.s("use-recovery-code")));
    }
    let mut f = door.frame.clone();
    f.path = there(with);
    Ok(render(&freeze::Thaw {
        action: here(link),
        with: with.to_owned(),
        name: shown.name.clone(),
        email: shown.email.clone(),
        expires: shown.expires_at.into(),
        sets_password: shown.sets_password,
        takes_factor: shown.takes_factor,
        has_factor: !offers.factors.is_empty() || offers.recovery_code,
        recovery: prompt.recovery_code(),
        text,
        codes: prompt.codes(&f, asked_key.is_some()),
        key_names: prompt.key_names(&f),
        key: asked_key,
        others,
        code: wrong.code,
        password: wrong.password,
        shortest: shown.least_password.into(),
        from: shown.open_from.map(When::from),
        wait: if shown.may_wait { format!("{}/wait", here(link)) } else { String::new() },
        f,
    }))
}

/// The number that answers, and what became of the code that was sent there.
async fn way(link: &Link, shown: &ShownThaw, number: &Offered) -> Result<TextWay, Refused> {
    let stream = StreamId::user(link.door.account, shown.user);
    let user = link.door.app.desk.log().users.load(stream).await.map_err(ActError::from)?.state;
    let sent = shown.texts.text.as_ref().is_some_and(|text| text.factor == number.factor);
    let (state, bad) = if sent { standing(&link.door, &user).await? } else { (String::new(), false) };
    Ok(TextWay {
        number: number.number.clone().unwrap_or_default(),
        send: format!("{}/text", here(link)),
        hidden: vec![("with", number.factor.to_string())],
        sent,
        state,
        bad,
    })
}
