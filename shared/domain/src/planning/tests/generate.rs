//! Random bakeries: products over products over ingredients, stock, receipts, suppliers and demand.

use chrono::{Days, NaiveDate};
use proptest::collection::vec;
use proptest::prelude::*;

use super::fixture::{date, ingredient, supplier};
use crate::calendar::Weekday;
use crate::catalog::{
    Catalog, Ingredient, Offer, OpenReceipt, Product, Ratio, Recipe, RecipeLine, RecipeQuantity, StockLot,
    Supplier,
};
use crate::decimal::{Percentage, Quantity, UnitPrice};
use crate::planning::{Forecast, OrderDemand, PlanInput, PlanParameters};

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
    );
    let offer = offer.prop_map(|(who, price, lead, minimum, pack, preferred)| Offer {
        supplier_id: format!("supplier-{who}"),
        unit_price: UnitPrice::from_scaled(price),
        lead_time_days: Some(lead),
        minimum_order_quantity: Quantity::from_scaled(minimum),
        pack_size: Quantity::from_scaled(pack),
        preferred,
    });
    vec(offer, 0..4)
}

fn an_ingredient() -> impl Strategy<Value = Ingredient> {
    let lots = vec(
        (0..3_u8, scaled(0..30_000), proptest::option::of(0..14_u64)),
        0..4,
    );
    let receipts = vec((0..3_u8, 0..16_u64, scaled(1..20_000)), 0..3);
    (lots, receipts, scaled(0..12_000), offers()).prop_map(|(lots, receipts, reserved, offers)| Ingredient {
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
        ..ingredient("")
    })
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
    (recipes, ingredients, orders, forecast, suppliers, 0..5_000_i64).prop_map(
        |(recipes, ingredients, orders, forecast, suppliers, percentage)| {
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
                order_demand: orders
                    .into_iter()
                    .map(|(order, line, item, number, quantity)| OrderDemand {
                        order_id: format!("order-{order}"),
                        line,
                        product_id: item_id(item),
                        date: day(number),
                        quantity,
                    })
                    .collect(),
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
                parameters: PlanParameters {
                    safety_stock_percentage: Percentage::from_scaled(percentage),
                    default_lead_time_days: 3,
                },
                planned_receipts: Vec::new(),
            }
        },
    )
}
