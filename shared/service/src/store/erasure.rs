//! Going through the older history of an order, which stands in parts beside it (`H#nnn`), to take personal data out of it
//! (D34). A part is never changed but for that, so it is overwritten without a condition.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::keys::{Index, Key};
use super::orders::{HistoryEntry, Payment};
use super::record::Item;
use super::{Query, SortRange, StoreError, TenantStore};

/// The attributes of a part that hold entries and payments.
const ENTRIES: &str = "h";
const PAYMENTS: &str = "py";

impl TenantStore<'_> {
    /// The entries of an order's history that stand in parts, oldest first.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn older_history(&self, order: &Key) -> Result<Vec<HistoryEntry>, StoreError> {
        let mut entries = Vec::new();
        for part in self.parts_of(order).await? {
            entries.extend(list::<HistoryEntry>(&part, ENTRIES)?);
        }
        Ok(entries)
    }

    /// Lets `scrub` go over each part of an order's history, and writes back those in which it says it has found something.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn scrub_older_history(
        &self,
        order: &Key,
        scrub: impl Fn(&mut Vec<HistoryEntry>, &mut Vec<Payment>) -> bool,
    ) -> Result<(), StoreError> {
        for mut part in self.parts_of(order).await? {
            let (mut entries, mut payments) = (list(&part, ENTRIES)?, list(&part, PAYMENTS)?);
            if scrub(&mut entries, &mut payments) {
                set_list(&mut part, ENTRIES, &entries)?;
                set_list(&mut part, PAYMENTS, &payments)?;
                self.overwrite(part).await?;
            }
        }
        Ok(())
    }

    async fn parts_of(&self, order: &Key) -> Result<Vec<Item>, StoreError> {
        let parts = Query {
            range: SortRange::Prefix("H#".into()),
            ..Query::all(Index::Primary, order.pk.clone())
        };
        self.query_all(parts).await
    }
}

fn list<T: DeserializeOwned>(part: &Item, name: &str) -> Result<Vec<T>, StoreError> {
    let Some(value) = part.get(name) else {
        return Ok(Vec::new());
    };
    serde_dynamo::aws_sdk_dynamodb_1::from_attribute_value(value.clone())
        .map_err(|_| StoreError::Corrupt("a part of a history does not parse".into()))
}

/// An empty list is left out, as it is when a part is first written.
fn set_list<T: Serialize>(part: &mut Item, name: &str, list: &[T]) -> Result<(), StoreError> {
    if list.is_empty() {
        part.remove(name);
        return Ok(());
    }
    let value = serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(list)
        .map_err(|_| StoreError::Corrupt("a part of a history does not serialise".into()))?;
    part.insert(name.to_owned(), value);
    Ok(())
}
