//! Orders (§5).

pub mod create;
pub mod demand;
pub mod get;
pub mod list;
mod rules;
pub mod status;
pub mod update_status;
