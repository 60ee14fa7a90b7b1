//! How an account shows itself, as tables.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::account::{Notice, Settings, SettingsCommand, SettingsError};

fn acme() -> Settings {
    Settings { name: "Acme".into(), ..Settings::default() }
}

fn save(to: Settings) -> AccountCommand {
    AccountCommand::Settings(SettingsCommand::Change { to, at: NOW })
}

fn saved(after: Settings) -> AccountEvent {
    AccountEvent::AccountSettingsChanged { before: acme(), after, at: NOW }
}

fn sized(bytes: usize, width: u32, height: u32) -> String {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    png.extend(width.to_be_bytes().into_iter().chain(height.to_be_bytes()));
    png.resize(bytes, 0);
    format!("data:image/png;base64,{}", STANDARD.encode(png))
}

fn png(bytes: usize) -> String {
    sized(bytes, 32, 32)
}

/// Rules: H5.
#[test]
fn one_save_is_one_event_and_saving_what_holds_is_none() {
    let whole = Settings {
        name: "Acme Works".into(),
        logo: Some(png(100)),
        languages: ["ko", "en"].map(String::from).into(),
        time_zone: Some("Asia/Seoul".into()),
        help: Some("https://help.acme.example/2fa".into()),
        notices: [Notice::LockedOut, Notice::PolicyChanged].into(),
    };
    given::<Account>(on()).when(save(whole.clone())).then([saved(whole.clone())]);
    given::<Account>(and(on(), [saved(whole.clone())])).when(save(whole.clone())).then([]);
    given::<Account>(on()).when(save(acme())).then([]);
    given::<Account>(on()).when(save(Settings { name: " Acme ".into(), ..acme() })).then([]);
    given::<Account>([]).when(save(acme())).then_refused(AccountError::Unknown);
    assert_eq!(fold::<Account>(and(on(), [saved(whole)])).name(), "Acme Works");
}

/// Rules: H5.
#[test]
fn a_setting_is_usable_or_refused() {
    let too_long = "é".repeat(81);
    for name in ["", "  ", "a\nb", "\u{200b}", too_long.as_str()] {
        let named = Settings { name: name.into(), ..acme() };
        given::<Account>(on()).when(save(named)).then_refused(AccountError::BadName);
    }
    let refused = |to: Settings, why: SettingsError| {
        given::<Account>(on()).when(save(to)).then_refused(AccountError::Settings(why));
    };
    let accepted = |to: Settings| given::<Account>(on()).when(save(to.clone())).then([saved(to)]);

    for language in ["en", "es", "ko"] {
        accepted(Settings { languages: [language.to_owned()].into(), ..acme() });
    }
    for language in ["", "EN", "de", "en-GB"] {
        refused(Settings { languages: [language.to_owned()].into(), ..acme() }, SettingsError::Language);
    }

    let help = |help: &str| Settings { help: Some(help.into()), ..acme() };
    let longest = format!("https://a.example/{}", "x".repeat(182));
    for good in ["https://a.example", "https://a.example:8443/b?c#d", "mailto:help@a.example", &longest] {
        accepted(help(good));
    }
    let too_long = format!("{longest}x");
    for bad in [
        "",
        "https://",
        "https:a.example",
        "http://a.example",
        "javascript:alert(1)",
        "https://a.example/ b",
        "https://acme.example@evil.example/",
        "https://a.example/\"onclick",
        "mailto:",
        "mailto:@a.example",
        "mailto:help",
        "mailto:help@a.example?bcc=all@b.example",
        &too_long,
    ] {
        refused(help(bad), SettingsError::Help);
    }

    let logo = |logo: String| Settings { logo: Some(logo), ..acme() };
    for good in [png(24), png(16 * 1024), sized(100, 1_024, 1)] {
        accepted(logo(good));
    }
    let other = |bytes: &[u8]| format!("data:image/png;base64,{}", STANDARD.encode(bytes));
    for bad in [
        png(16 * 1024 + 1),
        png(23),
        sized(100, 1_025, 1),
        sized(100, 1, 60_000),
        sized(100, 0, 1),
        png(100).replace("png", "svg+xml"),
        other(b"GIF89a"),
        other(b""),
        "data:image/png;base64,\u{e9}".to_owned(),
        "https://a.example/logo.png".to_owned(),
    ] {
        refused(logo(bad), SettingsError::Logo);
    }
}

/// Rules: H5.
#[test]
fn who_wishes_for_a_language_that_is_not_offered_reads_the_accounts_first() {
    let offers = |languages: &[&str]| Settings {
        languages: languages.iter().map(|&language| language.to_owned()).collect(),
        ..acme()
    };
    let rows: [(&[&str], &str, &str, &str); 6] = [
        (&[], "es", "es", "en"),
        (&[], "ko-KR", "ko-KR", "en"),
        (&["ko", "en"], "en", "en", "ko"),
        (&["ko", "en"], "es", "ko", "ko"),
        (&["es"], "ES-mx", "ES-mx", "es"),
        (&["es"], "", "es", "es"),
    ];
    for (offered, wish, read, first) in rows {
        let settings = offers(offered);
        assert_eq!((settings.language(wish), settings.first_language()), (read, first), "{offered:?} {wish}");
    }
    // Named twice is named once, where it was named first.
    given::<Account>(on()).when(save(offers(&["ko", "en", "ko"]))).then([saved(offers(&["ko", "en"]))]);
}
