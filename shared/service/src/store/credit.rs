//! A customer's credit: what its open orders on account add up to, and its limit, in one item `X`. Limit and exposure
//! stand together so that one condition can hold both, without touching the customer's version (D31).

use aws_sdk_dynamodb::types::{ConditionCheck, ReturnValuesOnConditionCheckFailure, Update};
use orders_domain::credit;
use orders_domain::decimal::Money;
use uuid::Uuid;

use super::keys;
use super::record::{Item, number};
use super::{StoreError, TenantStore, TransactionOp, n, s};

/// A customer's credit as it was read. No item means that nothing was ever ordered on account and no limit is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Credit {
    /// Σ balance due of the customer's account orders that count (D31).
    pub exposure: Money,
    /// What the exposure must not pass; none is unlimited, 0 is no credit at all.
    pub limit: Option<Money>,
}

impl Credit {
    /// Reads the credit item.
    pub fn of(item: Option<&Item>) -> Self {
        let amount = |name| item.and_then(|item| number(item, name)).map(Money::from_scaled);
        Self {
            exposure: amount("x").unwrap_or(Money::ZERO),
            limit: amount("l"),
        }
    }

    /// Whether an order's new balance fits beside everything but what the order counts for already (D31).
    pub fn fits(&self, counted: Money, new_balance: Money) -> bool {
        let without = Money::from_scaled(self.exposure.scaled().saturating_sub(counted.scaled()));
        credit::fits(without, new_balance, self.limit)
    }
}

/// What a move of the exposure must keep to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreditCheck {
    /// Nothing: the check is off, or the move is one that no limit stops.
    Unchecked,
    /// No limit was set when it was read, and none must be set when it is written.
    Unlimited,
    /// The limit that was read; it must still be this one, and the exposure after the move must not pass it.
    Limit(Money),
}

impl CreditCheck {
    /// The check against a credit that was read.
    pub fn against(credit: Credit) -> Self {
        credit.limit.map_or(Self::Unlimited, Self::Limit)
    }

    /// Whether a credit that refused the write has another limit than the one that was read.
    pub(super) fn is_outdated(self, found: Credit) -> bool {
        match self {
            Self::Unchecked => false,
            Self::Unlimited => found.limit.is_some(),
            Self::Limit(read) => found.limit != Some(read),
        }
    }
}

/// How a write moves its customer's exposure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExposureChange {
    /// The customer.
    pub customer: Uuid,
    /// What the exposure moves by; may be negative, and nothing where the write is only checked.
    pub delta: Money,
    /// What it must keep to.
    pub check: CreditCheck,
}

impl ExposureChange {
    /// Nothing moves and nothing is checked, so that the order can be written alone.
    pub(super) fn is_nothing(&self) -> bool {
        self.delta.is_zero() && self.check == CreditCheck::Unchecked
    }
}

impl TenantStore<'_> {
    /// A customer's credit, as of now.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn credit(&self, customer: Uuid) -> Result<Credit, StoreError> {
        let key = keys::customer_credit(self.tenant, customer);
        Ok(Credit::of(self.get_item(&key).await?.as_ref()))
    }

    /// The write that sets or lifts a customer's limit, for the transaction that writes the customer itself.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn set_credit_limit_op(
        &self,
        customer: Uuid,
        limit: Option<Money>,
    ) -> Result<TransactionOp, StoreError> {
        let key = keys::customer_credit(self.tenant, customer);
        let update = Update::builder()
            .table_name(&self.store.table)
            .key("pk", s(key.pk))
            .key("sk", s(key.sk))
            .expression_attribute_values(":k", s("X"));
        let update = match limit {
            Some(limit) => update
                .update_expression("SET l = :limit, k = :k")
                .expression_attribute_values(":limit", n(limit.scaled())),
            None => update.update_expression("SET k = :k REMOVE l"),
        };
        let update = update
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(TransactionOp::builder().update(update).build())
    }

    /// The write that moves a customer's exposure, or, where nothing moves, only holds it to its check.
    pub(super) fn exposure_op(&self, change: ExposureChange) -> Result<TransactionOp, StoreError> {
        let key = keys::customer_credit(self.tenant, change.customer);
        let condition = Condition::of(change);
        let op = if change.delta.is_zero() {
            let mut check = ConditionCheck::builder()
                .table_name(&self.store.table)
                .key("pk", s(key.pk))
                .key("sk", s(key.sk))
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
                .set_condition_expression(condition.expression);
            for (name, value) in condition.values {
                check = check.expression_attribute_values(name, n(value));
            }
            check
                .build()
                .map(|check| TransactionOp::builder().condition_check(check).build())
        } else {
            let mut update = Update::builder()
                .table_name(&self.store.table)
                .key("pk", s(key.pk))
                .key("sk", s(key.sk))
                .update_expression("ADD x :delta SET k = :k")
                .expression_attribute_values(":delta", n(change.delta.scaled()))
                .expression_attribute_values(":k", s("X"))
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
                .set_condition_expression(condition.expression);
            for (name, value) in condition.values {
                update = update.expression_attribute_values(name, n(value));
            }
            update
                .build()
                .map(|update| TransactionOp::builder().update(update).build())
        };
        op.map_err(|error| StoreError::Corrupt(error.to_string()))
    }
}

/// A condition on the credit item.
struct Condition {
    expression: Option<String>,
    values: Vec<(&'static str, i64)>,
}

impl Condition {
    fn of(change: ExposureChange) -> Self {
        let (expression, values) = match change.check {
            CreditCheck::Unchecked => (None, Vec::new()),
            CreditCheck::Unlimited => (Some("attribute_not_exists(l)"), Vec::new()),
            CreditCheck::Limit(limit) => {
                let most = limit.scaled().saturating_sub(change.delta.scaled());
                // A customer without an exposure owes nothing.
                let expression = if most < 0 {
                    "l = :limit AND x <= :most"
                } else {
                    "l = :limit AND (attribute_not_exists(x) OR x <= :most)"
                };
                (
                    Some(expression),
                    vec![(":limit", limit.scaled()), (":most", most)],
                )
            }
        };
        Self {
            expression: expression.map(str::to_owned),
            values,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    fn condition(delta: Money, check: CreditCheck) -> (Option<String>, Vec<(&'static str, i64)>) {
        let condition = Condition::of(ExposureChange {
            customer: Uuid::nil(),
            delta,
            check,
        });
        (condition.expression, condition.values)
    }

    #[test]
    fn a_checked_move_names_the_limit_it_was_judged_by_and_the_most_that_may_be_there() {
        // D31
        assert_eq!(
            condition(money("600"), CreditCheck::Limit(money("1000"))),
            (
                Some("l = :limit AND (attribute_not_exists(x) OR x <= :most)".into()),
                vec![(":limit", 100_000), (":most", 40_000)]
            )
        );
        // What alone exceeds the limit fits no exposure, an absent one least of all.
        let (expression, values) = condition(money("600"), CreditCheck::Limit(money("599.99")));
        assert_eq!(
            (expression.as_deref(), values[1]),
            (Some("l = :limit AND x <= :most"), (":most", -1))
        );
        let unlimited = condition(money("600"), CreditCheck::Unlimited);
        assert_eq!(unlimited.0.as_deref(), Some("attribute_not_exists(l)"));
        assert_eq!(condition(money("600"), CreditCheck::Unchecked), (None, vec![]));
    }

    #[test]
    fn a_refusal_is_told_from_a_limit_that_has_changed() {
        // D31
        let found = |limit: Option<&str>| Credit {
            exposure: money("10"),
            limit: limit.map(money),
        };
        let read = CreditCheck::Limit(money("100"));
        assert!(!read.is_outdated(found(Some("100"))));
        assert!(read.is_outdated(found(Some("100.01"))));
        assert!(read.is_outdated(found(None)));
        assert!(CreditCheck::Unlimited.is_outdated(found(Some("0"))));
        assert!(!CreditCheck::Unlimited.is_outdated(found(None)));
    }

    #[test]
    fn no_item_is_no_exposure_and_no_limit() {
        // D31
        assert_eq!(Credit::of(None), Credit::default());
        let item = Item::from([("x".to_owned(), n(15_010)), ("l".to_owned(), n(0))]);
        let credit = Credit::of(Some(&item));
        assert_eq!(
            (credit.exposure, credit.limit),
            (money("150.10"), Some(Money::ZERO))
        );
    }

    #[test]
    fn an_order_is_not_counted_against_itself() {
        // D31
        let credit = Credit {
            exposure: money("1000"),
            limit: Some(money("1000")),
        };
        assert!(credit.fits(money("400"), money("400")));
        assert!(!credit.fits(Money::ZERO, money("0.01")));
    }
}
