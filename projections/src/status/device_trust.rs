//! Devices that were ever given leave to skip the second factor. A row stays when trust is over, so that
//! looking back finds every device by its current row.

use twofold_domain::account::Switch;
use twofold_domain::device::DeviceEvent;
use twofold_domain::ids::{DeviceId, UserId};
use twofold_domain::time::Timestamp;

use super::posture::PostureRow;
use super::user_status::StatusRow;
use crate::fact::{Event, Fact};
use crate::record::record;
use crate::view::{Keeps, Table, View};

/// The view.
pub enum DeviceTrust {}

record! {
    /// A device's leave to skip the second factor.
    pub struct TrustRow {
        /// The device.
        pub device_id: DeviceId,
        /// Whose it is.
        pub user_id: UserId,
        /// When trust began.
        pub granted_at: Timestamp,
        /// When it ends; never later.
        pub until: Timestamp,
        /// The enrolment generation it falls with.
        pub generation: u32,
        /// The credential epoch it falls with.
        pub epoch: u32,
        /// Whether it was withdrawn.
        pub withdrawn: bool,
    }
}

impl TrustRow {
    /// Whether it holds at an instant: until its granted end, or the end that the policy of that time allows
    /// if that is earlier; never across a generation or a credential epoch.
    pub fn holds(&self, posture: &PostureRow, user: &StatusRow, at: Timestamp) -> bool {
        let policy = posture.demand(user.role.audience()).policy(at);
        !self.withdrawn
            && posture.switch == Switch::On
            && self.generation == posture.generation
            && self.epoch == user.epoch
            && !user.reset_due(at)
            && at < self.until
            && policy.trust().is_some_and(|allowed| at < self.granted_at + allowed)
    }
}

impl View for DeviceTrust {
    type Row = TrustRow;
    type Key = DeviceId;
    const TABLE: Table = Table {
        keeps: Keeps::History,
        indexes: &["account_id, user_id"],
        ..Table::of("device_trust", "device_id")
    };

    fn key(fact: &Fact) -> Option<DeviceId> {
        let Event::Device(device, event) = &fact.event else { return None };
        match event {
            DeviceEvent::DeviceTrusted { .. } | DeviceEvent::DeviceDistrusted { .. } => Some(*device),
            DeviceEvent::DeviceRegistered { .. }
            | DeviceEvent::SignInStarted { .. }
            | DeviceEvent::ProofCameLate { .. }
            | DeviceEvent::SignInCompleted { .. }
            | DeviceEvent::SessionStarted { .. }
            | DeviceEvent::SessionSteppedUp { .. }
            | DeviceEvent::SessionRenewed { .. }
            | DeviceEvent::SessionActive { .. }
            | DeviceEvent::SessionEnded { .. }
            | DeviceEvent::SessionReauthorised { .. }
            | DeviceEvent::ApiTokenUsed { .. }
            | DeviceEvent::DeviceTokenRotated { .. } => None,
        }
    }

    fn apply(row: Option<TrustRow>, device_id: DeviceId, fact: &Fact) -> Option<TrustRow> {
        match &fact.event {
            Event::Device(_, DeviceEvent::DeviceTrusted { granted_at, until, generation, epoch }) => {
                Some(TrustRow {
                    device_id,
                    user_id: fact.subject?,
                    granted_at: *granted_at,
                    until: *until,
                    generation: *generation,
                    epoch: *epoch,
                    withdrawn: false,
                })
            }
            Event::Device(_, DeviceEvent::DeviceDistrusted { .. }) => {
                row.map(|row| TrustRow { withdrawn: true, ..row })
            }
            Event::Account(_) | Event::User(..) | Event::Device(..) | Event::Reading(_) => row,
        }
    }
}
