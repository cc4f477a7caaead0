//! The exact optimum of set-up and holding cost (Wagner and Whitin 1958), by dynamic programming over the period in which
//! the last lot is received. There is an optimum in which every lot covers whole periods, as nothing is gained by
//! keeping part of what the next lot could bring.
//!
//! `O(n²)` at worst. The planning-horizon theorem cuts it short: when the last lot for the periods up to `t` is best
//! received in period `j`, none for a later period is better received before `j`.

use super::cost::{CostRates, LotSizingPeriod};
use crate::decimal::Quantity;
use crate::planning::input::PlanError;

/// Lots of least cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptimalLots {
    /// What is received in each period.
    pub quantities: Vec<Quantity>,
    /// The least cost of the periods up to and with each: the last one is the cost of all.
    pub prefix_costs: Vec<i128>,
}

/// Lots that cover all demand at the least cost: the set-up cost of every period with a lot, and `holding_cost` for
/// every thousandth of a unit that is left at the end of a period. No lot covers more than `longest_coverage` periods,
/// its own counted in. Among equals, lots are received as late as possible.
///
/// # Errors
/// [`PlanError::Overflow`].
pub fn wagner_whitin(
    periods: &[LotSizingPeriod],
    holding_cost: i128,
    longest_coverage: usize,
) -> Result<OptimalLots, PlanError> {
    let solution = Solution::new(periods, holding_cost, longest_coverage)?;
    let mut quantities = vec![Quantity::ZERO; periods.len()];
    for (start, end) in solution.lots() {
        quantities[start] = super::total(periods[start..end].iter().map(|period| &period.demand))?;
    }
    Ok(OptimalLots {
        quantities,
        prefix_costs: solution.prefix_costs,
    })
}

/// The day after the last one covered by the optimal lot that covers a day, for each day.
pub(super) fn coverage(
    net_requirements: &[Quantity],
    rates: CostRates,
    longest_coverage: usize,
) -> Result<Vec<usize>, PlanError> {
    let periods: Vec<LotSizingPeriod> = net_requirements
        .iter()
        .map(|net| LotSizingPeriod {
            demand: *net,
            setup_cost: rates.setup,
        })
        .collect();
    let mut ends: Vec<usize> = (1..=periods.len()).collect();
    for (start, end) in Solution::new(&periods, rates.holding, longest_coverage)?.lots() {
        ends[start..end].fill(end);
    }
    Ok(ends)
}

/// The table of the dynamic programme.
struct Solution {
    prefix_costs: Vec<i128>,
    /// The period of the last lot for the periods up to and with each; `None` where a period needs nothing, so that it
    /// costs what the one before does.
    last_lots: Vec<Option<usize>>,
}

impl Solution {
    fn new(
        periods: &[LotSizingPeriod],
        holding_cost: i128,
        longest_coverage: usize,
    ) -> Result<Self, PlanError> {
        let mut solution = Self {
            prefix_costs: Vec::with_capacity(periods.len()),
            last_lots: Vec::with_capacity(periods.len()),
        };
        // For each period the sum of demand and of demand · period before it, so that keeping costs one subtraction.
        let mut sums = vec![(0_i128, 0_i128)];
        let (mut demand, mut weighted) = (0_i128, 0_i128);
        let mut earliest = 0;
        for (period, row) in periods.iter().enumerate() {
            let needed = i128::from(row.demand.scaled().max(0));
            demand += needed;
            weighted = needed
                .checked_mul(period as i128)
                .and_then(|added| weighted.checked_add(added))
                .ok_or(PlanError::Overflow)?;
            sums.push((demand, weighted));
            if needed == 0 {
                solution.prefix_costs.push(solution.cost_before(period));
                solution.last_lots.push(None);
                continue;
            }
            earliest = earliest.max((period + 1).saturating_sub(longest_coverage.max(1)));
            let mut best: Option<(i128, usize)> = None;
            for start in earliest..=period {
                let (demand_before, weighted_before) = sums[start];
                // Each unit is kept from `start` to the period that needs it.
                let cost = (demand - demand_before)
                    .checked_mul(start as i128)
                    .and_then(|at_start| (weighted - weighted_before).checked_sub(at_start))
                    .and_then(|unit_periods| unit_periods.checked_mul(holding_cost))
                    .and_then(|holding| holding.checked_add(periods[start].setup_cost))
                    .and_then(|cost| cost.checked_add(solution.cost_before(start)))
                    .ok_or(PlanError::Overflow)?;
                if best.is_none_or(|(least, _)| cost <= least) {
                    best = Some((cost, start));
                }
            }
            // There is always one: the lot of the period itself.
            let (cost, start) = best.ok_or(PlanError::Overflow)?;
            earliest = start;
            solution.prefix_costs.push(cost);
            solution.last_lots.push(Some(start));
        }
        Ok(solution)
    }

    fn cost_before(&self, period: usize) -> i128 {
        let before = period.checked_sub(1);
        before
            .and_then(|before| self.prefix_costs.get(before).copied())
            .unwrap_or(0)
    }

    /// The lots as ranges of periods, the last one first.
    fn lots(&self) -> Vec<(usize, usize)> {
        let mut lots = Vec::new();
        let mut end = self.last_lots.len();
        while let Some(last) = end.checked_sub(1) {
            end = match self.last_lots[last] {
                Some(start) => {
                    lots.push((start, end));
                    start
                }
                None => last,
            };
        }
        lots
    }
}
