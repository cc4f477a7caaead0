//! `/orders`

pub mod amend;
pub mod business_model;
pub mod create;
pub mod dashboard;
pub mod demand;
pub mod get;
pub mod history;
pub mod list;
pub mod record_payment;
pub mod status;
pub mod update_item;
pub mod update_status;
