//! Each figure at its edges.

use std::collections::BTreeMap;

use chrono::Duration;
use orders_domain::order_status::OrderStatus;
use orders_service::store::rollups::Month;
use serde_json::json;

use super::{amend, count, count_customer, date};
use crate::orders::items::{report, worked_example};
use crate::support::background::id;
use crate::support::recount::Recount;
use crate::support::{Background, World};

fn standing(recount: &Recount) -> BTreeMap<&'static str, i64> {
    let all = OrderStatus::ALL.iter().zip(recount.totals.by_status);
    all.filter(|(_, count)| *count > 0)
        .map(|(status, count)| (status.as_str(), count))
        .collect()
}

#[tokio::test]
async fn an_order_counts_from_its_creation_to_its_return() {
    // D33, D90, D28b: the worked example of §5, 116.77
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({"customer_type": "central_bakery"})).await;
    count_customer(&world, &background, &customer).await;
    let order = worked_example(&world, &customer).await;
    count(&world, &background, id(&order)).await;
    let placed = world.expect_projected().await;
    let (today, due) = (date("2026-12-01"), date("2026-12-04"));
    let day = placed.placed[&today];
    assert_eq!(
        (
            day.placed,
            day.valid,
            day.modelled,
            day.business,
            day.wholesale,
            day.cancelled
        ),
        (1, 1, 1, 1, 0, 0)
    );
    assert_eq!(
        (day.revenue.to_string(), day.units.to_string()),
        ("116.77".into(), "17.500".into())
    );
    assert_eq!(placed.open, BTreeMap::from([(due, 1)]));
    assert_eq!(
        (
            placed.totals.outstanding.to_string(),
            placed.totals.customers_with_an_order
        ),
        ("116.77".into(), 1)
    );
    assert_eq!(standing(&placed), BTreeMap::from([("pending", 1)]));
    // 17.40 − 0.87; 67.23 − 3.36; 18.33 − 0.92
    let product = |recount: &Recount, name: &str| {
        let top = &recount.products[&(today, name.to_owned())];
        (top.revenue.to_string(), top.orders, top.quantity.to_string())
    };
    assert_eq!(product(&placed, "roll"), ("16.53".into(), 1, "12.000".into()));

    for status in ["confirmed", "in_production", "ready", "out_for_delivery"] {
        world.walk(id(&order), &[status]).await;
        count(&world, &background, id(&order)).await;
        let now = world.expect_projected().await;
        assert_eq!(
            (standing(&now), now.open[&due]),
            (BTreeMap::from([(status, 1)]), 1)
        );
        assert_eq!(
            (&now.placed, &now.products),
            (&placed.placed, &placed.products),
            "{status}"
        );
    }
    world.walk(id(&order), &["delivered"]).await;
    count(&world, &background, id(&order)).await;
    let ended = world.expect_projected().await;
    assert_eq!(
        (ended.open.len(), ended.months[&today]),
        (
            0,
            Month {
                new_customers: 1,
                delivered: 1,
                on_time: 1,
                ..Month::default()
            }
        )
    );

    world.pay(id(&order), "100", "succeeded").await;
    report(&world, &order, 1, json!({"quantity_returned": "6"}))
        .await
        .expect(200);
    count(&world, &background, id(&order)).await;
    let returned = world.expect_projected().await;
    // 116.77 − 9.09; of the line, 16.53 − 8.27; owed 7.68.
    assert_eq!(returned.placed[&today].revenue.to_string(), "107.68");
    assert_eq!(product(&returned, "roll"), ("8.26".into(), 1, "6.000".into()));
    assert_eq!(returned.totals.outstanding.to_string(), "7.68");
    // What was ordered stays the business model's figure.
    assert_eq!(returned.placed[&today].units.to_string(), "17.500");
}

#[tokio::test]
async fn a_cancelled_or_failed_order_is_taken_back_everywhere() {
    // D33, D90, D26
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let kept = world
        .order(&customer, json!({"sales_channel": "wholesale"}))
        .await;
    let other = worked_example(&world, &customer).await;
    for order in [&kept, &other] {
        count(&world, &background, id(order)).await;
    }
    let both = world.expect_projected().await;
    assert_eq!(
        (
            both.totals.customers_with_an_order,
            both.totals.returning_customers
        ),
        (1, 1)
    );
    let alone = |recount: &Recount| {
        let day = recount.placed[&date("2026-12-01")];
        assert_eq!(
            (day.placed, day.valid, day.modelled, day.wholesale, day.business),
            (2, 1, 1, 1, 0)
        );
        assert_eq!(day.revenue.to_string(), "7.00");
        assert_eq!(
            (
                recount.totals.outstanding.to_string(),
                recount.totals.returning_customers
            ),
            ("7.00".into(), 0)
        );
        assert_eq!(recount.products.len(), 1);
        day.cancelled
    };
    // On hold: a sale, yet none that the business model counts.
    world.walk(id(&other), &["on_hold"]).await;
    count(&world, &background, id(&other)).await;
    let held = world.expect_projected().await;
    let day = held.placed[&date("2026-12-01")];
    assert_eq!(
        (day.valid, day.modelled, day.revenue.to_string()),
        (2, 1, "123.77".into())
    );
    // Failed on its way, then out again, then called off.
    world
        .walk(
            id(&other),
            &[
                "pending",
                "confirmed",
                "in_production",
                "ready",
                "out_for_delivery",
                "failed",
            ],
        )
        .await;
    count(&world, &background, id(&other)).await;
    let failed = world.expect_projected().await;
    assert_eq!(
        (alone(&failed), failed.months[&date("2026-12-01")].failed),
        (0, 1)
    );
    world.walk(id(&other), &["ready"]).await;
    count(&world, &background, id(&other)).await;
    let again = world.expect_projected().await;
    assert_eq!(
        (
            again.placed[&date("2026-12-01")].valid,
            again.open[&date("2026-12-04")]
        ),
        (2, 2)
    );
    world.walk(id(&other), &["cancelled"]).await;
    count(&world, &background, id(&other)).await;
    let cancelled = world.expect_projected().await;
    assert_eq!(
        (alone(&cancelled), cancelled.months[&date("2026-12-01")].cancelled),
        (1, 1)
    );
    assert_eq!(
        standing(&cancelled),
        BTreeMap::from([("pending", 1), ("cancelled", 1)])
    );
}

#[tokio::test]
async fn a_delivery_is_on_time_until_its_window_ends() {
    // D90: the window ends 48 hours after 2026-12-04 09:00
    for (late, on_time) in [(0, 1), (1, 0)] {
        let world = World::new().await;
        let background = Background::of(&world);
        let customer = world.customer(json!({})).await;
        let order = world.order(&customer, json!({})).await;
        world
            .walk(id(&order), &["confirmed", "in_production", "ready"])
            .await;
        world
            .clock
            .advance(Duration::hours(5 * 24 + 1) + Duration::milliseconds(late));
        world.walk(id(&order), &["delivered"]).await;
        count(&world, &background, id(&order)).await;
        let month = world.expect_projected().await.months[&date("2026-12-01")];
        assert_eq!((month.delivered, month.on_time), (1, on_time), "{late}");
    }
}

#[tokio::test]
async fn an_order_that_is_moved_is_due_on_its_new_day_only() {
    // D27, D90
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    count(&world, &background, id(&order)).await;
    amend(
        &world,
        id(&order),
        json!({"requested_delivery_at": "2027-01-02T09:00:00Z"}),
    )
    .await;
    count(&world, &background, id(&order)).await;
    assert_eq!(
        world.expect_projected().await.open,
        BTreeMap::from([(date("2027-01-02"), 1)])
    );
    world.walk(id(&order), &["cancelled"]).await;
    count(&world, &background, id(&order)).await;
    let months = world.expect_projected().await.months;
    assert_eq!(
        (
            months[&date("2027-01-01")].cancelled,
            months.get(&date("2026-12-01")).map(|month| month.cancelled)
        ),
        (1, Some(0))
    );
}
