//! What a change of an order does to its customer's credit exposure, and what it must keep to (D31).

use orders_domain::credit::exposure_contribution;
use orders_domain::decimal::Money;
use orders_domain::order_status::OrderStatus;
use orders_domain::payments::PaymentMethod;

use crate::auth::Access;
use crate::problem::{Problem, ProblemCode};
use crate::store::credit::{Credit, CreditCheck, ExposureChange};
use crate::store::orders::Order;

/// What an order counts for.
pub(super) fn contribution(order: &Order) -> Money {
    exposure_contribution(order.row.status, order.body.payment_method, order.row.balance_due)
}

/// The move from one state of an order (none for a new one) to the next, whatever the limit: the check is off, or a debt
/// is not made but follows from what has happened (a payment, a refund, a return, a cancellation, an override).
pub(super) fn unchecked(before: Option<&Order>, after: &Order) -> ExposureChange {
    let before = before.map_or(Money::ZERO, contribution);
    ExposureChange {
        customer: after.row.customer_id,
        delta: Money::from_scaled(contribution(after).scaled().saturating_sub(before.scaled())),
        check: CreditCheck::Unchecked,
    }
}

/// The same move, held to the limit as it was read. `None` when that does not allow it: this spares a write that cannot
/// succeed; what counts is the condition of the write.
pub(super) fn checked(before: Option<&Order>, after: &Order, credit: Credit) -> Option<ExposureChange> {
    let counted = before.map_or(Money::ZERO, contribution);
    credit
        .fits(counted, after.row.balance_due)
        .then(|| ExposureChange {
            check: CreditCheck::against(credit),
            ..unchecked(before, after)
        })
}

/// What a new order adds, held to the limit where the check is on. On hold it adds nothing, so there is nothing to check.
pub(super) fn of_new(access: &Access, order: &Order, credit: Credit) -> ExposureChange {
    let checked = is_checked(access, order) && order.row.status != OrderStatus::OnHold;
    ExposureChange {
        check: if checked {
            CreditCheck::against(credit)
        } else {
            CreditCheck::Unchecked
        },
        ..unchecked(None, order)
    }
}

/// What an amendment moves. Only one that raises the exposure must fit: whoever owes too much may always owe less.
///
/// # Errors
/// 409 `credit-limit-exceeded` when what was read says so already; the condition of the write has the last word.
pub(super) fn of_amended(
    access: &Access,
    before: &Order,
    after: &Order,
    credit: Credit,
) -> Result<ExposureChange, Problem> {
    let change = unchecked(Some(before), after);
    if !is_checked(access, after) || change.delta <= Money::ZERO {
        return Ok(change);
    }
    checked(Some(before), after, credit).ok_or_else(|| refused(credit, after.row.balance_due))
}

/// Whether the tenant holds orders like this one to their customers' limits.
pub(super) fn is_checked(access: &Access, order: &Order) -> bool {
    access.settings().customer_credit_check_enabled && order.body.payment_method == PaymentMethod::Account
}

/// The 409 for a change of an order that the limit does not allow.
pub(super) fn refused(found: Credit, required: Money) -> Problem {
    Problem::new(
        ProblemCode::CreditLimitExceeded,
        "The customer's credit limit does not allow this order.",
    )
    .with("exposure", found.exposure.to_string())
    .with("credit_limit", found.limit.map(|limit| limit.to_string()))
    .with("required", required.to_string())
}

/// The 409 for a change that kept losing races.
pub(super) fn kept_changing() -> Problem {
    Problem::new(
        ProblemCode::VersionConflict,
        "The order kept changing while this change was made; read it again.",
    )
}
