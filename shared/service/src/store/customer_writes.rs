//! Changing a customer: one conditional put, or one transaction when its code or e-mail passes from one guard to another,
//! or its credit limit changes beside its exposure.

use orders_domain::decimal::Money;

use super::customers::{Customer, GuardChange, UniqueValue};
use super::write::Written;
use super::{StoreError, TenantStore};

/// What is written beside a customer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BesideCustomer {
    /// Guards that come or go.
    pub guards: Vec<GuardChange>,
    /// The credit limit, when it changes; the inner none is unlimited.
    pub credit_limit: Option<Option<Money>>,
}

/// What became of a customer's next version.
#[derive(Debug)]
pub enum CustomerWritten {
    /// It is in the table, with everything beside it.
    Now,
    /// The table holds another version than the one that was read; `None` when the customer is gone.
    Stale(Option<Box<Customer>>),
    /// Another customer has the code or e-mail.
    Taken(UniqueValue),
}

impl TenantStore<'_> {
    /// Writes the next version of a customer over the version that was read, with what stands beside it, all or nothing.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn replace_customer(
        &self,
        customer: &Customer,
        read: u64,
        beside: &BesideCustomer,
    ) -> Result<CustomerWritten, StoreError> {
        let mut others = Vec::new();
        for change in &beside.guards {
            others.push(self.guard_op(change, customer.id)?);
        }
        if let Some(limit) = beside.credit_limit {
            others.push(self.set_credit_limit_op(customer.id, limit)?);
        }
        Ok(
            match self.write_with_history(customer, Some(read), others).await? {
                Written::Now => CustomerWritten::Now,
                Written::Other(current) => CustomerWritten::Stale(current),
                Written::Refused(refused) => {
                    let refused: Vec<_> = refused.iter().map(Option::is_some).collect();
                    CustomerWritten::Taken(taken(&beside.guards, &refused)?)
                }
                // Parts take what grows: what is left are fields, each of which is bounded.
                Written::TooLarge => {
                    return Err(StoreError::Corrupt("a customer is larger than any can be".into()));
                }
            },
        )
    }
}

/// The value that another customer has, from which of the guards were refused.
fn taken(guards: &[GuardChange], refused: &[bool]) -> Result<UniqueValue, StoreError> {
    let mut refused = guards.iter().zip(refused).filter(|(_, refused)| **refused);
    match refused.next() {
        Some((GuardChange::Take(value, _), _)) => Ok(*value),
        Some((GuardChange::Release(..), _)) => Err(StoreError::Corrupt(
            "a customer's guard is another customer's".into(),
        )),
        None => Err(StoreError::Corrupt(
            "a transaction was cancelled without a condition".into(),
        )),
    }
}
