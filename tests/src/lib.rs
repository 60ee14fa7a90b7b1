//! What the black-box tests share: databases of their own. And what the benchmarks measure.

pub mod bench;
pub mod postgres;
