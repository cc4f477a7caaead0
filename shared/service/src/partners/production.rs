//! The production partner (§14): what is to be made of an order, and what can be made on a day.

use chrono::NaiveDate;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use orders_domain::decimal::Quantity;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::client::{PartnerClient, Request, Surroundings};
use super::inventory::figure;
use super::{Capacity, PartnerError, Production};
use crate::auth::Grant;
use crate::partners::breaker::BreakerState;

/// Production at an address.
pub(super) struct HttpProduction(PartnerClient);

impl HttpProduction {
    pub(super) fn new(base_url: &str, around: Surroundings) -> Self {
        Self(PartnerClient::new("production", base_url, around))
    }
}

/// That it is taken is all that counts.
#[derive(Deserialize)]
struct Taken {
    #[serde(rename = "request_id")]
    _request_id: String,
}

#[derive(Deserialize)]
struct CapacityAnswer {
    date: NaiveDate,
    #[serde(default)]
    capacity: Value,
}

impl Production for HttpProduction {
    fn request<'a>(&'a self, event_id: Uuid, body: &'a Value) -> BoxFuture<'a, Result<(), PartnerError>> {
        async move {
            let request = Request::post("/production-requests", body, Some(event_id.to_string()))?;
            self.0.send::<Taken>(&request).await.map(|_| ())
        }
        .boxed()
    }

    fn capacity<'a>(
        &'a self,
        grant: &'a Grant,
        date: NaiveDate,
    ) -> BoxFuture<'a, Result<Capacity, PartnerError>> {
        async move {
            let query = [
                ("tenant_id", grant.tenant().to_string()),
                ("date", date.to_string()),
            ];
            let answer: CapacityAnswer = self.0.send(&Request::get("/capacity", &query)).await?;
            let units: Option<Option<Quantity>> = figure(&answer.capacity);
            match units {
                Some(units) if answer.date == date => Ok(Capacity { units }),
                Some(_) => Err(PartnerError::Invalid("it is of another day".into())),
                None => Err(PartnerError::Invalid("the capacity is no decimal".into())),
            }
        }
        .boxed()
    }

    fn breaker(&self) -> BreakerState {
        self.0.breaker()
    }
}
