//! What customers are told, on which channels, and what is recorded of it (D26, D34, §4, §14).

use serde_json::{Value, json};

use super::{Bakery, event_ids, owned};
use crate::support::background::id;

impl Bakery {
    /// Template and channels of what customers were told, in the order they were.
    fn told(&self) -> Vec<(String, Value)> {
        let bodies = self.notification.bodies().into_iter();
        bodies
            .map(|body| {
                (
                    body["template"].as_str().unwrap().to_owned(),
                    body["channels"].clone(),
                )
            })
            .collect()
    }
}

#[tokio::test]
async fn a_customer_is_told_of_the_order_and_of_each_status_and_the_history_says_so() {
    // D26, §4
    let bakery = Bakery::open().await;
    let customer = bakery.customer().await;
    let order = owned(&bakery.world.order(&customer, json!({})).await);
    bakery.settle(&order).await;
    bakery.world.walk(&order, &["confirmed", "in_production"]).await;
    let moved = bakery.events(&order).await;
    bakery.world.clock.advance(chrono::Duration::minutes(3));
    for event in &moved {
        bakery.notify(event).await.unwrap();
    }
    // No status changes when an order is amended, held notes or is paid.
    bakery.world.pay(&order, "1.00", "succeeded").await;
    bakery.settle(&order).await;
    let email = || json!(["email"]);
    assert_eq!(
        bakery.told(),
        [
            ("order_created".into(), email()),
            ("order_confirmed".into(), email()),
            ("order_in_production".into(), email()),
        ]
    );
    let notified = bakery.notified(&order).await;
    assert_eq!(notified.len(), 3);
    let event: Value = serde_json::from_str(&moved[0]).unwrap();
    let entry = &notified[1];
    assert_eq!(
        *entry,
        json!({
            "sequence": entry["sequence"], "event": "notified", "from_status": null, "to_status": "in_production",
            "reason": null, "note": null, "notify_customer": false,
            "context": {"event_id": event["event_id"], "template": "order_confirmed"},
            "changed_by": {"user_id": "test", "name": null, "role": "system"},
            "changed_at": "2026-12-01T08:03:00Z", "version": entry["version"],
            "notification": {"channels": ["email"], "status": "sent", "at": "2026-12-01T08:03:00Z"},
            "after": entry["after"],
        })
    );
    // That somebody was told is the bakery's own business: it is no event, and nobody is told of it in turn.
    assert!(bakery.events(&order).await.is_empty());
    assert_eq!(bakery.notification.calls().await, 3);
}

#[tokio::test]
async fn who_wants_to_hear_nothing_or_was_not_to_be_told_is_not() {
    // D26, §14
    let bakery = Bakery::open().await;
    let silent = bakery.world.customer(json!({"email": "a@b.example"})).await;
    let none = bakery
        .world
        .customer(json!({"communication": {"channels": [], "language": "de"}}))
        .await;
    for customer in [&silent, &none] {
        let order = owned(&bakery.world.order(customer, json!({})).await);
        bakery.world.walk(&order, &["confirmed"]).await;
        bakery.settle(&order).await;
        assert!(bakery.notified(&order).await.is_empty());
    }
    assert_eq!(bakery.notification.calls().await, 0);
    // Production is told in any case.
    assert_eq!(bakery.production.calls().await, 2);

    let customer = bakery.customer().await;
    let order = owned(&bakery.world.order(&customer, json!({})).await);
    let quiet = json!({"status": "confirmed", "notify_customer": false});
    bakery
        .world
        .put(&format!("/orders/{order}/status"), &quiet)
        .await
        .expect(200);
    bakery.world.walk(&order, &["in_production"]).await;
    bakery.settle(&order).await;
    let templates: Vec<_> = bakery.told().into_iter().map(|(template, _)| template).collect();
    assert_eq!(templates, ["order_created", "order_in_production"]);
}

#[tokio::test]
async fn the_order_says_on_which_channels_and_the_customer_where() {
    // §4, §14
    let bakery = Bakery::open().await;
    let customer = bakery.customer().await;
    let wants = json!({"channels": ["whatsapp", "email"], "language": "de"});
    let order = bakery
        .world
        .order(&customer, json!({"communication": wants}))
        .await;
    let order = owned(&order);
    let events = bakery.events(&order).await;
    // Contact data is of now: it may have been put right since.
    let path = format!("/customers/{customer}");
    let patch = json!({"phone": "+49 30 1234567", "email": "new@cafe-noir.example"});
    bakery.world.call("PATCH", &path, Some(&patch)).await.expect(200);
    bakery.notify(&events[0]).await.unwrap();
    let told = &bakery.notification.bodies()[0];
    assert_eq!(told["channels"], json!(["whatsapp", "email"]));
    assert_eq!(
        told["customer"],
        json!({
            "id": customer, "name": "Café Noir", "email": "new@cafe-noir.example", "phone": "+49 30 1234567",
            "language": "de",
        })
    );
    assert_eq!(
        bakery.notified(&order).await[0]["notification"]["channels"],
        json!(["whatsapp", "email"])
    );
}

#[tokio::test]
async fn an_erased_customer_is_told_nothing() {
    // D34, §14
    let bakery = Bakery::open().await;
    let customer = bakery.customer().await;
    let order = owned(&bakery.world.order(&customer, json!({})).await);
    let created = bakery.events(&order).await;
    bakery.world.walk(&order, &["cancelled"]).await;
    let cancelled = bakery.events(&order).await;
    let path = format!("/customers/{customer}/personal-data");
    bakery.world.call("DELETE", &path, None).await.expect(200);
    for event in created.iter().chain(&cancelled) {
        bakery.notify(event).await.unwrap();
    }
    assert_eq!(bakery.notification.calls().await, 0);
    assert!(bakery.notified(&order).await.is_empty());
}

#[tokio::test]
async fn one_whose_erasure_has_only_begun_is_told_nothing_either() {
    // D34, §14
    let bakery = Bakery::open().await;
    let customer = bakery.customer().await;
    let order = owned(&bakery.world.order(&customer, json!({})).await);
    bakery.world.walk(&order, &["cancelled"]).await;
    let events = bakery.events(&order).await;
    // The process ends after it has marked the customer: the order still bears the name.
    let mortal = bakery.world.dying_at(1, true);
    let path = format!("/customers/{customer}/personal-data");
    let answer = mortal.world.call("DELETE", &path, None).await;
    assert!(mortal.is_dead() && answer.status >= 500, "{answer:?}");
    assert_eq!(
        bakery.world.stored_order(&order).await.row.customer_name,
        "Café Noir"
    );
    for event in &events {
        bakery.notify(event).await.unwrap();
    }
    assert_eq!(bakery.notification.calls().await, 0);
}

#[tokio::test]
async fn an_unknown_customer_has_no_address_to_write_to() {
    // D13, §14
    let bakery = Bakery::with(&[("CUSTOMER_VALIDATION_ENABLED", "false")]).await;
    let nobody = uuid::Uuid::new_v4().to_string();
    let order = bakery
        .world
        .order(&nobody, json!({"communication": {"channels": ["email"]}}))
        .await;
    assert_eq!(order["customer_verified"], false);
    let events = bakery.events(id(&order)).await;
    assert_eq!(event_ids(&events).len(), 1);
    bakery.notify(&events[0]).await.unwrap();
    assert_eq!(bakery.notification.calls().await, 0);
}
