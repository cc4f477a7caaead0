//! Lot for lot: one lot for each day with a net requirement, of just that quantity.
//!
//! It keeps nothing and orders most often: the benchmark of every other method, and what is left when one cannot be used.

/// How many days one lot covers.
pub(super) const COVERED_DAYS: usize = 1;
