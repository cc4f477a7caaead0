//! The oracle that other tests go by, held against figures that were counted by hand.

use chrono::Duration;
use rust_decimal::Decimal;
use serde_json::json;

use super::{count, count_customer, date};
use crate::orders::items::{delivered, worked_example};
use crate::support::background::id;
use crate::support::recount::Placed;
use crate::support::{Background, World};

#[tokio::test]
async fn the_oracle_itself_counts_what_was_counted_by_hand() {
    // D90: two days, Monday the 30th of November before
    let world = World::new().await;
    let background = Background::of(&world);
    let (anna, bert) = (
        world.customer(json!({})).await,
        world.customer(json!({"name": "Bert"})).await,
    );
    let (delivered_one, cancelled) = (
        worked_example(&world, &anna).await,
        world.order(&anna, json!({})).await,
    );
    delivered(&world, &delivered_one).await;
    world.walk(id(&cancelled), &["cancelled"]).await;
    world.clock.advance(Duration::hours(24));
    let (second, held) = (
        world.order(&anna, json!({})).await,
        world.order(&bert, json!({})).await,
    );
    world.walk(id(&held), &["on_hold"]).await;
    for order in [&delivered_one, &cancelled, &second, &held] {
        count(&world, &background, id(order)).await;
    }
    for customer in [&anna, &bert] {
        count_customer(&world, &background, customer).await;
    }
    let today = world.expect_projected().await.dashboard(date("2026-12-02"));
    let money = |text: &str| orders_domain::decimal::Money::parse(text).unwrap();
    let placed = |orders, revenue| Placed {
        orders,
        revenue: money(revenue),
    };
    assert_eq!(
        (today.today, today.week, today.month),
        (placed(2, "14"), placed(3, "130.77"), placed(3, "130.77"))
    );
    let rate = |text: &str| Some(text.parse::<Decimal>().unwrap());
    assert_eq!(today.average_order_value, rate("43.59"));
    assert_eq!(
        (today.fulfilment_rate, today.on_time_rate),
        (rate("50"), rate("100"))
    );
    assert_eq!(
        (today.cancellation_rate, today.repeat_rate),
        (rate("25"), rate("50"))
    );
    assert_eq!(
        (today.customers, today.active_customers, today.new_customers),
        (2, 2, 2)
    );
    assert_eq!((today.due_today, today.overdue, today.on_hold), (0, 0, 1));
    assert_eq!(today.outstanding_balance, money("130.77"));
    assert_eq!(
        (today.status_counts["delivered"], today.status_counts["ready"]),
        (1, 0)
    );
    let names: Vec<_> = today
        .top_products
        .iter()
        .map(|(id, top)| (id.as_str(), top.revenue))
        .collect();
    assert_eq!(
        names,
        [
            ("cake", money("63.87")),
            ("flour", money("17.41")),
            ("roll", money("16.53")),
            ("rye", money("14"))
        ]
    );
    assert_eq!(today.top_customers[0].0.to_string(), anna);
    assert_eq!(
        (today.series.len(), today.series[28]),
        (30, (date("2026-12-01"), placed(1, "116.77")))
    );
    let later = world.recounted().await.dashboard(date("2026-12-05"));
    assert_eq!((later.overdue, later.today), (2, Placed::default()));
}
