//! What a plan is made from, as parsed rows, and why it may not be made.

use chrono::{Days, NaiveDate};
use thiserror::Error;

use super::MAXIMUM_HORIZON_DAYS;
use crate::catalog::Catalog;
use crate::decimal::{Percentage, Quantity};

/// Everything a plan is made from. The order of the rows does not matter.
#[derive(Debug, Clone)]
pub struct PlanInput {
    /// First day of the horizon.
    pub start: NaiveDate,
    /// Length of the horizon in days, 1 to 90.
    pub horizon_days: u16,
    /// The tenant's date today: no order to a supplier is dated before it.
    pub today: NaiveDate,
    /// Lines of the orders that count as demand (D50). Lines due outside the horizon are left aside.
    pub order_demand: Vec<OrderDemand>,
    /// Open orders whose delivery date has passed: no demand, but named under warnings (D60).
    pub overdue_orders: Vec<String>,
    /// Forecast per product and day, as forecast, not yet consumed by orders (D61). Several rows add up.
    pub forecast: Vec<Forecast>,
    /// Products, ingredients and suppliers.
    pub catalog: Catalog,
    /// Settings in force for this plan.
    pub parameters: PlanParameters,
    /// What approved plans and plans in execution still have to receive (D69).
    pub planned_receipts: Vec<PlannedReceipt>,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderDemand {
    /// The order.
    pub order_id: String,
    /// Its line, from 1.
    pub line: u16,
    /// What was ordered.
    pub product_id: String,
    /// Delivery date in the tenant's time zone.
    pub date: NaiveDate,
    /// How much of it.
    pub quantity: Quantity,
}

/// What is expected to be sold of a product on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// The product.
    pub product_id: String,
    /// The day.
    pub date: NaiveDate,
    /// How much of it, orders included.
    pub quantity: Quantity,
}

/// What an approved plan has decided to buy and has not received (D69).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedReceipt {
    /// Number of the plan; an open receipt that carries it as reference replaces this row.
    pub plan_number: String,
    /// The ingredient.
    pub ingredient_id: String,
    /// The requirement's `expected_receipt_date`.
    pub date: NaiveDate,
    /// `order_quantity − received_quantity`.
    pub quantity: Quantity,
}

/// The settings a plan depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanParameters {
    /// SAFETY_STOCK_PERCENTAGE: buffer in percent of the gross requirement (D62).
    pub safety_stock_percentage: Percentage,
    /// PROCUREMENT_LEAD_TIME_DAYS: calendar days, where no supplier's lead time is known (D13).
    pub default_lead_time_days: u32,
}

/// Why no plan could be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PlanError {
    /// A product needs itself, by way of the products between the first and the last of the path, which are the same.
    #[error("the recipes form a cycle: {}", path.join(" → "))]
    RecipeCycle {
        /// The cycle, closed: the first id comes again at the end.
        path: Vec<String>,
    },
    /// A quantity or an amount became too large to be counted.
    #[error("a quantity or an amount of the plan is too large")]
    Overflow,
    /// The horizon is empty, too long or reaches past the calendar.
    #[error("the horizon must be 1 to {MAXIMUM_HORIZON_DAYS} days")]
    InvalidHorizon,
}

impl PlanError {
    /// The problem code (D5).
    pub const fn code(&self) -> &'static str {
        match self {
            Self::RecipeCycle { .. } => "recipe-cycle",
            Self::Overflow => "plan-overflow",
            Self::InvalidHorizon => "invalid-horizon",
        }
    }
}

/// The days of a plan, counted from 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct Horizon {
    pub(super) start: NaiveDate,
    pub(super) end: NaiveDate,
    pub(super) today: NaiveDate,
    days: usize,
}

impl Horizon {
    pub(super) fn new(start: NaiveDate, days: u16, today: NaiveDate) -> Result<Self, PlanError> {
        if days == 0 || days > MAXIMUM_HORIZON_DAYS {
            return Err(PlanError::InvalidHorizon);
        }
        let end = start
            .checked_add_days(Days::new(u64::from(days) - 1))
            .ok_or(PlanError::InvalidHorizon)?;
        Ok(Self {
            start,
            end,
            today,
            days: usize::from(days),
        })
    }

    /// Number of days.
    pub(super) const fn len(&self) -> usize {
        self.days
    }

    /// The number of a date in the horizon; `None` outside it.
    pub(super) fn day(&self, date: NaiveDate) -> Option<usize> {
        let offset = date.signed_duration_since(self.start).num_days();
        usize::try_from(offset).ok().filter(|day| *day < self.days)
    }

    /// The number of a date, with everything before the start on the first day; `None` after the end.
    pub(super) fn day_or_first(&self, date: NaiveDate) -> Option<usize> {
        if date < self.start {
            Some(0)
        } else {
            self.day(date)
        }
    }

    /// The date of a day number.
    pub(super) fn date(&self, day: usize) -> NaiveDate {
        // `new` has checked that the whole horizon fits the calendar.
        self.start
            .checked_add_days(Days::new(day as u64))
            .unwrap_or(self.end)
    }
}
