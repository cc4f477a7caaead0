//! `POST /orders`: the switches and limits of D13, each at its boundary.

use serde_json::{Value, json};

use crate::support::World;
use crate::support::orders::new_order;

fn lines(count: usize) -> Value {
    vec![json!({"product_id": "rye", "quantity": "1", "unit_price": "1"}); count].into()
}

#[tokio::test]
async fn the_number_of_lines_is_inclusive() {
    // D13 MAX_ORDER_ITEMS
    let world = World::with(&[("MAX_ORDER_ITEMS", "3")]).await;
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({"items": lines(3)})).await;
    assert_eq!(order["item_count"], 3);
    let problem = world
        .post("/orders", &new_order(&customer, json!({"items": lines(4)})))
        .await
        .expect_problem(422, "too-many-items");
    assert_eq!(problem["errors"][0]["pointer"], "/items");
}

#[tokio::test]
async fn the_order_value_says_what_is_allowed() {
    // D13 MIN_ORDER_VALUE, MAX_ORDER_VALUE
    let world = World::with(&[("MIN_ORDER_VALUE", "10"), ("MAX_ORDER_VALUE", "20")]).await;
    let customer = world.customer(json!({})).await;
    for (amount, fits) in [
        ("9.99", false),
        ("10.00", true),
        ("20.00", true),
        ("20.01", false),
    ] {
        let items = json!([{"product_id": "rye", "quantity": "1", "unit_price": amount}]);
        let answer = world
            .post("/orders", &new_order(&customer, json!({"items": items})))
            .await;
        if fits {
            assert_eq!(answer.expect(201)["total_amount"], amount);
        } else {
            let problem = answer.expect_problem(422, "order-value-out-of-range");
            assert_eq!(
                (
                    &problem["total_amount"],
                    &problem["min_order_value"],
                    &problem["max_order_value"]
                ),
                (&json!(amount), &json!("10.00"), &json!("20.00"))
            );
        }
    }
}

#[tokio::test]
async fn each_delivery_method_has_its_own_switch() {
    // D13 PICKUP_ENABLED, DELIVERY_ENABLED
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    for (name, off, on) in [
        ("PICKUP_ENABLED", "pickup", "delivery"),
        ("DELIVERY_ENABLED", "delivery", "pickup"),
    ] {
        let closed = world.redeployed(&[(name, "false")]);
        closed.order(&customer, json!({"delivery_method": on})).await;
        let problem = closed
            .post("/orders", &new_order(&customer, json!({"delivery_method": off})))
            .await
            .expect_problem(422, "delivery-method-disabled");
        assert_eq!(problem["errors"][0]["pointer"], "/delivery_method");
    }
    // What is not sent is judged as well: without a preference it is delivery.
    world
        .redeployed(&[("DELIVERY_ENABLED", "false")])
        .post("/orders", &new_order(&customer, json!({"delivery_method": null})))
        .await
        .expect_problem(422, "delivery-method-disabled");
}

#[tokio::test]
async fn a_pickup_is_free_of_charge_to_the_cent() {
    // D24
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let with = |method: &str, fee: &str| {
        new_order(&customer, json!({"delivery_method": method, "delivery_fee": fee}))
    };
    world.post("/orders", &with("pickup", "0.00")).await.expect(201);
    world.post("/orders", &with("delivery", "0.01")).await.expect(201);
    let problem = world
        .post("/orders", &with("pickup", "0.01"))
        .await
        .expect_problem(422, "invalid-value");
    assert_eq!(problem["errors"][0]["pointer"], "/delivery_fee");
}

#[tokio::test]
async fn discounts_that_are_switched_off_are_refused_and_standing_ones_ignored() {
    // D13 DISCOUNT_ENABLED
    let world = World::with(&[("DISCOUNT_ENABLED", "false")]).await;
    let customer = world.customer(json!({"discount_percentage": "10"})).await;
    let order = world.order(&customer, json!({"discount_percentage": "0"})).await;
    assert_eq!(order["total_amount"], "7.00");
    let order = world.order(&customer, json!({})).await;
    assert_eq!(
        (&order["total_amount"], &order["discount_percentage"]),
        (&json!("7.00"), &Value::Null)
    );
    for (name, value) in [("discount_percentage", "0.01"), ("discount_amount", "0.01")] {
        let on_order = new_order(&customer, json!({name: value}));
        let problem = world
            .post("/orders", &on_order)
            .await
            .expect_problem(422, "discounts-disabled");
        assert_eq!(problem["errors"][0]["pointer"], format!("/{name}"));
        let items = json!([{"product_id": "rye", "quantity": "1", "unit_price": "1", name: value}]);
        let problem = world
            .post("/orders", &new_order(&customer, json!({"items": items})))
            .await
            .expect_problem(422, "discounts-disabled");
        assert_eq!(problem["errors"][0]["pointer"], format!("/items/0/{name}"));
    }
    let open = world.redeployed(&[]);
    assert_eq!(open.order(&customer, json!({})).await["total_amount"], "6.30");
}

#[tokio::test]
async fn the_window_of_a_delivery_lasts_as_long_as_is_set() {
    // D13 DEFAULT_DELIVERY_WINDOW_HOURS
    for (hours, ends) in [("1", "2026-12-04T10:00:00Z"), ("744", "2027-01-04T09:00:00Z")] {
        let world = World::with(&[("DEFAULT_DELIVERY_WINDOW_HOURS", hours)]).await;
        let customer = world.customer(json!({})).await;
        let order = world.order(&customer, json!({})).await;
        assert_eq!(order["delivery_window_end"], ends);
        let at_once = json!({"delivery_window_end": "2026-12-04T09:00:00Z"});
        let order = world.order(&customer, at_once).await;
        assert_eq!(order["delivery_window_end"], "2026-12-04T09:00:00Z");
    }
}

#[tokio::test]
async fn who_may_order_depends_on_validation_but_an_erased_customer_never_may() {
    // D13 CUSTOMER_VALIDATION_ENABLED, D30, D34
    let world = World::new().await;
    let lenient = world.redeployed(&[("CUSTOMER_VALIDATION_ENABLED", "false")]);
    let [inactive, held, erased] = [
        world.customer(json!({"name": "A"})).await,
        world.customer(json!({"name": "B"})).await,
        world.customer(json!({"name": "C"})).await,
    ];
    world
        .change_customer(&inactive, |c| c.row.is_active = false)
        .await;
    world.change_customer(&held, |c| c.row.on_hold = true).await;
    world
        .change_customer(&erased, |c| {
            c.row.is_active = false;
            c.body.erased_at = Some("2026-12-01T07:00:00Z".parse().unwrap());
        })
        .await;
    let stranger = uuid::Uuid::new_v4().to_string();
    for (customer, strict, verified) in [
        (&inactive, "customer-inactive", Some(true)),
        (&held, "customer-on-hold", Some(true)),
        (&stranger, "customer-not-found", Some(false)),
        (&erased, "customer-inactive", None),
    ] {
        let body = new_order(customer, json!({}));
        world.post("/orders", &body).await.expect_problem(422, strict);
        let answer = lenient.post("/orders", &body).await;
        match verified {
            Some(verified) => assert_eq!(answer.expect(201)["customer_verified"], verified),
            None => {
                answer.expect_problem(422, strict);
            }
        }
    }
}

#[tokio::test]
async fn a_delivery_without_an_address_is_taken_with_a_warning() {
    // §4 warnings
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let order = world
        .order(&customer, json!({"delivery_method": "delivery"}))
        .await;
    assert_eq!(
        order["warnings"],
        json!(["No delivery address is known for this delivery."])
    );
    assert_eq!(world.order(&customer, json!({})).await["warnings"], json!([]));
}
