//! What was sold of a product, day by day: one item for each product and month, a map from the day to the quantity.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{Datelike, NaiveDate};
use orders_domain::decimal::Quantity;
use serde::{Deserialize, Serialize};

use super::keys::{self, Keys};
use super::record::{Record, to_item};
use super::{StoreError, TenantStore, failure, s};
use crate::auth::TenantId;

/// Whose sales a month holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Book {
    /// What the tenant has imported (SPEC §9).
    Imported,
    /// What its past orders come to (D70).
    Orders,
}

impl Book {
    /// The partition of its months.
    pub fn partition(self, tenant: TenantId) -> String {
        match self {
            Self::Imported => keys::sales_history_partition(tenant),
            Self::Orders => keys::order_history_partition(tenant),
        }
    }
}

/// A product's sales in a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SalesMonth {
    /// The product.
    #[serde(rename = "p")]
    pub product_id: String,
    /// The first day of the month.
    #[serde(rename = "m")]
    pub month: NaiveDate,
    /// Day of the month, two digits, to the quantity sold. A day that is not there is not known, which is not zero.
    #[serde(rename = "d")]
    pub days: BTreeMap<String, Quantity>,
}

impl SalesMonth {
    /// The empty month that a day belongs to.
    pub fn of(product_id: &str, date: NaiveDate) -> Self {
        let month = date.with_day(1).unwrap_or(date);
        Self {
            product_id: product_id.to_owned(),
            month,
            days: BTreeMap::new(),
        }
    }

    /// Sets a day of the month.
    pub fn set(&mut self, date: NaiveDate, quantity: Quantity) {
        self.days.insert(format!("{:02}", date.day()), quantity);
    }
}

impl Record for SalesMonth {
    const KIND: &'static str = "SH";

    fn keys(&self, tenant: TenantId) -> Keys {
        Keys::only(keys::sales_history(tenant, &self.product_id, self.month))
    }
}

impl TenantStore<'_> {
    /// Sets the days of a month that are in `sales` and leaves the others. Doing it again changes nothing.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn set_sales(&self, book: Book, sales: &SalesMonth) -> Result<(), StoreError> {
        if self.create_month(book, sales).await? {
            Ok(())
        } else {
            self.set_days(book, sales).await
        }
    }

    /// Writes a month that is not there yet; false when it is.
    async fn create_month(&self, book: Book, sales: &SalesMonth) -> Result<bool, StoreError> {
        let mut item = to_item(self.tenant, sales)?;
        item.insert("pk".into(), s(book.partition(self.tenant)));
        let request = self
            .store
            .client
            .put_item()
            .table_name(&self.store.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk)");
        match request.send().await {
            Ok(_) => Ok(true),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|e| e.is_conditional_check_failed_exception()) =>
            {
                Ok(false)
            }
            Err(error) => Err(failure("PutItem", &error)),
        }
    }

    /// Sets entries of the map of a month that is there, so that two requests for other days do not undo each other.
    async fn set_days(&self, book: Book, sales: &SalesMonth) -> Result<(), StoreError> {
        let key = keys::sales_history(self.tenant, &sales.product_id, sales.month);
        let mut request = self
            .store
            .client
            .update_item()
            .table_name(&self.store.table)
            .key("pk", s(book.partition(self.tenant)))
            .key("sk", s(key.sk))
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#days", "d");
        let mut assignments = Vec::with_capacity(sales.days.len());
        for (day, quantity) in &sales.days {
            assignments.push(format!("#days.#d{day} = :q{day}"));
            request = request
                .expression_attribute_names(format!("#d{day}"), day)
                .expression_attribute_values(format!(":q{day}"), AttributeValue::S(quantity.to_string()));
        }
        let request = request.update_expression(format!("SET {}", assignments.join(", ")));
        request
            .send()
            .await
            .map(|_| ())
            .map_err(|error| failure("UpdateItem", &error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_holds_its_days_under_two_digits_and_reads_back() {
        // SPEC §9
        let date = NaiveDate::from_ymd_opt(2026, 3, 7).unwrap();
        let mut month = SalesMonth::of("rye", date);
        month.set(date, Quantity::from_scaled(2_500));
        month.set(date, Quantity::from_scaled(3_000));
        let tenant = TenantId(uuid::Uuid::nil());
        let item = to_item(tenant, &month).unwrap();
        assert_eq!(item["sk"], s("rye#2026-03"));
        let days = item["d"].as_m().unwrap();
        assert_eq!((days.len(), &days["07"]), (1, &s("3.000")));
        assert_eq!(
            super::super::record::from_item::<SalesMonth>(item).unwrap(),
            month
        );
    }
}
