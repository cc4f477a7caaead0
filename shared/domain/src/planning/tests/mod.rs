//! Tests of whole plans: the published examples, the classic mistakes, and properties of any plan.

mod examples;
pub(super) mod fixture;
mod generate;
mod properties;
mod recount;
mod situations;
