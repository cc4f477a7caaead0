//! How a plan went (§4), computed on reading.

use serde_json::{Value, json};

use super::{change, drafted, moved, plan};
use crate::support::{Background, World};

#[tokio::test]
async fn a_plan_tells_how_it_went_once_something_has_come() {
    // §4
    let world = World::new().await;
    let background = Background::of(&world);
    let id = drafted(&world, &background).await;
    moved(&world, &id, &["pending_approval", "approved"]).await;
    let went = async || plan(&world, &id).await["performance"].clone();
    assert_eq!(went().await, Value::Null);
    let ordered = json!({"status": "ordered", "unit_cost": "0.90", "expected_receipt_date": "2026-12-14"});
    change(&world, &id, "flour", ordered).await.expect(200);
    assert_eq!(went().await, Value::Null);
    // The supplier announced the 14th; the plan was approved for the 10th.
    world.clock.advance(chrono::Duration::days(9));
    change(
        &world,
        &id,
        "butter",
        json!({"status": "received", "unit_cost": "6.00"}),
    )
    .await
    .expect(200);
    assert_eq!(
        went().await,
        json!({"on_time_rate": "100.00", "cost_variance": "-8.00"})
    );
    world.clock.advance(chrono::Duration::days(1));
    // The flour and the salt are overdue since midnight.
    assert_eq!(
        went().await,
        json!({"on_time_rate": "33.33", "cost_variance": "-8.00"})
    );
    change(&world, &id, "salt", json!({"status": "cancelled"}))
        .await
        .expect(200);
    change(&world, &id, "flour", json!({"status": "received"}))
        .await
        .expect(200);
    assert_eq!(
        went().await,
        json!({"on_time_rate": "50.00", "cost_variance": "-3.00"})
    );
    // Somebody had only forgotten to report it.
    change(&world, &id, "flour", json!({"received_date": "2026-12-10"}))
        .await
        .expect(200);
    let done = moved(&world, &id, &["in_execution", "completed"]).await;
    assert_eq!(
        done["performance"],
        json!({"on_time_rate": "100.00", "cost_variance": "-3.00"})
    );
    assert_eq!(went().await, done["performance"]);
}
