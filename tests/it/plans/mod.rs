//! `/procurement/plans`, and how a plan is computed behind the queue.

mod compute;
mod drafts;
mod runs;
mod start;

use serde_json::{Value, json};

use crate::support::World;
use crate::support::background::id;

/// The catalog of SPEC §9's worked example: on hand 35, reserved 5, receipts 10, MOQ 50, pack 25, lead time 3 days.
async fn worked_catalog(world: &World) {
    let catalog = json!({
        "suppliers": [{"id": "mill", "name": "Old Mill"}],
        "ingredients": [{
            "id": "flour", "name": "Rye flour", "unit": "kg", "reserved": "5",
            "stock_lots": [{"lot_id": "L-1", "quantity": "35"}],
            "open_receipts": [{"reference": "PO-7", "date": "2026-12-05", "quantity": "10"}],
            "offers": [{"supplier_id": "mill", "unit_price": "0.85", "lead_time_days": 3,
                "minimum_order_quantity": "50", "pack_size": "25"}],
        }],
        "products": [{
            "id": "rye", "name": "Rye loaf", "unit": "piece", "price": "3.20",
            "recipe": {"yield_quantity": "1", "lines": [{"item_id": "flour", "quantity": "1"}]},
        }],
    });
    let answer = world.post("/catalog/import", &catalog).await.expect(200);
    let results = answer["results"].as_array().unwrap();
    assert!(results.iter().all(|row| row["status"] == "created"), "{answer:#}");
}

/// Orders loaves for a day; gives the order.
async fn ordered(world: &World, customer: &str, date: &str, quantity: &str) -> Value {
    let order = json!({
        "requested_delivery_at": format!("{date}T06:00:00Z"),
        "items": [{"product_id": "rye", "quantity": quantity}],
    });
    world.order(customer, order).await
}

/// The demand of the worked example: 100 on 10 December, of two orders.
async fn worked_orders(world: &World) -> [Value; 2] {
    let customer = world.customer(json!({})).await;
    [
        ordered(world, &customer, "2026-12-10", "60").await,
        ordered(world, &customer, "2026-12-10", "40").await,
    ]
}

/// Starts a plan; gives its id.
async fn started(world: &World, body: Value) -> String {
    let plan = world.post("/procurement/plans", &body).await.expect(202);
    assert_eq!(plan["status"], "calculating");
    id(&plan).to_owned()
}

/// A plan as it is now.
async fn plan(world: &World, id: &str) -> Value {
    world.get(&format!("/procurement/plans/{id}")).await.expect(200)
}
