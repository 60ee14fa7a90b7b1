//! `twofold delivery`: whether messages go out as configured. Touches no account and no log.

use clap::{Args, Subcommand};
use serde::Serialize;
use twofold_domain::delivery::Channel;
use twofold_infra::clock::Clock;
use twofold_infra::delivery::{Carried, Carriers};
use twofold_infra::mail::{Brand, Language, Number, test_message};
use twofold_infra::mint::Mint;
use twofold_infra::zone::Zone;

use super::{Context, Exit, Failure, setup};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Send one message and say what the next system answered
    Test(Test),
}

/// To whom, and in which language.
#[derive(Debug, Args)]
pub(super) struct Test {
    /// An e-mail address, or a phone number with its country code
    #[arg(long, value_name = "ADDRESS|NUMBER")]
    to: String,
    /// en, es, or ko
    #[arg(long, default_value = "en", value_name = "LANGUAGE")]
    language: String,
}

#[derive(Serialize)]
struct Sent {
    channel: &'static str,
    id: String,
}

pub(super) async fn run(context: &Context, command: Command) -> Result<(), Failure> {
    let Command::Test(Test { to, language }) = command;
    let config = setup::config(&setup::layers(context)?)?;
    let clock = Clock::system();
    let unusable = |error| Failure::new("messages cannot be sent").because(error).exit(Exit::Settings);
    let carriers = Carriers::open(&config.delivery, &clock).map_err(unusable)?;
    let number = to.parse::<Number>().ok();
    let channel = if number.is_some() { Channel::Sms } else { Channel::Mail };
    let Some(carrier) = carriers.of(channel) else {
        let setting = if channel == Channel::Sms { "sms_url" } else { "smtp_url" };
        return Err(Failure::new(format!("nothing is configured that sends {}", channel.name()))
            .fix(format!("set {setting}; twofold config explain shows what is set"))
            .exit(Exit::Settings));
    };
    let brand = Brand {
        product: &config.product.name,
        account: &config.product.name,
        sandbox: false,
        zone: &Zone::UTC,
    };
    let message = test_message(&to, number.as_ref(), Language::of_tag(&language), brand);
    let id = Mint::system(clock).id();
    let failed = |what: &str, reply: Option<u16>| {
        let answer = reply.map_or_else(|| "no answer".to_owned(), |reply| format!("the answer was {reply}"));
        Err(Failure::new(format!("the message was {what}")).because(answer))
    };
    match carrier.carry(id, &message).await {
        Carried::Taken => {
            let sent = Sent { channel: channel.name(), id: id.to_string() };
            context
                .output
                .list(["channel", "message"], &[sent], |sent| [sent.channel.to_owned(), sent.id.clone()])
        }
        Carried::Refused { reply, why } => failed(&format!("refused ({})", why.name()), reply),
        Carried::PutOff { reply } => failed("not taken now", reply),
        Carried::NotSecure => failed("no encrypted connection to whom it should be; see smtp_ca_file", None),
    }
}
