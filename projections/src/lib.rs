//! Read models: what the log means, in tables that answer quickly and can be thrown away.
//!
//! - [`fact`] decodes the log; [`view`] says what a read model is: a table and a pure function.
//! - [`status`], [`audit`], [`overview`], [`directory`], [`messages`], [`notices`], [`schedules`], [`foreign`], [`report_files`], [`stock`], [`exemptions`]: the read models, each file with its meaning, its
//!   function, and its queries.
//! - [`impact`]: whom a change concerns, and who will not comply on a day, counted over those tables.
//! - [`recovery`]: cases of people who lost their second factor.
//! - [`reports`]: named reports over those tables and the log.
//! - [`live`], [`bulk`], [`memory`]: the three executors, which fold the same functions over the same facts.
//! - [`check`] names every difference between the tables and the log; [`follow`] shows what each event did;
//!   [`what_if`] goes through recorded sign-ins under another policy. All three read the log by [`facts`].
//! - [`as_of`] and [`begun`] look at rows as they were at an event.
//! - [`projector`] keeps the tables up to date; [`registry`] knows which build of them serves.
//! - [`inspection`] reads the log by the domain's invariants.
//! - [`reset_fanout`], [`wait_notices`], [`wishes`], [`foreign_passwords`], [`report_writer`], [`verifier_sweep`], and [`courier`] are the other direction: events and
//!   messages in, commands out.
//!
//! **Architecture invariant:** nothing here decides whether somebody may sign in, and nothing here holds what
//! the log does not.

pub mod as_of;
pub mod audit;
pub mod begun;
pub mod bulk;
pub mod check;
pub mod copy;
pub mod courier;
pub mod ddl;
pub mod directory;
pub mod dump;
pub mod exemptions;
pub mod fact;
pub mod facts;
pub mod follow;
pub mod foreign;
pub mod foreign_passwords;
mod hand;
pub mod impact;
pub mod inspection;
pub mod integrations;
mod lanes;
pub mod live;
pub mod memory;
pub mod messages;
pub mod notices;
pub mod ocsf;
pub mod overview;
pub mod owners;
pub mod projector;
pub mod record;
pub mod recovery;
pub mod registry;
pub mod report_files;
pub mod report_writer;
pub mod reports;
pub mod reset_fanout;
pub mod schedules;
pub mod slate;
pub mod status;
pub mod stock;
mod telling;
pub mod verifier_sweep;
pub mod view;
pub mod wait_notices;
pub mod what_if;
pub mod wishes;
pub mod witness;

/// Every projection of this program.
pub fn all() -> Vec<view::Projection> {
    vec![
        status::projection(),
        audit::projection(),
        overview::projection(),
        directory::projection(),
        integrations::projection(),
        recovery::projection(),
        messages::projection(),
        notices::projection(),
        report_files::projection(),
        stock::projection(),
        exemptions::projection(),
    ]
}
