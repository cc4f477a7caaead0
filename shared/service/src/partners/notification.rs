//! The notification partner (§14): tells customers how their orders stand, on the channels they want.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::client::{PartnerClient, Request, Surroundings};
use super::{Notification, PartnerError};
use crate::partners::breaker::BreakerState;

/// Notification at an address.
pub(super) struct HttpNotification(PartnerClient);

impl HttpNotification {
    pub(super) fn new(base_url: &str, around: Surroundings) -> Self {
        Self(PartnerClient::new("notification", base_url, around))
    }
}

/// That it is taken is all that counts.
#[derive(Deserialize)]
struct Taken {
    #[serde(rename = "notification_id")]
    _notification_id: String,
}

impl Notification for HttpNotification {
    fn notify<'a>(&'a self, event_id: Uuid, body: &'a Value) -> BoxFuture<'a, Result<(), PartnerError>> {
        async move {
            let request = Request::post("/notifications", body, Some(event_id.to_string()))?;
            self.0.send::<Taken>(&request).await.map(|_| ())
        }
        .boxed()
    }

    fn breaker(&self) -> BreakerState {
        self.0.breaker()
    }
}
