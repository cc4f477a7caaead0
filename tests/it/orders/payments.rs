//! `POST /orders/{order_id}/payments`

use futures_util::future::join_all;
use orders_service::messaging::entity::EntityKind;
use serde_json::{Value, json};

use crate::support::background::id;
use crate::support::history::sequences;
use crate::support::orders::merge;
use crate::support::{Background, World};

fn payment(amount: &str, status: &str) -> Value {
    json!({"amount": amount, "method": "card", "status": status})
}

fn path(order: &Value) -> String {
    format!("/orders/{}/payments", id(order))
}

/// A customer and an order of 100.00.
async fn order_of_100(world: &World) -> Value {
    let customer = world.customer(json!({})).await;
    let items = json!([{"product_id": "rye", "quantity": "10", "unit_price": "10"}]);
    world.order(&customer, json!({"items": items})).await
}

#[tokio::test]
async fn a_payment_is_shown_with_the_whole_order_and_stands_in_its_history() {
    // D28, §4
    let world = World::new().await;
    let order = order_of_100(&world).await;
    world.clock.advance(chrono::Duration::hours(1));
    let mut body = payment("40", "succeeded");
    merge(&mut body, json!({"reference": "RF18 5390 0754 7034"}));
    let answer = world
        .call_as("member", "POST", &path(&order), Some(&body), &[])
        .await;
    assert_eq!(
        (answer.header("etag"), answer.header("location")),
        (Some("\"2\""), Some(format!("../{}", id(&order)).as_str()))
    );
    let paid = answer.expect(201);
    let actor = paid["updated_by"].clone();
    assert_eq!(actor["role"], "member");
    let mut expected = order.clone();
    let payment_id = &paid["payments"][0]["id"];
    merge(
        &mut expected,
        json!({
            "version": 2, "amount_paid": "40.00", "balance_due": "60.00", "payment_status": "partial",
            "updated_at": "2026-12-01T09:00:00Z", "updated_by": actor,
            "payments": [{
                "id": payment_id, "amount": "40.00", "method": "card", "reference": "RF18 5390 0754 7034",
                "status": "succeeded", "at": "2026-12-01T09:00:00Z", "by": actor,
            }],
        }),
    );
    assert_eq!(paid, expected);
    assert_eq!(
        world.get(&format!("/orders/{}", id(&order))).await.expect(200),
        paid
    );
    let entry = world.history(id(&order), 50).await.pop().unwrap();
    assert_eq!(
        entry,
        json!({
            "sequence": 2, "event": "payment_recorded", "from_status": "pending", "to_status": "pending",
            "reason": null, "note": null, "notify_customer": false,
            "context": {"payment_id": payment_id, "amount": "40.00", "method": "card", "status": "succeeded"},
            "changed_by": actor, "changed_at": "2026-12-01T09:00:00Z", "version": 2, "notification": null,
            "after": {
                "status": "pending", "total_amount": "100.00", "balance_due": "60.00", "returned_amount": "0.00",
                "payment_status": "partial", "total_quantity": "10.000", "delivery_date": "2026-12-04",
            },
        })
    );
}

#[tokio::test]
async fn balance_and_payment_status_follow_every_payment() {
    // D28
    let world = World::new().await;
    let order = order_of_100(&world).await;
    for (amount, status, paid, due, word) in [
        ("10", "failed", "0.00", "100.00", "failed"),
        ("30.01", "succeeded", "30.01", "69.99", "partial"),
        ("500", "failed", "30.01", "69.99", "partial"),
        ("69.99", "succeeded", "100.00", "0.00", "paid"),
        ("0.01", "refunded", "99.99", "0.01", "partial"),
        ("99.99", "refunded", "0.00", "100.00", "refunded"),
        ("10", "failed", "0.00", "100.00", "refunded"),
        ("100", "succeeded", "100.00", "0.00", "paid"),
    ] {
        let now = world.pay(id(&order), amount, status).await;
        assert_eq!(
            (&now["amount_paid"], &now["balance_due"], &now["payment_status"]),
            (&json!(paid), &json!(due), &json!(word)),
            "{amount} {status}"
        );
    }
}

#[tokio::test]
async fn more_than_is_due_or_was_paid_is_refused_to_the_cent_and_changes_nothing() {
    // D28, D5
    let world = World::new().await;
    let order = order_of_100(&world).await;
    let post = async |body: Value| world.post(&path(&order), &body).await;
    let over = post(payment("100.01", "succeeded")).await;
    let over = over.expect_problem(422, "payment-exceeds-balance");
    assert_eq!(
        (&over["balance_due"], &over["errors"][0]["pointer"]),
        (&json!("100.00"), &json!("/amount"))
    );
    world.pay(id(&order), "60", "succeeded").await;
    let over = post(payment("60.01", "refunded")).await;
    let over = over.expect_problem(422, "refund-exceeds-paid");
    assert_eq!(over["amount_paid"], "60.00");
    for (body, code) in [
        (json!({"amount": "0"}), "invalid-decimal"),
        (json!({"amount": "-1"}), "invalid-decimal"),
        (json!({"amount": "1.001"}), "invalid-decimal"),
        (json!({"amount": null}), "required"),
        (json!({"method": "cheque"}), "invalid-value"),
        (json!({"status": "pending"}), "invalid-value"),
        (json!({"reference": "x".repeat(201)}), "too-long"),
        (json!({"id": "x"}), "unknown-field"),
    ] {
        let mut whole = payment("1", "succeeded");
        merge(&mut whole, body.clone());
        let code_of = post(whole).await.expect_problem(422, code);
        assert_eq!(code_of["code"], code, "{body}");
    }
    let now = world.get(&format!("/orders/{}", id(&order))).await.expect(200);
    assert_eq!(
        (&now["version"], &now["amount_paid"]),
        (&json!(2), &json!("60.00"))
    );
}

#[tokio::test]
async fn a_cancelled_order_takes_no_payment_but_gives_back_what_was_paid() {
    // D28
    let world = World::new().await;
    let order = order_of_100(&world).await;
    world.pay(id(&order), "60", "succeeded").await;
    world.walk(id(&order), &["cancelled"]).await;
    for status in ["succeeded", "failed"] {
        let refused = world.post(&path(&order), &payment("1", status)).await;
        assert_eq!(
            refused.expect_problem(409, "order-not-payable")["current"],
            "cancelled"
        );
    }
    let refunded = world.pay(id(&order), "60", "refunded").await;
    assert_eq!(
        (&refunded["payment_status"], &refunded["status"]),
        (&json!("refunded"), &json!("cancelled"))
    );
}

#[tokio::test]
async fn a_key_records_one_payment_on_one_order() {
    // D7
    let world = World::new().await;
    let (order, other) = (order_of_100(&world).await, order_of_100(&world).await);
    let body = payment("10", "succeeded");
    let here = path(&order);
    let twins = join_all((0..10).map(|_| world.post_with_key(&here, "twin", &body))).await;
    let fresh = twins
        .iter()
        .filter(|answer| answer.header("idempotency-replayed").is_none())
        .count();
    assert_eq!(fresh, 1);
    for answer in twins {
        assert_eq!(answer.expect(201)["amount_paid"], "10.00");
    }
    world
        .post_with_key(&path(&order), "twin", &payment("10.5", "succeeded"))
        .await
        .expect_problem(422, "idempotency-key-reused");
    // The key belongs to its order.
    let elsewhere = world.post_with_key(&path(&other), "twin", &body).await;
    assert_eq!(elsewhere.header("idempotency-replayed"), None);
    assert_ne!(
        elsewhere.expect(201)["payments"][0]["id"],
        world.get(&format!("/orders/{}", id(&order))).await.expect(200)["payments"][0]["id"]
    );
    // What has happened since changes nothing: neither a stale If-Match nor the state nor the balance is asked.
    world.pay(id(&order), "90", "succeeded").await;
    world.walk(id(&order), &["cancelled"]).await;
    let headers = [("idempotency-key", "twin"), ("if-match", "\"1\"")];
    let replay = world
        .call_as("admin", "POST", &path(&order), Some(&body), &headers)
        .await;
    assert_eq!(replay.header("idempotency-replayed"), Some("true"));
    let replay = replay.expect(201);
    assert_eq!(
        (&replay["status"], &replay["amount_paid"], &replay["version"]),
        (&json!("cancelled"), &json!("100.00"), &json!(4))
    );
}

#[tokio::test]
async fn a_stale_if_match_is_refused_before_any_rule() {
    // D6
    let world = World::new().await;
    let order = order_of_100(&world).await;
    world.pay(id(&order), "10", "succeeded").await;
    let headers = [("if-match", "\"1\"")];
    let body = payment("1000", "succeeded");
    let stale = world
        .call_as("admin", "POST", &path(&order), Some(&body), &headers)
        .await;
    assert_eq!(stale.expect_problem(412, "stale-version")["current_version"], 2);
}

#[tokio::test]
async fn payments_at_the_same_time_never_pay_more_than_is_due() {
    // D6, D28
    let world = World::new().await;
    let order = order_of_100(&world).await;
    let body = payment("30", "succeeded");
    let here = path(&order);
    let answers = join_all((0..4).map(|_| world.post(&here, &body))).await;
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 201, 201, 422]);
    let now = world.get(&format!("/orders/{}", id(&order))).await.expect(200);
    assert_eq!(
        (&now["amount_paid"], &now["version"]),
        (&json!("90.00"), &json!(4))
    );
    assert_eq!(sequences(&world.history(id(&order), 50).await), [1, 2, 3, 4]);
}

#[tokio::test]
async fn payments_beyond_fifty_move_aside_and_are_all_shown_and_replayed() {
    // D28, D7, DESIGN §3
    let world = World::new().await;
    let order = order_of_100(&world).await;
    let body = payment("0.01", "succeeded");
    world
        .post_with_key(&path(&order), "first", &body)
        .await
        .expect(201);
    for _ in 0..50 {
        world.pay(id(&order), "0.01", "succeeded").await;
    }
    let stored = world.stored_order(id(&order)).await;
    assert_eq!(
        (stored.body.payments.len(), stored.body.payments_in_parts),
        (25, 26)
    );
    assert_eq!(stored.version, 52);
    let parts = world.parts_of(id(&order)).await;
    let in_parts: usize = parts.iter().map(|part| part.payments.len()).sum();
    assert_eq!(in_parts, 26);
    // The payment of the key stands in a part now, and its replay shows all of them.
    let replay = world.post_with_key(&path(&order), "first", &body).await;
    assert_eq!(replay.header("idempotency-replayed"), Some("true"));
    let replay = replay.expect(201);
    let ids: std::collections::BTreeSet<_> = replay["payments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|payment| payment["id"].as_str().unwrap())
        .collect();
    assert_eq!((ids.len(), &replay["amount_paid"]), (51, &json!("0.51")));
    assert_eq!(ids.len(), replay["payments"].as_array().unwrap().len());
    world
        .post_with_key(&path(&order), "first", &payment("0.02", "succeeded"))
        .await
        .expect_problem(422, "idempotency-key-reused");
    let read = world.get(&format!("/orders/{}", id(&order))).await.expect(200);
    assert_eq!(read, replay);
    // So does every other change of the order, and none of them writes a payment twice.
    let moved = world
        .put(
            &format!("/orders/{}/status", id(&order)),
            &json!({"status": "confirmed"}),
        )
        .await
        .expect(200);
    assert_eq!(moved["payments"], read["payments"]);
    assert_eq!(
        world.get(&format!("/orders/{}", id(&order))).await.expect(200)["payments"],
        read["payments"]
    );
}

#[tokio::test]
async fn a_failed_payment_raises_an_alert_even_when_something_is_paid() {
    // D28, D40, D43
    let world = World::new().await;
    let background = Background::of(&world);
    let order = order_of_100(&world).await;
    let entity = world.entity(EntityKind::Order, id(&order));
    background.settle(entity).await;
    let issues = async || {
        let alerts = world.get("/alerts?alert_type=payment_issue").await.expect(200);
        alerts["items"].as_array().unwrap().clone()
    };
    world.pay(id(&order), "40", "succeeded").await;
    background.settle(entity).await;
    assert_eq!(issues().await, Vec::<Value>::new());
    world.pay(id(&order), "60", "failed").await;
    let events = background.settle(entity).await;
    let event: Value = serde_json::from_str(&events[0]).unwrap();
    assert_eq!(
        (
            &event["event_type"],
            &event["data"]["after"]["payment_status"],
            &event["data"]["payment"]["status"],
            &event["data"]["payment"]["amount"]
        ),
        (
            &json!("order.payment_recorded"),
            &json!("partial"),
            &json!("failed"),
            &json!("60.00")
        )
    );
    let alerts = issues().await;
    assert_eq!(alerts.len(), 1);
    assert_eq!(
        (&alerts[0]["severity"], &alerts[0]["entity"]),
        (&json!("high"), &json!({"kind": "order", "id": id(&order)}))
    );
}

#[tokio::test]
async fn no_free_text_of_a_payment_leaves_with_an_event() {
    // D43, D34
    let world = World::new().await;
    let background = Background::of(&world);
    let order = order_of_100(&world).await;
    let mut body = payment("1", "succeeded");
    merge(&mut body, json!({"reference": "canary reference"}));
    world.post(&path(&order), &body).await.expect(201);
    background
        .settle(world.entity(EntityKind::Order, id(&order)))
        .await;
    let sent = Value::from([background.events(), background.alert_messages()].concat()).to_string();
    assert!(sent.contains("order.payment_recorded"));
    assert!(!sent.contains("canary"), "{sent}");
    let history = Value::from(world.history(id(&order), 50).await).to_string();
    assert!(!history.contains("canary"), "{history}");
}

#[tokio::test]
async fn orders_of_others_take_no_payment() {
    // D11
    let world = World::new().await;
    let order = order_of_100(&world).await;
    let stranger = world.neighbour();
    stranger
        .post(&path(&order), &payment("1", "succeeded"))
        .await
        .expect_problem(404, "not-found");
    let none = format!("/orders/{}/payments", uuid::Uuid::new_v4());
    world
        .post(&none, &payment("1", "succeeded"))
        .await
        .expect_problem(404, "not-found");
}
