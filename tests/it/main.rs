//! Acceptance tests: the rules of the specification, by number. `make test` runs them against the deployed local stack;
//! the in-process ones use a table of their own in its emulator, one for each test.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, in its helpers too"
)]

mod access;
mod alerts;
mod audit;
mod batches;
mod business_model;
mod catalog;
mod contract;
mod costs;
mod customers;
mod dashboard;
mod demand;
mod deployed;
mod errors;
mod faults;
mod flood;
mod forecasts;
mod orders;
mod partners;
mod plans;
mod projections;
mod reconcile;
mod relay;
mod schedule;
mod settings;
mod support;
