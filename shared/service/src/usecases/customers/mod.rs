//! Customers (§6).

pub mod create;
pub mod erase;
pub mod export;
pub mod get;
pub mod list;
pub mod patch;
pub mod patched_parts;
mod unique;
pub mod update;
mod version;
