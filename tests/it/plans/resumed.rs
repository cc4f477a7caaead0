//! A plan that is too big for one invocation is put aside and taken up again, and nothing of it is lost (D69).

use chrono::Duration;
use orders_service::partners::deadline;
use serde_json::{Value, json};

use super::{plan, started};
use crate::support::{Background, World};

/// A hundred ingredients, all of which go into a loaf, and ordered loaves for each of the next 14 days.
async fn bakery(world: &World) {
    let ids: Vec<String> = (0..100).map(|number| format!("i-{number:03}")).collect();
    let ingredient = |id: &String| {
        json!({"id": id, "name": id, "unit": "kg",
            "offers": [{"supplier_id": "mill", "unit_price": "1", "lead_time_days": 1}]})
    };
    let line = |id: &String| json!({"item_id": id, "quantity": "0.1"});
    let catalog = json!({
        "suppliers": [{"id": "mill", "name": "Mill"}],
        "ingredients": ids.iter().map(ingredient).collect::<Vec<_>>(),
        "products": [{"id": "rye", "name": "Rye", "unit": "piece", "price": "3",
            "recipe": {"yield_quantity": "1", "lines": ids.iter().map(line).collect::<Vec<_>>()}}],
    });
    world.post("/catalog/import", &catalog).await.expect(200);
    let customer = world.customer(json!({})).await;
    for day in 1..=13 {
        let at = world.app.now() + Duration::days(day);
        let order = json!({"requested_delivery_at": at, "items": [{"product_id": "rye", "quantity": day}]});
        world.order(&customer, order).await;
    }
    let rows: Vec<Value> = (1..=28)
        .map(|back| {
            let date = (world.app.now() - Duration::days(back)).date_naive();
            json!({"product_id": "rye", "date": date, "quantity": 5})
        })
        .collect();
    world
        .post("/catalog/sales-history", &json!({"rows": rows}))
        .await
        .expect(200);
}

/// Computes a plan in an invocation that ends in ten seconds: too soon for more than one piece of work.
async fn briefly(world: &World, background: &Background, id: &str) {
    let ends = (world.app.now() + Duration::seconds(10))
        .timestamp_millis()
        .unsigned_abs();
    let work = background.compute(world, id);
    deadline::within(ends, world.app.now(), work).await.unwrap();
}

/// What a plan says, less what tells it from another of the same input.
fn substance(plan: &Value) -> Value {
    let mut plan = plan.clone();
    for own in [
        "id",
        "plan_number",
        "version",
        "created_at",
        "updated_at",
        "superseded_by",
        "status",
    ] {
        plan.as_object_mut().unwrap().remove(own);
    }
    plan
}

#[tokio::test]
async fn invocations_that_end_too_soon_come_to_the_same_plan_together() {
    // D69
    let world = World::new().await;
    let background = Background::of(&world);
    bakery(&world).await;
    let whole = started(&world, json!({})).await;
    background.compute(&world, &whole).await.unwrap();
    let whole = plan(&world, &whole).await;
    let id = started(&world, json!({})).await;
    let mut invocations = 0;
    while plan(&world, &id).await["status"] == "calculating" {
        briefly(&world, &background, &id).await;
        invocations += 1;
        assert!(invocations < 20, "no end");
        // Each tells the queue to hand the plan out again, and is no further try.
        let calculating = plan(&world, &id).await["status"] == "calculating";
        assert_eq!(
            background.bus.plans().len(),
            invocations - usize::from(!calculating)
        );
    }
    // Five goes of three days each, then 1 + 1 + 100 rows, 64 at a time.
    assert_eq!(invocations, 6);
    let piecemeal = plan(&world, &id).await;
    assert_eq!(piecemeal["requirements"].as_array().unwrap().len(), 100);
    assert_eq!(substance(&piecemeal), substance(&whole));
}

#[tokio::test]
async fn a_message_that_comes_twice_and_a_crash_in_between_lose_nothing() {
    // D69
    let world = World::new().await;
    let background = Background::of(&world);
    bakery(&world).await;
    let id = started(&world, json!({})).await;
    for milliseconds in [1, 5, 15, 30, 60, 120] {
        // One that ends in the middle of whatever it is at, as a function does that is killed;
        let killed = tokio::time::timeout(
            std::time::Duration::from_millis(milliseconds),
            background.compute(&world, &id),
        );
        drop(killed.await);
        // and two that go on from the same place at once.
        tokio::join!(
            briefly(&world, &background, &id),
            briefly(&world, &background, &id)
        );
    }
    background.compute(&world, &id).await.unwrap();
    let made = plan(&world, &id).await;
    assert_eq!(made["status"], "draft");
    assert_eq!(made["requirements"].as_array().unwrap().len(), 100);
    // 1 + 2 + … + 13 ordered, and the forecast of 5 a day where less is ordered: of the first day nothing is.
    for requirement in made["requirements"].as_array().unwrap() {
        assert_eq!(requirement["gross_requirement"], "10.600");
    }
}

#[tokio::test]
async fn what_is_put_aside_keeps_what_was_read() {
    // D69: orders that come meanwhile on days that were read are for the next plan.
    let world = World::new().await;
    let background = Background::of(&world);
    bakery(&world).await;
    let id = started(&world, json!({"use_forecast": false})).await;
    briefly(&world, &background, &id).await;
    let customer = world.customer(json!({"email": "late@example.com"})).await;
    for day in [1, 10] {
        let at = world.app.now() + Duration::days(day);
        let order =
            json!({"requested_delivery_at": at, "items": [{"product_id": "rye", "quantity": "1000"}]});
        world.order(&customer, order).await;
    }
    background.compute(&world, &id).await.unwrap();
    let made = plan(&world, &id).await;
    // 91 of the bakery and 1000 of the tenth day.
    assert_eq!(made["requirements"][0]["gross_requirement"], "109.100");
}

#[tokio::test]
async fn a_plan_that_is_cancelled_while_it_is_put_aside_stays_so() {
    // D69
    let world = World::new().await;
    let background = Background::of(&world);
    bakery(&world).await;
    let id = started(&world, json!({"use_forecast": false})).await;
    briefly(&world, &background, &id).await;
    let path = format!("/procurement/plans/{id}/status");
    world
        .put(&path, &json!({"status": "cancelled"}))
        .await
        .expect(200);
    let queued = background.bus.plans().len();
    background.compute(&world, &id).await.unwrap();
    assert_eq!(plan(&world, &id).await["status"], "cancelled");
    assert_eq!(background.bus.plans().len(), queued);
}
