//! Customers (§6).

pub mod create;
pub mod get;
pub mod list;
