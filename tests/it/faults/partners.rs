//! Partners that are told of events, and that count what they are told by its key.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use chrono::NaiveDate;
use futures_util::future::BoxFuture;
use orders_service::auth::Grant;
use orders_service::messaging::entity::EntityKind;
use orders_service::partners::breaker::BreakerState;
use orders_service::partners::{Capacity, Notification, PartnerError, Partners, Production};
use orders_service::usecases::notify::notify;
use orders_service::words::HistoryEvent;
use serde_json::{Value, json};
use uuid::Uuid;

use super::relay::transient;
use super::strike::{Call, Fault, Strike};
use super::{Site, Work, matrix};
use crate::support::background::id;

/// What partners have done: the effect of each key, and how often they were asked for it.
#[derive(Default)]
pub(super) struct Ledger(Mutex<BTreeMap<(&'static str, Uuid), usize>>);

impl Ledger {
    pub(super) fn partners(self: &Arc<Self>, strike: &Arc<Strike>) -> Partners {
        let partner = |name| Partner {
            name,
            ledger: self.clone(),
            strike: strike.clone(),
        };
        Partners {
            production: Some(Arc::new(partner("production"))),
            notification: Some(Arc::new(partner("notification"))),
            ..Partners::default()
        }
    }

    fn take(&self, partner: &'static str, key: Uuid) {
        *self.0.lock().unwrap().entry((partner, key)).or_default() += 1;
    }

    fn asked(&self) -> BTreeMap<(&'static str, Uuid), usize> {
        self.0.lock().unwrap().clone()
    }
}

struct Partner {
    name: &'static str,
    ledger: Arc<Ledger>,
    strike: Arc<Strike>,
}

impl Partner {
    async fn tell(&self, key: Uuid) -> Result<(), PartnerError> {
        let lost = || Err(PartnerError::Unreachable("lost by the test".into()));
        match self.strike.next(Call::Tell) {
            None => {
                self.ledger.take(self.name, key);
                Ok(())
            }
            Some(Fault::Refused) => lost(),
            Some(Fault::ReplyLost) => {
                self.ledger.take(self.name, key);
                lost()
            }
            Some(Fault::Throttled) => Err(PartnerError::Status(429)),
            Some(Fault::Contended) => Err(PartnerError::Status(503)),
            Some(Fault::SlowAndLost | Fault::SlowAndArrived | Fault::SlowAndArrivesLate) => {
                let (ledger, name) = (self.ledger.clone(), self.name);
                self.strike.stall.begin(async move { ledger.take(name, key) });
                std::future::pending().await
            }
        }
    }
}

impl Production for Partner {
    fn request<'a>(&'a self, event_id: Uuid, _: &'a Value) -> BoxFuture<'a, Result<(), PartnerError>> {
        Box::pin(self.tell(event_id))
    }

    fn capacity<'a>(&'a self, _: &'a Grant, _: NaiveDate) -> BoxFuture<'a, Result<Capacity, PartnerError>> {
        Box::pin(std::future::ready(Ok(Capacity { units: None })))
    }

    fn breaker(&self) -> BreakerState {
        BreakerState::Closed
    }
}

impl Notification for Partner {
    fn notify<'a>(&'a self, event_id: Uuid, _: &'a Value) -> BoxFuture<'a, Result<(), PartnerError>> {
        Box::pin(self.tell(event_id))
    }

    fn breaker(&self) -> BreakerState {
        BreakerState::Closed
    }
}

/// Telling both partners of an order that was confirmed.
struct Notify;

impl Work for Notify {
    type Scene = String;

    async fn prepare(&self, site: &Site) -> String {
        let customer = site.world.customer(json!({"email": "cafe@example.com"})).await;
        let wanted = json!({"communication": {"channels": ["email"]}});
        let order = site.world.order(&customer, wanted).await;
        site.world.walk(id(&order), &["confirmed"]).await;
        let entity = site.world.entity(EntityKind::Order, id(&order));
        site.background.relay(entity).await.pop().unwrap()
    }

    async fn act(&self, site: &Site, event: &String) -> Result<(), String> {
        transient(notify(&site.background.worker, event).await)
    }

    async fn check(&self, site: &Site, event: &String) {
        let parsed: Value = serde_json::from_str(event).unwrap();
        let key = parsed["event_id"].as_str().unwrap().parse().unwrap();
        let asked = site.ledger.asked();
        let keys: Vec<_> = asked.keys().copied().collect();
        assert_eq!(keys, [("notification", key), ("production", key)]);
        notify(&site.background.worker, event).await.unwrap();
        assert_eq!(site.ledger.asked(), asked, "told again without need");
        let orders = site.expect_whole().await;
        let events: Vec<_> = orders[0].body.history.iter().map(|entry| entry.event).collect();
        assert_eq!(
            events,
            [
                HistoryEvent::Created,
                HistoryEvent::StatusChanged,
                HistoryEvent::Notified
            ]
        );
    }
}

#[tokio::test]
async fn each_partner_is_told_once_under_one_key_whatever_goes_wrong() {
    // §14, §4
    matrix(&Notify).await;
}
