//! What counting costs, by DynamoDB's rules (`support/meter.rs`).

use serde_json::json;

use crate::support::background::id;
use crate::support::meter::Meter;
use crate::support::orders::new_order;
use crate::support::{Background, World};

#[tokio::test]
async fn counting_an_order_of_eight_lines_keeps_to_its_budget() {
    // D90, DESIGN §9
    let meter = Meter::default();
    let world = World::metered(&meter).await;
    let background = Background::of(&world);
    let customer = world.customer(json!({"name": "Café Noir am Markt"})).await;
    let items: Vec<_> = (0..8)
        .map(|n| json!({"product_id": format!("product-{n}"), "quantity": "12", "unit_price": "3.50", "tax_rate": "7"}))
        .collect();
    let body = new_order(&customer, json!({"items": items}));
    let mut told = Vec::new();
    for _ in 0..2 {
        let order = world.post("/orders", &body).await.expect(201);
        let entity = world.entity(orders_service::messaging::entity::EntityKind::Order, id(&order));
        let event = background.relay(entity).await.pop().unwrap();
        meter.take();
        background.project(&event).await.unwrap();
        told.push(("created", meter.take()));
        for status in ["confirmed", "in_production", "ready", "delivered"] {
            world.walk(id(&order), &[status]).await;
            let event = background.relay(entity).await.pop().unwrap();
            meter.take();
            background.project(&event).await.unwrap();
            told.push((status, meter.take()));
            background.project(&event).await.unwrap();
            assert_eq!(meter.take().writes, 0, "a repeat");
        }
    }
    // Each order makes its tops change places in the index; the month's first also makes the rows, finds their names,
    // and checks that its customer still has one.
    let writes: Vec<_> = told.iter().map(|(_, cost)| cost.writes).collect();
    let trips: Vec<_> = told.iter().map(|(_, cost)| cost.round_trips).collect();
    assert_eq!(writes, [41, 4, 4, 4, 8, 46, 4, 4, 4, 8], "{told:?}");
    assert_eq!(trips, [4, 2, 2, 2, 2, 3, 2, 2, 2, 2], "{told:?}");
}
