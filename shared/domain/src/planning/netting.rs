//! The balance of an ingredient, day by day, and what has to be received when (D62, D63).

use chrono::NaiveDate;

use super::input::{Horizon, PlanError};
use super::lot_sizing::LotRule;
use super::quantity::share;
use super::supply::{Receipt, receipts_per_day};
use crate::decimal::{Percentage, Quantity};

/// Buffer of the method `percentage`: a share of the gross requirement of the whole horizon, once per item (D62).
pub(super) fn safety_stock(percentage: Percentage, gross: Quantity) -> Result<Quantity, PlanError> {
    let whole = i128::from(Percentage::HUNDRED.scaled());
    share(i128::from(gross.scaled()), i128::from(percentage.scaled()), whole).map(Quantity::from_scaled)
}

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
    /// `net_t = max(0, G_t + SS − PAB_{t−1} − SR_t)`, `PR_t` = lot of it, `PAB_t = PAB_{t−1} + SR_t + PR_t − G_t` (D63).
    ///
    /// What an approved plan of ours has bought already and what comes late, though no later than anything ordered now
    /// could (`earliest_receipt`), is not bought again: that would double it with every run (D69). It is expedited.
    pub(super) fn net(
        &self,
        lot_rule: LotRule,
        earliest_receipt: Option<NaiveDate>,
    ) -> Result<Vec<Day>, PlanError> {
        let receipts = receipts_per_day(self.receipts, self.gross.len())?;
        let on_the_way = |day: usize| {
            let ours = self.receipts.iter().filter(|receipt| {
                receipt.is_ours
                    && receipt.day > day
                    && earliest_receipt.is_none_or(|earliest| receipt.date <= earliest)
            });
            ours.map(|receipt| i128::from(receipt.quantity.scaled()))
                .sum::<i128>()
        };
        let mut balance = i128::from(self.available.scaled());
        let safety_stock = i128::from(self.safety_stock.scaled());
        let mut days = Vec::with_capacity(self.gross.len());
        for (day, (gross, received)) in self.gross.iter().zip(receipts).enumerate() {
            let before_planning = balance + i128::from(received.scaled()) - i128::from(gross.scaled());
            let net = quantity((safety_stock - before_planning - on_the_way(day)).max(0))?;
            let planned_receipt = lot_rule.lot(net)?;
            balance = before_planning + i128::from(planned_receipt.scaled());
            days.push(Day {
                gross: *gross,
                receipts: received,
                net,
                planned_receipt,
                projected: quantity(balance)?,
            });
        }
        Ok(days)
    }

    /// The first day on which something has to be bought. It does not depend on lots, which only start on that day.
    pub(super) fn first_net_day(
        &self,
        earliest_receipt: Option<NaiveDate>,
    ) -> Result<Option<usize>, PlanError> {
        let smallest = LotRule {
            minimum_order_quantity: Quantity::ZERO,
            pack_size: Quantity::from_scaled(1),
        };
        let days = self.net(smallest, earliest_receipt)?;
        Ok(days.iter().position(|day| !day.net.is_zero()))
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

    /// `max(0, Σ G + SS − available − Σ SR)` over the horizon, before any lot rule (D63), and `Σ SR` beside it.
    pub(super) fn net_requirement(&self) -> Result<(Quantity, Quantity), PlanError> {
        let sum = |parts: &mut dyn Iterator<Item = Quantity>| {
            parts.map(|part| i128::from(part.scaled())).sum::<i128>()
        };
        let gross = sum(&mut self.gross.iter().copied());
        let in_horizon = self
            .receipts
            .iter()
            .filter(|receipt| receipt.day < self.gross.len());
        let scheduled = sum(&mut in_horizon.map(|receipt| receipt.quantity));
        let needed = gross + i128::from(self.safety_stock.scaled());
        let net = needed - i128::from(self.available.scaled()) - scheduled;
        Ok((quantity(net.max(0))?, quantity(scheduled)?))
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

/// `min(100, (available + Σ SR)/Σ G·100)`, 100 when there is no gross requirement (D67).
pub(super) fn coverage_percentage(
    available: Quantity,
    scheduled_receipts: Quantity,
    gross: Quantity,
) -> Result<Percentage, PlanError> {
    let supply = i128::from(available.scaled()) + i128::from(scheduled_receipts.scaled());
    let (gross, hundred) = (i128::from(gross.scaled()), Percentage::HUNDRED);
    if gross <= 0 || supply >= gross {
        return Ok(hundred);
    }
    share(supply, i128::from(hundred.scaled()), gross).map(Percentage::from_scaled)
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
    use crate::planning::tests::fixture::{date, quantity as units};

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
        let days = position.net(rule, Some(date("2026-12-03"))).unwrap();
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
        assert_eq!(position.net_requirement().unwrap(), (units("130"), units("40")));
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
        let days = position.net(LotRule::new(None), None).unwrap();
        assert_eq!(whole_units(&days, |day| day.planned_receipt), [0, 1]);
        assert_eq!(position.net_requirement().unwrap().0, units("1"));
    }

    // D62: on gross, once, rounded half away from zero.
    #[test]
    fn safety_stock_is_a_share_of_the_gross_requirement() {
        let percent = |text: &str| Percentage::parse(text).unwrap();
        assert_eq!(safety_stock(percent("20"), units("100")).unwrap(), units("20"));
        assert_eq!(
            safety_stock(percent("12.5"), units("0.004")).unwrap(),
            units("0.001")
        );
        assert_eq!(safety_stock(percent("0"), units("100")).unwrap(), Quantity::ZERO);
    }

    // D69: what our own plan has bought and no new order could overtake is not bought a second time.
    #[test]
    fn our_own_late_receipt_is_not_bought_again() {
        let gross = [units("10"), units("10"), units("10"), units("10")];
        let late = [receipt(2, "40", true)];
        let position = |receipts| Position {
            gross: &gross,
            receipts,
            available: Quantity::ZERO,
            safety_stock: Quantity::ZERO,
        };
        let days = position(&late)
            .net(LotRule::new(None), Some(date("2026-12-03")))
            .unwrap();
        assert_eq!(whole_units(&days, |day| day.planned_receipt), [0, 0, 0, 0]);
        assert_eq!(whole_units(&days, |day| day.projected), [-10, -20, 10, 0]);
        // A new order would be here a day earlier: what is missing until then is bought.
        let days = position(&late)
            .net(LotRule::new(None), Some(date("2026-12-02")))
            .unwrap();
        assert_eq!(whole_units(&days, |day| day.planned_receipt), [10, 10, 0, 0]);
        // Somebody else's receipt counts on its day and no other.
        let by_hand = [receipt(2, "40", false)];
        let days = position(&by_hand)
            .net(LotRule::new(None), Some(date("2026-12-03")))
            .unwrap();
        assert_eq!(whole_units(&days, |day| day.planned_receipt), [10, 10, 0, 0]);
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

    // D67
    #[test]
    fn coverage_is_capped_at_the_whole() {
        let coverage = |available: &str, receipts: &str, gross: &str| {
            coverage_percentage(units(available), units(receipts), units(gross))
                .unwrap()
                .to_string()
        };
        assert_eq!(coverage("30", "10", "100"), "40.00");
        assert_eq!(coverage("300", "10", "100"), "100.00");
        assert_eq!(coverage("0", "0", "0"), "100.00");
        assert_eq!(coverage("0", "1", "3"), "33.33");
    }
}
