//! A customer's terms, which are an admin's, and what they do to its orders.

use rstest::rstest;
use serde_json::{Value, json};

use super::update::patch;
use crate::support::World;
use crate::support::orders::new_order;

#[rstest]
#[case(json!({"credit_limit": "100"}))]
#[case(json!({"credit_limit": null}))]
#[case(json!({"payment_terms": "immediate"}))]
#[case(json!({"discount_percentage": "0"}))]
#[case(json!({"on_hold": false}))]
#[case(json!({"on_hold_reason": null}))]
#[tokio::test]
async fn a_member_may_not_even_name_the_terms(#[case] field: Value) {
    // D12
    let world = World::new().await;
    let id = world.customer(json!({})).await;
    let path = format!("/customers/{id}");
    let mut new = json!({"name": "New"});
    for (name, value) in field.as_object().unwrap() {
        new[name] = value.clone();
    }
    for (method, path, body, expected) in [
        ("PATCH", path.as_str(), &field, 200),
        ("POST", "/customers", &new, 201),
    ] {
        world
            .call_as("member", method, path, Some(body), &[])
            .await
            .expect_problem(403, "permission-denied");
        world
            .call_as("owner", method, path, Some(body), &[])
            .await
            .expect(expected);
    }
    let prices = json!({"price_list": {"rye": [{"min_quantity": 0, "unit_price": "1"}]}, "is_active": false});
    world
        .call_as("member", "PATCH", &path, Some(&prices), &[])
        .await
        .expect(200);
}

#[tokio::test]
async fn a_hold_keeps_orders_out_and_takes_its_reason_with_it() {
    // D30, D12
    let world = World::new().await;
    let id = world.customer(json!({})).await;
    let problem = patch(&world, &id, json!({"on_hold_reason": "Owes"}))
        .await
        .expect_problem(422, "invalid-value");
    assert_eq!(problem["errors"][0]["pointer"], "/on_hold_reason");
    let held = patch(&world, &id, json!({"on_hold": true, "on_hold_reason": "Owes"}))
        .await
        .expect(200);
    assert_eq!(held["on_hold_reason"], "Owes");
    world
        .post("/orders", &new_order(&id, json!({})))
        .await
        .expect_problem(422, "customer-on-hold");
    patch(&world, &id, json!({"on_hold": false, "on_hold_reason": "Owes"}))
        .await
        .expect_problem(422, "invalid-value");
    let free = patch(&world, &id, json!({"on_hold": false})).await.expect(200);
    assert_eq!(
        (&free["on_hold"], &free["on_hold_reason"]),
        (&json!(false), &Value::Null)
    );
    world.order(&id, json!({})).await;
    patch(&world, &id, json!({"is_active": false})).await.expect(200);
    world
        .post("/orders", &new_order(&id, json!({})))
        .await
        .expect_problem(422, "customer-inactive");
    patch(&world, &id, json!({"is_active": true})).await.expect(200);
    world.order(&id, json!({})).await;
}

#[tokio::test]
async fn a_new_limit_holds_for_the_next_order() {
    // D31
    let world = World::with(&[("CUSTOMER_CREDIT_CHECK_ENABLED", "true")]).await;
    let id = world.customer(json!({"payment_terms": "net_30"})).await;
    let status = async |limit: Value| {
        patch(&world, &id, json!({"credit_limit": limit}))
            .await
            .expect(200);
        world.order(&id, json!({})).await["status"].clone()
    };
    assert_eq!(status(json!("10")).await, "pending");
    assert_eq!(status(json!("10.01")).await, "on_hold");
    assert_eq!(status(json!("14.00")).await, "pending");
    assert_eq!(status(json!(0)).await, "on_hold");
    assert_eq!(status(Value::Null).await, "pending");
    let read = world.get(&format!("/customers/{id}")).await.expect(200);
    assert_eq!(read["credit"], json!({"exposure": "21.00", "available": null}));
}
