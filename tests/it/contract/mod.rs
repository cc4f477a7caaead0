//! The contract: the committed OpenAPI document, its examples, who may do what, and one route table for all who name a
//! route.

mod architecture;
mod asyncapi;
mod authorisation;
mod bakery;
mod docs;
mod document;
mod drift;
mod examples;
pub(crate) mod openapi;
