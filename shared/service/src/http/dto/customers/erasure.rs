//! How far an erasure has come.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::usecases::customers::erase::Erasure;

/// How far an erasure has come (D34).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Erasure)]
pub struct ErasureView {
    /// The customer.
    pub customer_id: Uuid,
    /// When its own data was erased; null while its orders come first.
    pub erased_at: Option<DateTime<Utc>>,
    /// Orders that personal data was taken out of by this request.
    pub orders_scrubbed: u64,
    /// Whether nothing is left. If not, the service goes on by itself, or when it is asked again.
    pub complete: bool,
}

impl From<Erasure> for ErasureView {
    fn from(erasure: Erasure) -> Self {
        Self {
            customer_id: erasure.customer_id,
            erased_at: erasure.erased_at,
            orders_scrubbed: erasure.orders_scrubbed,
            complete: erasure.complete,
        }
    }
}
