//! What may happen to a run: crashes, twins, recipes that cannot be.

use orders_domain::catalog::Product;
use orders_domain::decimal::Quantity;
use orders_service::auth::TenantId;
use orders_service::messaging::entity::EntityKind;
use orders_service::store::catalog::{CatalogEntry, entry_key};
use orders_service::store::plans::{PeggedLine, PlanOrderLines, PlanRequirement, RequirementProgress};
use orders_service::store::record::to_item;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{ordered, plan, started, worked_catalog, worked_orders};
use crate::support::background::id;
use crate::support::{Background, World};

/// Writes rows as a computation does that ends before it turns the header.
pub(super) async fn crashed_run(world: &World, plan: &str) {
    let (tenant, plan, run) = (TenantId(world.tenant), plan.parse().unwrap(), Uuid::new_v4());
    let row = |ingredient: &str| PlanRequirement {
        plan,
        run,
        ingredient_id: ingredient.to_owned(),
        requirement: json!({"ingredient_id": ingredient, "order_quantity": "999.000"}),
        pegs: Vec::new(),
        peg_count: 0,
        pegged_orders: 0,
        pegged_customers: 0,
        pegged_revenue: None,
        progress: RequirementProgress::default(),
    };
    let line = PeggedLine {
        order_id: "nobody's".into(),
        line: 1,
        product_id: "rye".into(),
    };
    let lines = PlanOrderLines {
        plan,
        run,
        part: 0,
        lines: vec![line],
    };
    world
        .in_store(async |store| {
            for item in [
                to_item(tenant, &row("flour")).unwrap(),
                to_item(tenant, &row("gold")).unwrap(),
                to_item(tenant, &lines).unwrap(),
            ] {
                store.overwrite(item).await.unwrap();
            }
        })
        .await;
}

#[tokio::test]
async fn the_rows_of_a_crashed_run_are_in_no_plan() {
    // D69
    let world = World::new().await;
    let background = Background::of(&world);
    worked_catalog(&world).await;
    worked_orders(&world).await;
    let id = started(&world, json!({})).await;
    crashed_run(&world, &id).await;
    assert_eq!(plan(&world, &id).await["requirements"], Value::Null);
    background.compute(&world, &id).await.unwrap();
    let draft = plan(&world, &id).await;
    // Nor does one that comes late and ends early touch a draft.
    crashed_run(&world, &id).await;
    assert_eq!(plan(&world, &id).await, draft);
    let requirements = draft["requirements"].as_array().unwrap();
    assert_eq!(
        (requirements.len(), &requirements[0]["order_quantity"]),
        (1, &json!("100.000"))
    );
    assert_eq!(requirements[0]["pegging"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn computations_at_the_same_time_make_one_draft() {
    // D69
    let world = World::new().await;
    let background = Background::of(&world);
    worked_catalog(&world).await;
    worked_orders(&world).await;
    let id = started(&world, json!({})).await;
    let computations = (0..5).map(|_| background.compute(&world, &id));
    for outcome in futures_util::future::join_all(computations).await {
        outcome.unwrap();
    }
    let draft = plan(&world, &id).await;
    assert_eq!(
        (&draft["status"], &draft["version"], &draft["requirement_count"]),
        (&json!("draft"), &json!(2), &json!(1))
    );
    assert_eq!(draft["requirements"].as_array().unwrap().len(), 1);
    let events = background.relay(world.entity(EntityKind::Plan, &id)).await;
    assert_eq!(events.len(), 2);
}

#[tokio::test]
async fn a_recipe_that_contains_itself_in_the_stored_data_fails_the_plan_with_the_reason() {
    // D60, D69
    let world = World::new().await;
    let background = Background::of(&world);
    worked_catalog(&world).await;
    worked_orders(&world).await;
    // Two requests at the same time may close a cycle together.
    let key = entry_key::<Product>(TenantId(world.tenant), "rye");
    world
        .in_store(async |store| {
            let mut rye: CatalogEntry<Product> = store.get(&key).await.unwrap().unwrap();
            let recipe = rye.entry.recipe.as_mut().unwrap();
            recipe.lines[0].item_id = "rye".into();
            rye.version += 1;
            store.replace(&rye, 1).await.unwrap();
        })
        .await;
    let id = started(&world, json!({})).await;
    background.compute(&world, &id).await.unwrap();
    let failed = plan(&world, &id).await;
    assert_eq!(
        (&failed["status"], &failed["version"], &failed["requirements"]),
        (&json!("failed"), &json!(2), &Value::Null)
    );
    let reason = failed["failure_reason"].as_str().unwrap();
    assert!(
        reason.starts_with("recipe-cycle: ") && reason.contains("rye"),
        "{reason}"
    );
    let events = background.settle(world.entity(EntityKind::Plan, &id)).await;
    assert!(events[1].contains("\"to_status\":\"failed\""), "{}", events[1]);
    assert!(background.alert_messages().is_empty());
}

#[tokio::test]
async fn a_plan_of_many_orders_keeps_every_peg() {
    // D60, DESIGN §3
    let world = World::new().await;
    let background = Background::of(&world);
    worked_catalog(&world).await;
    let customer = world.customer(json!({})).await;
    let mut ids = Vec::new();
    for day in 1..=12 {
        let order = ordered(&world, &customer, &format!("2026-12-{:02}", day + 1), "1.5").await;
        ids.push(id(&order).to_owned());
    }
    let plan_id = started(&world, json!({})).await;
    background.compute(&world, &plan_id).await.unwrap();
    let draft = plan(&world, &plan_id).await;
    let flour = &draft["requirements"][0];
    let pegs = flour["pegging"].as_array().unwrap();
    let sum = pegs.iter().fold(Quantity::ZERO, |sum, peg| {
        let quantity = Quantity::parse(peg["quantity"].as_str().unwrap()).unwrap();
        sum.checked_add(quantity).unwrap()
    });
    assert_eq!(Value::from(sum.to_string()), flour["order_demand"]);
    let pegged: Vec<_> = pegs
        .iter()
        .map(|peg| peg["order_id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!((&pegged, &flour["pegging_count"]), (&ids, &json!(12)));
}
