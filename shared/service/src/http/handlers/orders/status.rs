//! `GET /orders/status`: how the service is doing (D91).

use std::collections::BTreeMap;

use crate::app::App;
use crate::http::dto::service::{PartnerView, ServiceStatusView};
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::partners::breaker::BreakerState;
use crate::problem::Problem;
use crate::usecases::orders::status::table_answers;

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::SERVICE_STATUS, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let table = table_answers(app, &call.access).await;
    let breakers = app.partners().breakers();
    let all_closed = breakers
        .iter()
        .all(|(_, breaker)| breaker.is_none_or(|state| state == BreakerState::Closed));
    let partners = breakers.into_iter().map(|(name, breaker)| {
        let view = PartnerView {
            configured: breaker.is_some(),
            breaker: breaker.unwrap_or(BreakerState::Closed).as_str().into(),
        };
        (name.to_owned(), view)
    });
    let features = call.access.settings().flags();
    Ok(Reply::ok(&ServiceStatusView {
        service: "orders-service".into(),
        version: app.config().service_version.clone(),
        status: if table && all_closed { "ok" } else { "degraded" }.into(),
        table: if table { "ok" } else { "unavailable" }.into(),
        partners: partners.collect(),
        features: features
            .into_iter()
            .map(|(name, on)| (name.to_owned(), on))
            .collect::<BTreeMap<_, _>>(),
        as_of: app.now(),
    }))
}
