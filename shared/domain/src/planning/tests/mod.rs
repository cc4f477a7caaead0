//! Tests of whole plans: the published examples, the classic mistakes, and properties of any plan.

mod buffers;
mod examples;
mod explanations;
pub(super) mod fixture;
mod generate;
mod lot_properties;
mod lots;
mod mistakes;
mod oracle;
mod properties;
pub(crate) mod purchases;
mod recount;
mod situations;
mod vectors;
