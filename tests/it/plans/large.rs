//! A large tenant: 50 000 open order lines, 1 000 ingredients and half a year of sales, in one run and within its memory.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use chrono::{Datelike as _, Days, NaiveDate};
use futures_util::{StreamExt as _, stream};
use orders_service::store::keys;
use serde_json::{Value, json};
use uuid::Uuid;

use super::started;
use crate::support::{Background, World};

const INGREDIENTS: u32 = 1_000;
const PRODUCTS: u32 = 300;
/// Ingredients of a product.
const RECIPE_LINES: u32 = 6;
const ORDERS: u32 = 6_250;
const LINES: u32 = 8;
/// Days on which orders are due, from tomorrow on.
const DAYS: u32 = 13;
/// What a function may answer.
const LARGEST_ANSWER: usize = 6 * 1024 * 1024;

type Item = std::collections::HashMap<String, AttributeValue>;

fn ingredient(number: u32) -> String {
    format!("ingredient-{number:04}")
}

fn product(number: u32) -> String {
    format!("product-{number:03}")
}

/// The ingredients of a product: every ingredient is in some product.
fn recipe(number: u32) -> impl Iterator<Item = u32> {
    (0..RECIPE_LINES).map(move |line| (number * RECIPE_LINES + line) % INGREDIENTS)
}

async fn import(world: &World) {
    let suppliers: Vec<Value> = (0..20)
        .map(|number| json!({"id": format!("supplier-{number}"), "name": format!("Supplier {number}")}))
        .collect();
    world
        .post("/catalog/import", &json!({"suppliers": suppliers}))
        .await
        .expect(200);
    for first in (0..INGREDIENTS).step_by(100) {
        let rows: Vec<Value> = (first..first + 100)
            .map(|number| {
                let offer = |other: u32| {
                    json!({"supplier_id": format!("supplier-{}", (number + other) % 20), "unit_price": "1.25",
                        "lead_time_days": 1 + other, "pack_size": "5"})
                };
                json!({"id": ingredient(number), "name": format!("Ingredient {number}"), "unit": "kg",
                    "stock_lots": [{"lot_id": "L1", "quantity": "40", "expires_on": "2026-12-09"}],
                    "offers": [offer(0), offer(1)]})
            })
            .collect();
        world
            .post("/catalog/import", &json!({"ingredients": rows}))
            .await
            .expect(200);
    }
    for first in (0..PRODUCTS).step_by(100) {
        let rows: Vec<Value> = (first..first + 100)
            .map(|number| {
                let lines: Vec<Value> = recipe(number)
                    .map(|item| json!({"item_id": ingredient(item), "quantity": "0.25"}))
                    .collect();
                json!({"id": product(number), "name": format!("Product {number}"), "unit": "piece", "price": "3",
                    "recipe": {"yield_quantity": "1", "lines": lines}})
            })
            .collect();
        world
            .post("/catalog/import", &json!({"products": rows}))
            .await
            .expect(200);
    }
}

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// Copies of an order that was placed, for other days and with lines of its own.
async fn copies(world: &World) -> Vec<Item> {
    let customer = world.customer(json!({})).await;
    let placed = json!({
        "requested_delivery_at": "2027-06-01T06:00:00Z", "items": [{"product_id": product(0), "quantity": 1}],
    });
    let placed = world.order(&customer, placed).await;
    let tenant = orders_service::auth::TenantId(world.tenant);
    let key = keys::order(tenant, placed["id"].as_str().unwrap().parse().unwrap());
    let model = world
        .in_store(async |store| store.get_item(&key).await.unwrap().unwrap())
        .await;
    let copy = |number: u32| {
        let (id, mut item) = (Uuid::from_u128(u128::from(number) + 1), model.clone());
        let at = world.app.now() + chrono::Duration::days(i64::from(1 + number % DAYS));
        let lines: Vec<String> = (0..LINES)
            .map(|line| format!("{}=2000", product((number * LINES + line) % PRODUCTS)))
            .collect();
        item.insert("id".into(), text(id));
        item.insert("pk".into(), text(keys::order(tenant, id).pk));
        item.insert(
            "g1s".into(),
            text(format!("{}#{id}", keys::sortable_time(world.app.now()))),
        );
        item.insert("g2s".into(), text(keys::delivery_sort(at.date_naive(), at, id)));
        item.insert(
            "g3s".into(),
            text(format!("{}#{id}", keys::sortable_time(world.app.now()))),
        );
        item.insert("dv".into(), text(lines.join(",")));
        if let Some(AttributeValue::M(row)) = item.get_mut("r") {
            row.insert("dd".into(), text(at.date_naive().to_string()));
            row.insert("rd".into(), AttributeValue::N(at.timestamp_millis().to_string()));
        }
        item
    };
    (0..ORDERS).map(copy).collect()
}

/// Half a year of sales of every product, as the import keeps them.
fn sales(world: &World) -> Vec<Item> {
    let tenant = orders_service::auth::TenantId(world.tenant);
    let today = world.app.now().date_naive();
    let days = |from: u64| (1..=from).map(move |back| today - Days::new(back));
    let of_product = |number: u32| {
        let mut months: BTreeMap<NaiveDate, Item> = BTreeMap::new();
        for date in days(180) {
            let month = date.with_day(1).unwrap();
            let key = keys::sales_history(tenant, &product(number), month);
            let item = months.entry(month).or_insert_with(|| {
                Item::from([
                    ("pk".into(), text(key.pk)),
                    ("sk".into(), text(key.sk)),
                    ("k".into(), text("SH")),
                    ("sv".into(), AttributeValue::N("1".into())),
                    ("p".into(), text(product(number))),
                    ("m".into(), text(month.to_string())),
                    ("d".into(), AttributeValue::M(Item::new())),
                ])
            });
            let sold =
                20 + (number * 7 + date.ordinal() * 13) % 17 + 5 * date.weekday().num_days_from_monday();
            if let Some(AttributeValue::M(days)) = item.get_mut("d") {
                days.insert(format!("{:02}", date.day()), text(format!("{sold}.000")));
            }
        }
        months.into_values()
    };
    (0..PRODUCTS).flat_map(of_product).collect()
}

async fn write(world: &World, items: Vec<Item>) {
    let client = aws_sdk_dynamodb::Client::new(&world.aws);
    let client = &client;
    stream::iter(items.chunks(25).map(<[Item]>::to_vec).collect::<Vec<_>>())
        .map(|batch| async move {
            let puts = batch.into_iter().map(|item| {
                let put = PutRequest::builder().set_item(Some(item)).build().unwrap();
                WriteRequest::builder().put_request(put).build()
            });
            let request = client
                .batch_write_item()
                .request_items(&world.table, puts.collect());
            let left = request.send().await.unwrap().unprocessed_items;
            assert!(left.is_none_or(|left| left.is_empty()));
        })
        .buffer_unordered(4)
        .collect::<Vec<()>>()
        .await;
}

/// The most memory this process has had, in megabytes: each test is a process of its own.
fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    let kilobytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kilobytes / 1024
}

/// Every page of a plan.
async fn pages(world: &World, id: &str) -> Vec<Value> {
    let (mut pages, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let query = cursor.map_or(String::new(), |cursor| format!("?cursor={cursor}"));
        let page = world
            .get(&format!("/procurement/plans/{id}{query}"))
            .await
            .expect(200);
        assert!(page.to_string().len() < LARGEST_ANSWER);
        cursor = page["requirements_next_cursor"].as_str().map(str::to_owned);
        pages.push(page);
        if cursor.is_none() {
            return pages;
        }
    }
}

#[tokio::test]
async fn fifty_thousand_lines_and_a_thousand_ingredients_are_planned_in_one_run() {
    // D60, D69, D70
    let world = World::new().await;
    let background = Background::of(&world);
    import(&world).await;
    write(&world, copies(&world).await).await;
    write(&world, sales(&world)).await;
    let id = started(&world, json!({})).await;

    let begun = Instant::now();
    background.compute(&world, &id).await.unwrap();
    let (seconds, peak) = (begun.elapsed().as_secs_f64(), peak_megabytes());
    eprintln!("planned in {seconds:.1} s, at most {peak} MB");
    assert!(seconds < 60.0, "{seconds}");
    assert!(peak < 512, "{peak} MB");

    let pages = pages(&world, &id).await;
    let first = &pages[0];
    assert_eq!(first["status"], "draft");
    assert_eq!(first["requirement_count"], INGREDIENTS);
    assert_eq!(first["forecasts"].as_array().unwrap().len(), PRODUCTS as usize);
    assert!(pages.len() > 1, "all of it in one answer");
    let all: Vec<&Value> = pages
        .iter()
        .flat_map(|page| page["requirements"].as_array().unwrap())
        .collect();
    let ids: BTreeSet<&str> = all
        .iter()
        .map(|row| row["ingredient_id"].as_str().unwrap())
        .collect();
    assert_eq!(
        (all.len(), ids.len()),
        (INGREDIENTS as usize, INGREDIENTS as usize)
    );
    // Two of a product on every line, a quarter of a kilogram each, however the recipes share the ingredients.
    let mut ordered: BTreeMap<String, u32> = BTreeMap::new();
    for line in 0..ORDERS * LINES {
        for item in recipe(line % PRODUCTS) {
            *ordered.entry(ingredient(item)).or_default() += 500;
        }
    }
    for row in all {
        let id = row["ingredient_id"].as_str().unwrap();
        let grams = ordered[id];
        assert_eq!(
            row["order_demand"],
            format!("{}.{:03}", grams / 1_000, grams % 1_000),
            "{id}"
        );
    }

    // Everything that is forecast is told beside demand, and a what-if of this size still fits into an answer.
    let demand = world
        .get("/orders/demand-requirements?target_date=2026-12-02")
        .await
        .expect(200);
    let products = demand["products"].as_array().unwrap();
    assert_eq!(products.len(), PRODUCTS as usize);
    assert!(products.iter().all(|row| row["forecast_quantity"].is_string()));
    let simulated = world
        .post("/procurement/plans/simulate", &json!({}))
        .await
        .expect(200);
    assert!(simulated.to_string().len() < LARGEST_ANSWER);
    assert_eq!(
        simulated["requirements"].as_array().unwrap().len(),
        INGREDIENTS as usize
    );
    assert_eq!(simulated["abridged"], json!(["pegging", "schedule"]));
    assert_eq!(simulated["difference"]["requirements"], json!([]));
    world.delete_table().await;
}
