# Around every page
skip = Skip to the content
demo-banner = This is a demo: invented people, and mails that go nowhere.
sandbox-banner = This is a sandbox for trying things out, and no real account. Its clock shows { $v }.
sign-out = Sign out
menu = Menu
menu-own = Your security
menu-people = People
menu-status = Status
menu-policy = Policy
menu-log = Audit log
language = Language
help = Help
continue = Continue
cancel = Cancel
show = Show
all = All
next-page = Next page
previous-page = Previous page
pages = Pages
valid-until = Valid until
since = since
ends = ends
never = never
name = Name
role = Role
state = State
actions = Actions
reason = Reason
reason-hint = Everyone who may read the audit log sees it.

# Roles
role-owner = Owner
role-admin = Administrator
role-agent = Agent
role-auditor = Auditor
role-end-user = User

# The way in
set-up-title = Set up your access
set-up-lead = You are setting up access to { $w } with { $v }. First choose a password; the second factor comes next.
set-up-once = This link works once.
password-new = New password
password-hint = At least { $n } characters. A few words in a row are easy to remember and hard to guess.
sign-in-title = Sign in
sign-in-lead = { $v } asks for your e-mail and password.
sign-in = Sign in
email = E-mail
password = Password
stay-signed-in = Stay signed in when I close the browser
challenge-title = Confirm that it is you
app-code = Code from your authenticator app
app-code-hint = Spaces do not matter.
recovery-code = One of your recovery codes
recovery-code-hint = Each works once. Spaces and hyphens do not matter.
trust-device =
    { $n ->
        [one] Do not ask on this device for { $n } day
       *[other] Do not ask on this device for { $n } days
    }
trust-device-hint = Only on a device that is yours alone.
lost-device = Lost your device?
use-recovery-code = Use a recovery code
lost-never = Nobody who helps you will ever ask you for a code.

# Enrolment
enrol-title = Set up your authenticator app
enrol-lead = From then on, signing in takes your password and a code that only your phone can show.
enrol-required = This account requires a second factor. It takes about two minutes; you can go on afterwards.
enrol-step-app = Install an authenticator app
enrol-step-app-text = Any app for one-time codes will do, on your phone or in your password manager. Have one already? Go on.
enrol-step-scan = Scan this picture with the app
enrol-cannot-scan = Cannot scan it?
enrol-type-key = Choose “enter a key” in the app and type:
enrol-open-app = Open the app on this device
enrol-step-code = Type the code that the app shows
enrol-step-mail = Type the code that we mailed you
enrol-mail-sent = Sent to { $v }.
mailed-code = Code from the mail
send-again = Send it again
enrol-finish = Switch it on
enrol-once = The picture and the key are shown only until you finish.
qr-label = QR code for your authenticator app

# Recovery codes
codes-title = Keep your recovery codes
codes-lead = Each of these codes lets you in once when your phone is not at hand. Keep them where you keep what must not get lost.
codes-once = You will not see these codes again. You can make new ones at any time; the old ones stop working then.
codes-download = Download
codes-print = Or select and copy them, or print this page.
codes-kept = I have kept them
codes-left =
    { $n ->
        [one] { $n } code left
       *[other] { $n } codes left
    }

# Your security
own-factors = Second factors
own-no-factor = You have no second factor yet. A password alone can be guessed or stolen.
own-add-factor = Add another one
own-switch-off = Switch off
own-required = This account requires a second factor, so the last one stays.
own-codes = Recovery codes
own-codes-hint = New codes replace the old ones at once.
own-new-codes = Make new codes
own-devices = Devices
own-sessions = Open sessions
own-no-devices = No device is known.
own-no-sessions = No session is open.
factor-totp = Authenticator app
factor-token = Hardware token
factor-sms = Code by SMS
factor-webauthn = Security key or passkey
factor-passkey = Passkey
factor-security-key = Security key
key-use = Use my security key or passkey
key-or = Or without a code:
key-needs-scripts = A security key or passkey needs JavaScript, which is off in this browser. Use another way below, or turn it on for this page.
key-no-answer = The key did not answer, or this browser has no way to ask one. Try again, or use another way.
key-wrong = This is not a key that belongs here. Try again with the one you added.
key-over = That took too long, or it was used already. Try again.
enrol-kind = What do you want to add?
enrol-kind-app = Shows a new six-digit code every 30 seconds. Works on any phone.
enrol-kind-key = A key that you plug in or hold to the phone, or the lock of this device. Nothing to type.
enrol-key-title = Add a security key or passkey
enrol-key-lead = From now on this key can confirm that it is you.
enrol-step-key = Touch your key
enrol-step-key-text = The browser asks you for it. If your key has a PIN, you may be asked for that as well.
error-keys-not-offered = Security keys cannot be added here, because this server is reached by an IP address and not by a name. Choose an authenticator app.
last-used = last used
never-shown = came along from elsewhere, never shown here
last-seen = last seen
trusted-until = trusted until
not-trusted = asks for a code
this-device = This device
this-session = This session
stop-trusting = Stop trusting
report-lost = Report as lost
by-code = Signed in with a code
by-recovery-code = Signed in with a recovery code
by-sms = Signed in with a code by SMS
by-key = Signed in with a security key or passkey
by-trust = Signed in on a trusted device, without a code
by-program = A program vouched for the sign-in, without a code
by-password = Signed in with the password
end-session = End
end-others = End all other sessions
end-chosen = End the chosen ones
end-all = End all sessions
devices-of-title = Devices and sessions

# States
state-enabled = Enabled
state-pending = Must enrol
state-optional = Optional
state-exempt = Exempt
state-suspended = Suspended
state-locked = Locked
switch-on = On
switch-off = Off
switch-suspended = Suspended

# People and status
search-people = Name or e-mail
nobody = Nobody matches.
status-title = Who has a second factor
as-of-day = As of the day
show-now = Back to now
as-of = As of
as-of-event = Or after event no.
as-of-title = As it was
seen = As of event { $v },
rule = Rule
enrolled = Enrolled
codes = Codes

# Audit log
log-type = Event
log-who = Who
log-whom = To whom
log-from = From
log-to = To
log-why = Reason
log-empty = No event matches.

# Policy
policy-switch = Two-factor authentication in this account
policy-enable = Enable
policy-enable-hint = Everyone starts from scratch: earlier enrolments were reset.
policy-resume = Resume
policy-resume-hint = Everything is again as it was; sessions opened meanwhile without a second factor end.
policy-suspend = Suspend
policy-suspend-hint = Nobody is asked for a code for a while. Enrolments stay.
policy-disable = Disable for everyone
policy-disable-hint = Resets every enrolment of the account. You see how many before you decide.
policy-members = Team members
policy-users = End users
policy-required-hint = Default: not required. Whoever has none must set one up at the next sign-in.
policy-read-only = You may read this policy and try another on past sign-ins, not change it.

# Confirmations
confirm-disable-title = Disable two-factor authentication for everyone?
confirm-suspend-title = Suspend two-factor authentication?
confirm-resume-title = Resume two-factor authentication?
confirm-enable-title = Enable two-factor authentication again?
confirm-reset-title = Reset this person’s second factor?
confirm-disable = Disable and reset
confirm-ask = Ask for approval
confirm-suspend = Suspend
confirm-resume = Resume
confirm-enable = Enable
confirm-reset = Reset
effect-disable-factors = Every authenticator app, recovery code, and trusted device stops working at once.
effect-disable-again = After enabling it again, everyone sets up from the beginning.
effect-disable-sessions = Sign-ins that wait for a code are refused.
effect-disable-instead = To stop asking for a while without resetting anyone, suspend instead.
effect-suspend = Nobody is asked for a code until you resume. Enrolments stay.

# Development outbox
outbox-title = Outbox
outbox-lead = Mails and messages of this server are not sent. They end here.
outbox-empty = Nothing yet.

# When something does not work
error-bad = That could not be read
error-bad-advice = Go back, look at what you typed, and try again.
error-signed-out = Please sign in
error-signed-out-advice = Your session has ended, or you have not signed in yet.
error-forbidden = You may not do that
error-forbidden-advice = Your role does not allow it, or the request came from another site.
error-gone = There is nothing here
error-gone-advice = The link is wrong, was used before, or has ended. Ask for a new one.
error-changed = It has changed meanwhile
error-changed-advice = Somebody was faster. Go back, load the page again, and decide on what is there now.
error-slow = Too many attempts
error-slow-advice = Wait a little, then try again.
error-away = Not available at the moment
error-away-advice = Try again in a moment. Nothing that was confirmed is lost.
error-fault = Something went wrong on our side
error-fault-advice = Try again. If it stays, tell us the number below.
request-id = Number of this request:

# Home, sign-in, codes
home-title = Which account?
account-name = Short name of the account
account-name-hint = It stands in every mail that we send you.
account-unknown = There is no account of that name. Look at the spelling, or ask whoever invited you.
accounts-here = Accounts of this demo
not-now = Not now
sign-in-refused = This e-mail and password do not match, or signing in is not possible right now. Try again, or ask an administrator of this account.
password-too-short = A password needs at least { $n } characters.
password-obvious = This is among the first passwords that anyone would try. Choose a few words that belong together only for you. (At least { $n } characters.)
password-wrong = The password is not right.
why-new-device = You have not signed in on this device before.
why-trust-ended = This device was trusted; that has ended.
why-not-trusted = This device is not trusted.
why-every-sign-in = This account asks for a code at every sign-in.
why-kind-not-allowed = Your factor is of a kind that this account does not allow any more. Use it once more; then you add another one.
code-malformed = A code has 6 digits, or 8 where a token shows as many.
code-wrong = This code is not right. Type the one that the app shows now; if it stays wrong, check the clock of your phone, or type two codes in a row, one after the other.
code-used = This code was used already. Wait for the next one.
code-expired = The time of this code is over. Type the one that the app shows now; if it is that one, check the clock of your phone, or type two codes in a row, one after the other.
key-copied = This key may have been copied, so it was not accepted. Use another factor, and have this one replaced.
kind-not-allowed = This account does not allow factors of this kind any more. Use another one of yours.
recovery-code-malformed = A recovery code looks like 3-ABCD-EFGH-JKMN-PQRS.
recovery-code-wrong = This is none of your recovery codes. Old ones stop working when new ones are made.
recovery-code-used = This recovery code was used already. Take another one.
mailed-code-malformed = The mailed code has 8 digits.
mailed-code-wrong = This is not the code that we mailed. Look for the newest mail.
mailed-code-expired = The time of this code is over. Have another one sent.
mailed-just-now = A code was sent a moment ago.
mails-open = You can still use the last three codes that were mailed.
mailed-tries-spent = Too many wrong codes.
locked-until-unlock = An owner or administrator of this account can unlock you.
wait-seconds =
    { $n ->
        [one] Try again in { $n } second.
       *[other] Try again in { $n } seconds.
    }
wait-minutes =
    { $n ->
        [one] Try again in { $n } minute.
       *[other] Try again in { $n } minutes.
    }
app-or-recovery-code = Code from your app, or a recovery code
app-or-recovery-code-hint = Spaces and hyphens do not matter.
step-up-title = Confirm once more that it is you
step-up-lead = What you are about to do takes a second factor that was shown within the last ten minutes.
step-up-enrol-first = This takes a second factor, and you have none yet. Set one up first; then you can go on.

# Enrolment: names
factor-name = What do you call it?
factor-name-hint = So that you recognise it in the list: “Phone”, “Password manager”.
enrol-name-example = Phone
factor-name-taken = Another of your second factors has this name. Choose another one.
name-wrong = A name has 1 to 100 characters.
enrol-will-mail = We will mail a code to { $v }, so that nobody who only knows your password can do this.
enrol-anew = Begin anew

# Switching off
switch-off-title = Switch off your second factor?
switch-off-lead = From then on your password alone lets anyone in. Your recovery codes and trusted devices stop working, and all your other sessions end.
unknown-browser = Unknown browser

# What was just done
said-signed-out = You are signed out.
said-session-ended = Your session has ended. Sign in again to go on.
said-session-expired = Your session's time was over. Sign in again to go on.
said-ended-by-password = Your session ended because your password was changed. Sign in with the new one. If that was not you, choose “Forgot your password?”.
said-ended-by-guesses = Your session ended because too many wrong codes came behind your password. Choose a new one at “Forgot your password?”.
said-ended-by-factor = Your session ended because your two-factor authentication was changed: set up, removed, or reset. Sign in again to go on.
said-ended-by-role = Your session ended because your role was changed. Sign in again to go on.
said-ended-by-address = Your session ended because your team replaced your e-mail address. Sign in with the new one.
said-ended-and-back = You were let in again. Open the link that was mailed to you and choose a new password; then sign in.
said-sign-in-over = That sign-in is over: it took too long or was finished already. Begin again with your password.
said-password-again = Two-factor authentication is switched off, so this takes your password again.
said-code-mailed = Another code is on its way.
said-enrolled = Your new second factor is set up.
said-codes-kept = Your second factor is on. Keep the recovery codes where you will find them.
said-factor-removed = The factor is removed.
said-distrusted = That device will be asked for a code again.
said-lost = The device is reported lost: its sessions have ended and it is a stranger now.
said-ended = The session has ended.
said-several-ended = The sessions have ended.
said-others-ended = All other sessions have ended.
said-switched-off = Your second factor is off.
said-confirmed = Confirmed.
said-trusted = You are signed in, and this device is trusted.
said-saved = The policy is saved and holds from now on.
said-unchanged = Nothing was changed.
said-disabled = Two-factor authentication is disabled and everyone is reset. Sign in with your password.
said-enabled = Two-factor authentication is enabled. Everyone sets it up anew.
said-suspended = Two-factor authentication is suspended. Nobody is asked for a code.
said-resumed = Two-factor authentication goes on as before.
said-invited = The invitation is on its way.
said-was-reset = The second factor is reset. Nobody else was touched.
said-unlocked = The locks are lifted.

# What stands in the way
error-link = This link is over
error-link-advice = It works once and for a limited time, and a newer one replaces it. Ask whoever sent it for a new one; if you have set your password already, just sign in.
error-locked = Too many wrong tries.
error-enrolment-closed = Nobody can set up a second factor now
error-enrolment-closed-advice = Two-factor authentication is disabled for this account. An owner can enable it again under Policy.
error-exempted = Not while you are exempt
error-exempted-advice = For a limited time no second factor is asked of you, and until then none can be set up: an owner or administrator of this account let you in so. It ends by itself, or when they end it.
own-exempt = No second factor is asked of you until { $v }. Until then you cannot set one up; an owner or administrator of this account can end it before.
error-last-factor = This is your last authenticator
error-last-factor-advice = Add another one before you remove it, or switch your second factor off.
error-required = This account requires a second factor
error-required-advice = You can add another authenticator and remove this one; you cannot be without.
error-ticket = An administrator must let you enrol
error-ticket-advice = Your last authenticator may have been in wrong hands. Ask an owner or administrator of this account for an enrolment ticket.
error-too-many-factors = You have as many authenticators as one can have
error-too-many-factors-advice = Remove one that you no longer use.
error-switch = It is in that state already
error-switch-advice = Somebody was faster. Look at the policy page again.

# People: invitations, help
invite = Invite
invite-title = Invite somebody
invite-lead = They get a mail with a link that works once, for seven days, and choose their own password.
invite-send = Send the invitation
email-wrong = This is not an address such as ada@example.com.
email-same = This is the address already. Name another one.
email-taken = Somebody in this account has this address already.
email-taken-fix = Somebody in this account has this address already. Change theirs first, or erase them if they were invited by mistake.
email-kept = This address was somebody’s until a short while ago, and is kept for them. If it is theirs, put their address right instead.
unlock = Unlock
reset = Reset
history = Log
show-all = Show all
save = Save
role-takes-two = An owner has another role once a second owner approves it, or, where nobody else can, after 72 hours.
reason-owner = Reason (needed where another owner must agree)
reason-optional = Reason (everyone who may read the audit log sees it)
reason-wrong = A reason has 1 to 500 characters.
changed-meanwhile = It has changed meanwhile. This is how it is now; decide again.
erased-person = erased person
erased-person-on = person erased on { $v }
confirm-unlock-title = Lift the locks of this person?
confirm-unlock = Unlock
effect-reset-factors = Their authenticator apps, recovery codes, and trusted devices stop working at once, and their sessions end.
effect-reset-again = They set up a second factor again with their password and a code that is mailed to them.
effect-reset-only = Nobody else is touched.
effect-told = They are told by mail.
effect-unlock = Every lock and every wait after wrong tries ends, for password and codes alike.
effect-unlock-factors = Their second factor stays as it is.
effect-resume = Everyone who had a second factor is asked for it again.
effect-resume-sessions = Sessions that were opened meanwhile without it end.
effect-enable = Everyone starts from scratch: whoever had a second factor before sets it up again.

# Rules behind a state
state-off = Off
rule-has-factor = has a second factor
rule-policy-requires = the policy requires one
rule-grace = required, in the days of grace
rule-kind-not-allowed = none of their factors is of an allowed kind
rule-policy-optional = the policy does not require one
rule-account-suspended = suspended for the account
rule-account-disabled = disabled for the account
rule-hard-cap = too many wrong tries
in-force-required = second factor required
in-force-optional = second factor optional
in-force-every-sign-in = asked at every sign-in
in-force-trust =
    { $n ->
        [one] devices trusted for { $n } day
       *[other] devices trusted for { $n } days
    }
everyone = Everyone
population = People
as-of-time = Time ({ $v })
as-of-wrong = This is not a date or time.
as-of-needs-day = Choose the day as well.
as-of-future = That is still to come.
as-of-before = The account did not exist then.
as-of-no-event = No event has this number.
after-event = after event { $n }
trusted-devices = Trusted devices

# Policy
policy-required = Require a second factor
policy-people =
    { $n ->
        [one] { $n } person.
       *[other] { $n } people.
    }
policy-without =
    { $n ->
        [one] { $n } has none yet.
       *[other] { $n } have none yet.
    }
policy-enrolled =
    { $n ->
        [one] { $n } person has a second factor.
       *[other] { $n } people have a second factor.
    }
policy-grace = Days of grace
policy-grace-hint = Default { $n }. For so many days after it becomes required of somebody, they may still sign in without one; whoever joins later has as many. 0 to 90.
policy-trust = Days of trust in a device
policy-trust-hint = Default { $n }. For so long a trusted device is not asked for a code. 0 asks at every sign-in; at most 365.
policy-stay = Days signed in without a password
policy-stay-hint = Default { $n }. For so long closing the browser ends no session, where its owner wishes so. 0 to 90.
policy-idle = Minutes until an idle session ends
policy-idle-hint = Default { $n }. 5 to 43200, which is 30 days.
policy-lifetime = Hours until any session ends
policy-lifetime-hint = Default { $n }. 1 to 720, which is 30 days.
policy-number = A whole number is needed here.
policy-range = Between { $v } and { $w }.
policy-switch-owner = Only an owner can change this, or an administrator where the owners let them.

# Audit log
log-cause = caused by event { $n }
log-device = Device
log-stream = Stream
log-stream-account = the account
log-stream-user = people
log-stream-device = devices
log-stream-reading = who read what
log-no-device = No device has this id. It begins with dev_.
log-nobody = Nobody here has this address or id.
log-reset-people = Whom it reset
log-reset-more = and { $n } more
actor-anonymous = someone not signed in yet
actor-operator = the operator of the server
actor-system = the server itself
told-people =
    { $n ->
        [one] { $n } person
       *[other] { $n } people
    }
told-refused-unknown =
    { $n ->
        [one] { $n } at an unknown address
       *[other] { $n } at unknown addresses
    }
told-refused-locked =
    { $n ->
        [one] { $n } at a locked person
       *[other] { $n } at locked people
    }
told-until = until { $v }
told-wait = next try at { $v }
told-drift = clock off by { $v } steps
changed-nothing = nothing
changed-two-factor = Two-factor authentication
changed-drift = Steps that the clock is off
changed-exempt-until = Exempt until
told-in-a-row =
    { $n ->
        [one] { $n } time in a row
       *[other] { $n } times in a row
    }
told-tries-left =
    { $n ->
        [one] { $n } try left
       *[other] { $n } tries left
    }
told-values =
    { $n ->
        [one] { $n } value unreadable for good
       *[other] { $n } values unreadable for good
    }
told-letter = message “{ $v }”
told-reply = the other side answered { $n }
told-attempts =
    { $n ->
        [one] { $n } try
       *[other] { $n } tries
    }
told-tokens =
    { $n ->
        [one] { $n } token
       *[other] { $n } tokens
    }
told-by-disable = when it was disabled for the account
told-by-staff = by a member of staff

# Each event in words
event-AccountOpened = Account opened
event-PolicyChanged = Policy changed
event-AccountTwoFactorDisabled = Two-factor authentication disabled for everyone
event-AccountTwoFactorEnabled = Two-factor authentication enabled for the account
event-AccountTwoFactorSuspended = Two-factor authentication suspended
event-AccountTwoFactorResumed = Two-factor authentication resumed
event-ResetFanOutCompleted = Every announced reset carried out
event-SignInsRefused = Sign-ins refused without a charge
event-OperatorActed = The operator acted in this account
event-UserRegistered = Person added
event-LinkIssued = One-time link made
event-LinkRedeemed = One-time link used
event-EmailVerified = E-mail address proved
event-PasswordSet = Password set
event-PasswordAccepted = Right password after wrong ones
event-PasswordRejected = Wrong password
event-MailedCodeIssued = Code mailed
event-MailedCodeAccepted = Mailed code accepted
event-MailedCodeRejected = Mailed code refused
event-FactorEnrolmentStarted = Began to set up an authenticator
event-FactorConfirmed = Authenticator confirmed
event-TwoFactorEnabled = Second factor switched on
event-RecoveryCodesGenerated = Recovery codes made
event-RecoveryCodesRegenerated = New recovery codes made
event-OtpAccepted = Code accepted
event-RecoveryCodeUsed = Recovery code used
event-FactorDriftFound = A factor's clock is off
event-SmsCodeIssued = Code sent by SMS
event-SmsCodeAccepted = Code by SMS accepted
event-AssertionAccepted = Security key or passkey accepted
event-RecoveryCodesLow = Few recovery codes left
event-RecoveryCodesExhausted = No recovery code left
event-ProofRejected = Second factor refused
event-ProofCameLate = Code shown too late
event-PasswordChangeDemanded = Another password demanded: ten wrong codes behind this one
event-LockedOut = Locked after too many wrong tries
event-Unlocked = Locks lifted
event-FactorRemoved = Authenticator removed
event-FactorRenamed = Factor renamed
event-FactorPreferred = Factor chosen to be asked for first
event-TokenAssigned = Hardware token handed out
event-TokenWithdrawn = Hardware token taken back
event-TwoFactorDisabled = Second factor switched off by its owner
event-TwoFactorReset = Second factor reset
event-DeviceReportedLost = Device reported lost
event-MessageSent = Message sent
event-MessageFailed = Message not delivered
event-DeliveryTroubleRaised = Owners and admins told that messages do not arrive
event-OutageRaised = Owners and admins told that nothing goes out by one way
event-BudgetSpent = A day's budget of messages is spent
event-PersonErased = Person erased
event-DeviceRegistered = New device seen
event-SignInStarted = Sign-in begun: the first factor was right, or vouched for
event-SignInCompleted = Signed in
event-SessionStarted = Session begun
event-SessionSteppedUp = Session confirmed with a second factor
event-SessionRenewed = Session renewed after a change of credentials
event-SessionActive = Session in use
event-SessionEnded = Session ended
event-DeviceTrusted = Device trusted
event-DeviceTokenRotated = Device recognised again
event-DeviceDistrusted = Device no longer trusted

# Values of events
value-mail = e-mail
value-sms = SMS
value-unreachable = the other side could not be reached
value-not-secure = no encrypted connection to the right mail server
value-bad-address = the address cannot be sent to
value-no-transport = nothing is configured that sends it
value-person-budget = too many messages to this person today
value-account-budget = too many messages from this account today
value-country-budget = too many messages into this country today
value-unreadable = the stored message could not be read
value-complete = let in
value-challenge = asked for a code
value-enrol = must enrol first
value-enrolled = has a second factor
value-new-device = new device
value-device-trusted = trusted device
value-trust-ended = trust has ended
value-not-trusted = device not trusted
value-every-sign-in = asked at every sign-in
value-required-not-enrolled = required, has none
value-in-grace = in the days of grace
value-provider-only = identity provider only
value-optional-not-enrolled = optional, has none
value-account-suspended = suspended for the account
value-account-disabled = disabled for the account
value-password = password
value-trust = trusted device, without a code
value-otp = code from the app
value-recovery-code = recovery code
value-totp = authenticator app
value-token = hardware token
value-webauthn = security key or passkey
value-sms-code = code by SMS
value-assertion = security key or passkey
value-csv = CSV file
value-pskc = PSKC file
value-full = for everything
value-enrolment = for enrolment only
value-signed-out = signed out
value-ended-by-user = ended by its owner
value-ended-by-staff = ended by staff
value-device-lost = device reported lost
value-token-replayed = a copied token was shown
value-displaced = a newer session took its place
value-person-erased = person erased
value-revoked-by-user = by its owner
value-revoked-by-staff = by staff
value-wrong = wrong
value-replayed = used before
value-counter-back = its counter went back: it may have been copied
value-not-allowed = of a kind that is not allowed any more
value-expired = its time was over
value-void = what it stood on had changed
value-closed = it was answered before, or never asked
value-second-factor = second factor
value-mailed-code = mailed code
value-invitation = invitation
value-set-up = set-up
value-sign-in = to sign in
value-step-up = to confirm a session
value-confirm = to set up an authenticator
value-disable = to switch it off

event-PolicyScheduled = Policy scheduled for a date
event-PolicyScheduleCancelled = Scheduled policy withdrawn
event-OwnerFloorChanged = Owner's floor changed
event-ProfileChosen = Profile of rules chosen
event-GovernanceChanged = Rules of dual control changed
event-AccountSettingsChanged = Account settings changed
event-GroupCreated = Group made
event-GroupRenamed = Group renamed
event-GroupDeleted = Group deleted
event-ClientRegistered = Program registered
event-ClientRemoved = Program removed
event-ClientTokenIssued = API token issued to a program
event-ClientTokenRevoked = A program's API token ended
event-ForeignPasswordsArrived = People came with passwords of another system
event-ForeignPasswordsGone = Nobody has a password of that other system any more
event-HardwareTokensImported = Hardware tokens imported
event-ApprovalRequested = An act waits for approval
event-ApprovalUsed = An act was approved and carried out
event-ApprovalCancelled = An act that waited was cancelled
event-SandboxClockSet = Sandbox clock set
event-AccountClosed = Account closed
event-TwoFactorResetScheduled = Reset of the second factor asked for
event-TwoFactorResetCancelled = Waiting reset cancelled
event-ExemptionGranted = Exempted from the second factor for a while
event-ExemptionEnded = Exemption ended early
event-EnrolmentTicketIssued = Enrolment ticket issued
event-EnrolmentTicketRejected = Enrolment ticket refused
event-EnrolmentTicketUsed = Enrolment ticket used
event-FactorClaimed = Authenticator imported, not yet shown
event-PasswordClaimed = Password hash imported
event-PasswordRehashed = Imported password shown and kept anew
event-EmailChangeRequested = New e-mail address to be confirmed
event-HelpRefused = Help refused
event-EmailChangeCancelled = E-mail change stopped
event-EmailChanged = E-mail address changed
event-UserRenamed = Name changed
event-LanguageChanged = Language changed
event-RoleChanged = Role changed
event-GroupsChanged = Groups changed
event-UserDeactivated = Person deactivated
event-UserReactivated = Person reactivated
event-IdentityProviderLinked = Identity provider linked
event-IdentityProviderUnlinked = Identity provider unlinked
event-ApiTokenIssued = API token issued
event-ApiTokenRevoked = API token ended
event-PasswordAccessUsed = Password shown to the API
event-SessionReauthorised = App reauthorised
event-DataRead = Data of other people looked at
event-DataExported = Data of other people taken away as a file
event-ReportOrdered = A report ordered as a file
event-ReportPrepared = A report is ready as a file
event-ReportGivenUp = A report could not be written as a file
event-ReportWithdrawn = A file of a report withdrawn
event-ApiTokenUsed = API token in use
told-after-wait = Reset asked for; the wait passed without objection
told-matures = Not before { $v }
state-deactivated = Deactivated
rule-identity-provider = signs in through an identity provider
rule-exemption = exempt for a limited time
rule-deactivated = may not sign in
rule-erased = was erased
value-exempted = exempt for a while
value-kind-not-allowed = only factors of a kind that is not allowed any more
value-asserted = a program vouched for the first factor
value-password-reset = forgotten password
value-email-objection = link that keeps the address
value-email-change = change of address
value-verification = proof of the address
value-allowed = let in
value-warned = let in, with a warning
value-refused = refused
value-disable-account = switch off for everyone
value-suspend-account = suspend for everyone
value-reset-owner = reset an owner
value-exempt-owner = exempt an owner
value-erase-person = erase a person
value-grant-owner = make somebody an owner
value-demote-owner = give an owner another role
value-deactivate-owner = deactivate an owner
value-help-exemption = exemption
value-help-ticket = enrolment ticket
value-help-grant = recovery code
value-help-reset = reset of the second factor
value-help-unlock = unlock
value-help-address = another address
value-help-provider = sign-in through an identity provider
value-help-provider-end = end of sign-in through an identity provider
value-help-token = hardware token
value-help-vouch = word for the way back
value-help-freeze = freeze
value-help-stop = end of a way back in
value-help-sessions = end of sessions or of a device
value-help-invitation = another invitation
value-help-return = return after deactivation
value-customer = refused: they are, or were until a short while ago, a customer
value-outranked = refused: not by that role
value-spent = refused: as many people helped as one may in a while
value-transfer-ownership = hand over ownership
value-close-account = close the account
value-read-account = read the account
value-read-people = read people
value-read-status = read reports
value-read-audit = read the audit log
value-export = export
value-manage-end-users = manage end users
value-assert-sign-in = vouch for a first factor
value-assert-trust = let trusted devices count

approvals-title = Waiting for approval
approvals-lead = These take a second owner, or a wait in which everyone of the team is told. Nothing of it has happened yet.
approvals-none = Nothing waits.
approvals-from = Can be carried out from
approvals-overtaken = Overtaken: who asked may not do it any more, or it is not so any more.
approve = Approve and carry out
carry-out = Carry out
cancel-request = Cancel it
said-reset-later = The reset waits 72 hours. The person is told, and can object.
said-waits = This waits for a second owner, or for its time. Those concerned were told by mail.
said-carried-out = It is carried out.
said-cancelled = It is cancelled. Nothing happened.
said-factor-kept = The reset is cancelled. Your second factor stays.
ticket-wrong = This is not the ticket. After five wrong tries it is void.
ticket-over = There is no open enrolment ticket. Ask an administrator for a new one.
compromise-fresh = Your last authenticator was in wrong hands. A new one can be set up 72 hours after your change of role, and not before.
ticket-needed = After a compromise a new authenticator takes an enrolment ticket. Ask an administrator for one.
enrol-step-ticket = Type your enrolment ticket
enrol-ticket-text = An administrator gave it to you: 16 letters and digits.
mailed-code-or-ticket = Code from the mail, or enrolment ticket
value-change-governance = take acts out of dual control
event-StaffResetAsked = Reset of a customer asked for
event-HelpCharged = Help of somebody counted
reset-waiting = Staff asked to reset your second factor. It holds from:
keep-factor = Keep my second factor
reset-compromise = The factor may be in wrong hands: only an enrolment ticket sets up a new one
forgot = Forgot your password?
forgot-title = A new password
forgot-lead = Type the address with which you sign in to { $v }. If somebody there has it, a link goes to that address.
forgot-send = Send me a link
said-reset-asked = If somebody here has this address, a message is on its way to it.
said-password-set = Your new password is set. Sign in with it.
said-email-asked = A link is on its way to the new address. Nothing changes until it is used.
said-email-kept = The address stays as it is. If somebody else asked for another one, change your password.
said-email-changed = The new address is confirmed. Sign in with it.
said-email-taken = This address is in use already. Nothing was changed.
said-role-changed = They have another role; their sessions have ended.
said-deactivated = They can no longer sign in.
said-reactivated = A link is on its way to them. With it they choose a password.
new-password-title = Choose a new password
new-password-lead = This link replaces your password for { $w } in { $v }. Your second factor stays as it is, and you are asked for it when you sign in.
keep-address-title = Keep your address
keep-address-lead = Another address was asked for in { $w } with { $v }. If it was not you, keep this one: the change is stopped.
keep-address = Keep this address
confirm-address-title = Confirm your new address
confirm-address-lead = From then on you sign in to { $w } in { $v } with this address. The one before is told.
confirm-address = Confirm this address
unverified = address not confirmed
new-email = New e-mail address
new-email-hint = A link goes to the new address, and a notice to the present one.
new-email-send = Send the link
role-hint = Another role ends their sessions and trust.
role-change = Change the role
invite-again-lead = They have not set a password yet. Another link ends the one before.
invite-again = Send another invitation
deactivate-lead = From then on nothing of theirs works: password, sessions, trusted devices, tokens. Their second factor stays theirs.
deactivate = Deactivate
reactivate-lead = They prove their address and choose a password again, by a link.
reactivate = Let them sign in again
error-last-owner = This is the last owner
error-last-owner-advice = Make somebody else an owner first: an account keeps one who can sign in.
error-below-floor = The owner’s floor does not allow this
error-below-floor-advice = It requires a second factor of this person where they are, and not where they would be. An owner can move them, or set another floor.
error-takes-two = This takes a second owner
error-takes-two-advice = Nobody makes or unmakes an owner alone.
# Previews, and the rest of the policy
confirm-place-title = Move this person?
confirm-policy-title = Save this policy?
confirm-policy = Save the policy
default-yes = Default: yes.
default-no = Default: no.
policy-meant = Only of these
policy-meant-hint = Default: nobody ticked, and then it is required of everyone. Otherwise of whoever has one of these roles or is in one of these groups.
policy-password = Characters of a password beside a second factor
policy-password-hint = Default { $n }. For passwords that are set from now on, by people who have or must have a second factor. 8 to 64.
policy-password-alone = Characters of a password alone
policy-password-alone-hint = Default { $n }. For passwords that are set from now on, by everyone else. 15 to 64.
policy-failures = Wrong tries until a lock
policy-failures-hint = Default { $n }. So many in a row, counted apart for known devices and strangers; then only an unlock helps. 5 to 50.
policy-trust-session = End trust with the session
policy-trust-session-hint = A device whose session ran out of time is asked for a code again. Concerns everyone who trusted a device.
policy-asserted = A product may check the first factor
policy-asserted-hint = A program with a token for it may open sign-ins of these people. Never of owners.
policy-reauthorise = Unlock the app when it is opened
policy-reauthorise-hint = Apps ask for their PIN or biometrics. Concerns everyone who uses an app.
policy-api = E-mail and password for the API
policy-api-hint = Default: allowed, except for whoever has or must have a second factor. Concerns programs that use somebody's password.
policy-api-allowed = Allowed
policy-api-until = Allowed until a date, with a warning
policy-api-off = Off
policy-api-date = Until when (year-month-day)
policy-scheduled = From { $v } on another policy holds.
policy-until-range =
    { $n ->
        [one] At most { $n } day ahead.
       *[other] At most { $n } days ahead.
    }
policy-cannot-be-met = Nothing that you allow can be set up on this installation. Allow an authenticator app or hardware tokens as well.
policy-below-floor = This is looser than the owner lets administrators go. An owner can save it, or set another floor.
groups-below-floor = The owner’s floor requires a second factor of this person in these groups. An owner can take them out, or set another floor.
impact-nobody = This concerns nobody as of now.
impact-of = { $v } of { $w }
impact-more = and { $n } more
impact-prompts-same = As many prompts for a code as before.
impact-prompts-so-far = Sign-ins so far asked for a code { $v } times; with this change it would have been { $w }. Less than a week is too little to tell what a month brings.
impact-prompts-since = Counted over sign-ins since { $v }.
impact-reset =
    { $n ->
        [one] { $n } person loses their second factor, codes, and trusted devices.
       *[other] { $n } people lose their second factor, codes, and trusted devices.
    }
impact-enrol-now =
    { $n ->
        [one] { $n } person must set up a second factor at the next sign-in.
       *[other] { $n } people must set up a second factor at the next sign-in.
    }
impact-enrol-later =
    { $n ->
        [one] { $n } person must set one up before the grace is over.
       *[other] { $n } people must set one up before the grace is over.
    }
impact-stuck =
    { $n ->
        [one] { $n } person cannot do so alone: locked, or without a proved address.
       *[other] { $n } people cannot do so alone: locked, or without a proved address.
    }
impact-trust =
    { $n ->
        [one] { $n } person is asked for a code again on a trusted device.
       *[other] { $n } people are asked for a code again on a trusted device.
    }
impact-sessions =
    { $n ->
        [one] { $n } person is signed out somewhere.
       *[other] { $n } people are signed out somewhere.
    }
impact-integrations =
    { $n ->
        [one] { $n } person's program loses access to the API with their password.
       *[other] { $n } people's programs lose access to the API with their passwords.
    }
impact-password =
    { $n ->
        [one] The password alone of { $n } person opens the API past their second factor.
       *[other] The passwords alone of { $n } people open the API past their second factors.
    }
impact-unasked =
    { $n ->
        [one] { $n } person is not asked for a second factor any more.
       *[other] { $n } people are not asked for a second factor any more.
    }
impact-prompts-more =
    { $n ->
        [one] { $n } more prompt for a code a month.
       *[other] { $n } more prompts for a code a month.
    }
impact-prompts-fewer =
    { $n ->
        [one] { $n } fewer prompt for a code a month.
       *[other] { $n } fewer prompts for a code a month.
    }

# Messages and what became of them
messages-title = Messages
messages-lead = Mails and text messages, and whether each went out. What they said is not kept.
messages-none = No messages yet
waiting-then = What was waiting then is not shown: that is kept only until it is sent or given up.
message-queued = waiting
message-sent = sent
message-failed = not delivered
delivery-title = Delivery of messages
delivery-lead = People to whom messages failed three times in a row or more. Owners and admins are told by mail, too, at most once a day.
delivery-none = Messages reach everybody
delivery-outage = { $v }: nothing goes out, whoever it is to
delivery-until = until
delivery-spent-person = as many as one person is sent in a day
delivery-spent-person-anybody = as many as a person is sent in a day of what anybody may ask for who knows their address
delivery-spent-person-invited = as many invitations as one person is sent in a day
delivery-spent-account = as many as the account sends in a day
delivery-spent-account-anybody = as many as the account sends in a day of what anybody may ask for who knows an address
delivery-spent-account-invited = as many invitations as the account sends in a day
delivery-spent-country = as many as the account sends into the country +{ $v } in a day
delivery-waiting =
    { $n ->
        [one] { $n } message waits, since
       *[other] { $n } messages wait, since
    }
delivery-since = since
back = Back

told-as-of = as of { $v }
told-searched = searched for words
told-and-more = and more of the same, within the hour
told-report = report { $v }
value-people = list of people
value-person = what stands of a person
value-devices = devices and sessions
value-sign-ins = sign-ins
value-messages = messages
value-delivery = whom messages do not reach
value-recoveries = recovery cases
value-approvals = acts that wait for approval
value-integrations = programs and tokens
value-stock = hardware tokens
value-report-jobs = which reports others have as files
value-redefined = the report is defined in another way by now
value-unanswerable = the question has no answer any more
value-given-up = it was begun too often
value-lost-right = whoever ordered it may not have it any more
value-name-erased = somebody was erased whose name may stand in it; order it anew
value-cancelled = cancelled
told-file-rows =
    { $n ->
        [one] { $n } row
       *[other] { $n } rows
    }
told-file-bytes =
    { $n ->
        [one] { $n } byte
       *[other] { $n } bytes
    }
value-forecast = forecast of who would not comply
value-preview = whom a change would concern
value-what-if = recorded sign-ins under another policy
value-events = audit log
value-event-stream = audit log, as it goes on
log-words = Name or address then
log-by-cause = Cause
log-at-event = Right after event
log-take = Take these events away:
log-cause-wrong = A word of the log, such as staff or replayed.
log-too-many = This means too many people. Say more.
files-title = Your files
files-about = Reports that you had prepared in the background. Each is yours alone, for a week; that you take one is recorded.
files-none = You have no files. Order one on the page of a report.
file-ordered-at = ordered
file-until = until
file-rows = Rows that are written
file-take = Take the file
file-cancel = Cancel
file-discard = Throw it away
file-form = Form of the file
file-prepare = Prepare in the background
file-queued = waits
file-running = is being written
file-ready = ready
file-failed = not written
file-cancelled = cancelled
file-withdrawn = withdrawn
file-expired = over
said-file-ordered = The file is being prepared. You are told by mail when it is ready.
said-file-cancelled = The file is cancelled.
