//! What goes into pricing and what comes out.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::decimal::{Money, Percentage, Quantity, SignedPercentage, UnitPrice};

/// A reduction of a line or of a whole order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Discount {
    /// No reduction.
    #[default]
    None,
    /// A share of the amount.
    Percentage(Percentage),
    /// A fixed amount, at most the amount it reduces.
    Amount(Money),
}

/// One line as ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineInput {
    /// Ordered quantity.
    pub quantity: Quantity,
    /// Price of one unit before any discount, without tax.
    pub unit_price: UnitPrice,
    /// The line's own discount.
    pub discount: Discount,
    /// Tax rate of the product.
    pub tax_rate: Percentage,
    /// Cost of one unit, where it is known.
    pub unit_cost: Option<UnitPrice>,
}

/// An order as far as its price depends on it.
#[derive(Debug, Clone, Copy)]
pub struct OrderInput<'a> {
    /// The lines, in order.
    pub lines: &'a [LineInput],
    /// The order's discount, on the subtotal.
    pub discount: Discount,
    /// Fee for the delivery, without tax; nothing for pickup.
    pub delivery_fee: Money,
    /// Tax rate of the delivery fee.
    pub delivery_fee_tax_rate: Percentage,
    /// Whether the customer pays no tax: all rates count as 0 (D23).
    pub tax_exempt: bool,
    /// MAX_DISCOUNT_PERCENTAGE in force (D21).
    pub max_discount_percentage: Percentage,
}

/// One line with its amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PricedLine {
    /// Quantity × unit price.
    pub gross_amount: Money,
    /// The line's own discount.
    pub discount_amount: Money,
    /// Gross less the line's discount.
    pub net_amount: Money,
    /// The line's share of the order's discount (D22).
    pub allocated_discount: Money,
    /// The rate in force for this order: 0 for exempt customers.
    pub tax_rate: Percentage,
    /// Quantity × unit cost, where that is known.
    pub cost_amount: Option<Money>,
    /// Net less allocated discount less cost; may be negative.
    pub margin_amount: Option<Money>,
    /// Margin in percent of net less allocated discount; `None` when that is 0.
    pub margin_percentage: Option<SignedPercentage>,
}

/// The tax of one rate (D23).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxGroup {
    /// Tax rate.
    pub rate: Percentage,
    /// Amount the tax is computed from.
    pub base: Money,
    /// Tax on the base, rounded once for the group.
    pub tax: Money,
}

/// An order with all its amounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedOrder {
    /// The lines, in the order they came in.
    pub lines: Vec<PricedLine>,
    /// Sum of the quantities.
    pub total_quantity: Quantity,
    /// Sum of the lines' gross amounts.
    pub gross_amount: Money,
    /// Sum of the lines' own discounts.
    pub line_discount_amount: Money,
    /// Sum of the lines' net amounts.
    pub subtotal: Money,
    /// The order's discount.
    pub discount_amount: Money,
    /// Sum of the taxes of all rates.
    pub tax_amount: Money,
    /// Fee for the delivery, without tax.
    pub delivery_fee: Money,
    /// Subtotal − order discount + tax + delivery fee (D24).
    pub total_amount: Money,
    /// Tax per rate, lowest rate first.
    pub tax_breakdown: Vec<TaxGroup>,
    /// Sum of the lines' costs; `None` when the cost of a line is unknown.
    pub total_cost: Option<Money>,
    /// Subtotal less order discount less total cost; may be negative.
    pub margin_amount: Option<Money>,
    /// Margin in percent of subtotal less order discount; `None` when that is 0.
    pub margin_percentage: Option<SignedPercentage>,
}

/// Why an order cannot be priced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PricingError {
    /// A line's discount is more than its gross amount (D20).
    #[error("the discount of a line must not exceed the line's amount")]
    LineDiscountExceedsGross {
        /// Position of the line, from 0.
        line: usize,
    },
    /// The order's discount is more than its subtotal (D20).
    #[error("the discount of the order must not exceed its subtotal")]
    DiscountExceedsSubtotal,
    /// All discounts together are more than the tenant allows (D21).
    #[error("all discounts together exceed the maximum percentage of the gross amount")]
    DiscountExceedsMaximum,
    /// An amount is beyond 10^12, negative, or a sum does not fit (D3).
    #[error("an amount of the order exceeds 1000000000000")]
    AmountOverflow,
}

impl PricingError {
    /// The problem code (D5).
    pub const fn code(&self) -> &'static str {
        match self {
            Self::LineDiscountExceedsGross { .. } => "discount-exceeds-line",
            Self::DiscountExceedsSubtotal => "discount-exceeds-subtotal",
            Self::DiscountExceedsMaximum => "discount-exceeds-maximum",
            Self::AmountOverflow => "amount-overflow",
        }
    }
}
