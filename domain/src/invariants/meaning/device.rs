//! What the events of a device mean.

use super::super::scene::Scene;
use super::{Meaning, Takes};
use crate::device::{DeviceEvent, DistrustCause, EndCause};
use crate::ids::UserId;
use crate::permission::Act;
use crate::policy::Role;

pub(super) fn of(owner: Option<UserId>, event: &DeviceEvent, scene: &Scene) -> Meaning {
    let takes = |takes| Meaning::taking(owner, takes);
    let role = owner.map_or(Role::Owner, |owner| scene.role(owner));
    match event {
        DeviceEvent::DeviceRegistered { at, .. } | DeviceEvent::DeviceTokenRotated { at, .. } => {
            takes(Takes::Door).at(*at)
        }
        DeviceEvent::SignInStarted { generation, epoch, at, .. }
        | DeviceEvent::SessionStarted { generation, epoch, at, .. } => {
            takes(Takes::Door).at(*at).standing(*generation, *epoch)
        }
        DeviceEvent::SignInCompleted { .. } => takes(Takes::Door),
        DeviceEvent::ProofCameLate { at, .. } => takes(Takes::Door).at(*at),
        DeviceEvent::DeviceTrusted { granted_at, generation, epoch, .. } => {
            takes(Takes::Door).at(*granted_at).standing(*generation, *epoch)
        }
        DeviceEvent::SessionSteppedUp { generation, epoch, at, .. } => {
            takes(Takes::Own(Act::StepUp)).at(*at).standing(*generation, *epoch)
        }
        DeviceEvent::SessionRenewed { epoch, at, .. } => {
            takes(Takes::Own(Act::ChangeOwnFactors)).at(*at).standing(scene.account.generation, *epoch)
        }
        DeviceEvent::SessionActive { at, .. } | DeviceEvent::SessionReauthorised { at, .. } => {
            takes(Takes::Own(Act::ReadOwn)).at(*at)
        }
        // A token acts in its own name; whether it is in force is judged by its own rule.
        DeviceEvent::ApiTokenUsed { at, .. } => takes(Takes::Follows).at(*at),
        DeviceEvent::SessionEnded { cause, .. } => takes(match cause {
            EndCause::SignedOut | EndCause::EndedByUser => Takes::Own(Act::EndOwn),
            EndCause::EndedByStaff => Takes::Staff(Act::EndSessions(role)),
            EndCause::DeviceLost => Takes::OwnOrStaff(Act::EndOwn, Act::EndSessions(role)),
            EndCause::TokenReplayed | EndCause::Displaced => Takes::Door,
            EndCause::PersonErased => Takes::Staff(Act::Erase(role)),
        }),
        DeviceEvent::DeviceDistrusted { cause } => takes(match cause {
            DistrustCause::RevokedByUser => Takes::Own(Act::EndOwn),
            DistrustCause::RevokedByStaff => Takes::Staff(Act::EndSessions(role)),
            DistrustCause::DeviceLost => Takes::OwnOrStaff(Act::EndOwn, Act::EndSessions(role)),
            DistrustCause::TokenReplayed => Takes::Door,
            DistrustCause::PersonErased => Takes::Staff(Act::Erase(role)),
        }),
    }
}
