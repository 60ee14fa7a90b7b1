//! What other people's software makes: codes by pyotp, tables by a spreadsheet's writer. None of it
//! shares a line with the program.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use twofold_domain::policy::Role;
use twofold_domain::time::{Span, Timestamp};
use twofold_tests::authenticator::Authenticator;
use twofold_tests::person::Person;
use twofold_tests::stories;
use twofold_tests::town::Town;

use super::visit::{Visit, code, text};

/// The parts of an enrolment link, and what stands on the phone's screen.
const APP: &str = "import pyotp, sys
app = pyotp.parse_uri(sys.argv[1])
print(app.issuer, app.name, app.at(int(sys.argv[2])), sep='\\n')";

/// What a card shows that has a button, after so many; and one with a clock.
const BUTTON: &str = "import pyotp, sys; print(pyotp.HOTP(sys.argv[1], digits=6).at(int(sys.argv[2])))";
const CLOCK: &str = "import hashlib, pyotp, sys
print(pyotp.TOTP(sys.argv[1], digits=8, digest=hashlib.sha256, interval=60).at(int(sys.argv[2])))";

/// A table as spreadsheets save it: a byte order mark, every field in quotes, lines that end with CR LF.
const SPREADSHEET: &str = "import csv, io, sys
out = io.StringIO()
csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator='\\r\\n').writerows(row.split('|') for row in sys.argv[1:])
sys.stdout.buffer.write(out.getvalue().encode('utf-8-sig'))";

/// A link as the other system made it.
const LINK: &str = "import pyotp, sys
print(pyotp.TOTP(sys.argv[1]).provisioning_uri(name=sys.argv[2], issuer_name='Brobdingnag, Inc.'))";

/// Runs a script where pyotp is.
fn python(script: &str, arguments: &[&str]) -> Result<String> {
    let has = |python: &&str| {
        Command::new(python).args(["-c", "import pyotp"]).output().is_ok_and(|out| out.status.success())
    };
    let python = ["/usr/bin/python3", "python3"].into_iter().find(has);
    let python = python.context("no Python has pyotp: apt-get install python3-pyotp, or run .ci/test")?;
    let out = Command::new(python).args(["-c", script]).args(arguments).output()?;
    ensure!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    Ok(String::from_utf8(out.stdout)?.trim_end_matches('\n').to_owned())
}

fn seconds(at: Timestamp) -> String {
    at.unix_seconds().to_string()
}

/// Begins to bind a factor: its path, and what was answered.
async fn begin(visit: &Visit<'_>, who: &Person, asked: Value) -> Result<(String, Value)> {
    let started = visit.grant(who, "POST", "/v1/users/me/factors", asked).await?;
    Ok((format!("/v1/users/me/factors/{}/confirm", text(&started, "/id")?), started))
}

/// Signs in with a code that somebody else's software made.
async fn comes_in(town: &Town, visit: &Visit<'_>, who: &mut Person, otp: &str) -> Result<()> {
    let begun = visit.begin(who).await?;
    ensure!(begun["result"] == "challenge", "{begun}");
    let proofs = format!("/v1/sign-ins/{}/proofs", text(&begun, "/sign_in")?);
    let came = visit.proving(&begun, &proofs, otp).await?;
    ensure!(came.status == 200, "{} {}", came.gist(), came.body);
    let session = text(&came.body, "/session/token")?;
    town.never_in_log(&session);
    who.browser.session = Some(session);
    Ok(())
}

stories! {
    /// Rules: E1, P1, P5.
    async fn an_app_by_somebody_else_reads_our_link_binds_and_signs_in(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let mut agent = owner.welcome(&town, Role::Agent).await?;
        agent.sign_in(&town, town.here()).await?;
        let (confirm, started) = begin(&visit, &agent, json!({ "name": "Phone" })).await?;
        let uri = text(&started, "/uri")?;
        town.never_in_log(&Authenticator::scan(&uri)?.secret);
        let shown = python(APP, &[&uri, &seconds(town.now())])?;
        let shown: Vec<&str> = shown.lines().collect();
        ensure!(shown[..2] == ["Twofold (Lilliput)", &agent.email], "the app names {shown:?}");
        let both = json!({ "otp": shown[2], "mailed_code": town.mailed_code(agent.user).await? });
        let bound = visit.grant(&agent, "POST", &confirm, both).await?;
        for code in bound["recovery_codes"].as_array().into_iter().flatten() {
            town.never_in_log(code.as_str().unwrap_or_default());
        }
        town.never_in_log(text(&bound, "/session/token")?);
        // Its clock runs on, and its next code opens the door, once.
        town.wait(Span::minutes(1));
        let next = python(APP, &[&uri, &seconds(town.now())])?;
        let next = next.lines().last().context("a code")?.to_owned();
        comes_in(&town, &visit, &mut agent, &next).await?;
        let begun = visit.begin(&agent).await?;
        let proofs = format!("/v1/sign-ins/{}/proofs", text(&begun, "/sign_in")?);
        code(&visit.proving(&begun, &proofs, &next).await?, "401 proof_rejected")?;
        Ok(())
    }

    /// Rules: E4.
    async fn a_table_of_cards_that_another_tool_wrote_is_read_and_their_codes_are_good(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let (button, clock) = ("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP");
        let rows = ["serial|seed|type|digits|period|algorithm".to_owned(), format!("Fob 1|{button}|HOTP|6||SHA1"), format!("Card 1|{clock}|TOTP|8|60|SHA256")];
        let table = python(SPREADSHEET, &rows.each_ref().map(String::as_str))?;
        ensure!(table.starts_with('\u{feff}') && table.contains("\"\r\n\""), "as a spreadsheet saves it");
        let body = json!({ "format": "csv", "file": table });
        let done = visit.grant(&owner, "POST", "/v1/hardware-tokens", body).await?;
        ensure!(done["added"] == 2, "{done}");
        for (serial, seed) in [("Fob 1", button), ("Card 1", clock)] {
            town.never_in_log(seed);
            let mut agent = owner.welcome(&town, Role::Agent).await?;
            agent.sign_in(&town, town.here()).await?;
            let out = format!("/v1/users/{}/hardware-tokens", agent.user);
            let out = visit.grant(&owner, "POST", &out, json!({ "serial": serial })).await?;
            let (confirm, _) = begin(&visit, &agent, json!({ "name": serial, "assigned": out["token"] })).await?;
            let shown = |n: u8| {
                if seed == button { python(BUTTON, &[seed, &n.to_string()]) } else { python(CLOCK, &[seed, &seconds(town.now())]) }
            };
            let both = json!({ "otp": shown(0)?, "mailed_code": town.mailed_code(agent.user).await? });
            let bound = visit.grant(&agent, "POST", &confirm, both).await?;
            for code in bound["recovery_codes"].as_array().into_iter().flatten() {
                town.never_in_log(code.as_str().unwrap_or_default());
            }
            town.never_in_log(text(&bound, "/session/token")?);
            town.wait(Span::minutes(2));
            comes_in(&town, &visit, &mut agent, &shown(1)?).await?;
        }
        Ok(())
    }

    /// Rules: H1.
    async fn people_whom_another_tool_wrote_down_come_with_the_links_that_another_made(town) {
        let visit = Visit::open(&town).await?;
        let owner = town.owner().await?;
        let seed = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
        town.never_in_log(seed);
        let link = python(LINK, &[seed, "glumdalclitch@brobdingnag.example"])?;
        let rows = ["name|email|role|otp_uri".to_owned(), format!("Glumdalclitch, \"Nurse\"|glumdalclitch@brobdingnag.example|end_user|{link}")];
        let table = python(SPREADSHEET, &rows.each_ref().map(String::as_str))?;
        let done = visit.import(&owner, &table).await?;
        ensure!(done.body["created"] == 1, "{} {}", done.gist(), done.body);
        let user = text(&done.body, "/results/0/user")?;
        let one = visit.grant(&owner, "GET", &format!("/v1/users/{user}"), Value::Null).await?;
        ensure!(one["name"] == "Glumdalclitch, \"Nurse\"" && one["factors_claimed"] == 1, "{one}");
        Ok(())
    }
}
