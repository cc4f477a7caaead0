//! What follows from a draft: older ones give way, what is decided is not bought twice, shortages are told.

use orders_service::messaging::entity::EntityKind;
use orders_service::store::plans::Plan;
use orders_service::usecases::alerts::raise::raise;
use orders_service::words::PlanStatus;
use serde_json::{Value, json};

use super::{plan, started, worked_catalog, worked_orders};
use crate::support::background::id;
use crate::support::{Background, World};

#[tokio::test]
async fn a_draft_takes_the_place_of_older_drafts_of_its_type_and_date() {
    // D69
    let world = World::new().await;
    let background = Background::of(&world);
    let make = |body: Value| {
        let (world, background) = (&world, &background);
        async move {
            world.clock.advance(chrono::Duration::minutes(1));
            let id = started(world, body).await;
            background.compute(world, &id).await.unwrap();
            id
        }
    };
    let yesterdays = make(json!({})).await;
    world.clock.advance(chrono::Duration::days(1));
    let emergency = make(json!({"plan_type": "emergency"})).await;
    let decided = make(json!({})).await;
    world.move_plan(&decided, PlanStatus::PendingApproval).await;
    let older = make(json!({})).await;
    let newer = make(json!({})).await;
    let state = async |id: &str| {
        let plan = plan(&world, id).await;
        (
            plan["status"].as_str().unwrap().to_owned(),
            plan["superseded_by"].clone(),
        )
    };
    for (id, status, by) in [
        (&yesterdays, "draft", Value::Null),
        (&emergency, "draft", Value::Null),
        (&decided, "pending_approval", Value::Null),
        (&older, "cancelled", json!(newer)),
        (&newer, "draft", Value::Null),
    ] {
        assert_eq!(state(id).await, (status.to_owned(), by), "{id}");
    }
    // The cancellation is told like every other change.
    let events = background.relay(world.entity(EntityKind::Plan, &older)).await;
    assert_eq!(events.len(), 3);
    // An attempt that ended before it came to this is made up for by the next.
    let key = world.entity(EntityKind::Plan, &older).key();
    world
        .in_store(async |store| {
            let mut stored: Plan = store.get(&key).await.unwrap().unwrap();
            stored.row.status = PlanStatus::Draft;
            stored.body.superseded_by = None;
            stored.version += 1;
            store.replace(&stored, 3).await.unwrap();
        })
        .await;
    background.compute(&world, &newer).await.unwrap();
    assert_eq!(state(&older).await, ("cancelled".to_owned(), json!(newer)));
}

#[tokio::test]
async fn a_plan_that_leaves_the_queue_late_gives_way_to_the_newer_draft() {
    // D69
    let world = World::new().await;
    let background = Background::of(&world);
    let older = started(&world, json!({})).await;
    world.clock.advance(chrono::Duration::minutes(1));
    let newer = started(&world, json!({})).await;
    background.compute(&world, &newer).await.unwrap();
    background.compute(&world, &older).await.unwrap();
    assert_eq!(plan(&world, &newer).await["status"], "draft");
    let late = plan(&world, &older).await;
    assert_eq!(
        (&late["status"], &late["superseded_by"]),
        (&json!("cancelled"), &json!(newer))
    );
}

#[tokio::test]
async fn approved_plans_count_as_receipts_so_that_a_rerun_doubles_nothing() {
    // D69
    let world = World::new().await;
    let background = Background::of(&world);
    worked_catalog(&world).await;
    worked_orders(&world).await;
    let first = started(&world, json!({})).await;
    background.compute(&world, &first).await.unwrap();
    world.move_plan(&first, PlanStatus::Approved).await;
    world.clock.advance(chrono::Duration::minutes(1));
    let again = started(&world, json!({})).await;
    background.compute(&world, &again).await.unwrap();
    let flour = &plan(&world, &again).await["requirements"][0];
    assert_eq!(
        (&flour["scheduled_receipts"], &flour["order_quantity"]),
        (&json!("110.000"), &json!("0.000"))
    );
    assert_eq!(plan(&world, &first).await["status"], "approved");
}

#[tokio::test]
async fn a_draft_raises_its_shortages_once() {
    // D40, D42, D67
    let world = World::new().await;
    let background = Background::of(&world);
    worked_catalog(&world).await;
    let [order, _] = worked_orders(&world).await;
    // Covered to 40, 49.99, 50, 89.99 and 90 % of 100.
    for (ingredient, on_hand) in [
        ("almonds", "49.99"),
        ("butter", "50"),
        ("cream", "89.99"),
        ("dates", "90"),
        ("eggs", "300"),
    ] {
        let body = json!({
            "name": ingredient, "unit": "kg", "stock_lots": [{"lot_id": "L", "quantity": on_hand}],
        });
        world
            .put(&format!("/catalog/ingredients/{ingredient}"), &body)
            .await
            .expect(201);
        let body = json!({"name": ingredient, "unit": "kg", "price": "0.01"});
        world
            .put(&format!("/catalog/products/{ingredient}"), &body)
            .await
            .expect(201);
    }
    let customer = world.customer(json!({})).await;
    let items: Vec<_> = ["almonds", "butter", "cream", "dates", "eggs"]
        .map(|ingredient| json!({"product_id": ingredient, "quantity": "100"}))
        .into();
    let many = json!({"requested_delivery_at": "2026-12-09T06:00:00Z", "items": items});
    world.order(&customer, many).await;
    let plan = started(&world, json!({})).await;
    background.compute(&world, &plan).await.unwrap();
    let events = background.settle(world.entity(EntityKind::Plan, &plan)).await;
    for event in &events {
        raise(&background.worker, event).await.unwrap();
    }
    let list = world
        .get("/alerts?alert_type=procurement_shortage")
        .await
        .expect(200);
    let mut told: Vec<_> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|alert| {
            let name = |value: &Value| value.as_str().unwrap().to_owned();
            (
                name(&alert["entity"]["id"]),
                name(&alert["severity"]),
                alert["business_impact"]["orders_affected"].as_u64().unwrap(),
                alert["occurrences"].as_u64().unwrap(),
            )
        })
        .collect();
    told.sort_unstable();
    let expected = [
        ("almonds", "critical", 1, 1),
        ("butter", "high", 1, 1),
        ("cream", "high", 1, 1),
        ("flour", "critical", 2, 1),
    ]
    .map(|(name, severity, orders, times)| (name.to_owned(), severity.to_owned(), orders, times));
    assert_eq!(told, expected);
    let flour = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|alert| alert["entity"]["id"] == "flour")
        .unwrap();
    assert_eq!(
        flour["message"],
        "Only 40 % of the Rye flour needed is covered. Order 100 kg by 2026-12-07."
    );
    assert_eq!(background.alert_messages().len(), 2 * 4 + 2 * 3);
    // The next plan is a new cause for the same shortages.
    world.walk(id(&order), &["cancelled"]).await;
    world.clock.advance(chrono::Duration::minutes(1));
    let next = started(&world, json!({})).await;
    background.compute(&world, &next).await.unwrap();
    background.settle(world.entity(EntityKind::Plan, &next)).await;
    let butter = world
        .get("/alerts?alert_type=procurement_shortage&severity=high")
        .await
        .expect(200);
    let counted: Vec<_> = butter["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|alert| alert["occurrences"].as_u64().unwrap())
        .collect();
    assert_eq!(counted, [2, 2]);
}
