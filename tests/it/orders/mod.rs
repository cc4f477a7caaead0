//! `/orders`

mod create;
mod credit;
mod idempotency;
mod list;
mod status;
