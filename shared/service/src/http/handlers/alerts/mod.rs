//! `/alerts`

pub mod list;
