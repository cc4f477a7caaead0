//! Alerts (§7).

mod count;
mod deliver;
pub mod list;
pub mod raise;
pub mod update_status;
