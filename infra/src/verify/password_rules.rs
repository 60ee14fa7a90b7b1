//! Which passwords may be chosen: length and a list of the obvious; no composition rules
//! (NIST SP 800-63B-4 §3.1.1.2).

use std::collections::HashSet;
use std::sync::LazyLock;

use super::password::Password;

/// A word this short is no reason to refuse a password that holds it.
const MIN_CONTEXT_WORD: usize = 3;

/// Words that are obvious for this person.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The product's name.
    pub product: &'a str,
    /// The account's name.
    pub account: &'a str,
    /// The person's e-mail address.
    pub email: &'a str,
}

/// Why a password may not be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Fewer characters than this.
    #[error("a password needs at least {least} characters")]
    TooShort {
        /// The least.
        least: u8,
    },
    /// Among the first that anyone tries.
    #[error("this password is among the first that anyone would try")]
    Common,
    /// Little more than the name of the product, the account, or the person.
    #[error("this password is little more than the name of the product, the organisation, or your own")]
    Obvious,
}

/// Whether a password has so many characters.
pub fn is_long(password: &Password, least: u8) -> bool {
    password.expose().chars().count() >= usize::from(least)
}

/// Whether a person may choose this password. How long it must be is the account's policy.
pub fn check(password: &Password, least: u8, context: &Context<'_>) -> Result<(), Flaw> {
    let text = password.expose();
    if !is_long(password, least) {
        return Err(Flaw::TooShort { least });
    }
    if is_monotonous(text) || cores(text).iter().any(|core| COMMON.contains(core.as_str())) {
        return Err(Flaw::Common);
    }
    if context.words().any(|word| is_mostly(text, &word)) {
        return Err(Flaw::Obvious);
    }
    Ok(())
}

impl Context<'_> {
    fn words(&self) -> impl Iterator<Item = String> {
        let local = self.email.split('@').next().unwrap_or_default();
        let whole = [self.product, self.account, local, self.email].map(squeeze);
        let single = [self.product, self.account, local]
            .into_iter()
            .flat_map(|name| name.split(|c: char| !c.is_alphanumeric()))
            .map(squeeze)
            .collect::<Vec<_>>();
        whole.into_iter().chain(single).filter(|word| word.chars().count() >= MIN_CONTEXT_WORD)
    }
}

/// Lower-case letters and digits only.
fn squeeze(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect()
}

/// The forms of a password under which the list is searched: squeezed, without the digits at its
/// ends, and each with the digits and signs that stand for letters read as such.
fn cores(text: &str) -> [String; 4] {
    let plain = squeeze(text);
    let read = squeeze(&text.chars().map(letter_meant).collect::<String>());
    let bare = |s: &str| s.trim_matches(|c: char| c.is_numeric()).to_owned();
    // "p@ssw0rd123": the digits at the end are decoration, those inside are letters.
    let meant: String =
        text.trim_end_matches(|c: char| !c.is_alphabetic()).chars().map(letter_meant).collect();
    [bare(&plain), squeeze(&meant), read, plain]
}

const fn letter_meant(c: char) -> char {
    match c {
        '@' | '4' => 'a',
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '$' | '5' => 's',
        '7' => 't',
        other => other,
    }
}

/// Whether what is left without `word` would itself be too short beside a second factor by half.
fn is_mostly(text: &str, word: &str) -> bool {
    cores(text).iter().any(|core| {
        core.contains(word) && core.replace(word, "").chars().filter(|c| c.is_alphabetic()).count() < 4
    })
}

/// One character or one short group over and over, or a run along the alphabet or the digits.
fn is_monotonous(text: &str) -> bool {
    let chars: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    let repeats = |period: usize| chars.iter().zip(chars.iter().skip(period)).all(|(a, b)| a == b);
    let runs = |step: i64| {
        chars.windows(2).all(|pair| i64::from(pair[1] as u32) - i64::from(pair[0] as u32) == step)
    };
    (1..=3).any(repeats) || runs(1) || runs(-1)
}

static COMMON: LazyLock<HashSet<&'static str>> = LazyLock::new(|| COMMON_WORDS.split_whitespace().collect());

/// What people choose first, in squeezed form; written by hand.
const COMMON_WORDS: &str = "
    password passwort passwd passcode passphrase contrasena motdepasse parola senha wachtwoord salasana
    mypassword yourpassword thepassword password1 passwordpassword newpassword oldpassword password123
    secret secrets topsecret mysecret letmein letmeinnow openup opensesame sesame trustno one trustnoone
    welcome welcomeback welcome1 welcomehome hello hellohello helloworld goodmorning goodnight changeme
    changeit changethis pleasechange default defaultpassword temp temporary temppassword test tester testing
    testtest testpassword guest guestguest demo demouser sample example user username login loginlogin
    logmein signin access accessgranted admin administrator adminadmin adminpassword root rootroot toor
    superuser sysadmin system master masterkey supervisor manager operator owner support helpdesk service
    server database oracle postgres mysql windows linux ubuntu android apple iphone samsung google facebook
    twitter amazon internet computer laptop keyboard network security secure secured password2
    qwerty qwertyu qwertyui qwertyuiop qwerty1 qwerty123 qwertyqwerty qwertz qwertzui qwertzuiop azerty
    azertyui azertyuiop asdf asdfasdf asdfgh asdfghjk asdfghjkl zxcv zxcvbn zxcvbnm zxcvzxcv qazwsx qazwsxedc
    1qaz2wsx 1qaz2wsx3edc zaq12wsx q1w2e3r4 q1w2e3r4t5 1q2w3e4r 1q2w3e4r5t 1234qwer qwer1234 qweasd qweasdzxc
    abcd abcdabcd abcd1234 abc123 abc12345 a1b2c3d4 a1b2c3d4e5 aa123456 aaa111 1a2b3c4d pass pass1234 1234pass
    11223344 12341234 12344321 112233445566 1234567890 0987654321 123456789a 123123123 147258369 159357
    741852963 789456123 987654321 13579 2468 10203040 01234567 00001111 31415926 27182818
    iloveyou iloveyouu iloveu ilovehim ilovemyself loveyou lovelove lovely loveme mylove forever forevermore
    baby babygirl babyboy princess prince queen king angel angels sweetheart sweetie honey darling beautiful
    handsome family mother father brother sister daughter friends friendship bestfriend familyfirst
    sunshine sunflower summer summertime winter spring autumn january february march april june july august
    september october november december monday tuesday wednesday thursday friday saturday sunday
    football footballer baseball basketball softball hockey soccer tennis golf golfer rugby cricket volleyball
    liverpool arsenal chelsea barcelona realmadrid juventus yankees cowboys lakers steelers
    dragon dragons monkey tiger tigers lion eagle eagles falcon shadow phoenix wolf wolverine panther bear
    horse horses dolphin butterfly kitty kitten puppy doggy bunny chicken elephant unicorn penguin
    batman superman spiderman starwars pokemon pikachu naruto minecraft fortnite matrix hunter killer ninja
    warrior soldier knight wizard magic merlin gandalf hogwarts harrypotter
    michael jennifer jessica ashley daniel thomas robert charlie jordan andrew matthew joshua nicole
    michelle amanda samantha alexander anthony patrick benjamin victoria elizabeth maria carlos
    cheese chocolate cookie cookies banana orange strawberry pepper ginger coffee pizza whiskey vodka
    computer1 corvette ferrari porsche mercedes mustang harley yamaha honda toyota
    freedom liberty victory success money millionaire lucky luckycharm blessed blessing jesus jesuschrist
    heaven godisgood amen peace hope faith rainbow diamond crystal silver golden purple
    blink blahblah whatever nothing noname unknown nobody anything something correcthorsebatterystaple
    twofactor authenticator onetimepassword verification
";

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEXT: Context<'_> =
        Context { product: "Twofold", account: "Acme Rockets", email: "ada.lovelace@example.com" };

    fn verdict(text: &str, least: u8) -> Result<(), Flaw> {
        check(&Password::parse(text).map_err(|_| ()).unwrap(), least, &CONTEXT)
    }

    #[test]
    fn eight_characters_beside_a_second_factor_and_fifteen_alone() {
        let short = "vu7-kelp";
        assert_eq!(verdict(short, 8), Ok(()));
        assert_eq!(verdict(&short[1..], 8), Err(Flaw::TooShort { least: 8 }));
        assert_eq!(verdict(short, 15), Err(Flaw::TooShort { least: 15 }));
        assert_eq!(verdict("moth kelp anvil", 15), Ok(()));
        assert_eq!(verdict("바다 위의 작은 등대", 8), Ok(()), "characters, not bytes");
    }

    #[test]
    fn what_everyone_tries_first_is_refused() {
        for text in [
            "password",
            "Password1!",
            "P@ssw0rd123",
            "12345678",
            "87654321",
            "qwertyuiop",
            "Welcome2026",
            "iloveyou!!",
            "aaaaaaaaaa",
            "abcabcabc",
            "abcdefgh",
            "1q2w3e4r",
            "letmein99",
            "correct horse battery staple",
        ] {
            assert_eq!(verdict(text, 8), Err(Flaw::Common), "{text}");
        }
    }

    #[test]
    fn names_of_product_account_and_person_are_refused() {
        for text in [
            "twofold2026",
            "Acme-Rockets",
            "acme1234!",
            "adalovelace",
            "Lovelace#1",
            "ada.lovelace@example.com",
        ] {
            assert_eq!(verdict(text, 8), Err(Flaw::Obvious), "{text}");
        }
        assert_eq!(verdict("lovelace met a purple heron", 8), Ok(()));
    }

    #[test]
    fn there_are_no_composition_rules() {
        for text in ["onlylowercaseletters", "no digits at all", "68205917343"] {
            assert_eq!(verdict(text, 8), Ok(()), "{text}");
        }
    }

    #[test]
    fn the_list_is_in_the_form_that_it_is_searched_in() {
        for word in COMMON.iter() {
            assert_eq!(&squeeze(word), word);
        }
        assert!(COMMON.len() >= 200, "{}", COMMON.len());
    }
}
