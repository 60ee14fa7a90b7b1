//! The rules of every log are only worth something if a log that breaks them is found out.

use anyhow::{Result, bail, ensure};
use twofold_domain::policy::Role;
use twofold_domain::time::Timestamp;
use twofold_infra::store::Recorded;
use twofold_tests::invariants::broken;
use twofold_tests::postgres::TestDb;
use twofold_tests::town::Town;

/// A change that somebody makes to a log behind everyone's back.
type Forgery = fn(&mut Vec<Recorded>);

fn last(log: &[Recorded], event_type: &str) -> usize {
    log.iter().rposition(|event| event.event_type == event_type).unwrap_or_default()
}

/// The same event again, at the end of its stream.
fn again(log: &mut Vec<Recorded>, event_type: &str) {
    let copy = log[last(log, event_type)].clone();
    log.push(copy);
}

fn rewrite(log: &mut [Recorded], event_type: &str, from: &str, to: &str) {
    let event = &mut log[last(log, event_type)];
    event.payload = event.payload.replace(from, to);
}

fn remove(log: &mut Vec<Recorded>, event_type: &str) {
    log.remove(last(log, event_type));
}

/// Numbers as they would be without the forgery, so that these do not give it away.
fn renumbered(mut log: Vec<Recorded>) -> Vec<Recorded> {
    let mut heads = std::collections::HashMap::new();
    for (n, event) in (1..).zip(&mut log) {
        let head = heads.entry(event.stream).or_insert(0);
        *head += 1;
        (event.account_seq, event.sequence) = (n, *head);
    }
    log
}

const FORGERIES: &[(&str, Forgery)] = &[
    ("an OTP step is accepted once", |log| again(log, "OtpAccepted")),
    ("a recovery code is used once", |log| again(log, "RecoveryCodeUsed")),
    ("a link is redeemed once", |log| again(log, "LinkRedeemed")),
    ("a mailed code is accepted once", |log| again(log, "MailedCodeAccepted")),
    ("a session begins once", |log| again(log, "SessionStarted")),
    ("a session is earned by a sign-in", |log| remove(log, "SignInCompleted")),
    ("a challenge is answered by a second factor", |log| remove(log, "RecoveryCodeUsed")),
    ("a session is raised by a second factor", |log| remove(log, "OtpAccepted")),
    ("every failure is charged once", |log| {
        let first = log.iter().position(|event| event.event_type == "ProofRejected");
        log.remove(first.unwrap_or_default());
    }),
    ("nothing begins under an older generation", |log| {
        rewrite(log, "SessionStarted", "\"generation\":0", "\"generation\":1");
    }),
    ("a disable says how many it resets", |log| {
        rewrite(log, "AccountTwoFactorDisabled", "\"people\":2", "\"people\":1");
    }),
    ("people enrol in the generation in force", |log| again(log, "TwoFactorEnabled")),
    ("no factor of an older generation is accepted", |log| again(log, "OtpAccepted")),
    ("nothing secret or personal in clear", |log| {
        rewrite(log, "UserRegistered", "\"en\"", "\"NUMBER1@lilliput.example\"");
    }),
    ("time never runs backwards", |log| {
        log.iter_mut().rev().take(1).for_each(|event| event.recorded_at = Timestamp::from_micros(1));
    }),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_forged_log_breaks_the_rule_that_it_breaks() -> Result<()> {
    let town = Town::found(TestDb::sqlite()?).await?;
    let mut owner = town.owner().await?;
    let mut agent = owner.welcome_enrolled(&town, Role::Agent).await?;
    let mut browser = twofold_tests::person::Browser::default();
    let challenge = agent.challenged(&town, town.here(), &mut browser).await?;
    for code in ["000000", "000000", "000000"] {
        let code = twofold_tests::person::otp(code)?;
        agent.prove(&town, town.here(), &challenge, code, false).await?;
    }
    let paper = twofold_tests::person::recovery(&agent.codes[0])?;
    ensure!(agent.prove(&town, town.here(), &challenge, paper, false).await?.accepted(), "a recovery code");
    owner.step_up(&town, town.here()).await?;
    owner.disable_account(&town, town.here()).await?;
    let (log, secrets) = (town.log().await?, town.secrets());
    ensure!(broken(&log, &secrets).is_empty(), "an honest log breaks nothing: {:?}", broken(&log, &secrets));

    for (rule, forge) in FORGERIES {
        let mut forged = log.clone();
        forge(&mut forged);
        let found = broken(&renumbered(forged), &secrets);
        if !found.iter().any(|breach| breach.contains(rule)) {
            bail!("expected a breach of {rule:?}, found {found:#?}");
        }
    }
    let mut gap = log.clone();
    gap.remove(7);
    ensure!(broken(&gap, &secrets).iter().any(|b| b.contains("without gaps")), "a gap is found");
    Ok(())
}
