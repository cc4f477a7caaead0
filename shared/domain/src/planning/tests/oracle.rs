//! The figures of a plan, worked out a second time in the plainest way: maps by id, 128 bits, no order of the rows, one
//! product and day at a time. What the planner does with dense tables, interned ids and running sums must come to the
//! same to the last thousandth.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use proptest::prelude::*;

use super::fixture::with_changed_quantities;
use super::generate::{an_input, order_of_rows_changed};
use crate::catalog::Recipe;
use crate::decimal::Quantity;
use crate::planning::{Peg, PlanError, PlanInput, plan};

/// Orders and forecast in millionths.
type Demand = BTreeMap<(String, NaiveDate), (i128, i128)>;

/// `numerator / denominator`, half away from zero; only what is not negative comes here.
fn rounded(numerator: i128, denominator: i128) -> i128 {
    (2 * numerator + denominator) / (2 * denominator)
}

/// What a quantity of a product needs of each item of its recipe.
fn needs(recipe: &Recipe, amount: i128) -> Vec<(String, i128)> {
    let of_line = |line: &crate::catalog::RecipeLine| {
        let with_waste =
            i128::from(line.quantity.scaled()) * (10_000 + i128::from(line.waste_percentage.scaled()));
        let whole = i128::from(recipe.yield_quantity.scaled()) * 10_000_000;
        (line.item_id.clone(), rounded(amount * with_waste, whole))
    };
    recipe.lines.iter().map(of_line).collect()
}

struct Oracle<'a> {
    input: &'a PlanInput,
    /// Products such that each comes after everything it goes into.
    products: Vec<String>,
}

impl<'a> Oracle<'a> {
    fn new(input: &'a PlanInput) -> Self {
        let mut open: BTreeSet<&String> = input.catalog.products.keys().collect();
        let mut products = Vec::new();
        while !open.is_empty() {
            let is_used = |id: &&String| {
                let recipes = open
                    .iter()
                    .filter_map(|other| input.catalog.products[*other].recipe.as_ref());
                recipes
                    .flat_map(|recipe| &recipe.lines)
                    .any(|line| line.item_id == ***id)
            };
            let next = (*open.iter().find(|id| !is_used(id)).unwrap()).clone();
            open.remove(&next);
            products.push(next);
        }
        Self { input, products }
    }

    fn recipe(&self, id: &str) -> Option<&Recipe> {
        self.input.catalog.products.get(id)?.recipe.as_ref()
    }

    fn is_in_horizon(&self, date: NaiveDate) -> bool {
        let end = self.input.start + Days::new(u64::from(self.input.horizon_days));
        self.input.start <= date && date < end
    }

    fn earlier(&self, date: NaiveDate, days: u32) -> NaiveDate {
        (date - Days::new(u64::from(days))).max(self.input.start)
    }

    /// Demand for every item and day, what the recipes need included.
    fn demand(&self) -> Demand {
        let mut demand = Demand::new();
        for line in self
            .input
            .order_demand
            .iter()
            .filter(|line| self.is_in_horizon(line.date))
        {
            let cell = demand.entry((line.product_id.to_owned(), line.date)).or_default();
            cell.0 += i128::from(line.quantity.scaled()) * 1_000;
        }
        for row in self
            .input
            .forecast
            .iter()
            .filter(|row| self.is_in_horizon(row.date))
        {
            let cell = demand.entry((row.product_id.clone(), row.date)).or_default();
            cell.1 += i128::from(row.quantity.scaled()) * 1_000;
        }
        for (orders, forecast) in demand.values_mut() {
            *forecast = (*forecast - *orders).max(0);
        }
        for product in &self.products {
            let recipe = self.recipe(product).unwrap();
            let own: Vec<_> = demand.iter().filter(|((id, _), _)| id == product).collect();
            let own: Vec<_> = own.into_iter().map(|((_, date), cell)| (*date, *cell)).collect();
            for (date, (orders, forecast)) in own {
                let date = self.earlier(date, recipe.lead_days);
                for ((item, of_orders), (_, of_forecast)) in
                    needs(recipe, orders).into_iter().zip(needs(recipe, forecast))
                {
                    let cell = demand.entry((item, date)).or_default();
                    (cell.0, cell.1) = (cell.0 + of_orders, cell.1 + of_forecast);
                }
            }
        }
        demand
    }

    /// What one unit of an item needs of each ingredient and so many days ahead, in 10^-12.
    fn unit_needs(&self, item: &str) -> BTreeMap<(String, u32), i128> {
        let Some(recipe) = self.recipe(item) else {
            return BTreeMap::from([((item.to_owned(), 0), 1_000_000_000_000)]);
        };
        let mut merged = BTreeMap::new();
        for line in &recipe.lines {
            let single = Recipe {
                lines: vec![line.clone()],
                ..recipe.clone()
            };
            for ((ingredient, ahead), amount) in self.unit_needs(&line.item_id) {
                let ahead = (ahead + recipe.lead_days).min(u32::from(self.input.horizon_days));
                *merged.entry((ingredient, ahead)).or_default() += needs(&single, amount)[0].1;
            }
        }
        merged
    }

    /// The pegs of an ingredient, by date, order and line.
    fn pegs(&self, ingredient: &str, total: i128) -> Vec<Peg> {
        let mut by_product: BTreeMap<(bool, &str), Vec<_>> = BTreeMap::new();
        for line in self
            .input
            .order_demand
            .iter()
            .filter(|line| self.is_in_horizon(line.date))
        {
            // Products come before ingredients.
            let key = (self.recipe(line.product_id).is_none(), line.product_id);
            let lines = by_product.entry(key).or_default();
            lines.push((line.date, line.order_id, line.line, line.quantity));
        }
        let mut groups = Vec::new();
        for ((_, product), mut lines) in by_product {
            lines.sort_unstable();
            let ordered: i128 = lines.iter().map(|line| i128::from(line.3.scaled())).sum();
            for ((needed, ahead), amount) in self.unit_needs(product) {
                if needed == ingredient {
                    groups.push((product, ahead, ordered * amount / 1_000_000, lines.clone()));
                }
            }
        }
        let mut pegs = Vec::new();
        let parts = split(total, &groups.iter().map(|group| group.2).collect::<Vec<_>>());
        for ((product, ahead, _, lines), part) in groups.into_iter().zip(parts) {
            let weights: Vec<i128> = lines.iter().map(|line| i128::from(line.3.scaled())).collect();
            for ((date, order_id, line, _), quantity) in lines.into_iter().zip(split(part, &weights)) {
                pegs.push(Peg {
                    order_id: order_id.to_owned(),
                    line,
                    product_id: product.to_owned(),
                    quantity: Quantity::from_scaled(i64::try_from(quantity).unwrap()),
                    date: self.earlier(date, ahead),
                });
            }
        }
        pegs.sort_by_key(|peg| (peg.date, peg.order_id.clone(), peg.line));
        pegs
    }
}

/// Splits a total by weights: each gets what the rounded share of the running sum grows by.
fn split(total: i128, weights: &[i128]) -> Vec<i128> {
    let whole: i128 = weights.iter().sum();
    let until = |end: usize| match whole {
        0 if end > 0 => total,
        0 => 0,
        _ => rounded(total * weights[..end].iter().sum::<i128>(), whole),
    };
    (0..weights.len())
        .map(|index| until(index + 1) - until(index))
        .collect()
}

fn check(input: &PlanInput) -> Result<(), TestCaseError> {
    let oracle = Oracle::new(input);
    let demand = oracle.demand();
    let fits = demand
        .values()
        .all(|(orders, forecast)| i64::try_from(orders + forecast).is_ok());
    let plan = match plan(input) {
        Ok(plan) => plan,
        // Other figures of large plans may be too large as well.
        Err(error) => {
            prop_assert_eq!(error, PlanError::Overflow);
            return Ok(());
        }
    };
    prop_assert!(fits);
    for ingredient in input.catalog.ingredients.keys() {
        let days: Vec<NaiveDate> = input
            .start
            .iter_days()
            .take(usize::from(input.horizon_days))
            .collect();
        let of_day = |day: &NaiveDate| {
            demand
                .get(&(ingredient.clone(), *day))
                .copied()
                .unwrap_or_default()
        };
        let (mut running, mut published, mut orders) = (0, 0, 0);
        let mut gross = Vec::new();
        for day in &days {
            running += of_day(day).0 + of_day(day).1;
            orders += of_day(day).0;
            gross.push(rounded(running, 1_000) - published);
            published = rounded(running, 1_000);
        }
        let Some(row) = plan
            .requirements
            .iter()
            .find(|row| row.ingredient_id == *ingredient)
        else {
            prop_assert_eq!(published, 0);
            continue;
        };
        let planned: Vec<i128> = row
            .schedule
            .iter()
            .map(|day| i128::from(day.gross.scaled()))
            .collect();
        prop_assert_eq!(planned, gross);
        let orders = rounded(orders, 1_000);
        prop_assert_eq!(i128::from(row.order_demand.scaled()), orders);
        prop_assert_eq!(i128::from(row.forecast_demand.scaled()), published - orders);
        let pegs: Vec<Peg> = serde_json::from_value(serde_json::to_value(&row.pegging).unwrap()).unwrap();
        prop_assert_eq!(pegs, oracle.pegs(ingredient, orders));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    // D60, D61: aggregation, explosion and pegging.
    #[test]
    fn the_planner_agrees_with_plain_arithmetic(input in an_input(), seed in any::<u64>()) {
        check(&order_of_rows_changed(input, seed))?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    // D60: quantities that leave the 64 bits of the fast paths, and some that leave those of the tables.
    #[test]
    fn the_planner_agrees_with_plain_arithmetic_on_large_quantities(
        mut input in an_input(),
        factor in 1..40_000_000_i64,
    ) {
        let larger = |quantity: &mut Quantity| *quantity = Quantity::from_scaled(quantity.scaled() * factor);
        input.order_demand = with_changed_quantities(&input.order_demand, &larger);
        input.forecast.iter_mut().for_each(|row| larger(&mut row.quantity));
        check(&input)?;
    }
}
