//! Conditional writes of single records. A write that timed out is sent again as it was by the SDK; an item that then
//! holds our own write stamp means that the first attempt had arrived.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;

use super::record::{Item, Versioned, from_item, to_item};
use super::{StoreError, TenantStore, failure, n};

/// What became of a record that was to be new.
#[derive(Debug)]
pub enum Inserted<R> {
    /// It is in the table.
    Now,
    /// Another write had made it before.
    Before(Box<R>),
}

/// What became of a new version of a record.
#[derive(Debug)]
pub enum Replaced<R> {
    /// It is in the table.
    Now,
    /// The table holds another version than the one that was read; `None` when the record is gone.
    Stale(Option<Box<R>>),
}

impl TenantStore<'_> {
    /// Writes a record that must not be there yet.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn insert<R: Versioned>(&self, record: &R) -> Result<Inserted<R>, StoreError> {
        let item = to_item(self.tenant, record)?;
        let request = self
            .store
            .client
            .put_item()
            .table_name(&self.store.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match request.send().await {
            Ok(_) => Ok(Inserted::Now),
            Err(error) => match refused_item(error.as_service_error()) {
                Some(existing) => {
                    let existing: R = from_item(existing)?;
                    let ours = existing.write_id() == record.write_id();
                    Ok(if ours {
                        Inserted::Now
                    } else {
                        Inserted::Before(Box::new(existing))
                    })
                }
                None => Err(failure("PutItem", &error)),
            },
        }
    }

    /// Writes the next version of a record over the version that was read.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn replace<R: Versioned>(&self, record: &R, read: u64) -> Result<Replaced<R>, StoreError> {
        let item = to_item(self.tenant, record)?;
        let request = self
            .store
            .client
            .put_item()
            .table_name(&self.store.table)
            .set_item(Some(item))
            .condition_expression("ver = :read")
            .expression_attribute_values(":read", n(read))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match request.send().await {
            Ok(_) => Ok(Replaced::Now),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => {
                    let current = refused_item(error.as_service_error());
                    let current = current.map(from_item::<R>).transpose()?;
                    Ok(match current {
                        Some(current) if current.write_id() == record.write_id() => Replaced::Now,
                        other => Replaced::Stale(other.map(Box::new)),
                    })
                }
                _ => Err(failure("PutItem", &error)),
            },
        }
    }

    /// Writes an item whatever is there: for items that say the same however often they are written.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn overwrite(&self, item: Item) -> Result<(), StoreError> {
        let request = self
            .store
            .client
            .put_item()
            .table_name(&self.store.table)
            .set_item(Some(item));
        request
            .send()
            .await
            .map(|_| ())
            .map_err(|error| failure("PutItem", &error))
    }
}

/// The item that stood in the way of a conditional write.
fn refused_item(error: Option<&PutItemError>) -> Option<Item> {
    match error {
        Some(PutItemError::ConditionalCheckFailedException(refused)) => refused.item.clone(),
        _ => None,
    }
}
