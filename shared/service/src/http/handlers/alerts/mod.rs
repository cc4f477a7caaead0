//! `/alerts`

pub mod list;
pub mod update_status;
