//! The service's health and status.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// Answer of `GET /health`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Health)]
pub struct HealthView {
    /// Always `ok`: whoever cannot say so does not answer.
    pub status: String,
    /// The deployed version.
    pub version: String,
}

/// Answer of `GET /orders/status` (D91).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiceStatus)]
pub struct ServiceStatusView {
    /// The service's name.
    pub service: String,
    /// The deployed version.
    pub version: String,
    /// `ok` or `degraded`.
    pub status: String,
    /// `ok` or `unavailable`.
    pub table: String,
    /// The partner services, by name.
    pub partners: BTreeMap<String, PartnerView>,
    /// The flags of D13 in force.
    pub features: BTreeMap<String, bool>,
    /// When this was found.
    pub as_of: DateTime<Utc>,
}

/// One partner service.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Partner)]
pub struct PartnerView {
    /// Whether an address is configured.
    pub configured: bool,
    /// State of its breaker in the process that answers: `closed`, `open` or `half_open`.
    pub breaker: String,
}
