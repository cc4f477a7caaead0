//! Who changed what in the settings: complete, while the item stays small.

use orders_service::auth::TenantId;
use orders_service::store::keys;
use orders_service::store::record::size_bytes;
use serde_json::{Value, json};

use crate::support::World;

/// Every change of the tenant's settings, oldest first, by version: the parts and the item.
async fn kept(world: &World) -> (Vec<Vec<u64>>, Vec<u64>) {
    world
        .in_store(async |store| {
            let settings = store.settings().await.unwrap().unwrap();
            let mut parts = Vec::new();
            for number in 1..=settings.history_parts {
                let part = store.settings_history_part(number).await.unwrap().unwrap();
                parts.push(part.changes.iter().map(|change| change.version).collect());
            }
            (
                parts,
                settings.history.iter().map(|change| change.version).collect(),
            )
        })
        .await
}

#[tokio::test]
async fn a_change_tells_who_when_from_and_to() {
    // D13
    let world = World::with(&[("PLANNING_HOUR", "4")]).await;
    world
        .set(json!({"planning_hour": 5, "min_order_value": 2, "pickup_enabled": false}))
        .await;
    world.clock.advance(chrono::Duration::hours(1));
    let body = json!({"planning_hour": null, "tenant_timezone": "Europe/Berlin", "pickup_enabled": true});
    let settings = world
        .call_as("owner", "PATCH", "/settings", Some(&body), &[])
        .await
        .expect(200);
    let by = |role: &str| json!({"user_id": format!("{role}-1"), "name": "Test Person", "role": role});
    assert_eq!(
        settings["changes"],
        json!([
            {
                "version": 2, "changed_at": "2026-12-01T09:00:00Z", "changed_by": by("owner"),
                "changes": [
                    {"name": "pickup_enabled", "from": false, "to": true},
                    {"name": "planning_hour", "from": 5, "to": null},
                    {"name": "tenant_timezone", "from": null, "to": "Europe/Berlin"},
                ],
            },
            {
                "version": 1, "changed_at": "2026-12-01T08:00:00Z", "changed_by": by("admin"),
                "changes": [
                    {"name": "min_order_value", "from": null, "to": "2.00"},
                    {"name": "pickup_enabled", "from": null, "to": false},
                    {"name": "planning_hour", "from": null, "to": 5},
                ],
            },
        ])
    );
}

#[tokio::test]
async fn older_changes_move_to_parts_and_none_is_lost() {
    // D13
    let world = World::new().await;
    let mut last = Value::Null;
    for version in 1..=205_u64 {
        last = world.set(json!({"planning_hour": version % 2})).await;
        assert_eq!(last["version"], version);
    }
    let (parts, item) = kept(&world).await;
    assert_eq!(
        parts,
        [(1..=50).collect::<Vec<_>>(), (51..=100).collect::<Vec<_>>()]
    );
    assert_eq!(item, (101..=205).collect::<Vec<_>>());
    let shown: Vec<_> = last["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["version"].as_u64().unwrap())
        .collect();
    assert_eq!(shown, (186..=205).rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn very_large_changes_leave_the_item_small_and_are_shown_all_the_same() {
    // D13
    let world = World::new().await;
    let ids: Vec<_> = (0..100).map(|id| format!("{id:064}")).collect();
    let mut last = Value::Null;
    for version in 1..=6_u64 {
        let rules: Vec<_> = (0..4)
            .map(|rule| json!({"name": format!("{version} {rule}"), "adjust_percentage": 1, "product_ids": ids}))
            .collect();
        last = world.set(json!({ "pricing_rules": rules })).await;
    }
    let (parts, item) = kept(&world).await;
    let all: Vec<_> = parts.into_iter().flatten().chain(item.iter().copied()).collect();
    assert_eq!(all, [1, 2, 3, 4, 5, 6]);
    assert!(item.len() < 3, "{item:?}");
    let size = world
        .in_store(async |store| {
            let key = keys::settings(TenantId(world.tenant));
            size_bytes(&store.get_item(&key).await.unwrap().unwrap())
        })
        .await;
    assert!(size < 120 * 1024, "{size}");
    let shown: Vec<_> = last["changes"].as_array().unwrap().iter().collect();
    assert_eq!(shown.len(), 6);
    assert_eq!(shown[5]["changes"][0]["to"][0]["name"], "1 0");
}

#[tokio::test]
async fn changes_at_the_same_time_as_a_part_leaves_are_all_kept() {
    // D13, D6
    let world = World::new().await;
    for version in 1..149_u64 {
        world.set(json!({"planning_hour": version % 2})).await;
    }
    let bodies = [
        json!({"max_order_items": 7}),
        json!({"auto_approve_orders": true}),
        json!({"demand_forecast_days": 9}),
    ];
    let answers =
        futures_util::future::join_all(bodies.iter().map(|body| world.change_settings(body, &[]))).await;
    for answer in answers {
        answer.expect(200);
    }
    let (parts, item) = kept(&world).await;
    assert_eq!(parts, [(1..=50).collect::<Vec<_>>()]);
    assert_eq!(item, (51..=151).collect::<Vec<_>>());
}
