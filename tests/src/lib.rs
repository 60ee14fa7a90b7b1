//! What the black-box tests share: databases of their own.

pub mod generate;
pub mod postgres;
