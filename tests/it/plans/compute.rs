//! From the orders and the catalog to a draft (D60–D68), over HTTP and the queue's function.

use serde_json::{Value, json};

use super::{ordered, plan, started, worked_catalog, worked_orders};
use crate::support::background::{id, masked};
use crate::support::{Background, World};

/// Starts a plan and computes it.
async fn computed(world: &World, background: &Background, body: Value) -> Value {
    let id = started(world, body).await;
    background.compute(world, &id).await.unwrap();
    plan(world, &id).await
}

fn words<'a>(list: &'a Value, name: &str) -> Vec<&'a str> {
    let list = list.as_array().unwrap();
    list.iter().map(|entry| entry[name].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_worked_example_comes_out_as_published() {
    // D60, D62, D63, D64, D65, D66, D67, D68
    let world = World::new().await;
    let background = Background::of(&world);
    worked_catalog(&world).await;
    let orders = worked_orders(&world).await;
    let draft = computed(&world, &background, json!({})).await;
    let flour = &draft["requirements"][0];
    let figures = [
        "gross_requirement",
        "on_hand",
        "reserved",
        "scheduled_receipts",
        "safety_stock",
        "available",
        "net_requirement",
        "order_quantity",
        "coverage_percentage",
        "order_by_date",
        "required_date",
    ]
    .map(|name| flour[name].as_str().unwrap());
    assert_eq!(
        figures,
        [
            "100.000",
            "35.000",
            "5.000",
            "10.000",
            "20.000",
            "30.000",
            "80.000",
            "100.000",
            "40.00",
            "2026-12-07",
            "2026-12-10"
        ]
    );
    // The pegs come in the order of the orders' random ids.
    let pegs = flour["pegging"].as_array().unwrap();
    let mut pegged: Vec<_> = pegs
        .iter()
        .map(|peg| {
            (
                peg["order_id"].as_str().unwrap(),
                peg["quantity"].as_str().unwrap(),
            )
        })
        .collect();
    pegged.sort_unstable_by_key(|(_, quantity)| *quantity);
    assert_eq!(pegged, [(id(&orders[1]), "40.000"), (id(&orders[0]), "60.000")]);
    let mut shown = draft.clone();
    shown["requirements"][0]["pegging"] = "[compared above]".into();
    let tenant = world.tenant.to_string();
    let names = [(tenant.as_str(), "[tenant]"), (id(&draft), "[plan]")];
    insta::assert_json_snapshot!("worked_example", masked(&shown, &names));
}

#[tokio::test]
async fn a_message_that_comes_again_changes_nothing() {
    // D69
    let world = World::new().await;
    let background = Background::of(&world);
    worked_catalog(&world).await;
    let orders = worked_orders(&world).await;
    let draft = computed(&world, &background, json!({})).await;
    world.clock.advance(chrono::Duration::hours(1));
    world.walk(id(&orders[0]), &["cancelled"]).await;
    background.compute(&world, id(&draft)).await.unwrap();
    assert_eq!(plan(&world, id(&draft)).await, draft);
    // Only a new plan sees what has changed.
    let next = computed(&world, &background, json!({})).await;
    assert_eq!(next["requirements"][0]["gross_requirement"], "40.000");
}

#[tokio::test]
async fn demand_is_what_orders_of_the_horizon_still_ask_for() {
    // D60, D50
    let world = World::new().await;
    let background = Background::of(&world);
    worked_catalog(&world).await;
    let customer = world.customer(json!({})).await;
    let overdue = ordered(&world, &customer, "2026-12-02", "7").await;
    let gone = ordered(&world, &customer, "2026-12-02", "8").await;
    world.clock.advance(chrono::Duration::days(3));
    // Today is 4 December, 08:00: the horizon of 7 days ends on the 10th.
    for (date, quantity, statuses) in [
        ("2026-12-05", "1", vec![]),
        ("2026-12-10", "2", vec!["confirmed", "in_production"]),
        ("2026-12-11", "4", vec![]),
        ("2026-12-05", "16", vec!["cancelled"]),
        ("2026-12-05", "32", vec!["on_hold"]),
        ("2026-12-05", "64", vec!["confirmed", "in_production", "ready"]),
    ] {
        let order = ordered(&world, &customer, date, quantity).await;
        world.walk(id(&order), &statuses).await;
    }
    world.walk(id(&gone), &["cancelled"]).await;
    let draft = computed(
        &world,
        &background,
        json!({"horizon_days": 7, "use_forecast": false}),
    )
    .await;
    assert_eq!(draft["requirements"][0]["gross_requirement"], "3.000");
    assert_eq!(
        draft["warnings"],
        json!([{
            "code": "overdue_orders", "reference_count": 1, "references": [overdue["id"]],
            "message": format!(
                "Open orders whose delivery date has passed are not planned: {}. Deliver, re-date or cancel them.",
                id(&overdue)
            ),
        }])
    );
    let without = json!({"horizon_days": 7, "use_orders": false, "use_forecast": false});
    let without = computed(&world, &background, without).await;
    // The flour is told of for the sake of its receipt, which nothing needs.
    assert_eq!(
        (
            &without["requirements"][0]["gross_requirement"],
            &without["warnings"]
        ),
        (&json!("0.000"), &json!([]))
    );
    assert_eq!(words(&without["exceptions"], "code"), ["cancel"]);
}

#[tokio::test]
async fn recipes_go_down_level_by_level_and_what_is_not_known_is_told() {
    // D60
    let world = World::new().await;
    let background = Background::of(&world);
    let recipe = |lead_days: u32, item: &str, quantity: &str, waste: &str| {
        let line = json!({"item_id": item, "quantity": quantity, "waste_percentage": waste});
        json!({"yield_quantity": "10", "lead_days": lead_days, "lines": [line]})
    };
    let catalog = json!({
        "ingredients": [
            {"id": "flour", "name": "Flour", "unit": "kg"},
            {"id": "juice", "name": "Juice", "unit": "piece"},
        ],
        "products": [
            {"id": "roll", "name": "Roll", "unit": "piece", "recipe": recipe(1, "dough", "0.75", "0")},
            {"id": "dough", "name": "Dough", "unit": "kg", "recipe": recipe(2, "flour", "6", "2.5")},
            {"id": "juice", "name": "Juice", "unit": "piece"},
            {"id": "card", "name": "Card", "unit": "piece"},
            {"id": "cake", "name": "Cake", "unit": "piece", "recipe": recipe(0, "unicorn", "1", "0")},
        ],
    });
    world.post("/catalog/import", &catalog).await.expect(200);
    let customer = world.customer(json!({})).await;
    let line = |product: &str, quantity: &str| json!({"product_id": product, "quantity": quantity, "unit_price": "1"});
    let items = [
        line("roll", "100"),
        line("juice", "12"),
        line("card", "1"),
        line("cake", "1"),
        line("stranger", "1"),
    ];
    let order = json!({"requested_delivery_at": "2026-12-10T06:00:00Z", "items": items});
    world.order(&customer, order).await;
    let draft = computed(&world, &background, json!({})).await;
    let requirements = draft["requirements"].as_array().unwrap();
    let gross: Vec<_> = requirements
        .iter()
        .map(|row| {
            let day = row["schedule"]
                .as_array()
                .unwrap()
                .iter()
                .find(|day| day["gross"] != "0.000")
                .unwrap();
            ["ingredient_id", "gross_requirement"]
                .map(|name| row[name].as_str().unwrap())
                .into_iter()
                .chain(day["date"].as_str())
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    // 100 rolls take 7.5 kg of dough a day before, and that 4.6125 kg of flour two days before that.
    assert_eq!(gross, ["flour 4.613 2026-12-07", "juice 12.000 2026-12-10"]);
    let warnings = draft["warnings"].as_array().unwrap();
    let told: Vec<_> = warnings
        .iter()
        .map(|warning| format!("{} {}", warning["code"].as_str().unwrap(), warning["references"]))
        .collect();
    assert_eq!(
        told,
        [
            r#"unknown_product ["stranger"]"#,
            r#"product_without_recipe ["card"]"#,
            r#"unknown_item ["unicorn"]"#
        ]
    );
    // Nobody offers either of them, and the safety stock is missing from the first day.
    assert_eq!(
        words(&draft["exceptions"], "code"),
        ["past_due", "past_due", "no_supplier", "no_supplier"]
    );
}

#[tokio::test]
async fn what_is_sold_and_not_forecast_is_named() {
    // D60, D70
    let world = World::new().await;
    let background = Background::of(&world);
    worked_catalog(&world).await;
    let rows = json!({"rows": [{"product_id": "rye", "date": "2026-11-30", "quantity": "40"}]});
    world.post("/catalog/sales-history", &rows).await.expect(200);
    let draft = computed(&world, &background, json!({})).await;
    assert_eq!(
        (&draft["forecasts"], &draft["degraded_sources"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(words(&draft["warnings"], "code"), ["too_little_history"]);
    assert_eq!(draft["warnings"][0]["references"], json!(["rye"]));
    let unwanted = computed(&world, &background, json!({"use_forecast": false})).await;
    assert_eq!(unwanted["warnings"], json!([]));
}
