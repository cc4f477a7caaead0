//! How far the relay has published each entity's history.

use super::keys;
use super::record::{Item, number};
use super::{StoreError, TenantStore, failure, n, s};

/// The position in a relay item; no item means that nothing is published yet.
///
/// # Errors
/// [`StoreError::Corrupt`] when it is negative.
pub fn position(item: Option<&Item>) -> Result<u64, StoreError> {
    let position = item.and_then(|item| number(item, "to")).unwrap_or(0);
    u64::try_from(position).map_err(|_| StoreError::Corrupt("a relay position is negative".into()))
}

impl TenantStore<'_> {
    /// The last sequence of an entity that is known to be published; 0 when none is.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn published_to(&self, entity: &str) -> Result<u64, StoreError> {
        position(
            self.get_item(&keys::relay_position(self.tenant, entity))
                .await?
                .as_ref(),
        )
    }

    /// Moves an entity's position forward; a position that is already further on stays.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn advance_published(&self, entity: &str, to: u64) -> Result<(), StoreError> {
        let key = keys::relay_position(self.tenant, entity);
        let request = self
            .store
            .client
            .update_item()
            .table_name(&self.store.table)
            .key("pk", s(key.pk))
            .key("sk", s(key.sk))
            .update_expression("SET #to = :to, k = :k")
            .condition_expression("attribute_not_exists(#to) OR #to < :to")
            .expression_attribute_names("#to", "to")
            .expression_attribute_values(":to", n(to))
            .expression_attribute_values(":k", s("E"));
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
