//! D40's rules through the real flow: an order over the API, its event, the alerts.

use orders_service::messaging::entity::EntityKind;
use serde_json::{Value, json};

use super::{about, kinds, known_customer, placed};
use crate::support::background::{id, masked};
use crate::support::orders::new_order;
use crate::support::{Background, World};

/// Places an order for each case and compares the alerts about it.
async fn expect_alerts(cases: &[(Value, &[&str])]) {
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = known_customer(&world, &background, json!({})).await;
    for (order, expected) in cases {
        let (placed, _) = placed(&world, &background, &customer, order.clone()).await;
        assert_eq!(kinds(&about(&world, id(&placed)).await), *expected, "{order}");
    }
}

#[tokio::test]
async fn the_value_has_to_exceed_the_threshold_and_twice_it() {
    // D40
    let of = |price: &str| json!({"items": [{"product_id": "cake", "quantity": "1", "unit_price": price}]});
    expect_alerts(&[
        (of("5000.00"), &[]),
        (of("5000.01"), &["high_value_order medium"]),
        (of("10000.00"), &["high_value_order medium"]),
        (of("10000.01"), &["high_value_order high"]),
    ])
    .await;
}

#[tokio::test]
async fn the_quantity_of_all_lines_has_to_exceed_the_threshold_and_five_times_it() {
    // D40
    let of = |first: &str, second: &str| {
        json!({"items": [
            {"product_id": "roll", "quantity": first, "unit_price": "0.01"},
            {"product_id": "bun", "quantity": second, "unit_price": "0.01"},
        ]})
    };
    expect_alerts(&[
        (of("60", "40"), &[]),
        (of("60", "40.001"), &["large_quantity_order medium"]),
        (of("250", "250"), &["large_quantity_order medium"]),
        (of("250", "250.001"), &["large_quantity_order high"]),
    ])
    .await;
}

#[tokio::test]
async fn the_time_left_has_to_be_below_the_threshold_and_a_quarter_of_it() {
    // D40
    let at = |time: &str| json!({"requested_delivery_at": time});
    expect_alerts(&[
        (at("2026-12-02T08:00:00Z"), &[]),
        (at("2026-12-02T07:59:59.999Z"), &["rush_order high"]),
        (at("2026-12-01T14:00:00Z"), &["rush_order high"]),
        (at("2026-12-01T13:59:59.999Z"), &["rush_order critical"]),
        (at("2026-12-01T08:00:00Z"), &["rush_order critical"]),
    ])
    .await;
}

#[tokio::test]
async fn hours_are_counted_from_the_entry_and_not_from_when_it_is_looked_at() {
    // D40
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = known_customer(&world, &background, json!({})).await;
    let order = world
        .order(
            &customer,
            json!({"requested_delivery_at": "2026-12-02T07:00:00Z"}),
        )
        .await;
    world.clock.advance(chrono::Duration::days(2));
    background
        .settle(world.entity(EntityKind::Order, id(&order)))
        .await;
    let alerts = about(&world, id(&order)).await;
    assert_eq!(kinds(&alerts), ["rush_order high"]);
    assert_eq!(alerts[0]["first_seen_at"], order["created_at"]);
}

#[tokio::test]
async fn thresholds_are_the_deployments() {
    // D13, D40
    let world = World::with(&[
        ("HIGH_VALUE_ORDER_THRESHOLD", "6.99"),
        ("LARGE_QUANTITY_ORDER_THRESHOLD", "1"),
        ("RUSH_ORDER_HOURS_THRESHOLD", "74"),
    ])
    .await;
    let background = Background::of(&world);
    let customer = known_customer(&world, &background, json!({})).await;
    let (order, _) = placed(&world, &background, &customer, json!({})).await;
    assert_eq!(
        kinds(&about(&world, id(&order)).await),
        [
            "high_value_order medium",
            "large_quantity_order medium",
            "rush_order high"
        ]
    );
}

#[tokio::test]
async fn of_first_orders_at_the_same_time_one_is_the_first() {
    // D40
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let body = new_order(&customer, json!({}));
    let orders = futures_util::future::join_all((0..8).map(|_| world.post("/orders", &body))).await;
    let orders: Vec<_> = orders.into_iter().map(|order| order.expect(201)).collect();
    let entities = orders
        .iter()
        .map(|order| world.entity(EntityKind::Order, id(order)));
    futures_util::future::join_all(entities.map(|entity| background.settle(entity))).await;
    let alerts = about(&world, &customer).await;
    assert_eq!(kinds(&alerts), ["customer_issue/new_customer low"]);
    assert_eq!(
        (&alerts[0]["occurrences"], &alerts[0]["entity"]["kind"]),
        (&json!(1), &json!("customer"))
    );
    for order in &orders {
        assert!(about(&world, id(order)).await.is_empty());
    }
}

#[tokio::test]
async fn an_order_that_is_held_is_told_with_the_reason() {
    // D31, D32, D40
    let world = World::with(&[("CUSTOMER_CREDIT_CHECK_ENABLED", "true")]).await;
    let background = Background::of(&world);
    let limited = json!({"payment_terms": "net_30", "credit_limit": "10.00"});
    let limited = known_customer(&world, &background, limited).await;
    // The first order owes 7.00 of the 10.00.
    let (over_limit, _) = placed(&world, &background, &limited, json!({})).await;
    let immediate = known_customer(&world, &background, json!({})).await;
    let on_account = json!({"payment_method": "account"});
    let (on_account, _) = placed(&world, &background, &immediate, on_account).await;
    let mut held = Vec::new();
    for (order, kind) in [
        (&over_limit, "customer_issue/credit_limit_exceeded high"),
        (&on_account, "payment_issue high"),
    ] {
        assert_eq!(order["status"], "on_hold");
        let alerts = about(&world, id(order)).await;
        assert_eq!(kinds(&alerts), [kind]);
        let tenant = world.tenant.to_string();
        let names = [
            (tenant.as_str(), "[tenant]"),
            (id(order), "[order]"),
            (id(&alerts[0]), "[alert]"),
        ];
        held.push(masked(&alerts[0], &names));
    }
    insta::assert_json_snapshot!("held_orders", held);
}

#[tokio::test]
async fn a_hold_by_hand_is_nobodys_news() {
    // D40
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = known_customer(&world, &background, json!({})).await;
    let (order, _) = placed(&world, &background, &customer, json!({})).await;
    world.walk(id(&order), &["on_hold", "cancelled"]).await;
    let events = background
        .settle(world.entity(EntityKind::Order, id(&order)))
        .await;
    assert_eq!(events.len(), 2);
    assert!(about(&world, id(&order)).await.is_empty());
}

#[tokio::test]
async fn allergens_are_compared_whatever_their_case_and_special_requirements_are_enough() {
    // D40
    let world = World::new().await;
    let background = Background::of(&world);
    let product = json!({"name": "Rye", "unit": "piece", "price": "3.00", "allergens": ["Gluten", "milk"]});
    world.put("/catalog/products/rye", &product).await.expect(201);
    let allergic = known_customer(&world, &background, json!({"allergens": ["GLUTEN", "nuts"]})).await;
    let special = known_customer(&world, &background, json!({"special_requirements": "No seeds"})).await;
    let other = known_customer(&world, &background, json!({"allergens": ["nuts"]})).await;
    let rye = json!({"items": [{"product_id": "rye", "quantity": "1"}]});
    for (customer, rule, allergens) in [
        (&allergic, "line_allergens_meet_customer_allergens", "1"),
        (&special, "customer_has_special_requirements", "0"),
    ] {
        let (order, _) = placed(&world, &background, customer, rye.clone()).await;
        let alerts = about(&world, id(&order)).await;
        assert_eq!(kinds(&alerts), ["customer_issue/special_requirements medium"]);
        assert_eq!(alerts[0]["reason"]["rule"], rule);
        assert_eq!(
            alerts[0]["reason"]["parameters"]["allergens_in_common"],
            allergens
        );
    }
    let (order, _) = placed(&world, &background, &other, rye).await;
    assert!(about(&world, id(&order)).await.is_empty());
}
