//! Acceptance tests: the rules of the specification, by number. `make test` runs them against the deployed local stack;
//! the in-process ones use a table of their own in its emulator, one for each test.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]

mod access;
mod contract;
mod customers;
mod deployed;
mod errors;
mod orders;
mod support;
