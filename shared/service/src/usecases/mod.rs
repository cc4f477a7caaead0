//! What the service does, one file for each use case. A use case reaches the world only through [`crate::app::App`]'s
//! ports, so that a whole run can be replayed.

pub mod alerts;
pub mod audit;
pub mod catalog;
pub mod customers;
pub mod forecasts;
pub mod listing;
pub mod notify;
pub mod orders;
pub mod patches;
pub mod plans;
pub mod projections;
pub mod reconcile;
pub mod relay;
pub mod settings;

/// What a creating use case gives: a record made now, or the one that the same request had made before (D7).
#[derive(Debug, Clone, PartialEq)]
pub enum Created<T> {
    /// Made by this request.
    Now(T),
    /// Made before; shown in its current state.
    Before(T),
}

impl<T> Created<T> {
    /// The record, and whether it was made before.
    pub fn into_parts(self) -> (T, bool) {
        match self {
            Self::Now(record) => (record, false),
            Self::Before(record) => (record, true),
        }
    }
}
