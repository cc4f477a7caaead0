//! From product demand to ingredient demand, level by level (D60).

use super::consumption::DemandTable;
use super::input::PlanError;
use super::quantity::PlanQuantity;
use super::recipes::BillOfMaterials;
use crate::decimal::Quantity;

/// Adds to every item what the products above it need of it. Each product's demand is complete when its turn comes,
/// so that it is exploded once, per day, however many ways lead to it.
pub(super) fn explode(table: &mut DemandTable, bill: &BillOfMaterials<'_>) -> Result<(), PlanError> {
    let days = table.days();
    let mut own = vec![PlanQuantity::ZERO; days];
    for &product in bill.by_low_level_code() {
        let lead_days = bill.lead_days(product);
        let row = table.row(product);
        for cells in [&mut table.orders, &mut table.forecast] {
            own.copy_from_slice(&cells[row..row + days]);
            if own.iter().all(|quantity| *quantity == PlanQuantity::ZERO) {
                continue;
            }
            for line in bill.lines(product) {
                let child = line.node as usize * days;
                let needs = &mut cells[child..child + days];
                for (day, quantity) in own.iter().enumerate() {
                    // What would be needed before the start counts on the first day.
                    let need = &mut needs[day.saturating_sub(lead_days)];
                    *need = need.plus(line.factor.apply(*quantity)?)?;
                }
            }
        }
    }
    Ok(())
}

/// The gross requirement of an ingredient as it is published: per day, and how much of it comes from orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GrossRequirement {
    pub(super) per_day: Vec<Quantity>,
    pub(super) total: Quantity,
    pub(super) order_demand: Quantity,
    pub(super) forecast_demand: Quantity,
}

impl GrossRequirement {
    /// Puts millionths into thousandths by rounding the running total, so that the days add up to the total and no
    /// rounding piles up over a long horizon.
    pub(super) fn new(orders: &[PlanQuantity], forecast: &[PlanQuantity]) -> Result<Self, PlanError> {
        let (mut running, mut running_orders) = (PlanQuantity::ZERO, PlanQuantity::ZERO);
        let mut published = Quantity::ZERO;
        let mut per_day = Vec::with_capacity(orders.len());
        for (ordered, forecast) in orders.iter().zip(forecast) {
            running = running.plus(*ordered)?.plus(*forecast)?;
            running_orders = running_orders.plus(*ordered)?;
            let until_here = running.published();
            per_day.push(until_here.checked_sub(published).ok_or(PlanError::Overflow)?);
            published = until_here;
        }
        let order_demand = running_orders.published();
        Ok(Self {
            per_day,
            total: published,
            order_demand,
            forecast_demand: published.checked_sub(order_demand).ok_or(PlanError::Overflow)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planning::consumption::independent_demand;
    use crate::planning::input::Horizon;
    use crate::planning::tests::fixture::{Bakery, quantity};

    fn gross(bakery: Bakery, ingredient: &str) -> GrossRequirement {
        let input = bakery.input();
        let horizon = Horizon::new(input.start, input.horizon_days, input.today).unwrap();
        let bill = BillOfMaterials::new(&input.catalog).unwrap();
        let mut table = independent_demand(&input, &bill, &horizon).unwrap().table;
        explode(&mut table, &bill).unwrap();
        let (orders, forecast) = table.of(bill.node(ingredient).unwrap());
        GrossRequirement::new(orders, forecast).unwrap()
    }

    // D60: bread → dough → flour, with a yield and waste on both levels.
    #[test]
    fn demand_goes_down_through_every_level() {
        let bakery = Bakery::new("2026-12-01", 3)
            .ingredient("flour", |_| {})
            .product_with("bread", "10", 1, &[("dough", "8.5", "2"), ("flour", "0.1", "0")])
            .product_with("dough", "5", 1, &[("flour", "3", "1")])
            .order("o1", 1, "bread", "2026-12-03", "40");
        // dough 40 · 8.5/10 · 1.02 = 34.68 on the 2nd, flour 34.68 · 3/5 · 1.01 = 21.01608 on the 1st,
        // dusting flour 40 · 0.1/10 = 0.4 on the 2nd.
        let flour = gross(bakery, "flour");
        assert_eq!(
            flour.per_day,
            [quantity("21.016"), quantity("0.400"), quantity("0")]
        );
        assert_eq!(flour.total, quantity("21.416"));
        assert_eq!(flour.order_demand, quantity("21.416"));
    }

    // D60: before the start it counts on day 1.
    #[test]
    fn need_before_the_start_counts_on_the_first_day() {
        let bakery = Bakery::new("2026-12-01", 2)
            .ingredient("flour", |_| {})
            .product_with("bread", "1", 5, &[("flour", "1", "0")])
            .order("o1", 1, "bread", "2026-12-02", "3")
            .forecast("bread", "2026-12-02", "5");
        let flour = gross(bakery, "flour");
        assert_eq!(flour.per_day, [quantity("5"), quantity("0")]);
        assert_eq!(
            (flour.order_demand, flour.forecast_demand),
            (quantity("3"), quantity("2"))
        );
    }

    // The multi-level "Awesome" example of Heizer and Render, gross before any stock: A = 2 B + 3 C, B = 2 D + 2 E,
    // C = 2 E + 2 F, F = G + 2 D, so one A needs 16 D, 10 E and 6 G.
    #[test]
    fn an_item_used_on_several_levels_is_put_together() {
        let bakery = |leaf: &str| {
            Bakery::new("2026-12-01", 8)
                .ingredient(leaf, |_| {})
                .product_with("A", "1", 1, &[("B", "2", "0"), ("C", "3", "0")])
                .product_with("B", "1", 2, &[("D", "2", "0"), ("E", "2", "0")])
                .product_with("C", "1", 1, &[("E", "2", "0"), ("F", "2", "0")])
                .product_with("F", "1", 3, &[("G", "1", "0"), ("D", "2", "0")])
                .order("o1", 1, "A", "2026-12-08", "50")
        };
        for (leaf, total) in [("D", "800"), ("E", "500"), ("G", "300")] {
            assert_eq!(gross(bakery(leaf), leaf).total, quantity(total), "{leaf}");
        }
        // By need day: D for B at 8−1−2 = 5, for F at 8−1−1−3 = 3.
        let days = gross(bakery("D"), "D").per_day;
        assert_eq!((days[4], days[2]), (quantity("200"), quantity("600")));
    }

    // Rounding must not pile up: ninety days of a third of a gram are thirty grams, not twenty-seven.
    #[test]
    fn rounding_does_not_pile_up_over_days() {
        let third = vec![PlanQuantity::from_micro(333); 90];
        let none = vec![PlanQuantity::ZERO; 90];
        let gross = GrossRequirement::new(&third, &none).unwrap();
        assert_eq!(gross.total, quantity("0.030"));
        let sum: i64 = gross.per_day.iter().map(|day| day.scaled()).sum();
        assert_eq!(sum, gross.total.scaled());
        assert_eq!(gross.per_day.iter().filter(|day| day.is_zero()).count(), 60);
    }
}
