//! Every move of a plan by every role, over HTTP.

use orders_domain::permissions::Role;
use orders_domain::procurement::PlanStatus;
use orders_service::messaging::entity::EntityKind;
use orders_service::store::plans::Plan;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{fields, plan, started};
use crate::support::World;

/// D69 as the specification has it: from, to, and the roles that make the move.
const MOVES: &[(&str, &str, &str)] = &[
    ("calculating", "cancelled", "admin owner"),
    ("draft", "pending_approval", "member admin owner"),
    ("draft", "cancelled", "admin owner"),
    ("pending_approval", "approved", "admin owner"),
    ("pending_approval", "draft", "admin owner"),
    ("pending_approval", "cancelled", "admin owner"),
    ("approved", "in_execution", "admin owner"),
    ("approved", "cancelled", "admin owner"),
    ("in_execution", "completed", "admin owner"),
    ("in_execution", "cancelled", "admin owner"),
    ("failed", "cancelled", "admin owner"),
];

/// Puts a plan into a status, past all rules.
async fn put_into(world: &World, id: &str, status: PlanStatus) {
    let key = world.entity(EntityKind::Plan, id).key();
    world
        .in_store(async |store| {
            let mut plan: Plan = store.get(&key).await.unwrap().unwrap();
            let read = plan.version;
            (plan.row.status, plan.version, plan.write_id) = (status, read + 1, Uuid::new_v4());
            (plan.expires_at, plan.row.expires_at) = (None, None);
            store.replace(&plan, read).await.unwrap();
        })
        .await;
}

#[tokio::test]
async fn every_move_of_every_role_answers_as_the_table_says() {
    // D69, D12
    let world = World::new().await;
    let id = started(&world, json!({})).await;
    let path = format!("/procurement/plans/{id}/status");
    let mut permitted = 0;
    for from in PlanStatus::ALL {
        put_into(&world, &id, from).await;
        for to in PlanStatus::ALL {
            for role in Role::ALL {
                let case = format!("{} {} as {}", from.as_str(), to.as_str(), role.as_str());
                let before = plan(&world, &id).await;
                let body = json!({"status": to.as_str()});
                let answer = world.call_as(role.as_str(), "PUT", &path, Some(&body), &[]).await;
                let row = MOVES
                    .iter()
                    .find(|(f, t, _)| *f == from.as_str() && *t == to.as_str());
                let may_ask = matches!(role, Role::Member | Role::Admin | Role::Owner);
                let expected = match row {
                    _ if !may_ask => (403, json!("permission-denied")),
                    _ if from == to => (200, Value::Null),
                    None => (409, json!("invalid-status-transition")),
                    Some((_, _, roles)) if roles.split(' ').any(|word| word == role.as_str()) => {
                        (200, Value::Null)
                    }
                    Some(_) => (403, json!("permission-denied")),
                };
                assert_eq!((answer.status, answer.body["code"].clone()), expected, "{case}");
                if answer.status == 200 && from != to {
                    permitted += 1;
                    assert_eq!(answer.body["version"], before["version"].as_u64().unwrap() + 1);
                    put_into(&world, &id, from).await;
                } else {
                    assert_eq!(plan(&world, &id).await, before, "{case}");
                }
                if answer.status == 409 {
                    let allowed = MOVES.iter().filter(|(f, _, _)| *f == from.as_str());
                    let allowed: Vec<_> = allowed.map(|(_, to, _)| *to).collect();
                    assert_eq!(
                        fields(&answer.body, ["current", "requested", "allowed"]),
                        [json!(from.as_str()), json!(to.as_str()), json!(allowed)],
                        "{case}"
                    );
                    assert_eq!(before["allowed_transitions"], json!(allowed), "{case}");
                }
            }
        }
    }
    assert_eq!(permitted, 10 * 2 + 3);
}
