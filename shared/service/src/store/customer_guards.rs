//! The guards of what only one customer of a tenant may have: an item for each code and each e-mail, under a keyed hash,
//! written in one transaction with the customer it belongs to (D30).

use aws_sdk_dynamodb::types::Delete;
use uuid::Uuid;

use super::keys::{self, Key};
use super::record::Item;
use super::{StoreError, TenantStore, TransactionOp, s};

/// What only one customer of a tenant may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UniqueValue {
    /// The customer's code.
    Code,
    /// The customer's e-mail.
    Email,
}

/// A guard that comes or goes with a change of its customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GuardChange {
    /// The value of this hash becomes the customer's; it must be nobody's.
    Take(UniqueValue, String),
    /// The value of this hash becomes free again.
    Release(UniqueValue, String),
}

impl TenantStore<'_> {
    /// The write of a guard that comes or goes.
    pub(super) fn guard_op(&self, change: &GuardChange, customer: Uuid) -> Result<TransactionOp, StoreError> {
        match change {
            GuardChange::Take(value, hash) => {
                self.put_op(guard(self.guard_key(*value, hash), customer), None)
            }
            GuardChange::Release(value, hash) => {
                let key = self.guard_key(*value, hash);
                let delete = Delete::builder()
                    .table_name(&self.store.table)
                    .key("pk", s(key.pk))
                    .key("sk", s(key.sk))
                    // Never somebody else's.
                    .condition_expression("attribute_not_exists(pk) OR c = :customer")
                    .expression_attribute_values(":customer", s(customer))
                    .build()
                    .map_err(|error| StoreError::Corrupt(error.to_string()))?;
                Ok(TransactionOp::builder().delete(delete).build())
            }
        }
    }

    fn guard_key(&self, value: UniqueValue, hash: &str) -> Key {
        match value {
            UniqueValue::Code => keys::code_guard(self.tenant, hash),
            UniqueValue::Email => keys::email_guard(self.tenant, hash),
        }
    }
}

/// A guard holds only whose it is.
pub(super) fn guard(key: Key, customer: Uuid) -> Item {
    [
        ("pk", s(key.pk)),
        ("sk", s(key.sk)),
        ("k", s("U")),
        ("c", s(customer)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}
