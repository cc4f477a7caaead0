//! Orders (§5).

pub mod amend;
mod amendment;
mod availability;
mod build;
pub mod business_model;
mod changes;
pub mod create;
pub mod dashboard;
pub mod demand;
mod draft;
mod exposure;
mod figures;
pub mod get;
pub mod history;
mod known;
mod lines;
pub mod list;
mod notices;
mod opening;
mod prices;
pub mod record_payment;
mod rules;
pub mod status;
pub mod update_item;
pub mod update_status;
