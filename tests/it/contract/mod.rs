//! The contract: the committed OpenAPI document, and one route table for all who name a route.

mod architecture;
mod drift;
mod openapi;
