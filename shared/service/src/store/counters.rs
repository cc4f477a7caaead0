//! Counters: numbers that are unique, with gaps allowed.

use aws_sdk_dynamodb::types::ReturnValue;
use chrono::NaiveDate;

use super::keys::{self, Key};
use super::record::number;
use super::{StoreError, TenantStore, failure, n, s};

impl TenantStore<'_> {
    /// The next order number of a local date (§4): `ORD-YYYYMMDD-NNNN`.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn next_order_number(&self, date: NaiveDate) -> Result<String, StoreError> {
        let number = self
            .increment(&keys::order_counter(self.tenant, date), "n")
            .await?;
        Ok(format!("ORD-{}-{number:04}", date.format("%Y%m%d")))
    }

    /// The next plan number of a local date: `PLAN-YYYYMMDD-NNN`.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn next_plan_number(&self, date: NaiveDate) -> Result<String, StoreError> {
        let number = self
            .increment(&keys::plan_counter(self.tenant, date), "n")
            .await?;
        Ok(format!("PLAN-{}-{number:03}", date.format("%Y%m%d")))
    }

    /// The next generated customer code (§4): `CUST-000001`.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn next_customer_code(&self) -> Result<String, StoreError> {
        let number = self
            .increment(&keys::customer_counter(self.tenant), "last_code")
            .await?;
        Ok(format!("CUST-{number:06}"))
    }

    async fn increment(&self, key: &Key, attribute: &str) -> Result<i64, StoreError> {
        let request = self
            .store
            .client
            .update_item()
            .table_name(&self.store.table)
            .key("pk", s(&key.pk))
            .key("sk", s(&key.sk))
            .update_expression("ADD #n :one SET k = :k")
            .expression_attribute_names("#n", attribute)
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":k", s("N"))
            .return_values(ReturnValue::UpdatedNew);
        let answer = request
            .send()
            .await
            .map_err(|error| failure("UpdateItem", &error))?;
        let attributes = answer.attributes.unwrap_or_default();
        number(&attributes, attribute)
            .ok_or_else(|| StoreError::Corrupt("UpdateItem: the counter is no number".into()))
    }
}
