//! The rules and the arithmetic of the orders service, pure: no async, no AWS, no clock, no randomness, no
//! environment. Everything here can be replayed from its arguments. Amounts are integers of fixed scale; only `forecasting`,
//! which is statistics, works in doubles, and in such a way that they are the same on every machine.

pub mod alerts;
pub mod business_model;
pub mod calendar;
pub mod catalog;
pub mod credit;
pub mod dashboard;
pub mod decimal;
pub mod forecasting;
pub mod order_status;
pub mod payments;
pub mod permissions;
pub mod planning;
pub mod pricing;
pub mod procurement;
pub mod returns;
