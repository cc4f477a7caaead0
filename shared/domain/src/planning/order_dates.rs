//! When the lots of an ingredient have to be ordered (D65).

use chrono::NaiveDate;

use super::dates::LeadTime;
use super::input::{Horizon, PlanError};
use super::netting::Day;
use crate::decimal::Quantity;

/// The dates of the first lot, and what has to be ordered on each day.
#[derive(Debug, Clone)]
pub(super) struct OrderDates {
    /// First day with a planned receipt.
    pub(super) required: Option<NaiveDate>,
    /// The day to order, never before today.
    pub(super) order_by: Option<NaiveDate>,
    /// The required day, or the earliest one where the order is late.
    pub(super) expected_receipt: Option<NaiveDate>,
    /// What has to be ordered on each day of the horizon.
    pub(super) releases: Vec<Quantity>,
    /// What should have been ordered before today.
    pub(super) past_due_quantity: Quantity,
    /// Whether the order date of the first lot itself lies before today.
    pub(super) is_past_due: bool,
}

impl OrderDates {
    /// For a supplier's lead time; `earliest_receipt` is when an order placed now could be here.
    pub(super) fn new(
        days: &[Day],
        required: Option<NaiveDate>,
        lead_time: &LeadTime<'_>,
        earliest_receipt: Option<NaiveDate>,
        horizon: &Horizon,
    ) -> Result<Self, PlanError> {
        // A day before today is as good as none: the order is late.
        let order_date = |receipt: NaiveDate| {
            let latest = lead_time.latest_order_date(receipt);
            latest.filter(|date| *date >= horizon.today)
        };
        let mut releases = vec![Quantity::ZERO; days.len()];
        let mut past_due_quantity = Quantity::ZERO;
        for (number, day) in days
            .iter()
            .enumerate()
            .filter(|(_, day)| !day.planned_receipt.is_zero())
        {
            let released = match order_date(horizon.date(number)) {
                Some(date) => horizon
                    .day(date)
                    .and_then(|release_day| releases.get_mut(release_day)),
                None => Some(&mut past_due_quantity),
            };
            // Between today and a start that lies ahead there is no day of the schedule to show it on.
            if let Some(released) = released {
                *released = released
                    .checked_add(day.planned_receipt)
                    .ok_or(PlanError::Overflow)?;
            }
        }
        let in_time = required.and_then(order_date);
        let is_past_due = required.is_some() && in_time.is_none();
        Ok(Self {
            required,
            order_by: required.map(|_| in_time.unwrap_or(horizon.today)),
            expected_receipt: if is_past_due { earliest_receipt } else { required },
            releases,
            past_due_quantity,
            is_past_due,
        })
    }
}
