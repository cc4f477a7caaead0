//! Writing orders together with the credit exposure of their customer, when they are on account (D29, D31): the one
//! place where an order's write is more than a single conditional put.

use aws_sdk_dynamodb::types::{Put, ReturnValuesOnConditionCheckFailure, Update};
use orders_domain::decimal::Money;
use uuid::Uuid;

use super::customers::Credit;
use super::keys;
use super::orders::Order;
use super::record::{Item, from_item, size_bytes, to_item};
use super::{Inserted, Replaced, StoreError, TenantStore, TransactionOp, n, s};

/// Largest order that is stored, in bytes: well under DynamoDB's 400 KB, so that its history can still grow.
pub const MAX_ORDER_BYTES: usize = 300 * 1024;

/// How a write moves its customer's exposure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExposureChange {
    /// The customer.
    pub customer: Uuid,
    /// What the exposure moves by; may be negative.
    pub delta: Money,
    /// The exposure after the move must not pass this; none where no limit applies.
    pub limit: Option<Money>,
}

impl ExposureChange {
    /// Nothing moves and nothing is checked.
    fn is_nothing(&self) -> bool {
        self.delta.is_zero()
    }
}

/// What became of an order's write.
#[derive(Debug)]
pub enum OrderWritten {
    /// It is in the table.
    Now,
    /// The table holds another order or version; `None` when it holds none.
    Other(Option<Box<Order>>),
    /// The customer's exposure does not allow it.
    LimitExceeded(Credit),
    /// The order has grown beyond [`MAX_ORDER_BYTES`].
    TooLarge,
}

impl TenantStore<'_> {
    /// Writes a new order, with its exposure when it moves one.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn insert_order(
        &self,
        order: &Order,
        exposure: Option<ExposureChange>,
    ) -> Result<OrderWritten, StoreError> {
        match exposure.filter(|change| !change.is_nothing()) {
            None if size_bytes(&to_item(self.tenant, order)?) > MAX_ORDER_BYTES => Ok(OrderWritten::TooLarge),
            None => Ok(match self.insert(order).await? {
                Inserted::Now => OrderWritten::Now,
                Inserted::Before(before) => OrderWritten::Other(Some(before)),
            }),
            Some(change) => self.write_with_exposure(order, None, change).await,
        }
    }

    /// Writes the next version of an order over the version that was read, with its exposure when it moves one.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn replace_order(
        &self,
        order: &Order,
        read: u64,
        exposure: Option<ExposureChange>,
    ) -> Result<OrderWritten, StoreError> {
        match exposure.filter(|change| !change.is_nothing()) {
            None if size_bytes(&to_item(self.tenant, order)?) > MAX_ORDER_BYTES => Ok(OrderWritten::TooLarge),
            None => Ok(match self.replace(order, read).await? {
                Replaced::Now => OrderWritten::Now,
                Replaced::Stale(current) => OrderWritten::Other(current),
            }),
            Some(change) => self.write_with_exposure(order, Some(read), change).await,
        }
    }

    async fn write_with_exposure(
        &self,
        order: &Order,
        read: Option<u64>,
        change: ExposureChange,
    ) -> Result<OrderWritten, StoreError> {
        let item = to_item(self.tenant, order)?;
        if size_bytes(&item) > MAX_ORDER_BYTES {
            return Ok(OrderWritten::TooLarge);
        }
        let ops = vec![self.put_order(item, read)?, self.move_exposure(change)?];
        let Err(cancelled) = self.transact(ops, order.write_id).await? else {
            return Ok(OrderWritten::Now);
        };
        let mut failed = cancelled.failed.into_iter();
        if let Some(Some(found)) = failed.next() {
            let current = found.map(from_item::<Order>).transpose()?;
            // Our own stamp means that the first attempt had arrived.
            let ours = current
                .as_ref()
                .is_some_and(|current| current.write_id == order.write_id);
            return Ok(if ours {
                OrderWritten::Now
            } else {
                OrderWritten::Other(current.map(Box::new))
            });
        }
        let credit = failed.next().flatten().flatten();
        Ok(OrderWritten::LimitExceeded(Credit::of(credit.as_ref())))
    }

    fn put_order(&self, item: Item, read: Option<u64>) -> Result<TransactionOp, StoreError> {
        let put = Put::builder()
            .table_name(&self.store.table)
            .set_item(Some(item))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let put = match read {
            None => put.condition_expression("attribute_not_exists(pk)"),
            Some(version) => put
                .condition_expression("ver = :read")
                .expression_attribute_values(":read", n(version)),
        };
        let put = put
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(TransactionOp::builder().put(put).build())
    }

    fn move_exposure(&self, change: ExposureChange) -> Result<TransactionOp, StoreError> {
        let key = keys::customer_credit(self.tenant, change.customer);
        let update = Update::builder()
            .table_name(&self.store.table)
            .key("pk", s(key.pk))
            .key("sk", s(key.sk))
            .update_expression("ADD x :delta SET k = :k")
            .expression_attribute_values(":delta", n(change.delta.scaled()))
            .expression_attribute_values(":k", s("X"))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let update = match change.limit {
            None => update,
            Some(limit) => {
                let most = limit.scaled().saturating_sub(change.delta.scaled());
                // A customer without a credit item owes nothing.
                let condition = if most < 0 {
                    "x <= :most"
                } else {
                    "attribute_not_exists(x) OR x <= :most"
                };
                update
                    .condition_expression(condition)
                    .expression_attribute_values(":most", n(most))
            }
        };
        let update = update
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(TransactionOp::builder().update(update).build())
    }
}
