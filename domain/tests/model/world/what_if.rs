//! The story under other policies, held to a plain reckoning that knows no rule of the domain: only what was
//! recorded with each sign-in, and days on a calendar.

use twofold_domain::device::Why;
use twofold_domain::policy::RequiredOf;
use twofold_domain::sign_in::{Finding, What, WhatIf};

use super::*;

/// What a sign-in is called in the log, and what would become of it.
type Came = Vec<(u64, What)>;

/// Trust in a device, by the plain reckoning.
#[derive(Default)]
struct Plain {
    trusted: Option<(Timestamp, u32, u32)>,
    remembers: bool,
    asked: bool,
    /// A sign-in under a policy that remembers nothing, and when.
    unoffered: Option<(SignInId, Timestamp, u32, u32)>,
}

impl World {
    /// The very same policy changes nothing, and others change what a calendar says. Returns what was found.
    pub(crate) fn check_what_if(&self) -> Vec<What> {
        let same = self.under(|_, policy| policy.clone());
        assert!(same.iter().all(|(_, what)| *what == What::Same), "the same policy: {same:?}");
        let mut seen = vec![];
        for days in [0, 7, 30, 365] {
            let found = self.under(|_, policy| AudiencePolicy { trust_days: days, ..policy.clone() });
            assert_eq!(found, self.remembered_for(days.into()), "{days} days of trust");
            seen.extend(found.into_iter().map(|(_, what)| what));
        }
        let found = self.under(|_, policy| {
            let required_of = RequiredOf::EVERYONE;
            AudiencePolicy { required: true, grace_days: 0, required_of, ..policy.clone() }
        });
        assert_eq!(found, self.required_of_all(), "required of all");
        seen.extend(found.into_iter().map(|(_, what)| what));
        seen
    }

    fn under(&self, imagine: impl Fn(Audience, &AudiencePolicy) -> AudiencePolicy) -> Came {
        let mut what_if = WhatIf::new(imagine, None);
        let mut found: Vec<Finding> = vec![];
        for (seq, at, event) in self.log.events() {
            match event {
                Event::Account(event) => what_if.account(event, *at),
                Event::User(user, event) => what_if.user(*user, event),
                Event::Reading(_) => {}
                Event::Device(device, event) => found.extend(what_if.device(*seq, *device, event, *at)),
            }
        }
        found.into_iter().map(|finding| (finding.event, finding.what)).collect()
    }

    fn remembered_for(&self, days: i64) -> Came {
        let mut devices: BTreeMap<DeviceId, Plain> = BTreeMap::new();
        let mut came = vec![];
        for (seq, _, event) in self.log.events() {
            let Event::Device(device, event) = event else { continue };
            let plain = devices.entry(*device).or_default();
            match event {
                DeviceEvent::SignInStarted { sign_in, decision, reasons, generation, epoch, at, .. } => {
                    let was = *decision == Decision::Challenge;
                    let holds = plain.trusted.is_some_and(|(since, in_generation, in_epoch)| {
                        (in_generation, in_epoch) == (*generation, *epoch) && *at < since + Span::days(days)
                    });
                    // Where somebody is not enrolled, or nobody is asked, days of trust do not matter.
                    plain.asked = if reasons.contains(&Why::Enrolled) { !holds } else { was };
                    if plain.asked && !was && plain.remembers && days > 0 {
                        plain.trusted = Some((*at, *generation, *epoch));
                    }
                    if plain.asked && days > 0 && reasons.contains(&Why::EverySignIn) {
                        plain.unoffered = Some((*sign_in, *at, *generation, *epoch));
                    }
                    came.push((
                        *seq,
                        match (was, plain.asked) {
                            (false, true) => What::ExtraPrompt,
                            (true, false) => What::FewerPrompt,
                            (true, true) | (false, false) => What::Same,
                        },
                    ));
                }
                DeviceEvent::SignInCompleted { sign_in, method } => {
                    let unoffered = plain.unoffered.take_if(|(id, ..)| id == sign_in);
                    let shown = !matches!(method, Method::Password | Method::Trust);
                    match unoffered.filter(|_| shown) {
                        Some((_, at, generation, epoch)) if plain.remembers => {
                            plain.trusted = Some((at, generation, epoch));
                        }
                        Some(_) => came.push((*seq, What::NotOffered)),
                        None => {}
                    }
                }
                DeviceEvent::DeviceTrusted { granted_at, generation, epoch, .. } => {
                    plain.remembers = true;
                    if plain.asked && days > 0 {
                        plain.trusted = Some((*granted_at, *generation, *epoch));
                    }
                }
                DeviceEvent::DeviceDistrusted { .. } => plain.trusted = None,
                _ => {}
            }
        }
        came
    }

    fn required_of_all(&self) -> Came {
        let (mut owners, mut unbound, mut lost) = (BTreeMap::new(), BTreeSet::new(), BTreeMap::new());
        let mut came = vec![];
        for (seq, _, event) in self.log.events() {
            let Event::Device(device, event) = event else { continue };
            match event {
                DeviceEvent::DeviceRegistered { user, .. } => {
                    owners.insert(*device, *user);
                }
                DeviceEvent::SignInStarted { reasons, .. } => {
                    let user = owners[device];
                    let bare =
                        |why| matches!(why, &Why::OptionalNotEnrolled | &Why::InGrace | &Why::ProviderOnly);
                    lost.remove(device);
                    let what = if !reasons.iter().any(bare) {
                        unbound.remove(&user);
                        What::Same
                    } else if unbound.insert(user) {
                        lost.insert(*device, *seq);
                        What::MustEnrol
                    } else {
                        What::AfterBinding
                    };
                    came.push((*seq, what));
                }
                DeviceEvent::SessionStarted { .. } => {
                    came.extend(lost.remove(device).map(|sign_in| (*seq, What::NoSession { sign_in })));
                }
                _ => {}
            }
        }
        came
    }
}
