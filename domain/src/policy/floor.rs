//! The owner's floor: every setting of a policy has a direction in which it is looser.

use std::collections::BTreeSet;

use super::{AudiencePolicy, PasswordApi, RequiredOf};
use crate::time::Timestamp;

impl AudiencePolicy {
    /// The settings in which this policy is looser than `floor` from an instant on, in the order of the policy's fields.
    pub fn loosened(&self, floor: &Self, at: Timestamp) -> Vec<&'static str> {
        // Every field by name: a new one must say here which way it is loose.
        let Self {
            required,
            required_of,
            grace_days,
            trust_days,
            trust_ends_with_session,
            stay_signed_in_days,
            idle_minutes,
            lifetime_hours,
            allowed_kinds,
            password_length,
            password_length_alone,
            failure_limit,
            password_api,
            asserted_sign_in,
            reauthorise_on_open,
        } = self;
        let looser = [
            ("required", floor.required && !required),
            ("required_of", floor.required && !required_of.covers(&floor.required_of)),
            ("grace_days", *grace_days > floor.grace_days),
            ("trust_days", *trust_days > floor.trust_days),
            ("trust_ends_with_session", floor.trust_ends_with_session && !trust_ends_with_session),
            ("stay_signed_in_days", *stay_signed_in_days > floor.stay_signed_in_days),
            ("idle_minutes", *idle_minutes > floor.idle_minutes),
            ("lifetime_hours", *lifetime_hours > floor.lifetime_hours),
            ("allowed_kinds", !within(allowed_kinds, &floor.allowed_kinds)),
            ("password_length", *password_length < floor.password_length),
            ("password_length_alone", *password_length_alone < floor.password_length_alone),
            ("failure_limit", *failure_limit > floor.failure_limit),
            ("password_api", password_api.opens_beyond(floor.password_api, at)),
            ("asserted_sign_in", *asserted_sign_in && !floor.asserted_sign_in),
            ("reauthorise_on_open", floor.reauthorise_on_open && !reauthorise_on_open),
        ];
        looser.into_iter().filter_map(|(field, looser)| looser.then_some(field)).collect()
    }
}

impl RequiredOf {
    /// Whether it means everyone whom `other` means, whatever people there are.
    pub fn covers(&self, other: &Self) -> bool {
        *self == Self::EVERYONE
            || (*other != Self::EVERYONE
                && self.roles.is_superset(&other.roles)
                && self.groups.is_superset(&other.groups))
    }
}

/// None named is all of them.
fn within<T: Ord>(some: &BTreeSet<T>, allowed: &BTreeSet<T>) -> bool {
    allowed.is_empty() || (!some.is_empty() && some.is_subset(allowed))
}

impl PasswordApi {
    /// Whether it opens the API past second factors from an instant on, where `held` does not, or not for as long.
    pub(crate) fn walks_past(self, held: Self, from: Timestamp) -> bool {
        matches!(self, Self::Until(_)) && self.opens_beyond(held, from)
    }

    /// Whether it opens the API to somebody, at or after an instant, to whom `floor` does not. An announced end opens it
    /// to everyone until then, also to whoever has a second factor, to whom nothing else ever does.
    fn opens_beyond(self, floor: Self, at: Timestamp) -> bool {
        match (self, floor) {
            (Self::Off, _) | (Self::Allowed, Self::Allowed) => false,
            (Self::Until(end), _) if end <= at => false,
            (Self::Until(end), Self::Until(last)) => end > last,
            (Self::Until(_), Self::Allowed | Self::Off) | (Self::Allowed, Self::Until(_) | Self::Off) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::factor::FactorKind;
    use crate::ids::GroupId;
    use crate::policy::Role;
    use crate::table::{NOW, later};
    use crate::time::Span;

    /// Changes a policy.
    type Set = fn(&mut AudiencePolicy);

    /// Rules: P11.
    #[test]
    fn every_setting_has_a_direction_in_which_it_is_looser() {
        let floor = AudiencePolicy {
            required: true,
            grace_days: 3,
            trust_ends_with_session: true,
            allowed_kinds: BTreeSet::from([FactorKind::Totp]),
            password_length: 10,
            password_length_alone: 20,
            failure_limit: 20,
            password_api: PasswordApi::Until(later(Span::hours(1))),
            reauthorise_on_open: true,
            ..AudiencePolicy::TEAM
        };
        // A setting, a value as strict as the floor or stricter, and one that is looser.
        let rows: [(&str, Set, Set); 15] = [
            ("required", |p| p.required = true, |p| p.required = false),
            ("required_of", |_| {}, |p| p.required_of.roles = BTreeSet::from([Role::Owner])),
            ("grace_days", |p| p.grace_days = 0, |p| p.grace_days = 4),
            ("trust_days", |p| p.trust_days = 0, |p| p.trust_days = 31),
            ("trust_ends_with_session", |_| {}, |p| p.trust_ends_with_session = false),
            ("stay_signed_in_days", |p| p.stay_signed_in_days = 0, |p| p.stay_signed_in_days = 15),
            ("idle_minutes", |p| p.idle_minutes = 5, |p| p.idle_minutes = 481),
            ("lifetime_hours", |p| p.lifetime_hours = 1, |p| p.lifetime_hours = 337),
            ("allowed_kinds", |_| {}, |p| p.allowed_kinds = BTreeSet::new()),
            ("password_length", |p| p.password_length = 64, |p| p.password_length = 9),
            ("password_length_alone", |p| p.password_length_alone = 64, |p| p.password_length_alone = 19),
            ("failure_limit", |p| p.failure_limit = 5, |p| p.failure_limit = 21),
            (
                "password_api",
                |p| p.password_api = PasswordApi::Off,
                |p| p.password_api = PasswordApi::Until(later(Span::days(1))),
            ),
            ("asserted_sign_in", |p| p.asserted_sign_in = false, |p| p.asserted_sign_in = true),
            ("reauthorise_on_open", |_| {}, |p| p.reauthorise_on_open = false),
        ];
        for (field, strict, loose) in rows {
            let mut policy = floor.clone();
            strict(&mut policy);
            assert_eq!(policy.loosened(&floor, NOW), [] as [&str; 0], "{field}");
            loose(&mut policy);
            assert_eq!(policy.loosened(&floor, NOW), [field], "{field}");
        }
    }

    /// Rules: P11, A2.
    #[test]
    fn passwords_open_the_api_beyond_the_floor_by_who_is_let_in_and_until_when() {
        use PasswordApi::{Allowed, Off, Until};
        let (day, week) = (later(Span::days(1)), later(Span::days(7)));
        let rows = [
            (Off, Off, false),
            (Off, Allowed, false),
            (Allowed, Allowed, false),
            (Allowed, Off, true),
            (Allowed, Until(week), true),
            // Over already: it opens nothing.
            (Until(NOW), Off, false),
            (Until(day), Off, true),
            (Until(day), Until(day), false),
            (Until(day), Until(week), false),
            (Until(week), Until(day), true),
            // Without an end, but never past a second factor.
            (Until(day), Allowed, true),
        ];
        for (policy, floor, beyond) in rows {
            assert_eq!(policy.opens_beyond(floor, NOW), beyond, "{policy:?} over {floor:?}");
        }
    }

    /// Rules: P5, P11.
    #[test]
    fn a_requirement_covers_another_if_it_means_all_of_its_people() {
        let group = |n| GroupId::from_uuid(uuid::Uuid::from_u128(n));
        let of = |roles: &[Role], groups: &[u128]| RequiredOf {
            roles: roles.iter().copied().collect(),
            groups: groups.iter().copied().map(group).collect(),
        };
        let everyone = RequiredOf::EVERYONE;
        for (wide, narrow, covers) in [
            (everyone.clone(), of(&[Role::Owner], &[1]), true),
            (of(&[Role::Owner, Role::Admin, Role::Agent, Role::Auditor], &[]), everyone.clone(), false),
            (of(&[Role::Owner, Role::Admin], &[1]), of(&[Role::Owner], &[1]), true),
            (of(&[Role::Owner], &[]), of(&[Role::Owner], &[1]), false),
            (everyone.clone(), everyone, true),
        ] {
            assert_eq!(wide.covers(&narrow), covers, "{wide:?} over {narrow:?}");
        }
    }
}
