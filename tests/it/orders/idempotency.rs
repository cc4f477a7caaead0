//! Idempotency-Key on creating requests.

use serde_json::json;

use crate::support::World;
use crate::support::orders::new_order;

#[tokio::test]
async fn twenty_twins_make_one_order() {
    // D7
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let body = new_order(&customer, json!({}));
    let answers =
        futures_util::future::join_all((0..20).map(|_| world.post_with_key("/orders", "twin", &body))).await;
    let fresh = answers
        .iter()
        .filter(|answer| answer.header("idempotency-replayed").is_none())
        .count();
    assert_eq!(fresh, 1);
    let first = answers[0].body.clone();
    for answer in answers {
        assert_eq!(answer.expect(201), first);
    }
    assert_eq!(
        world.get("/orders").await.expect(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_key_belongs_to_its_body_route_and_tenant() {
    // D7
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let body = new_order(&customer, json!({}));
    let order = world.post_with_key("/orders", "key", &body).await.expect(201);
    let other = new_order(&customer, json!({"priority": "high"}));
    world
        .post_with_key("/orders", "key", &other)
        .await
        .expect_problem(422, "idempotency-key-reused");
    // White space and order of members are no difference.
    let mut shuffled: Vec<_> = body.as_object().unwrap().clone().into_iter().collect();
    shuffled.reverse();
    let text = format!(
        "{{ {} }}",
        shuffled
            .iter()
            .map(|(k, v)| format!("{k:?} : {v}"))
            .collect::<Vec<_>>()
            .join(" , ")
    );
    let bearer = format!("Bearer {}", world.token("admin"));
    let url = format!("/api/v1/tenants/{}/orders", world.tenant);
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("idempotency-key", "key"),
    ];
    assert_eq!(
        world.raw("POST", &url, Some(&text), &headers).await.expect(201),
        order
    );
    let same_key = world
        .post_with_key("/customers", "key", &json!({"name": "Other"}))
        .await
        .expect(201);
    assert_ne!(same_key["id"], order["id"]);
    let neighbour = World {
        tenant: uuid::Uuid::new_v4(),
        ..world.redeployed(&[("CUSTOMER_VALIDATION_ENABLED", "false")])
    };
    let theirs = neighbour.post_with_key("/orders", "key", &body).await.expect(201);
    assert_ne!(theirs["id"], order["id"]);
}

#[tokio::test]
async fn a_retry_succeeds_when_clock_rules_and_state_have_moved_on() {
    // D7
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let body = new_order(&customer, json!({}));
    let order = world.post_with_key("/orders", "late", &body).await.expect(201);
    world.walk(order["id"].as_str().unwrap(), &["confirmed"]).await;
    world.clock.advance(chrono::Duration::days(30));
    let closed = world.redeployed(&[("ORDER_PROCESSING_ENABLED", "false"), ("MAX_ORDER_VALUE", "1")]);
    let replay = closed.post_with_key("/orders", "late", &body).await;
    assert_eq!(replay.header("idempotency-replayed"), Some("true"));
    let replay = replay.expect(201);
    assert_eq!(
        (&replay["id"], &replay["status"]),
        (&order["id"], &json!("confirmed"))
    );
    // A fresh key meets the rules.
    closed
        .post_with_key("/orders", "new", &body)
        .await
        .expect_problem(503, "order-processing-disabled");
}

#[tokio::test]
async fn what_is_refused_does_not_use_up_a_key() {
    // D7
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let bad = new_order(
        &customer,
        json!({"items": [{"product_id": "rye", "quantity": "1"}]}),
    );
    world
        .post_with_key("/orders", "again", &bad)
        .await
        .expect_problem(422, "price-unknown");
    let answer = world
        .post_with_key("/orders", "again", &new_order(&customer, json!({})))
        .await;
    assert_eq!(answer.header("idempotency-replayed"), None);
    answer.expect(201);
}

#[tokio::test]
async fn keys_are_visible_ascii_and_can_be_required() {
    // D7
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let body = new_order(&customer, json!({}));
    for bad in ["", "has space", &"x".repeat(256)] {
        world
            .post_with_key("/orders", bad, &body)
            .await
            .expect_problem(400, "invalid-header");
    }
    world
        .post_with_key("/orders", &"x".repeat(255), &body)
        .await
        .expect(201);
    let strict = world.redeployed(&[("IDEMPOTENCY_KEY_REQUIRED", "true")]);
    strict
        .post("/orders", &body)
        .await
        .expect_problem(400, "idempotency-key-required");
    strict.post_with_key("/orders", "k", &body).await.expect(201);
}
