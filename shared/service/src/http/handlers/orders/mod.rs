//! `/orders`

pub mod create;
pub mod demand;
pub mod get;
pub mod list;
pub mod status;
pub mod update_status;
