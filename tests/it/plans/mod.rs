//! `/procurement/plans`, and how a plan is computed behind the queue.

mod compute;
mod costs;
mod drafts;
mod edits;
mod large;
mod list;
mod performance;
mod proposal;
mod races;
mod reports;
mod resumed;
mod runs;
mod simulate;
mod start;
mod status;
mod status_matrix;
mod tidying;

use serde_json::{Value, json};

use crate::support::background::id;
use crate::support::{Answer, Background, World};

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

/// Three ingredients of a loaf: flour from the mill, which the depot could deliver instead; butter from the dairy; salt,
/// which nobody offers.
async fn three_ingredients(world: &World) {
    let offer = |supplier: &str, price: &str, lead_time_days: u32, pack: &str| json!({"supplier_id": supplier, "unit_price": price, "lead_time_days": lead_time_days, "pack_size": pack});
    let mut mill = offer("mill", "0.85", 3, "25");
    mill["minimum_order_quantity"] = json!("50");
    mill["preferred"] = json!(true);
    let catalog = json!({
        "suppliers": [
            {"id": "mill", "name": "Old Mill"}, {"id": "depot", "name": "Depot, \"North\""},
            {"id": "dairy", "name": "=Dairy"},
        ],
        "ingredients": [
            {"id": "flour", "name": "Rye flour", "unit": "kg", "offers": [mill, offer("depot", "1.05", 1, "10")]},
            {"id": "butter", "name": "Butter", "unit": "kg", "offers": [offer("dairy", "6.4", 2, "5")],
                "quality_specifications": "82 % fat, below 7 °C", "special_requirements": "+ ice"},
            {"id": "salt", "name": "Salt", "unit": "kg"},
        ],
        "products": [{
            "id": "rye", "name": "Rye loaf", "unit": "piece", "price": "3.20",
            "recipe": {"yield_quantity": "1", "lines": [
                {"item_id": "flour", "quantity": "1"}, {"item_id": "butter", "quantity": "0.2"},
                {"item_id": "salt", "quantity": "0.02"},
            ]},
        }],
    });
    world.post("/catalog/import", &catalog).await.expect(200);
}

/// A draft of 1 December that buys 100 kg of flour, 20 kg of butter and 2 kg of salt for the 10th.
async fn drafted(world: &World, background: &Background) -> String {
    three_ingredients(world).await;
    worked_orders(world).await;
    drafted_again(world, background).await
}

/// One more draft of the same.
async fn drafted_again(world: &World, background: &Background) -> String {
    let body = json!({"parameters": {"safety_stock_percentage": "0"}, "use_forecast": false});
    let id = started(world, body).await;
    background.compute(world, &id).await.unwrap();
    id
}

/// Asks for a move of a plan.
async fn asked(world: &World, id: &str, status: &str) -> Answer {
    let path = format!("/procurement/plans/{id}/status");
    world.put(&path, &json!({"status": status})).await
}

/// Moves a plan step by step; gives the plan.
async fn moved(world: &World, id: &str, statuses: &[&str]) -> Value {
    let mut plan = Value::Null;
    for status in statuses {
        plan = asked(world, id, status).await.expect(200);
        assert_eq!(plan["status"], *status);
    }
    plan
}

/// Changes a requirement.
async fn change(world: &World, id: &str, ingredient: &str, body: Value) -> Answer {
    let path = format!("/procurement/plans/{id}/requirements/{ingredient}");
    world.put(&path, &body).await
}

/// A requirement as the plan has it.
async fn requirement(world: &World, id: &str, ingredient: &str) -> Value {
    let plan = plan(world, id).await;
    let mut rows = plan["requirements"].as_array().unwrap().iter();
    rows.find(|row| row["ingredient_id"] == ingredient)
        .unwrap()
        .clone()
}

/// Some fields of a value, in order.
fn fields<const N: usize>(value: &Value, names: [&str; N]) -> [Value; N] {
    names.map(|name| value[name].clone())
}

/// The pointers and codes of a problem's faulty fields.
fn faults(problem: &Value) -> Vec<String> {
    let errors = problem["errors"].as_array().into_iter().flatten();
    let told = errors.map(|error| {
        format!(
            "{} {}",
            error["pointer"].as_str().unwrap(),
            error["code"].as_str().unwrap()
        )
    });
    told.collect()
}
