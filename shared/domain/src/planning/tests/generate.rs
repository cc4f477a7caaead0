//! Random bakeries: products over products over ingredients, stock, receipts, suppliers and demand.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use proptest::collection::vec;
use proptest::prelude::*;

use super::fixture::{date, ingredient, supplier};
use crate::calendar::Weekday;
use crate::catalog::{
    Catalog, Ingredient, Offer, OpenReceipt, Ordering, OrderingMethod, Product, Ratio, Recipe, RecipeLine,
    RecipeQuantity, StockLot, Supplier,
};
use crate::decimal::{Money, Percentage, Quantity, UnitPrice};
use crate::planning::{
    DemandDeviation, Forecast, OrderLine, OrderLines, PlanInput, PlanParameters, SafetyStockMethod,
};

/// First day of the horizon.
pub(super) const START: &str = "2026-12-01";
/// Length of the horizon.
pub(super) const DAYS: u64 = 10;

fn day(number: u64) -> NaiveDate {
    // Two days before the start, so that overdue and expired rows occur.
    date("2026-11-29") + Days::new(number)
}

pub(super) fn scaled(range: std::ops::Range<i64>) -> impl Strategy<Value = Quantity> {
    range.prop_map(Quantity::from_scaled)
}

fn offers() -> impl Strategy<Value = Vec<Offer>> {
    let offer = (
        0..4_u8,
        1..90_000_i64,
        0..9_u32,
        0..40_000_i64,
        1..9_000_i64,
        any::<bool>(),
        proptest::option::of(scaled(0..4_000)),
    );
    let offer = offer.prop_map(|(who, price, lead, minimum, pack, preferred, spread)| Offer {
        supplier_id: format!("supplier-{who}"),
        unit_price: UnitPrice::from_scaled(price),
        lead_time_days: Some(lead),
        lead_time_standard_deviation_days: spread,
        minimum_order_quantity: Quantity::from_scaled(minimum),
        pack_size: Quantity::from_scaled(pack),
        preferred,
    });
    vec(offer, 0..4)
}

/// Every lot-sizing method, mostly with what it needs.
fn an_ordering() -> impl Strategy<Value = Ordering> {
    use OrderingMethod::{Eoq, Fixed, LotForLot, Poq, SilverMeal, WagnerWhitin};
    let method = proptest::sample::select(vec![LotForLot, Fixed, Eoq, Poq, SilverMeal, WagnerWhitin]);
    let fixed = proptest::option::weighted(0.9, scaled(1..40_000));
    let costs = (0..9_000_i64, 0..900_i64);
    (method, fixed, proptest::option::of(1..6_u16), costs).prop_map(
        |(method, fixed_quantity, periods, (setup, holding))| Ordering {
            method,
            setup_cost: Money::from_scaled(setup),
            holding_cost_per_day: UnitPrice::from_scaled(holding),
            fixed_quantity,
            periods,
        },
    )
}

fn an_ingredient() -> impl Strategy<Value = Ingredient> {
    let lots = vec(
        (0..3_u8, scaled(0..30_000), proptest::option::of(0..14_u64)),
        0..4,
    );
    let receipts = vec((0..3_u8, 0..16_u64, scaled(1..20_000)), 0..3);
    let keeping = (
        proptest::option::of(0..8_u32),
        proptest::option::weighted(0.8, scaled(0..20_000)),
    );
    let rows = (
        lots,
        receipts,
        scaled(0..12_000),
        offers(),
        an_ordering(),
        keeping,
    );
    rows.prop_map(
        |(lots, receipts, reserved, offers, ordering, keeping)| Ingredient {
            stock_lots: lots
                .into_iter()
                .map(|(id, quantity, expires)| StockLot {
                    lot_id: format!("lot-{id}"),
                    quantity,
                    expires_on: expires.map(day),
                })
                .collect(),
            open_receipts: receipts
                .into_iter()
                .map(|(id, number, quantity)| OpenReceipt {
                    reference: format!("PO-{id}"),
                    date: day(number),
                    quantity,
                })
                .collect(),
            reserved,
            offers,
            ordering,
            shelf_life_days: keeping.0,
            safety_stock_quantity: keeping.1,
            ..ingredient("")
        },
    )
}

/// A recipe over the products after this one and the ingredients, so that there is no cycle.
fn a_recipe(number: usize) -> impl Strategy<Value = Recipe> {
    let line = (number + 1..7, 1..3_000_000_i64, 0..2_000_i64);
    (1..60_000_i64, 0..3_u32, vec(line, 1..4)).prop_map(|(yielded, lead_days, lines)| Recipe {
        yield_quantity: Quantity::from_scaled(yielded),
        lead_days,
        lines: lines
            .into_iter()
            .map(|(item, quantity, waste)| RecipeLine {
                item_id: item_id(item),
                quantity: RecipeQuantity::from_scaled(quantity),
                waste_percentage: Percentage::from_scaled(waste),
            })
            .collect(),
    })
}

/// Items 0 to 3 are products, 4 to 6 ingredients.
fn item_id(number: usize) -> String {
    if number < 4 {
        format!("product-{number}")
    } else {
        format!("ingredient-{number}")
    }
}

fn a_supplier() -> impl Strategy<Value = Supplier> {
    let weekdays = proptest::sample::subsequence(Weekday::ALL.to_vec(), 1..=7);
    (weekdays, 0..3_u32, 0..=10_000_i64, 0..9_u8).prop_map(
        |(working_days, safety_lead_days, reliability, active)| Supplier {
            working_days,
            safety_lead_days,
            reliability: Ratio::from_scaled(reliability),
            is_active: active > 0,
            ..supplier("")
        },
    )
}

fn order_lines(rows: &[(u8, u16, usize, u64, Quantity)]) -> OrderLines {
    let mut lines = OrderLines::default();
    for (order, line, item, number, quantity) in rows {
        let order_id = format!("order-{order}");
        lines.push(&order_id, *line, &item_id(*item), day(*number), *quantity);
    }
    lines
}

/// What safety stock is made of: parameters, deviations of products and ingredients, explicit quantities.
fn a_buffer() -> impl Strategy<Value = (PlanParameters, Vec<DemandDeviation>, BTreeMap<String, Quantity>)> {
    use SafetyStockMethod::{Fixed, Percentage as Share, Statistical};
    let method = proptest::sample::select(vec![Share, Fixed, Statistical]);
    let parameters =
        (0..5_000_i64, method, 5_001..10_000_i64).prop_map(|(percentage, method, level)| PlanParameters {
            safety_stock_percentage: Percentage::from_scaled(percentage),
            safety_stock_method: method,
            service_level: Percentage::from_scaled(level),
            ..PlanParameters::default()
        });
    let deviation = (0..8_usize, scaled(0..20_000)).prop_map(|(item, standard_deviation)| DemandDeviation {
        product_id: item_id(item),
        standard_deviation,
    });
    let explicit = proptest::collection::btree_map((4..7_usize).prop_map(item_id), scaled(0..9_000), 0..2);
    (parameters, vec(deviation, 0..6), explicit)
}

/// A whole plan input.
pub(super) fn an_input() -> impl Strategy<Value = PlanInput> {
    let recipes = (a_recipe(0), a_recipe(1), a_recipe(2), a_recipe(3));
    let ingredients = vec(an_ingredient(), 3);
    let orders = vec(
        (0..6_u8, 1..4_u16, 0..7_usize, 0..14_u64, scaled(1..60_000)),
        0..25,
    );
    let forecast = vec((0..7_usize, 0..14_u64, scaled(1..60_000)), 0..12);
    let suppliers = vec(a_supplier(), 3);
    (recipes, ingredients, orders, forecast, suppliers, a_buffer()).prop_map(
        |(recipes, ingredients, orders, forecast, suppliers, buffer)| {
            let (parameters, demand_deviation, safety_stock_overrides) = buffer;
            let (first, second, third, fourth) = recipes;
            let products = [first, second, third, fourth]
                .into_iter()
                .enumerate()
                .map(|(number, recipe)| Product {
                    id: item_id(number),
                    recipe: Some(recipe),
                    ..Product::default()
                });
            PlanInput {
                start: date(START),
                horizon_days: DAYS as u16,
                today: date(START),
                order_demand: order_lines(&orders),
                overdue_orders: vec!["b".to_owned(), "a".to_owned()],
                forecast: forecast
                    .into_iter()
                    .map(|(item, number, quantity)| Forecast {
                        product_id: item_id(item),
                        date: day(number),
                        quantity,
                    })
                    .collect(),
                catalog: Catalog {
                    products: products.map(|row| (row.id.clone(), row)).collect(),
                    ingredients: (4..).map(item_id).zip(ingredients).collect(),
                    suppliers: (0..)
                        .map(|number| format!("supplier-{number}"))
                        .zip(suppliers)
                        .collect(),
                },
                parameters,
                planned_receipts: Vec::new(),
                demand_deviation,
                safety_stock_overrides,
            }
        },
    )
}

/// Puts rows into another order, decided by a seed.
fn shuffle<T>(rows: &mut [T], seed: &mut u64) {
    for last in (1..rows.len()).rev() {
        *seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        rows.swap(last, (*seed >> 33) as usize % (last + 1));
    }
}

/// The same input with its rows in another order, decided by a seed.
pub(super) fn order_of_rows_changed(mut input: PlanInput, mut seed: u64) -> PlanInput {
    let lines = input.order_demand.clone();
    let mut lines: Vec<OrderLine<'_>> = lines.iter().collect();
    shuffle(&mut lines, &mut seed);
    input.order_demand = lines.into_iter().collect();
    shuffle(&mut input.forecast, &mut seed);
    shuffle(&mut input.overdue_orders, &mut seed);
    shuffle(&mut input.planned_receipts, &mut seed);
    for row in input.catalog.ingredients.values_mut() {
        shuffle(&mut row.stock_lots, &mut seed);
        shuffle(&mut row.open_receipts, &mut seed);
        shuffle(&mut row.offers, &mut seed);
    }
    for recipe in input
        .catalog
        .products
        .values_mut()
        .filter_map(|row| row.recipe.as_mut())
    {
        shuffle(&mut recipe.lines, &mut seed);
    }
    input
}
