//! The balance of an ingredient, day by day, and what has to be received when (D63).
//!
//! **Late receipts are expedited, not bought again.** D63 nets each day against what has come until then, and at the same
//! time every open receipt in the horizon counts. Taken alone, the first buys a second time what merely comes late. So
//! a day buys no more than
//!
//! - what it lacks after receipts that come later, but before anything ordered now could (`on_the_way`): a new order
//!   would not be sooner. For what our own approved plans have bought, which is on the way for this very need, on the
//!   same day is soon enough (D69); and
//! - what the rest of the horizon lacks in all, every receipt counted. Lot for lot, the days therefore add up to the net
//!   requirement of the horizon exactly.
//!
//! Where a day buys less than it lacks, the receipt it waits for raises `expedite`. Where no receipt is late, neither
//! comes into play and the formula of D63 stands as it is written.

use chrono::NaiveDate;

use super::input::{Horizon, PlanError};
use super::lot_sizing::LotSizing;
use super::supply::{Receipt, receipts_per_day};
use crate::decimal::Quantity;

/// What the days of an item are netted from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Position<'a> {
    /// Gross requirement per day.
    pub(super) gross: &'a [Quantity],
    /// Receipts by day, those of ours after the horizon last.
    pub(super) receipts: &'a [Receipt],
    pub(super) available: Quantity,
    pub(super) safety_stock: Quantity,
}

/// One day of the plan of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) gross: Quantity,
    pub(super) receipts: Quantity,
    /// Net requirement before any lot rule.
    pub(super) net: Quantity,
    pub(super) planned_receipt: Quantity,
    /// Projected available balance at the end of the day.
    pub(super) projected: Quantity,
}

impl Position<'_> {
    /// What has to be received on each day, lot for lot (D63): `net_t = max(0, G_t + SS − PAB_{t−1} − SR_t)`, with
    /// `PAB_t = PAB_{t−1} + SR_t + net_t − G_t`, and no more than the late receipts leave (see the module). Nothing
    /// ordered now could be here before `earliest_receipt`.
    pub(super) fn net_requirements(
        &self,
        earliest_receipt: Option<NaiveDate>,
    ) -> Result<Vec<Quantity>, PlanError> {
        let receipts = receipts_per_day(self.receipts, self.gross.len())?;
        let safety_stock = i128::from(self.safety_stock.scaled());
        let mut balance = i128::from(self.available.scaled());
        let mut lacking_in_all = self.lacking_in_all();
        let mut days = Vec::with_capacity(self.gross.len());
        for (day, (gross, received)) in self.gross.iter().zip(receipts).enumerate() {
            let before_planning = balance + i128::from(received.scaled()) - i128::from(gross.scaled());
            let lacking = safety_stock - before_planning - self.on_the_way(day, earliest_receipt);
            let net = lacking.min(lacking_in_all).max(0);
            balance = before_planning + net;
            lacking_in_all -= net;
            days.push(quantity(net)?);
        }
        Ok(days)
    }

    /// What comes after a day and need not be bought for it all the same.
    fn on_the_way(&self, day: usize, earliest_receipt: Option<NaiveDate>) -> i128 {
        let waited_for = self.receipts.iter().filter(|receipt| {
            receipt.day > day
                && earliest_receipt.is_none_or(|earliest| {
                    receipt.date < earliest || (receipt.is_ours && receipt.date == earliest)
                })
        });
        waited_for
            .map(|receipt| i128::from(receipt.quantity.scaled()))
            .sum()
    }

    /// The days of the item with the lots made of its net requirements. Lots that cover later days or are larger than
    /// what was wanted leave those days nothing to net: `net_t`, `PR_t` and `PAB_t` of D63 hold for the lots as well.
    pub(super) fn schedule(
        &self,
        net_requirements: &[Quantity],
        sizing: &LotSizing,
    ) -> Result<Vec<Day>, PlanError> {
        let receipts = receipts_per_day(self.receipts, self.gross.len())?;
        let lots = sizing.lots(net_requirements)?;
        let mut balance = i128::from(self.available.scaled());
        let mut days = Vec::with_capacity(self.gross.len());
        for ((gross, received), lot) in self.gross.iter().zip(receipts).zip(lots) {
            balance += i128::from(received.scaled()) + i128::from(lot.quantity.scaled());
            balance -= i128::from(gross.scaled());
            days.push(Day {
                gross: *gross,
                receipts: received,
                net: lot.net,
                planned_receipt: lot.quantity,
                projected: quantity(balance)?,
            });
        }
        Ok(days)
    }

    /// Balance at the end of each day if nothing is planned, in thousandths: where it falls below nothing, stock runs
    /// out (D65).
    pub(super) fn unplanned_balance(&self) -> Result<Vec<i128>, PlanError> {
        let receipts = receipts_per_day(self.receipts, self.gross.len())?;
        let mut balance = i128::from(self.available.scaled());
        let days = self.gross.iter().zip(receipts).map(|(gross, received)| {
            balance += i128::from(received.scaled()) - i128::from(gross.scaled());
            balance
        });
        Ok(days.collect())
    }

    /// `max(0, Σ G + SS − available − Σ SR)` over the horizon, before any lot rule (D63).
    pub(super) fn net_requirement(&self) -> Result<Quantity, PlanError> {
        quantity(self.lacking_in_all().max(0))
    }

    /// `Σ SR`: what comes within the horizon (D63).
    pub(super) fn scheduled_receipts(&self) -> Result<Quantity, PlanError> {
        quantity(self.received_in_all())
    }

    fn received_in_all(&self) -> i128 {
        let in_horizon = self
            .receipts
            .iter()
            .filter(|receipt| receipt.day < self.gross.len());
        in_horizon
            .map(|receipt| i128::from(receipt.quantity.scaled()))
            .sum()
    }

    /// `Σ G + SS − available − Σ SR`, below nothing when there is more than enough.
    fn lacking_in_all(&self) -> i128 {
        let gross: i128 = self.gross.iter().map(|day| i128::from(day.scaled())).sum();
        let needed = gross + i128::from(self.safety_stock.scaled());
        needed - i128::from(self.available.scaled()) - self.received_in_all()
    }

    /// The first day on which each receipt is needed, receipts serving requirements in the order they come; `None`
    /// for one that nothing in the horizon needs.
    pub(super) fn receipt_need_days(&self) -> Vec<Option<usize>> {
        // What receipts have to cover up to each day: demand and safety stock beyond the stock there is.
        let start = i128::from(self.safety_stock.scaled()) - i128::from(self.available.scaled());
        let uncovered: Vec<i128> = self
            .gross
            .iter()
            .scan(start, |needed, gross| {
                *needed += i128::from(gross.scaled());
                Some(*needed)
            })
            .collect();
        self.receipts
            .iter()
            .scan(0_i128, |covered, receipt| {
                let before = *covered;
                *covered += i128::from(receipt.quantity.scaled());
                Some(uncovered.iter().position(|needed| *needed > before))
            })
            .collect()
    }
}

fn quantity(scaled: i128) -> Result<Quantity, PlanError> {
    i64::try_from(scaled)
        .map(Quantity::from_scaled)
        .map_err(|_| PlanError::Overflow)
}

/// Dates of day numbers, for the exceptions.
pub(super) fn first_stock_out(balance: &[i128], horizon: &Horizon) -> Option<NaiveDate> {
    balance
        .iter()
        .position(|left| *left < 0)
        .map(|day| horizon.date(day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planning::lot_sizing::LotRule;
    use crate::planning::tests::fixture::{date, ingredient, quantity as units};

    /// Lot for lot.
    fn net(position: &Position<'_>, lot_rule: LotRule, earliest_receipt: Option<&str>) -> Vec<Day> {
        let net_requirements = position.net_requirements(earliest_receipt.map(date)).unwrap();
        let sizing = LotSizing::new(&ingredient("flour"), Quantity::ZERO, 1, lot_rule).unwrap();
        position.schedule(&net_requirements, &sizing).unwrap()
    }

    fn receipt(day: usize, amount: &str, is_ours: bool) -> Receipt {
        Receipt {
            reference: format!("R{day}"),
            date: date("2026-12-01") + chrono::Days::new(day as u64),
            day,
            quantity: units(amount),
            is_overdue: false,
            is_ours,
        }
    }

    fn whole_units(days: &[Day], figure: impl Fn(&Day) -> Quantity) -> Vec<i64> {
        days.iter().map(|day| figure(day).scaled() / 1_000).collect()
    }

    // D63, D64: a published MRP record of ten periods.
    #[test]
    fn the_textbook_record_comes_out() {
        let gross = [units("20"); 10];
        let receipts = [receipt(2, "40", false)];
        let position = Position {
            gross: &gross,
            receipts: &receipts,
            available: units("50"),
            safety_stock: units("20"),
        };
        let rule = LotRule {
            minimum_order_quantity: units("30"),
            pack_size: units("10"),
        };
        let days = net(&position, rule, Some("2026-12-03"));
        assert_eq!(
            whole_units(&days, |day| day.net),
            [0, 10, 0, 0, 0, 20, 10, 0, 20, 10]
        );
        assert_eq!(
            whole_units(&days, |day| day.planned_receipt),
            [0, 30, 0, 0, 0, 30, 30, 0, 30, 30]
        );
        assert_eq!(
            whole_units(&days, |day| day.projected),
            [30, 40, 60, 40, 20, 30, 40, 20, 30, 40]
        );
        assert_eq!(position.net_requirement().unwrap(), units("130"));
        assert_eq!(position.scheduled_receipts().unwrap(), units("40"));
        // Without any planned receipt 50 + 40 last for four days and a half.
        let balance = position.unplanned_balance().unwrap();
        assert_eq!(balance.iter().position(|left| *left < 0), Some(4));
    }

    // D63: stock 12 needs 12 then 1 → 1, the classic mistake being to buy 13 or to net each day against the full stock.
    #[test]
    fn stock_is_used_once() {
        let gross = [units("12"), units("1")];
        let position = Position {
            gross: &gross,
            receipts: &[],
            available: units("12"),
            safety_stock: Quantity::ZERO,
        };
        let days = net(&position, LotRule::new(None), None);
        assert_eq!(whole_units(&days, |day| day.planned_receipt), [0, 1]);
        assert_eq!(position.net_requirement().unwrap(), units("1"));
    }

    // D63, D69: what is on the way and no new order could overtake is not bought a second time.
    #[test]
    fn a_late_receipt_that_no_order_could_overtake_is_waited_for() {
        let gross = [units("10"); 8];
        let planned = |is_ours, earliest| {
            let receipts = [receipt(2, "40", is_ours)];
            let position = Position {
                gross: &gross,
                receipts: &receipts,
                available: Quantity::ZERO,
                safety_stock: Quantity::ZERO,
            };
            let days = net(&position, LotRule::new(None), Some(earliest));
            whole_units(&days, |day| day.planned_receipt)
        };
        for is_ours in [false, true] {
            // A new order would be here a day later than the receipt.
            assert_eq!(planned(is_ours, "2026-12-04"), [0, 0, 0, 0, 10, 10, 10, 10]);
            // A new order would be here a day earlier: what is missing until then is bought.
            assert_eq!(planned(is_ours, "2026-12-02"), [10, 10, 0, 0, 0, 0, 10, 10]);
        }
        // On the same day: ours was bought for this very need, anybody else's counts on its day and no other.
        assert_eq!(planned(true, "2026-12-03"), [0, 0, 0, 0, 10, 10, 10, 10]);
        assert_eq!(planned(false, "2026-12-03"), [10, 10, 0, 0, 0, 0, 10, 10]);
    }

    // D63: 40 come on the third day, 20 are needed before, nothing after: it is late, and enough.
    #[test]
    fn a_late_receipt_is_not_bought_again_when_all_of_it_suffices() {
        let receipts = [receipt(2, "40", false)];
        let planned = |gross: &[&str]| {
            let gross: Vec<Quantity> = gross.iter().map(|day| units(day)).collect();
            let position = Position {
                gross: &gross,
                receipts: &receipts,
                available: Quantity::ZERO,
                safety_stock: Quantity::ZERO,
            };
            let days = net(&position, LotRule::new(None), Some("2026-12-01"));
            let net_requirement = position.net_requirement().unwrap();
            assert_eq!(
                days.iter().map(|day| day.net.scaled()).sum::<i64>(),
                net_requirement.scaled()
            );
            (
                whole_units(&days, |day| day.planned_receipt),
                whole_units(&days, |day| day.projected),
            )
        };
        assert_eq!(
            planned(&["10", "10", "0", "0"]),
            (vec![0, 0, 0, 0], vec![-10, -20, 20, 20])
        );
        // Five of it are missing in the end, and are bought where they are missing first.
        assert_eq!(
            planned(&["10", "10", "0", "25"]),
            (vec![5, 0, 0, 0], vec![-5, -15, 25, 0])
        );
    }

    // D65: receipts serve requirements in the order they come.
    #[test]
    fn each_receipt_is_needed_on_the_day_its_first_unit_is() {
        let gross = [units("5"), units("10"), units("0"), units("10")];
        let receipts = [
            receipt(0, "8", false),
            receipt(2, "4", false),
            receipt(3, "20", false),
            receipt(3, "1", false),
        ];
        let position = Position {
            gross: &gross,
            receipts: &receipts,
            available: units("6"),
            safety_stock: units("1"),
        };
        // Beyond the stock: 0, 10, 10, 20 in all.
        assert_eq!(position.receipt_need_days(), [Some(1), Some(1), Some(3), None]);
    }
}
