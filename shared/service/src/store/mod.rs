//! The table: the one port to what the service remembers. Nothing outside this module speaks DynamoDB.
//!
//! A [`TenantStore`] is had only for a [`Grant`], so no code can reach a tenant's data without one.

pub mod alerts;
pub mod audit;
pub mod catalog;
pub mod counters;
pub mod credit;
mod customer_guards;
pub mod customer_metrics;
mod customer_parts;
pub mod customer_writes;
pub mod customers;
mod erasure;
mod expiry;
mod folding;
pub mod forecasts;
pub mod history_parts;
pub mod keys;
mod order_parts;
pub mod order_writes;
pub mod orders;
mod packed_demand;
mod packed_forecast;
pub mod partner_deliveries;
pub mod plan_history;
pub mod plan_rows;
pub mod plan_snapshots;
pub mod plans;
mod query;
mod read;
pub mod record;
pub mod registry;
pub mod relay;
pub mod rollups;
pub mod sales_history;
pub mod settings;
mod transaction;
mod write;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

pub use query::{Page, Query, SortRange};
pub use read::ItemSet;
pub use transaction::{Cancelled, TransactionOp};
pub use write::{Inserted, Replaced, Written};

use crate::auth::{Grant, TenantId};
use crate::ports::Ids;
use crate::problem::Problem;

/// Why the table did not do what it was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// It is down, slow or throttled; the same request may work later.
    #[error("the table did not answer: {0}")]
    Unavailable(String),
    /// An item is of a schema newer than this code.
    #[error("an item of kind {kind} has schema {found}, which this version does not know")]
    UnknownSchema {
        /// The item's kind.
        kind: &'static str,
        /// Its schema.
        found: u32,
    },
    /// An item is not what it should be, or a request of ours was refused.
    #[error("{0}")]
    Corrupt(String),
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match &error {
            // A newer version of the service is being rolled out beside this one: it will answer.
            StoreError::Unavailable(_) | StoreError::UnknownSchema { .. } => {
                Self::unavailable(error.to_string())
            }
            StoreError::Corrupt(_) => Self::internal(error.to_string()),
        }
    }
}

/// The table as a whole. Shared by everything in a process.
pub struct Store {
    client: Client,
    table: String,
    ids: Arc<dyn Ids>,
    registered: Mutex<HashSet<TenantId>>,
}

impl Store {
    /// Wraps a client.
    pub fn new(client: Client, table: String, ids: Arc<dyn Ids>) -> Self {
        Self {
            client,
            table,
            ids,
            registered: Mutex::new(HashSet::new()),
        }
    }

    /// The part of the table that a grant opens.
    pub fn tenant(&self, grant: &Grant) -> TenantStore<'_> {
        TenantStore {
            store: self,
            tenant: grant.tenant(),
        }
    }

    /// Whether the table answers, for the service's status (D91).
    ///
    /// # Errors
    /// [`StoreError`] when it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let request = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("pk", s("Z#PING"))
            .key("sk", s("-"));
        request
            .send()
            .await
            .map(|_| ())
            .map_err(|error| failure("GetItem", &error))
    }
}

/// One tenant's part of the table.
#[derive(Clone, Copy)]
pub struct TenantStore<'a> {
    store: &'a Store,
    tenant: TenantId,
}

impl TenantStore<'_> {
    /// The tenant.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }
}

pub(crate) fn s(text: impl Into<String>) -> aws_sdk_dynamodb::types::AttributeValue {
    aws_sdk_dynamodb::types::AttributeValue::S(text.into())
}

pub(crate) fn n(number: impl ToString) -> aws_sdk_dynamodb::types::AttributeValue {
    aws_sdk_dynamodb::types::AttributeValue::N(number.to_string())
}

/// Sorts an SDK error into ours: what a retry may mend, and what is a fault of ours.
pub(crate) fn failure<E, R>(operation: &str, error: &SdkError<E, R>) -> StoreError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug + 'static,
{
    let code = error.code().unwrap_or("");
    let detail = format!("{operation}: {code} {}", causes(error));
    match error {
        SdkError::ServiceError(_) if matches!(code, "ValidationException" | "AccessDeniedException") => {
            StoreError::Corrupt(detail)
        }
        SdkError::ConstructionFailure(_) => StoreError::Corrupt(detail),
        _ => StoreError::Unavailable(detail),
    }
}

/// An error and what caused it, each in its own words. Never its debug form: that holds the reply as it came, with items
/// and the personal data in them.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_dynamodb::operation::put_item::PutItemError;
    use aws_sdk_dynamodb::types::error::ConditionalCheckFailedException;

    #[test]
    fn a_failure_is_told_without_the_item_it_brings() {
        // D34
        let refused = ConditionalCheckFailedException::builder()
            .message("The conditional request failed")
            .item("b", s("canary"))
            .build();
        let error = SdkError::service_error(
            PutItemError::ConditionalCheckFailedException(refused),
            "a reply with a canary",
        );
        assert!(format!("{error:?}").contains("canary"));
        let told = failure("PutItem", &error).to_string();
        assert!(told.contains("The conditional request failed"), "{told}");
        assert!(!told.contains("canary"), "{told}");
    }
}
