//! The figures of an order that follow from its lines, discount and fee (D20–D24, D28), the same for a new order and for
//! an amended one.

use orders_domain::decimal::{Money, Percentage};
use orders_domain::payments::{balance_due, payment_status};
use orders_domain::pricing::{Discount, LineInput, OrderInput, price_order};

use super::rules;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::store::orders::Order;
use crate::words::PaymentOutcome;

/// The discount that a stored percentage and amount mean: beside a percentage, the amount is only what it came to.
pub(super) fn discount_of(percentage: Option<Percentage>, amount: Money) -> Discount {
    match percentage {
        Some(percentage) => Discount::Percentage(percentage),
        None if amount.is_zero() => Discount::None,
        None => Discount::Amount(amount),
    }
}

/// Prices an order from its lines' unit prices, and checks its total.
///
/// # Errors
/// 422 for discounts beyond what they reduce or beyond MAX_DISCOUNT_PERCENTAGE, amounts that do not fit, and a total out
/// of range.
pub(super) fn price(settings: &Settings, order: &mut Order) -> Result<(), Problem> {
    let body = &mut order.body;
    let inputs: Vec<_> = body
        .lines
        .iter()
        .map(|line| LineInput {
            quantity: line.quantity,
            unit_price: line.unit_price,
            discount: discount_of(line.discount_percentage, line.discount_amount),
            tax_rate: line.tax_rate,
            unit_cost: line.unit_cost,
        })
        .collect();
    let input = OrderInput {
        lines: &inputs,
        discount: discount_of(body.discount_percentage, body.discount_amount),
        delivery_fee: body.delivery_fee,
        delivery_fee_tax_rate: body.delivery_fee_tax_rate,
        tax_exempt: body.tax_exempt,
        max_discount_percentage: settings.max_discount_percentage,
    };
    let priced = price_order(&input).map_err(|error| rules::pricing_problem(&error))?;
    rules::check_value(settings, priced.total_amount)?;
    for (line, priced) in body.lines.iter_mut().zip(&priced.lines) {
        line.gross_amount = priced.gross_amount;
        line.discount_amount = priced.discount_amount;
        line.net_amount = priced.net_amount;
        line.allocated_discount = priced.allocated_discount;
        line.tax_rate = priced.tax_rate;
        line.cost_amount = priced.cost_amount;
        line.margin_amount = priced.margin_amount;
        line.margin_percentage = priced.margin_percentage;
    }
    body.gross_amount = priced.gross_amount;
    body.line_discount_amount = priced.line_discount_amount;
    body.subtotal = priced.subtotal;
    body.discount_amount = priced.discount_amount;
    body.tax_amount = priced.tax_amount;
    body.tax_breakdown = priced.tax_breakdown;
    body.delivery_fee = priced.delivery_fee;
    body.total_cost = priced.total_cost;
    body.margin_amount = priced.margin_amount;
    body.margin_percentage = priced.margin_percentage;
    order.row.item_count = u32::try_from(body.lines.len()).unwrap_or(u32::MAX);
    order.row.total_quantity = priced.total_quantity;
    order.row.total_amount = priced.total_amount;
    settle(order);
    Ok(())
}

/// What is left to pay of the total, and how that is called (D28).
fn settle(order: &mut Order) {
    let (row, body) = (&mut order.row, &order.body);
    let last_attempt_failed = body
        .payments
        .last()
        .is_some_and(|payment| payment.status == PaymentOutcome::Failed);
    let (total, returned, paid) = (row.total_amount, body.returned_amount, body.amount_paid);
    row.balance_due = balance_due(total, returned, paid);
    row.payment_status = payment_status(total, returned, paid, body.refunded, last_attempt_failed);
}
