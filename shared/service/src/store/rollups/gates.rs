//! Gates: up to which sequence an order or customer is counted, and what it contributes to the rollups since. A
//! contribution changes only in the transaction that moves its gate, so nothing is counted twice, in whatever order and
//! however often it is told.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::contribution::{CustomerContribution, OrderContribution};
use crate::auth::TenantId;
use crate::store::keys::{self, Keys};
use crate::store::record::{Record, Versioned};

/// The gate of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderGate {
    /// The order.
    pub id: Uuid,
    /// 1 for a new gate.
    #[serde(rename = "ver")]
    pub version: u64,
    /// The stamp of the write that made this version.
    #[serde(rename = "wid")]
    pub write_id: Uuid,
    /// The order's version up to which it is counted; 0 while it is counted in part only.
    #[serde(rename = "n")]
    pub sequence: u64,
    /// What is counted.
    #[serde(rename = "b")]
    pub contribution: OrderContribution,
}

/// The gate of a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CustomerGate {
    /// The customer.
    pub id: Uuid,
    /// 1 for a new gate.
    #[serde(rename = "ver")]
    pub version: u64,
    /// The stamp of the write that made this version.
    #[serde(rename = "wid")]
    pub write_id: Uuid,
    /// The customer's version up to which it is counted.
    #[serde(rename = "n")]
    pub sequence: u64,
    /// What is counted.
    #[serde(rename = "b")]
    pub contribution: CustomerContribution,
}

impl Record for OrderGate {
    const KIND: &'static str = "GO";

    fn keys(&self, tenant: TenantId) -> Keys {
        Keys::only(keys::order_gate(tenant, self.contribution.placed, self.id))
    }
}

impl Versioned for OrderGate {
    fn version(&self) -> u64 {
        self.version
    }
    fn write_id(&self) -> Uuid {
        self.write_id
    }
}

impl Record for CustomerGate {
    const KIND: &'static str = "GC";

    fn keys(&self, tenant: TenantId) -> Keys {
        Keys::only(keys::customer_gate(tenant, self.id))
    }
}

impl Versioned for CustomerGate {
    fn version(&self) -> u64 {
        self.version
    }
    fn write_id(&self) -> Uuid {
        self.write_id
    }
}
