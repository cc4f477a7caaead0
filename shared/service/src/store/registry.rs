//! The registry of tenants, so that schedules know whom to serve. A tenant is entered before its first write and
//! remembered by the process.

use uuid::Uuid;

use super::keys::{self, Index};
use super::query::Query;
use super::record::text;
use super::{Store, StoreError, TenantStore, failure, s};
use crate::auth::TenantId;

impl TenantStore<'_> {
    /// Enters the tenant, once per process.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn register(&self) -> Result<(), StoreError> {
        let known = |store: &Store| {
            store
                .registered
                .lock()
                .is_ok_and(|set| set.contains(&self.tenant))
        };
        if known(self.store) {
            return Ok(());
        }
        let key = keys::registered_tenant(self.tenant);
        let request = self
            .store
            .client
            .put_item()
            .table_name(&self.store.table)
            .item("pk", s(key.pk))
            .item("sk", s(key.sk))
            .item("k", s("TEN"))
            .condition_expression("attribute_not_exists(pk)");
        if let Err(error) = request.send().await {
            let present = error
                .as_service_error()
                .is_some_and(|e| e.is_conditional_check_failed_exception());
            if !present {
                return Err(failure("PutItem", &error));
            }
        }
        if let Ok(mut registered) = self.store.registered.lock() {
            registered.insert(self.tenant);
        }
        Ok(())
    }
}

impl Store {
    /// Every tenant there is, for schedules and reconcile.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        let mut tenants = Vec::new();
        for shard in 0..keys::REGISTRY_SHARDS {
            let items = self
                .query_all(Query::all(Index::Primary, keys::registry_shard(shard)))
                .await?;
            tenants.extend(
                items
                    .iter()
                    .filter_map(|item| Uuid::try_parse(text(item, "sk")?).ok())
                    .map(TenantId),
            );
        }
        Ok(tenants)
    }
}
