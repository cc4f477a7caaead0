//! `PUT /orders/{order_id}/status`: every (from, to, role), and every way an order reaches its customer, against the
//! tables of D26 and D12 as the specification prints them.

use serde_json::{Value, json};

use crate::support::World;
use crate::support::background::id;

/// D26, row by row: from; its moves; what each wants. `admin`: not a member's. `reason`: refused without one.
/// `out`: only deliveries with tracking. `hand`: only pickup, or tracking off.
const TABLE: [(&str, &[(&str, &str)]); 9] = [
    (
        "pending",
        &[("confirmed", ""), ("on_hold", ""), ("cancelled", "")],
    ),
    (
        "on_hold",
        &[("pending", ""), ("cancelled", ""), ("confirmed", "admin reason")],
    ),
    (
        "confirmed",
        &[("in_production", ""), ("on_hold", ""), ("cancelled", "reason")],
    ),
    ("in_production", &[("ready", ""), ("cancelled", "admin reason")]),
    (
        "ready",
        &[
            ("out_for_delivery", "out"),
            ("delivered", "hand"),
            ("cancelled", "admin reason"),
        ],
    ),
    ("out_for_delivery", &[("delivered", ""), ("failed", "reason")]),
    ("failed", &[("ready", ""), ("cancelled", "admin reason")]),
    ("delivered", &[]),
    ("cancelled", &[]),
];

/// D12: what the service role may do, whatever a member may.
const SERVICE: [(&str, &str); 6] = [
    ("confirmed", "in_production"),
    ("in_production", "ready"),
    ("ready", "out_for_delivery"),
    ("ready", "delivered"),
    ("out_for_delivery", "delivered"),
    ("out_for_delivery", "failed"),
];

const ROLES: [&str; 5] = ["viewer", "member", "admin", "owner", "service"];

/// How the orders of a run reach their customers.
struct Fulfilment {
    tracking: &'static str,
    method: &'static str,
    /// The word in [`TABLE`] that such an order goes by.
    way: &'static str,
}

/// What the tables say of a move: `None` when it is illegal.
fn wanted(from: &str, to: &str, way: &str) -> Option<&'static str> {
    let (_, moves) = TABLE.iter().find(|(status, _)| *status == from).unwrap();
    let (_, wants) = moves.iter().find(|(target, _)| *target == to)?;
    let other_way = ["out", "hand"]
        .iter()
        .any(|word| wants.contains(word) && *word != way);
    (!other_way).then_some(*wants)
}

fn may(role: &str, from: &str, to: &str, wants: &str) -> bool {
    match role {
        "admin" | "owner" => true,
        "member" => !wants.contains("admin"),
        "service" => SERVICE.contains(&(from, to)),
        _ => false,
    }
}

/// The shortest way into a status, for orders of this kind; `None` when there is none.
fn way_to(status: &str, way: &str) -> Option<Vec<&'static str>> {
    let made = ["confirmed", "in_production", "ready"];
    Some(match (status, way) {
        ("pending", _) => vec![],
        ("confirmed", _) => made[..1].to_vec(),
        ("in_production", _) => made[..2].to_vec(),
        ("ready", _) => made.to_vec(),
        ("on_hold", _) => vec!["on_hold"],
        ("cancelled", _) => vec!["cancelled"],
        ("delivered", "hand") => [&made[..], &["delivered"]].concat(),
        ("out_for_delivery", "out") => [&made[..], &["out_for_delivery"]].concat(),
        ("delivered", "out") => [&made[..], &["out_for_delivery", "delivered"]].concat(),
        ("failed", "out") => [&made[..], &["out_for_delivery", "failed"]].concat(),
        _ => return None,
    })
}

async fn order_in(world: &World, customer: &str, method: &str, way: &[&str]) -> Value {
    let order = world.order(customer, json!({"delivery_method": method})).await;
    world.walk(id(&order), way).await;
    world.get(&format!("/orders/{}", id(&order))).await.expect(200)
}

// D26, D12
#[rstest::rstest]
#[case(Fulfilment { tracking: "true", method: "delivery", way: "out" })]
#[case(Fulfilment { tracking: "true", method: "pickup", way: "hand" })]
#[case(Fulfilment { tracking: "false", method: "delivery", way: "hand" })]
#[tokio::test]
async fn every_move_of_every_role_is_answered_as_the_tables_say(#[case] fulfilment: Fulfilment) {
    let world = World::with(&[("DELIVERY_TRACKING_ENABLED", fulfilment.tracking)]).await;
    let customer = world.customer(json!({})).await;
    let (mut moved, mut illegal, mut forbidden) = (0, 0, 0);
    for (from, _) in TABLE {
        let Some(way) = way_to(from, fulfilment.way) else {
            continue;
        };
        // What is refused leaves the order as it was, so one does for all refusals.
        let mut order = order_in(&world, &customer, fulfilment.method, &way).await;
        for (to, _) in TABLE {
            for role in ROLES {
                let path = format!("/orders/{}/status", id(&order));
                let with_reason = json!({"status": to, "reason": "because"});
                let answer = world.call_as(role, "PUT", &path, Some(&with_reason), &[]).await;
                let case = format!("{from} to {to} as {role}, {}", fulfilment.way);
                if role == "viewer" {
                    answer.expect_problem(403, "permission-denied");
                    continue;
                }
                if from == to {
                    assert_eq!(answer.expect(200), order, "{case}");
                    continue;
                }
                let Some(wants) = wanted(from, to, fulfilment.way) else {
                    let problem = answer.expect_problem(409, "invalid-status-transition");
                    assert_eq!(
                        (&problem["current"], &problem["requested"]),
                        (&json!(from), &json!(to)),
                        "{case}"
                    );
                    illegal += 1;
                    continue;
                };
                if !may(role, from, to, wants) {
                    answer.expect_problem(403, "permission-denied");
                    forbidden += 1;
                    continue;
                }
                let after = answer.expect(200);
                assert_eq!(
                    (&after["status"], &after["version"]),
                    (&json!(to), &json!(way.len() + 2)),
                    "{case}"
                );
                moved += 1;
                order = order_in(&world, &customer, fulfilment.method, &way).await;
                if wants.contains("reason") {
                    let (path, bare) = (format!("/orders/{}/status", id(&order)), json!({"status": to}));
                    let answer = world.call_as(role, "PUT", &path, Some(&bare), &[]).await;
                    answer.expect_problem(422, "reason-required");
                }
            }
        }
        // Nothing that was refused has left a trace.
        let now = world.get(&format!("/orders/{}", id(&order))).await.expect(200);
        assert_eq!(now, order);
    }
    // Counted from the tables by hand, so that a hole in this test shows. Tracked deliveries: 9 statuses, 72 pairs, 17
    // legal, 4 of them not a member's, 5 the service's. Pickup: 7 statuses can be reached, 56 pairs, 13 legal, 3 and 3.
    let expected = match fulfilment.way {
        "out" => (17 + 17 + 13 + 5, (72 - 17) * 4, 4 + 12),
        _ => (13 + 13 + 10 + 3, (56 - 13) * 4, 3 + 10),
    };
    assert_eq!((moved, illegal, forbidden), expected);
}
