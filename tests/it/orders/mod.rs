//! `/orders`

mod amend;
mod amend_effects;
mod amend_figures;
mod amend_refused;
mod availability;
mod create;
mod credit;
mod credit_races;
mod fields;
mod history;
mod idempotency;
pub(crate) mod items;
mod limits;
mod list;
mod list_model;
mod payments;
mod prices;
mod returns;
mod status;
mod status_matrix;
