//! What the black-box tests share: databases of their own, a town of people who use the program as
//! people do, and what must be true of any log they leave behind. And what the benchmarks measure.

pub mod authenticator;
pub mod bench;
pub mod crowd;
pub mod doors;
pub mod generate;
pub mod invariants;
pub mod mortal;
pub mod paused;
pub mod person;
pub mod post;
pub mod postgres;
pub mod race;
pub mod security_key;
pub mod town;
pub mod world;
