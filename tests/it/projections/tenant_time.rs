//! Days and months are the tenant's, as they were when something was placed.

use chrono::Duration;
use serde_json::json;

use super::{count, count_customer};
use crate::support::background::id;
use crate::support::{Background, World};

#[tokio::test]
async fn what_was_placed_stays_on_the_tenants_day() {
    // D4, D90: 2026-12-31 12:00 UTC is the year after in Auckland
    let auckland = World::with(&[("TENANT_TIMEZONE", "Pacific/Auckland")]).await;
    auckland.clock.advance(Duration::hours(30 * 24 + 4));
    let background = Background::of(&auckland);
    let customer = auckland.customer(json!({})).await;
    let more = json!({"requested_delivery_at": "2027-01-31T12:00:00Z"});
    let order = auckland.order(&customer, more.clone()).await;
    assert_eq!(order["created_at"], "2026-12-31T12:00:00Z");
    count(&auckland, &background, id(&order)).await;
    count_customer(&auckland, &background, &customer).await;
    let figures = auckland.expect_projected().await;
    let first = "2027-01-01".parse().unwrap();
    assert_eq!(figures.placed.keys().collect::<Vec<_>>(), [&first]);
    assert_eq!(figures.months[&first].new_customers, 1);
    assert_eq!(figures.open.keys().next().unwrap().to_string(), "2027-02-01");
    assert!(figures.products.contains_key(&(first, "rye".into())));

    // The tenant moves to Honolulu: what is changed there stays where it was, what is placed there is of the old year.
    let honolulu = auckland.redeployed(&[("TENANT_TIMEZONE", "Pacific/Honolulu")]);
    let background_there = Background::of(&honolulu);
    honolulu.walk(id(&order), &["confirmed"]).await;
    background_there
        .settle(honolulu.entity(orders_service::messaging::entity::EntityKind::Order, id(&order)))
        .await;
    let there = honolulu.order(&customer, more).await;
    count(&honolulu, &background_there, id(&there)).await;
    let figures = honolulu.expect_projected().await;
    let days: Vec<_> = figures
        .placed
        .iter()
        .map(|(day, placed)| (day.to_string(), placed.placed))
        .collect();
    assert_eq!(days, [("2026-12-31".to_owned(), 1), ("2027-01-01".to_owned(), 1)]);
    assert_eq!(figures.months[&first].new_customers, 1);
}

#[tokio::test]
async fn a_customer_from_before_dates_were_kept_counts_on_its_day_in_utc() {
    // D90
    let world = World::with(&[("TENANT_TIMEZONE", "Pacific/Auckland")]).await;
    world.clock.advance(Duration::hours(30 * 24 + 4));
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    world
        .change_customer(&customer, |customer| customer.body.created_on = None)
        .await;
    count_customer(&world, &background, &customer).await;
    let figures = world.expect_projected().await;
    assert_eq!(figures.months[&"2026-12-01".parse().unwrap()].new_customers, 1);
}

#[tokio::test]
async fn an_order_under_a_number_without_a_date_counts_on_its_day_in_utc() {
    // D90
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    world
        .change_order(id(&order), |order| order.row.order_number = "ORD-2026-7".into())
        .await;
    count(&world, &background, id(&order)).await;
    count(&world, &background, id(&order)).await;
    let day = world.projected().await.placed[&"2026-12-01".parse().unwrap()];
    assert_eq!((day.placed, day.revenue.to_string()), (1, "7.00".into()));
}
