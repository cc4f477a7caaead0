//! `/customers`

pub mod create;
pub mod erase;
pub mod export;
pub mod get;
pub mod list;
pub mod update;
