# One's own factors
change = Change
asked-first = Asked for first
token-serial = Serial number
factor-rename = Another name
factor-prefer = Ask for this one first
factor-prefer-hint = Signing in asks for this one first. Your others stay on offer.
factor-remove = Remove it
factor-only-one = This is your only second factor. Add another one before you remove it.
factor-remove-sessions = Your other sessions end, and none of your devices is trusted any more.
factor-remove-told = You are told by mail.
said-factor-renamed = The factor has another name.
said-factor-preferred = From now on this one is asked for first.
enrol-start-title = Set up a second factor
enrol-start-lead = From then on, signing in takes your password and something that only you have.

# A hardware token of one's own
token-instead = Or use a hardware token
token-instead-lead = A card or key fob that shows codes, without a phone.
token-add = Add a hardware token
token-add-lead = A card or key fob that shows codes, by its clock or at the press of a button (OATH).
token-name = Token
token-name-example = So that you recognise it: “Key ring”, “Card”.
token-which = Which token?
token-none-handed = No token of the account was handed to you. Owners and administrators hand them out.
token-handed-hint = Handed to you by this account.
token-by-seed = One whose seed I have
token-by-seed-hint = Such as a card that you program yourself.
token-seed = Seed
token-seed-hint = 10 to 128 bytes in hexadecimal or base 32. Never shown again.
token-seed-wrong = This cannot be read as a seed: 10 to 128 bytes in hexadecimal or base 32.
token-moves = A new code
token-clock-30 = every 30 seconds
token-clock-60 = every 60 seconds
token-button = at the press of a button
token-digits = Digits
token-algorithm = Hash
token-counter = Next counter
token-counter-hint = Only of a token with a button. Default: 0.
token-counter-wrong = A counter is a whole number, at most 2^48.
token-taken-back = This token was taken back meanwhile. Choose another one.
token-confirm-lead = Type the code that your token shows now.
token-code = Code from your hardware token
token-code-hint = If it is refused, the token may be out of step: type two codes in a row into the field, one after the other.

# The account's stock of hardware tokens
stock-title = Hardware tokens
stock-lead = The account's tokens. Once its holder has typed its first code, a token is theirs. When they remove it, are reset, or are erased, it can be handed out again.
stock-none = There are no tokens here. Import the file that came with yours.
stock-then = The account's tokens that somebody had been handed and had not set up yet. Tokens that nobody had then are not shown: no event names them.
stock-none-then = Nobody had a token that was not set up.
stock-imported =
    { $n ->
        [one] { $n } token imported
       *[other] { $n } tokens imported
    }
stock-in-hands = { $n } handed out
stock-bound = { $n } set up
stock-kind = Kind
stock-holder = Handed to
stock-nobody = nobody
stock-set-up = set up
stock-import = Import
stock-assign = Hand out
stock-withdraw = Take back
stock-clock =
    { $n ->
        [one] every { $n } second
       *[other] every { $n } seconds
    }
stock-digits =
    { $n ->
        [one] { $n } digit
       *[other] { $n } digits
    }
stock-added =
    { $n ->
        [one] { $n } token was added.
       *[other] { $n } tokens were added.
    }
stock-known =
    { $n ->
        [one] { $n } was here already and is left as it is.
       *[other] { $n } were here already and are left as they are.
    }
stock-import-title = Import hardware tokens
stock-import-lead = From the file that came with the tokens: a table (CSV) or a key container (PSKC). Nothing is kept of a file with a flaw.
stock-file = File
stock-file-hint = At most 1,000 tokens and 2 MB. The form is seen from the file.
stock-encrypted = If the container is encrypted
stock-encrypted-hint = One of the two, as its maker gave it to you. Whether it is signed is not looked at.
stock-password = Password of the container
stock-key = Pre-shared key
stock-key-hint = 32 hexadecimal digits.
stock-look = Only look
stock-column-needed = What is printed on the token, and its seed. Both must be there; without a header they come first, in this order.
stock-column-type = totp or hotp; totp if not said.
stock-column-figures = 6 or 8 digits; 30 or 60 seconds, or the next counter; SHA1, SHA256, or SHA512. If not said: 6, 30, 0, SHA1.
stock-column-encoding = hex or base32, where a seed could be either.
stock-no-file = Choose a file.
stock-not-text = This file is not text in UTF-8.
stock-key-wrong = A pre-shared key has 32 hexadecimal digits.
stock-found =
    { $n ->
        [one] { $n } token is in the file.
       *[other] { $n } tokens are in the file.
    }
stock-would-add =
    { $n ->
        [one] { $n } would be added. Nothing was kept.
       *[other] { $n } would be added. Nothing was kept.
    }
stock-here = Here already, and left as they are: { $v }
stock-flaws = What is wrong with the file
stock-line = Line { $n }
stock-more-flaws =
    { $n ->
        [one] { $n } more flaw is not shown.
       *[other] { $n } more flaws are not shown.
    }
stock-flaw-serial = A serial number has 1 to 64 characters, and stands there once.
stock-flaw-seed = The seed is missing or cannot be read: 10 to 128 bytes.
stock-flaw-type = Only TOTP and HOTP work here.
stock-flaw-hash = Only SHA-1, SHA-256, and SHA-512 work here.
stock-flaw-digits = Codes have 6 or 8 decimal digits, and no check digit.
stock-flaw-period = A time step has 30 or 60 seconds, counted from 1970.
stock-flaw-counter = A counter is a whole number.
stock-flaw-key = The container is encrypted, and what was given does not open it, or nothing was given.
stock-flaw-line = This is not a token that can be read here.
stock-assign-title = Hand out a hardware token
stock-assign-binds = It protects nothing before they have typed its first code, under “Your security”.
stock-assign-back = Until then it can be taken back.
stock-serial-hint = What is printed on it.
stock-to = To whom
stock-to-hint = Their e-mail address.
stock-no-serial = No token in the stock has this serial number.
stock-theirs = They have this token already.
stock-taken = Somebody else has this token. Take it back first.
stock-too-many =
    { $n ->
        [one] They have { $n } token already that is not set up.
       *[other] They have { $n } tokens already that are not set up.
    }
said-token-handed = The token is handed out. They set it up under “Your security”.
said-token-back = The token is in the stock again.
help-token = Handed out, not set up yet: hardware token
help-hand-token = Hand out a hardware token
help-hand-token-hint = One of the account's. They set it up themselves.

# What else there is, by name
other-ways = Other ways
use-factor = Use { $v }
quoted = “{ $v }”
factor-called = “{ $v }” ({ $w })
code-from = From { $v }.
app-or-token-code = Code from your app or hardware token
a-recovery-code = One of your recovery codes
any-answers = Any of these will do:
step-up-lost = None of these? Sign out, sign in again, and choose “I have none of these” there.
