//! `GET /procurement/plans`

use serde_json::{Value, json};

use super::{drafted, fields, moved, plan, started};
use crate::support::background::id;
use crate::support::{Background, World};

const PATH: &str = "/procurement/plans";

async fn listed(world: &World, query: &str) -> Vec<String> {
    let page = world.get(&format!("{PATH}{query}")).await.expect(200);
    assert_eq!(page["next_cursor"], Value::Null, "{query}");
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| id(item).to_owned()).collect()
}

#[tokio::test]
async fn plans_come_newest_first_as_the_index_has_them() {
    // §13, D8
    let world = World::new().await;
    let background = Background::of(&world);
    let draft = drafted(&world, &background).await;
    world.clock.advance(chrono::Duration::minutes(1));
    let calculating = started(&world, json!({"plan_type": "emergency"})).await;
    let page = world.get(PATH).await.expect(200);
    let row = |plan: &Value| {
        let names = [
            "id",
            "plan_number",
            "plan_type",
            "status",
            "horizon_start_date",
            "horizon_end_date",
            "requirement_count",
            "critical_count",
            "estimated_cost",
            "created_at",
            "version",
        ];
        let fields = names.iter().map(|name| ((*name).to_owned(), plan[*name].clone()));
        Value::Object(fields.collect())
    };
    let (newer, older) = (plan(&world, &calculating).await, plan(&world, &draft).await);
    assert_eq!(
        page,
        json!({"items": [row(&newer), row(&older)], "next_cursor": null})
    );
    assert_eq!(
        fields(
            &page["items"][1],
            ["requirement_count", "estimated_cost", "status"]
        ),
        [json!(3), json!("213.00"), json!("draft")]
    );
    assert_eq!(
        fields(&page["items"][0], ["requirement_count", "estimated_cost"]),
        [Value::Null, Value::Null]
    );
    assert_eq!(world.neighbour().get(PATH).await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn filters_are_statuses_and_the_tenants_dates() {
    // D8, D4
    let world = World::with(&[("TENANT_TIMEZONE", "Pacific/Auckland")]).await;
    let background = Background::of(&world);
    // 21:00 of the 1st, 00:30 and 23:30 of the 2nd, 00:30 of the 3rd in Auckland.
    let mut plans = Vec::new();
    for minutes in [0, 210, 23 * 60, 60] {
        world.clock.advance(chrono::Duration::minutes(minutes));
        plans.push(started(&world, json!({})).await);
    }
    plans.reverse();
    let [d, c, b, a] = plans.clone().try_into().unwrap();
    for (query, expected) in [
        ("", plans),
        ("?from=2026-12-02", vec![d.clone(), c.clone(), b.clone()]),
        ("?to=2026-12-01", vec![a.clone()]),
        ("?from=2026-12-02&to=2026-12-02", vec![c.clone(), b.clone()]),
        ("?from=2026-12-03&to=2026-12-01", vec![]),
        ("?to=1969-12-31", vec![]),
        ("?from=2027-01-01", vec![]),
    ] {
        assert_eq!(listed(&world, query).await, expected, "{query}");
    }
    background.compute(&world, &a).await.unwrap();
    moved(&world, &b, &["cancelled"]).await;
    for (query, expected) in [
        ("?status=draft", vec![a.clone()]),
        ("?status=draft,cancelled", vec![b.clone(), a.clone()]),
        ("?status=draft&status=cancelled&from=2026-12-02", vec![b]),
        ("?status=calculating", vec![d, c]),
        ("?status=approved", vec![]),
    ] {
        assert_eq!(listed(&world, query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn a_query_that_is_not_understood_is_refused() {
    // D8
    let world = World::new().await;
    for query in [
        "?status=Draft",
        "?status=",
        "?status=draft,",
        "?from=yesterday",
        "?from=2026-1-1",
        "?to=2026-02-30",
        "?from=2026-12-01&from=2026-12-02",
        "?plan_type=regular",
        "?sort=created_at",
    ] {
        world
            .get(&format!("{PATH}{query}"))
            .await
            .expect_problem(400, "invalid-query");
    }
    for query in ["?limit=0", "?limit=101", "?limit=x"] {
        world
            .get(&format!("{PATH}{query}"))
            .await
            .expect_problem(422, "invalid-value");
    }
    started(&world, json!({})).await;
    started(&world, json!({})).await;
    let page = world.get(&format!("{PATH}?limit=1")).await.expect(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    // A cursor is of its own list, and of nobody else's.
    for query in [
        format!("?limit=1&status=draft&cursor={cursor}"),
        "?cursor=x".to_owned(),
        format!("?cursor={cursor}A"),
    ] {
        world
            .get(&format!("{PATH}{query}"))
            .await
            .expect_problem(400, "invalid-cursor");
    }
    let neighbour = world.neighbour();
    neighbour
        .get(&format!("{PATH}?limit=1&cursor={cursor}"))
        .await
        .expect_problem(400, "invalid-cursor");
    world.clock.advance(chrono::Duration::hours(25));
    world
        .get(&format!("{PATH}?limit=1&cursor={cursor}"))
        .await
        .expect_problem(400, "invalid-cursor");
}

#[tokio::test]
async fn no_row_is_lost_or_doubled_while_plans_are_started_and_moved() {
    // D8
    let world = World::new().await;
    let mut before = Vec::new();
    for _ in 0..23 {
        world.clock.advance(chrono::Duration::seconds(1));
        before.push(started(&world, json!({})).await);
    }
    before.reverse();
    for limit in [1, 4, 7, 100] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = world
                .get(&format!("{PATH}?limit={limit}{cursor}"))
                .await
                .expect(200);
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= limit);
            seen.extend(items.iter().map(|item| id(item).to_owned()));
            // Newer ones come, and one of those still to be seen changes.
            world.clock.advance(chrono::Duration::seconds(1));
            started(&world, json!({})).await;
            let last = before.last().unwrap();
            let status = plan(&world, last).await["status"].clone();
            if status == "calculating" && limit == 4 {
                moved(&world, last, &["cancelled"]).await;
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let old: Vec<_> = seen.iter().filter(|id| before.contains(id)).cloned().collect();
        assert_eq!(old, before, "{limit}");
        let mut unique = seen.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), seen.len(), "{limit}");
    }
    // With a filter the pages may be short, and come to the same.
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = world
            .get(&format!("{PATH}?limit=3&status=cancelled{cursor}"))
            .await
            .expect(200);
        seen.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| id(item).to_owned()),
        );
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, [before.last().unwrap().clone()]);
}
