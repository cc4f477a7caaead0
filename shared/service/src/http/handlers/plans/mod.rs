//! `/procurement/plans`

pub mod get;
pub mod start;
