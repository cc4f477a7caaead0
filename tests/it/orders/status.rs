//! `PUT /orders/{order_id}/status`

use serde_json::{Value, json};

use crate::support::World;
use crate::support::orders::new_order;

/// The table of D26, written out: from, to, admin only, reason needed. P: pickup or no tracking, D: delivery with
/// tracking, *: both.
const MOVES: &str = "
    pending confirmed * member -          pending on_hold * member -          pending cancelled * member -
    on_hold pending * member -            on_hold cancelled * member -        on_hold confirmed * admin reason
    confirmed in_production * member -    confirmed on_hold * member -        confirmed cancelled * member reason
    in_production ready * member -        in_production cancelled * admin reason
    ready out_for_delivery D member -     ready delivered P member -          ready cancelled * admin reason
    out_for_delivery delivered D member - out_for_delivery failed D member reason
    failed ready D member -               failed cancelled D admin reason
";

const STATUSES: [&str; 9] = [
    "pending",
    "confirmed",
    "on_hold",
    "in_production",
    "ready",
    "out_for_delivery",
    "delivered",
    "failed",
    "cancelled",
];

/// How to get an order into a status, for delivery with tracking.
fn way_to(status: &str) -> &'static [&'static str] {
    match status {
        "confirmed" => &["confirmed"],
        "on_hold" => &["on_hold"],
        "in_production" => &["confirmed", "in_production"],
        "ready" => &["confirmed", "in_production", "ready"],
        "out_for_delivery" => &["confirmed", "in_production", "ready", "out_for_delivery"],
        "delivered" => &[
            "confirmed",
            "in_production",
            "ready",
            "out_for_delivery",
            "delivered",
        ],
        "failed" => &[
            "confirmed",
            "in_production",
            "ready",
            "out_for_delivery",
            "failed",
        ],
        "cancelled" => &["cancelled"],
        _ => &[],
    }
}

#[tokio::test]
async fn every_move_is_as_the_table_says() {
    // D26, D12
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let words: Vec<_> = MOVES.split_whitespace().collect();
    let moves: Vec<_> = words.chunks(5).collect();
    for from in STATUSES {
        for to in STATUSES.into_iter().filter(|to| *to != from) {
            let order = world
                .order(&customer, json!({"delivery_method": "delivery"}))
                .await;
            let id = order["id"].as_str().unwrap();
            world.walk(id, way_to(from)).await;
            let legal = moves.iter().find(|m| m[0] == from && m[1] == to && m[2] != "P");
            let path = format!("/orders/{id}/status");
            let bare = json!({"status": to});
            let reasoned = json!({"status": to, "reason": "because"});
            let Some(legal) = legal else {
                let problem = world
                    .put(&path, &reasoned)
                    .await
                    .expect_problem(409, "invalid-status-transition");
                let allowed: Vec<_> = moves
                    .iter()
                    .filter(|m| m[0] == from && m[2] != "P")
                    .map(|m| Value::from(m[1]))
                    .collect();
                let mut shown = problem["allowed"].as_array().unwrap().clone();
                let mut expected = allowed;
                shown.sort_by_key(ToString::to_string);
                expected.sort_by_key(ToString::to_string);
                assert_eq!(
                    (&problem["current"], &problem["requested"]),
                    (&json!(from), &json!(to))
                );
                assert_eq!(shown, expected, "{from}");
                continue;
            };
            world
                .call_as("viewer", "PUT", &path, Some(&reasoned), &[])
                .await
                .expect_problem(403, "permission-denied");
            if legal[3] == "admin" {
                world
                    .call_as("member", "PUT", &path, Some(&reasoned), &[])
                    .await
                    .expect_problem(403, "permission-denied");
            }
            if legal[4] == "reason" {
                world
                    .put(&path, &bare)
                    .await
                    .expect_problem(422, "reason-required");
            }
            let role = if legal[3] == "admin" { "admin" } else { "member" };
            let body = if legal[4] == "reason" { &reasoned } else { &bare };
            let moved = world
                .call_as(role, "PUT", &path, Some(body), &[])
                .await
                .expect(200);
            assert_eq!(moved["status"], to);
            assert_eq!(moved["version"], way_to(from).len() + 2, "{from} {to}");
        }
    }
}

#[tokio::test]
async fn pickup_and_deliveries_without_tracking_skip_the_road() {
    // D26
    let world = World::new().await;
    let untracked = world.redeployed(&[("DELIVERY_TRACKING_ENABLED", "false")]);
    let customer = world.customer(json!({})).await;
    for (service, method) in [(&world, "pickup"), (&untracked, "delivery")] {
        let order = service.order(&customer, json!({"delivery_method": method})).await;
        let id = order["id"].as_str().unwrap();
        service.walk(id, &["confirmed", "in_production", "ready"]).await;
        let path = format!("/orders/{id}/status");
        service
            .put(&path, &json!({"status": "out_for_delivery"}))
            .await
            .expect_problem(409, "invalid-status-transition");
        let delivered = service
            .put(&path, &json!({"status": "delivered"}))
            .await
            .expect(200);
        assert_eq!(delivered["actual_delivery_at"], "2026-12-01T08:00:00Z");
    }
}

#[tokio::test]
async fn the_same_status_again_changes_nothing_and_unknown_words_are_refused() {
    // D26
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    let path = format!("/orders/{}/status", order["id"].as_str().unwrap());
    assert_eq!(
        world.put(&path, &json!({"status": "pending"})).await.expect(200),
        order
    );
    world
        .put(&path, &json!({"status": "baked"}))
        .await
        .expect_problem(422, "invalid-value");
    world.put(&path, &json!({})).await.expect_problem(422, "required");
}

#[tokio::test]
async fn the_service_role_moves_production_and_delivery_only() {
    // D12
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let order = world
        .order(&customer, json!({"delivery_method": "delivery"}))
        .await;
    let path = format!("/orders/{}/status", order["id"].as_str().unwrap());
    let body = |status: &str| json!({"status": status, "reason": "r"});
    world
        .call_as("service", "PUT", &path, Some(&body("confirmed")), &[])
        .await
        .expect_problem(403, "permission-denied");
    world.put(&path, &body("confirmed")).await.expect(200);
    world
        .call_as("service", "PUT", &path, Some(&body("on_hold")), &[])
        .await
        .expect_problem(403, "permission-denied");
    for status in ["in_production", "ready", "out_for_delivery", "failed"] {
        world
            .call_as("service", "PUT", &path, Some(&body(status)), &[])
            .await
            .expect(200);
    }
    world
        .call_as("service", "PUT", &path, Some(&body("ready")), &[])
        .await
        .expect_problem(403, "permission-denied");
}

#[tokio::test]
async fn a_stale_if_match_is_refused_before_any_state_rule() {
    // D6
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    let order = world.order(&customer, json!({})).await;
    let path = format!("/orders/{}/status", order["id"].as_str().unwrap());
    let confirm = json!({"status": "confirmed"});
    let ok = world
        .call_as("admin", "PUT", &path, Some(&confirm), &[("if-match", "\"1\"")])
        .await;
    assert_eq!(ok.header("etag"), Some("\"2\""));
    for status in ["confirmed", "delivered", "in_production"] {
        let stale = world
            .call_as(
                "admin",
                "PUT",
                &path,
                Some(&json!({"status": status})),
                &[("if-match", "\"1\"")],
            )
            .await;
        assert_eq!(stale.expect_problem(412, "stale-version")["current_version"], 2);
    }
    world
        .call_as("admin", "PUT", &path, Some(&confirm), &[("if-match", "2")])
        .await
        .expect_problem(400, "invalid-header");
}

#[tokio::test]
async fn of_two_moves_from_one_version_exactly_one_wins() {
    // D6, D26
    let world = World::new().await;
    let customer = world.customer(json!({})).await;
    for _ in 0..10 {
        let order = world
            .post("/orders", &new_order(&customer, json!({})))
            .await
            .expect(201);
        let path = format!("/orders/{}/status", order["id"].as_str().unwrap());
        let with_tag = [("if-match", "\"1\"")];
        let (confirm, cancel) = (json!({"status": "confirmed"}), json!({"status": "cancelled"}));
        let (a, b) = tokio::join!(
            world.call_as("admin", "PUT", &path, Some(&confirm), &with_tag),
            world.call_as("admin", "PUT", &path, Some(&cancel), &with_tag)
        );
        let mut statuses = [a.status, b.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
        let now = world
            .get(&format!("/orders/{}", order["id"].as_str().unwrap()))
            .await
            .expect(200);
        assert_eq!(now["version"], 2);
    }
}
