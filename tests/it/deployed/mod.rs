//! Against the deployed stack, over HTTP, with its real queues, topics, stream and schedule.

mod addresses;
mod alerts;
mod canaries;
// Functions are found by what Linux tells of processes.
#[cfg(target_os = "linux")]
mod crash;
mod events;
mod idempotency;
mod input;
mod planning;
mod reconcile;
mod storm;
mod tenancy;
