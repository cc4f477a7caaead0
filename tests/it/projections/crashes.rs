//! A projector that ends at its write, and the event that is delivered again.

use orders_service::messaging::entity::{Entity, EntityKind};
use serde_json::json;

use super::{amend, snapshot};
use crate::support::background::id;
use crate::support::{Background, World};

/// Projects the newest event of an entity in a process that dies at its write, and then as it is delivered again.
async fn die_and_repeat(world: &World, entity: Entity, applied: bool) {
    let event = Background::of(world).relay(entity).await.pop().unwrap();
    let before = snapshot(world).await;
    let mortal = world.dying_at(1, applied);
    assert!(Background::of(&mortal.world).project(&event).await.is_err());
    assert!(mortal.is_dead());
    assert_eq!(snapshot(world).await == before, !applied);
    let again = Background::of(world);
    for _ in 0..2 {
        again.project(&event).await.unwrap();
    }
}

#[tokio::test]
async fn an_event_whose_projector_died_counts_once() {
    // D33, D90, D29: before the write, and after it
    for applied in [false, true] {
        let world = World::new().await;
        let customer = world.customer(json!({})).await;
        die_and_repeat(&world, world.entity(EntityKind::Customer, &customer), applied).await;
        let order = world.order(&customer, json!({})).await;
        let entity = world.entity(EntityKind::Order, id(&order));
        die_and_repeat(&world, entity, applied).await;
        world.expect_projected().await;
        world.walk(id(&order), &["confirmed"]).await;
        die_and_repeat(&world, entity, applied).await;
        amend(
            &world,
            id(&order),
            json!({"items": [{"product_id": "roll", "quantity": "9", "unit_price": "1"}]}),
        )
        .await;
        die_and_repeat(&world, entity, applied).await;
        world.expect_projected().await;
        world.walk(id(&order), &["cancelled"]).await;
        die_and_repeat(&world, entity, applied).await;
        let figures = world.expect_projected().await;
        assert_eq!(
            (
                figures.totals.customers,
                figures.totals.by_status.iter().sum::<i64>()
            ),
            (1, 1)
        );
    }
}
