//! Demand per item and day, and the forecast that orders have not consumed (D61).

use std::collections::BTreeSet;

use super::input::{Horizon, PlanError, PlanInput};
use super::quantity::PlanQuantity;
use super::recipes::BillOfMaterials;
use crate::decimal::Quantity;

/// Demand per node and day in one flat table each for orders and forecast: orders first served by the explosion,
/// then told apart in the requirement.
#[derive(Debug)]
pub(super) struct DemandTable {
    days: usize,
    pub(super) orders: Vec<PlanQuantity>,
    pub(super) forecast: Vec<PlanQuantity>,
}

impl DemandTable {
    fn new(nodes: usize, days: usize) -> Result<Self, PlanError> {
        let cells = nodes.checked_mul(days).ok_or(PlanError::Overflow)?;
        Ok(Self {
            days,
            orders: vec![PlanQuantity::ZERO; cells],
            forecast: vec![PlanQuantity::ZERO; cells],
        })
    }

    /// Where the first day of a node is.
    pub(super) const fn row(&self, node: u32) -> usize {
        node as usize * self.days
    }

    /// Number of days.
    pub(super) const fn days(&self) -> usize {
        self.days
    }

    /// The days of a node: demand of orders, demand of what is left of the forecast.
    pub(super) fn of(&self, node: u32) -> (&[PlanQuantity], &[PlanQuantity]) {
        let row = self.row(node)..self.row(node) + self.days;
        (&self.orders[row.clone()], &self.forecast[row])
    }
}

/// Demand for what is sold, before any recipe, and the ids that can neither be made nor bought.
#[derive(Debug)]
pub(super) struct IndependentDemand<'a> {
    pub(super) table: DemandTable,
    pub(super) unplannable: BTreeSet<&'a str>,
}

/// Puts order lines and forecast together per product and day, and lets orders consume the forecast:
/// `remaining = max(0, forecast − ordered)` (D61).
pub(super) fn independent_demand<'a>(
    input: &'a PlanInput,
    bill: &BillOfMaterials<'_>,
    horizon: &Horizon,
) -> Result<IndependentDemand<'a>, PlanError> {
    let mut table = DemandTable::new(bill.len(), horizon.len())?;
    let mut unplannable = BTreeSet::new();
    add_orders(&mut table, input, bill, horizon, &mut unplannable)?;
    for row in &input.forecast {
        let Some(day) = horizon.day(row.date).filter(|_| row.quantity.scaled() > 0) else {
            continue;
        };
        match bill.node(&row.product_id) {
            Some(node) => {
                let cell = table.row(node) + day;
                let quantity = PlanQuantity::from_quantity(row.quantity)?;
                table.forecast[cell] = table.forecast[cell].plus(quantity)?;
            }
            None => {
                unplannable.insert(row.product_id.as_str());
            }
        }
    }
    for (forecast, ordered) in table.forecast.iter_mut().zip(&table.orders) {
        *forecast = remaining_forecast(*forecast, *ordered);
    }
    Ok(IndependentDemand { table, unplannable })
}

/// Adds order lines up, in thousandths first: every line counts for itself, and each cell is converted once.
fn add_orders<'a>(
    table: &mut DemandTable,
    input: &'a PlanInput,
    bill: &BillOfMaterials<'_>,
    horizon: &Horizon,
    unplannable: &mut BTreeSet<&'a str>,
) -> Result<(), PlanError> {
    // A text is looked up once per product, not once per line.
    let nodes: Vec<Option<u32>> = input.order_demand.product_ids().map(|id| bill.node(id)).collect();
    let mut is_unplannable = vec![false; nodes.len()];
    for row in input.order_demand.rows() {
        let Some(day) = horizon
            .day_of_common_era(row.day)
            .filter(|_| row.quantity.scaled() > 0)
        else {
            continue;
        };
        match nodes[row.product as usize] {
            Some(node) => {
                let cell = &mut table.orders[node as usize * table.days + day];
                *cell = cell.plus(PlanQuantity::from_micro(row.quantity.scaled()))?;
            }
            None => is_unplannable[row.product as usize] = true,
        }
    }
    for cell in &mut table.orders {
        *cell = PlanQuantity::from_quantity(Quantity::from_scaled(cell.micro()))?;
    }
    let ids = input.order_demand.product_ids().zip(is_unplannable);
    unplannable.extend(ids.filter_map(|(id, is_unplannable)| is_unplannable.then_some(id)));
    Ok(())
}

/// What of a forecast orders have not consumed: never less than nothing.
fn remaining_forecast(forecast: PlanQuantity, ordered: PlanQuantity) -> PlanQuantity {
    PlanQuantity::from_micro(forecast.micro().saturating_sub(ordered.micro()).max(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planning::tests::fixture::{Bakery, quantity};

    // D61: 400 ordered over a forecast of 350 → 400; 100 ordered of 350 → 350; each day and product for itself.
    #[test]
    fn orders_consume_the_forecast_of_their_day_and_product() {
        let input = Bakery::new("2026-12-01", 3)
            .ingredient("roll", |_| {})
            .ingredient("bun", |_| {})
            .order("o1", 1, "roll", "2026-12-01", "150")
            .order("o2", 1, "roll", "2026-12-01", "250")
            .order("o3", 1, "roll", "2026-12-02", "100")
            .forecast("roll", "2026-12-01", "350")
            .forecast("roll", "2026-12-02", "300")
            .forecast("roll", "2026-12-02", "50")
            .forecast("bun", "2026-12-01", "7")
            .input();
        let horizon = Horizon::new(input.start, input.horizon_days, input.today).unwrap();
        let bill = BillOfMaterials::new(&input.catalog).unwrap();
        let demand = independent_demand(&input, &bill, &horizon).unwrap();
        let published = |days: &[PlanQuantity]| days.iter().map(|day| day.published()).collect::<Vec<_>>();
        let (orders, forecast) = demand.table.of(bill.node("roll").unwrap());
        assert_eq!(
            published(orders),
            [quantity("400"), quantity("100"), quantity("0")]
        );
        assert_eq!(
            published(forecast),
            [quantity("0"), quantity("250"), quantity("0")]
        );
        let (_, forecast) = demand.table.of(bill.node("bun").unwrap());
        assert_eq!(published(forecast), [quantity("7"), quantity("0"), quantity("0")]);
    }

    // D60: only days of the horizon count, and what nobody can make or buy is named.
    #[test]
    fn lines_outside_the_horizon_are_left_aside_and_unknown_products_named() {
        let input = Bakery::new("2026-12-01", 2)
            .ingredient("roll", |_| {})
            .order("o1", 1, "roll", "2026-11-30", "1")
            .order("o2", 1, "roll", "2026-12-03", "1")
            .order("o3", 1, "ghost", "2026-12-03", "1")
            .order("o4", 1, "spectre", "2026-12-02", "1")
            .input();
        let horizon = Horizon::new(input.start, input.horizon_days, input.today).unwrap();
        let bill = BillOfMaterials::new(&input.catalog).unwrap();
        let demand = independent_demand(&input, &bill, &horizon).unwrap();
        assert!(demand.table.orders.iter().all(|cell| *cell == PlanQuantity::ZERO));
        assert_eq!(demand.unplannable, BTreeSet::from(["spectre"]));
    }
}
