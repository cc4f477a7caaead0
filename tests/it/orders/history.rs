//! `GET /orders/{order_id}/history`, and histories that have grown beyond their order.

use orders_service::messaging::entity::EntityKind;
use orders_service::store::customers::Customer;
use orders_service::store::order_writes::OrderWritten;
use orders_service::store::orders::HistoryEntry;
use orders_service::store::{Written, keys};
use orders_service::usecases::relay::relay;
use orders_service::words::CustomerEvent;
use serde_json::json;

use crate::support::background::id;
use crate::support::history::sequences;
use crate::support::{Background, World};

#[tokio::test]
async fn a_history_is_read_oldest_first_in_whole_entries() {
    // §4, D26
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    world.clock.advance(chrono::Duration::minutes(5));
    let body =
        json!({"status": "confirmed", "reason": "called", "note": "ring twice", "notify_customer": false});
    world
        .call_as(
            "member",
            "PUT",
            &format!("/orders/{}/status", id(&order)),
            Some(&body),
            &[],
        )
        .await
        .expect(200);
    let page = world.history_page(id(&order), "").await;
    let after = |status: &str| {
        json!({
            "status": status, "total_amount": "7.00", "balance_due": "7.00", "returned_amount": "0.00",
            "payment_status": null, "total_quantity": "2.000", "delivery_date": "2026-12-04",
        })
    };
    let mut member = order["created_by"].clone();
    member["role"] = json!("member");
    assert_eq!(
        page,
        json!({
            "items": [
                {
                    "sequence": 1, "event": "created", "from_status": null, "to_status": "pending", "reason": null,
                    "note": null, "notify_customer": true, "context": {}, "changed_by": order["created_by"],
                    "changed_at": "2026-12-01T08:00:00Z", "version": 1, "notification": null, "after": after("pending"),
                },
                {
                    "sequence": 2, "event": "status_changed", "from_status": "pending", "to_status": "confirmed",
                    "reason": "called", "note": "ring twice", "notify_customer": false, "context": {},
                    "changed_by": page["items"][1]["changed_by"], "changed_at": "2026-12-01T08:05:00Z", "version": 2,
                    "notification": null, "after": after("confirmed"),
                },
            ],
            "next_cursor": null,
        })
    );
    assert_eq!(page["items"][1]["changed_by"]["role"], "member");
}

#[tokio::test]
async fn a_foreign_history_reads_like_an_unknown_one() {
    // D11, D8
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    world.walk(id(&order), &["confirmed"]).await;
    let stranger = world.neighbour();
    let path = format!("/orders/{}/history", id(&order));
    let mut bodies = Vec::new();
    for id in [id(&order), &uuid::Uuid::new_v4().to_string(), "nonsense"] {
        let answer = stranger.get(&format!("/orders/{id}/history")).await;
        let mut body = answer.expect_problem(404, "not-found");
        body.as_object_mut().unwrap().remove("request_id");
        bodies.push(body);
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]));
    world
        .get(&format!("{path}?limit=0"))
        .await
        .expect_problem(422, "invalid-value");
    world
        .get(&format!("{path}?cursor=x"))
        .await
        .expect_problem(400, "invalid-cursor");
    world
        .get(&format!("{path}?sort=x"))
        .await
        .expect_problem(400, "invalid-query");
    let cursor = world.history_page(id(&order), "?limit=1").await["next_cursor"].clone();
    let cursor = cursor.as_str().unwrap();
    stranger
        .get(&format!("{path}?cursor={cursor}"))
        .await
        .expect_problem(400, "invalid-cursor");
}

#[tokio::test]
async fn pages_miss_and_repeat_nothing_while_entries_are_added_and_move_aside() {
    // D8, DESIGN §3
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    world.age(id(&order), 35).await;
    let mut seen = Vec::new();
    let mut cursor = String::new();
    for changes in [2, 4, 1, 45, 0, 30, 2, 0, 0, 0, 0, 0, 0] {
        let page = world
            .history_page(id(&order), &format!("?limit=10{cursor}"))
            .await;
        seen.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
        world.age(id(&order), changes).await;
    }
    let stored = world.stored_order(id(&order)).await;
    assert!(stored.body.history_parts >= 4, "{}", stored.body.history_parts);
    assert_eq!(stored.version, 120);
    assert_eq!(sequences(&seen), (1..=120).collect::<Vec<_>>());
    for limit in [1, 7, 100] {
        assert_eq!(world.history(id(&order), limit).await, seen, "{limit}");
    }
}

#[tokio::test]
async fn older_entries_move_aside_whole_and_stand_in_one_place() {
    // DESIGN §3
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    world.age(id(&order), 39).await;
    let before = world.stored_order(id(&order)).await;
    assert_eq!(
        (
            before.body.history.len(),
            before.body.history_parts,
            world.parts_of(id(&order)).await.len()
        ),
        (40, 0, 0)
    );
    world.age(id(&order), 1).await;
    let after = world.stored_order(id(&order)).await;
    let parts = world.parts_of(id(&order)).await;
    assert_eq!(
        (after.body.history.len(), after.body.history_parts, parts.len()),
        (20, 1, 1)
    );
    let all: Vec<&HistoryEntry> = parts[0].entries.iter().chain(&after.body.history).collect();
    assert!(all.iter().take(40).copied().eq(&before.body.history));
    assert_eq!((all.len(), all[40].version, after.version), (41, 41, 41));
    // One transaction, under one stamp.
    assert_eq!(parts[0].write_id, after.write_id);
}

#[tokio::test]
async fn a_history_of_long_texts_moves_aside_by_weight() {
    // DESIGN §3
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    let path = format!("/orders/{}/status", id(&order));
    for turn in 0..60 {
        let status = if turn % 2 == 0 { "on_hold" } else { "pending" };
        let body = json!({"status": status, "reason": "r".repeat(500), "note": "\u{1F956}".repeat(1000)});
        world.put(&path, &body).await.expect(200);
    }
    let (bytes, parts) = world.sizes_of(id(&order)).await;
    assert!(bytes < 36 * 1024, "{bytes}");
    assert!(
        !parts.is_empty() && parts.iter().all(|bytes| *bytes < 40 * 1024),
        "{parts:?}"
    );
    assert_eq!(
        sequences(&world.history(id(&order), 100).await),
        (1..=61).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn entries_that_have_moved_are_still_published_first_and_in_order() {
    // D43, DESIGN §3: the stream was down for 105 changes.
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    let entity = world.entity(EntityKind::Order, id(&order));
    world.age(id(&order), 4).await;
    assert_eq!(relay(&background.worker, entity).await, Ok(5));
    world.age(id(&order), 105).await;
    assert!(world.stored_order(id(&order)).await.body.history_parts >= 3);
    // In the middle of a part, and in the middle of what the order has itself.
    for taken in [13, 80] {
        background.bus.refuse(&[vec![false; taken], vec![true]].concat());
        assert!(relay(&background.worker, entity).await.is_err());
    }
    assert_eq!(relay(&background.worker, entity).await, Ok(105 - 13 - 80));
    assert_eq!(background.sequences(), (1..=110).collect::<Vec<_>>());
    // From the very beginning, every repeat is the same.
    let first = background.event_bodies();
    world.delete_item(&entity.position_key()).await;
    assert_eq!(relay(&background.worker, entity).await, Ok(110));
    let all = background.event_bodies();
    assert_eq!(all[110..], first[..]);
}

#[tokio::test]
async fn a_spill_that_loses_its_race_leaves_no_part_behind() {
    // D6, DESIGN §3
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    world.age(id(&order), 39).await;
    let payment = json!({"amount": "0.10", "method": "cash", "status": "succeeded"});
    let path = format!("/orders/{}/payments", id(&order));
    let answers = futures_util::future::join_all((0..5).map(|_| world.post(&path, &payment))).await;
    let done = answers.iter().filter(|answer| answer.status == 201).count();
    assert!(done >= 1 && answers.iter().all(|answer| matches!(answer.status, 201 | 409)));
    let stored = world.stored_order(id(&order)).await;
    assert_eq!(stored.version, 40 + done as u64);
    let parts = world.parts_of(id(&order)).await;
    assert_eq!((stored.body.history_parts, parts.len()), (1, 1));
    assert_eq!(
        sequences(&world.history(id(&order), 100).await),
        (1..=stored.version).collect::<Vec<_>>()
    );
    let key = keys::history_part(&world.entity(EntityKind::Order, id(&order)).key(), 2);
    assert!(
        world
            .in_store(async |store| store.get_item(&key).await.unwrap())
            .await
            .is_none()
    );
}

#[tokio::test]
async fn a_spill_that_is_sent_again_is_done_once() {
    // DESIGN §1: our own stamp means that the first attempt had arrived.
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    world.age(id(&order), 39).await;
    let mut next = world.stored_order(id(&order)).await;
    let read = next.version;
    next.version += 1;
    next.write_id = uuid::Uuid::new_v4();
    let mut entry = next.body.history.last().unwrap().clone();
    (entry.sequence, entry.version) = (41, 41);
    next.body.history.push(entry);
    for _ in 0..2 {
        let written = world
            .in_store(async |store| store.replace_order(&next, read, None).await.unwrap())
            .await;
        assert!(matches!(written, OrderWritten::Now), "{written:?}");
    }
    let stored = world.stored_order(id(&order)).await;
    assert_eq!((stored.version, world.parts_of(id(&order)).await.len()), (41, 1));
    // Somebody else's write from the same version is too late.
    next.write_id = uuid::Uuid::new_v4();
    let written = world
        .in_store(async |store| store.replace_order(&next, read, None).await.unwrap())
        .await;
    assert!(matches!(written, OrderWritten::Other(Some(_))), "{written:?}");
}

#[tokio::test]
async fn a_customers_history_moves_aside_and_is_published_like_an_orders() {
    // D43, DESIGN §3
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let entity = world.entity(EntityKind::Customer, &customer);
    let key = entity.key();
    for sequence in 2..=100 {
        world
            .in_store(async |store| {
                let mut next: Customer = store.get(&key).await.unwrap().unwrap();
                next.version = sequence;
                next.write_id = uuid::Uuid::new_v4();
                let mut change = next.body.history.last().unwrap().clone();
                (change.sequence, change.version) = (sequence, sequence);
                change.event = CustomerEvent::Updated;
                next.body.history.push(change);
                let written = store
                    .write_with_history(&next, Some(sequence - 1), Vec::new())
                    .await;
                assert!(matches!(written, Ok(Written::Now)), "{written:?}");
            })
            .await;
    }
    let stored: Customer = world
        .in_store(async |store| store.get(&key).await.unwrap().unwrap())
        .await;
    assert!(stored.body.history_parts >= 3 && stored.body.history.len() <= 40);
    assert_eq!(relay(&background.worker, entity).await, Ok(100));
    assert_eq!(background.sequences(), (1..=100).collect::<Vec<_>>());
}

/// Write units by DynamoDB's rules: a started KB each.
fn units(bytes: usize) -> usize {
    bytes.div_ceil(1024)
}

#[tokio::test]
async fn what_payments_and_spills_cost_is_as_the_docs_say() {
    // DESIGN §9: an order of 8 lines that is on its way.
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let line = json!({
        "product_id": "rye-sourdough", "product_name": "Rye sourdough", "category": "bread", "unit": "piece",
        "quantity": "12", "unit_price": "3.45", "unit_cost": "1.20", "tax_rate": "10", "allergens": ["gluten"],
    });
    let order = world
        .order(
            &customer,
            json!({"items": vec![line; 8], "delivery_method": "delivery"}),
        )
        .await;
    world.walk(id(&order), &["confirmed", "in_production"]).await;
    world.pay(id(&order), "50", "succeeded").await;
    // The item alone, and a row in each of three indexes, as nothing stands beside it.
    let (bytes, parts) = world.sizes_of(id(&order)).await;
    let payment = units(bytes) + 3;
    assert!(parts.is_empty() && payment <= 7, "{bytes} bytes, {payment} units");
    for _ in 0..36 {
        world.pay(id(&order), "0.10", "succeeded").await;
    }
    let (before, parts) = world.sizes_of(id(&order)).await;
    assert!(parts.is_empty());
    world.pay(id(&order), "0.10", "succeeded").await;
    let (after, parts) = world.sizes_of(id(&order)).await;
    // A transaction counts items twice, indexes once.
    let spill = 2 * units(after) + 2 * units(parts[0]) + 3;
    println!(
        "payment: {bytes} bytes, {payment} units; spill: {before} to {after} and {} bytes, {spill} units",
        parts[0]
    );
    assert!(spill <= 40, "{spill}");
    assert!(spill < 2 * (units(before) + 3) + 20, "{spill}");
}
