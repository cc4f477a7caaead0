//! What a plan is made from, as parsed rows, and why it may not be made.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::MAXIMUM_HORIZON_DAYS;
use super::deviation::DemandDeviation;
use super::order_lines::OrderLines;
use super::safety_stock::SafetyStockMethod;
use crate::catalog::Catalog;
use crate::decimal::{Percentage, Quantity};

/// Everything a plan is made from. The order of the rows does not matter. It reads back as it was written, so that a
/// plan can be made again from what it was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanInput {
    /// First day of the horizon.
    pub start: NaiveDate,
    /// Length of the horizon in days, 1 to 90.
    pub horizon_days: u16,
    /// The tenant's date today: no order to a supplier is dated before it.
    pub today: NaiveDate,
    /// Lines of the orders that count as demand (D50). Lines due outside the horizon are left aside.
    pub order_demand: OrderLines,
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
    /// How much the sales of products vary, from their forecasts: what statistical safety stock is made of (D62).
    pub demand_deviation: Vec<DemandDeviation>,
    /// Explicit safety stock of ingredients, by id, for a what-if: it wins over any method.
    pub safety_stock_overrides: BTreeMap<String, Quantity>,
}

/// What is expected to be sold of a product on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forecast {
    /// The product.
    pub product_id: String,
    /// The day.
    pub date: NaiveDate,
    /// How much of it, orders included.
    pub quantity: Quantity,
}

/// What an approved plan has decided to buy and has not received (D69).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanParameters {
    /// SAFETY_STOCK_PERCENTAGE: buffer in percent of the gross requirement (D62).
    pub safety_stock_percentage: Percentage,
    /// PROCUREMENT_LEAD_TIME_DAYS: calendar days, where no supplier's lead time is known (D13).
    pub default_lead_time_days: u32,
    /// How safety stock is worked out (D62).
    pub safety_stock_method: SafetyStockMethod,
    /// Share of order cycles without a stock-out that the method `statistical` aims at: above 50 and below 100 percent.
    pub service_level: Percentage,
}

/// The service level of a plan that names none: 95 percent.
pub const DEFAULT_SERVICE_LEVEL: Percentage = Percentage::from_scaled(9_500);

/// The settings of a service that nobody has set up: 20 percent, 3 days (D13).
impl Default for PlanParameters {
    fn default() -> Self {
        Self {
            safety_stock_percentage: Percentage::from_scaled(2_000),
            default_lead_time_days: 3,
            safety_stock_method: SafetyStockMethod::default(),
            service_level: DEFAULT_SERVICE_LEVEL,
        }
    }
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
    /// The service level has no quantile above nothing.
    #[error("the service level must be above 50 and below 100 percent")]
    InvalidServiceLevel,
}

impl PlanError {
    /// The problem code (D5).
    pub const fn code(&self) -> &'static str {
        match self {
            Self::RecipeCycle { .. } => "recipe-cycle",
            Self::Overflow => "plan-overflow",
            Self::InvalidHorizon => "invalid-horizon",
            Self::InvalidServiceLevel => "invalid-service-level",
        }
    }
}

/// The days of a plan, counted from 0.
#[derive(Debug, Clone)]
pub(super) struct Horizon {
    pub(super) start: NaiveDate,
    pub(super) end: NaiveDate,
    pub(super) today: NaiveDate,
    /// Every date of it: each ingredient asks for them several times over.
    dates: Vec<NaiveDate>,
    first_day: i32,
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
            // The whole horizon fits the calendar, as its end does.
            dates: start.iter_days().take(usize::from(days)).collect(),
            first_day: start.num_days_from_ce(),
        })
    }

    /// Number of days.
    pub(super) const fn len(&self) -> usize {
        self.dates.len()
    }

    /// The number of a date in the horizon; `None` outside it.
    pub(super) fn day(&self, date: NaiveDate) -> Option<usize> {
        self.day_of_common_era(date.num_days_from_ce())
    }

    /// The same for a day number of the common era, as order lines have it.
    #[inline]
    pub(super) fn day_of_common_era(&self, day: i32) -> Option<usize> {
        // What lies before the start wraps round to far after the end.
        let offset = day.wrapping_sub(self.first_day) as u32 as usize;
        (offset < self.dates.len()).then_some(offset)
    }

    /// The number of a date, with everything before the start on the first day; `None` after the end.
    pub(super) fn day_or_first(&self, date: NaiveDate) -> Option<usize> {
        if date < self.start {
            Some(0)
        } else {
            self.day(date)
        }
    }

    /// The day number of the common era of a day of the horizon.
    pub(super) const fn day_number(&self, day: usize) -> i32 {
        // A horizon has at most 90 days and fits the calendar.
        self.first_day + day as i32
    }

    /// The date of a day of the horizon; the last one for a day after it.
    pub(super) fn date(&self, day: usize) -> NaiveDate {
        self.dates.get(day).copied().unwrap_or(self.end)
    }
}
