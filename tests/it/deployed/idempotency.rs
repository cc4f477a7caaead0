//! A request that arrives many times at once, in as many processes.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::deployed::new_order;
use crate::support::{Deployed, Inbox};

const TWINS: usize = 20;

#[tokio::test]
async fn twenty_twins_with_one_key_make_one_order_and_read_the_same() {
    // D7
    let stack = Deployed::new();
    let mut inbox = Inbox::events(stack.tenant, &["order.created"]).await;
    let customer = stack.customer().await;
    let body = new_order(&customer, json!({}));
    let answers = join_all((0..TWINS).map(|_| stack.post_with_key("/orders", "twin-1", &body))).await;
    let first_attempts = answers
        .iter()
        .filter(|answer| answer.header("idempotency-replayed") != Some("true"))
        .count();
    assert!(
        first_attempts <= 1,
        "{first_attempts} answers claim to be the first"
    );
    let orders: Vec<_> = answers.into_iter().map(|answer| answer.expect(201)).collect();
    assert!(orders.iter().all(|order| order == &orders[0]), "{orders:#?}");

    let again = stack.post_with_key("/orders", "twin-1", &body).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.expect(201), orders[0]);
    let other = new_order(&customer, json!({"priority": "high"}));
    stack
        .post_with_key("/orders", "twin-1", &other)
        .await
        .expect_problem(422, "idempotency-key-reused");

    let listed: Vec<_> = stack
        .list("/orders", 50)
        .await
        .into_iter()
        .map(|row| row["id"].clone())
        .collect();
    assert_eq!(listed, [orders[0]["id"].clone()]);
    inbox.until(|notices| !notices.is_empty()).await;
    inbox.linger(Duration::from_secs(2)).await;
    for notice in &inbox.notices {
        assert_eq!(notice.body, inbox.notices[0].body);
    }
    assert_eq!(inbox.notices[0].body["entity_id"], orders[0]["id"]);
    inbox.close().await;
}

#[tokio::test]
async fn a_replay_shows_the_current_state_and_keys_of_other_routes_and_tenants_are_their_own() {
    // D7
    let stack = Deployed::new();
    let neighbour = stack.neighbour();
    let customer = stack
        .post_with_key("/customers", "k", &json!({"name": "Café Noir"}))
        .await
        .expect(201);
    let body = new_order(customer["id"].as_str().unwrap(), json!({}));
    let order = stack.post_with_key("/orders", "k", &body).await.expect(201);
    assert_ne!(order["id"], customer["id"]);
    let path = format!("/orders/{}/status", order["id"].as_str().unwrap());
    let confirmed = stack
        .put(&path, &json!({"status": "confirmed"}))
        .await
        .expect(200);
    let replayed = stack.post_with_key("/orders", "k", &body).await;
    assert_eq!(replayed.header("idempotency-replayed"), Some("true"));
    assert_eq!(replayed.expect(201), confirmed);

    let theirs = neighbour
        .post_with_key("/customers", "k", &json!({"name": "Café Noir"}))
        .await;
    assert_eq!(theirs.header("idempotency-replayed"), None);
    assert_ne!(theirs.expect(201)["id"], customer["id"]);
}

#[tokio::test]
async fn what_is_refused_does_not_use_up_its_key() {
    // D7
    let stack = Deployed::new();
    let customer = stack.customer().await;
    let unknown = new_order("00000000-0000-4000-8000-000000000000", json!({}));
    stack
        .post_with_key("/orders", "k", &unknown)
        .await
        .expect_problem(422, "customer-not-found");
    let order = stack
        .post_with_key("/orders", "k", &new_order(&customer, json!({})))
        .await;
    assert_eq!(order.header("idempotency-replayed"), None);
    assert_ne!(order.expect(201)["id"], Value::Null);
}
