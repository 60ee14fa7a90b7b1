//! The console in a real browser: from the set-up link to the audit log, with scripts switched off but where a
//! security key is asked.
//!
//! With `TWOFOLD_SCREENSHOTS=<directory>` each page of the walk is photographed there, wide and narrow, light
//! and dark, in each language.

mod chromium;
mod doors;
mod evidence;
mod factors;
mod freeze;
mod governing;
mod key;
mod links;
mod people;
mod recovery;
mod site;
mod then;
mod walk;
mod walker;
