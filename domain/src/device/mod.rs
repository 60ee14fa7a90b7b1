//! The device: one browser or app of one user, with its attempts to sign in, its trust, and its
//! sessions. Short streams, so that a sign-in costs the same after ten years.

mod decide;
mod events;
#[cfg(test)]
mod spec;
mod state;

pub use decide::{DeviceCommand, DeviceError, Forsaken, Means, SIGN_IN_LIFE, TOKEN_GRACE, TokenVerdict};
pub(crate) use decide::{NewAttempt, NewDevice, NewSession};
pub use events::{
    Decision, DeviceEvent, DistrustCause, EndCause, FirstFactor, Method, Origin, Over, Scope, TokenHolder,
    Why,
};
pub use state::{Attempt, Device, Owner, PREDECESSORS, Replaced, Session, Token, Trust};

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;

impl Aggregate for Device {
    const TYPE: &'static str = "device";
    type Command = DeviceCommand;
    type Event = DeviceEvent;
    type Error = DeviceError;
    type Services = ();

    async fn handle(
        &mut self,
        command: DeviceCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), DeviceError> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: DeviceEvent) {
        self.evolve(&event);
    }
}
