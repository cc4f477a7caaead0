//! What a plan is computed from, put aside while its computation is interrupted (D69): compressed and cut into items.

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use uuid::Uuid;

use super::keys::{self, Keys};
use super::record::Record;
use crate::auth::TenantId;

/// A part of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanSnapshotPart {
    /// The plan.
    pub plan: Uuid,
    /// The snapshot it belongs to.
    pub snapshot: Uuid,
    /// Which part, from 0.
    pub part: u32,
    /// When the table may forget it, in seconds since 1970: the plan is computed or given up long before.
    pub ttl: i64,
    /// Its share of the compressed bytes.
    #[serde(rename = "b")]
    pub bytes: ByteBuf,
}

impl Record for PlanSnapshotPart {
    const KIND: &'static str = "PS";

    fn keys(&self, tenant: TenantId) -> Keys {
        Keys::only(keys::plan_snapshot_part(
            tenant,
            self.plan,
            self.snapshot,
            self.part,
        ))
    }
}
