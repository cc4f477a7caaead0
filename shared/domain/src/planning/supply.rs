//! What is really there of an ingredient: stock without reserved and expiring quantities, and receipts (D63, D69).

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::input::{Horizon, PlanError, PlannedReceipt};
use crate::catalog::{Ingredient, StockLot};
use crate::decimal::Quantity;

/// The stock of an ingredient at the start of the horizon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stock {
    /// Everything in the house.
    pub(super) on_hand: Quantity,
    /// What is reserved, without units that will have expired: those count as expiring, once.
    pub(super) reserved: Quantity,
    /// What lots still hold after their last day.
    pub(super) expiring: Quantity,
    /// `max(0, on_hand − reserved − expiring)`.
    pub(super) available: Quantity,
    /// The lots that make up `expiring`, first to expire first.
    pub(super) expiring_lots: Vec<ExpiringLot>,
}

/// A lot that will not be used up in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ExpiringLot {
    pub(super) lot_id: String,
    pub(super) expires_on: NaiveDate,
    pub(super) quantity: Quantity,
}

/// A lot on its way through the horizon, in thousandths.
struct OpenLot<'a> {
    lot: &'a StockLot,
    free: i64,
    reserved: i64,
}

impl Stock {
    /// Runs the demand through the lots, first expired first out, and keeps what is reserved in the lots that expire
    /// last (D63). A lot may be used on its `expires_on`; what it holds after that day has expired. Lots that expire
    /// after the horizon do not count as expiring: the demand of those days is not known yet.
    pub(super) fn project(
        ingredient: &Ingredient,
        gross_per_day: &[Quantity],
        horizon: &Horizon,
    ) -> Result<Self, PlanError> {
        let mut lots: Vec<OpenLot<'_>> = ingredient
            .stock_lots
            .iter()
            .filter(|lot| lot.quantity.scaled() > 0)
            .map(|lot| OpenLot {
                lot,
                free: lot.quantity.scaled(),
                reserved: 0,
            })
            .collect();
        lots.sort_by_key(|open| {
            let lot = open.lot;
            (
                lot.expires_on.unwrap_or(NaiveDate::MAX),
                &lot.lot_id,
                lot.quantity,
            )
        });
        let on_hand = total(lots.iter().map(|open| open.free))?;
        let asked_for = ingredient.reserved.scaled().max(0);
        let mut still_to_reserve = asked_for;
        for open in lots.iter_mut().rev() {
            open.reserved = open.free.min(still_to_reserve);
            open.free -= open.reserved;
            still_to_reserve -= open.reserved;
        }

        let mut first_usable = 0;
        for (day, gross) in gross_per_day.iter().enumerate() {
            let date = horizon.date(day);
            let mut needed = gross.scaled();
            while let Some(open) = lots.get_mut(first_usable).filter(|_| needed > 0) {
                if open.lot.expires_on.is_none_or(|last_day| last_day >= date) {
                    let used = open.free.min(needed);
                    open.free -= used;
                    needed -= used;
                    if open.free > 0 {
                        break;
                    }
                }
                first_usable += 1;
            }
        }

        let (mut expiring, mut reserved_and_expired) = (0_i64, 0_i64);
        let mut expiring_lots = Vec::new();
        for open in &lots {
            let held = open.free + open.reserved;
            if let Some(expires_on) = open
                .lot
                .expires_on
                .filter(|date| *date <= horizon.end && held > 0)
            {
                expiring += held;
                reserved_and_expired += open.reserved;
                expiring_lots.push(ExpiringLot {
                    lot_id: open.lot.lot_id.clone(),
                    expires_on,
                    quantity: Quantity::from_scaled(held),
                });
            }
        }
        // Every part is at most `on_hand`, so that only the difference may go below nothing.
        let reserved = asked_for - reserved_and_expired;
        Ok(Self {
            on_hand: Quantity::from_scaled(on_hand),
            reserved: Quantity::from_scaled(reserved),
            expiring: Quantity::from_scaled(expiring),
            available: Quantity::from_scaled(
                on_hand.saturating_sub(reserved).saturating_sub(expiring).max(0),
            ),
            expiring_lots,
        })
    }
}

fn total(mut parts: impl Iterator<Item = i64>) -> Result<i64, PlanError> {
    parts.try_fold(0_i64, i64::checked_add).ok_or(PlanError::Overflow)
}

/// Something that has been ordered, or decided to be, and has not come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Receipt {
    /// Purchase order or plan number.
    pub(super) reference: String,
    /// The day on which it is expected.
    pub(super) date: NaiveDate,
    /// The day of the horizon on which it counts; the number of days for one of ours that comes after the horizon.
    pub(super) day: usize,
    pub(super) quantity: Quantity,
    /// Whether it should have come before today.
    pub(super) is_overdue: bool,
    /// Whether an approved plan of ours bought it for a need of this horizon, rather than somebody by hand.
    pub(super) is_ours: bool,
}

/// The receipts of an ingredient that fall into the horizon, by day. What was due before the start counts on the first
/// day (D63). Of approved plans, what has no open receipt with the plan's number as reference yet (D69); these also
/// where they come after the horizon, since a need within it may have caused them.
pub(super) fn receipts(
    ingredient: &Ingredient,
    planned: &[&PlannedReceipt],
    horizon: &Horizon,
) -> Vec<Receipt> {
    let plan_numbers: BTreeSet<&str> = planned
        .iter()
        .map(|receipt| receipt.plan_number.as_str())
        .collect();
    let references: BTreeSet<&str> = ingredient
        .open_receipts
        .iter()
        .map(|receipt| receipt.reference.as_str())
        .collect();
    let open = ingredient.open_receipts.iter().map(|receipt| {
        let is_ours = plan_numbers.contains(receipt.reference.as_str());
        (&receipt.reference, receipt.date, receipt.quantity, is_ours)
    });
    let of_plans = planned
        .iter()
        .filter(|receipt| !references.contains(receipt.plan_number.as_str()))
        .map(|receipt| (&receipt.plan_number, receipt.date, receipt.quantity, true));
    let mut receipts: Vec<Receipt> = open
        .chain(of_plans)
        .filter(|(_, _, quantity, _)| quantity.scaled() > 0)
        .filter_map(|(reference, date, quantity, is_ours)| {
            let after_horizon = is_ours.then_some(horizon.len());
            Some(Receipt {
                reference: reference.clone(),
                date,
                day: horizon.day_or_first(date).or(after_horizon)?,
                quantity,
                is_overdue: date < horizon.today,
                is_ours,
            })
        })
        .collect();
    receipts.sort_by(|left, right| {
        (left.day, left.date, &left.reference, left.quantity).cmp(&(
            right.day,
            right.date,
            &right.reference,
            right.quantity,
        ))
    });
    receipts
}

/// Receipts summed per day of the horizon; those after it are on no day.
pub(super) fn receipts_per_day(receipts: &[Receipt], days: usize) -> Result<Vec<Quantity>, PlanError> {
    let mut per_day = vec![Quantity::ZERO; days];
    for receipt in receipts {
        if let Some(day) = per_day.get_mut(receipt.day) {
            *day = day.checked_add(receipt.quantity).ok_or(PlanError::Overflow)?;
        }
    }
    Ok(per_day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planning::tests::fixture::{date, ingredient, lot, open_receipt, quantity};

    fn horizon() -> Horizon {
        Horizon::new(date("2026-12-01"), 5, date("2026-12-01")).unwrap()
    }

    fn project(lots: &[(&str, &str, Option<&str>)], reserved: &str, gross: [&str; 5]) -> Stock {
        let mut flour = ingredient("flour");
        flour.stock_lots = lots
            .iter()
            .map(|(id, amount, expires_on)| lot(id, amount, *expires_on))
            .collect();
        flour.reserved = quantity(reserved);
        Stock::project(&flour, &gross.map(quantity), &horizon()).unwrap()
    }

    fn figures(stock: &Stock) -> [String; 4] {
        [stock.on_hand, stock.reserved, stock.expiring, stock.available].map(|figure| figure.to_string())
    }

    // D63: first expired first out, so that the short lot serves the demand before it expires.
    #[test]
    fn demand_before_the_date_saves_a_lot_from_expiring() {
        let lots = [("keeps", "10", None), ("short", "8", Some("2026-12-02"))];
        let stock = project(&lots, "0", ["2", "3", "9", "0", "0"]);
        // 5 of the short lot are used on its last day or before, 3 expire.
        assert_eq!(figures(&stock), ["18.000", "0.000", "3.000", "15.000"]);
        assert_eq!(stock.expiring_lots[0].lot_id, "short");
        assert_eq!(stock.expiring_lots[0].quantity, quantity("3"));
    }

    // D63: reserved is kept from the lots that expire last.
    #[test]
    fn reserved_is_taken_from_the_lot_that_expires_last() {
        let lots = [("a", "10", Some("2026-12-02")), ("b", "10", Some("2026-12-20"))];
        let stock = project(&lots, "4", ["10", "0", "0", "0", "0"]);
        assert_eq!(figures(&stock), ["20.000", "4.000", "0.000", "16.000"]);
    }

    // D63: a unit both reserved and expired is taken off once, as expiring.
    #[test]
    fn a_unit_reserved_and_expired_is_taken_off_once() {
        let lots = [("a", "10", Some("2026-12-02")), ("b", "20", None)];
        // b holds 20 of the 25 reserved, a the other 5; 3 of a are used, so 7 expire, 5 of them reserved.
        let stock = project(&lots, "25", ["3", "0", "0", "8", "0"]);
        assert_eq!(figures(&stock), ["30.000", "20.000", "7.000", "3.000"]);
    }

    // D63: expired before the start, and the last day of the horizon.
    #[test]
    fn expired_stock_is_expiring_and_a_lot_beyond_the_horizon_is_not() {
        let lots = [
            ("gone", "5", Some("2026-11-30")),
            ("last", "5", Some("2026-12-05")),
            ("next", "5", Some("2026-12-06")),
        ];
        let stock = project(&lots, "0", ["0", "0", "0", "0", "2"]);
        assert_eq!(figures(&stock), ["15.000", "0.000", "8.000", "7.000"]);
        let stock = project(&[("all", "5", None)], "9", ["0", "0", "0", "0", "2"]);
        assert_eq!(figures(&stock), ["5.000", "9.000", "0.000", "0.000"]);
    }

    // D63, D69
    #[test]
    fn receipts_count_once_each_and_on_the_first_day_when_overdue() {
        let mut flour = ingredient("flour");
        flour.open_receipts = vec![
            open_receipt("PO-2", "2026-12-03", "4"),
            open_receipt("PO-1", "2026-11-28", "1"),
            open_receipt("PLAN-7", "2026-12-04", "6"),
            open_receipt("PO-9", "2026-12-06", "99"),
        ];
        let planned = |number: &str, amount: &str| PlannedReceipt {
            plan_number: number.to_owned(),
            ingredient_id: "flour".to_owned(),
            date: date("2026-12-02"),
            quantity: quantity(amount),
        };
        let (ordered, not_yet) = (planned("PLAN-7", "7"), planned("PLAN-8", "8"));
        let receipts = receipts(&flour, &[&ordered, &not_yet], &horizon());
        let seen: Vec<(&str, usize, bool, bool)> = receipts
            .iter()
            .map(|receipt| {
                (
                    receipt.reference.as_str(),
                    receipt.day,
                    receipt.is_overdue,
                    receipt.is_ours,
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("PO-1", 0, true, false),
                ("PLAN-8", 1, false, true),
                ("PO-2", 2, false, false),
                ("PLAN-7", 3, false, true),
            ]
        );
        let per_day = receipts_per_day(&receipts, 5).unwrap();
        assert_eq!(per_day, ["1", "8", "4", "6", "0"].map(quantity));
    }
}
