//! Writing orders together with the credit exposure of their customer, when they are on account (D29, D31).

use super::credit::{Credit, ExposureChange};
use super::orders::Order;
use super::{StoreError, TenantStore, Written};

/// What became of an order's write.
#[derive(Debug)]
pub enum OrderWritten {
    /// It is in the table.
    Now,
    /// The table holds another order or version; `None` when it holds none.
    Other(Option<Box<Order>>),
    /// The customer's exposure does not allow it.
    LimitExceeded(Credit),
    /// The customer's limit is no longer the one the write was judged by: judge again.
    LimitChanged(Credit),
    /// The order is too large to store, even without the older part of its history.
    TooLarge,
}

impl TenantStore<'_> {
    /// Writes a new order, with its exposure when it moves or checks one.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn insert_order(
        &self,
        order: &Order,
        exposure: Option<ExposureChange>,
    ) -> Result<OrderWritten, StoreError> {
        self.write_order(order, None, exposure).await
    }

    /// Writes the next version of an order over the version that was read, with its exposure when it moves or checks
    /// one, and with the older part of its history when that has grown too long.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn replace_order(
        &self,
        order: &Order,
        read: u64,
        exposure: Option<ExposureChange>,
    ) -> Result<OrderWritten, StoreError> {
        self.write_order(order, Some(read), exposure).await
    }

    async fn write_order(
        &self,
        order: &Order,
        read: Option<u64>,
        exposure: Option<ExposureChange>,
    ) -> Result<OrderWritten, StoreError> {
        let exposure = exposure.filter(|change| !change.is_nothing());
        let beside = exposure.map(|change| self.exposure_op(change)).transpose()?;
        let written = self.write_with_history(order, read, beside.into_iter().collect());
        Ok(match (written.await?, exposure) {
            (Written::Now, _) => OrderWritten::Now,
            (Written::Other(current), _) => OrderWritten::Other(current),
            (Written::TooLarge, _) => OrderWritten::TooLarge,
            (Written::Refused(found), Some(change)) => {
                let item = found.into_iter().flatten().flatten().next();
                let found = Credit::of(item.as_ref());
                if change.check.is_outdated(found) {
                    OrderWritten::LimitChanged(found)
                } else {
                    OrderWritten::LimitExceeded(found)
                }
            }
            (Written::Refused(_), None) => {
                return Err(StoreError::Corrupt(
                    "an order's write was refused by nothing".into(),
                ));
            }
        })
    }
}
