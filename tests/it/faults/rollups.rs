//! Events that are counted in the rollups.

use orders_service::messaging::entity::EntityKind;
use serde_json::json;

use super::relay::transient;
use super::{Site, Work, matrix};
use crate::support::background::id;

/// The event of an order's creation, or of a later move that takes back what was counted.
struct Project {
    cancelled: bool,
}

impl Work for Project {
    type Scene = String;

    async fn prepare(&self, site: &Site) -> String {
        let customer = site.world.customer(json!({})).await;
        let order = site.world.order(&customer, json!({})).await;
        let entity = site.world.entity(EntityKind::Order, id(&order));
        if self.cancelled {
            site.background.settle(entity).await;
            site.world.walk(id(&order), &["cancelled"]).await;
        }
        site.background.relay(entity).await.pop().unwrap()
    }

    async fn act(&self, site: &Site, event: &String) -> Result<(), String> {
        transient(site.background.project(event).await)
    }

    async fn check(&self, site: &Site, _: &String) {
        let orders = site.expect_whole().await;
        let counted = site.world.projected().await.totals.by_status;
        assert_eq!((orders.len(), counted.iter().sum::<i64>()), (1, 1));
    }
}

#[tokio::test]
async fn an_order_is_counted_once_whatever_goes_wrong() {
    // D33, D90
    matrix(&Project { cancelled: false }).await;
}

#[tokio::test]
async fn what_was_counted_is_taken_back_once_whatever_goes_wrong() {
    // D33, D90
    matrix(&Project { cancelled: true }).await;
}
