//! `GET /orders/status`: how the service is doing (D91).

use std::collections::BTreeMap;

use crate::app::App;
use crate::http::dto::service::{PartnerView, ServiceStatusView};
use crate::http::endpoint::{Call, Endpoint, endpoint};
use crate::http::reply::Reply;
use crate::http::routes;
use crate::problem::Problem;
use crate::usecases::orders::status::table_answers;

/// The endpoint.
pub const ENDPOINT: Endpoint = endpoint!(routes::SERVICE_STATUS, handle);

async fn handle(app: &App, call: &Call) -> Result<Reply, Problem> {
    let table = table_answers(app, &call.access).await;
    let partners = app.config().partners.iter().map(|(name, url)| {
        // The breakers live in the partner clients, which come later: until then none is open.
        (
            (*name).to_owned(),
            PartnerView {
                configured: url.is_some(),
                breaker: "closed".into(),
            },
        )
    });
    let features = call.access.settings().flags();
    Ok(Reply::ok(&ServiceStatusView {
        service: "orders-service".into(),
        version: app.config().service_version.clone(),
        status: if table { "ok" } else { "degraded" }.into(),
        table: if table { "ok" } else { "unavailable" }.into(),
        partners: partners.collect(),
        features: features
            .into_iter()
            .map(|(name, on)| (name.to_owned(), on))
            .collect::<BTreeMap<_, _>>(),
        as_of: app.now(),
    }))
}
