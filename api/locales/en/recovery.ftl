# Recovery
event-RecoveryRequested = Way back in asked for
event-RecoveryRefused = Way back in refused
event-RecoveryGranted = Recovery code granted
event-RecoveryCodeRevealed = Recovery grant: code shown
event-RecoveryGrantUsed = Recovery grant used
event-RecoveryGrantRevoked = Recovery grant ended unused
event-RecoveryCompleted = Recovery completed
told-granted = Let in once with the code of a recovery grant
told-handed-link = The code goes to the person alone, by a one-time link
told-handed-issuer = The code was shown to who granted it
value-recovery = link to a recovery code
value-recovery-grant = code of a recovery grant
value-way-grant = code granted by an owner or admin
value-way-staff = reset asked for by staff, after a wait
value-way-mailbox = password and a mailed code, after a wait
value-way-trusted-device = on a trusted device, after a wait
value-way-owner = owner's own way, after a wait with notice to the team
value-end-user = nobody gives an end user a code
value-password-mailed = the password was reset by mail a short while ago
value-address-changed = the address changed a short while ago
value-objected-factor = the person showed their second factor
value-objected-person = the person said so
value-objected-staff = the team said so
value-objected-password = a new password was set
value-objected-address = the address changed
value-objected-replaced = something else took its place
value-change-owner-identity = change what an owner comes in by
value-grant-owner-recovery = let an owner in with a code
by-recovery-grant = Signed in with a granted recovery code
said-reset-refused = Refused, and on record: the password was reset by mail, or the address changed, in the last 72 hours. Try again later.
recover-title = Your way back in
recover-lead = { $v } lets you in to { $w } once, without your second factor.
recover-show = Show my code
recover-now = Write it down now. Sign in with your password, choose "Use a recovery code", and type it. Your old authenticator ends with it.
recover-required = Then set up another one: this account requires it.
recover-optional = This account requires none: set up another one there, or sign in again with your password alone.
recover-once = It is shown only this once, and works once.
recover-sign-in = Sign in
lost-everything = I have none of these
lost-title = Lost your second factor?
lost-lead = We mail a code to your address. With it, a wait of 72 hours begins (7 days for an owner beside other owners), in which you and everybody concerned are told. After it you set up another authenticator. If your authenticator or a code turns up, use it: that ends the wait.
lost-mail-code = Mail me a code
lost-mailed = A code is on its way to your address. It is good for 10 minutes.
lost-code = Code from the mail
lost-code-hint = 8 digits
lost-code-malformed = A mailed code has 8 digits.
lost-code-wrong = This is not the code. Look at the newest mail.
lost-waits = Your second factor is reset, unless somebody objects, on
lost-then = From then on, sign in with your password and set up another authenticator.
lost-doubted = Not possible yet, and on record: your password was reset by mail, or your address changed, in the last 72 hours.
lost-team = Ask an owner or an admin of your team: they can grant you a code that lets you in once.
lost-back = Back to sign-in

# The cases
menu-recovery = Recovery
recovery-lead = Everyone who lost their second factor, and how they came back: who asked, who approved, what was used, when.
recovery-second-owner = It does not hold yet: a second owner approves it.
recovery-none = There are no such cases.
recovery-way = By which way
recovery-asked = Asked for
recovery-more = There are more than are shown.
recovery-orphans =
    { $n ->
        [one] { $n } case was left lying.
       *[other] { $n } cases were left lying.
    }
recovery-left-lying = Left lying
recovery-themselves = the person themselves
recovery-bare = Resets that belong to no case
recovery-bare-hint = By the team, at once: the last one of each person.
enrol-optional = Your lost second factor has ended. This account does not require one: set up another one now, or sign out and sign in again with your password alone.
recovery-reenrolled = has another factor
recovery-not-reenrolled = no factor since
recovery-case-title = Recovery case
recovery-chain = What happened
recovery-stop = Stop it
recovery-stop-hint = Everything stays as it is, and the person is told.
recovery-approved = Approved by
recovery-let = Let by an owner
recovery-operated = The operator
recovery-renewed = Reset by it
recovery-refused = Refused
recovery-granted = Code granted
recovery-the-code = The code
recovery-expires = Good until
recovery-revealed = Shown to the person
recovery-used = Used
recovery-waits = Waits since
recovery-due = Reset from
recovery-reset = Second factor ended
recovery-stopped = Stopped
recovery-stopped-why = Because
recovery-frozen = Frozen
recovery-frozen-how = How it was frozen
recovery-thawed = Back
recovery-thawed-how = With what
recovery-completed = Another factor
stage-requested = Asked for
stage-refused = Refused
stage-granted = Code granted
stage-waiting = Waiting
stage-open = No factor yet
stage-completed = Completed
stage-stopped = Stopped
stage-expired = Ended unused
stage-frozen = Frozen
orphan-never-used = Never used
orphan-never-used-advice = A code was granted and never used. Ask whether the person got in another way, or needs another one.
orphan-never-reenrolled = Never set up again
orphan-never-reenrolled-advice = The second factor ended more than a day ago, and there is no other. Ask the person to set one up.
orphan-without-case = Without a case
orphan-without-case-advice = A reset by the team that no case explains. The audit log has its reason.
orphan-still-frozen = Still frozen
orphan-still-frozen-advice = Frozen for a week and not back. Ask the person by another way whether they found the way back, or vouch for them.

# A grant
help-grant = Let them in with a code
help-grant-hint = For a lost phone: a code for one sign-in, in which their lost factor ends.
help-granted = A recovery code is granted, good until
help-grant-unseen = Nobody has seen it yet.
help-grant-seen = Its code was shown, and not used yet.
grant-title = Let this person in with a code?
grant-hours = Good for
grant-do = Grant a code
grant-show = Show me the code, to tell it myself
grant-show-hint = Default: no. Otherwise it goes to the person alone. That you saw it is on record. One that is mailed is good for a day at most.
effect-grant = Beside their password, the code opens one sign-in.
effect-grant-link = It goes to the person alone, by a one-time link to their address.
effect-grant-ends = In that sign-in their lost second factor ends, and they set up another one first.
effect-grant-ends-optional = In that sign-in their lost second factor ends. None is required of them: they set up another one there, or sign in again with their password alone.
granted-title = The code, this once
granted-tell = Tell it to the person, and to nobody else. They choose “Use a recovery code” after their password.
granted-once = It is not shown again. That you saw it is on record.
granted-back = Back to the person
said-granted = A code is granted. A one-time link to it is on its way to them.
said-grant-refused = Refused, and on record: nobody gives an end user a code, and none is granted within 72 hours of a password reset by mail.
said-recovery-stopped = It is stopped. Everything stays as it was.
error-grant-span = A code that is mailed is good for a day
error-grant-span-advice = Choose at most 24 hours, or, where the rules of this account let you see the code, have it shown to you and tell the person.
error-issuer-may-not-see = You may not see this code
error-issuer-may-not-see-advice = The rules of this account do not show codes to who grants them, and nobody sees an owner's. Grant it without: it goes to the person alone.

# One's own way back
reset-waiting-own = A reset of your second factor was asked for in your name. It holds from:
own-granted = Somebody of your team granted a code that lets you in without your second factor, good until
own-granted-stop = I do not need it: end it
repair-offer = New phone, and the old factor is gone?
repair-title = Replace a lost second factor
repair-mail = This device is trusted, so your password and a code that we mail you are enough to ask.
repair-wait = Then you wait: { $v }. You and everybody concerned are told.
repair-end = Using your second factor, or one click on “Your security”, ends it. After it you sign in with your password and set up another factor.
said-repair-waits = The wait has begun. You see below when it ends, and can end it yourself.
error-not-trusted = Not possible on this device
error-not-trusted-advice = It takes a session on a trusted device, opened without a code, and no reset that waits. Otherwise sign out, sign in again, and choose “I have none of these”.

# What governs it
governance-issuers = Who grants a code may see it
governance-issuers-hint = To tell it to the locked-out person themselves; never an owner's. Otherwise it goes to the person alone.
governance-repair = Hours of wait on a trusted device
governance-repair-default = Default { $n }.
governance-repair-hint = So long somebody with a new phone waits before they set up another factor. { $v } to { $w }.
concerns-everyone =
    { $n ->
        [one] Concerns { $n } person.
       *[other] Concerns { $n } people.
    }
