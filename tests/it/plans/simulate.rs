//! `POST /procurement/plans/simulate`

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{ordered, plan, started, worked_catalog, worked_orders};
use crate::support::background::id;
use crate::support::{Background, World};

const PATH: &str = "/procurement/plans/simulate";

async fn simulated(world: &World, body: Value) -> Value {
    world.post(PATH, &body).await.expect(200)
}

/// The worked example with a draft.
async fn drafted() -> (World, Value) {
    let world = World::new().await;
    worked_catalog(&world).await;
    worked_orders(&world).await;
    let id = started(&world, json!({})).await;
    Background::of(&world).compute(&world, &id).await.unwrap();
    let draft = plan(&world, &id).await;
    (world, draft)
}

/// Everything in the table, to see that it stays.
async fn contents(world: &World) -> Vec<String> {
    let client = aws_sdk_dynamodb::Client::new(&world.aws);
    let items = client.scan().table_name(&world.table).send().await.unwrap();
    let mut all: Vec<String> = items
        .items()
        .iter()
        .map(|item| {
            let attributes: BTreeMap<_, _> = item.iter().collect();
            // Maps within have no order of their own, so only what they are made of is compared.
            let mut characters: Vec<char> = format!("{attributes:?}").chars().collect();
            characters.sort_unstable();
            characters.into_iter().collect()
        })
        .collect();
    all.sort_unstable();
    all
}

#[tokio::test]
async fn nothing_supposed_gives_the_plan_that_would_be_made_and_no_difference() {
    // D69
    let (world, draft) = drafted().await;
    let shown = simulated(&world, json!({})).await;
    for name in [
        "requirements",
        "forecasts",
        "exceptions",
        "estimated_cost",
        "risk",
        "parameters",
        "warnings",
        "requirement_count",
        "critical_count",
        "supplier_count",
        "supplier_diversification",
        "horizon_end_date",
    ] {
        assert_eq!(shown[name], draft[name], "{name}");
    }
    assert_eq!(
        shown["difference"],
        json!({
            "plan_id": id(&draft), "plan_number": draft["plan_number"], "plan_status": "draft",
            "estimated_cost_before": "85.00", "estimated_cost_after": "85.00", "estimated_cost_change": "0.00",
            "requirements": [],
        })
    );
}

#[tokio::test]
async fn nothing_is_stored() {
    // D69
    let (world, _) = drafted().await;
    let before = contents(&world).await;
    let body = json!({
        "extra_demand": [{"product_id": "rye", "date": "2026-12-05", "quantity": 10}],
        "overrides": {"flour": {"on_hand": "0"}},
    });
    simulated(&world, body.clone()).await;
    world.post_with_key(PATH, "a-key", &body).await.expect(200);
    assert_eq!(contents(&world).await, before);
}

#[tokio::test]
async fn extra_demand_is_planned_and_pegged_and_the_difference_says_what_it_comes_to() {
    // D69
    let (world, draft) = drafted().await;
    let extra = json!([{"product_id": "rye", "date": "2026-12-08", "quantity": "45.5"}]);
    let shown = simulated(&world, json!({"extra_demand": extra})).await;
    let flour = &shown["requirements"][0];
    // 145.5 + 29.1 safety stock − 30 − 10 = 134.6, in packs of 25.
    assert_eq!(flour["gross_requirement"], "145.500");
    assert_eq!(flour["net_requirement"], "134.600");
    assert_eq!(flour["order_quantity"], "150.000");
    assert_eq!(flour["pegging"][0]["order_id"], "extra-demand");
    assert_eq!(flour["pegging_count"], 3);
    let before = &draft["requirements"][0];
    let figures = |row: &Value| {
        json!({
            "order_quantity": row["order_quantity"], "required_date": row["required_date"],
            "order_by_date": row["order_by_date"], "supplier_id": row["supplier_id"],
            "estimated_cost": row["estimated_cost"],
        })
    };
    assert_eq!(
        shown["difference"]["requirements"],
        json!([{
            "ingredient_id": "flour", "name": "Rye flour", "unit": "kg",
            "before": figures(before), "after": figures(flour),
            "order_quantity_change": "50.000", "estimated_cost_change": "42.50",
        }])
    );
    assert_eq!(shown["difference"]["estimated_cost_change"], "42.50");
}

#[tokio::test]
async fn stock_lead_time_suppliers_and_safety_stock_may_be_supposed() {
    // D69
    let (world, _) = drafted().await;
    let flour = async |supposed: Value| {
        let shown = simulated(&world, json!({"overrides": {"flour": supposed}})).await;
        shown["requirements"][0].clone()
    };
    let figure = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    let full = flour(json!({"on_hand": 200, "reserved": 0})).await;
    assert_eq!(
        (figure(&full, "available"), figure(&full, "order_quantity")),
        ("200.000".into(), "0.000".into())
    );
    let slow = flour(json!({"lead_time_days": 12})).await;
    assert_eq!(figure(&slow, "order_by_date"), "2026-12-01");
    let codes: Vec<_> = slow["exceptions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["code"].clone())
        .collect();
    assert!(
        codes.contains(&json!("late")) && codes.contains(&json!("past_due")),
        "{codes:?}"
    );
    let alone = flour(json!({"unavailable_suppliers": ["mill"]})).await;
    assert_eq!(alone["supplier_id"], Value::Null);
    let buffered = flour(json!({"safety_stock_quantity": "60"})).await;
    assert_eq!(
        (
            figure(&buffered, "safety_stock"),
            figure(&buffered, "net_requirement")
        ),
        ("60.000".into(), "120.000".into())
    );
}

#[tokio::test]
async fn whatever_is_supposed_of_nothing_known_is_named_all_at_once() {
    // D5, D69
    let world = World::new().await;
    worked_catalog(&world).await;
    let body = json!({
        "horizon_days": 7,
        "extra_demand": [
            {"product_id": "rye", "date": "2026-12-07", "quantity": 1},
            {"product_id": "ghost", "date": "2026-12-08", "quantity": 1},
            {"product_id": "flour", "date": "2026-11-30", "quantity": 1},
        ],
        "overrides": {
            "flour": {"unavailable_suppliers": ["mill", "farm"]},
            "salt": {"on_hand": 1},
        },
    });
    let problem = world.post(PATH, &body).await.expect(422);
    let faults: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| {
            format!(
                "{} {}",
                fault["pointer"].as_str().unwrap(),
                fault["code"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        faults,
        [
            "/extra_demand/1/product_id invalid-value",
            "/extra_demand/1/date invalid-date",
            "/extra_demand/2/date invalid-date",
            "/overrides/flour/unavailable_suppliers/1 invalid-value",
            "/overrides/salt invalid-value",
        ]
    );
    assert_eq!(problem["code"], "validation-failed");
}

#[tokio::test]
async fn the_latest_plan_that_stands_is_compared_and_without_one_there_is_no_difference() {
    // D69
    let world = World::new().await;
    worked_catalog(&world).await;
    let customer = world.customer(json!({})).await;
    ordered(&world, &customer, "2026-12-10", "60").await;
    assert_eq!(simulated(&world, json!({})).await["difference"], Value::Null);
    let background = Background::of(&world);
    let first = started(&world, json!({})).await;
    background.compute(&world, &first).await.unwrap();
    world.clock.advance(chrono::Duration::minutes(1));
    // One that is calculating says nothing yet.
    started(&world, json!({})).await;
    assert_eq!(
        simulated(&world, json!({})).await["difference"]["plan_id"],
        *first
    );
}

#[tokio::test]
async fn planning_may_be_switched_off_and_viewers_may_not_ask() {
    // D12, D13
    let world = World::with(&[("PROCUREMENT_PLANNING_ENABLED", "false")]).await;
    let problem = world.post(PATH, &json!({})).await.expect(503);
    assert_eq!(problem["code"], "procurement-planning-disabled");
    for role in ["member", "service", "admin"] {
        world
            .call_as(role, "POST", PATH, Some(&json!({})), &[])
            .await
            .expect(503);
    }
    let denied = world
        .call_as("viewer", "POST", PATH, Some(&json!({})), &[])
        .await
        .expect(403);
    assert_eq!(denied["code"], "permission-denied");
}
