//! Conditional writes of records, alone or with what must be written beside them. A write that timed out is sent again as it was by the SDK; an item that then
//! holds our own write stamp means that the first attempt had arrived.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{Put, ReturnValuesOnConditionCheckFailure};
use uuid::Uuid;

use super::history_parts::{WithHistory, items_of};
use super::record::{Item, Versioned, from_item, size_bytes, to_item};
use super::{StoreError, TenantStore, TransactionOp, failure, n};

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

/// What became of a record that carries its history.
#[derive(Debug)]
pub enum Written<R> {
    /// It is in the table, with everything beside it.
    Now,
    /// The table holds another record or version; `None` when it holds none.
    Other(Option<Box<R>>),
    /// A write beside it was refused: for each of them whether its own condition failed, and the item it found.
    Refused(Vec<Option<Option<Item>>>),
    /// The record has grown beyond [`MAX_RECORD_BYTES`].
    TooLarge,
}

/// Largest record with a history that is stored, in bytes: well under DynamoDB's 400 KB.
const MAX_RECORD_BYTES: usize = 300 * 1024;

/// Attempts at a put that meets transactions before the caller is told to come back later.
const ATTEMPTS: u32 = 6;

impl TenantStore<'_> {
    /// Writes a record that must not be there yet.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn insert<R: Versioned>(&self, record: &R) -> Result<Inserted<R>, StoreError> {
        let item = to_item(self.tenant, record)?;
        match self.put::<R>(item, None, record.write_id()).await? {
            None => Ok(Inserted::Now),
            Some(Some(before)) => Ok(Inserted::Before(before)),
            // The condition fails on an item that is there, so there is one.
            Some(None) => Err(StoreError::Corrupt("PutItem: refused by nothing".into())),
        }
    }

    /// Writes the next version of a record over the version that was read.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn replace<R: Versioned>(&self, record: &R, read: u64) -> Result<Replaced<R>, StoreError> {
        let item = to_item(self.tenant, record)?;
        let refused = self.put::<R>(item, Some(read), record.write_id()).await?;
        Ok(refused.map_or(Replaced::Now, Replaced::Stale))
    }

    /// Writes a new record (`read` is none) or its next version over the one that was read, together with what must be
    /// written beside it and with the older part of its history when that has grown too long. Alone it is one put; only
    /// with company it is a transaction.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn write_with_history<R: WithHistory>(
        &self,
        record: &R,
        read: Option<u64>,
        beside: Vec<TransactionOp>,
    ) -> Result<Written<R>, StoreError> {
        let (item, part) = items_of(self.tenant, record)?;
        if size_bytes(&item) > MAX_RECORD_BYTES {
            return Ok(Written::TooLarge);
        }
        if beside.is_empty() && part.is_none() {
            let refused = self.put::<R>(item, read, record.write_id()).await?;
            return Ok(refused.map_or(Written::Now, Written::Other));
        }
        let others = beside.len();
        let mut ops = vec![self.put_op(item, read)?];
        ops.extend(beside);
        if let Some(part) = part {
            ops.push(self.put_op(part, None)?);
        }
        let Err(cancelled) = self.transact(ops, record.write_id()).await? else {
            return Ok(Written::Now);
        };
        let mut failed = cancelled.failed.into_iter();
        if let Some(Some(found)) = failed.next() {
            let current = found.map(from_item::<R>).transpose()?;
            // Our own stamp means that the first attempt had arrived, and all of it.
            return Ok(match current {
                Some(current) if current.write_id() == record.write_id() => Written::Now,
                other => Written::Other(other.map(Box::new)),
            });
        }
        let refused: Vec<_> = failed.by_ref().take(others).collect();
        if refused.iter().any(Option::is_some) {
            return Ok(Written::Refused(refused));
        }
        // Only the part is left. It is made with the version that counts it, so under another one it cannot be there.
        Err(StoreError::Corrupt("a part of a history is there already".into()))
    }

    /// A put under a record's condition: it is not there yet, or stands at the version that was read. `None` when it is
    /// done, else what stood in the way.
    async fn put<R: Versioned>(
        &self,
        item: Item,
        read: Option<u64>,
        write_id: Uuid,
    ) -> Result<Option<Option<Box<R>>>, StoreError> {
        let request = self
            .store
            .client
            .put_item()
            .table_name(&self.store.table)
            .set_item(Some(item))
            .condition_expression(condition(read))
            .set_expression_attribute_values(read.map(|read| HashMap::from([(":read".into(), n(read))])))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        for attempt in 0..ATTEMPTS {
            let Err(error) = request.clone().send().await else {
                return Ok(None);
            };
            match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(refused)) => {
                    let current = refused.item.clone().map(from_item::<R>).transpose()?;
                    return Ok(match current {
                        Some(current) if current.write_id() == write_id => None,
                        other => Some(other.map(Box::new)),
                    });
                }
                // A transaction holds the item: the SDK leaves this to its callers, as it does a cancelled transaction.
                Some(PutItemError::TransactionConflictException(_)) => self.store.pause(attempt).await,
                _ => return Err(failure("PutItem", &error)),
            }
        }
        Err(StoreError::Unavailable(
            "PutItem: transactions kept the item".into(),
        ))
    }

    /// The same put as one write of a transaction.
    pub(super) fn put_op(&self, item: Item, read: Option<u64>) -> Result<TransactionOp, StoreError> {
        let put = Put::builder()
            .table_name(&self.store.table)
            .set_item(Some(item))
            .condition_expression(condition(read))
            .set_expression_attribute_values(read.map(|read| HashMap::from([(":read".into(), n(read))])))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(TransactionOp::builder().put(put).build())
    }

    /// A put whatever is there, as one write of a transaction whose other conditions speak for it.
    pub(super) fn overwrite_op(&self, item: Item) -> Result<TransactionOp, StoreError> {
        let put = Put::builder()
            .table_name(&self.store.table)
            .set_item(Some(item))
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(TransactionOp::builder().put(put).build())
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

fn condition(read: Option<u64>) -> &'static str {
    match read {
        None => "attribute_not_exists(pk)",
        Some(_) => "ver = :read",
    }
}
