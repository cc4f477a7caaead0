//! The audit copy of orders (§4): complete, one chain, and any change past the API found.

mod tampering;

use futures_util::future::join_all;
use orders_service::auth::TenantId;
use orders_service::messaging::entity::{Entity, EntityKind};
use orders_service::store::audit::AuditRow;
use orders_service::store::keys;
use orders_service::usecases::audit::verify::{Fault, Verdict, verify};
use orders_service::usecases::relay::relay;
use serde_json::{Value, json};

use crate::support::background::id;
use crate::support::meter::Meter;
use crate::support::{Background, World};

impl World {
    async fn verdict(&self, order: &str) -> Verdict {
        let (order, now) = (order.parse().unwrap(), self.app.now());
        self.in_store(async |store| verify(store, self.app.keyring(), order, now).await.unwrap())
            .await
    }

    async fn audit_rows(&self, order: &str) -> Vec<AuditRow> {
        let order = order.parse().unwrap();
        let rows = self
            .in_store(async |store| store.audit_rows(order).await.unwrap())
            .await;
        rows.into_iter().map(|(_, row)| row.unwrap()).collect()
    }
}

/// An order with a past: amended, paid, delivered, sent back in part. Not relayed yet.
async fn order_with_a_past(world: &World) -> (String, Entity) {
    let customer = world.customer(json!({"name": "Canary Ltd"})).await;
    let more = json!({"special_instructions": "canary", "internal_notes": "canary"});
    let order = world.order(&customer, more).await;
    let order = id(&order).to_owned();
    let amendment = json!({
        "special_instructions": "canary wishes",
        "items": [{"product_id": "rye", "quantity": "5", "unit_price": "3.50", "customization": "canary"}],
    });
    let path = format!("/orders/{order}");
    world.call("PATCH", &path, Some(&amendment)).await.expect(200);
    world.pay(&order, "2.50", "succeeded").await;
    world
        .walk(&order, &["confirmed", "in_production", "ready", "delivered"])
        .await;
    let report = json!({"quantity_returned": "1", "reason": "canary"});
    let path = format!("/orders/{order}/items/1");
    world.call("PATCH", &path, Some(&report)).await.expect(200);
    let entity = world.entity(EntityKind::Order, &order);
    (order, entity)
}

fn sound(rows: usize) -> impl Fn(&Verdict) -> bool {
    move |verdict| verdict.rows == rows && verdict.pending == 0 && verdict.faults.is_empty()
}

#[tokio::test]
async fn each_entry_is_kept_with_figures_and_names_and_without_a_word_of_anybodys() {
    // §4, D34
    let world = World::new().await;
    let background = Background::of(&world);
    let (order, entity) = order_with_a_past(&world).await;
    let before = world.verdict(&order).await;
    assert_eq!((before.rows, before.pending, &before.faults), (0, 8, &vec![]));
    background.relay(entity).await;
    let verdict = world.verdict(&order).await;
    assert!(sound(8)(&verdict), "{verdict:?}");
    let rows = world.audit_rows(&order).await;
    let text = format!("{rows:?}").to_lowercase();
    assert!(!text.contains("canary") && !text.contains("test admin"), "{text}");
    let kept = |row: &AuditRow| serde_json::to_value(&row.entry).unwrap();
    let payment = kept(&rows[2]);
    let recorded = world.stored_order(&order).await.body.payments[0].id;
    assert_eq!(
        (&payment["e"], &payment["p"], &payment["x"]["bd"]),
        (
            &json!("payment_recorded"),
            &json!({"i": recorded, "m": "2.50", "t": "card", "s": "succeeded"}),
            &json!("15.00")
        )
    );
    assert_eq!(
        kept(&rows[1])["cf"],
        json!(["items.customization", "items.quantity", "special_instructions"])
    );
    assert_eq!(kept(&rows[7])["cf"], json!(["quantity_returned"]));
    assert_eq!(kept(&rows[0])["cf"], Value::Null);
    let links: Vec<_> = rows.iter().map(|row| row.previous_hash.as_str()).collect();
    let hashes = rows.iter().map(|row| row.hash.as_str());
    let expected: Vec<_> = std::iter::once("").chain(hashes).take(8).collect();
    assert_eq!(links, expected);
}

#[tokio::test]
async fn relays_at_the_same_time_make_one_chain() {
    // §4, D43
    let world = World::new().await;
    let background = Background::of(&world);
    let (order, entity) = order_with_a_past(&world).await;
    let walks = (0..8).map(|_| relay(&background.worker, entity));
    let more = async {
        world.pay(&order, "1", "succeeded").await;
        world.pay(&order, "1", "failed").await;
    };
    let (outcomes, ()) = tokio::join!(join_all(walks), more);
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    background.relay(entity).await;
    let verdict = world.verdict(&order).await;
    assert!(sound(10)(&verdict), "{verdict:?}");
    // The position knows where the chain ends, and leads on from there.
    let position = world
        .in_store(async |store| store.relay_position(&order).await.unwrap())
        .await;
    let last = world.audit_rows(&order).await.pop().unwrap();
    assert_eq!(
        (position.published_to, position.audit_head),
        (10, Some(last.hash))
    );
}

#[tokio::test]
async fn nothing_is_told_that_is_not_in_the_copy() {
    // §4, D43
    let world = World::new().await;
    let background = Background::of(&world);
    let (order, entity) = order_with_a_past(&world).await;
    // The copy is written, and the topic takes nothing.
    background.bus.refuse(&[true]);
    assert!(relay(&background.worker, entity).await.is_err());
    assert_eq!(world.audit_rows(&order).await.len(), 1);
    assert!(background.events().is_empty());
    // The copy cannot be written, and nothing is told.
    let broken = world.judged(|request| {
        use crate::support::faults::Verdict::{Pass, Refuse};
        let is_copy = request.operation == "PutItem" && request.body.contains("\"A#");
        if is_copy { Refuse } else { Pass }
    });
    let dying = Background::of(&broken);
    let outcome = relay(&dying.worker, entity).await;
    assert!(outcome.is_err_and(|error| !error.poison));
    assert!(dying.events().is_empty());
    background.relay(entity).await;
    assert!(sound(8)(&world.verdict(&order).await));
}

#[tokio::test]
async fn an_order_that_was_published_without_a_copy_gets_a_whole_one_and_no_second_event() {
    // §4
    let world = World::new().await;
    let background = Background::of(&world);
    let (order, entity) = order_with_a_past(&world).await;
    world
        .in_store(async |store| store.advance_published(&order, 8, None).await.unwrap())
        .await;
    assert_eq!(relay(&background.worker, entity).await, Ok(0));
    assert!(background.events().is_empty());
    assert!(sound(8)(&world.verdict(&order).await));
    world.pay(&order, "1", "succeeded").await;
    assert_eq!(relay(&background.worker, entity).await, Ok(1));
    assert!(sound(9)(&world.verdict(&order).await));
}

#[tokio::test]
async fn an_erasure_breaks_no_chain() {
    // D34, §4
    let world = World::new().await;
    let background = Background::of(&world);
    let (order, entity) = order_with_a_past(&world).await;
    background.relay(entity).await;
    let customer = world.stored_order(&order).await.row.customer_id;
    let path = format!("/customers/{customer}/personal-data");
    world.call("DELETE", &path, None).await.expect(200);
    background.relay(entity).await;
    assert!(sound(9)(&world.verdict(&order).await));
    let rows = world.audit_rows(&order).await;
    assert_eq!(rows[8].entry.changed_fields, ["personal_data"]);
    // Told again from its beginning, the erased history gives the very same rows.
    world.delete_item(&entity.position_key()).await;
    background.relay(entity).await;
    assert_eq!(world.audit_rows(&order).await, rows);
    assert!(sound(9)(&world.verdict(&order).await));
}

#[tokio::test]
async fn an_entry_costs_a_unit_for_its_copy_and_one_for_the_position() {
    // DESIGN §9
    let meter = Meter::default();
    let world = World::metered(&meter).await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    let entity = world.entity(EntityKind::Order, id(&order));
    meter.take();
    background.relay(entity).await;
    let cost = meter.take();
    assert_eq!((cost.writes, cost.round_trips), (2, 3), "{cost:?}");
    background.relay(entity).await;
    assert_eq!(meter.take().writes, 0);
}

#[tokio::test]
async fn every_order_of_a_tenant_is_verified_and_those_that_are_gone() {
    // §4
    let world = World::new().await;
    let background = Background::of(&world);
    let (order, entity) = order_with_a_past(&world).await;
    let (gone, lost) = order_with_a_past(&world).await;
    background.relay(entity).await;
    background.relay(lost).await;
    world.delete_item(&lost.key()).await;
    let mut verdicts = Vec::new();
    let tenant = TenantId(world.tenant);
    orders_service::usecases::audit::verify_tenant::verify_tenant(&world.app, tenant, None, |verdict| {
        verdicts.push((verdict.order_id.to_string(), verdict.faults));
    })
    .await
    .unwrap();
    assert_eq!(verdicts, [(order, vec![]), (gone, vec![Fault::OrderMissing])]);
    assert!(keys::audit_partition(tenant, lost.id).starts_with("A#"));
}
