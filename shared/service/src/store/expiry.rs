//! Marking items for the table to forget.

use chrono::{DateTime, Utc};

use super::keys::Key;
use super::{StoreError, TenantStore, failure, n, s};

impl TenantStore<'_> {
    /// Lets the table forget an item after an instant, whatever it was to do before. One that is gone is not made again.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn expire(&self, key: &Key, at: DateTime<Utc>) -> Result<(), StoreError> {
        let request = self
            .store
            .client
            .update_item()
            .table_name(&self.store.table)
            .key("pk", s(&key.pk))
            .key("sk", s(&key.sk))
            .update_expression("SET #ttl = :at")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":at", n(at.timestamp()));
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|e| e.is_conditional_check_failed_exception()) =>
            {
                Ok(())
            }
            Err(error) => Err(failure("UpdateItem", &error)),
        }
    }
}
