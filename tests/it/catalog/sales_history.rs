//! `POST /catalog/sales-history`

use chrono::{Days, NaiveDate};
use orders_service::auth::TenantId;
use orders_service::store::keys;
use orders_service::store::sales_history::SalesMonth;
use serde_json::{Value, json};

use super::faults;
use crate::support::World;

const PATH: &str = "/catalog/sales-history";

fn row(product: &str, date: &str, quantity: &str) -> Value {
    json!({"product_id": product, "date": date, "quantity": quantity})
}

/// `day quantity` of each day known of a product's month.
async fn known(world: &World, product: &str, month: &str) -> Vec<String> {
    let month: NaiveDate = format!("{month}-01").parse().unwrap();
    let key = keys::sales_history(TenantId(world.tenant), product, month);
    let stored: Option<SalesMonth> = world.in_store(async |store| store.get(&key).await.unwrap()).await;
    let days = stored.map(|month| month.days).unwrap_or_default();
    days.iter()
        .map(|(day, quantity)| format!("{day} {quantity}"))
        .collect()
}

#[tokio::test]
async fn days_are_kept_and_sent_again_replaced() {
    // SPEC §9
    let world = World::new().await;
    let first = [
        row("rye", "2026-11-30", "12.5"),
        row("rye", "2026-11-29", "0"),
        row("rye", "2026-10-31", "7"),
        row("bun", "2026-11-30", "40"),
    ];
    let answer = world.post(PATH, &json!({"rows": first})).await.expect(200);
    assert_eq!(
        answer,
        json!({"accepted": 4, "products": 2, "from_date": "2026-10-31", "to_date": "2026-11-30"})
    );
    let second = [row("rye", "2026-11-30", "13"), row("rye", "2026-11-01", "1")];
    for _ in 0..2 {
        world.post(PATH, &json!({"rows": second})).await.expect(200);
    }
    assert_eq!(
        known(&world, "rye", "2026-11").await,
        ["01 1.000", "29 0.000", "30 13.000"]
    );
    assert_eq!(known(&world, "rye", "2026-10").await, ["31 7.000"]);
    assert_eq!(known(&world, "bun", "2026-11").await, ["30 40.000"]);
}

#[tokio::test]
async fn imports_of_other_days_at_the_same_time_lose_none() {
    // SPEC §9, D6
    let world = World::new().await;
    let bodies: Vec<_> = (1..=9)
        .map(|day| json!({"rows": [row("rye", &format!("2026-11-0{day}"), "1")]}))
        .collect();
    for answer in futures_util::future::join_all(bodies.iter().map(|body| world.post(PATH, body))).await {
        answer.expect(200);
    }
    assert_eq!(known(&world, "rye", "2026-11").await.len(), 9);
}

#[tokio::test]
async fn only_days_that_are_over_in_the_tenants_time_zone_are_taken() {
    // SPEC §9, D4
    let world = World::with(&[("TENANT_TIMEZONE", "Pacific/Auckland")]).await;
    // 21:00 of 1 December in Auckland.
    for (date, status) in [("2026-11-30", 200), ("2026-12-01", 422), ("2026-12-02", 422)] {
        let answer = world.post(PATH, &json!({"rows": [row("rye", date, "1")]})).await;
        assert_eq!(answer.status, status, "{date}: {}", answer.body);
    }
    // 00:00 of 2 December there, and still the 1st in Greenwich.
    world.clock.advance(chrono::Duration::hours(3));
    let today = json!({"rows": [row("rye", "2026-12-02", "1")]});
    world.post(PATH, &today).await.expect_problem(422, "invalid-date");
    world
        .post(PATH, &json!({"rows": [row("rye", "2026-12-01", "1")]}))
        .await
        .expect(200);
}

#[tokio::test]
async fn every_faulty_row_is_named_and_nothing_is_stored() {
    // SPEC §9, D5
    let world = World::new().await;
    let rows = [
        row("rye", "2026-11-30", "1"),
        row("rye", "2026-11-30", "2"),
        row("rye", "2026-12-01", "1"),
        row("rye", "2027-01-01", "1"),
        row("r y e", "2026-11-29", "-1"),
        json!({"product_id": "rye", "day": "2026-11-28", "quantity": "1"}),
        json!(null),
    ];
    let problem = world
        .post(PATH, &json!({"rows": rows}))
        .await
        .expect_problem(422, "validation-failed");
    assert_eq!(
        faults(&problem),
        [
            "/rows/1 invalid-value",
            "/rows/2/date invalid-date",
            "/rows/3/date invalid-date",
            "/rows/4/product_id invalid-value",
            "/rows/4/quantity invalid-decimal",
            "/rows/5/date required",
            "/rows/5/day unknown-field",
            "/rows/6 invalid-type",
        ]
    );
    assert!(known(&world, "rye", "2026-11").await.is_empty());
}

#[tokio::test]
async fn a_thousand_rows_are_taken_and_one_more_is_not() {
    // SPEC §9
    let world = World::new().await;
    let yesterday: NaiveDate = "2026-11-30".parse().unwrap();
    let of = |number: u64| {
        let date = yesterday.checked_sub_days(Days::new(number % 250)).unwrap();
        row(&format!("p{}", number / 250), &date.to_string(), "3")
    };
    let rows: Vec<_> = (0..1001).map(of).collect();
    world
        .post(PATH, &json!({"rows": rows}))
        .await
        .expect_problem(422, "too-long");
    let answer = world.post(PATH, &json!({"rows": rows[..1000]})).await.expect(200);
    assert_eq!(
        answer,
        json!({"accepted": 1000, "products": 4, "from_date": "2026-03-26", "to_date": "2026-11-30"})
    );
    assert_eq!(known(&world, "p3", "2026-11").await.len(), 30);
    for empty in [json!({"rows": []}), json!({})] {
        world.post(PATH, &empty).await.expect_problem(422, "required");
    }
}
