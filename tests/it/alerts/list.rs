//! `GET /alerts`

use std::collections::BTreeSet;

use orders_domain::alerts::Severity;
use serde_json::{Value, json};

use super::placed;
use crate::support::background::id;
use crate::support::{Background, World};

/// Fields, each with the words it may have.
type Filters<'a> = &'a [(&'a str, &'a [&'a str])];

/// Every alert of a list, page by page.
async fn walk(world: &World, filters: &str, limit: usize) -> Vec<Value> {
    let (mut rows, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = world
            .get(&format!("/alerts?limit={limit}{filters}{cursor}"))
            .await
            .expect(200);
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= limit);
        rows.extend(items.clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return rows,
        }
    }
}

#[tokio::test]
async fn filters_and_pages_give_exactly_what_they_say() {
    // §13, D8
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    // Low, medium, high and critical; high value, large quantity, rush and first order.
    for (price, quantity, hours) in [
        ("60", "101", 80),
        ("0.01", "501", 20),
        ("20000", "1", 5),
        ("1", "1", 90),
    ] {
        world.clock.advance(chrono::Duration::minutes(1));
        let at = crate::support::world::start_of_tests() + chrono::Duration::hours(hours);
        let order = json!({
            "requested_delivery_at": at.to_rfc3339(),
            "items": [{"product_id": "rye", "quantity": quantity, "unit_price": price}],
        });
        placed(&world, &background, &customer, order).await;
    }
    let all = walk(&world, "", 100).await;
    assert_eq!(all.len(), 7);
    // Newest first.
    assert!(all.is_sorted_by(|a, b| a["first_seen_at"].as_str() >= b["first_seen_at"].as_str()));
    let matching = |filters: Filters<'_>| -> BTreeSet<String> {
        let wanted = |alert: &&Value| {
            filters
                .iter()
                .all(|(name, words)| words.contains(&alert[*name].as_str().unwrap()))
        };
        let rows = all.iter().filter(wanted);
        rows.map(|alert| id(alert).to_owned()).collect()
    };
    let cases: [(&str, Filters<'_>, usize); 8] = [
        ("", &[], 7),
        ("&severity=critical", &[("severity", &["critical"])], 1),
        (
            "&severity=low&severity=high",
            &[("severity", &["low", "high"])],
            4,
        ),
        ("&severity=low,high", &[("severity", &["low", "high"])], 4),
        ("&alert_type=rush_order", &[("alert_type", &["rush_order"])], 2),
        (
            "&alert_type=large_quantity_order&severity=high",
            &[("alert_type", &["large_quantity_order"]), ("severity", &["high"])],
            1,
        ),
        ("&status=active", &[("status", &["active"])], 7),
        (
            "&status=resolved,dismissed",
            &[("status", &["resolved", "dismissed"])],
            0,
        ),
    ];
    for (query, filters, count) in cases {
        let expected = matching(filters);
        assert_eq!(expected.len(), count, "{query}");
        for limit in [1, 2, 100] {
            let rows = walk(&world, query, limit).await;
            let ids: BTreeSet<_> = rows.iter().map(|alert| id(alert).to_owned()).collect();
            assert_eq!((rows.len(), ids), (count, expected.clone()), "{query} at {limit}");
        }
    }
}

#[tokio::test]
async fn the_words_of_filters_are_those_of_the_answers_and_no_others() {
    // D8, D40
    let world = World::new().await;
    for severity in Severity::ALL {
        let path = format!("/alerts?severity={}", severity.as_str());
        assert_eq!(world.get(&path).await.expect(200)["items"], json!([]));
    }
    for query in [
        "severity=urgent",
        "severity=High",
        "severity=low,urgent",
        "severity=",
        "status=open",
        "alert_type=new_customer",
        "subtype=new_customer",
    ] {
        world
            .get(&format!("/alerts?{query}"))
            .await
            .expect_problem(400, "invalid-query");
    }
}

#[tokio::test]
async fn a_neighbour_sees_none_of_them() {
    // D11
    let world = World::new().await;
    let background = Background::of(&world);
    let customer = world.customer(json!({})).await;
    placed(&world, &background, &customer, json!({})).await;
    assert_eq!(walk(&world, "", 50).await.len(), 1);
    assert!(walk(&world.neighbour(), "", 50).await.is_empty());
}
