//! The way in: set-up link, sign-in, challenge, enrolment, recovery codes.

use askama::Template;

use super::frame::{Field, Frame, When};

/// The front page: which account?
#[derive(Debug, Clone, Template)]
#[template(path = "home.html")]
pub struct Home {
    /// What stands around it.
    pub f: Frame,
    /// `account`: its short name.
    pub account: Field,
    /// Accounts to choose from, where they are no secret.
    pub accounts: Vec<super::frame::Account>,
}

/// A set-up or invitation link: shown by GET, consumed by POST.
#[derive(Debug, Clone, Template)]
#[template(path = "set_up.html")]
pub struct SetUp {
    /// What stands around it.
    pub f: Frame,
    /// Where the form goes; holds the link's secret.
    pub action: String,
    /// Whose access is set up.
    pub name: String,
    /// Their address.
    pub email: String,
    /// When the link ends.
    pub expires: When,
    /// The shortest password that is taken.
    pub shortest: u32,
    /// Does it replace a forgotten one?
    pub again: bool,
    /// `password`
    pub password: Field,
}

/// A forgotten password.
#[derive(Debug, Clone, Template)]
#[template(path = "forgot.html")]
pub struct Forgot {
    /// What stands around it.
    pub f: Frame,
    /// Where the form goes.
    pub action: String,
    /// Where the reader goes instead.
    pub back: String,
    /// `email`
    pub email: Field,
}

/// The link that makes an address somebody's: shown by GET, used by POST.
#[derive(Debug, Clone, Template)]
#[template(path = "confirm_address.html")]
pub struct ConfirmAddress {
    /// What stands around it.
    pub f: Frame,
    /// Where the form goes; holds the link's secret.
    pub action: String,
    /// Whose address it becomes.
    pub name: String,
    /// The new address.
    pub email: String,
    /// When the link ends.
    pub expires: When,
    /// Whether it keeps the address that they have.
    pub keeps: bool,
}

/// The link of a recovery grant: shown by GET; used by POST, which shows the code.
#[derive(Debug, Clone, Template)]
#[template(path = "recover.html")]
pub struct Recover {
    /// What stands around it.
    pub f: Frame,
    /// Where the form goes; holds the link's secret.
    pub action: String,
    /// Whose way back in it is.
    pub name: String,
    /// Their address.
    pub email: String,
    /// When it ends.
    pub expires: When,
    /// The code, once; empty before it is asked for.
    pub code: String,
    /// Whether a second factor is required of them.
    pub required: bool,
    /// Where it is used.
    pub sign_in: String,
}

/// Somebody lost their second factor.
#[derive(Debug, Clone, Template)]
#[template(path = "lost.html")]
pub struct Lost {
    /// What stands around it.
    pub f: Frame,
    /// Where the form goes.
    pub action: String,
    /// What it carries along.
    pub hidden: Vec<(&'static str, String)>,
    /// Whether a code was mailed.
    pub mailed: bool,
    /// That code.
    pub code: Field,
    /// From when the reset holds, once it waits.
    pub due: Option<When>,
    /// Back to the beginning.
    pub back: String,
}

/// E-mail and password.
#[derive(Debug, Clone, Template)]
#[template(path = "sign_in.html")]
pub struct SignIn {
    /// What stands around it.
    pub f: Frame,
    /// Where the form goes.
    pub action: String,
    /// Where a forgotten password is asked for.
    pub forgot: String,
    /// `next`: where the reader wanted to go.
    pub next: String,
    /// `email`
    pub email: Field,
    /// `password`
    pub password: Field,
    /// `stay`: offered when the policy lets a session outlive the browser.
    pub stay: bool,
}

/// A button that asks a security key or passkey. It takes a script.
#[derive(Debug, Clone)]
pub struct Key {
    /// `create` a credential, or `get` a signature.
    pub way: &'static str,
    /// What the browser is asked, as JSON.
    pub options: String,
    /// What comes back with the answer; empty where the server keeps it.
    pub state: String,
    /// What was wrong with the last answer.
    pub wrong: String,
}

/// A number that codes go to.
#[derive(Debug, Clone)]
pub struct TextWay {
    /// Its last digits: `••56`.
    pub number: String,
    /// Where a code is asked for.
    pub send: String,
    /// What that form brings along.
    pub hidden: Vec<(&'static str, String)>,
    /// Was one sent for this?
    pub sent: bool,
    /// What became of it, in words.
    pub state: String,
    /// Did it fail?
    pub bad: bool,
}

/// The second factor.
#[derive(Debug, Clone, Template)]
#[template(path = "challenge.html")]
pub struct Challenge {
    /// What stands around it.
    pub f: Frame,
    /// Where the form goes.
    pub action: String,
    /// What the form brings back unchanged.
    pub hidden: Vec<(&'static str, String)>,
    /// Is a recovery code asked for, instead of one from the app?
    pub recovery: bool,
    /// Is a code by SMS asked for?
    pub text: Option<TextWay>,
    /// The field for a code that the reader's app or token shows.
    pub codes: Option<CodeField>,
    /// The key that may be asked instead.
    pub key: Option<Key>,
    /// What the reader's keys are called.
    pub key_names: String,
    /// The same page, asking for something else: where, and what, in words.
    pub others: Vec<(String, String)>,
    /// `code`; spaces and hyphens do not count.
    pub code: Field,
    /// `trust`: offered when the policy allows trust, for so many days.
    pub trust_days: Option<u32>,
    /// For who has none of these; empty where somebody of their team helps them.
    pub lost: String,
    /// Why a code is asked for, in the reader's language.
    pub why: String,
}

/// The field for a code of an app or a token.
#[derive(Debug, Clone)]
pub struct CodeField {
    /// Whose code, in words.
    pub label: String,
    /// What those are called.
    pub hint: String,
}

/// Everything that answers, by name, and what is left to whoever has none of it.
#[derive(Debug, Clone)]
pub struct Answers {
    /// Each, in words.
    pub all: Vec<String>,
    /// Where the way without any is; empty where it is none of these pages.
    pub lost: String,
    /// That way in words.
    pub words: String,
    /// How a code is typed.
    pub hint: String,
}

/// A second factor again, for something sensitive.
#[derive(Debug, Clone, Template)]
#[template(path = "step_up.html")]
pub struct StepUp {
    /// What stands around it.
    pub f: Frame,
    /// Where the form goes.
    pub action: String,
    /// `next`: what it is needed for.
    pub next: String,
    /// Has the reader a second factor to show?
    pub enrolled: bool,
    /// What answers.
    pub answers: Answers,
    /// The numbers that a code can be sent to.
    pub texts: Vec<TextWay>,
    /// Where they get one.
    pub enrol: String,
    /// Where the reader goes instead.
    pub cancel: String,
    /// `code`
    pub code: Field,
    /// The key that may be asked instead.
    pub key: Option<Key>,
}

/// Before a factor is bound: its name, and of which kind it is.
#[derive(Debug, Clone, Template)]
#[template(path = "enrol_start.html")]
pub struct EnrolStart {
    /// What stands around it.
    pub f: Frame,
    /// Where the form goes.
    pub action: String,
    /// Must they enrol before they can do anything else?
    pub required: bool,
    /// To which address a code will be mailed, masked; empty where none is needed.
    pub mailed_to: String,
    /// `name`
    pub called: Field,
    /// May it be an authenticator app?
    pub app: bool,
    /// May it be a security key or passkey?
    pub key: bool,
    /// Where a hardware token is bound instead; empty where the policy allows none.
    pub token: String,
    /// A telephone number instead, where the policy allows one.
    pub phone: Option<PhoneStart>,
    /// Where the reader goes instead; empty where they must enrol.
    pub cancel: String,
}

/// Binding a security key or passkey.
#[derive(Debug, Clone, Template)]
#[template(path = "enrol_key.html")]
pub struct EnrolKey {
    /// What stands around it.
    pub f: Frame,
    /// Where the form goes.
    pub action: String,
    /// Must they enrol before they can do anything else?
    pub required: bool,
    /// `factor`: its id.
    pub factor: String,
    /// Where another beginning is made.
    pub anew: String,
    /// Where the reader goes instead; empty where they must enrol.
    pub cancel: String,
    /// What the key is asked.
    pub key: Key,
    /// The code that was mailed, where the rule asks for one.
    pub mailed: Option<Mailed>,
}

/// Before a telephone number is bound.
#[derive(Debug, Clone)]
pub struct PhoneStart {
    /// Where the form goes; empty where nothing sends text messages.
    pub action: String,
    /// `number`
    pub number: Field,
}

/// Binding a telephone number.
#[derive(Debug, Clone, Template)]
#[template(path = "enrol_phone.html")]
pub struct EnrolPhone {
    /// What stands around it.
    pub f: Frame,
    /// Where the form goes.
    pub action: String,
    /// Must they enrol before they can do anything else?
    pub required: bool,
    /// `factor`: its id.
    pub factor: String,
    /// The number, and where another code is asked for.
    pub text: TextWay,
    /// Where another beginning is made.
    pub anew: String,
    /// Where the reader goes instead; empty where they must enrol.
    pub cancel: String,
    /// `code`: the one that came by SMS.
    pub code: Field,
    /// The code that was mailed, where the rule asks for one.
    pub mailed: Option<Mailed>,
}

/// Binding an authenticator app.
#[derive(Debug, Clone, Template)]
#[template(path = "enrol.html")]
pub struct Enrol {
    /// What stands around it.
    pub f: Frame,
    /// Where the form goes.
    pub action: String,
    /// Must they enrol before they can do anything else?
    pub required: bool,
    /// `factor`: its id.
    pub factor: String,
    /// Where another beginning is made.
    pub anew: String,
    /// Where the reader goes instead; empty where they must enrol.
    pub cancel: String,
    /// The QR code, from [`super::qr::svg`].
    pub qr: String,
    /// The key in groups of four, for typing.
    pub key: Vec<String>,
    /// The same as a link for an app on this device.
    pub otpauth: String,
    /// `code`: from the app.
    pub code: Field,
    /// The code that was mailed, where the rule asks for one.
    pub mailed: Option<Mailed>,
}

/// The code that was mailed.
#[derive(Debug, Clone)]
pub struct Mailed {
    /// What a phone's keyboard shows: digits, or letters where an administrator's ticket is open.
    pub mode: &'static str,
    /// To which address, masked.
    pub to: String,
    /// Until when it counts.
    pub expires: Option<When>,
    /// `mailed_code`
    pub code: Field,
    /// Where another one is asked for; empty if not now.
    pub again: String,
}

/// Recovery codes, shown once.
#[derive(Debug, Clone, Template)]
#[template(path = "recovery_codes.html")]
pub struct RecoveryCodes {
    /// What stands around it.
    pub f: Frame,
    /// Where it goes on, once they are kept.
    pub action: String,
    /// The codes.
    pub codes: Vec<String>,
    /// When they were made.
    pub made: When,
}

impl RecoveryCodes {
    /// The codes as a file, without a second request that would have to show them again.
    fn download(&self) -> String {
        let mut url = String::from("data:text/plain;charset=utf-8,");
        let head = format!("{} {}", self.f.asks(), self.made.plain);
        let text = std::iter::once(&head)
            .chain(&self.codes)
            .map(|line| form_urlencoded::byte_serialize(line.as_bytes()));
        for line in text {
            line.for_each(|part| url.push_str(&part.replace('+', "%20")));
            url.push_str("%0A");
        }
        url
    }
}
