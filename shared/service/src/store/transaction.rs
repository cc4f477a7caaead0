//! Transactions, used exactly where two items must agree at once. The SDK does not retry a cancelled transaction:
//! conflicts and throttles are retried here, a failed condition is the caller's to judge.

use std::time::Duration;

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{CancellationReason, TransactWriteItem};
use uuid::Uuid;

use super::record::Item;
use super::{Store, StoreError, TenantStore, failure};

/// One write of a transaction.
pub type TransactionOp = TransactWriteItem;

/// Attempts before the caller is told to come back later.
const ATTEMPTS: u32 = 6;
/// Longest pause between two attempts, in milliseconds.
const LONGEST_PAUSE_MILLIS: u64 = 600;

/// A transaction that a condition stopped.
#[derive(Debug)]
pub struct Cancelled {
    /// For each write, whether its own condition failed, and the item it found.
    pub failed: Vec<Option<Option<Item>>>,
}

impl TenantStore<'_> {
    /// Writes all or nothing. The inner error says which conditions failed.
    ///
    /// # Errors
    /// [`StoreError`] when the table does not answer, or conflicts outlast the retries.
    pub async fn transact(
        &self,
        ops: Vec<TransactionOp>,
        token: Uuid,
    ) -> Result<Result<(), Cancelled>, StoreError> {
        let mut last = String::new();
        for attempt in 0..ATTEMPTS {
            let request = self
                .store
                .client
                .transact_write_items()
                .set_transact_items(Some(ops.clone()))
                .client_request_token(token.simple().to_string());
            let error = match request.send().await {
                Ok(_) => return Ok(Ok(())),
                Err(error) => error,
            };
            match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                    let reasons = cancelled.cancellation_reasons();
                    let code = |reason: &CancellationReason| reason.code().unwrap_or("None").to_owned();
                    if reasons
                        .iter()
                        .any(|reason| code(reason) == "ConditionalCheckFailed")
                    {
                        let failed = reasons
                            .iter()
                            .map(|reason| {
                                (code(reason) == "ConditionalCheckFailed").then(|| reason.item.clone())
                            })
                            .collect();
                        return Ok(Err(Cancelled { failed }));
                    }
                    if reasons.iter().any(|reason| code(reason) == "ValidationError") {
                        return Err(StoreError::Corrupt(format!(
                            "TransactWriteItems: {}",
                            told(reasons)
                        )));
                    }
                    last = told(reasons);
                }
                Some(TransactWriteItemsError::TransactionInProgressException(_)) => {
                    last = "in progress".into()
                }
                _ => return Err(failure("TransactWriteItems", &error)),
            }
            self.store.pause(attempt).await;
        }
        Err(StoreError::Unavailable(format!("TransactWriteItems: {last}")))
    }
}

/// Codes and messages of a cancelled transaction, without the items that come with them: causes are logged.
fn told(reasons: &[CancellationReason]) -> String {
    let reasons = reasons
        .iter()
        .map(|reason| [reason.code().unwrap_or("None"), reason.message().unwrap_or("")].join(" "));
    reasons.collect::<Vec<_>>().join(", ")
}

impl Store {
    /// Full jitter: uniform between nothing and a bound that doubles.
    pub(super) async fn pause(&self, attempt: u32) {
        let bound = (25_u64 << attempt.min(5)).min(LONGEST_PAUSE_MILLIS);
        let jitter = u64::try_from(self.ids.random() % u128::from(bound)).unwrap_or(bound);
        tokio::time::sleep(Duration::from_millis(jitter)).await;
    }
}
