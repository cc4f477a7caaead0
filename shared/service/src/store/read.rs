//! Reading single items, one or many at a time.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::KeysAndAttributes;

use super::keys::Key;
use super::record::{Item, Record, from_item, text};
use super::{StoreError, TenantStore, failure, s};

/// DynamoDB takes at most this many keys in one batch.
const BATCH_KEYS: usize = 100;
/// How often what a batch left unanswered is asked again.
const BATCH_ATTEMPTS: u32 = 6;

/// Items read together, by key.
#[derive(Debug, Default)]
pub struct ItemSet(HashMap<Key, Item>);

impl ItemSet {
    /// The record under a key, if it is there.
    ///
    /// # Errors
    /// [`StoreError`] when the item is not a record of that kind.
    pub fn take<R: Record>(&mut self, key: &Key) -> Result<Option<R>, StoreError> {
        self.0.remove(key).map(from_item).transpose()
    }

    /// The bare item under a key.
    pub fn item(&self, key: &Key) -> Option<&Item> {
        self.0.get(key)
    }
}

impl TenantStore<'_> {
    /// The bare item under a key, as of now.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn get_item(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        let request = self
            .store
            .client
            .get_item()
            .table_name(&self.store.table)
            .consistent_read(true);
        let answer = request.key("pk", s(&key.pk)).key("sk", s(&key.sk)).send().await;
        answer
            .map(|output| output.item)
            .map_err(|error| failure("GetItem", &error))
    }

    /// The record under a key, as of now.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn get<R: Record>(&self, key: &Key) -> Result<Option<R>, StoreError> {
        self.get_item(key).await?.map(from_item).transpose()
    }

    /// Many items, as of now, in one round trip for up to 100 keys.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn get_many(&self, keys: &[Key]) -> Result<ItemSet, StoreError> {
        let mut found = ItemSet::default();
        let mut unique: Vec<&Key> = keys.iter().collect();
        unique.sort();
        unique.dedup();
        for batch in unique.chunks(BATCH_KEYS) {
            self.get_batch(batch, &mut found).await?;
        }
        Ok(found)
    }

    async fn get_batch(&self, batch: &[&Key], found: &mut ItemSet) -> Result<(), StoreError> {
        let mut wanted: Vec<Item> = batch
            .iter()
            .map(|key| HashMap::from([("pk".to_owned(), s(&key.pk)), ("sk".to_owned(), s(&key.sk))]))
            .collect();
        for attempt in 0..BATCH_ATTEMPTS {
            let keys = KeysAndAttributes::builder()
                .set_keys(Some(wanted))
                .consistent_read(true)
                .build()
                .map_err(|error| StoreError::Corrupt(error.to_string()))?;
            let request = self
                .store
                .client
                .batch_get_item()
                .request_items(&self.store.table, keys);
            let answer = request
                .send()
                .await
                .map_err(|error| failure("BatchGetItem", &error))?;
            for item in answer
                .responses
                .into_iter()
                .flat_map(HashMap::into_values)
                .flatten()
            {
                if let (Some(pk), Some(sk)) = (text(&item, "pk"), text(&item, "sk")) {
                    found.0.insert(Key::new(pk, sk), item);
                }
            }
            wanted = answer
                .unprocessed_keys
                .into_iter()
                .flat_map(HashMap::into_values)
                .flat_map(|rest| rest.keys)
                .collect();
            if wanted.is_empty() {
                return Ok(());
            }
            self.store.pause(attempt).await;
        }
        Err(StoreError::Unavailable(
            "BatchGetItem: some keys stayed unprocessed".into(),
        ))
    }
}
