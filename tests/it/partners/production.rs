//! What production is told: confirmed orders, what became of them, and what is not to be made after all (D26, D27, §14).

use serde_json::{Value, json};

use super::{Bakery, event_ids, owned};
use crate::support::{Background, World};

const OTHER_LINES: &str = r#"{"items": [{"product_id": "roll", "quantity": "7", "unit_price": "1"}]}"#;

impl Bakery {
    /// An order of a customer who wants to hear nothing.
    async fn quiet_order(&self) -> String {
        let customer = self.world.customer(json!({})).await;
        owned(&self.world.order(&customer, json!({})).await)
    }

    async fn amend(&self, order: &str, patch: &Value) {
        let path = format!("/orders/{order}");
        self.world.call("PATCH", &path, Some(patch)).await.expect(200);
    }

    /// Action, sequence and version of what production was told, in the order it was.
    fn asked(&self) -> Vec<(String, u64, u64)> {
        let bodies = self.production.bodies().into_iter();
        let number = |body: &Value, name: &str| body[name].as_u64().unwrap();
        bodies
            .map(|body| {
                let action = body["action"].as_str().unwrap().to_owned();
                (action, number(&body, "sequence"), number(&body, "version"))
            })
            .collect()
    }
}

fn is(action: &str, sequence: u64, version: u64) -> (String, u64, u64) {
    (action.to_owned(), sequence, version)
}

fn other_lines() -> Value {
    serde_json::from_str(OTHER_LINES).unwrap()
}

#[tokio::test]
async fn production_hears_of_confirmation_amendment_and_cancellation_and_of_nothing_else() {
    // D26, D27, §14
    let bakery = Bakery::open().await;
    let order = bakery.quiet_order().await;
    bakery
        .amend(&order, &json!({"internal_notes": "not confirmed yet"}))
        .await;
    bakery.settle(&order).await;
    assert_eq!(bakery.asked(), []);
    bakery.world.walk(&order, &["confirmed"]).await;
    bakery.settle(&order).await;
    bakery.amend(&order, &other_lines()).await;
    bakery.settle(&order).await;
    bakery.world.pay(&order, "1.00", "succeeded").await;
    bakery.world.walk(&order, &["on_hold"]).await;
    bakery.settle(&order).await;
    bakery.world.walk(&order, &["cancelled"]).await;
    bakery.settle(&order).await;
    assert_eq!(
        bakery.asked(),
        [is("confirm", 3, 3), is("amend", 4, 4), is("cancel", 7, 7)]
    );
    let products: Vec<_> = bakery
        .production
        .bodies()
        .iter()
        .map(|body| body["lines"][0]["product_id"].clone())
        .collect();
    assert_eq!(products, ["rye", "roll", "roll"]);
}

#[tokio::test]
async fn an_order_that_was_never_confirmed_is_cancelled_without_production() {
    // D26, §14
    let bakery = Bakery::open().await;
    for path in [
        &["cancelled"][..],
        &["on_hold", "cancelled"],
        &["on_hold", "pending", "cancelled"],
    ] {
        let order = bakery.quiet_order().await;
        bakery.world.walk(&order, path).await;
        bakery.settle(&order).await;
    }
    assert_eq!(bakery.asked(), []);
    // From production itself, too, there is a way back.
    for path in [
        &["confirmed", "in_production", "cancelled"][..],
        &["confirmed", "on_hold", "cancelled"],
    ] {
        let order = bakery.quiet_order().await;
        bakery.world.walk(&order, path).await;
        bakery.settle(&order).await;
    }
    let actions: Vec<_> = bakery.asked().into_iter().map(|(action, ..)| action).collect();
    assert_eq!(actions.len(), 4);
    assert!(
        actions.iter().all(|action| action == "cancel"),
        "both were cancelled by the time: {actions:?}"
    );
}

#[tokio::test]
async fn an_order_with_a_long_past_is_taken_back_though_its_confirmation_stands_in_a_part() {
    // D26, §14
    let bakery = Bakery::open().await;
    let order = bakery.quiet_order().await;
    bakery.world.walk(&order, &["confirmed", "on_hold"]).await;
    bakery.world.age(&order, 45).await;
    assert!(!bakery.world.parts_of(&order).await.is_empty());
    drop(bakery.events(&order).await);
    bakery.world.walk(&order, &["cancelled"]).await;
    bakery.settle(&order).await;
    let [(action, ..)] = &bakery.asked()[..] else {
        panic!("{:?}", bakery.asked())
    };
    assert_eq!(action, "cancel");
}

#[tokio::test]
async fn an_order_that_is_approved_by_itself_is_told_once() {
    // D13, D26, §14
    let bakery = Bakery::with(&[("AUTO_APPROVE_ORDERS", "true")]).await;
    let order = bakery.quiet_order().await;
    bakery.settle(&order).await;
    assert_eq!(bakery.asked(), [is("confirm", 2, 2)]);
}

#[tokio::test]
async fn what_is_told_late_shows_the_order_as_it_is_and_a_cancelled_one_is_asked_for_by_nothing() {
    // D27, §14
    let bakery = Bakery::open().await;
    let order = bakery.quiet_order().await;
    bakery.world.walk(&order, &["confirmed"]).await;
    let confirmed = bakery.events(&order).await;
    bakery.amend(&order, &other_lines()).await;
    let amended = bakery.events(&order).await;
    // The amendment overtakes the confirmation: both show its lines, under its version.
    for event in amended.iter().chain(&confirmed) {
        bakery.notify(event).await.unwrap();
    }
    assert_eq!(bakery.asked(), [is("amend", 3, 3), is("confirm", 2, 3)]);
    let bodies = bakery.production.bodies();
    assert_eq!(bodies[0]["lines"], bodies[1]["lines"]);
    assert_eq!(bodies[1]["lines"][0]["quantity"], "7.000");

    let second = bakery.quiet_order().await;
    bakery.world.walk(&second, &["confirmed"]).await;
    let confirmed = bakery.events(&second).await;
    bakery.world.walk(&second, &["cancelled"]).await;
    let cancelled = bakery.events(&second).await;
    // Something that makes a newer version comes between the two.
    bakery
        .world
        .change_order(&second, |order| order.version += 1)
        .await;
    for event in cancelled.iter().chain(&confirmed) {
        bakery.notify(event).await.unwrap();
    }
    let actions: Vec<_> = bakery
        .asked()
        .into_iter()
        .skip(2)
        .map(|(action, ..)| action)
        .collect();
    assert_eq!(
        actions,
        ["cancel", "cancel"],
        "the newest version says what holds"
    );
}

#[tokio::test]
async fn production_learns_nothing_of_the_customer() {
    // §14
    let bakery = Bakery::open().await;
    let customer = bakery
        .world
        .customer(json!({
            "name": "Canary Name", "email": "canary@mail.example", "phone": "+49 30 1234567", "tax_exempt": true,
            "communication": {"channels": ["email"]},
        }))
        .await;
    let address =
        json!({"line1": "Canary Street 1", "city": "Canary City", "postal_code": "12345", "country": "DE"});
    let order = bakery
        .world
        .order(
            &customer,
            json!({
                "delivery_method": "delivery", "delivery_address": address, "special_instructions": "Canary at the door",
                "internal_notes": "Canary owes us money",
            }),
        )
        .await;
    let order = owned(&order);
    bakery.world.walk(&order, &["confirmed"]).await;
    bakery.settle(&order).await;
    let told = bakery.production.bodies();
    assert_eq!(told.len(), 1);
    let text = told[0].to_string();
    for secret in ["anary", "1234567", &customer, "7.00"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[tokio::test]
async fn a_tenant_without_partners_and_events_of_other_things_cause_no_call() {
    // §14, D43
    let plain = World::new().await;
    let background = Background::of(&plain);
    let customer = plain
        .customer(json!({"communication": {"channels": ["email"]}}))
        .await;
    let order = plain.order(&customer, json!({})).await;
    plain.walk(order["id"].as_str().unwrap(), &["confirmed"]).await;
    let entity = plain.entity(
        orders_service::messaging::entity::EntityKind::Order,
        order["id"].as_str().unwrap(),
    );
    let events = background.relay(entity).await;
    assert_eq!(events.len(), 2);
    for event in &events {
        orders_service::usecases::notify::notify(&background.worker, event)
            .await
            .unwrap();
    }

    let bakery = Bakery::open().await;
    let customer = bakery.world.entity(
        orders_service::messaging::entity::EntityKind::Customer,
        &bakery.customer().await,
    );
    for event in bakery.background.relay(customer).await {
        bakery.notify(&event).await.unwrap();
    }
    let mut unknown: Value = serde_json::from_str(&events[0]).unwrap();
    unknown["event_type"] = json!("order.photographed");
    bakery.notify(&unknown.to_string()).await.unwrap();
    assert_eq!(
        (bakery.production.calls().await, bakery.notification.calls().await),
        (0, 0)
    );
    // What is no event, and an order that is not there, no further try will mend.
    for poison in ["{}", "no JSON", &events[0]] {
        let error = bakery.notify(poison).await.unwrap_err();
        assert!(error.poison, "{poison}: {error}");
    }
    assert_eq!(event_ids(&events).len(), 2);
}
