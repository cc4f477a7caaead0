//! A bakery of any size to plan for, the same on every machine: every figure is a function of its number alone, so that
//! `dev/benchmarks/compare_planning.py` makes the same rows in another language.

use std::error::Error;

use chrono::{Days, NaiveDate};
use orders_domain::catalog::{
    Catalog, Ingredient, Offer, OpenReceipt, Product, Ratio, Recipe, RecipeLine, RecipeQuantity, StockLot,
    Supplier,
};
use orders_domain::decimal::{Percentage, Quantity, UnitPrice};
use orders_domain::planning::{Forecast, OrderLines, PlanInput, PlanParameters};

/// Products that are sold.
const SOLD: u64 = 9_500;
/// Products that go into them: doughs, fillings.
const DOUGHS: u64 = 500;
const INGREDIENTS: u64 = 2_000;
const SUPPLIERS: u64 = 500;
const DAYS: u16 = 14;
const LINES_PER_ORDER: u64 = 5;
/// Yields of the batches of what is sold, in pieces.
const YIELDS: [i64; 5] = [10, 12, 20, 24, 40];

/// The last step of SplitMix64 (Steele, Lea, Flood 2014): what looks like chance, from a number.
fn mixed(stream: u64, index: u64) -> u64 {
    let mut word = ((stream << 40) + index).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

/// A number below a bound.
fn number(stream: u64, index: u64, below: u64) -> u64 {
    (mixed(stream, index) >> 33) % below
}

/// The same as a signed figure.
pub(crate) fn figure(stream: u64, index: u64, below: u64) -> i64 {
    // Below 2^31.
    number(stream, index, below) as i64
}

fn first_day() -> NaiveDate {
    // A Tuesday.
    NaiveDate::from_ymd_opt(2026, 12, 1).unwrap_or_default()
}

fn product_id(number: u64) -> String {
    format!("product-{number:05}")
}

fn ingredient_id(number: u64) -> String {
    format!("ingredient-{number:04}")
}

fn supplier_id(number: u64) -> String {
    format!("supplier-{number:03}")
}

/// Ids and figures of order lines as they are before they are put together: what a parser has in its hands.
pub(crate) struct RawLines {
    order_ids: Vec<String>,
    product_ids: Vec<String>,
    dates: Vec<NaiveDate>,
    count: u64,
}

impl RawLines {
    /// So many lines, five to an order.
    pub(crate) fn new(count: u64) -> Self {
        let orders = 0..count.div_ceil(LINES_PER_ORDER);
        let order_id = |order| {
            let (high, low) = (mixed(4, order), mixed(5, order));
            let (first, second, third) = (high >> 32, (high >> 16) & 0xFFFF, high & 0xFFF);
            let (fourth, last) = (low >> 52, low & 0xFFFF_FFFF_FFFF);
            format!("{first:08x}-{second:04x}-7{third:03x}-8{fourth:03x}-{last:012x}")
        };
        Self {
            order_ids: orders.map(order_id).collect(),
            product_ids: (0..SOLD).map(product_id).collect(),
            dates: first_day().iter_days().take(usize::from(DAYS)).collect(),
            count,
        }
    }

    /// Puts them together, which numbers their ids.
    pub(crate) fn collect(&self) -> OrderLines {
        let mut lines = OrderLines::default();
        for index in 0..self.count {
            let order = index / LINES_PER_ORDER;
            lines.push(
                &self.order_ids[order as usize],
                (index % LINES_PER_ORDER) as u16 + 1,
                &self.product_ids[number(1, index, SOLD) as usize],
                self.dates[number(2, order, u64::from(DAYS)) as usize],
                Quantity::from_scaled((figure(3, index, 40) + 1) * 1_000),
            );
        }
        lines
    }
}

/// Everything a plan is made from.
pub(crate) fn input(order_demand: OrderLines, with_forecast: bool) -> Result<PlanInput, Box<dyn Error>> {
    let forecast = if with_forecast { forecast() } else { Vec::new() };
    let with_id = |(number, product): (u64, Product)| (product_id(number), product);
    Ok(PlanInput {
        start: first_day(),
        horizon_days: DAYS,
        today: first_day(),
        order_demand,
        overdue_orders: Vec::new(),
        forecast,
        catalog: Catalog {
            products: (0..SOLD + DOUGHS)
                .map(|number| (number, product(number)))
                .map(with_id)
                .collect(),
            ingredients: (0..INGREDIENTS)
                .map(|number| (ingredient_id(number), ingredient(number)))
                .collect(),
            suppliers: (0..SUPPLIERS)
                .map(|number| (supplier_id(number), supplier(number)))
                .collect(),
        },
        parameters: PlanParameters {
            safety_stock_percentage: Percentage::parse("20")?,
            ..PlanParameters::default()
        },
        planned_receipts: Vec::new(),
        demand_deviation: Vec::new(),
        safety_stock_overrides: Default::default(),
    })
}

/// A forecast for everything that is sold, on every day.
fn forecast() -> Vec<Forecast> {
    let days = || (0..u64::from(DAYS)).zip(first_day().iter_days());
    let of_product = |product: u64| {
        days().map(move |(day, date)| Forecast {
            product_id: product_id(product),
            date,
            quantity: Quantity::from_scaled(figure(6, product * u64::from(DAYS) + day, 300_000)),
        })
    };
    (0..SOLD).flat_map(of_product).collect()
}

/// Three ingredients, and for what is sold also a dough, which has three of its own.
fn product(product: u64) -> Product {
    let is_sold = product < SOLD;
    let bought = (0..3).map(|line| RecipeLine {
        item_id: ingredient_id(number(12 + line, product, INGREDIENTS)),
        // 5 g to 2 kg a batch.
        quantity: RecipeQuantity::from_scaled((figure(15 + line, product, 400) + 1) * 5_000),
        waste_percentage: Percentage::from_scaled(figure(18 + line, product, 6) * 50),
    });
    let dough = is_sold.then(|| RecipeLine {
        item_id: product_id(SOLD + number(21, product, DOUGHS)),
        quantity: RecipeQuantity::from_scaled((figure(22, product, 2_000) + 1) * 5_000),
        waste_percentage: Percentage::from_scaled(100),
    });
    let yielded = if is_sold {
        YIELDS[number(10, product, 5) as usize]
    } else {
        10 + figure(10, product, 40)
    };
    let made_ahead = number(11, product, if is_sold { 10 } else { 2 }) == 0;
    Product {
        id: product_id(product),
        name: format!("Product {product}"),
        unit: "piece".to_owned(),
        recipe: Some(Recipe {
            yield_quantity: Quantity::from_scaled(yielded * 1_000),
            lead_days: u32::from(made_ahead),
            lines: bought.chain(dough).collect(),
        }),
        ..Product::default()
    }
}

fn ingredient(ingredient: u64) -> Ingredient {
    let lot = |lot: u64| StockLot {
        lot_id: format!("lot-{ingredient}-{lot}"),
        quantity: Quantity::from_scaled(figure(30 + lot, ingredient, 400_000)),
        expires_on: (lot == 0).then(|| first_day() + Days::new(number(32, ingredient, 30))),
    };
    let offer = |offer: u64| Offer {
        supplier_id: supplier_id(number(34 + offer, ingredient, SUPPLIERS)),
        unit_price: UnitPrice::from_scaled(figure(37 + offer, ingredient, 90_000) + 1_000),
        lead_time_days: Some(1 + number(40 + offer, ingredient, 6) as u32),
        minimum_order_quantity: Quantity::from_scaled(figure(43 + offer, ingredient, 5) * 10_000),
        pack_size: Quantity::from_scaled((figure(46 + offer, ingredient, 25) + 1) * 1_000),
        preferred: offer == 2 && number(49, ingredient, 4) == 0,
        ..Offer::default()
    };
    Ingredient {
        id: ingredient_id(ingredient),
        name: format!("Ingredient {ingredient}"),
        unit: "kg".to_owned(),
        reserved: Quantity::from_scaled(figure(50, ingredient, 20_000)),
        stock_lots: (0..2).map(lot).collect(),
        open_receipts: vec![OpenReceipt {
            reference: format!("PO-{ingredient}"),
            date: first_day() + Days::new(number(51, ingredient, u64::from(DAYS))),
            quantity: Quantity::from_scaled(figure(52, ingredient, 300_000) + 1),
        }],
        offers: (0..3).map(offer).collect(),
        ..Ingredient::default()
    }
}

fn supplier(supplier: u64) -> Supplier {
    let mut row = Supplier {
        id: supplier_id(supplier),
        name: format!("Supplier {supplier}"),
        reliability: Ratio::from_scaled(8_000 + figure(60, supplier, 2_001)),
        safety_lead_days: number(61, supplier, 2) as u32,
        ..Supplier::default()
    };
    row.working_days.truncate(5 + number(62, supplier, 3) as usize);
    row
}
