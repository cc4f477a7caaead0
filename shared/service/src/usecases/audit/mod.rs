//! The audit copy of orders (§4): what it keeps of a history entry, and whether it still agrees with the orders.

mod entry;
pub mod verify;
pub mod verify_tenant;

pub use entry::of_entry;
