//! The relay, of an order and of a plan, and the walk of reconcile.

use orders_service::messaging::entity::{Entity, EntityKind};
use orders_service::usecases::reconcile::{Extent, reconcile};
use orders_service::usecases::relay::relay;
use serde_json::json;

use super::{Site, Work, matrix};
use crate::support::background::id;

/// What a worker made of its work, to be tried again. Nothing that passes is poison.
pub(super) fn transient<T>(outcome: Result<T, orders_service::messaging::WorkError>) -> Result<T, String> {
    outcome.map_err(|error| {
        assert!(!error.poison, "poison: {error}");
        error.cause
    })
}

async fn moved_order(site: &Site) -> Entity {
    let customer = site.world.customer(json!({})).await;
    let order = site.world.order(&customer, json!({})).await;
    site.world.walk(id(&order), &["confirmed"]).await;
    site.world.entity(EntityKind::Order, id(&order))
}

async fn plan(site: &Site) -> Entity {
    let plan = site
        .world
        .post("/procurement/plans", &json!({}))
        .await
        .expect(202);
    site.world.entity(EntityKind::Plan, id(&plan))
}

/// A plan is on the queue, and its creation is told, in copies that do not differ.
fn expect_queued(site: &Site, plan: Entity) {
    let queued = site.background.bus.plans();
    assert!(!queued.is_empty());
    assert!(queued.iter().all(|message| message.plan_id == plan.id));
    let mut told = site.background.event_bodies();
    told.retain(|body| body.contains("\"plan.created\""));
    assert!(
        !told.is_empty() && told.iter().all(|body| *body == told[0]),
        "{told:?}"
    );
}

struct Order;

impl Work for Order {
    type Scene = Entity;

    async fn prepare(&self, site: &Site) -> Entity {
        moved_order(site).await
    }

    async fn act(&self, site: &Site, entity: &Entity) -> Result<(), String> {
        transient(relay(&site.background.worker, *entity).await.map(|_| ()))
    }

    async fn check(&self, site: &Site, entity: &Entity) {
        // Nothing was left to whoever comes next.
        assert_eq!(relay(&site.background.worker, *entity).await, Ok(0));
        site.expect_whole().await;
    }
}

struct Plan;

impl Work for Plan {
    type Scene = Entity;

    async fn prepare(&self, site: &Site) -> Entity {
        plan(site).await
    }

    async fn act(&self, site: &Site, entity: &Entity) -> Result<(), String> {
        transient(relay(&site.background.worker, *entity).await.map(|_| ()))
    }

    async fn check(&self, site: &Site, entity: &Entity) {
        assert_eq!(relay(&site.background.worker, *entity).await, Ok(0));
        expect_queued(site, *entity);
        site.expect_whole().await;
    }
}

struct Walk;

impl Work for Walk {
    type Scene = Vec<Entity>;

    async fn prepare(&self, site: &Site) -> Vec<Entity> {
        vec![moved_order(site).await, plan(site).await]
    }

    async fn act(&self, site: &Site, _: &Vec<Entity>) -> Result<(), String> {
        let done = transient(reconcile(&site.background.worker, Extent::Recent).await)?;
        match done.failures {
            0 => Ok(()),
            failures => Err(format!("{failures} failures")),
        }
    }

    async fn check(&self, site: &Site, entities: &Vec<Entity>) {
        for entity in entities {
            assert_eq!(relay(&site.background.worker, *entity).await, Ok(0));
        }
        expect_queued(site, entities[1]);
        site.expect_whole().await;
    }
}

#[tokio::test]
async fn an_orders_history_goes_out_whatever_goes_wrong() {
    // D43, §4
    matrix(&Order).await;
}

#[tokio::test]
async fn a_plan_is_queued_and_told_whatever_goes_wrong() {
    // D43, D69
    matrix(&Plan).await;
}

#[tokio::test]
async fn reconcile_brings_a_tenant_up_to_date_whatever_goes_wrong() {
    // D43, D69
    matrix(&Walk).await;
}
