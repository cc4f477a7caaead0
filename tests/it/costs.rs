//! What requests cost, against the budgets of DESIGN §9. The units are computed by DynamoDB's rules from the bytes that
//! travel (`support/meter.rs`), since the emulator does not tell them.

use serde_json::{Value, json};

use crate::support::World;
use crate::support::background::id;
use crate::support::meter::{Cost, Meter};
use crate::support::orders::new_order;

/// A bakery with a catalog whose products have everything a product has; the process is warm.
async fn bakery() -> (World, Meter, String) {
    let meter = Meter::default();
    let world = World::metered(&meter).await;
    for (product, name) in PRODUCTS {
        let body = json!({
            "name": name, "category": "bread and rolls", "unit": "piece", "price": "3.5000", "unit_cost": "1.1500",
            "allergens": ["gluten", "sesame"],
        });
        world
            .put(&format!("/catalog/products/{product}"), &body)
            .await
            .expect(201);
    }
    let customer = world
        .customer(json!({
            "name": "Café Noir am Markt", "email": "orders@cafe-noir.example", "payment_terms": "net_30",
            "credit_limit": "100000", "phone": "+49 30 1234567",
            "address": {"line1": "Marktplatz 4", "city": "Berlin", "postal_code": "10115", "country": "DE"},
        }))
        .await;
    order(&world, &customer, "cash").await;
    meter.take();
    (world, meter, customer)
}

const PRODUCTS: [(&str, &str); 8] = [
    ("rye-dark-1kg", "Dark rye bread, 1 kg"),
    ("rye-light-500", "Light rye bread, 500 g"),
    ("roll-poppy", "Roll with poppy seeds"),
    ("roll-sesame", "Roll with sesame"),
    ("croissant", "Croissant with butter"),
    ("pretzel", "Pretzel, Swabian"),
    ("baguette-250", "Baguette, 250 g"),
    ("apple-cake-12", "Apple cake, 12 pieces"),
];

async fn order(world: &World, customer: &str, method: &str) -> Value {
    let items: Vec<_> = PRODUCTS
        .iter()
        .map(|(product, _)| json!({"product_id": product, "quantity": "12", "tax_rate": "7"}))
        .collect();
    let more = json!({"items": items, "payment_method": method, "delivery_method": "delivery", "delivery_fee": "6.00"});
    world
        .post("/orders", &new_order(customer, more))
        .await
        .expect(201)
}

#[tokio::test]
async fn creating_an_order_of_eight_lines_keeps_to_its_budget() {
    // DESIGN §9: 2 sequential round trips, ≤ 7 write units; on account ≤ 13
    let (world, meter, customer) = bakery().await;
    order(&world, &customer, "cash").await;
    let cash = meter.take();
    assert!(cash.writes <= 7 && cash.round_trips == 2, "{cash:?}");
    order(&world, &customer, "account").await;
    let account = meter.take();
    assert!(account.writes <= 13 && account.round_trips == 2, "{account:?}");
    // Reads: the order's own id, the customer, its credit, and each line's product.
    assert!(
        cash.half_reads <= 2 * (3 + 8) && account.half_reads <= 2 * (3 + 8),
        "{cash:?} {account:?}"
    );
}

#[tokio::test]
async fn every_change_of_status_keeps_to_its_budget() {
    // DESIGN §9: ≤ 7 write units; calculated for create and 5 changes: about 40
    let (world, meter, customer) = bakery().await;
    let order = order(&world, &customer, "cash").await;
    let mut all = meter.take().writes;
    for status in [
        "confirmed",
        "in_production",
        "ready",
        "out_for_delivery",
        "delivered",
    ] {
        world.walk(id(&order), &[status]).await;
        let cost = meter.take();
        assert!(
            cost.writes <= 7 && cost.round_trips == 2 && cost.half_reads <= 2,
            "{status}: {cost:?}"
        );
        all += cost.writes;
    }
    assert!(all <= 42, "{all}");
}

#[tokio::test]
async fn reading_an_order_is_one_unit() {
    // DESIGN §9: ≤ 1
    let (world, meter, customer) = bakery().await;
    let order = order(&world, &customer, "cash").await;
    meter.take();
    world.get(&format!("/orders/{}", id(&order))).await.expect(200);
    assert_eq!(
        meter.take(),
        Cost {
            writes: 0,
            half_reads: 2,
            round_trips: 1
        }
    );
}

#[tokio::test]
async fn pages_of_fifty_keep_to_their_budgets() {
    // DESIGN §9: by creation ≤ 2.5, by delivery ≤ 4
    let (world, meter, customer) = bakery().await;
    for _ in 0..52 {
        order(&world, &customer, "cash").await;
    }
    meter.take();
    for (path, most_half_units) in [
        ("/orders?limit=50", 5),
        ("/orders?limit=50&sort=delivery_at", 8),
        (
            "/orders?limit=50&delivery_from=2026-12-01&delivery_to=2026-12-31",
            8,
        ),
    ] {
        let page = world.get(path).await.expect(200);
        assert_eq!(page["items"].as_array().unwrap().len(), 50);
        let cost = meter.take();
        assert!(
            cost.half_reads <= most_half_units && cost.round_trips == 1,
            "{path}: {cost:?}"
        );
    }
}
