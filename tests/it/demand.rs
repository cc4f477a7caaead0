//! `GET /orders/demand-requirements`

use serde_json::{Value, json};

use crate::support::World;
use crate::support::background::id;

const PATH: &str = "/orders/demand-requirements";

/// Places an order for some lines of `(product, quantity)` at 2.00 each, and walks it.
async fn placed(world: &World, customer: &str, at: &str, lines: &[(&str, &str)], more: Value, walk: &[&str]) {
    let line = |(product, quantity): &(&str, &str)| json!({"product_id": product, "quantity": quantity, "unit_price": "2.00"});
    let mut order = json!({
        "requested_delivery_at": at, "items": lines.iter().map(line).collect::<Vec<_>>(),
    });
    crate::support::orders::merge(&mut order, more);
    let order = world.order(customer, order).await;
    world.walk(id(&order), walk).await;
}

#[tokio::test]
async fn demand_is_added_up_per_product_and_day_with_firm_and_tentative_told_apart() {
    // D50
    let world = World::new().await;
    let rye = json!({"name": "Rye loaf", "category": "bread", "unit": "piece", "price": "3.20"});
    world.put("/catalog/products/rye", &rye).await.expect(201);
    let customer = world.customer(json!({})).await;
    let none = || json!({});
    let rush = json!({"order_type": "rush"});
    for (at, lines, more, walk) in [
        // A product that stands on two lines of an order is one order's.
        (
            "2026-12-02T09:00:00Z",
            vec![("rye", "10"), ("bun", "5.5"), ("rye", "2")],
            none(),
            vec![],
        ),
        (
            "2026-12-02T05:30:00Z",
            vec![("rye", "20")],
            rush.clone(),
            vec!["confirmed"],
        ),
        (
            "2026-12-04T08:00:00Z",
            vec![("rye", "40")],
            none(),
            vec!["confirmed", "in_production"],
        ),
        ("2026-12-14T23:59:59Z", vec![("bun", "1")], rush.clone(), vec![]),
        // Not any more, not yet, or not in the range.
        (
            "2026-12-03T08:00:00Z",
            vec![("rye", "100")],
            rush.clone(),
            vec!["cancelled"],
        ),
        (
            "2026-12-03T08:00:00Z",
            vec![("rye", "200")],
            none(),
            vec!["confirmed", "in_production", "ready"],
        ),
        (
            "2026-12-03T08:00:00Z",
            vec![("rye", "400")],
            none(),
            vec!["on_hold"],
        ),
        (
            "2026-12-03T08:00:00Z",
            vec![("rye", "800")],
            none(),
            vec!["confirmed", "in_production", "ready", "delivered"],
        ),
        ("2026-12-15T00:00:00Z", vec![("rye", "1600")], rush, vec![]),
    ] {
        placed(&world, &customer, at, &lines, more, &walk).await;
    }
    let demand = world.get(PATH).await.expect(200);
    insta::assert_json_snapshot!("two_weeks", demand);
    let day = world
        .get(&format!("{PATH}?target_date=2026-12-02"))
        .await
        .expect(200);
    let day_too = world
        .get(&format!("{PATH}?start_date=2026-12-02&end_date=2026-12-02"))
        .await
        .expect(200);
    assert_eq!(day, day_too);
    assert_eq!(
        (&day["total_orders"], &day["total_quantity"], &day["rush_orders"]),
        (&json!(2), &json!("37.500"), &json!(1))
    );
    let nothing = world
        .get(&format!("{PATH}?target_date=2026-12-03"))
        .await
        .expect(200);
    assert_eq!(
        (
            &nothing["total_orders"],
            &nothing["total_value"],
            &nothing["products"]
        ),
        (&json!(0), &json!("0.00"), &json!([]))
    );
}

#[tokio::test]
async fn an_order_counts_by_the_day_it_has_in_the_tenants_time_zone() {
    // D4, D50
    let world = World::with(&[("TENANT_TIMEZONE", "Pacific/Auckland")]).await;
    let customer = world.customer(json!({})).await;
    placed(
        &world,
        &customer,
        "2026-12-04T10:59:59Z",
        &[("rye", "1")],
        json!({}),
        &[],
    )
    .await;
    placed(
        &world,
        &customer,
        "2026-12-04T11:00:00Z",
        &[("rye", "2")],
        json!({}),
        &[],
    )
    .await;
    for (date, quantity) in [("2026-12-04", "1.000"), ("2026-12-05", "2.000")] {
        let day = world.get(&format!("{PATH}?target_date={date}")).await.expect(200);
        assert_eq!(day["total_quantity"], quantity, "{date}");
    }
    // Without a range it begins with today, which is tomorrow there three hours later.
    world.clock.advance(chrono::Duration::hours(3));
    let demand = world.get(PATH).await.expect(200);
    assert_eq!(
        (&demand["start_date"], &demand["end_date"]),
        (&json!("2026-12-02"), &json!("2026-12-15"))
    );
}

#[tokio::test]
async fn a_range_has_up_to_31_days_and_says_only_one_thing() {
    // D50, D8
    let world = World::with(&[("DEMAND_FORECAST_DAYS", "90")]).await;
    for (query, start, end) in [
        ("", "2026-12-01", "2026-12-31"),
        ("?start_date=2026-12-10", "2026-12-10", "2027-01-09"),
        ("?end_date=2026-12-05", "2026-12-01", "2026-12-05"),
        (
            "?start_date=2026-11-01&end_date=2026-12-01",
            "2026-11-01",
            "2026-12-01",
        ),
        ("?target_date=2028-02-29", "2028-02-29", "2028-02-29"),
    ] {
        let demand = world.get(&format!("{PATH}{query}")).await.expect(200);
        assert_eq!(
            (&demand["start_date"], &demand["end_date"]),
            (&json!(start), &json!(end)),
            "{query}"
        );
    }
    for query in [
        "start_date=2026-11-01&end_date=2026-12-02",
        "start_date=2026-12-02&end_date=2026-12-01",
        "end_date=2026-11-30",
        "target_date=2026-12-02&start_date=2026-12-02",
        "target_date=2026-12-02&end_date=2026-12-02",
        "target_date=2026-12-02&target_date=2026-12-02",
        "target_date=2026-02-30",
        "target_date=today",
        "target_date=",
        "start_date=2026-12-01T00:00:00Z",
        "days=7",
    ] {
        world
            .get(&format!("{PATH}?{query}"))
            .await
            .expect_problem(400, "invalid-query");
    }
}
