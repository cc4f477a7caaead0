//! Events that alerts are raised for.

use orders_service::messaging::entity::EntityKind;
use orders_service::usecases::alerts::raise::raise;
use serde_json::json;

use super::relay::transient;
use super::{Site, Work, matrix};
use crate::support::background::id;

struct Raise;

impl Work for Raise {
    type Scene = String;

    async fn prepare(&self, site: &Site) -> String {
        let customer = site.world.customer(json!({})).await;
        let items = json!([{"product_id": "cake", "quantity": "20", "unit_price": "300.00"}]);
        let order = site.world.order(&customer, json!({"items": items})).await;
        let entity = site.world.entity(EntityKind::Order, id(&order));
        site.background.relay(entity).await.pop().unwrap()
    }

    async fn act(&self, site: &Site, event: &String) -> Result<(), String> {
        transient(raise(&site.background.worker, event).await)
    }

    async fn check(&self, site: &Site, event: &String) {
        let raised = [
            "customer_issue low dashboard",
            "high_value_order medium dashboard",
            "high_value_order medium email",
        ];
        assert_eq!(site.alerts().await, raised);
        let sent = site.background.alert_messages().len();
        raise(&site.background.worker, event).await.unwrap();
        assert_eq!(site.background.alert_messages().len(), sent, "nothing was left");
        assert_eq!(site.alerts().await, raised);
        site.expect_whole().await;
    }
}

#[tokio::test]
async fn alerts_are_counted_and_sent_once_whatever_goes_wrong() {
    // D41, D42
    matrix(&Raise).await;
}
