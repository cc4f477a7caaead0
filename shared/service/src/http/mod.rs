//! The HTTP edge: one route table, one pipeline for every request, handlers and the types they exchange.

pub mod accept;
pub mod dto;
pub mod endpoint;
pub mod fields;
pub mod handlers;
pub mod idempotency;
pub mod json;
pub mod page;
pub mod parse;
pub mod query;
pub mod reply;
mod request_headers;
pub mod routes;

pub use endpoint::{Call, Endpoint, serve};
