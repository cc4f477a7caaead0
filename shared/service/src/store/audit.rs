//! The audit copy of orders' histories (§4): one row for each entry, in a partition that nothing may change or delete
//! from. It holds ids, amounts, statuses and names of changed fields, no free text, so that an erasure (D34) leaves it as
//! it is. Each row carries a keyed hash over itself and the hash before it.

use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use chrono::serde::ts_milliseconds;
use chrono::{DateTime, Utc};
use orders_domain::decimal::Money;
use orders_domain::order_status::OrderStatus;
use orders_domain::payments::PaymentMethod;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::keys::{self, Index, Keys};
use super::orders::AfterChange;
use super::record::{Item, Record, from_item, text, to_item};
use super::{Query, StoreError, TenantStore, failure};
use crate::auth::TenantId;
use crate::keyring::Keyring;
use crate::words::{HistoryEvent, PaymentOutcome};

/// What is kept of an entry of an order's history. Its JSON is what the hash covers: the order of the fields is part of
/// the format, and a field that comes later must be left out where it is absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of SPEC §4, under their names")]
pub struct AuditEntry {
    #[serde(rename = "n")]
    pub sequence: u64,
    #[serde(rename = "e")]
    pub event: HistoryEvent,
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub from_status: Option<OrderStatus>,
    #[serde(rename = "t")]
    pub to_status: OrderStatus,
    #[serde(rename = "u")]
    pub user_id: String,
    #[serde(rename = "r")]
    pub role: String,
    #[serde(rename = "a", with = "ts_milliseconds")]
    pub changed_at: DateTime<Utc>,
    #[serde(rename = "v")]
    pub version: u64,
    /// The figures after the change.
    #[serde(rename = "x")]
    pub after: AfterChange,
    /// The payment it records.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<AuditPayment>,
    /// Names of the fields it changed, in order.
    #[serde(rename = "cf", default, skip_serializing_if = "Vec::is_empty")]
    pub changed_fields: Vec<String>,
}

/// What is kept of a payment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of D28, under their names")]
pub struct AuditPayment {
    #[serde(rename = "i")]
    pub payment_id: Uuid,
    #[serde(rename = "m")]
    pub amount: Money,
    #[serde(rename = "t")]
    pub method: PaymentMethod,
    #[serde(rename = "s")]
    pub status: PaymentOutcome,
}

/// A row of the audit copy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditRow {
    /// The order.
    #[serde(rename = "o")]
    pub order_id: Uuid,
    /// What happened.
    #[serde(rename = "b")]
    pub entry: AuditEntry,
    /// The hash of the row before; empty for the first.
    #[serde(rename = "ph")]
    pub previous_hash: String,
    /// The keyed hash over all of it.
    #[serde(rename = "h")]
    pub hash: String,
}

impl Record for AuditRow {
    const KIND: &'static str = "A";

    fn keys(&self, tenant: TenantId) -> Keys {
        Keys::only(keys::audit_row(tenant, self.order_id, self.entry.sequence))
    }
}

impl AuditRow {
    /// The row of an entry, behind the row with a hash.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it does not serialise, which is a fault of ours.
    pub fn behind(
        previous_hash: &str,
        entry: AuditEntry,
        tenant: TenantId,
        order_id: Uuid,
        keyring: &Keyring,
    ) -> Result<Self, StoreError> {
        let mut row = Self {
            order_id,
            entry,
            previous_hash: previous_hash.to_owned(),
            hash: String::new(),
        };
        row.hash = row.expected_hash(tenant, keyring)?;
        Ok(row)
    }

    /// The hash that the row's content has.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it does not serialise, which is a fault of ours.
    pub fn expected_hash(&self, tenant: TenantId, keyring: &Keyring) -> Result<String, StoreError> {
        let entry = serde_json::to_string(&self.entry)
            .map_err(|_| StoreError::Corrupt("an audit row does not serialise".into()))?;
        let (order, previous) = (self.order_id, &self.previous_hash);
        Ok(keyring.audit_hash(&format!("audit 1\n{tenant}\n{order}\n{previous}\n{entry}")))
    }
}

/// What became of a row that was to be appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    /// It is in the table, from now or from before.
    Kept,
    /// Another row stands in its place, with this hash where it has one.
    Differs(Option<String>),
}

impl TenantStore<'_> {
    /// Appends a row; what stands in its place already is left as it is.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the table did not take it, for whatever reason: the order waits.
    pub async fn append_audit(&self, row: &AuditRow) -> Result<Appended, StoreError> {
        let request = self
            .store
            .client
            .put_item()
            .table_name(&self.store.table)
            .set_item(Some(to_item(self.tenant, row)?))
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let Err(error) = request.send().await else {
            return Ok(Appended::Kept);
        };
        let refused = error.as_service_error().and_then(|error| match error {
            aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(refused) => {
                Some(refused)
            }
            _ => None,
        });
        let Some(refused) = refused else {
            // A permission that is missing is mended by a deployment; until then nothing of the order goes out.
            return Err(StoreError::Unavailable(failure("PutItem", &error).to_string()));
        };
        let found = refused.item.clone().unwrap_or_default();
        let hash = text(&found, "h").map(str::to_owned);
        match from_item::<AuditRow>(found) {
            Ok(before) if before == *row => Ok(Appended::Kept),
            _ => Ok(Appended::Differs(hash)),
        }
    }

    /// An order's audit copy as it stands, in order: each row's sort key, and the row where it can be read.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn audit_rows(&self, order: Uuid) -> Result<Vec<(String, Option<AuditRow>)>, StoreError> {
        let partition = keys::audit_partition(self.tenant, order);
        let items = self.query_all(Query::all(Index::Primary, partition)).await?;
        let read = |item: Item| {
            let key = text(&item, "sk").unwrap_or_default().to_owned();
            (key, from_item(item).ok())
        };
        Ok(items.into_iter().map(read).collect())
    }
}
