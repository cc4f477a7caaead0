//! How a plan went: whether its purchases came in time, and at what price (§4).

use chrono::NaiveDate;

use crate::decimal::{Money, Percentage, Quantity, UnitPrice};
use crate::planning::{PlanError, RequirementStatus};

/// One purchase, as far as it tells how its plan went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PurchaseOutcome {
    /// Where it stands.
    pub status: RequirementStatus,
    /// What has come in all.
    pub received_quantity: Quantity,
    /// When the last of it has come.
    pub received_date: Option<NaiveDate>,
    /// The day that was approved; later announcements of the supplier do not move it.
    pub planned_receipt_date: Option<NaiveDate>,
    /// What a unit was to cost when the plan was approved.
    pub planned_unit_cost: Option<UnitPrice>,
    /// What it does cost.
    pub unit_cost: Option<UnitPrice>,
}

/// How a plan went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Performance {
    /// Of the purchases that were received in full, and those that were not although their planned day has passed: the
    /// share that was received in full on or before the planned day, in percent. Cancelled ones are left out. `None` when
    /// none is left.
    pub on_time_rate: Option<Percentage>,
    /// What came, at its price, less what came, at its planned price; negative where less was paid. Purchases of which one
    /// of the prices is not known are left out; `None` when none is left.
    pub cost_variance: Option<Money>,
}

/// Units of 10^-7 in a cent: a quantity has 3 decimals, a price 4.
const TEN_MILLIONTHS_PER_CENT: i128 = 100_000;

/// How a plan went, as of `today`; `None` until something has come.
///
/// # Errors
/// [`PlanError::Overflow`] when the variance does not fit.
pub fn performance(
    purchases: &[PurchaseOutcome],
    today: NaiveDate,
) -> Result<Option<Performance>, PlanError> {
    if purchases
        .iter()
        .all(|purchase| purchase.received_quantity.is_zero())
    {
        return Ok(None);
    }
    Ok(Some(Performance {
        on_time_rate: on_time_rate(purchases, today),
        cost_variance: cost_variance(purchases)?,
    }))
}

fn on_time_rate(purchases: &[PurchaseOutcome], today: NaiveDate) -> Option<Percentage> {
    let (mut counted, mut on_time) = (0, 0);
    for purchase in purchases {
        let Some(planned) = purchase.planned_receipt_date else {
            continue;
        };
        match purchase.status {
            RequirementStatus::Cancelled => {}
            RequirementStatus::Received => {
                counted += 1;
                on_time += i64::from(purchase.received_date.is_some_and(|date| date <= planned));
            }
            _ => counted += i64::from(planned < today),
        }
    }
    Percentage::of_part(on_time, counted)
}

fn cost_variance(purchases: &[PurchaseOutcome]) -> Result<Option<Money>, PlanError> {
    let known = purchases
        .iter()
        .filter(|purchase| !purchase.received_quantity.is_zero());
    let differences = known.filter_map(|purchase| {
        let paid = i128::from(purchase.unit_cost?.scaled());
        let planned = i128::from(purchase.planned_unit_cost?.scaled());
        Some((i128::from(purchase.received_quantity.scaled()), paid - planned))
    });
    let sum = differences.map(|(quantity, difference)| quantity.checked_mul(difference));
    let sum = sum
        .reduce(|sum, more| sum?.checked_add(more?))
        .map(|sum| sum.ok_or(PlanError::Overflow));
    let Some(exact) = sum.transpose()? else {
        return Ok(None);
    };
    // Rounded once, half away from zero, so that the sum does not depend on how it is put together.
    let half = exact.signum() * (TEN_MILLIONTHS_PER_CENT / 2);
    let cents = exact.checked_add(half).ok_or(PlanError::Overflow)? / TEN_MILLIONTHS_PER_CENT;
    let cents = i64::try_from(cents).map_err(|_| PlanError::Overflow)?;
    Ok(Some(Money::from_scaled(cents)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 12, day).unwrap()
    }

    /// Status, received quantity, day received, day planned, planned and real price.
    fn outcome(
        status: &str,
        received: &str,
        on: u32,
        planned: u32,
        planned_cost: &str,
        cost: &str,
    ) -> PurchaseOutcome {
        PurchaseOutcome {
            status: RequirementStatus::parse(status).unwrap(),
            received_quantity: Quantity::parse_or_zero(received).unwrap(),
            received_date: (on > 0).then(|| day(on)),
            planned_receipt_date: (planned > 0).then(|| day(planned)),
            planned_unit_cost: UnitPrice::parse(planned_cost).ok(),
            unit_cost: UnitPrice::parse(cost).ok(),
        }
    }

    fn went(purchases: &[PurchaseOutcome], today: u32) -> Option<(Option<String>, Option<String>)> {
        performance(purchases, day(today)).unwrap().map(|performance| {
            (
                performance.on_time_rate.map(|rate| rate.to_string()),
                performance.cost_variance.map(|money| money.to_string()),
            )
        })
    }

    fn told(rate: &str, variance: &str) -> Option<(Option<String>, Option<String>)> {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Some((text(rate), text(variance)))
    }

    #[test]
    fn a_plan_has_gone_nowhere_until_something_has_come() {
        // §4
        assert_eq!(went(&[], 10), None);
        let waiting = [
            outcome("ordered", "0", 0, 1, "1", "1"),
            outcome("cancelled", "0", 0, 1, "1", "1"),
        ];
        assert_eq!(went(&waiting, 30), None);
    }

    #[test]
    fn in_time_is_in_full_on_the_planned_day_or_before() {
        // §4
        let early = outcome("received", "5", 3, 4, "", "");
        let punctual = outcome("received", "5", 4, 4, "", "");
        let late = outcome("received", "5", 5, 4, "", "");
        assert_eq!(went(&[early, punctual, late], 20), told("66.67", ""));
        assert_eq!(went(&[late], 20), told("0.00", ""));
        // Half of it came in time, and the day has passed.
        let part = outcome("partially_received", "5", 3, 4, "", "");
        assert_eq!(went(&[part], 4), told("", ""));
        assert_eq!(went(&[part], 5), told("0.00", ""));
        // On its day there is still time; a day later it is late, whether anybody has ordered it or not.
        for waiting in [
            outcome("ordered", "0", 0, 6, "", ""),
            outcome("approved", "0", 0, 6, "", ""),
        ] {
            assert_eq!(went(&[punctual, waiting], 6), told("100.00", ""));
            assert_eq!(went(&[punctual, waiting], 7), told("50.00", ""));
        }
        // What was called off, or never had a day, says nothing.
        let cancelled = outcome("cancelled", "2", 3, 4, "", "");
        let nothing_bought = outcome("approved", "0", 0, 0, "", "");
        assert_eq!(
            went(&[punctual, cancelled, nothing_bought], 30),
            told("100.00", "")
        );
    }

    #[test]
    fn variance_is_what_came_at_its_price_less_at_the_planned_one() {
        // §4
        let dearer = outcome("received", "100", 4, 4, "0.85", "0.90");
        let cheaper = outcome("partially_received", "10.5", 4, 4, "2", "1.2");
        assert_eq!(went(&[dearer], 4), told("100.00", "5.00"));
        assert_eq!(went(&[cheaper], 4), told("", "-8.40"));
        assert_eq!(went(&[dearer, cheaper], 4), told("100.00", "-3.40"));
        // What came before the rest was called off has been paid.
        let cancelled = outcome("cancelled", "1", 4, 4, "1", "1.25");
        assert_eq!(went(&[cancelled], 4), told("", "0.25"));
        let unknown = outcome("received", "7", 4, 4, "", "3");
        assert_eq!(went(&[unknown], 4), told("100.00", ""));
    }

    #[test]
    fn the_sum_is_rounded_and_not_its_parts() {
        // §4, D20
        let tiny = outcome("received", "0.001", 4, 4, "1", "5");
        assert_eq!(went(&[tiny], 4), told("100.00", "0.00"));
        assert_eq!(went(&[tiny, tiny], 4), told("100.00", "0.01"));
        let less = outcome("received", "0.001", 4, 4, "5", "0");
        assert_eq!(went(&[less], 4), told("100.00", "-0.01"));
    }

    #[test]
    fn what_does_not_fit_is_an_error_and_not_another_number() {
        let greatest = PurchaseOutcome {
            received_quantity: Quantity::from_scaled(i64::MAX),
            unit_cost: Some(UnitPrice::from_scaled(i64::MAX)),
            planned_unit_cost: Some(UnitPrice::ZERO),
            ..outcome("received", "1", 4, 4, "", "")
        };
        for count in [1, 3] {
            assert_eq!(
                performance(&vec![greatest; count], day(4)),
                Err(PlanError::Overflow)
            );
        }
    }
}
