//! What requests bring and answers show, one file for each resource.

pub mod alerts;
pub mod business_model;
pub mod catalog;
pub mod common;
pub mod customers;
pub mod dashboard;
pub mod demand;
pub mod orders;
pub mod patches;
pub mod plans;
pub mod service;
pub mod settings;
