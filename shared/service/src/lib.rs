//! The orders service: use cases, ports, store, messaging, auth and HTTP. Binaries in `functions/` only wire it up.

pub mod app;
pub mod asyncapi;
pub mod auth;
pub mod config;
pub mod http;
pub mod keyring;
pub mod lambda;
pub mod messaging;
pub mod metrics;
pub mod openapi;
pub mod partners;
pub mod ports;
pub mod problem;
pub mod settings;
pub mod store;
pub mod telemetry;
pub mod usecases;
pub mod words;
