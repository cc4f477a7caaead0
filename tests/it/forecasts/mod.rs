//! What is expected to be sold (D70): where its history comes from, and where it is shown.

mod orders;
mod partner;
mod shown;

use chrono::{Datelike as _, Days, NaiveDate};
use serde_json::{Value, json};

use crate::support::background::id;
use crate::support::{Background, World};

/// The tests' today.
fn today() -> NaiveDate {
    "2026-12-01".parse().unwrap()
}

/// What is sold on each weekday, from Monday on.
const WEEK: [u32; 7] = [20, 22, 24, 26, 40, 60, 10];

/// What is sold on a date by the pattern of the week.
fn sold(date: NaiveDate) -> u32 {
    WEEK[date.weekday().num_days_from_monday() as usize]
}

/// Imports weeks of sales of a product that follow the pattern of the week.
async fn import(world: &World, product: &str, weeks: u64) {
    let first = today() - Days::new(weeks * 7);
    let rows: Vec<Value> = first
        .iter_days()
        .take_while(|date| *date < today())
        .map(|date| json!({"product_id": product, "date": date, "quantity": sold(date)}))
        .collect();
    let answer = world.post("/catalog/sales-history", &json!({"rows": rows})).await;
    answer.expect(200);
}

/// Rye loaves of a pound of flour each.
async fn catalog(world: &World) {
    let catalog = json!({
        "suppliers": [{"id": "mill", "name": "Old Mill"}],
        "ingredients": [{
            "id": "flour", "name": "Rye flour", "unit": "kg",
            "offers": [{"supplier_id": "mill", "unit_price": "0.85", "lead_time_days": 0, "pack_size": "0.5"}],
        }],
        "products": [{
            "id": "rye", "name": "Rye loaf", "unit": "piece", "price": "3.20",
            "recipe": {"yield_quantity": "2", "lines": [{"item_id": "flour", "quantity": "1"}]},
        }],
    });
    world.post("/catalog/import", &catalog).await.expect(200);
}

/// Starts a plan and computes it.
async fn planned(world: &World, body: Value) -> Value {
    let started = world.post("/procurement/plans", &body).await.expect(202);
    Background::of(world).compute(world, id(&started)).await.unwrap();
    let path = format!("/procurement/plans/{}", id(&started));
    let plan = world.get(&path).await.expect(200);
    assert_eq!(plan["status"], "draft", "{plan:#}");
    plan
}

/// A member of each element of a list.
fn column<'a>(list: &'a Value, name: &str) -> Vec<&'a str> {
    let list = list.as_array().unwrap_or_else(|| panic!("{list}"));
    list.iter().map(|row| row[name].as_str().unwrap()).collect()
}
