//! Nothing is cheaper than the optimum: neither any other lots there are, nor those of any heuristic.

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::{LotSizingPeriod, lot_cost, wagner_whitin};
use super::{exact, received, with_costs};
use crate::catalog::OrderingMethod;
use crate::decimal::Quantity;

/// Least cost over every way to fill the inventory, period by period, in single thousandths: whatever the lots.
fn cheapest_of_all(periods: &[LotSizingPeriod], holding_cost: i128) -> i128 {
    let total: i64 = periods.iter().map(|period| period.demand.scaled()).sum();
    let levels = total as usize + 1;
    // Least cost to be left with each level of inventory.
    let mut costs: Vec<Option<i128>> = vec![None; levels];
    costs[0] = Some(0);
    for period in periods {
        let mut next: Vec<Option<i128>> = vec![None; levels];
        for (before, cost) in costs.iter().enumerate() {
            let Some(cost) = cost else { continue };
            for (after, least) in next.iter_mut().enumerate() {
                let lot = after as i64 + period.demand.scaled() - before as i64;
                if lot < 0 {
                    continue;
                }
                let setup = if lot > 0 { period.setup_cost } else { 0 };
                let cost = cost + setup + holding_cost * after as i128;
                if least.is_none_or(|least| cost < least) {
                    *least = Some(cost);
                }
            }
        }
        costs = next;
    }
    costs[0].unwrap()
}

/// Least cost over every set of periods in which lots are received, each lot covering until the next.
fn cheapest_with_coverage(periods: &[LotSizingPeriod], holding_cost: i128, longest: usize) -> i128 {
    let mut cheapest = None;
    for starts in 0_u32..1 << periods.len() {
        let (mut cost, mut start, mut is_covered) = (0_i128, None, true);
        for (number, period) in periods.iter().enumerate() {
            if starts & (1 << number) != 0 {
                start = Some(number);
                cost += period.setup_cost;
            }
            let needed = i128::from(period.demand.scaled());
            match start.filter(|start| number - start < longest) {
                Some(start) => cost += holding_cost * needed * (number - start) as i128,
                None => is_covered &= needed == 0,
            }
        }
        if is_covered && cheapest.is_none_or(|least| cost < least) {
            cheapest = Some(cost);
        }
    }
    cheapest.unwrap()
}

fn periods(longest: usize, demand: i64) -> impl Strategy<Value = Vec<LotSizingPeriod>> {
    let demand = prop_oneof![1 => Just(0_i64), 3 => 0..demand];
    let period = (demand, 0..30_i128).prop_map(|(demand, setup_cost)| LotSizingPeriod {
        demand: Quantity::from_scaled(demand),
        setup_cost,
    });
    vec(period, 1..=longest)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    // D64: the exact optimum, whatever lots one could think of; set-up costs may differ, periods may need nothing.
    #[test]
    fn no_lots_cost_less_than_the_optimum(periods in periods(12, 5), holding_cost in 0..6_i128) {
        let optimum = wagner_whitin(&periods, holding_cost, usize::MAX).unwrap();
        let cost = lot_cost(&periods, &optimum.quantities, holding_cost).unwrap();
        prop_assert_eq!(cost, Some(cheapest_of_all(&periods, holding_cost)));
        prop_assert_eq!(cost, optimum.prefix_costs.last().copied());
        for (number, least) in optimum.prefix_costs.iter().enumerate() {
            prop_assert_eq!(*least, cheapest_of_all(&periods[..=number], holding_cost));
        }
    }

    // D64: the same where no lot may cover more than some periods.
    #[test]
    fn no_lots_cost_less_within_the_shelf_life(
        periods in periods(10, 9),
        holding_cost in 0..6_i128,
        longest in 1..6_usize,
    ) {
        let optimum = wagner_whitin(&periods, holding_cost, longest).unwrap();
        let cost = lot_cost(&periods, &optimum.quantities, holding_cost).unwrap();
        prop_assert_eq!(cost, Some(cheapest_with_coverage(&periods, holding_cost, longest)));
    }

    // D64: over a year, on costs as an ingredient has them.
    #[test]
    fn no_heuristic_costs_less_than_the_optimum(
        demand in vec(prop_oneof![1 => Just(0_i64), 3 => 0..60_000_i64], 1..90),
        setup in 1..9_000_i64,
        holding in 1..500_i64,
        fixed in 1..90_000_i64,
        days in 1..15_u16,
    ) {
        let demand: Vec<Quantity> = demand.into_iter().map(Quantity::from_scaled).collect();
        let periods: Vec<LotSizingPeriod> = demand
            .iter()
            .map(|demand| LotSizingPeriod { demand: *demand, setup_cost: i128::from(setup) * 100_000 })
            .collect();
        let cost = |method| {
            let mut flour = with_costs(method, setup, holding);
            flour.ordering.fixed_quantity = Some(Quantity::from_scaled(fixed));
            flour.ordering.periods = Some(days).filter(|days| days % 3 > 0);
            let lots = received(&flour, &demand, exact());
            // `None` would mean that some demand stays uncovered.
            lot_cost(&periods, &lots, i128::from(holding)).unwrap().unwrap()
        };
        let optimum = cost(OrderingMethod::WagnerWhitin);
        for method in [
            OrderingMethod::LotForLot,
            OrderingMethod::Fixed,
            OrderingMethod::Eoq,
            OrderingMethod::Poq,
            OrderingMethod::SilverMeal,
        ] {
            prop_assert!(optimum <= cost(method), "{method:?}");
        }
    }
}
