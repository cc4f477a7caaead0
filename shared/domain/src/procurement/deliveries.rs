//! When what a requirement buys is to come, and when each delivery has to be ordered (D63, D65).

use chrono::NaiveDate;

use crate::decimal::Quantity;
use crate::planning::Requirement;

/// One delivery of an ingredient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    /// The day to order it; `None` when the plan does not say.
    pub order_by_date: Option<NaiveDate>,
    /// The day it is to come.
    pub delivery_date: NaiveDate,
    /// How much is to come.
    pub quantity: Quantity,
}

/// The deliveries of a requirement, in the order of their days: the planned receipts of its schedule, or, where the
/// purchase is no longer what the schedule says (`is_revised`), all of it on the expected day.
///
/// Each planned receipt was released on one day and releases stand in the order of receipts, so that the first open
/// release is that of the first receipt. What should have been released before the schedule begins is released on the
/// requirement's own order-by date.
pub fn deliveries(requirement: &Requirement, is_revised: bool) -> Vec<Delivery> {
    let planned: Vec<_> = requirement
        .schedule
        .iter()
        .filter(|day| !day.planned_receipt.is_zero())
        .collect();
    let receipts = sum(planned.iter().map(|day| day.planned_receipt));
    let releases = sum(requirement.schedule.iter().map(|day| day.planned_release));
    let unreleased = receipts
        .zip(releases)
        .and_then(|(receipts, releases)| receipts.checked_sub(releases));
    let (Some(mut unreleased), false) = (
        unreleased.filter(|_| receipts == Some(requirement.order_quantity)),
        is_revised,
    ) else {
        return all_at_once(requirement);
    };
    let mut releases = requirement
        .schedule
        .iter()
        .filter(|day| !day.planned_release.is_zero())
        .map(|day| (day.date, day.planned_release));
    let mut open = releases.next();
    let mut found = Vec::with_capacity(planned.len());
    for day in planned {
        let mut order_by_date = requirement.order_by_date;
        if unreleased > Quantity::ZERO {
            unreleased = unreleased
                .checked_sub(day.planned_receipt)
                .unwrap_or(Quantity::ZERO);
        } else if let Some((date, quantity)) = open {
            order_by_date = Some(date);
            let rest = quantity
                .checked_sub(day.planned_receipt)
                .unwrap_or(Quantity::ZERO);
            open = if rest > Quantity::ZERO {
                Some((date, rest))
            } else {
                releases.next()
            };
        }
        found.push(Delivery {
            order_by_date,
            delivery_date: day.date,
            quantity: day.planned_receipt,
        });
    }
    found
}

fn sum(mut quantities: impl Iterator<Item = Quantity>) -> Option<Quantity> {
    quantities.try_fold(Quantity::ZERO, Quantity::checked_add)
}

fn all_at_once(requirement: &Requirement) -> Vec<Delivery> {
    let delivery = requirement.expected_receipt_date.map(|date| Delivery {
        order_by_date: requirement.order_by_date,
        delivery_date: date,
        quantity: requirement.order_quantity,
    });
    delivery
        .filter(|delivery| delivery.quantity > Quantity::ZERO)
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests;
