//! The console in a real browser, with scripts switched off: from the set-up link to the audit log.
//!
//! With `TWOFOLD_SCREENSHOTS=<directory>` each page of the walk is photographed there, wide and narrow, light
//! and dark, in each language.

mod chromium;
mod doors;
mod governing;
mod links;
mod people;
mod site;
mod walk;
mod walker;
